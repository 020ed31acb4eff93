"""Display and stepping of setting values, independent of the settings screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.config.key_names import show_key
from retro_timer.config.keymap import SCOPES, actions, resolve
from retro_timer.config.schema import GROUPS, SETTINGS
from retro_timer.config.setting_kinds import Choice, Number, Toggle, Whole
from retro_timer.config.settings import show
from retro_timer.scheduling.units import KG_PER_LB, show_speed
from retro_timer.ui.preferences import KEYS
from retro_timer.ui.setting_labels import label_of
from retro_timer.ui.widgets.settings_list import SettingRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.config.locale import Units
    from retro_timer.config.schema import Setting, Settings
    from retro_timer.config.setting_kinds import Value

TABS: Final = {name: group.tab for name, group in GROUPS.items() if group.tab} | {"keys": "keys"}
"""The word on the tab of each group, in order."""
FINE: Final = 20
"""Numbers with a maximum up to this value change by tenths, others by ones."""
COARSE: Final = 60
"""Whole numbers with a larger range change by fives, and beyond `COARSEST` by fifties."""
COARSEST: Final = 300


def title_of(group: str) -> str:
    """The title of a group of settings."""
    return "Keys" if group == "keys" else GROUPS[group].title


def rows_of(group: str, settings: Settings, units: Units) -> list[SettingRow]:
    """The rows of a group of settings."""
    if group == "keys":
        return _keys(settings)
    return [
        _row(setting, settings.value(setting.key), units) for setting in SETTINGS.values() if setting.group == group
    ]


def next_value(setting: Setting, value: Value | None, step: int, themes: Sequence[str] = ()) -> Value | None:
    """The next or previous value; unchanged at the end of a range, or if the setting has no steps.

    Args:
        setting: the setting.
        value: its current value; None if it is unset.
        step: -1 or 1.
        themes: the names of the available themes.
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
    """The next or previous option, wrapping around."""
    at = options.index(value) if value is None or (isinstance(value, str) and value in options) else 0
    return options[(at + step) % len(options)]


def _next_whole(kind: Whole, value: int, step: int) -> int:
    """The next round number, in steps that suit the size of the range."""
    span = kind.high - kind.low
    by = 1 if span <= COARSE else 5 if span <= COARSEST else 50
    below = value // by * by
    wanted = below + by if step > 0 else value - by if value == below else below
    return kind.nearest(wanted)


def has_steps(setting: Setting) -> bool:
    """Whether the left and right keys change a setting."""
    if isinstance(setting.kind, Choice) and len(setting.kind.options) == 1 and setting.default is not None:
        return False
    return isinstance(setting.kind, Toggle | Choice | Whole | Number) or setting.key == "look.theme"


def value_text(setting: Setting, value: Value | None, units: Units) -> str:
    """A value for display in the walker's units, which can also be typed."""
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
        return show_speed(value, imperial=True)
    return f"{value:g} {kind.unit}"


def _row(setting: Setting, value: Value | None, units: Units) -> SettingRow:
    return SettingRow(
        key=setting.key,
        name=label_of(setting.key),
        value=value_text(setting, value, units),
        help=setting.help,
        steps=has_steps(setting),
        own=value != setting.default,
    )


def _keys(settings: Settings) -> list[SettingRow]:
    """The actions, each screen's under a heading."""
    keymap = resolve(settings.keys)
    rows = []
    for scope, title in SCOPES.items():
        rows.append(SettingRow("", title, "", "", steps=False, own=False))
        rows += [
            SettingRow(
                key=f"{KEYS}{action.id}",
                name=action.help.rstrip("."),
                value="  ".join(show_key(key) for key in keymap.keys[action.id]),
                help=title,
                steps=False,
                own=action.id in keymap.overrides,
            )
            for action in actions(scope)
        ]
    return rows
