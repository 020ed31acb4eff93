"""Sensor measurements in words and for scripts: the same on every screen, in `status` and in plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.session.sensing import LinkState, SensorKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from retro_timer.session.sensing import Measurements, SensorLink


def measured_speed(measured: Measurements, *, imperial: bool, target: str = "") -> str:
    """The belt's speed next to the target, or the belt's state if its speed is unknown; empty without a belt."""
    link = measured.link(SensorKind.BELT)
    if link is None:
        return ""
    if measured.speed_kmh is None:
        return f"belt {link.state}" if link.state is not LinkState.OK else "belt: no speed"
    speed = show_speed(measured.speed_kmh.value, imperial=imperial)
    return f"belt {speed}, target {target}" if target else f"belt {speed}"


def measured_incline(measured: Measurements) -> str:
    """The belt's incline; empty if it is level or unknown."""
    incline = 0.0 if measured.incline_percent is None else round(measured.incline_percent.value, 1)
    return f"incline {incline:.1f} %" if incline else ""


def measured_heart(measured: Measurements) -> str:
    """The heart rate, or the sensor's state if the rate is unknown; empty without either."""
    if measured.heart_rate is not None:
        return f"{measured.heart_rate.value:.0f} bpm"
    link = measured.link(SensorKind.HEART)
    if link is None:
        return ""
    return f"heart {link.state}" if link.state is not LinkState.OK else "heart: no rate"


def measured_distance(measured: Measurements, *, imperial: bool) -> str:
    """The distance so far; empty while it is zero."""
    return show_distance(measured.metres, imperial=imperial) if measured.metres else ""


def measured_parts(measured: Measurements, *, imperial: bool, target: str = "") -> tuple[str, ...]:
    """All parts that are not empty; the most important first, since a narrow line is cut off at its end."""
    parts = (
        measured_speed(measured, imperial=imperial, target=target),
        measured_heart(measured),
        measured_distance(measured, imperial=imperial),
        measured_incline(measured),
    )
    return tuple(filter(None, parts))


def links_text(measured: Measurements, parts: Collection[str]) -> str:
    """The state of each sensor, unless one of the parts already says it: `belt ok, heart ok`."""
    links = [f"{link.kind} {link.state}" for link in measured.links]
    return ", ".join(each for each in links if each not in parts)


def measured_facts(measured: Measurements) -> dict[str, Any]:
    """The measurements for a script, in km/h and metres; unknown values are None."""
    values = {
        "speed_kmh": measured.speed_kmh,
        "incline_percent": measured.incline_percent,
        "heart_rate": measured.heart_rate,
    }
    return {
        **{kind.value: _link_facts(measured.link(kind)) for kind in SensorKind},
        **{name: None if value is None else value.value for name, value in values.items()},
        "metres": round(measured.metres, 1) if measured.link(SensorKind.BELT) else None,
    }


def _link_facts(link: SensorLink | None) -> dict[str, Any] | None:
    return None if link is None else {"state": link.state.value, "why": link.why or None}
