"""Every action that a key is bound to: its id, its keys and one line of help; and how a walker's own keys are checked.

Keys have Textual's names ("space", "plus", "B", "ctrl+s"); a single character ("+", "?") is taken for its name.
Nothing here imports Textual. `Keymap.overrides` is made for `App.set_keymap`, which would ignore unknown ids and let
one key displace another without a word: so everything is checked here first.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYWHERE: Final = "app"
"""The scope whose keys work on every screen: they clash with those of every other scope."""
MAX_KEYS: Final = 6
"""How many keys an action has at most."""


class Action(NamedTuple):
    """Something a key does.

    Attributes:
        id: `scope.name`, the id of the Textual binding; the scope is the screen it belongs to.
        keys: the keys it has by default.
        help: one line about it.
        footer: the word beside its key in a footer or on a button, empty where there is none.
    """

    id: str
    keys: tuple[str, ...]
    help: str
    footer: str = ""

    @property
    def scope(self) -> str:
        """The screen it belongs to."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name within the screen."""
        return self.id.partition(".")[2]


SCOPES: Final = {
    EVERYWHERE: "Everywhere",
    "home": "Home",
    "session": "In a session",
    "adjust": "Adjust",
    "builder": "Builder",
    "summary": "After a session",
    "progress": "Progress",
    "settings": "Settings",
    "help": "Help",
    "first_start": "First start and sound check",
    "plan": "The plan",
    "question": "Questions",
    "incoming": "A workout that came in",
    "interrupted": "An interrupted session",
    "day_after": "The day after",
}
"""The screens that have keys of their own, in the order in which they are explained."""

