"""The end of a plain session: the recap is printed, and heard to its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli import walk
from retro_timer.cli.plain import Notice, Plain
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.keymap import resolve
from retro_timer.runtime.exit_codes import Stopped
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.runtime.wiring import Setup
from retro_timer.scheduling.notation import parse
from retro_timer.session.cue import CueKind
from retro_timer.session.ports import SoundState
from retro_timer.session.states import Rules
from retro_timer.storage.errors import UnwritableError
from retro_timer.testing import FakeClock, RecordingPlayer
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, stored_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.cli.ran import Run

RECAP = "You walked backward for two minutes. Your longest bout so far: two minutes. Well done."


class Walk:
    """A plain session whose time passes while it waits."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.clock, self.player, self.lines = FakeClock(), RecordingPlayer(), list[str]()
        config = SessionConfig(Rules(lead_in=0))
        self.runner = Runner(parse("back 2m"), clock=self.clock, player=self.player, config=config)
        self.plain = Plain(self.runner, PlainKeys(resolve({})), self.lines.append, as_json=as_json)

    def walk(self) -> None:
        """Walk to the end."""
        self.plain.start()
        self.plain.run(self._pass)

    def hear_out(self, typed: Sequence[str | Notice] = ()) -> int:
        """Hear the end out while lines are typed; returns how many seconds that took."""
        before, left = self.clock.moment, list(typed)

        def wait(runner: Runner) -> str | Notice | None:
            if left:
                return left.pop(0)
            self._pass(runner)
            return None

        self.plain.hear_out(wait)
        return (self.clock.moment - before) // 1000

    def _pass(self, runner: Runner) -> None:
        delay = runner.next_delay()
        assert delay is not None, "nothing would ever happen"
        self.clock.move(round(delay * 1000))


def test_the_recap_is_printed_before_the_last_line() -> None:
    session = Walk()
    session.walk()
    assert session.lines[-3] == "   2:00    Workout complete. Slow the belt. Hold the rail. Step off."
    assert session.lines[-2].startswith(f"   2:00    {RECAP}")
    assert session.lines[-1] == "   2:00  complete, walked 2:00"


def test_the_recap_is_a_cue_in_json() -> None:
    session = Walk(as_json=True)
    session.walk()
    recap, last = map(json.loads, session.lines[-2:])
    assert (recap["event"], recap["cue"], recap["at"]) == ("cue", "recap", 120)
    assert recap["text"].startswith(RECAP)
    assert last == {"event": "finished", "at": 120, "elapsed": 120}


@pytest.mark.parametrize("typed", [(), ("", "u", "zz", Notice.NO_KEYS)])
def test_a_finished_session_stays_until_the_recap_is_spoken(typed: tuple[str | Notice, ...]) -> None:
    session = Walk()
    session.walk()
    printed = len(session.lines)
    due = next(due_cue.due for due_cue in session.player.queued if due_cue.cue.kind is CueKind.RECAP)
    assert session.hear_out(typed) > 0
    assert session.clock.moment == due
    assert len(session.lines) == printed


def test_the_key_that_ends_a_session_ends_the_recap_too() -> None:
    session = Walk()
    session.walk()
    assert session.hear_out(["q"]) == 0


@pytest.mark.parametrize("state", [state for state in SoundState if state is not SoundState.OK])
def test_without_sound_nothing_is_waited_for(state: SoundState) -> None:
    session = Walk()
    session.walk()
    session.player.state = state
    assert session.hear_out() == 0


def test_a_session_that_is_kept_for_later_is_not_waited_for() -> None:
    session = Walk()
    session.plain.start()
    typed: list[str | Notice] = ["x", Notice.NO_KEYS]
    session.plain.run(lambda _: typed.pop(0))
    assert session.hear_out() == 0


def stop() -> None:
    raise Stopped(143)


@pytest.mark.parametrize(("happens", "drains"), [(lambda: None, True), (stop, False)])
def test_the_player_finishes_its_words_unless_a_signal_ends_the_session(
    run: Run, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None], drains: bool
) -> None:
    """Also where it is not over, but kept for later: "Hold the rail. Step off." is heard to its end."""
    player = RecordingPlayer()
    monkeypatch.setattr(walk, "at_forced_end", lambda _: None)
    monkeypatch.setattr(Setup, "player", lambda *_, **__: player)
    monkeypatch.setattr(Plain, "run", lambda *_: happens())
    run("run", "back 1m", "--plain", "--lead-in", "0")
    assert player.drained is drains


def test_the_longest_bout_of_earlier_sessions_counts(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "at_forced_end", lambda _: None)
    with open_history(home / "data", lambda: MORNING).history as history:
        history.add(stored_session(MORNING, "back 3m", seconds=200))
    out = run("run", "back 2s", "--plain", "--lead-in", "0", "--audio", "off").out
    assert "Your longest bout so far: three minutes." in out


def test_why_earlier_sessions_do_not_count_is_in_the_log(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise UnwritableError("the history cannot be read")

    logged: list[str] = []
    monkeypatch.setattr(walk, "at_forced_end", lambda _: None)
    monkeypatch.setattr(Runner, "remember_longest", unreadable)
    monkeypatch.setattr(Setup, "say", lambda _, line: logged.append(line))
    assert run("run", "back 2s", "--plain", "--lead-in", "0", "--audio", "off").code == 0
    assert "The longest bout so far is unknown: the history cannot be read." in logged
