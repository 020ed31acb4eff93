"""The app: themes, and which screen is shown."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import constants
from textual.app import App
from textual.events import Resize
from textual.filter import NoColor

from retro_timer.exits import EXIT_ENDED_EARLY, EXIT_REFUSED, SIGNALLED
from retro_timer.session.engine import State
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import ChangeSettings, changed_settings, keymap_of
from retro_timer.ui.screens.session import SessionResult, SessionScreen
from retro_timer.ui.signals import Signals
from retro_timer.ui.themes import DEFAULT_THEME, PALETTES, variables_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.timer import Timer

    from retro_timer.runner import Runner
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import Interrupted
    from retro_timer.storage.settings_schema import Settings
    from retro_timer.ui.services import Services


UNATTENDED: Final = 15.0
"""Seconds after which the summary of a workout that `run` finished closes by itself when nobody is there."""
SETTLED: Final = 0.5
"""Seconds after which the first frame is on the terminal: looking for garbage lets nothing else run."""
FITTED: Final = 0.1
"""Seconds for which a terminal has kept its size before it is seen to that the screen fits it."""
LOOKS: Final = (700, 2, 1)
"""How soon garbage is looked for: of what a walk makes there is so little that looking at all of it is cheap, and what
it leaves each second would add up to megabytes in an hour."""


def _commands() -> type[Provider]:
    """What the command palette offers, imported when that is first opened."""
    from retro_timer.ui.palette import Commands  # noqa: PLC0415  (seldom needed)

    return Commands


def collect_garbage_again() -> None:
    """The first frame is shown: look for garbage again (`__main__` stopped it), but no more among what was imported."""
    gc.collect()  # what the start left is used again by what comes after the first frame
    gc.freeze()
    gc.set_threshold(*LOOKS)
    gc.enable()


class RetroTimerApp(App[int]):
    """The full-screen app.

    Args:
        services: what the screens use.
        walk: a workout to walk at once; the app ends with its session. Without one it opens on Home.
        interrupted: where that walk is taken up again.
    """

    TITLE = "Retro Timer"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "app", {"suspend": "suspend_process", "palette": "command_palette", "quit": "leave"}
    )

    _dressed = False
    """Whether there is a theme yet: before, Textual asks for the colours of one that is never shown."""

    def __init__(self, services: Services, walk: Workout | None = None, interrupted: Interrupted | None = None) -> None:
        # What the first screen is styled with is read at once: read when that is shown, all would be read again.
        super().__init__(css_path="screens/session.tcss" if walk else "screens/home.tcss")
        self.services = services
        self._walk = walk
        self._interrupted = interrupted
        self._signals = Signals(self, self._stopped)
        self._changing = asyncio.Lock()
        self._resized: Timer | None = None
        self._ascii_filters: tuple[LineFilter, ...] = ()
        if services.ascii_only:
            from retro_timer.ui.ascii_filter import AsciiFilter  # noqa: PLC0415  (few terminals need it)

            self._ascii_filters = (AsciiFilter(),)
        for palette in PALETTES:
            self.register_theme(palette.theme())
        self._wear_first(services.loaded.settings.look.theme if services.loaded else DEFAULT_THEME)

    async def change_settings(self, values: Mapping[str, object]) -> None:
        """Change settings, all or none, and go on with them; None gives a default back.

        Raises:
            SettingsError: for a value that cannot be used, or a file that cannot be changed.
        """
        async with self._changing:
            loaded = await asyncio.to_thread(changed_settings, self.services, dict(values))
        self.services = self.services.having(loaded)
        self.wear(loaded.settings)

    def on_change_settings(self, message: ChangeSettings) -> None:
        """Change settings that a screen asks for, which does not wait."""
        self.run_worker(self._change_or_tell(message.values))

    async def _change_or_tell(self, values: Mapping[str, object]) -> None:
        from retro_timer.storage.settings import SettingsError  # noqa: PLC0415  (most runs change nothing)

        try:
            await self.change_settings(values)
        except SettingsError as error:
            self.notify(f"Not saved: {error}", severity="warning", markup=False)

    def _wear_first(self, name: str) -> None:
        """Begin with a theme; changing to it would have all styles read a second time before the first frame."""
        self._dressed = True
        theme = self.available_themes.get(name)
        if theme is None or not theme.dark or theme.ansi:
            self.theme = DEFAULT_THEME if theme is None else name
            return
        self.set_reactive(App.theme, name)
        self.set_class(True, f"-theme-{name}", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def wear(self, settings: Settings) -> None:
        """Look and answer to keys as the settings say; a theme that there is none of stays what it was."""
        if settings.look.theme in self.available_themes:
            self.theme = settings.look.theme
        self.set_keymap(dict(settings.keys))
        still = settings.look.reduced_motion or not self.services.moving
        self.animation_level = "none" if still else constants.TEXTUAL_ANIMATIONS

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this terminal; where there is a quieter one, that."""
        driver = super().get_driver_class()
        if driver.__module__ != "textual.drivers.linux_driver":
            return driver  # Windows, or a browser
        from retro_timer.ui.driver import SleepingDriver  # noqa: PLC0415  (there is none of it on Windows)

        return SleepingDriver

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours and whatever else styles may name."""
        return super().get_css_variables() if self._dressed else {}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The phases' colours in themes that are not ours."""
        return variables_for(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is drawn, as the terminal can show it.

        With NO_COLOR there are greys; none in the terminal's own colours, whose greys Textual cannot know.
        """
        filters = (NoColor(),) if self.no_color and self.native_ansi_color else super().get_line_filters()
        return (*filters, *self._ascii_filters)

    def get_default_screen(self) -> Screen[Any]:
        """The first screen: the session when something is walked at once, else Home."""
        if self._walk is not None:
            return SessionScreen(
                self._walk, self.services, self._interrupted, closes_after=UNATTENDED, done=self._walked
            )
        from retro_timer.ui.screens.home import HomeScreen  # noqa: PLC0415  (not needed to walk at once)

        return HomeScreen(self.services)

    def on_mount(self) -> None:
        """Go on after the first screen: with the first start, or with what was interrupted."""
        self._signals.install()
        self.set_timer(SETTLED, collect_garbage_again)
        if self.services.loaded is not None:
            self.wear(self.services.loaded.settings)
        if self._walk is not None:
            return
        if self._is_first_start:
            from retro_timer.ui.screens.first_start import FirstStartScreen  # noqa: PLC0415  (shown once)

            self.push_screen(FirstStartScreen(self.services), self._start_first)
            return
        self.call_after_refresh(self._offer_interrupted)

    def on_ready(self) -> None:
        """The first frame is drawn: whatever size the terminal has from now on is a new one."""
        self._resized = self.set_timer(FITTED, self._fit, pause=True)

    def on_resize(self) -> None:
        """Once the terminal keeps its new size, see that the screen fits it."""
        if self._resized is not None:
            self._resized.reset()

    def _fit(self) -> None:
        """Have the last word about the size.

        A screen tells itself each new size once more, and of two such messages that wait takes the later: the older
        of two sizes can come last. And a terminal that was small for a moment has lost what it cut off, while Textual
        draws nothing when it finds the size it knew.
        """
        if not self.screen_stack:
            return  # the app is ending
        self._resized = self.set_timer(FITTED, self._fit, pause=True)
        if self.screen.outer_size == self.size:
            self.screen.refresh()
        else:
            self.screen.post_message(Resize(self.size, self.size))
            self._resized.reset()

    @property
    def _is_first_start(self) -> bool:
        """Whether nobody has walked or looked around here yet, as far as the settings know."""
        loaded = self.services.loaded
        return loaded is not None and not loaded.settings.first_start.done and not self.services.rehearsal

    def _start_first(self, workout: Workout | None) -> None:
        """The first start is over: walk what it led to, if it led to anything."""
        from retro_timer.ui.screens.home import HomeScreen  # noqa: PLC0415  (is there already)

        home = self.screen
        if workout is not None and isinstance(home, HomeScreen):
            home.walk(workout)
        else:
            self._offer_interrupted()

    def action_help(self) -> None:
        """Show the help over whatever goes on, or take it away again."""
        from retro_timer.ui.screens.help import HelpScreen, scope_of  # noqa: PLC0415  (seldom needed)

        if isinstance(self.screen, HelpScreen):
            self.screen.action_close()
            return
        keymap = keymap_of(self.services)
        self.push_screen(HelpScreen(keymap, scope_of(self.screen), ascii_only=self.services.ascii_only))

    def action_command_palette(self) -> None:
        """Find something by name, from wherever this is."""
        from retro_timer.ui.palette import Palette  # noqa: PLC0415  (seldom needed)

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_suspend_process(self) -> None:
        """Go back to the shell; a session pauses."""
        self._signals.suspend()

    def action_interrupt(self) -> None:
        """Leave at once, as Ctrl+C does everywhere; a session is kept and can be taken up again."""
        self.exit(return_code=SIGNALLED + signal.SIGINT)

    def action_leave(self) -> None:
        """Leave the program; a session asks first, and `run` says how its session ended."""
        session = next((screen for screen in self.screen_stack if isinstance(screen, SessionScreen)), None)
        if session is not None and session is self.screen:
            session.action_quit()
        elif session is not None and self._walk is not None:
            self._exit_after(session.runner)
        else:
            self.exit(return_code=0)

    def _offer_interrupted(self) -> None:
        """Ask what becomes of a session whose program died."""
        keeper = self.services.keeper
        walks = keeper.interrupted() if keeper else ()
        if keeper is None or not walks:
            return
        from retro_timer.ui.screens.interrupted import Decision, InterruptedScreen, workout_of  # noqa: PLC0415

        walk = walks[-1]

        def decided(decision: Decision | None) -> None:
            if decision is Decision.RESUME:
                self.push_screen(SessionScreen(workout_of(walk), self.services, walk))
            elif decision is Decision.KEEP:
                keeper.history.keep(walk)
            elif decision is Decision.DISCARD:
                keeper.history.discard(walk)

        self.push_screen(InterruptedScreen(walk), decided)

    def _stopped(self) -> None:
        """The process is about to stop, or has been: a session stands still from there."""
        for screen in self.screen_stack:
            if isinstance(screen, SessionScreen):
                screen.stopped()

    def _walked(self, result: SessionResult) -> None:
        if result.refused:
            self.exit(return_code=EXIT_REFUSED, message=result.refused)
        else:
            self._exit_after(result.runner)

    def _exit_after(self, runner: Runner) -> None:
        """Leave with the exit code of a walk."""
        finished = runner.session.state is State.FINISHED
        self.exit(return_code=0 if finished else EXIT_ENDED_EARLY)
