"""Pressed keys: on other keyboard layouts, with Caps Lock, on the keypad, and with a walker's own keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.config.key_names import STOPS, KeymapError, key_name
from retro_timer.config.keymap import ACTIONS, check, resolve
from retro_timer.config.pressed import LAYOUTS, main_key, meaning, readings

SESSION = {key: known.id for known in ACTIONS if known.scope == "session" for key in known.keys}
LETTERS = sorted(key for key in SESSION if len(key) == 1)
LAYOUT_KEYS = [
    pytest.param(letter, typed, id=f"{layout}-{typed}")
    for layout, (letters, keys) in LAYOUTS.items()
    for letter, typed in zip(letters, keys, strict=True)
]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_bound_letter_is_exact(letter: str) -> None:
    assert meaning(letter, SESSION) == letter


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter.upper() not in SESSION])
def test_a_capital_without_a_binding_of_its_own_counts_as_the_small_letter(letter: str) -> None:
    assert meaning(letter.upper(), SESSION) == letter


@pytest.mark.parametrize(("letter", "typed"), LAYOUT_KEYS)
def test_a_letter_of_another_layout_counts_by_the_position_of_its_key(letter: str, typed: str) -> None:
    key = key_name(typed)
    assert meaning(letter, {key}) == key
    assert meaning(letter, ()) == letter
    if len(letter.upper()) == 1 and letter.upper() != letter == letter.upper().lower():
        shifted = typed.upper() if typed.isalpha() else {";": ":", ",": "<", "[": "{"}.get(typed)
        if shifted:
            assert meaning(letter.upper(), {key_name(shifted)}) == key_name(shifted)
        if typed.isalpha():
            assert meaning(letter.upper(), {key}) == key


@pytest.mark.parametrize(
    ("pressed", "key"),
    [("и", "b"), ("И", "B"), ("β", "b"), ("Β", "B"), ("є", "є"), ("Т", "n")],  # noqa: RUF001
)
def test_capitals_of_other_layouts_are_the_capitals_of_the_keys(pressed: str, key: str) -> None:
    assert meaning(pressed, SESSION) == key


def test_every_safety_key_works_on_every_layout() -> None:
    keymap = resolve({})
    for letters, typed in LAYOUTS.values():
        table = {key: letter for letter, key in zip(letters, typed, strict=True)}
        for wanted in ("x", "s"):
            for pressed in {table[wanted], table[wanted].upper()}:
                assert meaning(pressed, keymap.keys_of("session.bail_out", "session.where")) == wanted


def test_a_walkers_own_binding_is_exact() -> None:
    keys = check({"session.bail_out": "x,X,ч", "session.mute": "я"}).keys
    bound = {key for known in ("session.bail_out", "session.mute") for key in keys[known]}
    assert keys["session.bail_out"] == ("x", "X", "ч")
    assert [meaning(key, bound) for key in ("x", "X", "ч", "Ч", "я")] == ["x", "X", "ч", "ч", "я"]


def test_a_letter_without_a_layout_counts_by_the_base_key_that_the_terminal_reports() -> None:
    assert meaning("ط", {"x"}, base="x") == "x"
    assert meaning("ط", {"x"}) == "ط"
    assert meaning("é", {"2"}, base="2") == "é"  # a Latin letter is read, not its place
    assert meaning("comma", {"w"}, base="w") == "comma"  # so it is on Dvorak


@pytest.mark.parametrize("key", ["ctrl+ч", "ctrl+χ", "ctrl+ס"])  # noqa: RUF001
def test_the_position_counts_with_modifiers_too(key: str) -> None:
    assert meaning(key, {STOPS}) == STOPS


@pytest.mark.parametrize("key", ["space", "enter", "escape", "backspace"])
def test_shift_changes_nothing_about_keys_that_most_terminals_send_alike(key: str) -> None:
    assert meaning(f"shift+{key}", {key}) == key
    assert meaning("shift+tab", {"tab"}) == "shift+tab"


@pytest.mark.parametrize(
    ("pressed", "main", "character"),
    [
        ("add", "plus", "+"),
        ("subtract", "minus", "-"),
        ("multiply", "asterisk", "*"),
        ("divide", "slash", "/"),
        ("decimal", "full_stop", "."),
        ("separator", "comma", ","),
        ("equal", "equals_sign", "="),
        ("ctrl+add", "ctrl+plus", None),
        ("5", "5", "5"),
        ("enter", "enter", None),
        ("left", "left", None),
        ("space", "space", " "),
    ],
)
def test_keys_of_the_keypad_act_like_the_main_ones(pressed: str, main: str, character: str | None) -> None:
    assert main_key(pressed) == (main, character)


@pytest.mark.parametrize("key", ["left_shift", "shift+right_shift", "ctrl+left_control", "caps_lock", "num_lock"])
def test_a_modifier_on_its_own_is_no_key(key: str) -> None:
    assert main_key(key) == ("", None)


@given(st.text(min_size=1, max_size=3), st.text(max_size=1))
def test_any_text_can_be_read_and_is_itself_first(key: str, base: str) -> None:
    assert next(readings(key, base)) == key
    assert meaning(key, {key}, base) == key


def test_no_default_key_is_the_prefix_of_screen_or_tmux() -> None:
    assert not [known.id for known in ACTIONS if {"ctrl+a", "ctrl+b"} & set(known.keys)]


def test_the_key_that_always_stops_is_bound_to_nothing() -> None:
    assert not [known.id for known in ACTIONS if STOPS in known.keys]
    with pytest.raises(KeymapError, match="always stops a session"):
        check({"home.new": STOPS})
