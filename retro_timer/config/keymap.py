"""All actions with their default keys and help, and the validation of the walker's own keys.

`Keymap.overrides` is for `App.set_keymap`, which silently ignores unknown ids and lets one key displace another, so
everything is validated here first. This module does not import Textual.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.config.key_names import KeymapError, character_of, read_keys, show_key
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYWHERE: Final = "app"
"""The scope of keys that work on every screen; they conflict with keys of all other scopes."""
SAFETY: Final = tuple(each.id for each in SESSION_ACTIONS if each.safety)
"""Actions whose keys act on the running session, whatever screen is on top of it."""


class Action(NamedTuple):
    """Something a key does.

    Attributes:
        id: `scope.name`, the id of the Textual binding; the scope is the screen it belongs to.
        keys: its default keys.
        help: one line about it.
        footer: the word next to its key in a footer or on a button; empty if there is none.
        opens: the screen it opens, as a module of `ui.screens` and a class in it that takes no arguments, such as
            `plan:PlanScreen`; empty if the screen it belongs to handles the action.
        repeats: whether it repeats while its key is held.
    """

    id: str
    keys: tuple[str, ...]
    help: str
    footer: str = ""
    opens: str = ""
    repeats: bool = False

    @property
    def scope(self) -> str:
        """The screen of the action."""
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
    "page": "The link of the web page",
    "builder": "Builder",
    "summary": "After a session",
    "progress": "Progress",
    "log_walk": "Log a walk",
    "settings": "Settings",
    "help": "Help",
    "first_start": "First start and sound check",
    "plan": "The plan",
    "sensors": "Treadmill and heart rate",
    "question": "Questions",
    "incoming": "A workout that came in",
    "interrupted": "An interrupted session",
    "day_after": "The day after",
    "walk_test": "The backward walk test",
}
"""The screens with their own keys, in the order of the help."""

ACTIONS: Final = (
    Action("app.help", ("question_mark", "f1"), "Show all keys, the technique, safety and sources.", "all keys"),
    Action("app.palette", ("ctrl+p",), "Find workouts, actions, settings and themes by name.", "find"),
    Action("app.theme", ("f2",), "Switch to the next theme.", "theme"),
    Action("app.suspend", ("ctrl+z",), "Go back to the shell; a session pauses."),
    Action("app.quit", ("ctrl+q",), "Leave the program; a session asks first.", "quit"),
    Action("home.walk", ("enter", "f5"), "Walk the selected workout.", "walk"),
    Action("home.today", ("t",), "Walk what the plan suggests today.", "today"),
    Action("home.answer", ("g",), "Answer the open questions about the last session.", "answer"),
    Action("home.adapt", ("a",), "Change the lengths of the selected workout for one session.", "adapt"),
    Action("home.new", ("n",), "Make a workout.", "new"),
    Action("home.edit", ("e",), "Edit the selected workout; a preset is copied first.", "edit"),
    Action("home.duplicate", ("d",), "Copy the selected workout.", "copy"),
    Action("home.rename", ("r",), "Rename the selected workout.", "rename"),
    Action("home.delete", ("delete",), "Delete the selected workout; asks first.", "delete"),
    Action("home.import", ("i",), "Import a workout, past sessions or a programme from a file.", "import"),
    Action("home.export", ("x",), "Export the selected workout.", "export"),
    Action("home.plan", ("l",), "Show the plan and the rule behind today's advice.", "plan", "plan:PlanScreen"),
    Action("home.progress", ("p",), "Show progress.", "progress", "progress:ProgressScreen"),
    Action(
        "home.test",
        ("m",),
        "Walk the backward walk test: three meters, once a month.",
        "walk test",
        "walk_test:WalkTestScreen",
    ),
    Action("home.sensors", ("h",), "Find a treadmill and a heart rate sensor.", "sensors", "sensors:SensorsScreen"),
    Action("home.settings", ("s", "comma"), "Change the settings.", "settings"),
    Action("home.sound_check", ("c",), "Check that the sound is heard.", "sound check"),
    Action("home.quit", ("q",), "Leave the program.", "leave"),
    *(Action(each.id, each.keys, each.help, each.footer, repeats=each.repeats) for each in SESSION_ACTIONS),
    Action("adjust.apply", ("enter", "ctrl+s"), "Apply the lengths to what is left.", "apply"),
    Action("adjust.close", ("escape",), "Close without a change.", "close"),
    Action(
        "page.network", ("l",), "Open the page to the devices of your network, or close it again.", "network on, off"
    ),
    Action("page.close", ("escape", "w", "enter"), "Go back to the session.", "back"),
    Action("builder.save", ("s", "ctrl+s"), "Save the workout.", "save"),
    Action("builder.walk", ("w", "f5"), "Walk it as it is now.", "walk"),
    Action("builder.add", ("a", "ctrl+n"), "Add an interval.", "add"),
    Action("builder.repeat", ("r", "ctrl+r"), "Wrap the selected intervals in a repeat.", "repeat"),
    Action("builder.unwrap", ("R", "f6"), "Unwrap the selected repeat; its intervals stay.", "unpack"),
    Action("builder.duplicate", ("d", "ctrl+o"), "Copy the selected interval.", "copy"),
    Action("builder.remove", ("delete", "ctrl+g"), "Remove the selected interval.", "remove"),
    Action("builder.up", ("ctrl+up",), "Move the selected interval up.", "move", repeats=True),
    Action("builder.down", ("ctrl+down",), "Move the selected interval down.", repeats=True),
    Action("builder.undo", ("u", "f7"), "Undo.", "undo"),
    Action("builder.redo", ("U", "f8"), "Redo the change you undid.", "redo"),
    Action("builder.close", ("escape",), "Close; asks if there are unsaved changes.", "close"),
    Action("summary.submit", ("enter",), "Go to the next question; after the last one, close.", "done"),
    Action("summary.done", ("escape",), "Close; answers that cannot be saved are dropped.", "done"),
    Action("summary.save_workout", ("ctrl+s",), "Save the adapted workout under a name.", "save your version"),
    Action("summary.go_on", ("ctrl+g",), "Return to a session that was stopped or ended early.", "resume"),
    Action("progress.four_weeks", ("1",), "The last 4 weeks.", "span"),
    Action("progress.twelve_weeks", ("2",), "The last 12 weeks."),
    Action("progress.year", ("3",), "The last year."),
    Action("progress.all", ("4",), "Everything."),
    Action("progress.log", ("n",), "Log a walk without the timer.", "log"),
    Action("progress.import", ("i",), "Import past sessions from a file: FIT, TCX, CSV.", "import"),
    Action("progress.edit", ("e",), "Edit the feedback on the selected session, or a logged walk.", "edit"),
    Action("progress.delete", ("delete",), "Delete the selected session; asks first.", "delete"),
    Action("progress.export", ("x",), "Export the selected session.", "export"),
    Action("progress.close", ("escape", "q"), "Go back.", "back"),
    Action("log_walk.save", ("ctrl+s", "enter"), "Save the walk.", "save"),
    Action("log_walk.close", ("escape",), "Close without saving.", "close"),
    Action("settings.edit", ("e",), "Type a value; for keys, one or more names.", "type"),
    Action("settings.reset", ("ctrl+r",), "Reset the selected setting to its default.", "default"),
    Action("settings.test_sound", ("ctrl+t",), "Play the sounds and the voice with these settings.", "test sound"),
    Action("settings.tap", ("t",), "Set the metronome's tempo by tapping.", repeats=True),
    Action("settings.close", ("escape", "q"), "Go back.", "back"),
    Action("help.search", ("slash",), "Find words in the help.", "search"),
    Action("help.previous", ("left",), "Go to the section before.", "section", repeats=True),
    Action("help.next", ("right",), "Go to the next section.", repeats=True),
    Action("help.close", ("escape", "q"), "Go back.", "back"),
    Action("first_start.next", ("enter",), "Continue; in the sound check: I can hear it.", "continue"),
    Action("first_start.units", ("u",), "Show speeds in the other unit.", "units"),
    Action("first_start.again", ("r",), "Play the sound check again.", "again"),
    Action("first_start.voice", ("v",), "Switch the voice, and hear the sound check in it.", "other voice"),
    Action("first_start.silent", ("n",), "I hear nothing.", "I hear nothing"),
    Action("first_start.skip", ("escape",), "Leave it out.", "skip"),
    Action("plan.close", ("escape", "enter", "l", "q"), "Go back.", "back"),
    Action("sensors.close", ("escape", "q"), "Go back.", "back"),
    Action("question.yes", ("y",), "Yes.", "yes"),
    Action("question.no", ("escape", "n"), "No.", "no"),
    Action("incoming.walk", ("w",), "Walk it.", "walk"),
    Action("incoming.save", ("s",), "Save it.", "save"),
    Action("incoming.edit", ("e",), "Edit it.", "edit"),
    Action("incoming.forward", ("f",), "Treat all of it as forward.", "all forward"),
    Action("incoming.alternate", ("b",), "Treat every other interval as backward.", "every other one backward"),
    Action("incoming.close", ("escape",), "Cancel.", "no"),
    Action("interrupted.resume", ("r",), "Resume the session where it was.", "Resume where it was"),
    Action("interrupted.keep", ("k",), "Keep the session as ended early.", "Keep it as ended early"),
    Action("interrupted.discard", ("d",), "Discard the session.", "Discard it"),
    Action("interrupted.later", ("escape",), "Decide next time.", "later"),
    Action("day_after.normal", ("n",), "It was normal.", "Normal"),
    Action("day_after.muscles", ("s",), "Your muscles were sore.", "Sore muscles"),
    Action("day_after.pain", ("p",), "You had more pain than before the session.", "More pain than before"),
    Action("walk_test.go", ("enter",), "Start a try; then any key stops it.", "start"),
    Action("walk_test.page", ("w",), "Show the page that stops a try from a phone or tablet.", "page"),
    Action("walk_test.close", ("escape",), "Keep what was walked, and go back.", "back"),
    Action("day_after.untold", ("escape",), "Rather not say.", "Rather not say"),
)
"""All actions by scope, in the order of the help."""

_BY_ID: Final = {action.id: action for action in ACTIONS}
_MOVES: Final = ("up", "down", "pageup", "pagedown", "home", "end")
_READS: Final = (*_MOVES, "k", "j", "b", "space", "g", "G")
_TYPES: Final = ("left", "right", "home", "end", "backspace", "delete", "enter", "up", "down")
_TAKEN: Final = {
    "home": _MOVES,
    "adjust": _TYPES,
    "builder": (*_TYPES, "pageup", "pagedown", "shift+up", "shift+down", "plus", "equals_sign", "minus"),
    "summary": _TYPES,
    "progress": (*_MOVES, "enter", "left", "right"),
    "log_walk": _TYPES,
    "settings": (*_MOVES, "k", "j", "left", "minus", "right", "plus", "enter", "space"),
    "help": _READS,
    "first_start": _READS,
    "plan": ("left", "right", "backspace", "delete", *"0123456789"),
    "sensors": (*_MOVES, "enter"),
    "question": ("enter",),
    "interrupted": ("enter",),
    "day_after": ("enter",),
}
"""Keys that the lists and fields of a screen handle themselves, so that an action bound to one would never run."""
_HAVE_FIELDS: Final = ("adjust", "summary", "log_walk")
"""Screens made of text fields, which take all character keys. (The builder's character keys act in its list.)"""


class Keymap(NamedTuple):
    """The key bindings.

    Attributes:
        keys: the keys of every action, by its id.
        overrides: only the walker's own keys, joined by commas, for `App.set_keymap`.
        problems: one sentence for each rejected override.
    """

    keys: Mapping[str, tuple[str, ...]]
    overrides: Mapping[str, str]
    problems: tuple[str, ...] = ()

    def keys_of(self, *action_ids: str) -> dict[str, str]:
        """A mapping from each key of some actions to the action's id."""
        return {key: action_id for action_id in action_ids for key in self.keys[action_id]}

    def shown(self, action_id: str) -> str:
        """The keys of an action for display: `n →`."""
        return " ".join(show_key(key) for key in self.keys[action_id])

    def first(self, action_id: str, *, ascii_only: bool = False) -> str:
        """The first key of an action for display."""
        return show_key(self.keys[action_id][0], ascii_only=ascii_only)


def actions(scope: str | None = None) -> tuple[Action, ...]:
    """The actions of a scope, or all actions."""
    return ACTIONS if scope is None else tuple(action for action in ACTIONS if action.scope == scope)


def action(action_id: str) -> Action:
    """Find an action by its id.

    Raises:
        KeymapError: if there is none; names the nearest id.
    """
    found = _BY_ID.get(action_id)
    if found is None:
        near = difflib.get_close_matches(action_id, _BY_ID, n=1)
        hint = f": did you mean {near[0]}?" if near else f"; there are {', '.join(SCOPES)} actions"
        raise KeymapError(f"no action is called {quoted(action_id)}{hint}")
    return found


def resolve(overrides: Mapping[str, object]) -> Keymap:
    """Apply the walker's own keys, as far as they are valid.

    All overrides apply at once, so that two actions can swap keys. Invalid ones are rejected and listed in `problems`:
    an unknown id, an invalid key, and overrides that make two actions of one screen share a key.
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
    """Apply the walker's own keys, all of which must be valid.

    Raises:
        KeymapError: for the first problem.
    """
    keymap = resolve(overrides)
    if keymap.problems:
        raise KeymapError(keymap.problems[0])
    return keymap


def _merged(wanted: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {action.id: wanted.get(action.id, action.keys) for action in ACTIONS}


def _clashes(keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Tuples (key, action, other action) for actions with the same key on the same screen."""
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


def _free(known: Action, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys if no list or field on the action's screens handles one of them first."""
    scopes = _TAKEN if known.scope == EVERYWHERE else (known.scope,)
    for key in keys:
        if key in known.keys:
            continue
        if any(key in _TAKEN.get(scope, ()) for scope in scopes):
            raise KeymapError(f"{show_key(key)} cannot do {known.id}: a list or field there uses it")
        if known.scope in _HAVE_FIELDS and character_of(key) is not None:
            raise KeymapError(f"{show_key(key)} cannot do {known.id}: it is typed into the fields there")
    return keys


def _clash(key: str, first: str, second: str) -> str:
    return f"{show_key(key)} cannot do both {first} and {second}"


def _named(action_id: str, error: KeymapError) -> str:
    text = str(error)
    return text if action_id in text else f"{quoted(action_id)}: {text}"
