"""Writing the settings file: changed in place, comments kept, everything else untouched."""

from __future__ import annotations

import os
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.config.keymap import ACTIONS
from retro_timer.config.schema import SETTINGS, Setting, Settings
from retro_timer.config.settings import SettingsError, from_tree
from retro_timer.config.settings_file import SettingsFile, shown
from retro_timer.config.settings_text import template

if TYPE_CHECKING:
    from pathlib import Path

HAND_MADE = """\
# mine since 2024

[sound]      # loud treadmill
ticks = 5    # one for each finger
future_option = [1, 2, 3]

[plan]
# not before the holidays
sessions = 4

[something_else]
kept = "yes"
"""

needs_posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.toml")


def write(file: SettingsFile, text: str) -> None:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_bytes(text.encode())


@needs_posix
def test_the_first_save_makes_a_private_file_in_a_private_directory(file: SettingsFile) -> None:
    file.load()
    shown(file.load().settings, "sound.ticks")
    assert not file.path.parent.exists()
    assert file.set({"sound.ticks": "5"}).settings.sound.ticks == 5
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert tomllib.loads(file.path.read_text()) == {"sound": {"ticks": 5}}
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_change_leaves_every_other_line_as_it_is(file: SettingsFile) -> None:
    write(file, HAND_MADE)
    file.set({"sound.ticks": "4"})
    assert file.path.read_text() == HAND_MADE.replace("ticks = 5 ", "ticks = 4 ")


def test_a_new_setting_goes_into_its_table(file: SettingsFile) -> None:
    write(file, HAND_MADE)
    loaded = file.set({"plan.minutes": "15", "look.theme": "amber"})
    text = file.path.read_text()
    assert tomllib.loads(text) == {
        "sound": {"ticks": 5, "future_option": [1, 2, 3]},
        "plan": {"sessions": 4, "minutes": 15},
        "something_else": {"kept": "yes"},
        "look": {"theme": "amber"},
    }
    for line in HAND_MADE.splitlines():
        assert line in text
    assert len(loaded.warnings) == 2  # unknown settings are kept and reported


def test_unset_removes_a_setting(file: SettingsFile) -> None:
    write(file, HAND_MADE)
    assert file.unset("sound.ticks").settings.sound.ticks == 3
    assert file.path.read_text() == HAND_MADE.replace("ticks = 5    # one for each finger\n", "")
    unchanged = file.path.read_bytes()
    file.unset("sound.ticks", "walker.weight_kg")
    assert file.path.read_bytes() == unchanged


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("[sound]\nloudnes = 3\n", "sound.loudnes"),
        ("[sound]\n[sound.old]\nlist = [1, 2]\n", "sound.old.list"),
        ('[keys]\n"day_after.sore" = ["s"]\n', "keys.day_after.sore"),
        ('[keys]\nday_after.sore = "s"\n', "keys.day_after.sore"),
        ("[old]\nvalue = true\n", "old.value"),
    ],
)
def test_unset_removes_what_is_no_setting_any_more(file: SettingsFile, written: str, key: str) -> None:
    write(file, f'# mine\n[look]\ntheme = "amber"\n{written}')
    assert file.load().warnings
    loaded = file.unset(key)
    assert loaded.settings.look.theme == "amber"
    assert key.rpartition(".")[2] not in file.path.read_text().replace("# mine", "")
    with pytest.raises(SettingsError, match="is called"):
        file.unset(key)


@pytest.mark.parametrize("key", ["sound", "old", "keys", "keys.day_after", "sound.", "", ".", "old.value.more"])
def test_unset_never_removes_a_whole_table(file: SettingsFile, key: str) -> None:
    text = '[sound]\nticks = 4\n[old]\nvalue = 1\n[keys]\nday_after.sore = "s"\n'
    write(file, text)
    with pytest.raises(SettingsError):
        file.unset(key)
    assert file.path.read_text() == text


def test_a_set_value_can_be_read(file: SettingsFile) -> None:
    file.set({"walker.weight_kg": "154 lb", "keys.session.pause": "k, @"})
    assert shown(file.load().settings, "walker.weight_kg") == "69.85"
    assert shown(file.load().settings, "keys.session.pause") == "k,at"
    assert shown(file.load().settings, "keys.session.skip") == "n,right,pagedown,6"
    assert shown(file.load().settings, "sound.set") == "soft"
    assert shown(file.load().settings, "plan.pinned") == "not set"
    path = f"/sounds/{'a' * 4000}.wav"
    file.set({"sound_files.tick": path})
    assert shown(file.load().settings, "sound_files.tick") == path


