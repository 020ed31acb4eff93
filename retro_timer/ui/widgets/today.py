"""The today panel on Home: the plan's advice and its reason, this week against the goal, the streak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import key_of, settings_of
from retro_timer.ui.run_in_thread import run_in_thread, start_worker
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click
    from textual.timer import Timer

    from retro_timer.runtime.today import Today
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import SessionSummary
    from retro_timer.training.weeks import WeekTotals
    from retro_timer.ui.facts import Facts

ROOMY: Final = 50
"""Minimum width in cells for showing names."""
SOONEST_S: Final = 1.0
"""The shortest wait for the next day, in seconds: the timer may fire a little before the clock shows it."""
EXAMINATION: Final = "examination"
"""Group of the workers that check the history for damage in the background."""


class TodayPanel(Vertical, can_focus=True):
    """Shows today's advice. Hidden until the history has been read in a thread, and without a store."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    TodayPanel {
        height: auto; width: 1fr; display: none;
        &.-known { display: block; }
        border: round $border; border-title-color: $accent; border-title-style: bold; border-subtitle-color: $muted;
        padding: 0 1;
        .-empty { display: none; }
        #today-head { color: $accent; text-style: bold; }
        #today-why, #today-on { height: auto; }
        #today-on, #today-how, #today-week { color: $muted; }
        #today-problem { height: auto; color: $error; display: none; }
        &.-problem #today-problem { display: block; }
    }
    TodayPanel:focus { background: $cursor-background; border: round $accent; }
    TodayPanel:focus #today-head { text-style: bold $cursor-reverse; }
    .-low TodayPanel { border: none; padding: 0 2; }
    .-low TodayPanel #today-test, .-low TodayPanel #today-why { display: none; }
    .-low TodayPanel #today-on, .-low TodayPanel #today-how { display: none; }
    """

    class Walk(Message):
        """The walker wants to start the advised workout.

        Attributes:
            workout: the workout.
            preset_id: the preset that the session counts as.
        """

        def __init__(self, workout: Workout, preset_id: str) -> None:
            super().__init__()
            self.workout = workout
            self.preset_id = preset_id

    class FactsShown(Message):
        """The advice for today was loaded.

        Attributes:
            facts: the data about today, including the questions that are due.
        """

        def __init__(self, facts: Facts) -> None:
            super().__init__()
            self.facts = facts

    def __init__(self) -> None:
        super().__init__()
        self._reading = False
        self._outdated = False  # whether to read again after the current read
        self.unsaved = ""
        """Why the walker's answer is not saved, as one sentence; empty if it is."""
        self.today: Today | None = None
        self._next_day: Timer | None = None
        self.border_title = "TODAY"

    def on_mount(self) -> None:
        """Keep up with the date when the terminal gets the focus again; the machine may have slept since midnight."""
        self.watch(self.app, "app_focus", self._keep_up, init=False)

    def compose(self) -> ComposeResult:
        """A few lines, and one for problems."""
        yield Line(id="today-head")
        yield Static(id="today-why", markup=False)
        yield Static(id="today-on", markup=False)
        yield Line(id="today-how")
        yield Line(id="today-week")
        yield Line(id="today-unanswered")
        yield Line(id="today-test")
        yield Static(id="today-problem", markup=False)

    def read(self) -> None:
        """Read the history and show today's advice, after pending changes of the screen are drawn."""
        if services_of(self).store is not None:
            self.call_after_refresh(self._start_reading)

    def _start_reading(self) -> None:
        self._outdated = self._reading
        if not self._reading:
            self._reading = True
            start_worker(self, self._read_until_current, group="today")

    async def _read_until_current(self) -> None:
        """Read again while outdated. No read is cancelled, since its findings, such as damage, would be lost."""
        try:
            await self._read()
            while self._outdated:
                self._outdated = False
                await self._read()
        finally:
            self._reading = False

    def _keep_up(self) -> None:
        """Read again if the walker's day has changed; below another screen, Home reads when it is resumed."""
        services = services_of(self)
        if self.today is None or not self.screen.is_active:
            return
        if settings_of(services).plan.day_of(services.clock.wall()) == self.today.day:
            self._wait_for_next_day()
        else:
            self.read()

    def _wait_for_next_day(self) -> None:
        """Set the timer for the start of the walker's next day."""
        from retro_timer.runtime.today import until_next_day

        services = services_of(self)
        if self._next_day is not None:
            self._next_day.stop()
        left = until_next_day(services.clock.wall(), settings_of(services).plan.day_ends)
        self._next_day = self.set_timer(max(SOONEST_S, left.total_seconds()), self._keep_up)

    def action_walk(self) -> None:
        """Start the advised workout, even on a rest day, since the plan only advises."""
        if self.today is None or self.today.advice.preset_id is None or self.today.workout is None:
            return
        self.post_message(self.Walk(self.today.workout, self.today.advice.preset_id))

    async def on_click(self, event: Click) -> None:
        """Start the advised workout on a click, or do what the clicked line offers."""
        if event.widget is not None and event.widget.id == "today-unanswered":
            await self.run_action("screen.answer")
        elif event.widget is not None and event.widget.id == "today-test":
            await self.run_action("app.open('walk_test:WalkTestScreen')")
        else:
            self.action_walk()

    async def _read(self) -> None:
        from retro_timer.storage.errors import StorageError
        from retro_timer.ui.facts import facts_from

        try:
            facts = await run_in_thread(self, facts_from, services_of(self))
        except StorageError as problem:
            self._show_problem(f"The plan is not available: {problem}.")
            return
        if facts is None:
            return
        self._show(facts)
        start_worker(self, self._examine, group=EXAMINATION)

    async def _examine(self) -> None:
        """Check a large history for damage, after its content is shown."""
        from retro_timer.storage.errors import StorageError

        store = services_of(self).store
        assert store is not None  # noqa: S101  (the facts came from it)
        try:
            if await run_in_thread(self, store.examine, lambda: not self.is_attached):
                self.read()
        except StorageError as problem:
            self._show_problem(f"The history cannot be searched: {problem}.")

    def _show(self, facts: Facts) -> None:
        from retro_timer.runtime.today import speeds_words
        from retro_timer.ui.facts import units_of

        today = self.today = facts.today
        advice = today.advice
        walk = f"{key_of(services_of(self), 'home.today')} walk it" if advice.preset_id else ""
        self.query_one("#today-head", Line).show(advice.headline, right=walk)
        self.border_subtitle = Content(today.place_words)
        self.query_one("#today-why", Static).update(f"{advice.reason} {advice.ignored}".rstrip())
        self.query_one("#today-on", Static).update(f"To move on: {advice.to_move_on}" if advice.to_move_on else "")
        self.query_one("#today-on").set_class(not advice.to_move_on, "-empty")
        how = speeds_words(advice, imperial=units_of(services_of(self)).mph)
        said = advice.words or advice.pace
        self.query_one("#today-how", Line).show(how or said, right=said if how else "")
        self.query_one("#today-how").set_class(not (how or said), "-empty")
        dots = week_dots(today.week, today.goal.sessions, ascii_only=services_of(self).ascii_only)
        streak = f"streak {today.streak_words}" if today.streak_words else ""
        name = "this week " if self.screen.size.width >= ROOMY else ""
        self.query_one("#today-week", Line).show(f"{name}{dots} {today.week_words}", right=streak)
        self._show_unanswered(facts.unanswered)
        test = self.query_one("#today-test", Line)
        test.set_class(not facts.test_due, "-empty")
        if facts.test_due:
            test.show(f"Once a month: the backward walk test   {key_of(services_of(self), 'home.test')} starts it")
        self._show_problem(" ".join(filter(None, (self.unsaved, summarized(facts.problems)))))
        self.add_class("-known")
        self._wait_for_next_day()
        self.post_message(self.FactsShown(facts))

    def _show_unanswered(self, session: SessionSummary | None) -> None:
        """Ask about the last session again, in one line."""
        line = self.query_one("#today-unanswered", Line)
        line.set_class(session is None, "-empty")
        if session is not None and self.today is not None:
            day = settings_of(services_of(self)).plan.day_of(session.start.started)
            whose = "today" if day == self.today.day else f"{day:%A}"
            line.show(f"How was {whose}'s session?   {key_of(services_of(self), 'home.answer')} answers")

    def _show_problem(self, problem: str) -> None:
        self.query_one("#today-problem", Static).update(problem)
        self.set_class(bool(problem), "-problem")
        if problem:
            self.add_class("-known")


def week_dots(week: WeekTotals, goal: int, *, ascii_only: bool) -> str:
    """The sessions of a week against the goal: `●●○`."""
    done, open_ = ("#", "-") if ascii_only else ("●", "○")
    return done * min(week.sessions, 7) + open_ * max(0, goal - week.sessions)


def summarized(problems: tuple[str, ...]) -> str:
    """Summarize problems: the first one, and the number of others."""
    if not problems:
        return ""
    first = f"{problems[0][:1].upper()}{problems[0][1:]}."
    return first if len(problems) == 1 else f"{first} And {len(problems) - 1} more: retro-timer plan lists them."
