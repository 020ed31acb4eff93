"""The command palette: actions, workouts, settings and themes, found by name from anywhere."""

from __future__ import annotations

from functools import partial
from inspect import iscoroutine
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.style import Style

from retro_timer.keymap import ACTIONS, EVERYWHERE, KeymapError, action
from retro_timer.scheduling.show import clock_time
from retro_timer.ui.preferences import KEYS, ChangeSettings, keymap_of
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.themes import PALETTES
from retro_timer.ui.widgets.workout_row import WorkoutRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.binding import ActiveBinding
    from textual.screen import Screen

    from retro_timer.ui.app import RetroTimerApp

S = TypeVar("S", bound="Screen[Any]")
HELP_SCORE: Final = 0.1
"""The score of a command whose help has what is looked for, not its name: it comes after the others."""
FIRST: Final = 8
"""How many actions, and how many workouts, are offered before anything is typed."""


class Command(NamedTuple):
    """Something the palette offers.

    Attributes:
        name: what is looked for.
        help: one line about it.
        run: does it, or returns a coroutine that does.
    """

    name: str
    help: str
    run: Callable[[], object]


class Palette(CommandPalette):
    """Textual's command palette, in our dress."""

    CSS_PATH = "palette.tcss"


class Commands(Provider):
    """Offers everything; where nothing is typed yet, what can be done here, workouts and our own themes."""

    async def discover(self) -> Hits:
        """The first of them."""
        app = self._timer_app
        offered = chain(
            islice(actions(app, self.screen), FIRST), islice(workouts(app), FIRST), islice(themes(app), len(PALETTES))
        )
        for command in offered:
            yield DiscoveryHit(Content(command.name), partial(_run, command), command.name, escape(command.help))

    async def search(self, query: str) -> Hits:
        """Those whose name or help matches."""
        app, matcher = self._timer_app, self.matcher(query)
        for command in chain(actions(app, self.screen), workouts(app), settings(app), themes(app)):
            score, offsets = matcher.fuzzy_search.match(query, command.name)
            if not score and query.casefold() in command.help.casefold():
                score = HELP_SCORE
            if score > 0:
                # Names may be the walker's own: as content, nothing in them is read as markup.
                name = Content(command.name)
                for offset in offsets:
                    name = name.stylize(self.match_style or Style(underline=True), offset, offset + 1)
                yield Hit(score, name, partial(_run, command), command.name, escape(command.help))

    @property
    def _timer_app(self) -> RetroTimerApp:
        return cast("RetroTimerApp", self.app)


def actions(app: RetroTimerApp, screen: Screen[Any]) -> Iterator[Command]:
    """What the keys of a screen do, then what keys do everywhere; from the help, those of the screen it is over."""
    keys = keymap_of(app.services)
    if isinstance(screen, HelpScreen):
        screen = app.screen_stack[app.screen_stack.index(screen) - 1]
    found: dict[str, Command] = {}
    for active in screen.active_bindings.values():
        try:
            known = action(active.binding.id or "")
        except KeymapError:  # a key of Textual's own, such as the arrows
            continue
        run = partial(_act, app, active)
        found[known.id] = Command(known.help.rstrip("."), f"Key: {keys.shown(known.id)}", run)
    for known in sorted(ACTIONS, key=lambda one: one.scope == EVERYWHERE):
        if known.id in found:
            yield found[known.id]


def workouts(app: RetroTimerApp) -> Iterator[Command]:
    """Walk what Home lists; there is nothing to walk while a session is under way."""
    home = _on_the_stack(app, HomeScreen)
    if home is None or _on_the_stack(app, SessionScreen) is not None:
        return
    for workout in (row.workout for row in home.query(WorkoutRow)):
        lengths = f"{clock_time(workout.total_seconds)}, {clock_time(workout.backward_seconds)} of it backward."
        yield Command(f"Walk {workout.name}", lengths, partial(home.walk, workout))


def settings(app: RetroTimerApp) -> Iterator[Command]:
    """Open the settings at one of them."""
    from retro_timer.storage.settings_table import TABLE  # noqa: PLC0415  (only when they are looked for)

    for setting in TABLE:
        yield Command(f"Setting: {setting.key}", setting.help, partial(_open_setting, app, setting.key))
    for known in ACTIONS:
        key = f"{KEYS}{known.id}"
        yield Command(f"Setting: {key}", f"Other keys for: {known.help}", partial(_open_setting, app, key))


def themes(app: RetroTimerApp) -> Iterator[Command]:
    """Put a theme on, for good: our own first, then Textual's."""
    ours = [palette.name for palette in PALETTES]
    for name in (*ours, *sorted(set(app.available_themes) - set(ours))):
        about = "One of Retro Timer's own themes." if name in ours else "One of Textual's themes."
        yield Command(f"Theme: {name}", about, partial(_wear, app, name))


async def _act(app: RetroTimerApp, active: ActiveBinding) -> None:
    """Do what a key does; the help it was looked up in makes way."""
    if isinstance(app.screen, HelpScreen):
        await app.screen.dismiss()
    await app.run_action(active.binding.action, default_namespace=active.node)


def _open_setting(app: RetroTimerApp, key: str) -> None:
    from retro_timer.ui.screens.settings import SettingsScreen  # noqa: PLC0415  (seldom needed)

    app.push_screen(SettingsScreen(app.services, key))


def _wear(app: RetroTimerApp, name: str) -> None:
    app.theme = name
    app.post_message(ChangeSettings({"look.theme": name}))


async def _run(command: Command) -> None:
    done = command.run()
    if iscoroutine(done):
        await done


def _on_the_stack(app: RetroTimerApp, kind: type[S]) -> S | None:
    return next((screen for screen in app.screen_stack if isinstance(screen, kind)), None)
