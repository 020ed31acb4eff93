"""The session screen: giant countdown, direction, next phase, and position."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from retro_timer.clock import later
from retro_timer.runtime.runner import Runner
from retro_timer.session.actions import session_action
from retro_timer.session.events import CueHeard, Ended, Event, PauseReason, Refused
from retro_timer.text import time_of_day
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.screens.coverable import CoverableScreen, SessionResult
from retro_timer.ui.screens.session_display import (
    BriefNotice,
    DisplayedRunner,
    SessionDisplay,
    breakpoint_classes,
    changed_classes,
)
from retro_timer.ui.view_model import Achieved, Appearance, SessionView, session_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import ScreenResume
    from textual.timer import Timer

    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.phases import Phase
    from retro_timer.session.conductor import Conductor
    from retro_timer.session.history import Feedback, InterruptedSession
    from retro_timer.ui.screens.session_ending import SessionEnding
    from retro_timer.ui.screens.session_links import SessionLinks
    from retro_timer.ui.screens.session_questions import SessionQuestions
    from retro_timer.ui.widgets.profile import Profile

STALLED: Final = 1.0
"""A timer that is this many seconds late means that the process was stopped, or the machine is very busy."""
WARNING: Final = 8.0
"""Seconds for which a warning about staying awake is shown."""


class SessionScreen(CoverableScreen):
    """Runs a session, or resumes an interrupted one; then shows its summary.

    Args:
        workout: the workout.
        services: the initial services.
        interrupted: the interrupted session to resume.
        preset_id: the preset that the session counts as, if the plan advised it.
        closes_after: seconds after which the summary of a finished workout closes by itself; None for never.
        done: called with the result if there is no screen to return to.
    """

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = None
    BLANK = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-medium"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-low"), (18, "-normal"), (32, "-tall"), (50, "-giant")]
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "session", {"turned": "enter", "quit": "quit", "adjust": "adjust", "page": "page"}, default="act('{name}')"
    )

    def __init__(  # noqa: PLR0913  (what is walked, with what, and as what)
        self,
        workout: Workout,
        services: Services,
        interrupted: InterruptedSession | None = None,
        *,
        preset_id: str | None = None,
        closes_after: float | None = None,
        done: Callable[[SessionResult], None] | None = None,
    ) -> None:
        super().__init__()
        self._done = done
        self._preset_id = preset_id
        self._closes_after = closes_after
        self.runner = Runner(
            workout,
            clock=services.clock,
            player=services.make_player(on_loop(self, self.tick), on_loop(self, self._ring)),
            config=services.config,
            rehearsal=services.rehearsal,
            interrupted=interrupted,
        )
        self._display = SessionDisplay(DisplayedRunner(self.runner), services)
        self._keymap = keymap_of(services)
        self._timer: Timer | None = None
        self._due = monotonic()
        self._notice = BriefNotice(self, self._draw)
        self._made_ending: SessionEnding | None = None  # this and the next two are made when first needed
        self._made_links: SessionLinks | None = None
        self._made_questions: SessionQuestions | None = None
        self._shown = False
        self._styled_for: tuple[Phase, Appearance] = self.runner.session.phase_ahead, self._first_look
        self.update_classes(changed_classes((), self._styled_for), update=False)

    @property
    def _first_look(self) -> Appearance:
        """The session's look right after its start, known beforehand, so that the first frame is styled only once."""
        if self.runner.interrupted is not None:
            return Appearance.PAUSED
        return Appearance.READY if self.runner.config.rules.lead_in else Appearance.RUNNING

    @property
    def conductor(self) -> Conductor:
        """The conductor of the session."""
        return self.runner.conductor

    @property
    def _ending(self) -> SessionEnding:
        if self._made_ending is None:
            from retro_timer.ui.screens.session_ending import SessionEnding

            self._made_ending = SessionEnding(self, self, self._closes_after)
        return self._made_ending

    @property
    def _questions(self) -> SessionQuestions:
        if self._made_questions is None:
            from retro_timer.ui.screens.session_questions import SessionQuestions

            self._made_questions = SessionQuestions(self, self)
        return self._made_questions

    @property
    def _links(self) -> SessionLinks:
        if self._made_links is None:
            from retro_timer.ui.screens.session_links import SessionLinks

            self._made_links = SessionLinks(self, self)
        return self._made_links

    @property
    def _is_summarising(self) -> bool:
        return self._made_ending is not None and self._made_ending.is_summarising

    def compose(self) -> ComposeResult:
        """The widgets from top to bottom, with the classes for the current size and phase."""
        self.update_classes(dict.fromkeys(breakpoint_classes(self, self.app.size), True), update=False)
        yield from self._display.widgets

    def on_mount(self) -> None:
        """Start the lead-in, or say where an interrupted session is; the rest follows after the first frame."""
        self.take(self.runner.start())
        if self.runner.interrupted is not None:
            self.action_act("where")
        if remote := services_of(self).remote:
            self._display.caption(remote)
        self._draw()
        self.call_after_refresh(self._go_on)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Update the keys, which may have been changed on a screen above."""
        event.refresh_styles = event.refresh_styles and self._shown  # the first time, everything has just been styled
        self._shown = True
        keymap = keymap_of(services_of(self))
        if keymap != self._keymap:
            self._keymap = keymap
            self._draw()

    def tick(self) -> None:
        """Advance the session; called when something is due."""
        self.take(self.runner.advance())

    def stopped(self) -> None:
        """Pause as of the last check, because the process was stopped."""
        self.take(self.runner.stopped())

    @property
    def is_live(self) -> bool:
        """Whether keys act on the session: it is not over, and the summary is not shown."""
        return not self._is_summarising and not self.conductor.session.state.is_over

    def action_act(self, name: str) -> None:
        """Perform a session action."""
        self.perform(name)

    def perform(self, name: str) -> tuple[Event, ...]:
        """Perform a session action; after the end, only one that is possible then."""
        if self.conductor.session.state.is_over and not session_action(name).after_the_end:
            events = self.runner.refuse(f"the session is over; {self._key('session.turned')} shows the summary")
        else:
            events = self.runner.act(name)
        self.take(events)
        return events

    def do_for_device(self, name: str) -> tuple[Event, ...]:
        """Perform a session action for another device; returns what happened."""
        if not self._is_summarising:
            return self.do(name)
        events = self.runner.refuse("the summary is open where the session runs")
        self.take(events)
        return events

    def action_enter(self) -> None:
        """Confirm a turn; after the end, leave the screen."""
        if self.conductor.session.state.is_over:
            self._ending.leave()
        else:
            self.action_act("turned")

    def action_quit(self) -> None:
        """Ask whether to end; the session continues meanwhile. If the keys are shown, only hide them."""
        if self.hide_keys():
            return
        if self.conductor.session.state.is_over:
            self._ending.leave()
            return
        if self.conductor.session.pause_reason is PauseReason.BAIL_OUT:
            # After a bail-out: the summary asks for feedback, and the walker can return from it.
            self._ending.summarise()
            return
        self._questions.end(self._end)

    def _end(self) -> None:
        self.tick()  # the session may have ended since the question was asked
        if not self.conductor.session.state.is_over:
            self.action_act("quit")
        self._ending.leave()

    def ask(self, *parts: tuple[str, ...]) -> None:
        """Speak a question for a screen above; without one, stop the last one."""
        self.take(self.runner.ask(*parts))

    def action_adjust(self) -> None:
        """Open the Adjust panel; the session continues above it."""
        if self.conductor.session.state.is_over:
            return
        self._questions.adjust()

    def on_profile_chosen(self, event: Profile.Chosen) -> None:
        """Offer to go to the clicked interval."""
        self._questions.go_to(event.index)

    def action_page(self) -> None:
        """Open the session's web page, and show the link to it."""
        self._links.open_page()

    async def on_unmount(self) -> None:
        """Close the runner; the last cue may still play."""
        from retro_timer.ui.run_in_thread import in_thread

        if self._timer:
            self._timer.stop()
        if self._made_links is not None:
            self._made_links.leave()
            await in_thread(self._made_links.close)
        await in_thread(self.runner.close)

    def _go_on(self) -> None:
        """Do what the first frame does not need."""
        self.runner.player.start()
        if self._keep():
            self._links.begin(self.view())

    def _keep(self) -> bool:
        """Start saving the session; refuse it if one is running in another window. Returns whether it can continue."""
        from retro_timer.ui.screens.session_keeping import keep_session

        if why := keep_session(self, self.runner, self._preset_id):
            self.finish(refused=why)
        return not why

    async def answer_summary(self, given: Feedback) -> str:
        """Save a device's answers about the session. Returns why they are not saved, as one clause; empty if saved."""
        return await self._ending.answer(given)

    def finish(self, *, refused: str = "") -> None:
        """Return the result, and close.

        Args:
            refused: why the session could not start; empty if it did.
        """
        result = SessionResult(self.runner, refused)
        if self._done is None:
            self.dismiss(result)
        else:
            self._done(result)

    def _ring(self) -> None:
        self.app.bell()

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events, and set the timer for the next one."""
        for event in events:
            if isinstance(event, CueHeard):
                self._display.caption(event.cue.text, event.cue)
                self._notice.give_way_to(event.cue)
            elif isinstance(event, Refused):
                self._notice.show(event.why)
            elif isinstance(event, Ended):
                self._show_end()
        self._draw()
        self._display.show_keys()
        self._arm()

    def warn(self, text: str) -> None:
        """Show a warning about staying awake, with the reason if there is room for it."""
        self._notice.show(text if len(text) < self.size.width else text.partition(":")[0], WARNING, gives_way=True)
        self._draw()

    def _show_end(self) -> None:
        """Show the options at the end, and start the timer for the summary."""
        self.hide_keys()
        caption = f"{self._key('session.turned')} shows the summary"
        if self.conductor.session.can_reopen:
            caption += f", {self._key('session.undo')} returns to the session"
        self._display.caption(caption)
        self._ending.wait()

    def _key(self, action_id: str) -> str:
        return self._keymap.first(action_id, ascii_only=services_of(self).ascii_only)

    def _arm(self) -> None:
        if self._timer:
            self._timer.stop()
        delay = self.runner.next_delay()
        if delay is not None:
            self._timer = self.set_timer(delay, self._wake)
            self._due = monotonic() + delay

    def _wake(self) -> None:
        """Handle the timer. If it is very late, the process may have been stopped: handle signals first."""
        if monotonic() - self._due > STALLED:
            from retro_timer.runtime.job_control import SIGNALS_TAKE

            self._due = monotonic()
            self._timer = self.set_timer(SIGNALS_TAKE, self._wake)
            return
        self.tick()

    def view(self) -> SessionView:
        """The session's current view model."""
        services, name = services_of(self), self.runner.workout.name
        session, before = self.conductor.session, self.conductor.longest_before
        achieved = Achieved(session.backward, session.spent.walked, before) if session.state.is_over else None
        ahead = None if services.rehearsal else self._ahead  # a rehearsal ends sooner
        return session_view(session, name, self._key, ahead=ahead, achieved=achieved, imperial=services.imperial)

    def _ahead(self, milliseconds: int) -> str:
        """The time of day in the given number of milliseconds."""
        services = services_of(self)
        return time_of_day(
            later(services.clock.wall(), timedelta(milliseconds=milliseconds)), clock_12h=services.clock_12h
        )

    def _draw(self) -> None:
        view = self.view()
        if (view.phase, view.look) != self._styled_for:
            before, self._styled_for = self._styled_for, (view.phase, view.look)
            self.update_classes(changed_classes(before, self._styled_for))
        self._display.notice = self._notice.text
        self._display.draw(view)
        if self._made_links is not None:
            self._made_links.show(view)
