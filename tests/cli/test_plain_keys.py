"""Lines typed in a plain session: their meaning and their effects."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli.keyboard import LineReader, can_be_read
from retro_timer.cli.plain import Notice, Plain
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.keymap import check, resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.cue import CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.states import Rules, State
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = PlainKeys(resolve({}))


class Session:
    """A plain session with a clock moved by hand."""

    def __init__(self, keys: dict[str, str] | None = None, *, waits: bool = False, no_input: bool = False) -> None:
        self.clock, self.player = FakeClock(), RecordingPlayer()
        rules = Rules(lead_in=0, wait_at_turns=waits)
        workout = parse("back 60s, turn 5s, fwd 60s")
        self.runner = Runner(workout, clock=self.clock, player=self.player, config=SessionConfig(rules))
        self.written: list[str] = []
        self.plain = Plain(
            self.runner, PlainKeys(check(keys or {})), self.written.append, as_json=False, no_input=no_input
        )
        self.plain.start()

    def hear(self, *happenings: str | Notice | int) -> None:
        """Deliver typed lines and notices, and let milliseconds pass."""
        left = list(happenings)

        def wait(_runner: Runner) -> str | Notice | None:
            if not left:
                raise StopIteration
            happening = left.pop(0)
            if isinstance(happening, int):
                self.clock.move(happening)
                return None
            return happening

        try:
            self.plain.run(wait)
        except StopIteration:
            return

    @property
    def state(self) -> str:
        return self.runner.session.state.value


@pytest.mark.parametrize(
    ("line", "action_id"),
    [
        ("", "session.pause"),
        (" ", "session.pause"),
        ("space", "session.pause"),
        ("x", "session.bail_out"),
        ("X", "session.bail_out"),
        ("ч", "session.bail_out"),
        ("χ\r", "session.bail_out"),
        ("N", "session.skip"),
        ("right", "session.skip"),
        ("b", "session.backward_more"),
        ("B", "session.backward_less"),
        ("И", "session.backward_less"),
        ("+", "session.longer"),
        ("e", "session.turned"),
        ("E", "session.turned"),
        ("enter", "session.turned"),
        ("q", "session.quit"),
        ("?", "app.help"),
        ("zz", ""),
        ("xxxxxx", "session.bail_out"),
        ("ЧЧ", "session.bail_out"),
        ("      ", "session.pause"),
        ("??", "app.help"),
        ("xxn", ""),
        ("++", ""),
        ("9", ""),
    ],
)
def test_a_typed_line_means_its_key(line: str, action_id: str) -> None:
    assert DEFAULT.action_id(line) == action_id


def test_the_walkers_own_keys_are_what_counts() -> None:
    keys = PlainKeys(check({"session.bail_out": "x,X,ч", "session.turned": "e, f9", "session.mute": "j"}))
    assert [keys.action_id(line) for line in ("X", "ч", "Ч", "j", "m", "e")] == [
        *["session.bail_out"] * 3, "session.mute", "", "session.turned",
    ]  # fmt: skip
    taken = PlainKeys(check({"session.mute": "e", "session.turned": "f9"}))
    assert (taken.action_id("e"), taken.action_id("f9"), taken.turned) == ("session.mute", "session.turned", "f9")


def test_every_action_without_a_screen_can_be_typed_and_is_explained() -> None:
    explained = "\n".join(DEFAULT.explained())
    for action in SESSION_ACTIONS:
        line = action.plain_help or action.help
        assert (f": {line}" in explained) is (action.act is not None)
        assert DEFAULT.action_id(action.keys[0]) == action.id


def test_every_line_is_answered() -> None:
    session = Session()
    session.hear("zz", "\x1b[A", "9")
    assert sum("does nothing here; ? lists all keys" in line for line in session.written) == 3
    assert any(due_cue.cue.kind is CueKind.REFUSED for due_cue in session.player.queued)
    assert all(line.isprintable() for line in session.written)
    session.hear("a")
    assert "full screen" in session.written[-1]
    session.hear("?")
    listed = "\n".join(session.written)
    assert "x: Stop at once" in listed
    assert "n right pagedown 6: Go to the next interval" in listed
    assert "e: I have turned" in listed
    assert session.state == "running"


def test_capitals_and_other_layouts_act() -> None:
    for line in ("x", "X", "ч", "χ"):
        session = Session()
        session.hear(line)
        assert session.runner.session.pause_reason is PauseReason.BAIL_OUT


def test_a_turn_that_waits_names_the_line_to_type() -> None:
    session = Session(waits=True)
    session.hear(66_000)
    assert session.state == "holding"
    assert session.written[-1].endswith("the turn waits: type e when you have turned")
    session.hear("e")
    assert session.runner.session.state is not State.HOLDING


def test_a_stop_pauses_at_the_last_check_and_is_reported_afterwards() -> None:
    session = Session()
    session.hear(10_000)
    session.runner.mark_running()
    session.clock.move(6_000)
    session.hear(Notice.CONTINUED)
    assert session.runner.session.position == 10_000
    assert session.runner.session.pause_reason is PauseReason.STOPPED
    assert session.written[-1].endswith("paused while the program was stopped; an empty line resumes")


def test_ctrl_z_pauses_at_once() -> None:
    session = Session()
    session.hear(10_000)
    session.clock.move(300)
    session.hear(Notice.STOPS)
    assert (session.state, session.runner.session.position) == ("paused", 10_300)


def test_without_keys_nothing_waits() -> None:
    session = Session(waits=True, no_input=True)
    session.hear(66_000, 10_000)
    assert session.state == "running"
    session.hear(Notice.CONTINUED, 10_000)
    assert session.state == "running"


@pytest.mark.parametrize("line", ["", "x"])
def test_a_session_paused_by_the_walker_is_kept_at_the_end_of_input(line: str) -> None:
    session = Session()
    session.hear(5_000, line, Notice.NO_KEYS)
    assert session.state == "paused"
    assert "retro-timer resume" in session.written[-1]


def test_lines_are_read_from_a_pipe_whatever_is_in_them() -> None:
    reads, writes = os.pipe()
    with os.fdopen(reads, encoding="utf-8") as stream:
        assert can_be_read(stream)
        lines = LineReader(stream)
        os.write(writes, b"x\n\xff\xfe\n\n\n" + "ч".encode()[:1])
        os.write(writes, "ч".encode()[1:] + b"\r\nlast")
        assert [lines.get(5) for _ in range(5)] == ["x", "\ufffd\ufffd", "", "", "ч\r"]
        os.close(writes)
        assert [lines.get(5), lines.get(5)] == ["last", Notice.NO_KEYS]
        for thread in threading.enumerate():
            if thread.name == "keys":
                thread.join(5)


def test_nothing_can_be_read_from_closed_empty_or_missing_input(tmp_path: Path) -> None:
    assert not can_be_read(None)
    empty = tmp_path / "keys"
    empty.touch()
    with empty.open() as stream:
        assert not can_be_read(stream)
    assert not can_be_read(stream)
    empty.write_text("x\n")
    with empty.open() as stream:
        assert can_be_read(stream)
    with open(os.devnull) as null:  # noqa: PTH123
        assert not can_be_read(null)
