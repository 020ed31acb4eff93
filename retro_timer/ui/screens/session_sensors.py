"""A line on the session screen with what the treadmill and the heart rate sensor measure, and how they are.

Loaded after the first frame, and only if the walker has chosen a sensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.companion import SensorCompanion
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import settings_of
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from textual.screen import Screen

    from retro_timer.ui.sharing import SharedScreen
    from retro_timer.ui.view_model import SessionView

ID: Final = "measured"
NARROW: Final = 56
"""On a line with fewer cells, there is no room for the target."""


class SessionSensors:
    """Follows the sensors of a session, and shows them.

    Args:
        node: the screen of the session.
        screen: the same, as what it does for its links.
    """

    def __init__(self, node: Screen[Any], screen: SharedScreen) -> None:
        services = services_of(node)
        self._imperial = services.imperial
        self._line = Line(id=ID)
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
        """Show the present moment."""
        companion = self._companion
        speed = measured_speed(companion, view.speed, imperial=self._imperial)
        distance = show_distance(companion.metres, imperial=self._imperial) if companion.metres else ""
        if self._line.size.width < NARROW:
            speed = speed.partition(",")[0]  # without the target
        measured = "   ".join(filter(None, (speed, measured_heart(companion), distance)))
        self._line.show(measured, right=links_text(companion))

    def close(self) -> None:
        """Let go of the sensors; waits half a second at most. Thread-safe."""
        self._companion.close()


def measured_speed(companion: SensorCompanion, target: str, *, imperial: bool) -> str:
    """The speed of the belt next to the target; how the belt is, if its speed is not known."""
    if SensorKind.BELT not in companion.links:
        return ""
    speed, link = companion.speed_kmh, companion.links[SensorKind.BELT]
    if speed is None:
        return f"belt {link.state}" if link.state is not LinkState.OK else "belt: no speed"
    measured = show_speed(speed, imperial=imperial)
    return f"belt {measured}, target {target}" if target else f"belt {measured}"


def measured_heart(companion: SensorCompanion) -> str:
    """The heart rate; nothing if it is not known."""
    return "" if companion.heart_rate is None else f"{companion.heart_rate} bpm"


def links_text(companion: SensorCompanion) -> str:
    """How each sensor is: `belt ok, heart lost`."""
    return ", ".join(f"{kind} {link.state}" for kind, link in companion.links.items())
