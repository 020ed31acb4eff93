"""Devices that follow a plain session: what is printed, what is waited for, and what is kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.cli.devices import ANSWERS_WITHIN_S, Devices
from retro_timer.cli.plain import Notice, Plain
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.keymap import resolve as resolve_keys
from retro_timer.config.paths import find_runtime_directory
from retro_timer.remote.address import addresses, connect
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    SharedState,
    SpeakerClaim,
    SummaryAnswers,
    WalkedSummary,
)
from retro_timer.remote.protocol import PROTOCOL
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.wiring import Setup
from retro_timer.session.history import Feedback
from retro_timer.session.states import State
from retro_timer.testing import FakeClock
from tests.remote.support import EVERY_ANSWER, GENEROUS_S, Wire, answers_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.runtime.runner import Runner


class Session:
    """A plain session, ten seconds of its clock at a time."""

    def __init__(self, *, no_input: bool = False) -> None:
        self.setup = Setup(audio="off", lead_in=0)
        self.clock = FakeClock()
        self.setup.__dict__["clock"] = self.clock
        self.runner = self.setup.runner(resolve("turn 10s, back 1m"))
        keys = resolve_keys({})
        self.lines: list[str] = []
        self.plain = Plain(self.runner, PlainKeys(keys), self.lines.append, as_json=False, no_input=no_input)
        self.woken = 0
        self.devices = Devices(self.setup, self.runner, self.plain, keys.keys, self.wake)
        self.plain.devices = self.devices
        self.runner.keep(self.setup.store)
        self.plain.start()
        self.devices.start(find_runtime_directory)
        self.wires: list[Wire] = []

    def wake(self) -> None:
        """Count."""
        self.woken += 1

    def join(self, role: str = "local", name: str = "") -> Wire:
        """A client that has been greeted."""
        wire = Wire(connect(addresses(find_runtime_directory())[0])[0])
        self.wires.append(wire)
        wire.send(ClientHello(PROTOCOL, role=role, name=name))  # type: ignore[arg-type]
        self.until(lambda: "state" in wire.kinds())
        return wire

    def until(self, condition: Callable[[], bool]) -> None:
        """Perform what devices ask for until something is so."""
        ends = time.monotonic() + GENEROUS_S
        while not condition():
            assert time.monotonic() < ends, self.lines
            self.devices.perform()
            for wire in self.wires:
                wire.poll()
            time.sleep(0.001)

    def ask(self, wire: Wire, request: ActionWanted | SummaryAnswers) -> Answer:
        """Ask for something, and wait for the answer."""
        wire.send(request)
        self.until(lambda: any(isinstance(each, Answer) and each.id == request.id for each in wire.updates))
        answer = wire.last(Answer)
        assert isinstance(answer, Answer)
        return answer

    def run(self, *happenings: Notice | str | None) -> None:
        """Run the loop of the session; after what happens, it is broken off."""
        left = list(happenings)

        def wait(_runner: Runner) -> Notice | str | None:
            if not left:
                raise TimeoutError
            happened = left.pop(0)
            self.clock.move(1000 if happened is None else 0)
            return happened

        self.plain.run(wait)


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with a keyboard."""
    made = Session()
    yield made
    finish(made)


def finish(session: Session) -> None:
    """End a session."""
    session.devices.close()
    session.runner.close()
    for wire in session.wires:
        wire.socket.close()
    session.setup.store.close()


def test_what_a_device_does_is_printed(session: Session) -> None:
    wire = session.join("page", "phone")
    assert session.ask(session.wires[0], ActionWanted(1, "pause")).done
    assert any("paused (walker)" in line for line in session.lines)
    assert session.woken > 0
    assert not session.ask(wire, ActionWanted(2, "turned")).done
    assert session.lines[-1].endswith("no turn is waiting")


def test_the_loop_performs_and_publishes(session: Session) -> None:
    wire = session.join()
    wire.send(ActionWanted(1, "pause"))
    deadline = time.monotonic() + GENEROUS_S
    while session.runner.session.state is not State.PAUSED:
        assert time.monotonic() < deadline
        with pytest.raises(TimeoutError):
            session.run(Notice.ASKED)
    session.until(lambda: wire.last(SharedState).state == "paused")


