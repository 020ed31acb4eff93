"""The values of settings as the settings screen shows, steps and reads them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.config.keymap import ACTIONS
from retro_timer.config.locale import Units
from retro_timer.config.schema import GROUPS, SETTINGS, Setting, Settings
from retro_timer.config.setting_kinds import Number
from retro_timer.config.settings import SettingsError, changed, check
from retro_timer.scheduling.units import WeekStart
from retro_timer.ui.pending_settings import PendingSettings
from retro_timer.ui.setting_labels import LABELS
from retro_timer.ui.setting_values import TABS, has_steps, next_value, rows_of, value_text

METRIC = Units(mph=False, pounds=False, week_start=WeekStart.MONDAY, clock_12h=False)
IMPERIAL = Units(mph=True, pounds=True, week_start=WeekStart.SUNDAY, clock_12h=True)
THEMES = ("phosphor", "amber", "paper", "contrast", "nord")


def test_every_setting_and_every_action_is_on_the_screen_with_its_help() -> None:
    """Except those that the program keeps for its own use; their names are plain words."""
    assert tuple(TABS) == (*(group for group in GROUPS if group != "first_start"), "keys")
    rows = [row for group in TABS for row in rows_of(group, Settings(), METRIC) if row.key]
    mine = {key for key in SETTINGS if not key.startswith("first_start.")}
    assert {row.key for row in rows} == mine | {f"keys.{a.id}" for a in ACTIONS}
    assert LABELS.keys() <= mine
    assert all(re.fullmatch(r"[A-Z][^_]+", row.name) for row in rows)
    assert all(row.help and row.value and row.name for row in rows)
    assert not any(row.own for row in rows)


@given(st.sampled_from(tuple(SETTINGS.values())), st.lists(st.sampled_from([-1, 1]), max_size=30))
def test_every_stepped_value_is_valid(setting: Setting, steps: list[int]) -> None:
    value = setting.default
    for step in steps:
        value = next_value(setting, value, step, THEMES)
        if value is not None:
            assert check(setting.key, value) == value


def test_a_setting_with_a_single_value_has_no_steps() -> None:
    assert not has_steps(SETTINGS["sound.language"])
    assert has_steps(SETTINGS["sound.voice"])


@pytest.mark.parametrize(
    "setting", [setting for setting in SETTINGS.values() if has_steps(setting)], ids=lambda setting: setting.key
)
def test_every_value_that_has_steps_can_be_left_by_them(setting: Setting) -> None:
    value = setting.default if setting.default is not None or not isinstance(setting.kind, Number) else 50.0
    if setting.key == "walker.backward_kmh":
        value = 2.0
    elif setting.key == "walker.forward_kmh":
        value = 5.0
    values = {next_value(setting, value, step, THEMES) for step in (-1, 1)}
    assert values - {value}


@given(st.sampled_from([METRIC, IMPERIAL]), st.floats(min_value=20.1, max_value=299.9))
def test_a_value_can_be_typed_as_it_is_shown(units: Units, weight: float) -> None:
    setting = SETTINGS["walker.weight_kg"]
    shown = value_text(setting, round(weight, 2), units)
    assert shown.split()[1] == ("lb" if units.pounds else "kg")
    assert setting.kind.parse(shown) == pytest.approx(weight, abs=0.05)


def test_a_draft_refuses_invalid_values_and_stays_unchanged() -> None:
    draft = PendingSettings(Settings(), THEMES)
    for key, value in [
        ("sound.ticks", 11),
        ("look.theme", "mauve"),
        ("keys.session.skip", "space"),
        ("keys.session.skip", "nonsense key"),
        ("keys.session.nothing", "x"),
        ("no.such", 1),
    ]:
        with pytest.raises(SettingsError):
            draft.change(key, value)
        assert draft.settings == Settings()
    draft.change("keys.session.skip", "f9")
    assert draft.settings.keys == {"session.skip": "f9"}
    draft.change("keys.session.skip", None)
    assert draft.settings == Settings()


@given(st.sampled_from(tuple(SETTINGS.values())), st.text(max_size=20))
def test_typed_text_is_accepted_or_refused_in_one_line(setting: Setting, text: str) -> None:
    draft = PendingSettings(Settings(), THEMES)
    problem = draft.problem(setting.key, text)
    assert "\n" not in problem
    if not problem:
        draft.change(setting.key, draft.read(setting.key, text))


def test_changed_settings_and_drafts_agree() -> None:
    draft = PendingSettings(Settings(), THEMES)
    draft.change("sound.ticks", 5)
    assert draft.settings == changed(Settings(), "sound.ticks", 5)
