"""Which way a session is run, and how it ends, with the screen and the player out of the way."""

from __future__ import annotations

import errno
import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import click
import pytest

from retro_timer.cli import home as homes
from retro_timer.cli import main, resume, walk
from retro_timer.cli.main import run_command_line
from retro_timer.cli.plain import Plain
from retro_timer.cli.streams import OutputError
from retro_timer.cli.walk import LineWriter, on_the_full_screen, rescued, shows_screen
from retro_timer.errors import UserError
from retro_timer.extras import install_command
from retro_timer.runtime.exit_codes import EXIT_REFUSED, Stopped
from retro_timer.runtime.wiring import Setup
from retro_timer.storage.session_lock import SessionLock
from retro_timer.testing import RecordingPlayer
from tests.cli.ran import refused
from tests.requirements_present import require_modules
from tests.storage.sessions import MORNING, Walker, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import InterruptedSession
    from tests.cli.ran import Run

PLAIN = ("run", "back 1s", "--plain", "--lead-in", "0", "--audio", "off")


@pytest.fixture(autouse=True)
def _nothing_at_a_forced_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "at_forced_end", lambda _: None)


def in_terminal(monkeypatch: pytest.MonkeyPatch, *, written: list[str] | None = None) -> None:
    for name in ("stdin", "stdout", "stderr"):
        kept = SimpleNamespace(isatty=lambda: True, write=(written if written is not None else []).append)
        monkeypatch.setattr(sys, name, kept)
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)


# Screen or lines


def test_a_browser_is_a_screen_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert not shows_screen()
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert shows_screen()


def test_a_terminal_shows_the_screen_unless_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    in_terminal(monkeypatch, written=written)
    monkeypatch.setattr("retro_timer.runtime.terminal.full_screen_problem", lambda *_, **__: "")
    assert shows_screen()
    monkeypatch.setattr(sys, "stdin", None)
    assert not shows_screen()
    assert written == []
    in_terminal(monkeypatch, written=written)
    monkeypatch.setattr("retro_timer.runtime.terminal.full_screen_problem", lambda *_, **__: "the terminal is dumb")
    assert not shows_screen()
    assert written == ["retro-timer: the terminal is dumb\n"]


def test_without_a_command_the_app_starts_where_there_is_a_terminal(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(run(), "the app needs a terminal", "retro-timer run first-try --plain")
    shown: list[tuple[Path, object]] = []

    def show(setup: Setup, workout: Workout | None) -> int:
        shown.append((setup.paths.data, workout))
        return 7

    monkeypatch.setattr(homes, "shows_screen", lambda: True)
    monkeypatch.setattr(homes, "on_the_full_screen", show)
    assert run("--data-dir", str(home / "other")).code == 7
    assert shown == [(home / "other", None)]


class FakeApp:
    """The app, which ends at once."""

    made: ClassVar[list[FakeApp]] = []
    code: ClassVar[int | None] = 0

    def __init__(self, services: Services, **given: object) -> None:
        self.services = services
        self.given = given
        self.ran = False
        self.return_code: int | None = None
        FakeApp.made.append(self)

    def run(self) -> None:
        self.ran = True
        self.return_code = self.code


@pytest.mark.parametrize(("returned", "code"), [(0, 0), (143, 143), (None, 1)])
def test_the_screen_is_shown_and_gives_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, returned: int | None, code: int
) -> None:
    finished: list[float] = []
    switches = sys.getswitchinterval()
    monkeypatch.setattr(FakeApp, "made", [])
    monkeypatch.setattr(FakeApp, "code", returned)
    monkeypatch.setattr("retro_timer.ui.app.RetroTimerApp", FakeApp)
    monkeypatch.setattr("retro_timer.ui.run_in_thread.finish", finished.append)
    setup = Setup()
    try:
        assert on_the_full_screen(setup, None) == code
        assert sys.getswitchinterval() == pytest.approx(walk.SWITCH)
    finally:
        sys.setswitchinterval(switches)
    (app,) = FakeApp.made
    assert app.ran
    assert app.services.store is setup.store
    assert app.given == {"workout": None, "interrupted": None}
    assert finished == [walk.LAST_WRITES], "what is still to be written is waited for"