def test_the_device_that_plays_the_sound_is_printed(session: Session) -> None:
    wire = session.join("page", "phone")
    wire.send(SpeakerClaim(on=True))
    session.until(lambda: any(line.endswith("sound: phone") for line in session.lines))
    wire.send(SpeakerClaim(on=False))
    session.until(lambda: any(line.endswith("sound: here again") for line in session.lines))


def test_a_page_is_asked_about_the_session_and_its_answers_are_kept(session: Session) -> None:
    wire = session.join("page", "phone")
    session.clock.move(30_000)
    session.runner.act("quit")
    session.devices.publish()
    session.until(lambda: wire.last(WalkedSummary) is not None)
    assert wire.last(WalkedSummary).asks
    session.runner.settle()
    assert session.devices.wait_for_answers()
    assert session.ask(wire, SummaryAnswers(1, effort=3, stumble=True)).done
    assert session.devices.wait_for_answers()
    assert session.ask(wire, SummaryAnswers(2, pain=1)).done
    assert session.devices.wait_for_answers(), "a fall is asked about, too"
    assert session.ask(wire, SummaryAnswers(3, fall=False)).done
    assert not session.devices.wait_for_answers()
    [kept] = session.setup.store.history.page()
    assert kept.feedback == Feedback(effort=3, stumble=True, pain_after=1, fall=False)
    session.until(lambda: wire.last(WalkedSummary).fall is False)


def test_each_answer_of_a_page_is_kept_and_nothing_else_is_written(session: Session) -> None:
    wire = session.join("page", "phone")
    session.clock.move(30_000)
    session.runner.act("quit")
    session.devices.publish()
    session.runner.settle()
    store = session.setup.store
    [walked] = store.history.page()
    elsewhere = Feedback(effort=9, pain_before=2, note="windy")
    assert store.give_feedback(walked.uuid, elsewhere)
    assert session.ask(wire, SummaryAnswers(1, fall=True)).done
    assert store.history.page()[0].feedback == replace(elsewhere, fall=True)
    assert session.ask(wire, SummaryAnswers(2, **EVERY_ANSWER)).done
    kept = store.history.page()[0].feedback
    assert answers_in(kept) == EVERY_ANSWER
    assert (kept.pain_before, kept.note) == (2, "windy")
    session.until(lambda: answers_in(wire.last(WalkedSummary)) == EVERY_ANSWER)


def test_a_page_that_does_not_answer_is_not_waited_for_forever(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.join("page", "phone")
    session.runner.act("quit")
    assert session.devices.wait_for_answers()
    later = time.monotonic() + ANSWERS_WITHIN_S + 1
    monkeypatch.setattr("retro_timer.cli.devices.time.monotonic", lambda: later)
    assert not session.devices.wait_for_answers()


@pytest.mark.parametrize("role", ["local", "view"])
def test_who_is_no_page_is_not_waited_for(session: Session, role: str) -> None:
    session.join(role)
    session.runner.act("quit")
    assert not session.devices.wait_for_answers()


def test_without_keys_a_session_that_a_device_paused_waits_for_a_device() -> None:
    session = Session(no_input=True)
    try:
        wire = session.join()
        assert session.ask(wire, ActionWanted(1, "pause")).done
        wire.socket.close()
        session.wires.clear()
        with pytest.raises(TimeoutError):
            session.run(*[None] * 20)  # nobody is there, and it waits
        again = session.join()
        assert session.ask(again, ActionWanted(2, "pause")).done
        assert session.runner.session.state in (State.RUNNING, State.LEAD_IN)
    finally:
        finish(session)


def test_without_keys_a_session_that_its_walker_paused_is_kept_for_later() -> None:
    session = Session(no_input=True)
    try:
        session.runner.act("pause")
        session.run(None)
        assert any("no keys can be read" in line for line in session.lines)
    finally:
        finish(session)


def test_a_session_that_cannot_be_followed_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RETRO_TIMER_RUNTIME_DIR", "/dev/null/run")
    session = Session()
    try:
        error = capsys.readouterr().err
        assert error.startswith("retro-timer: other devices cannot follow this session: /dev/null/run cannot be made")
        assert error.count("\n") == 1
        with pytest.raises(TimeoutError):
            session.run(*[None] * 20)
        assert session.runner.session.position == 20_000
    finally:
        finish(session)
