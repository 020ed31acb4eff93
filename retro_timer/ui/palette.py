"""The command palette: searches actions, workouts, settings and themes by name."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from inspect import iscoroutine, unwrap
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from textual import on, work
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.worker import get_current_worker

from retro_timer.config.key_names import KeymapError
from retro_timer.config.keymap import ACTIONS, EVERYWHERE, SCOPES, action
from retro_timer.config.setting_kinds import Choice, Toggle
from retro_timer.text import clock_time
from retro_timer.ui.context import app_of
from retro_timer.ui.preferences import KEYS, UpdateSettings, keymap_of, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.setting_labels import label_of
from retro_timer.ui.setting_values import TABS
from retro_timer.ui.themes import PALETTES, is_ours, theme_names
from retro_timer.ui.widgets.reversible import ReversibleList
from retro_timer.ui.widgets.workout_row import WorkoutRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.binding import ActiveBinding
    from textual.screen import Screen

    from retro_timer.config.schema import Setting
    from retro_timer.config.setting_kinds import Value
    from retro_timer.ui.context import AppContext

S = TypeVar("S", bound="Screen[Any]")
HELP_SCORE: Final = 0.1
"""The score of a match in a command's help, lower than that of any match in a name."""
ITSELF: Final = "app.palette"
"""The action that opens the palette; the palette does not list it."""
THEME: Final = "Theme: "
"""The prefix of commands that choose a theme."""
FIRST: Final = 8
"""Number of actions, and of workouts, shown before anything is typed."""


class PaletteCommand(NamedTuple):
    """A command of the palette.

    Attributes:
        name: the text that is searched.
        help: one line about it.
        run: performs it, or returns a coroutine that does.
    """

    name: str
    help: str
    run: Callable[[], object]


class Results(CommandList, ReversibleList):
    """The list of matching commands."""


