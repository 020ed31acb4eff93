"""The session's side of the sensor process: started after the first frame, never waited for, restarted if it ends.

bleak is imported in that process only (`sensors.process`).
"""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from retro_timer.errors import reason
from retro_timer.processes import command, start_child
from retro_timer.sensors.messages import LONGEST, SensorTask, encode, read_report
from retro_timer.session.sensing import LinkState, SensorKind, SensorLink

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

    from retro_timer.session.sensing import Chosen, SensorReport

MODULE: Final = "retro_timer.sensors.process"
AGAIN: Final = (1.0, 5.0, 30.0)
"""Delays in seconds before a process that has ended is started again; the last one repeats."""
LIVED: Final = 60.0
"""A process that ran for this many seconds is restarted after the shortest delay."""
CLOSED_WITHIN: Final = 0.5
"""Seconds that a session waits at its end for the process, which first disconnects from its sensors."""
_ENDED: Final = "the sensor process has ended"


class SensorProcess:
    """The process that follows the walker's sensors, or looks for sensors.

    Args:
        follow: the sensors to follow; without any, it looks for those nearby.
        on_report: called in a thread with each report.
        log: writes a line about what went wrong; called in a thread.
        scan: whether it also looks for others besides those to follow.
        argv: another command line, for tests.
        again: delays in seconds before it is started again; the last one repeats.
    """

    def __init__(  # noqa: PLR0913  (what it does, and how it is started)
        self,
        follow: Mapping[SensorKind, Chosen],
        on_report: Callable[[SensorReport], object],
        log: Callable[[str], None],
        *,
        scan: bool = False,
        argv: Sequence[str] | None = None,
        again: Sequence[float] = AGAIN,
    ) -> None:
        self._task = SensorTask(dict(follow), scan)
        self._on_report = on_report
        self._log = log
        self._argv = list(argv or command(MODULE))
        self._again = again
        self._closing = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="sensors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the process disconnect from the sensors and end; waits half a second at most."""
        self._closing.set()
        self._hang_up()
        self._thread.join(CLOSED_WITHIN)

    def _run(self) -> None:
        tries = 0
        while not self._closing.is_set():
            began = monotonic()
            self._process = process = self._started()
            if self._closing.is_set():
                self._hang_up()
            if process is not None:
                self._read(process)
            if self._closing.is_set():
                return
            tries = 0 if monotonic() - began >= LIVED else tries
            for kind in self._task.follow or SensorKind:
                self._on_report(SensorLink(kind, LinkState.LOST, _ENDED))
            if self._closing.wait(self._again[min(tries, len(self._again) - 1)]):
                return
            tries += 1

    def _started(self) -> subprocess.Popen[bytes] | None:
        try:
            process = start_child(self._argv)
        except OSError as error:
            self._log(f"The sensor process could not be started: {reason(error)}.")
            return None
        assert process.stdin is not None  # noqa: S101  (it was asked for)
        with suppress(OSError, ValueError):
            process.stdin.write(encode(self._task))
            process.stdin.flush()
        return process

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Read the process's reports until it ends."""
        pipe = process.stdout
        assert pipe is not None  # noqa: S101  (it was asked for)
        with pipe:
            while line := pipe.readline(LONGEST):
                if (report := read_report(line)) is not None and not self._closing.is_set():
                    self._on_report(report)
        code = process.wait()
        self._hang_up()
        if not self._closing.is_set():
            self._log(f"The sensor process has ended, with {code}.")

    def _hang_up(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):
                process.stdin.close()
