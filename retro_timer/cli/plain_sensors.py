"""The sensors of a plain session: their state is printed when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.sensors.companion import SensorCompanion

if TYPE_CHECKING:
    from retro_timer.cli.devices import Devices
    from retro_timer.cli.plain import Plain
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.wiring import Setup
    from retro_timer.session.events import Event
    from retro_timer.session.sensing import SensorKind, SensorLink


class PlainSensors:
    """Follows the sensors of a plain session.

    Args:
        setup: provides the settings and the log.
        runner: the session.
        plain: prints it.
        devices: calls functions in the session's loop.
    """

    def __init__(self, setup: Setup, runner: Runner, plain: Plain, devices: Devices) -> None:
        self._plain = plain
        self._said: dict[SensorKind, SensorLink] = {}
        self._companion = SensorCompanion(
            runner, setup.loaded.settings.sensors, post=devices.post, take=self._take, log=setup.say
        )

    def close(self) -> None:
        """Disconnect from the sensors; waits half a second at most."""
        self._companion.close()

    def _take(self, events: tuple[Event, ...]) -> None:
        self._plain.show(events)
        for kind, link in self._companion.links.items():
            if link != self._said.get(kind):
                self._said[kind] = link
                self._plain.say(f"{kind} {link.state}{f': {link.why}' if link.why else ''}")