@pytest.mark.parametrize(("lines", "code", "expected"), [
    ([], 0, 0), ([], 143, 143), (["kept in /tmp/x"], 0, 1), (["kept in /tmp/x"], 2, 1), (["kept in /tmp/x"], 143, 143),
])  # fmt: skip
@pytest.mark.parametrize("log_problem", ["", "the log cannot be written"])
def test_a_session_that_could_not_be_saved_is_said_and_is_no_success(
    lines: list[str], code: int, expected: int, log_problem: str
) -> None:
    errors = io.StringIO()
    setup = SimpleNamespace(store=SimpleNamespace(rescue=lambda: lines), log_problem=log_problem)
    assert rescued(setup, code, errors) == expected  # type: ignore[arg-type]  # all of it that is used
    assert errors.getvalue().splitlines() == [*lines, *([f"retro-timer: {log_problem}"] if log_problem else [])]


# Line by line


def test_a_second_window_is_refused_and_changes_nothing(run: Run, home: Path) -> None:
    with SessionLock(home / "data") as other:
        other.take(MORNING)
        ran = run(*PLAIN)
    assert ran.code == EXIT_REFUSED
    assert ran.out == ""
    assert "another window" in ran.err
    assert run("history", "--json").json == []


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Stopped(143), 143)])
def test_a_signal_ends_the_session_with_its_last_line_and_its_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, stop: BaseException, code: int
) -> None:
    def stopped(_plain: Plain, _wait: Callable[..., object]) -> None:
        raise stop

    monkeypatch.setattr(Plain, "run", stopped)
    ran = run(*PLAIN)
    assert ran.code == code
    assert "ended early, walked 0:00" in ran.out
    assert "`retro-timer resume` resumes it" in ran.out


def test_turns_do_not_wait_where_nobody_can_type(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    refused(run(*PLAIN, "--wait-at-turns"), "turns cannot wait", "--no-wait-at-turns")


def test_a_session_on_lines_opens_its_sound(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    player = RecordingPlayer()
    monkeypatch.setattr(Setup, "player", lambda *_, **__: player)
    run("run", "back 1s", "--plain", "--lead-in", "0", "--rehearse", "1000")
    assert player.started
    assert player.closed


def test_a_session_continues_without_output_and_reports_it_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[str] = []

    def full(text: str) -> None:
        tried.append(text)
        raise OutputError("the output cannot be written: the disk is full")

    write = LineWriter()
    write("heard")
    assert capsys.readouterr().out == "heard\n"
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=full, flush=lambda: None))
    write("lost")
    write("lost too")
    assert tried == ["lost\n"]
    assert (
        capsys.readouterr().err
        == "retro-timer: the output cannot be written: the disk is full; the session continues\n"
    )


@pytest.mark.parametrize(("terminal", "expected"), [(True, [(2, b"\a")]), (False, [])])
def test_the_bell_rings_in_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, expected: list[tuple[int, bytes]]
) -> None:
    found: list[tuple[int, bytes]] = []
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: terminal, fileno=lambda: 2))

    def write(number: int, data: bytes) -> int:
        found.append((number, data))
        raise OSError(errno.EIO, "the terminal is gone")

    monkeypatch.setattr(walk, "os", SimpleNamespace(write=write))
    walk._ring()
    assert found == expected


# Resuming


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """How an interrupted session is resumed."""
    taken: list[tuple[object, ...]] = []

    def lines(_setup: Setup, workout: Workout, *, as_json: bool, interrupted: InterruptedSession) -> int:
        taken.append(("lines", workout.name, as_json, interrupted.record.position))
        return 0

    def screen(_setup: Setup, workout: Workout, interrupted: InterruptedSession) -> int:
        taken.append(("screen", workout.name, interrupted.record.position))
        return 0

    monkeypatch.setattr(resume, "line_by_line", lines)
    monkeypatch.setattr(resume, "on_the_full_screen", screen)
    monkeypatch.setattr(resume, "shows_screen", lambda: True)
    return taken


@pytest.mark.parametrize(
    ("arguments", "way"),
    [
        ((), ("screen", "Short One", 35_000)),
        (("--plain",), ("lines", "Short One", False, 35_000)),
        (("--json",), ("lines", "Short One", True, 35_000)),
    ],
)
def test_an_interrupted_session_goes_on_where_it_stopped(
    run: Run, home: Path, ways: list[tuple[object, ...]], arguments: tuple[str, ...], way: tuple[object, ...]
) -> None:
    interrupt(home / "data")
    ran = run("resume", *arguments)
    says = "resuming: Short One, at 0:35 of 2:40\n" if arguments == ("--plain",) else ""
    assert (ran.code, ran.out, ran.err) == (0, says, "")
    assert ways == [way]


