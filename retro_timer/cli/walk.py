"""Run a session on the full screen or as plain lines."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from retro_timer.cli.streams import OutputError, release_streams
from retro_timer.runtime.exit_codes import (
    EXIT_BAD_INPUT,
    EXIT_DONE,
    EXIT_ENDED_EARLY,
    EXIT_INTERRUPTED,
    EXIT_REFUSED,
    EXIT_TERMINATED,
    SIGNALLED,
    Stopped,
    at_forced_end,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import TextIO

    from retro_timer.cli.devices import Devices
    from retro_timer.cli.keyboard import Waiter
    from retro_timer.cli.plain import Plain
    from retro_timer.cli.plain_sensors import PlainSensors
    from retro_timer.page.supervisor import PageSupervisor
    from retro_timer.remote.address import Address
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.wiring import Setup
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import InterruptedSession
    from retro_timer.ui.app import RetroTimerApp


SWITCH: Final = 0.0005
"""Thread switch interval in seconds while a screen is shown; a tenth of Python's default."""


LAST_WRITES: Final = 3.0
"""Seconds that the exit waits for background writes."""


def shows_screen() -> bool:
    """Whether the full screen can be used; if the terminal prevents it, print why."""
    if "web_driver" in os.environ.get("TEXTUAL_DRIVER", ""):
        return True  # a browser: textual-serve talks through pipes
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return False
    from retro_timer.runtime.terminal import full_screen_problem

    if reason := full_screen_problem(os.environ, windows=sys.platform == "win32"):
        sys.stderr.write(f"retro-timer: {reason}\n")
        return False
    return True


def _app() -> type[RetroTimerApp]:
    """The app, imported without OpenSSL, which asyncio would load (4 MB) for connections that no screen makes."""
    absent = "ssl" not in sys.modules
    if absent:
        sys.modules["ssl"] = cast("ModuleType", None)  # as in a Python that was built without it
    try:
        from retro_timer.ui.app import RetroTimerApp
    finally:
        if absent:
            del sys.modules["ssl"]
    return RetroTimerApp


def on_the_full_screen(setup: Setup, workout: Workout | None, interrupted: InterruptedSession | None = None) -> int:
    """Run the app, with a workout or the Home screen; returns the exit code."""
    make_app = _app()
    # The thread that writes to the terminal should not have to wait long for imports after the first frame.
    sys.setswitchinterval(SWITCH)
    app = make_app(setup.services(), workout=workout, interrupted=interrupted)
    errors = sys.stderr  # Textual replaces it, and does not restore it if the program is ended by force
    at_forced_end(partial(rescued, setup, EXIT_TERMINATED, errors))
    app.run()
    from retro_timer.ui.run_in_thread import finish

    finish(LAST_WRITES)
    # Without a code, the app ended unexpectedly.
    return rescued(setup, EXIT_ENDED_EARLY if app.return_code is None else app.return_code, errors)


def watch_on_the_full_screen(setup: Setup, address: Address) -> int:
    """Show the session of another process; returns the exit code."""
    app = _app()(setup.services(), watched=address)
    app.run()
    return EXIT_ENDED_EARLY if app.return_code is None else app.return_code


def test_on_the_full_screen(setup: Setup) -> int:
    """Walk the backward walk test; returns the exit code."""
    app = _app()(setup.services(), walk_test=True)
    app.run()
    return EXIT_ENDED_EARLY if app.return_code is None else app.return_code


def line_by_line(
    setup: Setup, workout: Workout, *, as_json: bool, interrupted: InterruptedSession | None = None
) -> int:
    """Run a session as plain lines; returns the exit code."""
    from retro_timer.cli.keyboard import Waiter, keyboard
    from retro_timer.cli.plain import Plain
    from retro_timer.cli.plain_keys import PlainKeys
    from retro_timer.config import keymap

    gc.enable()
    lines = keyboard()
    if lines is None and setup.config.rules.wait_at_turns:
        sys.stderr.write("retro-timer: turns cannot wait: no keys can be read; try --no-wait-at-turns\n")
        return EXIT_BAD_INPUT
    runner = setup.runner(workout, ring=_ring, interrupted=interrupted)
    found = keymap.resolve(setup.loaded.settings.keys)
    plain = Plain(runner, PlainKeys(found), LineWriter(), as_json=as_json, no_input=lines is None)
    waiter = Waiter(lines)
    at_forced_end(partial(rescued, setup, EXIT_TERMINATED, sys.stderr))
    with waiter.watching():
        code = _walk_lines(setup, runner, plain, waiter, found.keys)
        if code != EXIT_REFUSED:
            plain.closed()
        return rescued(setup, code, sys.stderr)


