"""The announcements of sessions that the listening bench has read aloud, and the clips they are made of."""

from __future__ import annotations

import sys
from array import array
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from retro_timer.audio.library import Library, slug
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.coaching import CoachedTimeline
from retro_timer.session.events import PauseReason
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES
from retro_timer.session.states import SECOND
from retro_timer.session.timeline import CueSettings
from tests.session.listening import listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

Announcement: TypeAlias = tuple[str, ...]
"""The phrases that are said one after the other."""
Clips: TypeAlias = "Callable[[str], bytes | None]"
"""Gives the samples of a phrase, 16-bit at 16 kHz; None if there is no clip."""

SAFETY: Final[tuple[Announcement, ...]] = (
    *((order,) for order in phrases.IMPERATIVE.values()),
    *((resuming,) for resuming in phrases.RESUMING.values()),
    *(
        (phrase,)
        for phrase in (
            phrases.GET_READY, phrases.HOLD_RAIL, phrases.STEP_OFF, phrases.COMPLETE, phrases.ENDED,
            phrases.HAVE_YOU_TURNED, phrases.WITH_OWN_KEY[phrases.HAVE_YOU_TURNED], phrases.PAUSED, phrases.TO_RESUME,
            phrases.SET_SPEED, phrases.TECHNIQUE[Phase.TURN][0], phrases.WELL_DONE, phrases.LAST_ROUND,
            phrases.LAST_INTERVAL, phrases.HALFWAY, phrases.UNDONE, phrases.REDONE, phrases.MUTED, phrases.SOUND_ON,
            phrases.SOUND_BACK,
        )
    ),
)  # fmt: skip
"""Announcements that the walker acts on without looking, or that tell whether the sound is on: each must be understood
by itself.
"""
_WITH_SPEEDS: Final = "warm 3m @3km/h, 2x(turn 30s, back 2m @1.6km/h, turn 30s | fwd 90s @2.5km/h), cool 1m @2km/h"
_SETTINGS: Final = (CueSettings(coaching="many", time_left_every=5), CueSettings(coaching="many", imperial=True))


def announcements() -> tuple[Announcement, ...]:
    """Everything that is said in the presets, in a session with speeds and in answers, without duplicates, in order."""
    workouts = [*(preset.workout() for preset in LADDER), parse(_WITH_SPEEDS)]
    schedules = [flatten(workout) for workout in workouts]
    of_timelines = (
        cue.words
        for schedule in schedules
        for settings in _SETTINGS
        for cue in CoachedTimeline(schedule, settings).between(0, schedule.total * SECOND + 1)
    )
    return tuple(dict.fromkeys(words for words in chain(of_timelines, _answers(), SAFETY) if words))


def _answers() -> Iterator[Announcement]:
    """What is said in a session in which the walker does a little of everything."""
    listener = listening("warm 2m, 4x(turn 20s, back 2m, turn 20s | fwd 90s), cool 1m", lead_in=10)
    session, conductor = listener.session, listener.conductor
    for method in (
        session.pause,
        session.resume,
        conductor.where,
        lambda now: session.edit(now, AddToInterval(10)),
        lambda now: session.edit(now, AddToPhase(Phase.BACKWARD, 15)),
        lambda now: session.edit(now, AddToPhase(Phase.TURN, 5)),
        lambda now: session.edit(now, AddRounds(1)),
        session.undo,
        session.redo,
        session.skip,
        session.skip,
        conductor.where,
        session.undo,
        lambda now: session.pause(now, PauseReason.SLEEP),
        session.resume,
        session.cool_down,
    ):
        listener.after(20 * SECOND)
        listener.after(0, method)
    listener.walk(15 * SECOND)
    yield from (cue.words for _, cue in listener.heard)
    yield phrases.recap(8 * 60 * SECOND, 2 * 60 * SECOND)
    yield from ((question, *phrases.press(phrases.NEXT_QUESTION_BY, ("enter",))) for question in phrases.ASKED.values())
    yield (phrases.END_SESSION, *phrases.press(phrases.END_BY, ("y",)), *phrases.press(phrases.GO_ON_BY, ("n",)))


def chosen(pool: Sequence[Announcement], others: int) -> tuple[Announcement, ...]:
    """All safety phrases, and a number of other announcements, spread evenly over the pool."""
    rest = [announcement for announcement in pool if announcement not in SAFETY]
    count = min(others, len(rest))
    return *SAFETY, *(rest[index * len(rest) // count] for index in range(count))


def in_all(wanted: Iterable[Announcement], voices: Iterable[Clips]) -> list[Announcement]:
    """The announcements for which every voice has all clips, so that the same ones are compared."""
    every = tuple(voices)
    return [announcement for announcement in wanted if all(map(partial(spoken, announcement), every))]


def shipped(voice: str) -> Clips:
    """The clips of a voice of the package.

    Raises:
        ValueError: if there is no such voice.
    """
    if voice not in VOICES:
        raise ValueError(f"there is no voice {voice!r}; the voices are {', '.join(VOICES)}")
    return Library(voice=voice).phrase


def in_folder(folder: Path) -> Clips:
    """The clips of any folder: FLAC, WAV or MP3 files named like the shipped ones, at any rate."""
    found = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in (".flac", ".mp3", ".wav")}

    def read(phrase: str) -> bytes | None:
        import miniaudio

        path = found.get(slug(phrase))
        if path is None:
            return None
        decoded = miniaudio.decode_file(str(path), nchannels=1, sample_rate=SAMPLE_RATE)
        return bytes(decoded.samples.tobytes())

    return read


def spoken(announcement: Announcement, clips: Clips) -> list[float]:
    """An announcement as the player says it, full scale being 1; empty if a clip is missing.

    The sound that opens some cues is left out: it is not a word.
    """
    gap = bytes(2 * SAMPLE_RATE * phrases.WORD_GAP_MS // 1000)
    parts = [clips(phrase) for phrase in announcement]
    whole = gap.join(part for part in parts if part)
    samples = array("h", whole) if all(parts) else array("h")
    if sys.byteorder == "big":
        samples.byteswap()
    return [sample / 32_767 for sample in samples]