def test_an_interrupted_session_can_be_discarded(run: Run, home: Path) -> None:
    interrupt(home / "data")
    refused(run("resume", "--keep", "--discard"), "exclude each other")
    assert run("resume", "--discard").out == "discarded: Short One, at 0:35 of 2:40\n"
    assert run("history", "--json").json == []
    ran = run("resume")
    assert (ran.code, ran.err) == (2, "no session was interrupted\n")


def test_a_session_that_runs_is_not_taken_over(run: Run, home: Path) -> None:
    with SessionLock(home / "data") as other:
        other.take(MORNING)
        walker = Walker(home / "data")
        walker.on(45)
        walker.journal.flush()
        ran = run("resume")
        assert ran.code == 2
        walker.journal.close()


# Serving


class FakeServer:
    """A server that ends at once."""

    made: ClassVar[list[tuple[list[str], int]]] = []
    problem: ClassVar[OSError | None] = None

    def __init__(self, arguments: list[str], port: int, _say: Callable[[str], None]) -> None:
        FakeServer.made.append((arguments, port))

    def run(self) -> int:
        if self.problem:
            raise self.problem
        return 130


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int]]:
    require_modules("textual_serve")
    monkeypatch.setattr(FakeServer, "made", [])
    monkeypatch.setattr("retro_timer.serving.server.AppServer", FakeServer)
    return FakeServer.made


def test_each_page_is_to_run_what_was_asked_for(run: Run, home: Path, servers: list[tuple[list[str], int]]) -> None:
    assert run("serve").code == 130
    run("serve", "first-try", "--port", "9000", "--data-dir", str(home / "other"))
    assert servers == [([], 8000), (["--data-dir", str(home / "other"), "run", "--", "first-try"], 9000)]


def test_an_unknown_workout_or_a_used_port_is_refused_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, servers: list[tuple[list[str], int]]
) -> None:
    refused(run("serve", "bilder"), "did you mean builder?")
    assert servers == []
    monkeypatch.setattr(FakeServer, "problem", OSError(errno.EADDRINUSE, "Address already in use"))
    refused(run("serve", "--port", "9000"), "cannot listen on port 9000: ", "ddress already in use")


def test_without_the_package_that_serves_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("retro_timer.serving")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("textual_serve.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    refused(run("serve"), "textual_serve", install_command("serve"))


# Whatever goes wrong


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (UserError("no\nsuch \x1b[2J thing"), 2, "retro-timer: no such ?[2J thing\n"),
        (UserError("x" * 5000), 2, f"retro-timer: {'x' * (main.MAX_MESSAGE - 1)}…\n"),
        (BrokenPipeError(), 1, ""),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "retro-timer: No space left on device\n"),
        (MemoryError(), 2, "retro-timer: there is not enough memory\n"),
        (ImportError("libffi.so is missing", path="/usr/lib"), 2, "retro-timer: libffi.so is missing\n"),
        (click.Abort(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
        (Stopped(143), 143, ""),
        (click.ClickException("bad"), 2, "retro-timer: bad\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_one_line_and_a_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    def failing(**_: object) -> int:
        raise error

    monkeypatch.setattr(main.app, "main", failing)
    ran = run("presets")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.lower() == says.lower()


def test_a_missing_name_of_the_package_itself_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(**_: object) -> int:
        raise ImportError("cannot import name 'x' from 'retro_timer'")

    monkeypatch.setattr(main.app, "main", failing)
    with pytest.raises(ImportError):
        run_command_line(["presets"])


@pytest.mark.parametrize(("arguments", "code"), [(("presets",), 2), (("show", "nothing"), 2)])
def test_an_output_that_could_not_be_written_is_no_success(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    monkeypatch.setattr(main, "release_streams", lambda: "the output cannot be written: the disk is full")
    ran = run(*arguments)
    assert ran.code == code
    assert ran.err.count("\n") == 1
    assert ("the disk is full" in ran.err) is (arguments == ("presets",))


def test_a_group_without_a_command_shows_its_help(run: Run) -> None:
    ran = run("config")
    assert ran.code == 2
    assert "retro-timer config list" in ran.out
