"""Today on Home: what the plan says to walk and why, this week against the goal, the streak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from retro_timer.ui.beside import beside
from retro_timer.ui.preferences import key_of
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from retro_timer.scheduling.week import WeekTotals
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import NextDay, Summary
    from retro_timer.today import Today
    from retro_timer.ui.facts import Facts
    from retro_timer.ui.services import Services

ROOMY: Final = 50
"""Cells from which on there is room for names."""
EXAMINATION: Final = "examination"
"""The workers that look the history through, of which nothing is seen unless they find something."""


class TodayPanel(Vertical, can_focus=True):
    """Shows the day. It reads the history beside the loop: until then, and where nothing is kept, it is not there."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    TodayPanel {
        height: auto; width: 1fr; margin: 0 0 1 0; display: none;
        &.-known { display: block; }
        .-empty { display: none; }
        #today-head { color: $accent; text-style: bold; }
        #today-why, #today-on { height: auto; }
        #today-on, #today-how, #today-week { color: $muted; }
        #today-problem { height: auto; color: $error; display: none; }
        &.-problem #today-problem { display: block; }
    }
    TodayPanel:focus { background: $panel; }
    .-low TodayPanel { margin: 0; }
    .-low TodayPanel #today-why, .-low TodayPanel #today-on, .-low TodayPanel #today-how { display: none; }
    """

    class Walk(Message):
        """The walker wants to walk what the plan says.

        Attributes:
            workout: what it says.
            rung: as which rung of the ladder.
        """

        def __init__(self, workout: Workout, rung: str) -> None:
            super().__init__()
            self.workout = workout
            self.rung = rung

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._asked = False
        self._unsaved = ""
        self.today: Today | None = None

    def compose(self) -> ComposeResult:
        """A few lines, and one for what is not as it should be."""
        yield Line(id="today-head")
        yield Static(id="today-why", markup=False)
        yield Static(id="today-on", markup=False)
        yield Line(id="today-how")
        yield Line(id="today-week")
        yield Static(id="today-problem", markup=False)

    def look(self, services: Services) -> None:
        """Read the history, and show what the day is about now; what is on the screen already comes first."""
        self._services = services
        if self._services.keeper is not None:
            self.call_after_refresh(lambda: self.run_worker(self._look(), exclusive=True, group="today"))

    def action_walk(self) -> None:
        """Walk what the plan says: it advises, so also on a day of rest."""
        if self.today is None or self.today.advice.rung is None:
            return
        from retro_timer.scheduling.presets import preset  # noqa: PLC0415  (Home is shown first)

        rung = self.today.advice.rung
        self.post_message(self.Walk(preset(rung), rung))

    def on_click(self) -> None:
        """A click walks it."""
        self.action_walk()

    async def _look(self) -> None:
        from retro_timer.storage.problems import StorageError  # noqa: PLC0415  (Home is shown first)
        from retro_timer.ui.facts import facts_from  # noqa: PLC0415  (the same)

        try:
            facts = await beside(self, facts_from, self._services)
        except StorageError as problem:
            self._tell(f"The plan cannot be asked: {problem}.")
            return
        if facts is None:
            return
        self._show(facts)
        self.run_worker(self._examine(), group=EXAMINATION)
        if facts.unasked is not None and not self._asked and self.screen.is_current:
            self._asked = True
            self._ask(facts.unasked)

    async def _examine(self) -> None:
        """Look a long history through for damage, now that what it says is shown."""
        from retro_timer.storage.problems import StorageError  # noqa: PLC0415  (Home is shown first)

        keeper = self._services.keeper
        assert keeper is not None  # noqa: S101  (the facts came from it)
        try:
            if await beside(self, keeper.examine, lambda: not self.is_attached):
                self.look(self._services)
        except StorageError as problem:
            self._tell(f"The history cannot be looked through: {problem}.")

    def _show(self, facts: Facts) -> None:
        from retro_timer.today import speeds_words  # noqa: PLC0415  (Home is shown first)
        from retro_timer.ui.facts import units_of  # noqa: PLC0415  (the same)

        today = self.today = facts.today
        advice = today.advice
        week = f"week {advice.week} of 8   {key_of(self._services, 'home.today')} walk it" if advice.week else ""
        self.query_one("#today-head", Line).show(f"TODAY  {advice.headline}", right=week)
        self.query_one("#today-why", Static).update(advice.reason)
        self.query_one("#today-on", Static).update(f"To move on: {advice.to_move_on}" if advice.to_move_on else "")
        self.query_one("#today-on").set_class(not advice.to_move_on, "-empty")
        how = speeds_words(advice, imperial=units_of(self._services).mph)
        self.query_one("#today-how", Line).show(how or advice.pace, right=advice.pace if how else "")
        self.query_one("#today-how").set_class(not (how or advice.pace), "-empty")
        dots = week_dots(today.week, today.goal.sessions, ascii_only=self._services.ascii_only)
        streak = f"streak {today.streak_words}" if today.streak_words else ""
        name = "this week " if self.screen.size.width >= ROOMY else ""
        self.query_one("#today-week", Line).show(f"{name}{dots} {today.week_words}", right=streak)
        self._tell(" ".join(filter(None, (self._unsaved, told(facts.problems)))))
        self.add_class("-known")

    def _tell(self, problem: str) -> None:
        self.query_one("#today-problem", Static).update(problem)
        self.set_class(bool(problem), "-problem")
        if problem:
            self.add_class("-known")

    def _ask(self, walked: Summary) -> None:
        from retro_timer.ui.screens.day_after import DayAfterScreen  # noqa: PLC0415  (seldom needed)

        def answered(answer: NextDay | None) -> None:
            if answer is not None:
                self.run_worker(self._answer(walked, answer))

        self.app.push_screen(DayAfterScreen(walked), answered)

    async def _answer(self, walked: Summary, answer: NextDay) -> None:
        from dataclasses import replace  # noqa: PLC0415  (seldom needed)

        from retro_timer.storage.problems import StorageError  # noqa: PLC0415  (the same)

        keeper = self._services.keeper
        assert keeper is not None  # noqa: S101  (the walk came from it)
        feedback = replace(walked.feedback, next_day=answer)
        try:
            await beside(self, lambda: keeper.history.give_feedback(walked.uuid, feedback))
        except StorageError as problem:
            self._unsaved = f"Your answer is not saved: {problem}."
        else:
            self._unsaved = ""
        await self._look()


def week_dots(week: WeekTotals, goal: int, *, ascii_only: bool) -> str:
    """The sessions of a week against its goal: `●●○`."""
    done, open_ = ("#", "-") if ascii_only else ("●", "○")
    return done * min(week.sessions, 7) + open_ * max(0, goal - week.sessions)


def told(problems: tuple[str, ...]) -> str:
    """Problems in one sentence: the first, and how many there are."""
    if not problems:
        return ""
    first = f"{problems[0][:1].upper()}{problems[0][1:]}."
    return first if len(problems) == 1 else f"{first} And {len(problems) - 1} more: retro-timer plan lists them."
