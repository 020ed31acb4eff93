"""A line on the session screen with the measurements and states of the treadmill and the heart rate sensor.

Loaded after the first frame, and only if the walker has chosen a sensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.companion import SensorCompanion
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.widgets.measured_line import MeasuredLine

if TYPE_CHECKING:
    from textual.screen import Screen

    from retro_timer.ui.sharing import SharedScreen
    from retro_timer.ui.view_model import SessionView


class SessionSensors:
    """Follows the sensors of a session, and shows their measurements.

    Args:
        node: the session screen.
        screen: the same screen, by its interface for other devices.
    """

    def __init__(self, node: Screen[Any], screen: SharedScreen) -> None:
        services = services_of(node)
        self._line = MeasuredLine(imperial=services.imperial)
        node.mount(self._line, after="#caption")
        self._companion = SensorCompanion(
            screen.runner,
            settings_of(services).sensors,
            post=lambda call: on_loop(node, call)(),
            take=screen.take,
            log=services.log,
            sensors=services.make_sensors or SensorProcess,
        )

    def show(self, view: SessionView) -> None:
        """Show the current measurements."""
        self._line.show_measured(self._companion.measurements(), view.speed)

    def close(self) -> None:
        """Disconnect from the sensors; waits half a second at most. Thread-safe."""
        self._companion.close()
