"""A corpus of 120 files of ten kinds: totals as independent readers have them, or refused by name.

The readers here share no code with the program: they are a few lines each, and know only what the corpus contains.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.formats.registry import read_workouts
from tests.formats.corpus import EACH, MAKERS, PACE_KMH, Sample, corpus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BACKWARD: Final = re.compile(r"(walk )?backward\b", re.IGNORECASE)
ICU_PARTS: Final = re.compile(r"(\d+(?:\.\d+)?)(h|min|m|s|'|\")(\d+$)?")
SECONDS: Final = {"h": 3600, "m": 60, "min": 60, "'": 60, "s": 1, '"': 1}
CORPUS: Final = corpus()


class Totals(NamedTuple):
    """Seconds."""

    total: int
    backward: int


def text_of(data: bytes) -> str:
    """The text, by trying one encoding after the other."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    for encoding in ("utf-16-le", "utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.isascii() or encoding != "utf-16-le":
            return text
    raise AssertionError


def xml_of(data: bytes) -> ET.Element:
    text = re.sub(r"<\?xml.*?\?>", "", text_of(data))
    return ET.fromstring(re.sub(r"&(?!\w+;)", "&amp;", text))  # noqa: S314  (made above)


def zwo(data: bytes) -> Totals:
    total = backward = 0
    for block in xml_of(data).findall("./workout/*"):
        pair = float(block.get("OnDuration", 0)) + float(block.get("OffDuration", 0))
        seconds = int(float(block.get("Duration", 0)) + int(block.get("Repeat", 1)) * pair)
        total += seconds
        if any(BACKWARD.match(text.get("message", "")) for text in block.findall("textevent")):
            backward += seconds
    return Totals(total, backward)


def zwo_in_metres(data: bytes) -> Totals:
    rounded = 0
    for block in xml_of(data).findall("./workout/*"):
        for name in ("Duration", "OnDuration", "OffDuration"):
            if metres := int(block.get(name, 0)):
                rounded += int(block.get("Repeat", 1)) * round(metres / (PACE_KMH / 3.6))
    return Totals(rounded, 0)


def icu(data: bytes) -> Totals:
    total, times = 0, 1
    for line in map(str.strip, text_of(data).splitlines()):
        if not line or line[0] not in "-*•\N{EN DASH}":
            found = re.search(r"(?:^|\s)(\d+)[xX]$", line)
            times = int(found.group(1)) if found else 1
            continue
        words = line[1:].split()
        own = int(words[0][:-1]) if re.fullmatch(r"\d+x", words[0]) else 1
        length = next(word for word in words if ICU_PARTS.match(word) and not word.endswith("w"))
        seconds = sum(
            float(amount) * SECONDS[unit] + int(rest or 0) for amount, unit, rest in ICU_PARTS.findall(length)
        )
        total += times * own * int(seconds)
    return Totals(total, 0)


def qz(data: bytes) -> Totals:
    total = backward = 0
    root = xml_of(data)
    for times, row in [
        *((1, row) for row in root.findall("row")),
        *((int(repeat.get("times", 0)), row) for repeat in root.findall("repeat") for row in repeat.findall("row")),
    ]:
        hours, minutes, seconds = map(int, row.get("duration", "").split(":"))
        length = times * (3600 * hours + 60 * minutes + seconds)
        text = row.find("textevent")
        total += length
        backward += length if text is not None and BACKWARD.match(text.get("message", "")) else 0
    return Totals(total, backward)


def openhiit(data: bytes) -> Totals:
    (timer,) = json.loads(data)
    times, names = timer["timeSettings"], timer["activities"]
    rounds, work, rest = times["restarts"] + 1, times["workTime"], times["restTime"]
    between = times["breakTime"] or rest
    total = times["warmupTime"] + (rest if times["warmupTime"] else 0) + times["cooldownTime"]
    total += rounds * (len(names) * work + (len(names) - 1) * rest) + (rounds - 1) * between
    return Totals(total, rounds * work * sum("ackward" in name for name in names))


def workout_timer(data: bytes) -> Totals:
    tree = json.loads(text_of(data))
    (workout,) = tree.get("workouts", [tree])
    lengths = [
        (each["repetitions"] * exercise["duration"], "ackward" in exercise["name"])
        for each in workout["sets"]
        for exercise in each["exercises"]
    ]
    return Totals(sum(seconds for seconds, _ in lengths), sum(seconds for seconds, backward in lengths if backward))


def notation(data: bytes) -> Totals:
    text = data.decode()
    if text.startswith("{"):
        text = json.loads(text)["notation"]
    elif text.startswith("version"):
        text = tomllib.loads(text)["notation"]
    warm, rounds, turn, back, again, forward, cool = map(int, re.findall(r"\d+", text))
    total = 60 * (warm + cool) + rounds * (turn + back + again) + (rounds - 1) * forward
    return Totals(total, rounds * back)


READERS: Final[dict[str, Callable[[bytes], Totals]]] = {
    "zwo": zwo, "zwo in metres": zwo_in_metres, "icu": icu, "qz": qz, "openhiit": openhiit,
    "workout-timer": workout_timer, "notation": notation,
}  # fmt: skip


def test_the_corpus_has_a_hundred_files_of_ten_kinds() -> None:
    assert len(MAKERS) == 10
    assert len({sample.data for sample in CORPUS}) == len({sample.name for sample in CORPUS}) == 10 * EACH >= 100


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_a_file_has_the_totals_of_another_reader_or_is_named(tmp_path: Path, sample: Sample) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.data)
    if sample.refused:
        with pytest.raises(FormatError) as caught:
            read_workouts(path, sample.assumptions)
        assert sample.refused in str(caught.value)
        return
    (received,) = read_workouts(path, sample.assumptions)
    workout = received.workout
    assert Totals(workout.total_seconds, workout.backward_seconds) == READERS[sample.kind](sample.data)
