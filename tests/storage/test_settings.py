"""Settings as they are read: every value checked by itself, and nothing in a file stops the start."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.library import SOUND_SETS
from retro_timer.audio.options import BACKENDS
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.actions import Steps
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.engine import Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.storage import settings_table
from retro_timer.storage.locale_units import Units, resolve_units, territory
from retro_timer.storage.settings import (
    MAX_WARNINGS,
    SettingsError,
    changed,
    check,
    defaults,
    find,
    from_tree,
    load,
    parse,
    rows,
    show,
)
from retro_timer.storage.settings_kinds import Number, Whole
from retro_timer.storage.settings_schema import Cues, SoundFiles, UnitSettings, field_name
from retro_timer.storage.settings_table import GROUPS, TABLE

if TYPE_CHECKING:
    from pathlib import Path

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab\x1b[/]. ", max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=4,
)


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# The table ---------------------------------------------------------------------------------------------------------


def test_every_default_is_of_its_kind_and_every_row_has_a_help_line() -> None:
    for setting in TABLE:
        assert setting.default is None or setting.kind.check(setting.default) == setting.default
        assert setting.help.endswith(".")
        assert "\n" not in setting.help
        assert setting.kind.expected
    assert len({setting.key for setting in TABLE}) == len(TABLE)
    assert {setting.group for setting in TABLE} == set(GROUPS)


def test_the_table_and_the_types_name_the_same_settings_with_the_same_types() -> None:
    kinds = {bool: "bool", int: "int", float: "float", str: "str"}
    for group, about in GROUPS.items():
        annotations = about.type.__annotations__
        assert set(annotations) == {setting.name for setting in TABLE if setting.group == group}
        for setting in (setting for setting in TABLE if setting.group == group):
            sample = setting.kind.parse("on") if annotations[setting.name] == "bool" else setting.default
            if sample is not None:
                assert kinds[type(sample)] == annotations[setting.name]
            else:
                assert annotations[setting.name].endswith(" | None")


def test_the_table_speaks_of_what_the_other_parts_know() -> None:
    assert set(Cues.__annotations__) == {field_name(kind) for kind in CueKind}
    assert set(SoundFiles.__annotations__) == {field_name(sound) for sound in Sound}
    assert settings_table.BACKENDS == BACKENDS
    assert settings_table.SOUND_SETS == SOUND_SETS


def test_the_defaults_are_those_of_the_parts_they_are_handed_to() -> None:
    settings = defaults()
    assert settings.cue_settings() == CueSettings()
    assert settings.rules() == Rules()
    assert settings.steps() == Steps()
    assert settings.custom_sounds() == {}
    assert settings.plan_choices(WeekStart.SUNDAY).week_start is WeekStart.SUNDAY


def test_what_is_set_reaches_the_session() -> None:
    settings = from_tree({
        "sound": {"ticks": 5, "announce": 20, "belt_lead": 2},
        "cues": {"halfway": False, "one_minute": False},
        "session": {"lead_in": 0, "resume_lead_in": 3, "wait_at_turns": True, "reminder": 30, "step_bout": 20},
        "sound_files": {"cool_down": "/sounds/calm.wav"},
        "plan": {"start": "builder", "pinned": "beyond", "sessions": 5},
    }).settings  # fmt: skip
    off = frozenset({CueKind.HALFWAY, CueKind.ONE_MINUTE})
    assert settings.cue_settings() == CueSettings(off=off, ticks=5, announce=20, belt_lead=2, waits_at_turns=True)
    assert settings.rules() == Rules(lead_in=0, resume_lead_in=3, wait_at_turns=True, reminder=30)
    assert settings.steps().bout == 20
    assert settings.custom_sounds() == {Sound.COOL_DOWN.value: "/sounds/calm.wav"}
    choices = settings.plan_choices(WeekStart.MONDAY)
    assert (choices.start, choices.pinned, choices.sessions) == ("builder", "beyond", 5)


def test_settings_cannot_be_changed_in_place() -> None:
    settings = defaults()
    with pytest.raises(AttributeError, match="cannot be changed"):
        settings.sound.ticks = 7
    with pytest.raises(AttributeError):
        settings.sound = settings.sound  # type: ignore[misc]  # that it is refused is what is tested
    with pytest.raises(TypeError, match="Cues has announce, count"):
        Cues(announce=True)
    assert settings.sound.having(ticks=7).ticks == 7
    assert settings.sound.having(ticks=7) != settings.sound
    assert len({settings.sound, settings.sound.having()}) == 1


# Reading -----------------------------------------------------------------------------------------------------------


def test_no_file_is_no_problem_and_none_is_made(tmp_path: Path) -> None:
    loaded = load(tmp_path / "none" / "settings.toml")
    assert loaded.settings == defaults()
    assert loaded.warnings == ()
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "s.toml", b"\xef\xbb\xbf[sound]\r\nticks = 5\r\n")
    assert load(path).settings.sound.ticks == 5


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[sound\nticks = 3", "is not TOML"),
        (b"ticks = \xff", "is not UTF-8 text (byte 8)"),
        (b"\x00\x01\x02", "is not TOML"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deep"),
        (b"a = 1" + b"0" * 5000, "is not TOML"),
        (b"#" * 1_000_001, "more than 1 MB"),
        (b"a = 1\na = 2", "is not TOML"),
    ],
)
def test_a_damaged_file_gives_the_defaults_and_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path / "s.toml", content)
    loaded = load(path)
    assert loaded.settings == defaults()
    assert len(loaded.warnings) == 1
    assert says in loaded.warnings[0]
    assert str(path) in loaded.warnings[0]
    assert loaded.warnings[0].endswith("; using the defaults")
    assert path.read_bytes() == content


def test_a_directory_in_its_place_gives_the_defaults_and_one_line(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.settings == defaults()
    assert len(loaded.warnings) == 1
    assert "cannot be read" in loaded.warnings[0]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[sound]\nticks = 11", "sound.ticks: expected a whole number from 0 to 10, not 11; using 3"),
        ("[sound]\nticks = true", "sound.ticks: expected a whole number from 0 to 10, not true; using 3"),
        ("[sound]\nticks = 3.0", "sound.ticks: expected a whole number from 0 to 10, not 3; using 3"),
        ('[sound]\nticks = "3"', "sound.ticks: expected a whole number from 0 to 10, not 3; using 3"),
        ("[sound]\nmuted = 1", "sound.muted: expected true or false, not 1; using false"),
        ('[sound]\nset = "loud"', "sound.set: expected one of soft, sharp, not loud; using soft"),
        (
            "[walker]\nweight_kg = 5",
            "walker.weight_kg: expected a number from 20 to 300 kg (44.1 to 661.4 lb), not 5; not used",
        ),
        (
            "[walker]\nweight_kg = nan",
            "walker.weight_kg: expected a number from 20 to 300 kg (44.1 to 661.4 lb), not nan; not used",
        ),
        (
            "[walker]\nbackward_kmh = 5.7",
            "walker.backward_kmh: expected a number from 0.3 to 5.63 km/h (0.2 to 3.5 mph), not 5.7; not used",
        ),
        ("[sound]\ntiks = 3", "no setting is called sound.tiks: did you mean sound.ticks?; it is kept as it is"),
        ("[soud]\nticks = 3", "no setting is called soud: did you mean sound?; it is kept as it is"),
        ("zzz = 3", "no setting is called zzz; it is kept as it is"),
        (
            "sound = 3",
            "sound is a group: expected a table of settings such as sound.backend; it is kept as it is",
        ),
        ("[sound.ticks]\na = 1", "sound.ticks: expected a whole number from 0 to 10, not a table; using 3"),
        (
            '[look]\ntheme = "../x"',
            "look.theme: expected the name of a theme: letters, digits, dots and dashes, not ../x; using phosphor",
        ),
        (
            '[sound_files]\ntick = "a.wav"',
            "sound_files.tick: expected the full path of a WAV file, or one that begins with ~, not a.wav; not used",
        ),
        ('[keys]\nsession.pause = "n"', "keys: n cannot do both session.pause and session.skip; not used"),
        ("keys = 3", 'keys: no action is called "keys"'),
    ],
)  # fmt: skip
def test_a_wrong_value_gets_its_default_and_a_line_that_names_it(text: str, warning: str) -> None:
    loaded = from_tree(tomllib.loads(text))
    assert loaded.settings == defaults()
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith(warning)


def test_one_wrong_value_spoils_no_other() -> None:
    loaded = from_tree({"sound": {"ticks": 99, "announce": 20}, "plan": {"minutes": 15}})
    assert (loaded.settings.sound.ticks, loaded.settings.sound.announce, loaded.settings.plan.minutes) == (3, 20, 15)
    assert len(loaded.warnings) == 1


def test_own_keys_are_read_as_textual_takes_them() -> None:
    loaded = from_tree(tomllib.loads('[keys]\nsession.pause = ["k", "+"]\n"session.longer" = "l"'))
    assert loaded.warnings == ()
    assert loaded.settings.keys == {"session.pause": "k,plus", "session.longer": "l"}


def test_a_thousand_wrong_lines_are_told_in_a_few() -> None:
    warnings = from_tree({f"x{number}": 1 for number in range(1000)}).warnings
    assert len(warnings) == MAX_WARNINGS + 1
    assert warnings[-1] == "and 980 more"


@given(
    st.dictionaries(
        st.sampled_from([*GROUPS, "keys", "other", "a\x1b[2J"]),
        st.dictionaries(st.sampled_from([*(s.name for s in TABLE), "session", "[/]"]), JUNK, max_size=4) | JUNK,
        max_size=5,
    )
)
def test_whatever_a_file_says_there_are_settings_and_printable_warnings(tree: dict[str, Any]) -> None:
    loaded = from_tree(tree)
    for setting in TABLE:
        value = loaded.settings.value(setting.key)
        assert value == setting.default or setting.kind.check(value) == value
    assert all(warning.isprintable() and len(warning) < 400 for warning in loaded.warnings)


# Typing a value in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("sound.ticks", " 5 ", 5),
        ("sound.voice_volume", "80 percent", 80),
        ("sound.voice-volume", "80", 80),
        ("session.lead_in", "15s", 15),
        ("session.lead_in", "15 seconds", 15),
        ("sound.muted", "Yes", True),
        ("sound.muted", "off", False),
        ("units.speed", "MPH", "mph"),
        ("walker.weight_kg", "70", 70.0),
        ("walker.weight_kg", "154 lb", 69.85),
        ("walker.weight_kg", "154.3lb", 69.99),
        ("walker.backward_kmh", "1.0 mph", 1.61),
        ("walker.backward_kmh", "3.5mph", 5.63),
        ("walker.backward_kmh", "1.6 km/h", 1.6),
        ("plan.pinned", "builder", "builder"),
        ("look.theme", "tokyo-night", "tokyo-night"),
        ("sound_files.tick", "~/tick.wav", "~/tick.wav"),
    ],
)
def test_values_are_read_as_people_type_them(key: str, text: str, value: object) -> None:
    assert parse(key, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("sound.ticks", "many"),
        ("sound.ticks", ""),
        ("sound.ticks", "-1"),
        ("sound.ticks", "3.5"),
        ("sound.ticks", "1e1"),
        ("sound.ticks", "3 kg"),
        ("sound.muted", "maybe"),
        ("walker.weight_kg", "700"),
        ("walker.weight_kg", "70 stone"),
        ("walker.weight_kg", "nan"),
        ("walker.weight_kg", "inf"),
        ("walker.backward_kmh", "3.6 mph"),
        ("plan.sessions", "2"),
        ("plan.sessions", "6"),
        ("plan.minutes", "9"),
        ("plan.minutes", "21"),
        ("plan.start", "everest"),
        ("look.theme", "a\x1b[31mb"),
        ("sound_files.tick", ""),
        ("sound_files.tick", "a\nb"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_names_the_setting(key: str, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(key, text)
    assert str(refused.value).startswith(f"{key}: expected ")
    assert str(refused.value).isprintable()


def test_a_relative_sound_file_is_taken_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("sound_files.tick", "tick.wav") == str(tmp_path / "tick.wav")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.key)
def test_what_is_shown_can_be_typed_again(setting: settings_table.Setting) -> None:
    if setting.default is not None:
        assert parse(setting.key, show(setting.default)) == setting.default


@given(st.sampled_from([setting for setting in TABLE if isinstance(setting.kind, Whole | Number)]), st.data())
def test_the_bounds_of_a_number_are_kept_at_both_ends(setting: settings_table.Setting, data: st.DataObject) -> None:
    kind = setting.kind
    assert isinstance(kind, Whole | Number)
    value = data.draw(st.integers(int(kind.low) - 50, int(kind.high) + 50))
    if kind.low <= value <= kind.high:
        assert check(setting.key, value) == value
    else:
        with pytest.raises(SettingsError):
            check(setting.key, value)


@pytest.mark.parametrize("key", ["", "sound", "ticks", "sound.ticks.more", "a\x1b[2J"])
def test_an_unknown_setting_is_refused_in_one_line(key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        find(key)
    assert str(refused.value).isprintable()


def test_a_change_can_be_looked_at_before_it_is_saved() -> None:
    preview = changed(defaults(), "look.theme", "amber")
    assert preview.look.theme == "amber"
    assert changed(preview, "look.theme", None) == defaults()
    with pytest.raises(SettingsError, match=r"sound\.ticks: expected"):
        changed(defaults(), "sound.ticks", "5")


def test_the_list_has_every_setting_and_every_key() -> None:
    listed = list(rows(from_tree({"sound": {"ticks": 5}, "keys": {"session": {"pause": "k"}}}).settings))
    assert ("sound.ticks", "5", False) in listed
    assert ("sound.set", "soft", True) in listed
    assert ("walker.weight_kg", "not set", True) in listed
    assert ("keys.session.pause", "k", False) in listed
    assert ("keys.session.skip", "n,right", True) in listed


# Units -------------------------------------------------------------------------------------------------------------

AUTO = UnitSettings(speed="auto", weight="auto", week_start="auto", clock="auto")


@pytest.mark.parametrize(
    ("environ", "units"),
    [
        ({"LANG": "en_US.UTF-8"}, Units(True, True, WeekStart.SUNDAY, True)),
        ({"LANG": "en_GB.UTF-8"}, Units(True, False, WeekStart.MONDAY, False)),
        ({"LANG": "de_DE.UTF-8"}, Units(False, False, WeekStart.MONDAY, False)),
        ({"LANG": "ar_EG"}, Units(False, False, WeekStart.SATURDAY, True)),
        ({"LANG": "zh_Hant_TW.UTF-8"}, Units(False, False, WeekStart.SUNDAY, True)),
        ({"LANG": "C.UTF-8"}, Units(False, False, WeekStart.MONDAY, False)),
        ({}, Units(False, False, WeekStart.MONDAY, False)),
        ({"LANG": "en_US", "LC_MEASUREMENT": "de_DE"}, Units(False, False, WeekStart.SUNDAY, True)),
        ({"LANG": "en_US", "LC_TIME": "de_DE@euro"}, Units(True, True, WeekStart.MONDAY, False)),
        ({"LANG": "en_US", "LC_ALL": "fr_FR"}, Units(False, False, WeekStart.MONDAY, False)),
        ({"LANG": "\x1b[31m" * 50}, Units(False, False, WeekStart.MONDAY, False)),
    ],
)
def test_units_follow_the_locale(environ: dict[str, str], units: Units) -> None:
    assert resolve_units(AUTO, environ) == units


def test_units_that_are_set_win_over_the_locale() -> None:
    mine = AUTO.having(speed="km/h", weight="lb", week_start="saturday", clock="24h")
    assert resolve_units(mine, {"LANG": "en_US"}) == Units(False, True, WeekStart.SATURDAY, False)


def test_a_locale_without_a_territory_has_none() -> None:
    assert territory({"LANG": "en"}, "LC_TIME") == ""


# What reading costs ------------------------------------------------------------------------------------------------


def test_reading_imports_neither_tomlkit_nor_platformdirs_nor_textual_nor_the_session() -> None:
    code = (
        "import sys, pathlib; from retro_timer.storage.settings import load; load(pathlib.Path('none'));"
        "heavy = {'tomlkit', 'platformdirs', 'textual', 'msgspec', 'sqlite3', 'retro_timer.session.engine'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
