"""The sensors of a running session, on the full screen or plain: shows and keeps readings, pauses when the belt stops.

Everything here runs where the session runs. A sensor that is lost, or sends wrong values, never affects the time.
"""

from __future__ import annotations

from functools import partial
from threading import Event as Signal
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from retro_timer.sensors.belt_watch import BeltOrder, BeltWatch
from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.nearby import chosen_sensors
from retro_timer.session.sensing import MAX_KMH, LinkState, Measurements, PresentValue, Reading, SensorKind, SensorLink
from retro_timer.session.states import SECOND, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.config.schema import SensorSettings
    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.session.sensing import MakeSensors, SensorReport

STALE_MS: Final = 3 * SECOND
"""A reading older than this, in milliseconds, is no longer shown or kept."""
SAMPLE_MS: Final = 950
"""Minimum time between two samples that are kept, in milliseconds: sensors send about once a second."""
_SLACK_M: Final = 20
"""A treadmill may count in steps of ten metres."""


class SensorCompanion:
    """Follows the walker's sensors during a session.

    Args:
        runner: the session's runner.
        settings: which sensors to follow, and what to do when the belt stops.
        post: calls something soon where the session runs; called in any thread.
        take: shows events; also called without any, after a mere reading.
        log: writes a line about what went wrong; called in any thread.
        sensors: makes the sensors.

    Attributes:
        metres: the distance so far.
        links: the state of each sensor that is followed.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        runner: Runner,
        settings: SensorSettings,
        *,
        post: Callable[[Callable[[], object]], object],
        take: Callable[[tuple[Event, ...]], object],
        log: Callable[[str], None],
        sensors: MakeSensors = SensorProcess,
    ) -> None:
        follow = chosen_sensors(settings)
        self.links = {kind: SensorLink(kind, LinkState.SEARCHING) for kind in follow}
        self.metres = runner.measured_metres
        self._runner = runner
        self._take = take
        self._watch = BeltWatch(runner.session, settings.pause)
        self._readings: dict[SensorKind, tuple[int, Reading]] = {}
        self._kept_at = 0
        self._kept_metres = 0.0
        self._silence = SilenceWatch(lambda: post(self._take_silence))
        runner.measurements = self.measurements
        self._sensors = sensors(follow, lambda report: post(partial(self._report, report)), log)

    def close(self) -> None:
        """Disconnect from the sensors; waits half a second at most. Thread-safe."""
        self._sensors.close()
        self._silence.close()

    def measurements(self) -> Measurements:
        """What is measured now."""
        return Measurements(
            tuple(self.links.values()),
            self._present(SensorKind.BELT, "speed_kmh"),
            self._present(SensorKind.BELT, "incline_percent"),
            self._present(SensorKind.HEART, "heart_rate") or self._present(SensorKind.BELT, "heart_rate"),
            self.metres,
        )

    @property
    def speed_kmh(self) -> float | None:
        """The speed of the belt in km/h; None if it is unknown at the moment."""
        reading = self._fresh(SensorKind.BELT)
        return None if reading is None else reading.speed_kmh

    @property
    def heart_rate(self) -> int | None:
        """Beats a minute; the treadmill's own measurement if there is no other; None if unknown."""
        readings = (self._fresh(SensorKind.HEART), self._fresh(SensorKind.BELT))
        return next((each.heart_rate for each in readings if each is not None and each.heart_rate is not None), None)

    def _fresh(self, kind: SensorKind) -> Reading | None:
        moment, reading = self._readings.get(kind, (0, None))
        return reading if 0 <= self._runner.clock_now - moment <= STALE_MS else None

    def _present(self, kind: SensorKind, name: str) -> PresentValue | None:
        """A value of the last reading of a sensor, unless it is too old."""
        reading = self._fresh(kind)
        value = None if reading is None else getattr(reading, name)
        return None if value is None else PresentValue(value, self._readings[kind][0] + STALE_MS)

    def _take_silence(self) -> None:
        """Show that no value is current: no sensor has sent anything for too long."""
        if not self._runner.session.state.is_over:
            self._take(())

    def _report(self, report: SensorReport) -> None:
        """Take a report, where the session runs."""
        if self._runner.session.state.is_over:
            return
        events: tuple[Event, ...] = ()
        if isinstance(report, SensorLink) and report.kind in self.links:
            self.links[report.kind] = report
            if report.state is not LinkState.OK and report.kind is SensorKind.BELT:
                self._watch.forget()
        elif isinstance(report, Reading) and report.kind in self.links:
            events = self._read(report)
        self._take(events)

    def _read(self, reading: Reading) -> tuple[Event, ...]:
        now = self._runner.clock_now
        self._silence.heard()
        before = self._readings.get(reading.kind)
        self._readings[reading.kind] = now, reading
        order = None
        if reading.kind is SensorKind.BELT and reading.speed_kmh is not None:
            walked = _metres_between(before, reading, now)
            self.metres += walked
            self._kept_metres += walked if self._runner.session.state in _KEPT else 0
            order = self._watch.read(reading.speed_kmh, now)
        if reading.kind is SensorKind.BELT or self._fresh(SensorKind.BELT) is None:
            self._keep(now)
        return () if order is None else self._obey(order)

    def _keep(self, now: int) -> None:
        """Keep a sample for the history, at most one a second."""
        speed, heart = self.speed_kmh, self.heart_rate
        if self._runner.session.state not in _KEPT or now - self._kept_at < SAMPLE_MS:
            return
        if speed is not None or heart is not None:
            self._runner.measured(speed, heart, round(self._kept_metres, 2))
            self._kept_at, self._kept_metres = now, 0.0

    def _obey(self, order: BeltOrder) -> tuple[Event, ...]:
        runner, phrases = self._runner, self._runner.config.cues.phrases
        if order is BeltOrder.PAUSE:
            return runner.belt_stopped()
        if order is BeltOrder.RESUME:
            return runner.belt_moves()
        return runner.warn(phrases.BELT_MOVING if order is BeltOrder.WARN_MOVING else phrases.BELT_FAST)


