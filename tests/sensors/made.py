"""Fake sensors as the program makes them, kept so that a test can have them report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.testing import FakeSensors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from retro_timer.session.sensing import Chosen, SensorKind, SensorReport


class MadeSensors:
    """Makes sensors, and remembers them."""

    def __init__(self) -> None:
        self.made: list[FakeSensors] = []

    @property
    def last(self) -> FakeSensors:
        """Those made last."""
        return self.made[-1]

    def __call__(
        self,
        follow: Mapping[SensorKind, Chosen],
        on_report: Callable[[SensorReport], object],
        log: Callable[[str], None],
        *,
        scan: bool = False,
    ) -> FakeSensors:
        self.made.append(FakeSensors(follow, on_report, log, scan=scan))
        return self.made[-1]