class Palette(RepaintsRegions, CommandPalette):
    """Textual's command palette with our styles."""

    CSS_PATH = "palette.tcss"

    _found: str | None = None
    """The words that the list was searched for; None before the first search is complete."""
    _theme: str | None = None
    """The theme before any preview; None if nothing has been highlighted yet."""
    _submitted: str | None = None
    """The words for which Enter was pressed before their search was complete."""

    def compose(self) -> ComposeResult:
        """Textual's field, and our list in place of Textual's."""
        for widget in super().compose():
            yield Results() if isinstance(widget, CommandList) else widget

    def on_mount(self) -> None:
        """Turn off cursor blinking, as in all fields."""
        self.query_one(Input).cursor_blink = False

    def _action_command_list(self, action: str) -> None:
        """Move in the list. Overrides Textual's hook, which fails on page up or down before the list is drawn."""
        with suppress(KeyError):
            super()._action_command_list(action)

    @on(Input.Submitted)
    def _submit_when_found(self, event: Input.Submitted) -> None:
        """Make Enter wait for the search: the list may still show the matches of earlier words."""
        words = event.value.strip()
        if words != self._found:
            event.stop()
            event.prevent_default()
            self._submitted = words

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)  # noqa: SLF001  (Textual's hook)
    async def _gather_commands(self, search_value: str) -> None:
        """List the commands that match, then choose if Enter was pressed meanwhile."""
        if self._submitted != search_value:
            self._submitted = None
        await unwrap(CommandPalette._gather_commands)(self, search_value)  # noqa: SLF001
        if get_current_worker().is_cancelled:
            return
        self._found = search_value
        if self._submitted == search_value:
            self._submitted = None
            self._select_or_command()

    @on(OptionList.OptionHighlighted)
    def _preview(self, event: OptionList.OptionHighlighted) -> None:
        """Show a theme while its command is highlighted."""
        hit = getattr(event.option, "hit", None)
        name = (hit.text or "").removeprefix(THEME) if hit is not None else ""
        if self._theme is None:
            self._theme = self.app.theme
        chosen = hit is not None and f"{THEME}{name}" == hit.text and name in self.app.available_themes
        self.app.theme = name if chosen else self._theme

    def on_unmount(self) -> None:
        """Forget the theme before the preview."""
        self._theme = None

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, unless already closed: a double choice would close the screen below."""
        if not self.is_active:
            return AwaitComplete()
        if self._theme is not None:
            self.app.theme = self._theme  # a chosen theme is applied after this
        return super().dismiss(result)


class Commands(Provider):
    """Provides all commands; before anything is typed, workouts, the current actions and our own themes."""

    async def discover(self) -> Hits:
        """The commands shown before anything is typed."""
        app = app_of(self.screen)
        offered = chain(
            islice(workouts(app), FIRST), islice(actions(app, self.screen), FIRST), islice(themes(app), len(PALETTES))
        )
        for command in offered:
            yield DiscoveryHit(Content(command.name), partial(_run, command), command.name, escape(command.help))

    async def search(self, query: str) -> Hits:
        """The commands whose name or help matches."""
        app, matcher = app_of(self.screen), self.matcher(query)
        for command in chain(workouts(app), actions(app, self.screen), settings(app), themes(app)):
            score, offsets = matcher.fuzzy_search.match(query, command.name)
            if not score and query.casefold() in command.help.casefold():
                score = HELP_SCORE
            if score > 0:
                # Names may contain the walker's own text: Content does not interpret markup.
                name = Content(command.name)
                for offset in offsets:
                    name = name.stylize(self.match_style or Style(underline=True), offset, offset + 1)
                yield Hit(score, name, partial(_run, command), command.name, escape(command.help))


def actions(app: AppContext, screen: Screen[Any]) -> Iterator[PaletteCommand]:
    """The actions of a screen, then the global ones; on the help screen, those of the screen below."""
    keys = keymap_of(app.services)
    if isinstance(screen, HelpScreen):
        screen = app.screen_stack[app.screen_stack.index(screen) - 1]
    found: dict[str, PaletteCommand] = {}
    for active in screen.active_bindings.values():
        try:
            known = action(active.binding.id or "")
        except KeymapError:  # one of Textual's own bindings, such as the arrows
            continue
        if known.id == ITSELF:
            continue
        run = partial(_act, app, active)
        found[known.id] = PaletteCommand(known.help.rstrip("."), f"Key: {keys.shown(known.id)}", run)
    for known in sorted(ACTIONS, key=lambda one: one.scope == EVERYWHERE):
        if known.id in found:
            yield found[known.id]


def workouts(app: AppContext) -> Iterator[PaletteCommand]:
    """The workouts of Home; none while a session is running."""
    home = _on_the_stack(app, HomeScreen)
    if home is None or _on_the_stack(app, SessionScreen) is not None:
        return
    for workout in (row.workout for row in home.query(WorkoutRow)):
        lengths = f"{clock_time(workout.total_seconds)} total, {clock_time(workout.backward_seconds)} backward."
        yield PaletteCommand(f"Walk {workout.name}", lengths, partial(home.walk, workout))


def settings(app: AppContext) -> Iterator[PaletteCommand]:
    """Commands that open each setting and, if its values can be listed, commands that change it at once."""
    from retro_timer.config.schema import SETTINGS

    for key, setting in SETTINGS.items():
        if TABS.get(setting.group):
            yield from _changes(app, setting)
            yield PaletteCommand(f"Setting: {label_of(key)}", _found_by(setting), partial(_open_setting, app, key))
    for known in ACTIONS:
        key = f"{KEYS}{known.id}"
        name = f"Keys: {known.help.rstrip('.')} ({SCOPES[known.scope]})"
        yield PaletteCommand(name, f"Other keys. {key}", partial(_open_setting, app, key))


def _changes(app: AppContext, setting: Setting) -> Iterator[PaletteCommand]:
    """The commands that change a setting at once, one for each other value that can be listed."""
    now = settings_of(app.services).value(setting.key)
    if isinstance(setting.kind, Toggle):
        values: tuple[Value, ...] = (not now,)
    else:
        values = tuple(each for each in setting.kind.options if each != now) if isinstance(setting.kind, Choice) else ()
    for value in values:
        shown = str(value) if isinstance(value, str) else "on" if value else "off"
        name = f"{label_of(setting.key)}: {shown}"
        yield PaletteCommand(f"Set {name}", _found_by(setting), partial(_set, app, setting.key, value, name))


def _found_by(setting: Setting) -> str:
    return f"{setting.help} {setting.key}"


def _set(app: AppContext, key: str, value: Value, name: str) -> None:
    app.post_message(UpdateSettings({key: value}))
    app.notify(name, timeout=2, markup=False)


def themes(app: AppContext) -> Iterator[PaletteCommand]:
    """Commands that set the theme: our own first, then Textual's."""
    for name in theme_names(app.available_themes):
        about = "One of Retro Timer's own themes." if is_ours(name) else "One of Textual's themes."
        yield PaletteCommand(f"{THEME}{name}", about, partial(_apply_theme, app, name))


async def _act(app: AppContext, active: ActiveBinding) -> None:
    """Perform the action of a key, after closing the help screen."""
    if isinstance(app.screen, HelpScreen):
        await app.screen.dismiss()
    await app.run_action(active.binding.action, default_namespace=active.node)


def _open_setting(app: AppContext, key: str) -> None:
    from retro_timer.ui.screens.settings import SettingsScreen

    app.push_screen(SettingsScreen(app.services, key))


def _apply_theme(app: AppContext, name: str) -> None:
    app.theme = name
    app.post_message(UpdateSettings({"look.theme": name}))


async def _run(command: PaletteCommand) -> None:
    done = command.run()
    if iscoroutine(done):
        await done


def _on_the_stack(app: AppContext, kind: type[S]) -> S | None:
    return next((screen for screen in app.screen_stack if isinstance(screen, kind)), None)
