"""The summary of a session: what was walked, how it felt, and what the plan says next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from retro_timer.review import planned_schedule, review_of
from retro_timer.scheduling.energy import effort_words, session_load
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.show import clock_time
from retro_timer.session.record import WalkState
from retro_timer.storage.model import MAX_NOTE, NextDay
from retro_timer.storage.problems import StorageError
from retro_timer.ui.beside import beside
from retro_timer.ui.face import ASCII_SYMBOLS, SYMBOLS
from retro_timer.ui.facts import today_from, units_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of, settings_of
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.scale import Scale
from retro_timer.ui.widgets.title import Title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.timer import Timer

    from retro_timer.review import Measure, Review
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import Feedback, Walk
    from retro_timer.ui.services import Services

SCORES: Final = tuple(str(score) for score in range(11))
YES_OR_NO: Final = ("no", "yes")
NEXT_DAYS: Final = (NextDay.NORMAL, NextDay.SORE)
TITLES: Final = {
    WalkState.FINISHED: "COMPLETE",
    WalkState.ENDED_EARLY: "ENDED EARLY",
    WalkState.INTERRUPTED: "INTERRUPTED",
    WalkState.WALKING: "STOPPED",
}
NOT_KEPT: Final = "Nothing is kept of this session."


@dataclass(frozen=True, slots=True)
class Ending:
    """A session that has just come to its end, or was stopped at once.

    Attributes:
        settle: writes what is not written yet; takes its time, and may be called from any thread.
        schedule: what was walked, with every edit.
        kept: whether it is in the history.
        closes_after: seconds after which the summary closes by itself when no key is pressed; None for never.
    """

    settle: Callable[[], object]
    schedule: Schedule
    kept: bool = True
    closes_after: float | None = None


class SummaryScreen(Screen[bool]):
    """Shows a walk and asks how it was; dismissed with True when the walker goes on from where it was stopped.

    Every answer is kept as it is given. Nothing has to be answered: one key closes it.

    Args:
        services: what screens use.
        walk: what was walked.
        ending: how it ended, None for a walk of the history whose answers are edited.
    """

    CSS_PATH = "summary.tcss"
    AUTO_FOCUS = "#effort"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (78, "-medium"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (14, "-low"), (24, "-normal"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("summary"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, services: Services, walk: Walk, ending: Ending | None = None) -> None:
        super().__init__()
        self._services = services
        self._walk = walk
        self._ending = ending
        self._kept = walk.summary.feedback
        self._writing = asyncio.Lock()
        self._failed = False
        self._closes: Timer | None = None

    @property
    def _stopped(self) -> bool:
        """Whether the session goes on beneath: it was only stopped."""
        return self._walk.summary.state is WalkState.WALKING

    @property
    def _asks(self) -> bool:
        return self._services.keeper is not None and (self._ending is None or self._ending.kept)

    def compose(self) -> ComposeResult:
        """What was walked, the questions, what comes next, keys."""
        summary = self._walk.summary
        review = review_of(self._walk, settings_of(self._services).walker)
        with VerticalScroll(id="page", can_focus=False):
            yield Title(TITLES[summary.state], ascii_only=self._services.ascii_only)
            yield Line(self._about(), id="about")
            schedule = self._ending.schedule if self._ending else planned_schedule(summary.planned.notation)
            yield Profile(schedule, marker=False, ascii_only=self._services.ascii_only)
            with Horizontal(id="body"):
                with Vertical(id="walked"):
                    yield from self._measures(review)
                with Vertical(id="asked"):
                    yield from self._questions() if self._asks else [Static(NOT_KEPT, markup=False)]
            yield Static(id="next", markup=False)
            yield Static(id="message", markup=False)
        yield KeysBar(tuple(self._hints()))

    def on_mount(self) -> None:
        """Let the session be written, then ask the plan; where it is tight the first question is what is seen."""
        if self._asks:
            self.call_after_refresh(lambda: self.query_one("#effort").scroll_visible(animate=False, top=True))
        if self._ending is None:
            return
        self.run_worker(self._settle(), group="settle")
        if self._ending.closes_after is not None:
            self._say(f"This closes by itself in {self._ending.closes_after:.0f} seconds; any key stops that.")
            self._closes = self.set_timer(self._ending.closes_after, self.action_submit)

    def on_key(self) -> None:
        """Somebody is there: it does not close by itself any more."""
        self._stay()

    def on_mouse_down(self) -> None:
        """The same by mouse."""
        self._stay()

    def on_scale_changed(self, event: Scale.Changed) -> None:
        """Keep an answer as it is given."""
        self._stay()
        if event.scale.id == "effort":
            self._show_load()
        self.run_worker(self._write(), group="answers")

    def on_input_changed(self) -> None:
        """Somebody writes a note."""
        self._stay()

    def on_input_blurred(self) -> None:
        """Keep the note."""
        self.run_worker(self._write(), group="answers")

    async def on_input_submitted(self) -> None:
        """Enter in the note is enter."""
        await self.action_submit()

    async def action_submit(self) -> None:
        """Keep the answers and close; stay when they cannot be kept."""
        if await self._write():
            self._close()

    async def action_done(self) -> None:
        """The same; where the answers could not be kept, leave without them."""
        if self._failed or await self._write():
            self._close()

    def action_go_on(self) -> None:
        """Go on from where the session was stopped."""
        if self._stopped:
            self.run_worker(self._go_on(), group="answers")

    def action_save_workout(self) -> None:
        """Save the workout as it was adapted on the way."""
        paths = self._services.paths
        if self._ending is None or paths is None or not self._adapted:
            return
        from retro_timer.storage.workouts import WorkoutLibrary  # noqa: PLC0415  (seldom needed)
        from retro_timer.ui.own_workouts import offer_save  # noqa: PLC0415  (the same)

        def saved(workout: Workout | None) -> None:
            if workout is not None:
                self._say(f"Saved as {workout.name}.")

        self._stay()
        name = self._walk.summary.planned.name
        offer_save(self.app, self._ending.schedule, name, WorkoutLibrary(paths.workouts), saved)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  (Textual's)
        """Some actions are not there for every walk."""
        return {"go_on": self._stopped, "save_workout": self._adapted}.get(action, True)

    @property
    def _adapted(self) -> bool:
        """Whether it was changed on the way, so that it can be saved as it was walked."""
        if self._ending is None or self._services.paths is None or self._stopped:
            return False
        planned = planned_schedule(self._walk.summary.planned.notation)
        return planned is None or planned.entries != self._ending.schedule.entries

    def _about(self) -> str:
        """Which walk this is."""
        summary = self._walk.summary
        started = summary.start.started
        hour = f"{started:%I:%M %p}".lstrip("0") if units_of(self._services).clock_12h else f"{started:%H:%M}"
        return f"{summary.planned.name or summary.planned.notation}   {started:%A} {started.day} {started:%B}, {hour}"

    def _measures(self, review: Review) -> Iterator[Line]:
        symbols = ASCII_SYMBOLS if self._services.ascii_only else SYMBOLS
        for phase, name, measure in (
            (Phase.BACKWARD, "backward", review.backward),
            (Phase.FORWARD, "forward", review.forward),
            (Phase.TURN, "turning", review.turn),
        ):
            yield _classed(Line(f"{symbols[phase]} {name}", right=_of(measure)), phase.value)
        yield Line("  in all", right=_of(review.total))
        if review.rounds.planned:
            yield Line("  rounds", right=f"{review.rounds.walked} of {review.rounds.planned}")
        yield Line("  longest bout", right=_of(review.longest))
        yield Line("  of what was planned", right=f"{int(review.completion * 100)} %")
        if review.energy is not None:
            yield _classed(Line(f"  {review.energy}"), "quiet")
        yield _classed(Line(self._load(), id="load"), "quiet")

    def _questions(self) -> Iterator[Scale | Input]:
        said = self._kept
        yield Scale("how hard was it?", SCORES, meaning=effort_words, value=said.effort, id="effort")
        yield Scale("pain after it, 0 none to 10 worst", SCORES, value=said.pain_after, id="pain")
        yield Scale("stumble, or grab at the rail", YES_OR_NO, value=_index(said.stumble), inline=True, id="stumble")
        yield Scale("fall", YES_OR_NO, value=_index(said.fall), inline=True, id="fall")
        if self._walk.summary.day < self._services.clock.wall().date():
            told = NEXT_DAYS.index(said.next_day) if said.next_day in NEXT_DAYS else None
            yield Scale("the day after", [day.value for day in NEXT_DAYS], value=told, inline=True, id="day-after")
        note = Input(said.note, placeholder="a note", max_length=MAX_NOTE, compact=True, id="note")
        note.cursor_blink = False
        yield note

    def _hints(self) -> Iterator[Hint | Fixed]:
        if self._stopped:
            yield Hint("summary.go_on")
        if self._adapted:
            yield Hint("summary.save_workout")
        if self._asks:
            yield Fixed("0-9", "answer", "focus('#effort')")
            yield Fixed("↑ ↓", "question", "app.focus_next")
        yield Hint("app.help")
        yield Hint("summary.submit", "end it here" if self._stopped else "")

    def _load(self) -> str:
        effort = self._kept.effort if not self.is_mounted else self.query_one("#effort", Scale).value
        load = session_load(effort, self._walk.summary.spent.walked / 1000)
        return "" if load is None else f"  session load {load:.0f} (effort x min)"

    def _show_load(self) -> None:
        self.query_one("#load", Line).show(self._load())

    def _feedback(self) -> Feedback:
        """What is answered on the screen."""
        said = {scale.id: scale.value for scale in self.query(Scale)}
        return replace(
            self._kept,
            effort=said["effort"],
            pain_after=said["pain"],
            stumble=_truth(said["stumble"]),
            fall=_truth(said["fall"]),
            next_day=self._next_day(said["day-after"]) if "day-after" in said else self._kept.next_day,
            note=self.query_one("#note", Input).value,
        )

    def _next_day(self, answer: int | None) -> NextDay | None:
        """How the day after was; that it was asked for once is not forgotten."""
        if answer is not None:
            return NEXT_DAYS[answer]
        return NextDay.UNTOLD if self._kept.next_day is NextDay.UNTOLD else None

    async def _settle(self) -> None:
        """Wait until the session is written, then show what the plan says next."""
        if self._ending is None:
            return
        async with self._writing:
            await asyncio.to_thread(self._ending.settle)
            await self._ask_the_plan()

    async def _write(self) -> bool:
        """Keep the answers, if there are others than those kept. Returns whether they are safe."""
        if not self._asks or not self.is_mounted or self._feedback() == self._kept:
            return True
        async with self._writing:
            wanted = self._feedback()
            problem = await asyncio.to_thread(self._keep, wanted)
            self._failed = bool(problem)
            if problem:
                again, leave = (key_of(self._services, f"summary.{name}") for name in ("submit", "done"))
                self._say(f"Your answers are not saved: {problem}. {again} tries again, {leave} leaves without them.")
                return False
            self._kept = wanted
            self._say("")
            await self._ask_the_plan()
        return True

    def _keep(self, feedback: Feedback) -> str:
        """Write the answers. Returns why that could not be done, empty when it was."""
        assert self._services.keeper is not None  # noqa: S101  (nothing is asked without one)
        try:
            there = self._services.keeper.history.give_feedback(self._walk.summary.uuid, feedback)
        except StorageError as problem:
            return str(problem)
        return "" if there else "the session is not in the history"

    async def _ask_the_plan(self) -> None:
        if self._ending is None or self._stopped or not self._asks:
            return
        try:
            today = await beside(self, today_from, self._services)
        except StorageError as problem:
            self._say(f"The plan cannot be asked: {problem}.")
            return
        if today is not None and self.is_mounted:
            self.query_one("#next", Static).update(today.next_words)

    async def _go_on(self) -> None:
        if await self._write():
            self._close(go_on=True)

    def _close(self, *, go_on: bool = False) -> None:
        """Close; it may be closed already, or something may be over it by now."""
        if self.is_current:
            self.dismiss(go_on)

    def _stay(self) -> None:
        if self._closes is not None:
            self._closes.stop()
            self._closes = None
            self._say("")

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(text)


def _of(measure: Measure) -> str:
    walked = clock_time(measure.walked)
    return walked if measure.planned is None else f"{walked} of {clock_time(measure.planned):>5}"


def _index(answer: bool | None) -> int | None:
    return None if answer is None else int(answer)


def _truth(index: int | None) -> bool | None:
    return None if index is None else bool(index)


def _classed(line: Line, name: str) -> Line:
    line.add_class(name)
    return line
