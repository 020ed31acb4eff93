"""The summary of a session: its totals, feedback questions, and the plan's next advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from retro_timer.runtime.review import review_of
from retro_timer.session.record import SessionStatus
from retro_timer.storage.errors import StorageError
from retro_timer.text import time_of_day
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import today_from, units_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of, keymap_of, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread, run_in_thread
from retro_timer.ui.screens.celebration import Celebration
from retro_timer.ui.screens.summary_answers import SavedAnswers
from retro_timer.ui.sound_check import Preview
from retro_timer.ui.widgets.feedback_form import FeedbackForm
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.session_totals import SessionTotals
from retro_timer.ui.widgets.title import Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.events import DescendantFocus, Key
    from textual.timer import Timer

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import Feedback, StoredSession
    from retro_timer.ui.screens.ending import Ending
    from retro_timer.ui.widgets.scale import Scale

TITLES: Final = {
    SessionStatus.FINISHED: "COMPLETE",
    SessionStatus.ENDED_EARLY: "ENDED EARLY",
    SessionStatus.INTERRUPTED: "INTERRUPTED",
    SessionStatus.WALKING: "STOPPED",
}
IGNORE_KEYS_S: Final = 1.0
"""Seconds after the summary has opened by itself during which only escape works."""
NOT_KEPT: Final = "This session is not saved."


class SummaryScreen(RepaintsRegions, Screen[bool]):
    """Shows a session and asks for feedback; dismissed with True if the walker returns to the session.

    Answers are saved immediately. All questions are optional: escape closes the screen. Enter goes through the
    questions first, so that a tired walker who presses it twice is still asked.

    Args:
        session: the session.
        ending: how it ended; None for editing the feedback of an earlier session.
        unanswered_only: whether to ask only the open questions about an earlier session; escape declines them for good.
    """

    CSS_PATH = "summary.tcss"
    AUTO_FOCUS = ""  # see `on_mount`: a focused widget gets keys before the screen
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (78, "-medium"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (14, "-low"), (24, "-normal"), (36, "-tall"), (50, "-vast")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("summary"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, session: StoredSession, ending: Ending | None = None, *, unanswered_only: bool = False) -> None:
        super().__init__()
        self._session = session
        self._ending = ending
        self._unanswered_only = unanswered_only
        self._form: FeedbackForm | None = None
        self._answers = SavedAnswers(session.summary.uuid)
        self._celebration = Celebration(self, session.summary, lambda week: self._head.show(self._about(), right=week))
        self._closes: Timer | None = None
        self._ignoring_keys: Timer | None = None
        self._voice = Preview(self)  # speaks questions that are asked again; at the end, the session speaks them

    @property
    def _stopped(self) -> bool:
        """Whether the session is only paused after a bail-out."""
        return self._session.summary.state is SessionStatus.WALKING

    @property
    def can_end_session(self) -> bool:
        """Whether a key can end the session: it was only stopped."""
        return self._stopped

    @property
    def _can_return(self) -> bool:
        """Whether the walker can return to the session."""
        return self._stopped or (self._ending is not None and self._ending.reopens)

    @property
    def _shows_questions(self) -> bool:
        return services_of(self).store is not None and (self._ending is None or self._ending.kept)

    @property
    def _leads(self) -> bool:
        """Whether enter goes through the questions: not when only editing the feedback of an earlier session."""
        return self._shows_questions and not self._stopped and (self._ending is not None or self._unanswered_only)

    def compose(self) -> ComposeResult:
        """Totals, questions, next advice and keys."""
        summary = self._session.summary
        review = review_of(self._session, settings_of(services_of(self)).walker)
        with VerticalScroll(id="page", can_focus=False):
            yield Title(TITLES[summary.state])
            self._head = Line(self._about(), id="about")
            yield self._head
            schedule = self._ending.schedule if self._ending else summary.planned.schedule
            yield Profile(schedule, marker=False)
            with Horizontal(id="body"):
                walked, feedback = summary.spent.walked / 1000, summary.feedback
                yield SessionTotals(review, walked, feedback.effort, id="walked")
                if self._shows_questions:
                    day_after = self._is_day_after()
                    self._form = FeedbackForm(feedback, day_after=day_after, id="asked")
                    yield self._form
                else:
                    yield Vertical(Static(NOT_KEPT, markup=False), id="asked")
            yield Static(id="next", markup=False)
            yield Static(id="message", markup=False)
        yield KeysBar(tuple(self._hints()))

    def _is_day_after(self) -> bool:
        """Whether the day after the session has begun."""
        services = services_of(self)
        day_of = settings_of(services).plan.day_of
        return day_of(self._session.summary.start.started) < day_of(services.clock.wall())

    def on_mount(self) -> None:
        """Finish saving, then load the plan's advice; on a small screen, scroll to the first question."""
        if self._form is not None:
            first = self._form.first(unanswered=self._unanswered_only)
            self.call_after_refresh(first.scroll_visible, animate=False, top=True)
        if self._ending is None or not self._ending.opened_by_itself:
            self._ask()
        if self._ending is None:
            return
        self.run_worker(self._settle(), group="settle")
        if self._ending.opened_by_itself:
            self._ignoring_keys = self.set_timer(IGNORE_KEYS_S, self._accept_keys)
        if self._ending.closes_after is not None:
            self._say(f"This closes in {self._ending.closes_after:.0f} seconds; press any key to keep it open.")
            self._closes = self.set_timer(self._ending.closes_after, self._finish)

    def on_unmount(self) -> None:
        """Stop the question."""
        self._voice.close()

    def on_key(self, event: Key) -> None:
        """Cancel the automatic closing, and ignore early keys except escape."""
        self._stay()
        bound = self.active_bindings.get(event.key)
        if self._ignoring_keys is not None and (bound is None or bound.binding.action != "done"):
            event.stop()
            event.prevent_default()

    def on_mouse_down(self) -> None:
        """Cancel the automatic closing."""
        self._stay()

    def on_scale_changed(self, event: Scale.Changed) -> None:
        """Save an answer."""
        self._stay()
        if event.scale.id == "effort":
            self.query_one(SessionTotals).show_effort(event.scale.value)
        self.run_worker(self._write(), group="answers")

    def on_input_changed(self) -> None:
        """Cancel the automatic closing while a note is typed."""
        self._stay()

    def on_input_blurred(self) -> None:
        """Save the note."""
        self.run_worker(self._write(), group="answers")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Speak the focused question, and how to answer it."""
        name, services = event.widget.id or "", services_of(self)
        phrases = services.phrases
        ask = self._ending.ask if self._ending else self._voice.ask if self._unanswered_only else None
        if ask is None or name not in phrases.ASKED:
            return
        submit = keymap_of(services).keys["summary.submit"]
        leads = self._leads and name != "note"
        ask(
            (phrases.ASKED[name],),
            *((phrases.ANSWERED_BY[name],) for _ in range(name in phrases.ANSWERED_BY)),
            phrases.press(phrases.NEXT_QUESTION_BY if leads else phrases.CLOSE_BY, submit),
        )

    async def on_input_submitted(self) -> None:
        """Handle enter in the note like enter elsewhere."""
        await self.action_submit()

    async def action_submit(self) -> None:
        """Go to the next unanswered question; after the last, close."""
        if self._form is not None and self._leads and self._form.confirms():
            return
        if not self._answers.failed and (question := self._next_unanswered()):
            question.focus()
        else:
            await self._finish()

    async def _finish(self) -> None:
        """Save the answers and close; stay open if that fails."""
        if await self._write():
            self._close()

    def _next_unanswered(self) -> Scale | None:
        """The first unanswered question after the focused one; None after the note, or if enter only closes."""
        return self._form.next_unanswered() if self._form is not None and self._leads else None

    async def action_done(self) -> None:
        """Save the answers and close; if saving has failed before, close without it."""
        if self._answers.failed or (await self._write() and await self._decline()):
            self._close()

    async def _decline(self) -> bool:
        """Remember not to ask the open questions again. Returns whether that was saved, or was not needed."""
        store = services_of(self).store
        if not self._unanswered_only or self._form is None or self._form.kept.is_complete or store is None:
            return True
        if problem := await self._answers.decline(store):
            leave = key_of(services_of(self), "summary.done")
            self._say(f"You will be asked again: {problem}. {leave} leaves anyway.")
        return not problem

    async def answer(self, given: Feedback) -> str:
        """Take answers from another device; the summary still closes by itself.

        Returns:
            why they are not saved, as one clause; empty if they are.
        """
        if not self.is_mounted:
            await self._mounted_event.wait()
        if self._form is None:
            return "nothing is kept of this session"
        self._form.show(given.changed_from(None))
        return "" if await self._write() else "the history cannot be written"

    def action_go_on(self) -> None:
        """Return to the session."""
        if self._can_return:
            self.run_worker(self._go_on(), group="answers")

    def action_save_workout(self) -> None:
        """Save the workout with the edits of the session."""
        paths = services_of(self).paths
        if self._ending is None or paths is None or not self._adapted:
            return
        from retro_timer.storage.own_workouts import workout_library
        from retro_timer.ui.screens.own_workouts import offer_save

        def saved(workout: Workout | None) -> None:
            if workout is not None:
                self._say(f"Saved as {workout.name}.")

        self._stay()
        name = self._session.summary.planned.name
        offer_save(self.app, self._ending.schedule, name, workout_library(paths), saved)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  (Textual's)
        """Disable actions that do not apply to this session."""
        return {"go_on": self._can_return, "save_workout": self._adapted}.get(action, True)

    @property
    def _adapted(self) -> bool:
        """Whether the workout was edited during the session, so that it can be saved."""
        if self._ending is None or services_of(self).paths is None or self._stopped:
            return False
        planned = self._session.summary.planned.schedule
        return planned is None or planned.entries != self._ending.schedule.entries

    def _about(self) -> str:
        """The name and time of the session."""
        summary = self._session.summary
        started = summary.start.started
        hour = time_of_day(started, clock_12h=units_of(services_of(self)).clock_12h)
        return f"{summary.planned.title}   {started:%A} {started.day} {started:%B}, {hour}"

    def _hints(self) -> Iterator[Hint | Fixed]:
        if self._can_return:
            yield Hint("summary.go_on", "" if self._stopped else "return to the session")
        if self._adapted:
            yield Hint("summary.save_workout")
        if self._shows_questions:
            yield Fixed("0-9", "answer", "focus('#effort')")
            yield Fixed("↑ ↓", "question", "app.focus_next")
        yield Hint("app.help")
        if self._leads:
            yield Hint("summary.submit", "next question")
            yield Hint("summary.done", "do not ask again" if self._unanswered_only else "")
        else:
            yield Hint("summary.submit", "end it here" if self._stopped else "")

    def _accept_keys(self) -> None:
        """Accept keys from now on, and focus the first question unless one was clicked."""
        self._ignoring_keys = None
        if self.focused is None:
            self._ask()

    def _ask(self) -> None:
        """Focus the first question."""
        if self._form is not None:
            self._form.first(unanswered=self._unanswered_only).focus()

    async def _settle(self) -> None:
        """Wait until the session is saved, then show the plan's next advice."""
        if self._ending is None:
            return
        async with self._answers.writing:
            if not_saved := await in_thread(self._ending.settle):
                self._say(f"NOT saved: {not_saved}. When you leave the app, it says where the session is instead.")
            await self._ask_the_plan()

    async def _write(self) -> bool:
        """Save the answers if they have changed. Returns whether they are saved."""
        form, store = self._form, services_of(self).store
        if form is None or store is None or not (self.is_mounted and self.is_attached):
            return True
        if form.feedback == form.kept:
            return True
        async with self._answers.writing:
            if problem := await self._answers.save(store, form):
                again, leave = (key_of(services_of(self), f"summary.{name}") for name in ("submit", "done"))
                self._say(f"Your answers are not saved: {problem}. {again} tries again, {leave} leaves without them.")
                return False
            self._say("")
            self.query_one(SessionTotals).show_effort(form.kept.effort)
            await self._ask_the_plan()
        return True

    async def _ask_the_plan(self) -> None:
        if self._ending is None or self._stopped or not self._shows_questions:
            return
        try:
            today = await run_in_thread(self, today_from, services_of(self))
        except StorageError as problem:
            self._say(f"The plan is not available: {problem}.")
            return
        if today is not None and self.is_mounted:
            self.query_one("#next", Static).update(today.next_words)
            await self._celebration.celebrate(today)

    async def _go_on(self) -> None:
        if await self._write():
            self._close(go_on=True)

    def _close(self, *, go_on: bool = False) -> None:
        """Close, unless it is already closed or covered by another screen."""
        if self.is_active:
            self.dismiss(go_on)

    def _stay(self) -> None:
        if self._closes is not None:
            self._closes.stop()
            self._closes = None
            self._say("")

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(text)
