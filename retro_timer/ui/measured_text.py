"""What sensors measure, in words and for scripts: the same on every screen, in `status` and in plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.session.sensing import LinkState, SensorKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from retro_timer.session.sensing import Measurements, SensorLink


def measured_speed(measured: Measurements, *, imperial: bool, target: str = "") -> str:
    """The speed of the belt next to the target; how the belt is, if its speed is not known; nothing without one."""
    link = measured.link(SensorKind.BELT)
    if link is None:
        return ""
    if measured.speed_kmh is None:
        return f"belt {link.state}" if link.state is not LinkState.OK else "belt: no speed"
    speed = show_speed(measured.speed_kmh.value, imperial=imperial)
    return f"belt {speed}, target {target}" if target else f"belt {speed}"


def measured_incline(measured: Measurements) -> str:
    """The incline of the belt; nothing if it is level or not known."""
    incline = 0.0 if measured.incline_percent is None else round(measured.incline_percent.value, 1)
    return f"incline {incline:.1f} %" if incline else ""


def measured_heart(measured: Measurements) -> str:
    """The heart rate; how the sensor is, if it is not known; nothing without a sensor and a heart rate."""
    if measured.heart_rate is not None:
        return f"{measured.heart_rate.value:.0f} bpm"
    link = measured.link(SensorKind.HEART)
    if link is None:
        return ""
    return f"heart {link.state}" if link.state is not LinkState.OK else "heart: no rate"


def measured_distance(measured: Measurements, *, imperial: bool) -> str:
    """The distance so far; nothing before the first metre is known."""
    return show_distance(measured.metres, imperial=imperial) if measured.metres else ""


def measured_parts(measured: Measurements, *, imperial: bool, target: str = "") -> tuple[str, ...]:
    """All of it, without what is empty; the most important first, since a narrow line is cut off at its end."""
    parts = (
        measured_speed(measured, imperial=imperial, target=target),
        measured_heart(measured),
        measured_distance(measured, imperial=imperial),
        measured_incline(measured),
    )
    return tuple(filter(None, parts))


def links_text(measured: Measurements, parts: Collection[str]) -> str:
    """How each sensor is, unless one of the parts says so already: `belt ok, heart ok`."""
    links = [f"{link.kind} {link.state}" for link in measured.links]
    return ", ".join(each for each in links if each not in parts)


def measured_facts(measured: Measurements) -> dict[str, Any]:
    """The same for a script, in km/h and metres; what is not known is None."""
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