class SilenceWatch:
    """Notices when sensors that have sent something fall silent, even if their process merely hangs.

    Without it, a screen on which nothing else changes, as in a pause, would keep showing the last values.

    Args:
        silent: called in a thread when nothing was heard for `STALE_MS`; again only after something was heard.
    """

    def __init__(self, silent: Callable[[], object]) -> None:
        self._silent = silent
        self._last = 0.0
        self._heard = Signal()
        self._closed = Signal()
        self._thread: Thread | None = None

    def heard(self) -> None:
        """Note that something was heard."""
        self._last = monotonic()
        self._heard.set()
        if self._thread is None:
            self._thread = Thread(target=self._run, name="silence of sensors", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop watching. Thread-safe."""
        self._closed.set()
        self._heard.set()

    def _run(self) -> None:
        while self._heard.wait():
            while (left := self._last + _SILENT_S - monotonic()) > 0:
                if self._closed.wait(left):
                    return
            self._heard.clear()
            if self._closed.is_set():
                return
            if self._last + _SILENT_S > monotonic():
                self._heard.set()  # something was heard meanwhile
            else:
                self._silent()


_SILENT_S: Final = STALE_MS / SECOND + 0.1
"""Seconds of silence after which the last values are no longer current."""
_KEPT: Final = (State.RUNNING, State.HOLDING)
"""The states in which samples are kept."""


def _metres_between(before: tuple[int, Reading] | None, reading: Reading, now: int) -> float:
    """The distance since the reading before: by the treadmill's own count if possible, otherwise by its speed."""
    if before is None:
        return 0.0
    moment, last = before
    hours = max(0, now - moment) / 3_600_000
    if reading.distance_m is not None and last.distance_m is not None:
        counted = reading.distance_m - last.distance_m
        return counted if 0 <= counted <= MAX_KMH * 1000 * hours + _SLACK_M else 0.0
    if now - moment > STALE_MS or last.speed_kmh is None:
        return 0.0
    return last.speed_kmh * 1000 * hours
