"""Runs the hooks' programs in the helper process, with limits on their number and time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.errors import reason
from retro_timer.text import one_line, printable

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Mapping, Sequence

RUNNING: Final = 4
"""How many programs run at a time; further ones wait."""
WAITING: Final = 16
"""How many wait; more are left out, and that is logged."""
SECONDS: Final = 10.0
"""How long a program may run before it is killed, with its process group."""
_QUOTED: Final = 300
"""How many bytes of a program's standard error are logged."""
_CHUNK: Final = 65_536


class HookRunner:
    """Runs a program for each event that has one. Nothing waits for it.

    Args:
        programs: program and arguments by the name of the event.
        log: writes a line about what went wrong.
        seconds: how long a program may run.
    """

    def __init__(
        self, programs: Mapping[str, Sequence[str]], log: Callable[[str], object], seconds: float = SECONDS
    ) -> None:
        self._programs = programs
        self._log = log
        self._seconds = seconds
        self._slots = asyncio.Semaphore(RUNNING)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, event: str, data: bytes) -> None:
        """Start the program of an event, if there is one, with `data` on its standard input."""
        program = self._programs.get(event)
        if not program:
            return
        if len(self._tasks) >= RUNNING + WAITING:
            self._log(f"The hook {event} was left out: {len(self._tasks)} programs of hooks are running or waiting.")
            return
        task = asyncio.get_running_loop().create_task(self._run(event, program, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until all are done, or killed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, event: str, program: Sequence[str], data: bytes) -> None:
        async with self._slots:
            shown = printable(program[0], 80)
            try:
                process = await asyncio.create_subprocess_exec(
                    *_expanded(program),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.PIPE,
                    # Its own process group: it can be killed as a whole, and cannot kill the helper.
                    start_new_session=True,
                )
            except (OSError, ValueError, RuntimeError) as error:
                why = reason(error) if isinstance(error, OSError) else str(error)
                self._log(f"The hook {event} could not be started: {shown}: {why}.")
                return
            await self._watch(event, shown, process, data)

    async def _watch(self, event: str, shown: str, process: Process, data: bytes) -> None:
        """Give the program its input, and kill it if it takes too long."""
        errors = bytearray()
        reading = asyncio.get_running_loop().create_task(_read(process, errors))
        writing = asyncio.get_running_loop().create_task(_write(process, data))
        try:
            code = await asyncio.wait_for(process.wait(), self._seconds)
        except TimeoutError:
            self._log(f"The hook {event} was killed after {self._seconds:g} s: {shown}.")
            code = 0
            with suppress(ProcessLookupError):
                _kill(process)
                await process.wait()
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)
        if code:
            said = one_line(errors.decode(errors="replace"))
            self._log(f"The hook {event} failed with {code}: {shown}{f': {said}' if said else ''}.")


def _expanded(program: Sequence[str]) -> tuple[str, ...]:
    """The command line with the `~` at its beginning expanded; the arguments stay as they are.

    Raises:
        RuntimeError: if there is no home directory.
    """
    path, *arguments = program
    return str(Path(path).expanduser()) if path.startswith("~") else path, *arguments


async def _write(process: Process, data: bytes) -> None:
    pipe = process.stdin
    assert pipe is not None  # noqa: S101  (it was asked for)
    with suppress(BrokenPipeError, ConnectionResetError):  # a program need not read it
        pipe.write(data)
        await pipe.drain()
        pipe.close()


async def _read(process: Process, into: bytearray) -> None:
    """Read all of standard error, so that a flood does not block the program, and keep its beginning."""
    pipe = process.stderr
    assert pipe is not None  # noqa: S101  (it was asked for)
    while data := await pipe.read(_CHUNK):
        into += data[: _QUOTED - len(into)]


def _kill(process: Process) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
