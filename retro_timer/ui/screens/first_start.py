"""The first start: the safety check, the sound check, then an offer to walk First Try."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from retro_timer.config.settings import SettingsError
from retro_timer.help.content import TIPS, safety_check
from retro_timer.scheduling.model import Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.ports import VOICES, DueCue, SoundState
from retro_timer.text import clock_time
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import UpdateSettings, keymap_of, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.help import HelpBody
from retro_timer.ui.sound_check import AUDIBLE, LEAD, check
from retro_timer.ui.view_model import NAMES, SYMBOLS
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.title import Title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from retro_timer.runtime.services import Services
    from retro_timer.session.ports import Player
    from retro_timer.ui.sound_check import SoundCheckStep

FIRST: Final = "first-try"
"""The offered preset."""


class Page(StrEnum):
    """The pages in order."""

    SAFETY = "safety"
    SOUND = "sound"
    WALK = "walk"


WHY_SOUND: Final = "Walking backward, you cannot see this screen. These sounds and a voice guide you:"
HEARD_NOTHING: Final = (
    "Turn the volume up, and check which speaker this computer uses. The settings offer other ways to play sound "
    "(sound.backend). You can also continue without sound: everything that is said is shown on the screen."
)
NO_SOUND: Final = "There is no sound here ({}). You can still continue: everything that is said is shown on the screen."
OPENING: Final = "The sound is being opened ..."


class FirstStartScreen(RepaintsRegions, Screen[Workout | None]):
    """Guides the walker to a first session. Dismissed with the workout to start, or None.

    Args:
        services: the initial services.
        pages: the pages to show; the sound check is also used on its own.
    """

    CSS_PATH = "first_start.tcss"
    AUTO_FOCUS = None
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-normal"), (32, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("first_start")

    def __init__(self, services: Services, pages: Sequence[Page] = tuple(Page)) -> None:
        super().__init__()
        self._check = check(services.phrases, keymap_of(services).keys["first_start.next"])
        self._pages = tuple(pages)
        self._page = self._first_page(services)
        self._imperial = services.imperial
        self._player = self._open_sound(services)
        self._timer: Timer | None = None
        self._begun: int | None = None  # the moment of the first sound; None before anything was played
        self._silent = False

    def compose(self) -> ComposeResult:
        """All pages, one of them visible."""
        workout = preset(FIRST)
        yield Line(id="top")
        with Horizontal(id="outer"), Vertical(id="page"):
            with Vertical(id="safety"):
                yield HelpBody((safety_check(imperial=self._imperial),))
                yield Line(id="units")
            with VerticalScroll(id="sound", can_focus=False):
                yield Static("CAN YOU HEAR IT?", markup=False, classes="title")
                yield Static(WHY_SOUND, markup=False)
                for index, step in enumerate(self._check[:-1]):
                    phase = step.cue.phase or Phase.TURN
                    text = f"{SYMBOLS[phase]}   {NAMES[phase]:<13}{step.about}"
                    yield Static(text, markup=False, id=f"step{index}", classes=f"step -{phase.value}")
                yield Static(
                    f'"{self._check[-1].about}"', markup=False, id=f"step{len(self._check) - 1}", classes="step -words"
                )
                yield Static("", markup=False, id="state")
            with VerticalScroll(id="walk", can_focus=False):
                yield Title(workout.name.upper())
                lengths = clock_time(workout.total_seconds), clock_time(workout.backward_seconds)
                yield Static("{} total, {} backward, in two short bouts.".format(*lengths), markup=False)
                yield Profile(flatten(workout), marker=False)
                for tip in TIPS:
                    with Horizontal(classes="tip"):
                        yield Static("•", markup=False, classes="mark")
                        yield Static(tip, markup=False)
        yield KeysBar()

    def on_mount(self) -> None:
        """Show the first page."""
        self._show()

    def on_unmount(self) -> None:
        """Close the player."""
        if self._timer:
            self._timer.stop()
        self._player.close(drain=False)

    def tick(self) -> None:
        """Highlight the parts of the sound check that have started; called at the start of each."""
        if self._timer:
            self._timer.stop()
        if self._page is not Page.SOUND or self._begun is None:
            return
        elapsed = services_of(self).clock.now() - self._begun
        for index, step in enumerate(self._check):
            self.query_one(f"#step{index}").set_class(elapsed >= step.at, "-heard")
        ahead = [step.at - elapsed for step in self._check if step.at > elapsed]
        if ahead:
            self._timer = self.set_timer(ahead[0] / 1000, self.tick)
        self._say_state()

    def action_next(self) -> None:
        """Continue: to the words of the sound check if they have not started, otherwise to the next page."""
        if self._page is Page.SOUND and self._audible and not self._silent:
            if not self._words_begun:
                self._play(self._check[-1:])
                return
            self._save({"first_start.sound_checked": True})
        elif self._page is Page.SAFETY:
            self._save({"first_start.safety_read": True})
        self._turn_page()

    def action_skip(self) -> None:
        """Skip everything; it is not shown again."""
        self._finish(None)

    def action_units(self) -> None:
        """Show speeds in the other unit."""
        if self._page is not Page.SAFETY:
            return
        self._imperial = not self._imperial
        self._save({"units.speed": "mph" if self._imperial else "km/h"})
        self.query_one(HelpBody).show((safety_check(imperial=self._imperial),))
        self._show()

    def action_again(self) -> None:
        """Play the sound check again."""
        if self._page is Page.SOUND:
            self._silent = False
            self._listen()

    async def action_voice(self) -> None:
        """Choose the next voice, and play the sound check in it."""
        app = app_of(self)
        if self._page is not Page.SOUND:
            return
        try:
            await app.change_settings({"sound.voice": self._next_voice})
        except SettingsError as error:
            self.notify(f"Not saved: {error}", severity="warning", markup=False)
            return
        self._player.close(drain=False)
        self._player = self._open_sound(app.services)
        self.action_again()

    def action_silent(self) -> None:
        """Show what to do if nothing is audible."""
        if self._page is Page.SOUND:
            self._silent = True
            self._player.cancel()
            self._say_state()
            self._hint()

    def _open_sound(self, services: Services) -> Player:
        player = services.make_player(on_loop(self, self._sound_changed), on_loop(self, self._ring))
        player.start()
        return player

    @property
    def _next_voice(self) -> str:
        """The voice after the current one."""
        voice = settings_of(services_of(self)).sound.voice
        return VOICES[(VOICES.index(voice) + 1) % len(VOICES)]

    @property
    def _audible(self) -> bool:
        """Whether words are audible; the terminal's bell cannot speak."""
        return self._player.state is SoundState.OK

    @property
    def _words_begun(self) -> bool:
        return self._begun is not None and services_of(self).clock.now() - self._begun >= self._check[-1].at

    def _first_page(self, services: Services) -> Page:
        """The first page that is not done yet."""
        loaded = services.loaded
        if len(self._pages) == 1 or loaded is None:
            return self._pages[0]
        first_start = loaded.settings.first_start
        done = {Page.SAFETY: first_start.safety_read, Page.SOUND: first_start.sound_checked}
        return next(page for page in self._pages if not done.get(page))

    def _turn_page(self) -> None:
        index = self._pages.index(self._page) + 1
        if index == len(self._pages):
            self._finish(preset(FIRST) if self._page is Page.WALK else None)
            return
        self._page = self._pages[index]
        self._show()

    def _finish(self, workout: Workout | None) -> None:
        if Page.SAFETY in self._pages:
            self._save({"first_start.done": True})
        self.dismiss(workout)

    def _show(self) -> None:
        """Show the current page."""
        for page in Page:
            self.query_one(f"#{page}").display = page is self._page
        number = f"{self._pages.index(self._page) + 1} of {len(self._pages)}" if len(self._pages) > 1 else ""
        self.query_one("#top", Line).show("RETRO TIMER", right=number)
        self.query_one("#units", Line).show(f"Speeds are shown in {'mph' if self._imperial else 'km/h'}.")
        self._hint()
        if self._page is Page.SAFETY:
            self.query_one(HelpBody).focus()
        else:
            self.set_focus(None)
        if self._page is Page.SOUND:
            self._listen()
        else:
            self._player.cancel()

    def _listen(self) -> None:
        """Play the sound check as soon as the sound is open."""
        if self._player.state in AUDIBLE:
            self._play(self._check)
        else:
            self._begun = None
            self._say_state()
            self._hint()

    def _play(self, steps: Sequence[SoundCheckStep]) -> None:
        """Play these parts of the sound check now, replacing earlier ones."""
        self._player.cancel()
        now = services_of(self).clock.now()
        self._begun = now + (LEAD if len(steps) > 1 else 0) - steps[0].at
        self._player.send([DueCue(self._begun + step.at, step.cue) for step in steps])
        self.tick()
        self._hint()

    def _say_state(self) -> None:
        """Show the state of the sound, or what to do about it."""
        state, detail = self._player.state, self._player.detail
        if state is SoundState.STARTING:
            text = OPENING
        elif not self._audible:
            text = NO_SOUND.format((detail or state.value).rstrip("."))
        elif self._silent:
            text = HEARD_NOTHING
        else:
            text = f"sound: {state.value}{f', {detail}' if detail else ''}"
        state_line = self.query_one("#state", Static)
        state_line.update(text)
        state_line.set_class(self._silent or not self._audible, "-attention")

    def _hint(self) -> None:
        hints = [Hint("first_start.next", self._what_enter_does)]
        if self._page is Page.SAFETY:
            hints.append(Hint("first_start.units", "use km/h" if self._imperial else "use mph"))
        if self._page is Page.SOUND:
            hints += [Hint("first_start.again"), Hint("first_start.silent")]
            hints.append(Hint("first_start.voice", f"hear {self._next_voice}"))
        alone = len(self._pages) == 1
        last = "back" if alone else "not now" if self._page is Page.WALK else "skip"
        self.query_one(KeysBar).show([*hints, Hint("first_start.skip", last)])

    @property
    def _what_enter_does(self) -> str:
        if self._page is Page.WALK:
            return "walk now"
        if self._page is Page.SOUND and self._audible and not self._silent:
            return "I can hear it"
        return "continue" if self._page is Page.SOUND else "I have read this"

    def _save(self, values: dict[str, object]) -> None:
        self.app.post_message(UpdateSettings(values))

    def _sound_changed(self) -> None:
        """Play the sound check if the sound has become available, or show its state."""
        if self._page is Page.SOUND:
            if self._begun is None:
                self._listen()
            else:
                self._say_state()
                self._hint()

    def _ring(self) -> None:
        self.app.bell()