ACTIONS: Final = (
    Action("app.help", ("question_mark", "f1"), "Show all keys, the technique, safety and sources.", "all keys"),
    Action("app.palette", ("ctrl+p",), "Find workouts, actions, settings and themes by name.", "find"),
    Action("app.suspend", ("ctrl+z",), "Go back to the shell; a session pauses."),
    Action("app.quit", ("ctrl+q",), "Leave the program; a session asks first.", "quit"),
    Action("home.walk", ("enter",), "Walk the chosen workout.", "walk"),
    Action("home.today", ("t",), "Walk what the plan says for today.", "today"),
    Action("home.adapt", ("a",), "Change the lengths of the chosen workout for one walk.", "adapt"),
    Action("home.new", ("n",), "Make a workout.", "new"),
    Action("home.edit", ("e",), "Edit the chosen workout; a preset is copied first.", "edit"),
    Action("home.duplicate", ("d",), "Copy the chosen workout.", "copy"),
    Action("home.rename", ("r",), "Rename the chosen workout.", "rename"),
    Action("home.delete", ("delete",), "Delete the chosen workout; asks first.", "delete"),
    Action("home.import", ("i",), "Import a workout from a file.", "import"),
    Action("home.export", ("x",), "Export the chosen workout.", "export"),
    Action("home.plan", ("l",), "Show the plan and the rule behind today's advice.", "plan"),
    Action("home.progress", ("p",), "Show progress.", "progress"),
    Action("home.settings", ("s", "comma"), "Change the settings.", "settings"),
    Action("home.sound_check", ("c",), "Check that the sound is heard.", "sound check"),
    Action("home.quit", ("q",), "Leave the program.", "leave"),
    Action("session.pause", ("space",), "Pause, or go on.", "pause"),
    Action("session.skip", ("n", "right"), "Go to the next interval.", "skip"),
    Action("session.back", ("p", "left"), "Start this interval again; twice: the one before.", "restart"),
    Action("session.longer", ("plus", "equals_sign"), "Make this interval longer.", "longer"),
    Action("session.shorter", ("minus",), "Make this interval shorter.", "shorter"),
    Action("session.backward_more", ("b",), "Make the backward bouts left longer."),
    Action("session.backward_less", ("B",), "Make the backward bouts left shorter."),
    Action("session.forward_more", ("f",), "Make the forward bouts left longer."),
    Action("session.forward_less", ("F",), "Make the forward bouts left shorter."),
    Action("session.turn_more", ("t",), "Make the turns left longer."),
    Action("session.turn_less", ("T",), "Make the turns left shorter."),
    Action("session.rounds_more", ("r",), "Walk one round more."),
    Action("session.rounds_less", ("R",), "Walk one round fewer."),
    Action("session.cool_down", ("c",), "Cool down now.", "cool down"),
    Action("session.undo", ("u",), "Undo the last change."),
    Action("session.redo", ("U",), "Make the undone change again."),
    Action("session.adjust", ("a",), "Adjust the lengths that are left, and the rounds.", "adjust"),
    Action("session.mute", ("m",), "Mute, or unmute."),
    Action("session.metronome", ("o",), "Switch the click to step to on, or off."),
    Action("session.where", ("s",), "Say where I am: phase, time left, round."),
    Action("session.bail_out", ("x",), "Stop at once; the record is kept.", "stop"),
    Action("session.turned", ("enter",), "I have turned: go on when the turn waits.", "I have turned"),
    Action("session.quit", ("q", "escape"), "End the session; asks, and the clock runs on.", "end"),
    Action("adjust.apply", ("enter", "ctrl+s"), "Apply the lengths to what is left.", "apply"),
    Action("adjust.close", ("escape",), "Close without a change.", "close"),
    Action("builder.save", ("ctrl+s",), "Save the workout.", "save"),
    Action("builder.walk", ("f5",), "Walk it as it stands.", "walk"),
    Action("builder.add", ("ctrl+n",), "Add an interval.", "add"),
    Action("builder.repeat", ("ctrl+r",), "Put the chosen intervals into a repeat.", "repeat"),
    Action("builder.unwrap", ("f6",), "Take the chosen repeat apart; its intervals stay.", "unpack"),
    Action("builder.duplicate", ("ctrl+o",), "Copy the chosen interval.", "copy"),
    Action("builder.remove", ("ctrl+g",), "Remove the chosen interval.", "remove"),
    Action("builder.up", ("ctrl+up",), "Move the chosen interval up.", "move"),
    Action("builder.down", ("ctrl+down",), "Move the chosen interval down."),
    Action("builder.undo", ("f7",), "Undo.", "undo"),
    Action("builder.redo", ("f8",), "Do it again.", "redo"),
    Action("builder.close", ("escape",), "Close; asks when there are changes.", "close"),
    Action("summary.submit", ("enter",), "Close; stay when the answers cannot be kept.", "done"),
    Action("summary.done", ("escape",), "Close; answers that cannot be kept are left behind.", "done"),
    Action("summary.save_workout", ("ctrl+s",), "Save the adapted workout under a name.", "save it as you changed it"),
    Action("summary.go_on", ("ctrl+g",), "Go on from where the session was stopped.", "go on"),
    Action("progress.four_weeks", ("1",), "The last 4 weeks.", "span"),
    Action("progress.twelve_weeks", ("2",), "The last 12 weeks."),
    Action("progress.year", ("3",), "The last year."),
    Action("progress.all", ("4",), "Everything."),
    Action("progress.edit", ("e",), "Edit the feedback of the chosen session.", "edit"),
    Action("progress.delete", ("delete",), "Delete the chosen session; asks first.", "delete"),
    Action("progress.export", ("x",), "Export the chosen session.", "export"),
    Action("progress.close", ("escape", "q"), "Go back.", "back"),
    Action("settings.edit", ("e",), "Type another value; for a key, the names of several.", "type"),
    Action("settings.reset", ("ctrl+r",), "Give the chosen setting its default back.", "default"),
    Action("settings.test_sound", ("ctrl+t",), "Play the sounds and the voice as they are set.", "test sound"),
    Action("settings.tap", ("ctrl+b",), "Set the metronome's tempo by tapping."),
    Action("settings.close", ("escape", "q"), "Go back.", "back"),
    Action("help.search", ("slash",), "Find words in the help.", "search"),
    Action("help.previous", ("left",), "Go to the section before.", "section"),
    Action("help.next", ("right",), "Go to the next section."),
    Action("help.close", ("escape", "q"), "Go back.", "back"),
    Action("first_start.next", ("enter",), "Go on; in the sound check: I can hear it.", "go on"),
    Action("first_start.units", ("u",), "Show speeds in the other unit.", "units"),
    Action("first_start.again", ("r",), "Play the sound check again.", "again"),
    Action("first_start.silent", ("n",), "I hear nothing.", "I hear nothing"),
    Action("first_start.skip", ("escape",), "Leave it out.", "skip"),
    Action("plan.close", ("escape", "enter", "l", "q"), "Go back.", "back"),
    Action("question.yes", ("y",), "Do it.", "yes"),
    Action("question.no", ("escape", "n"), "Do not.", "no"),
    Action("incoming.walk", ("w",), "Walk it.", "walk"),
    Action("incoming.save", ("s",), "Save it.", "save"),
    Action("incoming.edit", ("e",), "Edit it.", "edit"),
    Action("incoming.forward", ("f",), "All of it is walked forward.", "all forward"),
    Action("incoming.alternate", ("b",), "Every other interval is walked backward.", "every other one backward"),
    Action("incoming.close", ("escape",), "Do nothing with it.", "no"),
    Action("interrupted.resume", ("r",), "Resume the session where it was.", "Resume where it was"),
    Action("interrupted.keep", ("k",), "Keep the session as ended early.", "Keep it as ended early"),
    Action("interrupted.discard", ("d",), "Discard the session.", "Discard it"),
    Action("interrupted.later", ("escape",), "Decide it next time.", "later"),
    Action("day_after.normal", ("n",), "It was normal.", "Normal"),
    Action("day_after.sore", ("s",), "It was sore, or painful.", "Sore, or painful"),
    Action("day_after.untold", ("escape",), "Rather not say.", "Rather not say"),
)
"""Every action, by scope, in the order in which it is explained."""