def test_a_screen_changes_typed_values(file: SettingsFile) -> None:
    file.change({"sound.voice_volume": 80, "first_start.done": True, "plan.pinned": "builder"})
    assert file.load().settings.sound.voice_volume == 80
    file.change({"plan.pinned": None, "sound.voice_volume": None})
    assert tomllib.loads(file.path.read_text()) == {"sound": {}, "first_start": {"done": True}, "plan": {}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"sound.ticks": "99"},
        {"sound.tiks": "3"},
        {"walker.weight_kg": "7000"},
        {"keys.session.pause": "n"},
        {"keys.session.pause": "nonsense"},
        {"keys.nowhere.at_all": "n"},
        {"keys.": "n"},
        {"sound": "3"},
        {"": ""},
    ],
)
def test_of_a_change_with_one_mistake_nothing_is_written(file: SettingsFile, wrong: dict[str, str]) -> None:
    write(file, HAND_MADE)
    with pytest.raises(SettingsError) as refused:
        file.set({"sound.ticks": "4", **wrong} if "sound.ticks" not in wrong else wrong)
    assert str(refused.value).isprintable()
    assert file.path.read_text() == HAND_MADE


@pytest.mark.parametrize(
    "content",
    [b"[sound\n", b"\xff\xfe", b"a = 1\na = 2\n", b"#" * 1_000_001],
    ids=["no-toml", "no-text", "twice", "huge"],
)
def test_a_damaged_file_is_never_overwritten(file: SettingsFile, content: bytes) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    for values in ({"sound.ticks": 4}, {"sound.ticks": None}):
        with pytest.raises(SettingsError) as refused:
            file.change(values)
        assert str(file.path) in str(refused.value)
    file.ensure()
    assert file.path.read_bytes() == content


def test_a_wrong_value_in_the_file_stays_until_it_is_corrected(file: SettingsFile) -> None:
    write(file, "[sound]\nticks = 99\n")
    assert len(file.set({"sound.set": "sharp"}).warnings) == 1
    assert "ticks = 99" in file.path.read_text()
    assert file.set({"sound.ticks": "9"}).warnings == ()


def test_a_value_where_a_table_should_be_is_not_overwritten(file: SettingsFile) -> None:
    write(file, "sound = 3\n")
    with pytest.raises(SettingsError, match="sound is not a table in the file"):
        file.set({"sound.ticks": "4"})
    assert file.path.read_text() == "sound = 3\n"


def test_edits_made_in_the_meantime_are_kept(file: SettingsFile) -> None:
    file.set({"sound.ticks": "4"})
    other = SettingsFile(file.path)
    other.set({"sound.announce": "20"})
    file.set({"sound.set": "sharp"})
    sound = file.load().settings.sound
    assert (sound.ticks, sound.announce, sound.set) == (4, 20, "sharp")


def test_changes_from_many_threads_are_all_kept(file: SettingsFile) -> None:
    keys = [setting.key for setting in SETTINGS.values() if setting.group == "cues"]
    with ThreadPoolExecutor(8) as pool:
        for loaded in pool.map(lambda key: SettingsFile(file.path).change({key: False}), keys):
            assert loaded.warnings == ()
    assert tomllib.loads(file.path.read_text()) == {"cues": {key.partition(".")[2]: False for key in keys}}


def test_keys_that_were_wrong_before_do_not_stop_a_change_of_others(file: SettingsFile) -> None:
    write(file, '[keys.session]\npause = "n"\n')
    assert "n cannot do both" in file.set({"keys.session.mute": "M"}).warnings[0]
    with pytest.raises(SettingsError, match="M cannot do both"):
        file.set({"keys.session.where": "M"})


def test_two_actions_change_places_in_one_change(file: SettingsFile) -> None:
    loaded = file.set({"keys.session.pause": "n", "keys.session.skip": "space"})
    assert loaded.settings.keys == {"session.pause": "n", "session.skip": "space"}
    assert loaded.warnings == ()


def test_keys_written_as_one_quoted_name_are_not_duplicated(file: SettingsFile) -> None:
    write(file, '[keys]\n"session.pause" = "k"\n')
    file.set({"keys.session.pause": "l"})
    assert tomllib.loads(file.path.read_text()) == {"keys": {"session": {"pause": "l"}}}
    for written in ('"session.pause" = "k"', 'session.pause = "k"', '[keys.session]\npause = "k"'):
        write(file, f"[keys]\n{written}\n")
        assert file.unset("keys.session.pause").settings.keys == {}


def test_ends_of_lines_stay_as_they_are(file: SettingsFile) -> None:
    write(file, HAND_MADE.replace("\n", "\r\n"))
    file.set({"sound.ticks": "4"})
    assert file.path.read_bytes() == HAND_MADE.replace("ticks = 5 ", "ticks = 4 ").replace("\n", "\r\n").encode()