def _walk_lines(setup: Setup, runner: Runner, plain: Plain, waiter: Waiter, keys: Mapping[str, tuple[str, ...]]) -> int:
    """Run the session and always close the runner; returns the exit code."""
    from retro_timer.cli.plain_desktop import PlainDesktop
    from retro_timer.storage.errors import BusyError, StorageError

    devices: Devices | None = None
    page: PageSupervisor | None = None
    drain: bool | None = None
    desktop: PlainDesktop | None = None
    sensors: PlainSensors | None = None
    try:
        runner.player.start()
        runner.keep(setup.store)
        for warning in setup.store.warnings:
            sys.stderr.write(f"retro-timer: {warning}\n")
        plain.start()
        devices = _shared(setup, runner, plain, waiter, keys)
        page = _page(setup) if setup.page.open else None
        if runner.journal is not None:
            try:
                runner.remember_longest(setup.store)
            except StorageError as problem:
                setup.say(f"The longest bout so far is unknown: {problem}.")
        desktop = PlainDesktop(setup, runner)
        sensors = _sensors(setup, runner, plain, devices)
        plain.run(partial(waiter, before=desktop.update, at_most=desktop.next_update))
        desktop.update()
        plain.hear_out(waiter)
        drain = True  # even if the session is only kept for later, so that "Hold the rail. Step off." is heard in full
    except BusyError as busy:
        sys.stderr.write(f"retro-timer: {busy}\n")
        return EXIT_REFUSED
    except (Stopped, KeyboardInterrupt) as stop:
        drain = False  # end now
        plain.broken_off()
        return stop.code if isinstance(stop, Stopped) else EXIT_INTERRUPTED
    finally:
        if desktop is not None:
            desktop.close()
        if sensors is not None:
            sensors.close()
        if devices is not None:
            devices.close()
        if page is not None:
            page.close()
        runner.close(drain=drain)
    return EXIT_DONE if plain.finished else EXIT_ENDED_EARLY


def _shared(setup: Setup, runner: Runner, plain: Plain, waiter: Waiter, keys: Mapping[str, tuple[str, ...]]) -> Devices:
    """Let other devices follow a plain session."""
    from retro_timer.cli.devices import Devices
    from retro_timer.config.paths import find_runtime_directory

    plain.devices = devices = Devices(setup, runner, plain, keys, waiter.ask)
    devices.start(find_runtime_directory)
    return devices


def _sensors(setup: Setup, runner: Runner, plain: Plain, devices: Devices) -> PlainSensors | None:
    """Follow the sensors that the walker has chosen, if there are any; none in a rehearsal."""
    chosen = setup.loaded.settings.sensors
    if setup.rehearse or not (chosen.belt or chosen.heart):
        return None
    from retro_timer.cli.plain_sensors import PlainSensors

    return PlainSensors(setup, runner, plain, devices)


def _page(setup: Setup) -> PageSupervisor:
    """Open the web page of this process's session."""
    from retro_timer.cli.web_page import PagePrinter, open_page
    from retro_timer.config.paths import find_runtime_directory

    return open_page(setup, os.getpid(), find_runtime_directory(), setup.page, PagePrinter())


def rescued(setup: Setup, code: int, errors: TextIO) -> int:
    """Print which sessions were not saved, where they are instead, and any log problem; returns the exit code.

    Args:
        setup: provides the store and the log.
        code: the exit code if all sessions are saved.
        errors: standard error as `prepare_streams` left it, because printing must not fail.
    """
    lines = setup.store.rescue()
    for line in [*lines, *([f"retro-timer: {setup.log_problem}"] if setup.log_problem else [])]:
        print(line, file=errors, flush=True)
    return EXIT_ENDED_EARLY if lines and code < SIGNALLED else code


class LineWriter:
    """Prints lines with immediate flushing; if that fails, the session continues without output."""

    def __init__(self) -> None:
        self._works = True

    def __call__(self, line: str) -> None:
        """Print a line.

        Raises:
            BrokenPipeError: if the reader has closed the pipe.
        """
        if not self._works:
            return
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except OutputError as error:
            self._works = False
            release_streams()
            sys.stderr.write(f"retro-timer: {error}; the session continues\n")


def _ring() -> None:
    """Ring the terminal's bell, if there is a terminal."""
    if sys.stderr.isatty():
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), b"\a")
