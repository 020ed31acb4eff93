"""The session screen: giant countdown, direction, next phase, and position."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual.screen import Screen

from retro_timer.runtime.runner import Runner
from retro_timer.session.actions import session_action
from retro_timer.session.cue import CueKind
from retro_timer.session.events import CueHeard, Ended, Event, PauseReason, Refused
from retro_timer.session.states import State
from retro_timer.storage.errors import StorageError
from retro_timer.text import time_of_day
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.drawing.breakpoints import breakpoint_classes
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.screens.session_display import DisplayedRunner, SessionDisplay
from retro_timer.ui.view_model import Achieved, Appearance, SessionView, session_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import ScreenResume
    from textual.timer import Timer

    from retro_timer.remote.messages import SummaryAnswers
    from retro_timer.runtime.services import Services
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.conductor import Conductor
    from retro_timer.session.history import InterruptedSession
    from retro_timer.storage.store import Store
    from retro_timer.ui.desktop_link import DesktopLink
    from retro_timer.ui.session_page import SessionPage
    from retro_timer.ui.sharing import Sharing


STALLED: Final = 1.0
"""A timer that is this many seconds late means that the process was stopped, or the machine is very busy."""
SIGNALS_TAKE: Final = 0.05
"""Maximum time until the signal after a stop is handled, in seconds."""
NOTICE: Final = 3.0
"""Seconds for which a message about a key is shown."""
WARNING: Final = 8.0
"""Seconds for which is shown what is not kept awake."""
ANSWERS_AFTER: Final = 0.05
SUMMARY_DELAY = 4.0
"""Seconds from the end of the session until the summary opens by itself."""


class SessionResult(Struct, frozen=True):
    """The result of a session screen.

    Attributes:
        runner: the closed runner.
        refused: why the session could not start; empty if it did.
    """

    runner: Runner
    refused: str = ""


class SessionScreen(RepaintsRegions, Screen[SessionResult]):
    """Runs a session, or resumes an interrupted one; then shows its summary.

    Args:
        workout: the workout.
        services: the initial services.
        interrupted: the interrupted session to resume.
        preset_id: the preset as which it counts, if the plan advised it.
        closes_after: seconds after which the summary of a finished workout closes by itself; None for never.
        done: called with the result if there is no screen to return to.
    """

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = None
    BLANK = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-medium"), (100, "-wide"), (180, "-huge")]
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
        self._notice_ends: Timer | None = None
        self._warns = False  # whether the notice is a warning, which gives way to the words of a phase
        self._answer = ""  # the message for a screen above
        self._sharing: Sharing | None = None
        self._page: SessionPage | None = None
        self._summarising = False
        self._summary_timer: Timer | None = None
        self._desktop: DesktopLink | None = None
        self._shown = False
        self._phase = self.runner.session.phase_ahead
        self._look = Appearance.READY if self.runner.interrupted is None else Appearance.PAUSED
        self.set_class(True, f"-{self._phase.value}", f"-{self._look.value}", update=False)

    @property
    def conductor(self) -> Conductor:
        """The conductor of the session."""
        return self.runner.conductor

    def compose(self) -> ComposeResult:
        """The widgets from top to bottom, with the classes for the current size and phase."""
        self.update_classes(dict.fromkeys(breakpoint_classes(self, self.app.size), True), update=False)
        yield from self._display.widgets

    def on_mount(self) -> None:
        """Start the lead-in, or say where an interrupted session is; what the first frame does not need comes later."""
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
        return not self._summarising and not self.conductor.session.state.is_over

    def action_act(self, name: str) -> None:
        """Perform a session action."""
        self._perform(name)

    def _perform(self, name: str) -> tuple[Event, ...]:
        if self.conductor.session.state.is_over and not session_action(name).after_the_end:
            events = self.runner.refuse(f"the session is over; {self._key('session.turned')} shows the summary")
        else:
            events = self.runner.act(name)
        self.take(events)
        return events

    def do_for_device(self, name: str) -> tuple[Event, ...]:
        """Perform a session action for another device; returns what happened."""
        if not self._summarising:
            return self.do(name)
        events = self.runner.refuse("the summary is open where the session runs")
        self.take(events)
        return events

    def do(self, name: str) -> tuple[Event, ...]:
        """Perform a session action even if another screen covers this one; a stop must be visible."""
        events = self._perform(name)
        if name == "bail_out":
            self.uncover()
        elif not self.is_active:
            view = self._view()
            self._show_above(f"{view.word} {view.countdown}, {view.left}")
        return events

    def uncover(self) -> None:
        """Remove all screens above, synchronously: Textual's way is delayed, and a second request pops too much."""
        while self in self.app.screen_stack and not self.is_active:
            self.app.pop_screen()

    def refuse(self, why: str) -> None:
        """Refuse a key without effect."""
        self.take(self.runner.refuse(why))
        if not self.is_active:
            self._show_above(why)

    def _show_above(self, answer: str) -> None:
        """Show a message on the screen that covers this one; of simultaneous ones, the last."""
        if not self._answer:
            self.set_timer(ANSWERS_AFTER, self._show_answer)
        self._answer = answer

    def _show_answer(self) -> None:
        self.app.clear_notifications()
        self.app.notify(self._answer, timeout=NOTICE, markup=False)
        self._answer = ""

    def action_enter(self) -> None:
        """Confirm a turn; after the end, leave the screen."""
        if self.conductor.session.state.is_over:
            self._leave()
        else:
            self.action_act("turned")

    def action_quit(self) -> None:
        """Ask whether to end; the session continues."""
        if self.conductor.session.state.is_over:
            self._leave()
            return
        if self.conductor.session.pause_reason is PauseReason.BAIL_OUT:
            # After a bail-out: the summary asks for feedback, and the walker can return from it.
            self._summarise()
            return
        from retro_timer.ui.screens.question import Question

        question = Question("End this session?", "The clock keeps running. What you walked is saved.", yes="end it")
        self.app.push_screen(question, self._answered)
        keys, phrases = self._keymap.keys, self.runner.config.cues.phrases
        self._ask(
            (phrases.END_SESSION,),
            phrases.press(phrases.END_BY, keys["question.yes"]),
            phrases.press(phrases.GO_ON_BY, keys["question.no"]),
        )

    def _ask(self, *parts: tuple[str, ...]) -> None:
        """Speak a question of a screen above; without one, stop the last."""
        self.take(self.runner.ask(*parts))

    def action_adjust(self) -> None:
        """Open the Adjust panel; the session continues above it."""
        if self.conductor.session.state.is_over:
            return
        from retro_timer.ui.screens.adjust import AdjustScreen

        self.app.push_screen(AdjustScreen(self.conductor), self._adjusted)
        keys, phrases = self._keymap.keys, self.runner.config.cues.phrases
        self._ask(
            (phrases.ADJUST,),
            (phrases.CHOOSE_BY_ARROWS,),
            phrases.press(phrases.APPLY_BY, keys["adjust.apply"]),
            phrases.press(phrases.CLOSE_BY, keys["adjust.close"]),
        )

    def action_page(self) -> None:
        """Open the web page of the session, and show the link to it."""
        if self.conductor.session.state.is_over:
            return
        from retro_timer.ui.screens.page_link import PageLinkScreen
        from retro_timer.ui.session_page import SessionPage

        if self._page is None:
            self._page = SessionPage(self, self._page_changed)
        self.run_worker(self._page.open())
        self.app.push_screen(PageLinkScreen(self._page))

    def _page_changed(self) -> None:
        from retro_timer.ui.screens.page_link import PageLinkScreen

        if isinstance(self.app.screen, PageLinkScreen):
            self.app.screen.show()

    def _adjusted(self, edit: Edit | None) -> None:
        self._ask()
        if edit is not None:
            self.take(self.runner.edit(edit))

    async def on_unmount(self) -> None:
        """Close the runner; the last cue may still play."""
        if self._timer:
            self._timer.stop()
        if self._desktop is not None:
            self._desktop.leave()
            await in_thread(self._desktop.close)
        await in_thread(self._close)

    def _close(self) -> None:
        if self._page is not None:
            self._page.close()
        if self._sharing is not None:
            self._sharing.close()
        self.runner.close()

    def _go_on(self) -> None:
        """Do what the first frame does not need."""
        self.runner.player.start()
        if not self._keep():
            return
        from retro_timer.ui.desktop_link import DesktopLink

        self._desktop = DesktopLink(self, self.runner, self._show_warning)
        self._desktop.show(self._view())
        self.run_worker(self._share())

    def _keep(self) -> bool:
        """Start saving the session; refuse it if one is running in another window. Returns whether it goes on."""
        store = services_of(self).store
        if store is None:
            return True
        from retro_timer.storage.errors import BusyError

        try:
            self.runner.keep(store, self._preset_id)
        except BusyError as busy:
            self._finish(SessionResult(self.runner, refused=str(busy)))
            return False
        if warning := store.unguarded:
            self.notify(f"{warning[:1].upper()}{warning[1:]}.", severity="warning", markup=False)
        self.run_worker(self._remember_longest(store))
        return True

    async def _share(self) -> None:
        """Let other devices follow the session."""
        from retro_timer.ui.sharing import Sharing

        self._sharing = Sharing(self, self)
        problem = await self._sharing.start()
        if problem:
            self.notify(f"Other devices cannot follow this session: {problem}.", severity="warning", markup=False)
        elif services_of(self).page.open:
            self.action_page()

    async def answer_summary(self, answers: SummaryAnswers) -> str:
        """Keep a device's answers about the session; returns why they are not kept, as one clause."""
        from retro_timer.ui.screens.summary import SummaryScreen

        if self.is_active:
            self._leave(by_itself=True)
        summary = self.app.screen
        if not isinstance(summary, SummaryScreen):
            return "another screen covers the summary"
        return await summary.answer(effort=answers.effort, stumble=answers.stumble, pain=answers.pain)

    async def _remember_longest(self, store: Store) -> None:
        """Tell the session the longest bout so far, for praise that is true."""
        try:
            await in_thread(self.runner.remember_longest, store)
        except StorageError as problem:
            services_of(self).log(f"The longest bout so far is unknown: {problem}.")

    def _finish(self, result: SessionResult) -> None:
        if self._done is None:
            self.dismiss(result)
        else:
            self._done(result)

    def _ring(self) -> None:
        self.app.bell()

    def _answered(self, yes: bool | None) -> None:
        self._ask()
        if yes:
            self.action_act("quit")
            self._leave()

    def _leave(self, *, by_itself: bool = False) -> None:
        """Go to the summary if anything was walked."""
        if self.conductor.session.spent.walked:
            self._summarise(by_itself=by_itself)
        else:
            self._finish(SessionResult(self.runner))

    def _show_summary_later(self) -> None:
        """Show the summary, unless another screen is on top or the end was undone."""
        if not self.conductor.session.state.is_over:
            return
        if self.is_active:
            self._leave(by_itself=True)
        else:
            self._summary_timer = self.set_timer(SUMMARY_DELAY, self._show_summary_later)

    def _summarise(self, *, by_itself: bool = False) -> None:
        from retro_timer.ui.screens.summary import Ending, SummaryScreen

        session, journal = self.conductor.session, self.runner.journal
        ending = Ending(
            settle=self.runner.settle,
            schedule=session.schedule,
            kept=journal is not None,
            reopens=session.can_reopen,
            closes_after=self._closes_after if session.state is State.FINISHED else None,
            opened_by_itself=by_itself,
            ask=self._ask,
        )
        self._summarising = True
        self.app.push_screen(SummaryScreen(self.runner.stored_session(), ending), self._summarised)

    def _summarised(self, go_on: bool | None) -> None:
        self._summarising = False
        self._ask()
        if go_on and self.conductor.session.state.is_over:
            self.take(self.runner.reopen())
            return
        if go_on:
            self.action_act("pause")
            return
        if not self.conductor.session.state.is_over:
            self.action_act("quit")
        self._finish(SessionResult(self.runner))

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events, and set the timer for the next one."""
        for event in events:
            if isinstance(event, CueHeard):
                self._display.caption(event.cue.text, event.cue)
                if self._warns and event.cue.kind is CueKind.PHASE:
                    self._display.notice = ""  # what to do now is more important
            elif isinstance(event, Refused):
                self._show_notice(event.why)
            elif isinstance(event, Ended):
                self._show_end()
        self._draw()
        self._display.show_keys()
        self._arm()

    def _show_notice(self, why: str, seconds: float = NOTICE) -> None:
        """Show briefly why a key was refused, or what else is to be known."""
        self._display.notice = why
        self._warns = False
        if self._notice_ends:
            self._notice_ends.stop()
        self._notice_ends = self.set_timer(seconds, self._end_notice)

    def _show_warning(self, text: str) -> None:
        """Show what is not kept awake, with the reason if there is room for it."""
        self._show_notice(text if len(text) < self.size.width else text.partition(":")[0], WARNING)
        self._warns = True
        self._draw()

    def _end_notice(self) -> None:
        self._display.notice = ""
        self._draw()

    def _show_end(self) -> None:
        """Show the options at the end, and start the timer for the summary."""
        caption = f"{self._key('session.turned')} shows the summary"
        if self.conductor.session.can_reopen:
            caption += f", {self._key('session.undo')} returns to the session"
        self._display.caption(caption)
        if self._summary_timer:
            self._summary_timer.stop()
        self._summary_timer = self.set_timer(SUMMARY_DELAY, self._show_summary_later)

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
            self._due = monotonic()
            self._timer = self.set_timer(SIGNALS_TAKE, self._wake)
            return
        self.tick()

    def _view(self) -> SessionView:
        services, name = services_of(self), self.runner.workout.name
        session, before = self.conductor.session, self.conductor.longest_before
        achieved = (
            Achieved(tuple(session.bouts.values()), session.spent.walked, before) if session.state.is_over else None
        )
        ahead = None if services.rehearsal else self._ahead  # a rehearsal ends sooner
        return session_view(session, name, self._key, ahead=ahead, achieved=achieved, imperial=services.imperial)

    def _ahead(self, milliseconds: int) -> str:
        """The time of day in so many milliseconds."""
        services = services_of(self)
        return time_of_day(services.clock.wall() + timedelta(milliseconds=milliseconds), clock_12h=services.clock_12h)

    def _draw(self) -> None:
        view = self._view()
        if (view.phase, view.look) != (self._phase, self._look):
            before, now = (self._phase, self._look), (view.phase, view.look)
            classes = {f"-{each.value}": False for each in before} | {f"-{each.value}": True for each in now}
            self.update_classes(classes)
            self._phase, self._look = now
        self._display.draw(view)
        if self._desktop is not None:
            self._desktop.show(view)
        if self._sharing is not None:
            self._sharing.publish()
