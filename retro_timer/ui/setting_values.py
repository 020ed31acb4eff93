"""What the settings screen shows of a setting, and what comes next to a value: no screen is needed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.keymap import ACTIONS, resolve, show_key
from retro_timer.scheduling.units import KG_PER_LB, KMH_PER_MPH
from retro_timer.storage.settings import show
from retro_timer.storage.settings_kinds import Choice, Number, Toggle, Whole
from retro_timer.storage.settings_table import TABLE
from retro_timer.ui.preferences import KEYS
from retro_timer.ui.widgets.settings_list import SettingRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.storage.locale_units import Units
    from retro_timer.storage.settings_kinds import Value
    from retro_timer.storage.settings_schema import Settings
    from retro_timer.storage.settings_table import Setting

TABS: Final = {
    "sound": "sound",
    "cues": "cues",
    "sound_files": "files",
    "session": "session",
    "metronome": "metronome",
    "units": "units",
    "walker": "you",
    "plan": "plan",
    "look": "look",
    "first_start": "start",
    "keys": "keys",
}
"""The word on the tab of each group, in order."""
FINE: Final = 20
"""An amount that can be no more than this goes by tenths, any other by ones."""
COARSE: Final = 60
"""A whole number with more values than this goes by fives, one with more than `COARSEST` by fifties."""
COARSEST: Final = 300


def rows_of(group: str, settings: Settings, units: Units) -> list[SettingRow]:
    """The settings of a group as they are shown."""
    if group == "keys":
        return _keys(settings)
    return [_row(setting, settings.value(setting.key), units) for setting in TABLE if setting.group == group]


def next_value(setting: Setting, value: Value | None, step: int, themes: Sequence[str] = ()) -> Value | None:
    """The value that is `step` steps from another one; the same at the end of a range, and where there are no steps.

    Args:
        setting: whose value it is.
        value: what it is now; None for one that is not set.
        step: -1 or 1.
        themes: the names that a theme can have.
    """
    kind = setting.kind
    if isinstance(kind, Toggle):
        return not value
    if isinstance(kind, Choice):
        return _around(kind.options if setting.default is not None else (None, *kind.options), value, step)
    if isinstance(kind, Whole):
        return _next_whole(kind, value if isinstance(value, int) else kind.low, step)
    if isinstance(kind, Number) and isinstance(value, float):
        by = 0.1 if kind.high <= FINE else 1.0
        return round(max(kind.low, min(kind.high, value + step * by)), 2)
    return _around(tuple(themes), value, step) if setting.key == "look.theme" and themes else value


def _around(options: tuple[str | None, ...], value: Value | None, step: int) -> str | None:
    """The option after or before one, and from the last the first."""
    at = options.index(value) if value is None or (isinstance(value, str) and value in options) else 0
    return options[(at + step) % len(options)]


def _next_whole(kind: Whole, value: int, step: int) -> int:
    """The next round number of a range, in steps that cross it with few keys."""
    span = kind.high - kind.low
    by = 1 if span <= COARSE else 5 if span <= COARSEST else 50
    below = value // by * by
    wanted = below + by if step > 0 else value - by if value == below else below
    return max(kind.low, min(kind.high, wanted))


def has_steps(setting: Setting) -> bool:
    """Whether left and right change it."""
    return isinstance(setting.kind, Toggle | Choice | Whole | Number) or setting.key == "look.theme"


def value_text(setting: Setting, value: Value | None, units: Units) -> str:
    """A value as it is shown, in the walker's units; it can be typed like that, too."""
    kind = setting.kind
    if isinstance(kind, Toggle) and value is not None:
        return "on" if value else "off"
    if isinstance(kind, Whole) and value is not None:
        return f"{value} {kind.unit}".rstrip()
    if isinstance(kind, Number) and isinstance(value, float):
        return _amount(kind, value, units)
    return show(value)


def _amount(kind: Number, value: float, units: Units) -> str:
    if kind.unit == "kg" and units.pounds:
        return f"{value / KG_PER_LB:.1f} lb"
    if kind.unit == "km/h" and units.mph:
        return f"{value / KMH_PER_MPH:.1f} mph"
    return f"{value:g} {kind.unit}"


def _row(setting: Setting, value: Value | None, units: Units) -> SettingRow:
    return SettingRow(
        key=setting.key,
        name=setting.name.removesuffix("_kg").removesuffix("_kmh").removesuffix("_ms").replace("_", " "),
        value=value_text(setting, value, units),
        help=setting.help,
        steps=has_steps(setting),
        own=value != setting.default,
    )


def _keys(settings: Settings) -> list[SettingRow]:
    keymap = resolve(settings.keys)
    return [
        SettingRow(
            key=f"{KEYS}{action.id}",
            name=action.id,
            value="  ".join(show_key(key) for key in keymap.keys[action.id]),
            help=action.help,
            steps=False,
            own=action.id in keymap.overrides,
        )
        for action in ACTIONS
    ]