_BY_ID: Final = {action.id: action for action in ACTIONS}
_RENAMED: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Names of characters that Textual shortens (`textual.keys.KEY_NAME_REPLACEMENTS`)."""
_SHOWN: Final = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "delete": "del",
    "pageup": "pgup",
    "pagedown": "pgdn",
}
_NAMED: Final = frozenset({
    "space", "enter", "tab", "escape", "backspace", "delete", "insert",
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
})  # fmt: skip
_PUNCTUATION: Final = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_FUNCTION = re.compile(r"f(?:[1-9]|1[0-9]|2[0-4])")
_MODIFIED = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)+([^+]+)")
_REFUSED: Final = {
    "tab": "moves from field to field",
    "shift+tab": "moves from field to field",
    "ctrl+c": "copies, and stops a program",
    "ctrl+i": "is what the tab key sends",
    "ctrl+m": "is what the enter key sends",
    "ctrl+j": "is what the enter key sends in some terminals",
    "ctrl+h": "is what the backspace key sends in some terminals",
}
"""Keys that cannot be bound, and why."""
_MOVES: Final = ("up", "down", "pageup", "pagedown", "home", "end")
_READS: Final = (*_MOVES, "k", "j", "b", "space", "g", "G")
_TYPES: Final = ("left", "right", "home", "end", "backspace", "delete", "enter", "up", "down")
_TAKEN: Final = {
    "home": _MOVES,
    "adjust": _TYPES,
    "builder": (*_TYPES, "pageup", "pagedown", "shift+up", "shift+down"),
    "summary": _TYPES,
    "progress": (*_MOVES, "enter", "left", "right"),
    "settings": (*_MOVES, "k", "j", "left", "minus", "right", "plus", "enter", "space"),
    "help": _READS,
    "first_start": _READS,
    "plan": ("left", "right", "backspace", "delete", *"0123456789"),
    "question": ("enter",),
    "interrupted": ("enter",),
    "day_after": ("enter",),
}
"""Keys that the lists and fields of a screen take for themselves: an action bound to one would never be done."""
_HAVE_FIELDS: Final = ("adjust", "builder", "summary")
"""Screens on which a key that types a character is typed into a field."""


class KeymapError(ValueError):
    """Keys that cannot be used. The message is one sentence for the walker."""


class Keymap(NamedTuple):
    """Which keys do what.

    Attributes:
        keys: the keys of every action, by its id.
        overrides: the walker's own alone, joined by commas, as `App.set_keymap` takes them.
        problems: one sentence for each override that was left out.
    """

    keys: Mapping[str, tuple[str, ...]]
    overrides: Mapping[str, str]
    problems: tuple[str, ...] = ()

    def shown(self, action_id: str) -> str:
        """The keys of an action as they are shown: `n →`."""
        return " ".join(show_key(key) for key in self.keys[action_id])

    def first(self, action_id: str, *, ascii_only: bool = False) -> str:
        """The first key of an action as it is shown."""
        return show_key(self.keys[action_id][0], ascii_only=ascii_only)


def actions(scope: str | None = None) -> tuple[Action, ...]:
    """The actions of a scope, or all of them."""
    return ACTIONS if scope is None else tuple(action for action in ACTIONS if action.scope == scope)


def action(action_id: str) -> Action:
    """The action with an id.

    Raises:
        KeymapError: names the nearest id.
    """
    found = _BY_ID.get(action_id)
    if found is None:
        near = difflib.get_close_matches(action_id, _BY_ID, n=1)
        hint = f": did you mean {near[0]}?" if near else f"; there are {', '.join(SCOPES)} actions"
        raise KeymapError(f"no action is called {_printable(action_id)}{hint}")
    return found


def read_keys(value: object) -> tuple[str, ...]:
    """The keys that a walker wrote for an action: `"n"`, `"n, right"` or a list of them.

    Raises:
        KeymapError: says which is no key, or cannot be bound, and why.
    """
    if isinstance(value, str):
        # A comma parts keys; the comma key itself is written "comma" or stands alone.
        parts: list[object] = [value] if value.strip() in ("", ",") else list(value.split(","))
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        raise KeymapError('expected a key such as "space", or several such as "n, right"')
    keys = tuple(dict.fromkeys(_read_key(part) for part in parts))
    if not keys:
        raise KeymapError("an action needs at least one key")
    if len(keys) > MAX_KEYS:
        raise KeymapError(f"an action has at most {MAX_KEYS} keys, not {len(keys)}")
    return keys


def show_key(key: str, *, ascii_only: bool = False) -> str:
    """A key as it is shown: `?` for question_mark, `→` for right, `ctrl+s`; arrows by name where all is ASCII."""
    *modifiers, last = key.split("+")
    shown = _SHOWN.get(last, "")
    if ascii_only and not shown.isascii():
        shown = last
    shown = shown or next((mark for mark in _PUNCTUATION[1:] if _name_of(mark) == last), last)
    return "+".join((*modifiers, shown))


def resolve(overrides: Mapping[str, object]) -> Keymap:
    """The keys as they are with a walker's own, as far as these can be used.

    All overrides apply at once, so two actions can change places. What cannot be used is left out and told in
    `problems`: an unknown id, no key, and the overrides that make two actions of one screen share a key.
    """
    problems: list[str] = []
    wanted: dict[str, tuple[str, ...]] = {}
    for action_id, value in overrides.items():
        try:
            known = action(action_id)
            wanted[known.id] = _free(known, read_keys(value))
        except KeymapError as error:
            problems.append(_named(action_id, error))
    while wanted and (clashes := _clashes(_merged(wanted))):
        for key, first, second in clashes:
            problems.append(_clash(key, first, second))
            wanted.pop(first, None)
            wanted.pop(second, None)
    joined = {action_id: ",".join(keys) for action_id, keys in wanted.items()}
    unique = tuple(dict.fromkeys(problems))
    return Keymap(MappingProxyType(_merged(wanted)), MappingProxyType(joined), unique)


def check(overrides: Mapping[str, object]) -> Keymap:
    """The same, but all of it can be used.

    Raises:
        KeymapError: with the first problem, when there is any.
    """
    keymap = resolve(overrides)
    if keymap.problems:
        raise KeymapError(keymap.problems[0])
    return keymap


def _merged(wanted: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {action.id: wanted.get(action.id, action.keys) for action in ACTIONS}


def _clashes(keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Pairs of actions that one key would do at the same time, with the key."""
    users: dict[str, list[str]] = defaultdict(list)
    for action_id, action_keys in keys.items():
        for key in action_keys:
            users[key].append(action_id)
    return [
        (key, first, second)
        for key, ids in users.items()
        for index, first in enumerate(ids)
        for second in ids[index + 1 :]
        if _BY_ID[first].scope == _BY_ID[second].scope or EVERYWHERE in (_BY_ID[first].scope, _BY_ID[second].scope)
    ]