def test_the_template_is_all_comments_and_names_every_setting(file: SettingsFile) -> None:
    assert file.ensure() == file.path
    assert file.path.read_text() == template()
    assert file.load().settings == Settings()
    assert file.load().warnings == ()
    for setting in SETTINGS.values():
        assert f"# {setting.name} = " in template()


@pytest.mark.parametrize(
    "setting", [s for s in SETTINGS.values() if s.default is not None], ids=lambda setting: setting.key
)
def test_an_uncommented_line_of_the_template_takes_effect(file: SettingsFile, setting: Setting) -> None:
    file.ensure()
    file.change({setting.key: setting.default})
    lines, before = file.path.read_text().splitlines(), template().splitlines()
    assert [line.removeprefix("# ") for line in lines] == [line.removeprefix("# ") for line in before]
    assert len([1 for new, old in zip(lines, before, strict=True) if new != old]) == 1


def test_every_line_of_the_template_without_its_mark_is_valid() -> None:
    uncommented = [
        line.removeprefix("# ") if " = " in line and not line.endswith(("= ", ".")) else line
        for line in template().splitlines()
    ]
    loaded = from_tree(tomllib.loads("\n".join(uncommented)))
    assert loaded.warnings == ()
    assert replace(loaded.settings, keys={}) == Settings()


def test_an_unwritable_place_is_reported_in_one_line(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("retro_timer.files.atomic.os.fsync", full)
    with pytest.raises(SettingsError, match="cannot be written: no space left on device"):
        file.set({"sound.ticks": "4"})


def test_a_file_instead_of_the_directory_is_reported_in_one_line(file: SettingsFile) -> None:
    file.path.parent.write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be"):
        file.set({"sound.ticks": "4"})
    assert file.load().settings == Settings()


def test_tables_nested_too_deep_are_reported_in_one_line(file: SettingsFile) -> None:
    write(file, f"[{'.'.join('a' * 5000)}]\nx = 1\n")
    before = file.path.read_bytes()
    assert len(file.load().warnings) == 1
    with pytest.raises(SettingsError, match="nested too deeply"):
        file.set({"sound.ticks": "4"})
    assert file.path.read_bytes() == before


VALUES = {
    "sound.ticks": st.integers(0, 10),
    "sound.muted": st.booleans(),
    "plan.pinned": st.none() | st.sampled_from(["builder", "beyond"]),
    "walker.weight_kg": st.none() | st.floats(20, 300).map(lambda value: round(value, 2)),
    "look.theme": st.sampled_from(["amber", "paper", "tokyo-night"]),
    "keys.session.pause": st.sampled_from(["k", "K", "f9", None]),
}
CHANGES = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(lambda key: st.tuples(st.just(key), VALUES[key])), min_size=1, max_size=5
)
STARTS = st.sampled_from([
    "",
    HAND_MADE,
    template(),
    "sound.ticks = 1\nplan = {start = 'builder', pinned = 'beyond'}\n",
    "[sound]\nticks = 1\n[zzz]\n[sound.deeper]\nx = 1\n# end",
    "[keys]\nsession.pause = 'k'\n\n[plan]\n# last words",
    "[sound]\n\n\n[keys.session]\nskip = ['z', 'Z']\n[walker]\nweight_kg = 80\n[keys.home]\nnew = 'N'\n",
])  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(STARTS, CHANGES)
def test_any_changes_do_what_they_say_or_nothing_at_all(
    tmp_path_factory: pytest.TempPathFactory, start: str, changes: list[tuple[str, Any]]
) -> None:
    file = SettingsFile(tmp_path_factory.mktemp("settings") / "settings.toml")
    file.path.write_text(start)
    comments = [line.strip() for line in start.splitlines() if line.lstrip().startswith("# ") and " = " not in line]
    for key, value in changes:
        before, text = tomllib.loads(file.path.read_text()), file.path.read_text()
        try:
            loaded = file.change({key: value})
        except SettingsError:
            assert file.path.read_text() == text
            continue
        after = tomllib.loads(file.path.read_text())
        assert from_tree(after) == loaded == file.load()
        found = loaded.settings.keys.get("session.pause") if key.startswith("keys") else loaded.settings.value(key)
        assert found == value
        assert _without(before, key) == _without(after, key)
        for comment in comments:
            assert comment in file.path.read_text()


def _without(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """A tree without one setting, and without tables that are empty then."""
    place = key.split(".")
    found = {
        name: (_without(value, ".".join(place[1:]) if place[0] == name else "-") if isinstance(value, dict) else value)
        for name, value in tree.items()
        if name != key
    }
    return {name: value for name, value in found.items() if value != {}}


def test_every_action_can_be_given_a_key_by_its_dotted_name(file: SettingsFile) -> None:
    for action in ACTIONS[:3]:
        assert file.set({f"keys.{action.id}": "f23"}).settings.keys[action.id] == "f23"
        file.unset(f"keys.{action.id}")
