"""Reading settings: every value is checked separately, and no file prevents the start."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.config.locale import Units, resolve_units, territory
from retro_timer.config.schema import (
    GROUPS,
    SETTINGS,
    Cues,
    FirstStart,
    Setting,
    Settings,
    SoundFiles,
    UnitSettings,
    field_name,
)
from retro_timer.config.setting_kinds import Choice, Device, File, Name, Number, Program, Toggle, Whole
from retro_timer.config.settings import (
    MAX_WARNINGS,
    SettingsError,
    changed,
    check,
    find,
    from_tree,
    load,
    parse,
    rows,
    show,
)
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.actions import Steps
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.metronome import FASTEST, SLOWEST, MetronomeOptions
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab\x1b[/]. ", max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=4,
)
OLD_FILE = Path(__file__).parent / "data" / "settings-2026-11.toml"
NAMES = [setting.name for setting in SETTINGS.values()]
NUMBERS = [setting for setting in SETTINGS.values() if isinstance(setting.kind, Whole | Number)]


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# The table ---------------------------------------------------------------------------------------------------------


def test_every_default_is_of_its_kind_and_every_row_has_a_help_line() -> None:
    for setting in SETTINGS.values():
        assert setting.default is None or setting.kind.check(setting.default) == setting.default
        assert setting.help.endswith(".")
        assert "\n" not in setting.help
        assert setting.kind.expected
    assert {setting.group for setting in SETTINGS.values()} == set(GROUPS)


def test_the_type_of_a_setting_is_that_of_its_kind() -> None:
    texts: dict[type, Any] = dict.fromkeys((Choice, Device, File, Name), str)
    kinds: dict[type, Any] = {Toggle: bool, Whole: int, Number: float, Program: tuple[str, ...], **texts}
    for group, declared in GROUPS.items():
        assert declared.title
        assert declared.tab or declared is FirstStart
        for name in declared.__struct_fields__:
            setting = SETTINGS[f"{group}.{name}"]
            of_kind = kinds[type(setting.kind)]
            annotation = get_type_hints(declared, include_extras=True)[name].__origin__
            assert annotation == (of_kind if setting.default is not None else of_kind | None)


def test_the_table_covers_all_settings_of_the_other_parts() -> None:
    assert set(Cues.__struct_fields__) == {field_name(kind) for kind in CueKind}
    assert set(SoundFiles.__struct_fields__) == {field_name(sound) for sound in Sound}
    assert find("metronome.tempo").kind == Whole(SLOWEST, FASTEST, "steps a minute")


def test_the_defaults_agree_with_those_of_the_parts_that_use_them() -> None:
    settings = Settings()
    assert SessionConfig.of(settings) == SessionConfig()
    assert settings.custom_sounds() == {}
    assert settings.plan_choices(WeekStart.SUNDAY).week_start is WeekStart.SUNDAY


def test_one_file_for_the_ticks_serves_all_of_them_that_have_none() -> None:
    files = {"tick": "/sounds/click.wav", "tick_three": "/sounds/low.wav"}
    assert from_tree({"sound_files": files}).settings.custom_sounds() == {
        Sound.TICK.value: "/sounds/click.wav",
        Sound.TICK_TWO.value: "/sounds/click.wav",
        Sound.TICK_THREE.value: "/sounds/low.wav",
    }


def test_settings_reach_the_session() -> None:
    settings = from_tree({
        "sound": {"count": "spoken", "ticks": 5, "announce": 20, "belt_lead": 2, "speak_labels": False, "muted": True,
                  "language": "en", "voice": "michael"},
        "cues": {"halfway": False, "one_minute": False},
        "session": {"lead_in": 0, "resume_lead_in": 3, "wait_at_turns": True, "reminder": 30,
                    "coaching": "many", "time_left_every": 5, "step_this": 7, "step_bout": 20, "step_turn": 3},
        "metronome": {"on": True, "tempo": 60},
        "sound_files": {"cool_down": "/sounds/calm.wav"},
        "plan": {"start": "builder", "pinned": "beyond", "sessions": 5},
    }).settings  # fmt: skip
    off = frozenset({CueKind.HALFWAY, CueKind.ONE_MINUTE})
    assert SessionConfig.of(settings, imperial=True) == SessionConfig(
        Rules(lead_in=0, resume_lead_in=3, wait_at_turns=True, reminder=30),
        CueSettings(
            off=off,
            ticks=5,
            announce=20,
            belt_lead=2,
            labels=False,
            waits_at_turns=True,
            coaching="many",
            time_left_every=5,
            spoken_count=True,
            imperial=True,
            language="en",
            voice="michael",
        ),
        MetronomeOptions(on=True, tempo=60),
        Steps(this=7, bout=20, turn=3),
        muted=True,
    )
    assert settings.custom_sounds() == {Sound.COOL_DOWN.value: "/sounds/calm.wav"}
    choices = settings.plan_choices(WeekStart.MONDAY)
    assert (choices.start, choices.pinned, choices.sessions) == ("builder", "beyond", 5)


def test_a_session_without_settings_is_one_with_the_default_settings() -> None:
    assert SessionConfig() == SessionConfig.of(Settings())


def test_settings_cannot_be_changed_in_place() -> None:
    settings = Settings()
    with pytest.raises(AttributeError, match="immutable"):
        settings.sound.ticks = 7  # type: ignore[misc]  # that it is refused is what is tested
    with pytest.raises(AttributeError):
        settings.sound = settings.sound  # type: ignore[misc]  # that it is refused is what is tested
    with pytest.raises(TypeError, match="nothing"):
        Cues(nothing=True)  # type: ignore[call-arg]  # that it is refused is what is tested
    assert replace(settings.sound, ticks=7).ticks == 7
    assert replace(settings.sound, ticks=7) != settings.sound
    assert len({settings.sound, replace(settings.sound)}) == 1


# Reading -----------------------------------------------------------------------------------------------------------


def test_no_file_is_no_problem_and_none_is_made(tmp_path: Path) -> None:
    loaded = load(tmp_path / "none" / "settings.toml")
    assert loaded.settings == Settings()
    assert loaded.warnings == ()
    assert list(tmp_path.iterdir()) == []


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "s.toml", b"\xef\xbb\xbf[sound]\r\nticks = 5\r\n")
    assert load(path).settings.sound.ticks == 5


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[sound\nticks = 3", "is not valid TOML"),
        (b"ticks = \xff", "is not UTF-8 text (byte 8)"),
        (b"\x00\x01\x02", "is not valid TOML"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"a = 1" + b"0" * 5000, "is not valid TOML"),
        (b"#" * 1_000_001, "more than 1 MB"),
        (b"a = 1\na = 2", "is not valid TOML"),
    ],
)
def test_a_damaged_file_gives_the_defaults_and_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path / "s.toml", content)
    loaded = load(path)
    assert loaded.settings == Settings()
    assert len(loaded.warnings) == 1
    assert says in loaded.warnings[0]
    assert str(path) in loaded.warnings[0]
    assert loaded.warnings[0].endswith("; using the defaults")
    assert path.read_bytes() == content


def test_a_file_of_november_2026_is_read_completely() -> None:
    """It has every setting with a value other than its default; names and values are the same as then."""
    loaded = load(OLD_FILE)
    tree = tomllib.loads(OLD_FILE.read_text("utf-8"))
    written = {
        f"{group}.{name}": value for group, names in tree.items() if group != "keys" for name, value in names.items()
    }
    assert loaded.warnings == ()
    assert len(written) == 69
    assert {key: loaded.settings.value(key) for key in written} == written
    assert all(loaded.settings.value(key) != SETTINGS[key].default for key in written)
    assert loaded.settings.keys == {"session.pause": "k,space", "home.walk": "enter"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_instead_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "settings.toml")
    loaded = load(tmp_path / "settings.toml")
    assert loaded.settings == Settings()
    assert loaded.warnings[0].endswith("cannot be read: this is not a regular file; using the defaults")


def test_a_directory_instead_of_the_file_gives_the_defaults_and_one_line(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.settings == Settings()
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
        ("[sound]\ntiks = 3", "no setting is called sound.tiks: did you mean sound.ticks?; it stays in the file"),
        ("[soud]\nticks = 3", "no setting is called soud: did you mean sound?; it stays in the file"),
        ("zzz = 3", "no setting is called zzz; it stays in the file"),
        (
            "sound = 3",
            "sound is a group: expected a table of settings such as sound.backend; it stays in the file",
        ),
        ("[sound.ticks]\na = 1", "sound.ticks: expected a whole number from 0 to 10, not a table; using 3"),
        (
            '[look]\ntheme = "../x"',
            "look.theme: expected the name of a theme: letters, digits, dots and dashes, not ../x; using phosphor",
        ),
        (
            '[sound_files]\ntick = "a.wav"',
            (
                "sound_files.tick: expected the full path of a WAV, FLAC, MP3 or Ogg Vorbis file, or one that begins "
                "with ~, not a.wav; not used"
            ),
        ),
        ('[keys]\nsession.pause = "n"', "keys: n cannot do both session.pause and session.skip; not used"),
        ("keys = 3", 'keys: no action is called "keys"'),
    ],
)  # fmt: skip
def test_a_wrong_value_gets_its_default_and_a_line_that_names_it(text: str, warning: str) -> None:
    loaded = from_tree(tomllib.loads(text))
    assert loaded.settings == Settings()
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith(warning)


def test_one_wrong_value_spoils_no_other() -> None:
    loaded = from_tree({"sound": {"ticks": 99, "announce": 20}, "plan": {"minutes": 15}})
    assert (loaded.settings.sound.ticks, loaded.settings.sound.announce, loaded.settings.plan.minutes) == (3, 20, 15)
    assert len(loaded.warnings) == 1


def test_own_keys_are_read_with_textuals_names() -> None:
    loaded = from_tree(tomllib.loads('[keys]\nsession.pause = ["k", "+"]\n"session.longer" = "l"'))
    assert loaded.warnings == ()
    assert loaded.settings.keys == {"session.pause": "k,plus", "session.longer": "l"}


def test_a_thousand_wrong_lines_are_reported_in_a_few() -> None:
    warnings = from_tree({f"x{number}": 1 for number in range(1000)}).warnings
    assert len(warnings) == MAX_WARNINGS + 1
    assert warnings[-1] == "and 980 more"


@given(
    st.dictionaries(
        st.sampled_from([*GROUPS, "keys", "other", "a\x1b[2J"]),
        st.dictionaries(st.sampled_from([*NAMES, "session", "[/]"]), JUNK, max_size=4) | JUNK,
        max_size=5,
    )
)
def test_any_file_gives_settings_and_printable_warnings(tree: dict[str, Any]) -> None:
    loaded = from_tree(tree)
    for setting in SETTINGS.values():
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
        ("hooks.start", "fan 'at once'", ("fan", "at once")),
        ("hooks.start", '["fan", "at once"]', ("fan", "at once")),
        ("hooks.start", " ['fan', \"at once\",]  # as in the file", ("fan", "at once")),
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
        ("hooks.start", "fan 'at once"),
        ("hooks.start", "['fan', 'at once'"),
        ("hooks.start", "['fan']\nhooks.end = ['fan']"),
        ("hooks.start", "[" * 100_000),
        ("hooks.start", "[]"),
        ("hooks.start", "[1]"),
    ],
)
def test_an_invalid_value_is_refused_in_one_line_that_names_the_setting(key: str, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(key, text)
    assert str(refused.value).startswith(f"{key}: expected ")
    assert str(refused.value).isprintable()


def test_a_relative_sound_file_is_taken_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("sound_files.tick", "tick.wav") == str(tmp_path / "tick.wav")


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_a_shown_value_can_be_typed(setting: Setting) -> None:
    if setting.default is not None:
        assert parse(setting.key, show(setting.default)) == setting.default


def test_a_value_is_shown_whole_and_repeated_in_brief() -> None:
    path = f"/sounds/{'a' * 300}.wav"
    settings = from_tree({"sound_files": {"tick": path}}).settings
    assert ("sound_files.tick", path, False) in rows(settings)
    with pytest.raises(SettingsError) as refused:
        parse("sound.set", path)
    assert len(str(refused.value)) < 120


@given(st.sampled_from(NUMBERS), st.data())
def test_the_bounds_of_a_number_are_kept_at_both_ends(setting: Setting, data: st.DataObject) -> None:
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


def test_a_change_can_be_previewed_before_it_is_saved() -> None:
    preview = changed(Settings(), "look.theme", "amber")
    assert preview.look.theme == "amber"
    assert changed(preview, "look.theme", None) == Settings()
    with pytest.raises(SettingsError, match=r"sound\.ticks: expected"):
        changed(Settings(), "sound.ticks", "5")


def test_the_list_has_every_setting_and_every_key() -> None:
    listed = list(rows(from_tree({"sound": {"ticks": 5}, "keys": {"session": {"pause": "k"}}}).settings))
    assert ("sound.ticks", "5", False) in listed
    assert ("sound.set", "soft", True) in listed
    assert ("walker.weight_kg", "not set", True) in listed
    assert ("keys.session.pause", "k", False) in listed
    assert ("keys.session.skip", "n,right,pagedown,6", True) in listed


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
    mine = replace(AUTO, speed="km/h", weight="lb", week_start="saturday", clock="24h")
    assert resolve_units(mine, {"LANG": "en_US"}) == Units(False, True, WeekStart.SATURDAY, False)


def test_a_locale_may_have_no_territory() -> None:
    assert territory({"LANG": "en"}, "LC_TIME") == ""


# What reading costs ------------------------------------------------------------------------------------------------


def test_reading_imports_neither_tomlkit_nor_platformdirs_nor_textual_nor_the_session() -> None:
    code = (
        "import sys, pathlib; from retro_timer.config.settings import load; load(pathlib.Path('none'));"
        "heavy = {'tomlkit', 'platformdirs', 'textual', 'sqlite3', 'retro_timer.session.engine'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