def _read_key(value: object) -> str:
    if not isinstance(value, str):
        raise KeymapError('expected a key such as "space", or several such as "n, right"')
    text = value if value == " " else value.strip()
    key = _name_of(text) if len(text) == 1 else text
    if len(key) > 1 and not _MODIFIED.fullmatch(key):
        key = key.lower()
    if key in _REFUSED:
        raise KeymapError(f"{key} cannot be bound: it {_REFUSED[key]}")
    if not _is_key(key):
        raise KeymapError(f'{_printable(text)} is not the name of a key; write "x", "X", "space", "f2" or "ctrl+s"')
    return key


def _is_key(key: str) -> bool:
    modified = _MODIFIED.fullmatch(key)
    base = modified[1] if modified else key
    if len(base) == 1:
        return base.isalnum() and base.isprintable()
    return base in _NAMED or bool(_FUNCTION.fullmatch(base)) or base in {_name_of(mark) for mark in _PUNCTUATION}


def _name_of(character: str) -> str:
    """The name of the key that types a character, as Textual calls it."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


def _free(known: Action, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys again, if nothing on the action's screens takes one of them before the action."""
    scopes = _TAKEN if known.scope == EVERYWHERE else (known.scope,)
    for key in keys:
        if key in known.keys:
            continue
        if any(key in _TAKEN.get(scope, ()) for scope in scopes):
            raise KeymapError(f"{show_key(key)} cannot do {known.id}: a list or field there takes it for itself")
        if known.scope in _HAVE_FIELDS and _types(key):
            raise KeymapError(f"{show_key(key)} cannot do {known.id}: it is typed into the fields there")
    return keys


def _types(key: str) -> bool:
    return len(key) == 1 or key == "space" or key in {_name_of(mark) for mark in _PUNCTUATION}


def _clash(key: str, first: str, second: str) -> str:
    return f"{show_key(key)} cannot do both {first} and {second}"


def _named(action_id: str, error: KeymapError) -> str:
    text = str(error)
    return text if action_id in text else f"{_printable(action_id)}: {text}"


def _printable(text: str, longest: int = 40) -> str:
    """What somebody wrote, in quotes, fit for a terminal."""
    shown = text if len(text) <= longest else f"{text[:longest]}…"
    return '"' + "".join(character if character.isprintable() else "?" for character in shown) + '"'
