"""Keys: every action has its own, and a walker's own keys are checked before they are used."""

from __future__ import annotations

import string
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding, BindingsMap
from textual.keys import Keys, _character_to_key  # to prove that we use the same names

from retro_timer.config import keymap
from retro_timer.config.key_names import KeymapError, read_keys, show_key
from retro_timer.config.keymap import ACTIONS, SCOPES, check, resolve

SOME_KEYS = st.sampled_from(["n", "p", "N", "+", "?", ",", "space", "right", "ctrl+s", "f5", "enter", "ctrl+p", "é"])
SOME_IDS = st.sampled_from([action.id for action in ACTIONS])


def test_default_keys_do_not_clash_and_are_written_as_textual_writes_them() -> None:
    assert resolve({}).problems == ()
    for action in ACTIONS:
        assert read_keys(action.keys) == action.keys


def test_every_action_has_a_unique_id_a_known_scope_and_a_line_of_help() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert {action.scope for action in ACTIONS} == set(SCOPES)
    for action in ACTIONS:
        assert action.keys
        assert action.help.endswith(".")
        assert "\n" not in action.help


@pytest.mark.parametrize("character", string.ascii_letters + string.digits + string.punctuation.replace(",", ""))
def test_a_character_is_mapped_to_the_key_that_textual_sends(character: str) -> None:
    assert read_keys(character) == (_character_to_key(character),)
    assert show_key(_character_to_key(character)) == character


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        (" ", ("space",)),
        (",", ("comma",)),
        ("n, right", ("n", "right")),
        (["n", ","], ("n", "comma")),
        ("n,n", ("n",)),
        ("Space", ("space",)),
        ("F2", ("f2",)),
        ("ctrl+s", ("ctrl+s",)),
        ("alt+x", ("alt+x",)),
        ("é", ("é",)),
    ],
)
def test_keys_are_read_as_people_write_them(written: object, keys: tuple[str, ...]) -> None:
    assert read_keys(written) == keys


@pytest.mark.parametrize(
    "written",
    ["", "n,", [], 3, [3], None, "nn", "ctrl+", "+s", "hyper+x", "f25", "\x1b", "[/]", "a b", list("abcdefg")],
)
def test_an_unknown_key_is_refused(written: object) -> None:
    with pytest.raises(KeymapError) as refused:
        read_keys(written)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("key", ["tab", "ctrl+c", "ctrl+i", "ctrl+m"])
def test_keys_that_a_terminal_needs_cannot_be_bound(key: str) -> None:
    with pytest.raises(KeymapError, match="cannot be bound: it "):
        read_keys(key)


def test_every_key_that_textual_knows_by_name_can_be_bound_unless_it_says_why_not() -> None:
    for key in (Keys.Home, Keys.End, Keys.PageUp, Keys.Insert, Keys.Delete, Keys.F12, Keys.ControlLeft, Keys.ShiftUp):
        assert read_keys(key.value) == (key.value,)


def test_an_override_replaces_the_keys_of_its_action_alone() -> None:
    mine = check({"session.skip": "j", "session.where": "y"})
    assert mine.keys["session.skip"] == ("j",)
    assert mine.keys["session.back"] == ("p", "left", "pageup", "4")
    assert mine.overrides == {"session.skip": "j", "session.where": "y"}


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeymapError, match=r"session\.pauze.*did you mean session\.pause\?"):
        check({"session.pauze": "space"})


def test_a_clash_is_refused_with_the_key_and_both_actions() -> None:
    with pytest.raises(KeymapError, match=r"n cannot do both session\.pause and session\.skip"):
        check({"session.pause": "n"})


def test_a_key_that_works_everywhere_clashes_with_every_screen() -> None:
    with pytest.raises(KeymapError, match=r"n cannot do both app\.help and home\.new"):
        check({"app.help": "n"})


def test_the_same_key_on_two_screens_is_no_clash() -> None:
    assert check({"progress.export": "c"}).keys["home.sound_check"] == ("c",)


def test_two_actions_can_change_places() -> None:
    swapped = check({"session.pause": "n", "session.skip": "space"})
    assert swapped.keys["session.pause"] == ("n",)
    assert swapped.keys["session.skip"] == ("space",)


