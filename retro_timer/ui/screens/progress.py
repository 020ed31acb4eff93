"""The progress screen: plots, a calendar, totals, bests, and all sessions."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from retro_timer.runtime.progress import Span, progress_of
from retro_timer.runtime.progress_words import bests, streak, totals
from retro_timer.runtime.walk_test_report import SOURCES, trend
from retro_timer.session.bounds import SCORES
from retro_timer.session.logged import Origin, origin_of
from retro_timer.storage.errors import StorageError
from retro_timer.storage.walk_tests import walk_tests
from retro_timer.training.energy import AIM
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import units_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import run_in_thread
from retro_timer.ui.widgets.calendar import Calendar
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.panel import Panel
from retro_timer.ui.widgets.plot import EffortPlot, LevelPlot, LongestPlot, MinutesPlot, Plot, SpeedPlot
from retro_timer.ui.widgets.sessions_list import SessionsList
from retro_timer.ui.widgets.tabsbar import TabsBar
from retro_timer.ui.widgets.today import summarized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from retro_timer.runtime.progress import Progress
    from retro_timer.session.history import SessionSummary, StoredSession, WalkTest
    from retro_timer.storage.store import Store

PLOTS: Final[dict[str, type[Plot]]] = {
    "minutes": MinutesPlot,
    "longest bout": LongestPlot,
    "effort": EffortPlot,
    "preset": LevelPlot,
}
TITLES: Final = {
    "minutes": "minutes walked",
    "longest bout": "longest bout backward, in minutes",
    "effort": f"effort, {SCORES[0]} to {SCORES[-1]}; aim for {min(AIM)} to {max(AIM)}",
    "preset": "preset on the ladder",
}
SPEED: Final = "speed"
"""The plot that is shown only if sensors have measured something."""
HINTS: Final = (
    Hint("progress.edit"),
    Fixed("← →", "plot", "switch(1)"),
    Hint("progress.four_weeks", "span", more=("progress.twelve_weeks", "progress.year", "progress.all")),
    Hint("progress.close"),
    Hint("progress.log"),
    Hint("progress.import"),
    Hint("progress.delete"),
    Hint("progress.export"),
    Hint("app.help", "keys"),
)
PAGE: Final = 60
"""Number of sessions per page."""
NEAR: Final = 20
"""Distance from the end of the list at which the next page is read."""
NOTHING: Final = (
    "No sessions yet. Each session will be listed here: go back, choose a workout and press enter. "
    "{log} logs a walk without the timer, {import_} imports past activities."
)


class ProgressScreen(RepaintsRegions, Screen[None]):
    """Shows the history. Everything is read in threads, the list page by page."""

    CSS_PATH = "progress.tcss"
    AUTO_FOCUS = "SessionsList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-medium"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-low"), (20, "-normal"), (34, "-tall"), (50, "-vast")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("progress"),
        Binding("left", "switch(-1)", show=False, priority=True),
        Binding("right", "switch(1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._span = Span.TWELVE_WEEKS
        self._plot = "minutes"
        self._plots = tuple(PLOTS)
        self._last: str | None = None  # uuid of the last session in the list; None if it is complete
        self._reading = asyncio.Lock()  # held while anything is read for the list

    @property
    def _store(self) -> Store:
        store = services_of(self).store
        assert store is not None  # noqa: S101  (only used with a store)
        return store

    def compose(self) -> ComposeResult:
        """Span, totals, plots, calendar, sessions and keys."""
        with Panel("PROGRESS", id="head"):
            yield TabsBar([span.value for span in Span], id="spans")
            yield Line(id="totals")
        with Horizontal(id="charts"):
            with Vertical(id="left"):
                yield TabsBar(tuple(PLOTS), id="plots")
                with Grid(id="grid"):
                    for name, kind in PLOTS.items():
                        with Panel(TITLES[name], classes="plot", id=_id(name)) as panel:
                            plot = kind()
                            panel.border_title = Content.assemble(TITLES[name], *plot.legend(services_of(self)))
                            yield plot
            with Vertical(id="right"):
                with Panel("CALENDAR", id="calendar"):
                    yield Calendar()
                with Panel("YOUR BEST", id="bests"):
                    yield Line(id="longest")
                    yield Line(id="most")
        with Panel("BACKWARD WALK TEST, 3 M", id="walk-tests"):
            yield Line(id="trend")
            yield Static(SOURCES, id="test-sources", markup=False)
        with Panel("SESSIONS", id="list"):
            log, import_ = (key_of(services_of(self), f"progress.{name}") for name in ("log", "import"))
            yield Static(NOTHING.format(log=log, import_=import_), id="nothing", markup=False)
            yield SessionsList(id="sessions")
        yield Static(id="message", markup=False)
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Load the history after the first frame."""
        self._show_plot()
        self.call_after_refresh(lambda: self.run_worker(self._read(), exclusive=True, group="progress"))

    def action_four_weeks(self) -> None:
        """Show the last 4 weeks."""
        self.action_go_to(Span.FOUR_WEEKS)

    def action_twelve_weeks(self) -> None:
        """Show the last 12 weeks."""
        self.action_go_to(Span.TWELVE_WEEKS)

    def action_year(self) -> None:
        """Show the last year."""
        self.action_go_to(Span.YEAR)

    def action_all(self) -> None:
        """Show everything."""
        self.action_go_to(Span.ALL)

    def action_go_to(self, tab: str) -> None:
        """Show another span or plot."""
        if tab in self._plots:
            self._plot = tab
            self._show_plot()
        elif tab != self._span:
            self._span = Span(tab)
            self.run_worker(self._read(), exclusive=True, group="progress")

    def action_switch(self, step: int) -> None:
        """Show the previous or next plot."""
        names = list(self._plots)
        self.action_go_to(names[(names.index(self._plot) + step) % len(names)])

    def action_edit(self) -> None:
        """Edit the feedback on the selected session."""
        if uuid := self.query_one(SessionsList).chosen:
            self.run_worker(self._edit(uuid), group="session")

    def action_log(self) -> None:
        """Log a walk without the timer."""
        if services_of(self).store is not None:
            self._log(None)

    def action_import(self) -> None:
        """Import past sessions from a file."""
        if services_of(self).store is None:
            return
        from retro_timer.ui.screens.import_file import FileImport

        def imported(words: str) -> None:
            self.run_worker(self._read(say=words), exclusive=True, group="progress")

        problem = partial(self._say, problem=True)
        FileImport(self, show_progress=self._say, done=imported, report_problem=problem).ask()

    def action_export(self) -> None:
        """Export the chosen session to a file."""
        uuid = self.query_one(SessionsList).chosen
        if uuid is None:
            return
        from retro_timer.formats.registry import SESSION_FORMATS, endings
        from retro_timer.ui.exports import export_session
        from retro_timer.ui.screens.ask import Ask

        details = f"The suffix sets the format: {endings(SESSION_FORMATS)}; training sites take .fit and .tcx."
        store = self._store
        ask = Ask("Export this session to", "", lambda path: export_session(store.history, uuid, path), details=details)
        self.app.push_screen(ask, lambda line: self._say(line or ""))

    def action_delete(self) -> None:
        """Delete the selected session; asks first."""
        uuid = self.query_one(SessionsList).chosen
        if uuid is None:
            return
        from retro_timer.ui.screens.question import Question

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._delete(uuid), group="session")

        details = "It also disappears from the plots and the plan. This cannot be undone."
        self.app.push_screen(Question("Delete this session?", details, yes="delete", no="keep"), answered)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def on_option_list_option_selected(self) -> None:
        """Open the chosen session."""
        self.action_edit()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Load the next page before the end of the list is reached."""
        if self._last is not None and event.option_index >= event.option_list.option_count - NEAR:
            self.run_worker(self._read_next_page(), group="list")

    async def _read(self, keep: int = 0, say: str = "") -> None:
        """Reload everything; `keep` is the row to highlight, `say` the message to show afterwards."""
        async with self._reading:
            await self._reload(keep, say)

    async def _reload(self, keep: int, say: str) -> None:
        services = services_of(self)
        store = services.store
        if store is None:
            self.add_class("-empty")
            return
        wall, week_start = services.clock.wall(), units_of(services).week_start
        ends = settings_of(services).plan.day_ends
        try:
            progress = await run_in_thread(self, lambda: progress_of(store.history, self._span, wall, week_start, ends))
            page = await run_in_thread(self, lambda: store.history.page(limit=max(PAGE, keep + NEAR)))
            tests = await run_in_thread(self, lambda: walk_tests(store.history))
        except StorageError as problem:
            self._say(f"The history cannot be read: {problem}.", problem=True)
            return
        await self._show(progress)
        self._show_walk_tests(tests)
        if say:
            self._say(say)
        sessions = self.query_one(SessionsList)
        sessions.clear_options()
        self._add(page, max(PAGE, keep + NEAR))
        self.set_class(not page, "-empty")
        if page:
            sessions.highlighted = min(keep, len(page) - 1)

    async def _read_next_page(self) -> None:
        """Load the next page of the list."""
        async with self._reading:
            if self._last is None:
                return
            after, store = self._last, self._store
            try:
                page = await run_in_thread(self, lambda: store.history.page(limit=PAGE, after=after))
            except StorageError as problem:
                self._say(f"The history cannot be read: {problem}.", problem=True)
                return
            self._add(page, PAGE)

    def _add(self, page: tuple[SessionSummary, ...], wanted: int) -> None:
        self._last = page[-1].uuid if len(page) == wanted else None
        twelve = units_of(services_of(self)).clock_12h
        self.query_one(SessionsList).add(page, clock_12h=twelve)

    async def _show(self, progress: Progress) -> None:
        self.query_one("#spans", TabsBar).show(self._span)
        imperial = services_of(self).imperial
        self.query_one("#totals", Line).show(totals(progress, imperial=imperial), right=streak(progress))
        if progress.measured and SPEED not in self._plots:
            await self._add_speeds(imperial=imperial)
        for plot in self.query(Plot):
            plot.show(progress)
        self.query_one(Calendar).show(progress)
        longest, most = bests(progress.bests, settings_of(services_of(self)).plan.day_ends)
        self.query_one("#longest", Line).show(longest)
        self.query_one("#most", Line).show(most)
        self._say(summarized(progress.problems), problem=True)

    def _show_walk_tests(self, tests: Sequence[WalkTest]) -> None:
        """Show the trend of the backward walk test, with its sources; nothing without a result."""
        self.query_one("#walk-tests").set_class(bool(tests), "-known")
        self.query_one("#trend", Line).show(f"Walk test: {trend(tests)}" if tests else "")

    async def _add_speeds(self, *, imperial: bool) -> None:
        """Add the plot of the measured speed."""
        self._plots = (*self._plots, SPEED)
        unit = "mph" if imperial else "km/h"
        panel = Panel(f"speed backward at effort {min(AIM)} to {max(AIM)}, {unit}", classes="plot", id=_id(SPEED))
        await self.query_one("#grid").mount(panel)
        await panel.mount(SpeedPlot())
        self._show_plot()

    def _show_plot(self) -> None:
        self.query_one("#plots", TabsBar).show(self._plot, self._plots)
        for name in self._plots:
            self.query_one(f"#{_id(name)}").set_class(name == self._plot, "-chosen")

    async def _edit(self, uuid: str) -> None:
        from retro_timer.ui.screens.summary import SummaryScreen

        store = self._store
        try:
            session: StoredSession | None = await run_in_thread(self, lambda: store.history.session(uuid))
        except StorageError as problem:
            self._say(f"The session cannot be read: {problem}.", problem=True)
            return
        if session is None:
            self._say("This session no longer exists.", problem=True)
            return
        if not self.is_active:
            return  # the key was pressed twice
        if origin_of(uuid) is Origin.TIMER:
            await self.app.push_screen(SummaryScreen(session), self._reread)
        else:
            self._log(session)

    def _log(self, session: StoredSession | None) -> None:
        """Open the form for a new logged session, or for changing one."""
        from retro_timer.ui.screens.log_walk import LogWalkScreen

        def logged(line: str | None) -> None:
            if line:
                keep = self.query_one(SessionsList).highlighted or 0
                self.run_worker(self._read(keep, line), exclusive=True, group="progress")

        self.app.push_screen(LogWalkScreen(session), logged)

    async def _delete(self, uuid: str) -> None:
        store = self._store
        try:
            await run_in_thread(self, lambda: store.history.delete(uuid))
        except StorageError as problem:
            self._say(f"Not deleted: {problem}.", problem=True)
            return
        await self._read(self.query_one(SessionsList).highlighted or 0)

    def _reread(self, _went_on: bool | None) -> None:
        keep = self.query_one(SessionsList).highlighted or 0
        self.run_worker(self._read(keep), exclusive=True, group="progress")

    def _say(self, text: str, *, problem: bool = False) -> None:
        message = self.query_one("#message", Static)
        message.set_class(problem, "-problem")
        message.update(text)
        message.display = bool(text)


def _id(name: str) -> str:
    return f"plot-{name.replace(' ', '-')}"
