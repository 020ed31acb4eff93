"""The walker's units, from the settings or, for `auto`, from the territory of the locale.

The data are from Unicode CLDR's supplemental data (measurement systems, week data, time data).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.units import WeekStart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.config.schema import UnitSettings

_MILES: Final = frozenset({"US", "GB", "LR", "MM"})
_POUNDS: Final = frozenset({"US", "LR", "MM"})
_SUNDAY: Final = frozenset({
    "AG", "AO", "AS", "BD", "BR", "BS", "BT", "BW", "BZ", "CA", "CO", "CV", "DM", "DO", "ET", "GT", "GU", "HK",
    "HN", "ID", "IL", "IN", "JM", "JP", "KE", "KH", "KR", "LA", "MH", "MM", "MO", "MT", "MX", "MZ", "NI", "NP",
    "PA", "PE", "PH", "PK", "PR", "PT", "PY", "SA", "SG", "ST", "SV", "TH", "TL", "TT", "TW", "UM", "US", "VE",
    "VI", "WS", "YE", "ZA", "ZW",
})  # fmt: skip
_SATURDAY: Final = frozenset({
    "AF", "BH", "DJ", "DZ", "EG", "IQ", "IR", "JO", "KW", "LY", "OM", "QA", "SD", "SY",
})  # fmt: skip
_TWELVE_HOURS: Final = frozenset({
    "AE", "AU", "BB", "BD", "BH", "BM", "BS", "BZ", "CA", "CL", "CO", "DO", "DZ", "EG", "ET", "FJ", "GH", "GR",
    "GY", "HK", "HN", "IN", "IQ", "JM", "JO", "KH", "KR", "KW", "LB", "LY", "MX", "MY", "NA", "NI", "NZ", "OM",
    "PA", "PE", "PG", "PH", "PK", "PR", "QA", "SA", "SD", "SG", "SO", "SV", "SY", "TT", "TW", "US", "VE", "YE",
    "ZM",
})  # fmt: skip
_LOCALE: Final = r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{4})?[_-]([A-Za-z]{2})(?:[.@].*)?"


class Units(NamedTuple):
    """The units for display.

    Attributes:
        mph: show speeds in mph instead of km/h.
        pounds: show weights in lb instead of kg.
        week_start: the first day of a week.
        clock_12h: show times as 5:30 PM instead of 17:30.
    """

    mph: bool
    pounds: bool
    week_start: WeekStart
    clock_12h: bool


def resolve_units(settings: UnitSettings, environ: Mapping[str, str]) -> Units:
    """Determine the units from settings and environment."""
    measures, times = territory(environ, "LC_MEASUREMENT"), territory(environ, "LC_TIME")
    return Units(
        mph=measures in _MILES if settings.speed == "auto" else settings.speed == "mph",
        pounds=measures in _POUNDS if settings.weight == "auto" else settings.weight == "lb",
        week_start=_week_start(times) if settings.week_start == "auto" else WeekStart[settings.week_start.upper()],
        clock_12h=times in _TWELVE_HOURS if settings.clock == "auto" else settings.clock == "12h",
    )


def territory(environ: Mapping[str, str], category: str) -> str:
    """The territory of a locale category, such as `US`; empty if there is none.

    Uses the first of `LC_ALL`, the category itself and `LANG` that is set, like the C library.
    """
    name = next((environ[variable] for variable in ("LC_ALL", category, "LANG") if environ.get(variable)), "")
    found = re.fullmatch(_LOCALE, name)
    return found[1].upper() if found else ""


def _week_start(where: str) -> WeekStart:
    if where in _SUNDAY:
        return WeekStart.SUNDAY
    return WeekStart.SATURDAY if where in _SATURDAY else WeekStart.MONDAY