def test_unusable_values_are_left_out_and_the_rest_is_kept() -> None:
    mixed = resolve({"session.pause": "n", "session.mute": "M", "nowhere.at_all": "x", "session.where": "nonsense"})
    assert mixed.overrides == {"session.mute": "M"}
    assert len(mixed.problems) == 3
    assert any(problem.startswith('"session.where": "nonsense" is not') for problem in mixed.problems)


def test_the_safety_keys_do_nothing_else_on_a_screen_that_can_cover_a_session() -> None:
    safety = {key for each in keymap.SAFETY for key in keymap.action(each).keys}
    above = ("app", "adjust", "settings", "help", "question")
    assert not [each.id for scope in above for each in keymap.actions(scope) if safety & set(each.keys)]


def test_an_override_that_only_worked_because_of_another_goes_with_it() -> None:
    broken = resolve({"session.pause": "n", "session.skip": "space", "session.mute": "n"})
    assert broken.overrides == {}
    assert broken.keys == resolve({}).keys


@given(
    st.dictionaries(
        SOME_IDS,
        st.one_of(SOME_KEYS, st.lists(SOME_KEYS, max_size=3), st.text("ab+ ,?\x1b\u202e", max_size=5)),
        max_size=6,
    )
)
def test_any_keys_give_no_clash_and_every_action_keeps_a_key(written: dict[str, object]) -> None:
    mine = resolve(written)
    assert all(mine.keys[action.id] for action in ACTIONS)
    assert resolve(mine.overrides) == mine._replace(problems=())
    assert set(mine.overrides) <= set(written)
    assert bool(mine.problems) or set(mine.overrides) == set(written)
    assert all(problem.isprintable() for problem in mine.problems)


@given(st.dictionaries(SOME_IDS, SOME_KEYS, max_size=6))
def test_textual_binds_exactly_the_keys_that_were_resolved(written: dict[str, object]) -> None:
    mine = resolve(written)
    for scope in SCOPES:
        bindings = BindingsMap(Binding(",".join(a.keys), a.name, a.help, id=a.id) for a in keymap.actions(scope))
        bindings.apply_keymap(mine.overrides)
        bound = {(key, binding.id) for key, binding in bindings}
        assert bound == {(key, a.id) for a in keymap.actions(scope) for key in mine.keys[a.id]}


def test_the_module_does_not_import_textual() -> None:
    code = "import sys, retro_timer.config.keymap; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("action_id", "key"),
    [
        ("home.edit", "down"),
        ("home.today", "pageup"),
        ("progress.export", "left"),
        ("settings.test_sound", "space"),
        ("help.search", "j"),
        ("builder.add", "enter"),
        ("summary.go_on", "left"),
        ("app.help", "up"),
    ],
)
def test_a_key_that_a_list_or_field_uses_itself_is_refused(action_id: str, key: str) -> None:
    with pytest.raises(KeymapError, match=rf"cannot do {action_id}: a list or field there uses it"):
        check({action_id: key})


@pytest.mark.parametrize(
    ("action_id", "key"), [("adjust.apply", "a"), ("adjust.apply", "space"), ("summary.go_on", "é")]
)
def test_a_key_that_is_typed_into_fields_is_refused_where_there_are_fields(action_id: str, key: str) -> None:
    with pytest.raises(KeymapError, match=r"it is typed into the fields there"):
        check({action_id: key})


def test_an_action_keeps_the_keys_it_has_by_default() -> None:
    for each in ACTIONS:
        assert check({each.id: list(each.keys)}).keys[each.id] == each.keys


@pytest.mark.parametrize(
    ("keys", "plain", "ascii_only"),
    [
        ("alt+right, f9", "alt+→", "alt+right"),
        ("ctrl+up", "ctrl+↑", "ctrl+up"),
        ("escape", "esc", "esc"),
        ("delete", "del", "del"),
    ],
)
def test_a_key_can_be_shown_where_there_is_only_ascii(keys: str, plain: str, ascii_only: str) -> None:
    mine = check({"session.mute": keys} if keys != "escape" else {"session.mute": "escape", "session.quit": "q"})
    assert mine.first("session.mute") == plain
    assert mine.first("session.mute", ascii_only=True) == ascii_only
