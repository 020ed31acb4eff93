"""The child process from within: what its parent says, what it answers, and when it ends."""

from __future__ import annotations

import faulthandler
import gc
import io
import os
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.audio import child as child_module
from retro_timer.audio import flac, protocol, speech
from retro_timer.audio.backends import NoOutputError, UnavailableError
from retro_timer.audio.backends.per_cue import PerCueOutput
from retro_timer.audio.backends.persistent import PersistentOutput
from retro_timer.audio.child import Child
from retro_timer.audio.clips import Clips
from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages.english import HALFWAY
from retro_timer.session.ports import DueCue, MetronomeSpan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.audio.clips import Prepared
    from retro_timer.audio.mixer import Samples

NOW = 1_000_000


class Exited(Exception):  # noqa: N818  (what `os._exit` does here)
    """The process would have ended."""


class FakeEngine:
    latency_ms = 69.6

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.played: list[Prepared] = []
        self.click_length = 0
        self.stalled = 0.0
        self.answers: list[Exception] = []

    def open(self) -> str:
        if self.answers:
            raise self.answers.pop(0)
        return "a speaker"

    def play(self, prepared: Prepared) -> None:
        self.played.append(prepared)

    def cancel(self, *, sounding: bool) -> None:
        self.asked.append(("cancel", sounding))

    def click(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        self.asked.append(("click", tuple(spans)))
        self.click_length = len(click)

    def mute(self, muted: bool) -> None:
        self.asked.append(("mute", muted))

    def drain(self) -> None:
        self.asked.append("drain")

    def abandon(self) -> None:
        self.asked.append("abandon")

    def stalled_ms(self) -> float:
        return self.stalled


class FakeSpeech:
    def __init__(self) -> None:
        self.did: list[str] = []

    def stop(self) -> None:
        self.did.append("stop")

    def say(self, text: str) -> None:
        self.did.append(text)


class Nursery:
    """A child whose engine is a fake, whose threads do not run, and whose clock is turned by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.now = float(NOW)
        self.engine = FakeEngine()
        self.threads: list[str] = []
        self.read, self.write = os.pipe()
        if os.name == "posix":
            os.set_blocking(self.read, False)  # what is not said is not waited for
        monkeypatch.setattr(child_module, "monotonic_ms", lambda: self.now)
        monkeypatch.setattr(os, "_exit", self._exit)
        self.child = Child(io.BytesIO(), self.write)

    @staticmethod
    def _exit(code: int) -> None:
        raise Exited(code)

    def close(self) -> None:
        os.close(self.read)
        os.close(self.write)

    def hears(self, *lines: bytes, options: bytes = protocol.encode_options(SoundOptions("miniaudio"))) -> int:
        """Run it on these lines after the options; returns its exit code."""
        self.monkeypatch.setattr(Child, "_make_engine", lambda *_: self.engine)
        self.monkeypatch.setattr(threading, "Thread", self._thread)
        speaks = self.child._speech
        self.child = Child(io.BytesIO(b"".join((options, *lines))), self.write)
        self.child._speech = speaks
        with pytest.raises(Exited) as exited:
            self.child.run()
        return int(exited.value.args[0])

    def _thread(self, *, name: str, **_: object) -> Any:  # noqa: ANN401
        self.threads.append(name)
        return type("Idle", (), {"start": staticmethod(lambda: None)})

    def says(self) -> list[protocol.Message | None]:
        self.child.send("end")
        self.child._flush()
        return [protocol.decode(line) for line in os.read(self.read, 1 << 16).splitlines()][:-1]


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    made = Nursery(monkeypatch)
    yield made
    monkeypatch.undo()
    made.close()


def test_it_obeys_its_parent_and_ends_with_its_input(nursery: Nursery) -> None:
    code = nursery.hears(
        protocol.encode_clicks([MetronomeSpan(60, NOW, NOW + 5000)]),
        protocol.encode("mute", on=True),
        protocol.encode("mute", on=False),
        protocol.encode("mute"),
        b"nonsense\n",
        protocol.encode("unheard-of"),
        protocol.encode("cancel", sounding=True),
        protocol.encode("cancel", sounding=False),
        protocol.encode("cancel"),
        protocol.encode("click", spans="none"),
        protocol.encode("drain"),
    )
    assert code == 0
    assert nursery.threads == ["beat", "open"]
    assert nursery.engine.asked == [
        ("click", (MetronomeSpan(60, NOW, NOW + 5000),)),
        ("mute", True),
        ("mute", False),
        ("mute", False),
        ("cancel", True),
        ("cancel", False),
        ("cancel", True),
        "drain",
        "abandon",
    ]
    assert nursery.engine.click_length > 0


def test_a_cue_is_prepared_and_played_and_one_that_cannot_be_is_dropped(nursery: Nursery) -> None:
    due_cue = DueCue(NOW + 700, Cue(0, CueKind.COUNT, Sound.TICK, (HALFWAY,)))
    nursery.hears(
        protocol.encode_cue(7, due_cue), protocol.encode("play", id=8, due="soon"), protocol.encode("play", id="nine")
    )
    (prepared,) = nursery.engine.played
    assert (prepared.ident, prepared.due_cue) == (7, due_cue)
    assert len(prepared.sound) > 0
    assert len(prepared.words) > 0
    assert nursery.says() == [{"is": "dropped", "id": 8, "why": "it cannot be played"}]


def test_without_options_it_ends_at_once(nursery: Nursery) -> None:
    nursery.child._lines = io.BytesIO(protocol.encode("mute", on=True))
    with pytest.raises(Exited) as exited:
        nursery.child.run()
    assert exited.value.args == (2,)


@pytest.mark.parametrize(
    ("backend", "engine"), [("miniaudio", PersistentOutput), ("simpleaudio", PerCueOutput), ("system", PerCueOutput)]
)
def test_each_backend_has_its_engine(nursery: Nursery, backend: str, engine: type) -> None:
    made = nursery.child._make_engine(SoundOptions(backend, offset_ms=30, pre_roll_ms=40))
    assert type(made) is engine
    assert made._offset == 30  # type: ignore[attr-defined]
    if isinstance(made, PerCueOutput):
        assert made._pre_roll == 40
        assert type(made._speaker).__module__.endswith("." + backend.replace("audio", ""))


def test_it_opens_the_output_again_ever_more_rarely_and_says_each_reason_once(nursery: Nursery) -> None:
    waits: list[float] = []

    class Waiting:
        def wait(self, seconds: float) -> None:
            waits.append(seconds)

    nursery.monkeypatch.setattr(threading, "Event", Waiting)
    at_last: list[str] = []
    nursery.monkeypatch.setattr(gc, "collect", lambda: at_last.append("collect"))
    nursery.monkeypatch.setattr(gc, "freeze", lambda: at_last.append("freeze"))
    nursery.monkeypatch.setattr(flac, "prepare", lambda: at_last.append("decoder"))
    nursery.engine.answers = [
        NoOutputError("Busy."),
        NoOutputError("Busy."),
        NoOutputError("Gone."),
        NoOutputError("Gone."),
    ]
    nursery.child._open(nursery.engine)
    assert waits == [0.25, 0.5, 1.0, 1.0]
    assert nursery.says() == [
        {"is": "waiting", "why": "Busy."},
        {"is": "waiting", "why": "Gone."},
        {"is": "open", "what": "a speaker", "latency": 70},
    ]
    assert nursery.child._engine is nursery.engine
    assert at_last == ["collect", "freeze", "decoder"]  # so that neither delays a cue


def test_an_output_that_cannot_be_is_not_tried_again(nursery: Nursery) -> None:
    nursery.engine.answers = [UnavailableError("No library.")]
    nursery.child._open(nursery.engine)
    assert nursery.says() == [{"is": "unavailable", "why": "No library."}]


def test_it_ends_when_the_output_takes_no_more_sound(nursery: Nursery) -> None:
    nursery.child._check_parent_and_output()  # nothing is open yet
    nursery.child._engine = nursery.engine
    nursery.engine.stalled = 700
    nursery.child._check_parent_and_output()
    assert nursery.says() == [{"is": "beat"}] * 2
    nursery.engine.stalled += 1
    with pytest.raises(Exited) as exited:
        nursery.child._check_parent_and_output()
    assert exited.value.args == (3,)
    said = [protocol.decode(line) for line in os.read(nursery.read, 1 << 16).splitlines()]  # before it ended
    assert said == [{"is": "lost", "why": "the sound server stopped taking sound"}]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process keeps its parent")
def test_it_ends_with_its_parent(nursery: Nursery) -> None:
    nursery.monkeypatch.setattr(os, "getppid", lambda: 1)
    nursery.child._parent = 2
    with pytest.raises(Exited) as exited:
        nursery.child._check_parent_and_output()
    assert exited.value.args == (0,)


def test_it_ends_when_nobody_reads_what_it_says(nursery: Nursery) -> None:
    nursery.child._answers = -1
    with pytest.raises(Exited) as exited:
        nursery.child._flush()
    assert exited.value.args == (0,)


def test_it_beats_twice_a_second_and_answers_at_once(nursery: Nursery) -> None:
    waits: list[float] = []
    watched: list[tuple[float, bool]] = []
    cleared: list[int] = []

    class Wake:
        def set(self) -> None: ...

        def clear(self) -> None:
            cleared.append(len(waits))

        def wait(self, seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 4:
                raise Exited
            if len(waits) == 2:  # woken early
                nursery.now += 100
                nursery.child.send("log", text="early")
                nursery.child.on_engine_message("label", text="eyes up")
            else:
                nursery.now += 1000 * seconds

    def watch(seconds: float, *, exit: bool) -> None:  # noqa: A002
        watched.append((seconds, exit))

    spoken = FakeSpeech()
    nursery.monkeypatch.setattr(speech, "SystemSpeech", lambda **_: spoken)
    nursery.monkeypatch.setattr(faulthandler, "dump_traceback_later", watch)
    nursery.child._wake = Wake()  # type: ignore[assignment]
    with pytest.raises(Exited):
        nursery.child._beat()
    assert waits == pytest.approx([0, 0.5, 0.5 - 0.1, 0.5])
    assert nursery.says() == [{"is": "beat"}, {"is": "log", "text": "early"}, {"is": "beat"}]
    assert watched == [(3, True)] * 2
    assert cleared == [1, 2, 3]
    assert spoken.did == ["stop", "eyes up"]


def test_labels_are_spoken_and_a_sound_that_silences_stops_them(nursery: Nursery) -> None:
    spoken = FakeSpeech()
    nursery.monkeypatch.setattr(speech, "SystemSpeech", lambda **_: spoken)
    child = nursery.child
    child.on_engine_message("label", text="")  # nothing is being said
    child._speak_labels()
    assert child._speech is None
    child.on_engine_message("label", text="eyes up")
    assert child._wake.is_set()
    child._speak_labels()
    child.on_engine_message("label", text="")
    child._speak_labels()
    assert spoken.did == ["stop", "eyes up", "stop", ""]
    clips = Clips(SoundOptions("miniaudio"), pytest.fail)
    for kind, fields, stops in (
        ("cancel", {"sounding": False}, False),
        ("cancel", {"sounding": True}, True),
        ("mute", {"on": False}, False),
        ("mute", {"on": True}, True),
    ):
        spoken.did.clear()
        child.on_engine_message("label", text="stand tall")
        child._handle({"is": kind, **fields}, nursery.engine, clips)
        child._speak_labels()
        assert spoken.did == (["stop"] if stops else ["stop", "stand tall"])
    child.on_engine_message("started", id=1)
    assert nursery.says() == [{"is": "started", "id": 1}]


def test_a_message_wakes_it(nursery: Nursery) -> None:
    assert isinstance(nursery.child._wake, threading.Event)
    nursery.child.send("log", text="awake")
    assert nursery.child._wake.is_set()


def test_a_line_may_be_as_long_as_the_protocol_allows(nursery: Nursery) -> None:
    def longest(line: bytes, over: int = 0) -> bytes:
        return b"{" + b" " * (16_384 + over - len(line)) + line[1:]

    options = protocol.encode_options(SoundOptions("miniaudio"))
    mute, drain = protocol.encode("mute", on=True), protocol.encode("drain")
    assert len(longest(mute)) == 16_384
    assert nursery.hears(longest(mute), longest(drain, over=1), options=longest(options)) == 0
    assert nursery.engine.asked == [("mute", True), "abandon"]
    assert nursery.hears(options=longest(options, over=1)) == 2


def test_what_is_wrong_with_the_sounds_is_reported(nursery: Nursery) -> None:
    nursery.hears(options=protocol.encode_options(SoundOptions("miniaudio", voice="nobody")))
    assert nursery.says() == [{"is": "log", "text": "There is no voice 'nobody': 'heart' is used."}]


def test_speech_ends_with_the_input(nursery: Nursery) -> None:
    spoken = FakeSpeech()
    nursery.child._speech = spoken  # type: ignore[assignment]
    nursery.hears()
    assert spoken.did == ["stop"]


@pytest.mark.skipif(not hasattr(os, "nice"), reason="there are no priorities here")
@pytest.mark.parametrize("allowed", [True, False])
def test_its_process_comes_before_others_where_that_is_allowed(allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[object] = []

    def nice(by: int) -> None:
        did.append(("nice", by))
        if not allowed:
            raise PermissionError

    def made(lines: object, answers: int) -> SimpleNamespace:
        assert (lines, answers) == ("what it is told", 7)
        return SimpleNamespace(run=lambda: did.append("runs"))

    monkeypatch.setattr(os, "nice", nice)
    monkeypatch.setattr(sys, "setswitchinterval", lambda seconds: did.append(("switches", seconds)))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer="what it is told"))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(fileno=lambda: 7))
    monkeypatch.setattr(child_module, "Child", made)
    child_module.main()
    assert did == [("switches", 0.001), ("nice", -11), "runs"]


def test_of_many_labels_and_messages_the_last_are_kept(nursery: Nursery) -> None:
    spoken = FakeSpeech()
    nursery.monkeypatch.setattr(speech, "SystemSpeech", lambda **_: spoken)
    for number in range(10):
        nursery.child.on_engine_message("label", text=str(number))
    nursery.child._speak_labels()
    assert [each for each in spoken.did if each != "stop"] == [str(number) for number in range(2, 10)]
    for number in range(10_002):
        nursery.child.send("beat", n=number)
    assert len(nursery.child._pending) == 10_000
    assert protocol.decode(nursery.child._pending[0]) == {"is": "beat", "n": 2}
