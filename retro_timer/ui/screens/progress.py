"""Progress: minutes, bouts, effort and rungs as plots, a calendar, totals, bests, and every session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from retro_timer.progress import Span, progress_of
from retro_timer.scheduling.show import clock_time
from retro_timer.session.record import WalkState
from retro_timer.storage.problems import StorageError
from retro_timer.ui.beside import beside
from retro_timer.ui.facts import units_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.widgets.calendar import Calendar
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.plot import EffortPlot, LongestPlot, MinutesPlot, Plot, RungPlot
from retro_timer.ui.widgets.tabsbar import TabsBar
from retro_timer.ui.widgets.today import told

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click

    from retro_timer.progress import Progress
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Bests, Summary, Walk
    from retro_timer.ui.services import Services

PLOTS: Final[dict[str, type[Plot]]] = {
    "minutes": MinutesPlot,
    "longest bout": LongestPlot,
    "effort": EffortPlot,
    "rung": RungPlot,
}
TITLES: Final = {
    "minutes": "minutes walked: █ backward  ▒ forward",
    "longest bout": "longest bout backward, in minutes",
    "effort": "effort, 0 to 10; aim for 3 to 5",
    "rung": "rung of the ladder",
}
ASCII_TITLES: Final = {**TITLES, "minutes": "minutes walked: # backward  - forward"}
HINTS: Final = (
    Hint("progress.edit"),
    Fixed("← →", "plot", "beside(1)"),
    Hint("progress.four_weeks", "span", more=("progress.twelve_weeks", "progress.year", "progress.all")),
    Hint("progress.close"),
    Hint("progress.export"),
    Hint("progress.delete"),
    Hint("app.help", "keys"),
)
PAGE: Final = 60
"""Sessions that are read at a time."""
NEAR: Final = 20
"""So many rows before the end of the list the next page is read."""
NOTHING: Final = "Nothing was walked yet. What you walk is shown here: weeks, bouts, effort and every session."


class SessionsList(OptionList):
    """The sessions; a click chooses one, the next one opens it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, markup=False)
        self._clicked: int | None = None

    async def _on_click(self, event: Click) -> None:
        """In place of Textual's own, which opens at once."""
        event.prevent_default()
        row = event.style.meta.get("option")
        if row is None:
            return
        again = row == self._clicked == self.highlighted
        self._clicked = self.highlighted = row
        if again:
            self.action_select()


class ProgressScreen(Screen[None]):
    """Shows the history. Everything is read beside the loop; the list a page at a time."""

    CSS_PATH = "progress.tcss"
    AUTO_FOCUS = "SessionsList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-medium"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-low"), (20, "-normal"), (34, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("progress"),
        Binding("left", "beside(-1)", show=False, priority=True),
        Binding("right", "beside(1)", show=False, priority=True),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._span = Span.TWELVE_WEEKS
        self._plot = "minutes"
        self._last: str | None = None  # of the list, None once everything is there
        self._reading = asyncio.Lock()

    @property
    def _history(self) -> History:
        assert self._services.keeper is not None  # noqa: S101  (nothing is read without one)
        return self._services.keeper.history

    def compose(self) -> ComposeResult:
        """Span, totals, plots and calendar, sessions, keys."""
        ascii_only = self._services.ascii_only
        titles = ASCII_TITLES if ascii_only else TITLES
        with Horizontal(id="head"):
            yield Line("PROGRESS", id="title")
            yield TabsBar([span.value for span in Span], id="spans")
        yield Line(id="totals")
        with Horizontal(id="charts"):
            with Vertical(id="left"):
                yield TabsBar(tuple(PLOTS), id="plots")
                with Grid(id="grid"):
                    for name, kind in PLOTS.items():
                        with Vertical(classes="plot", id=_id(name)):
                            yield Line(titles[name])
                            yield kind(ascii_only=ascii_only)
            with Vertical(id="right"):
                yield Calendar(ascii_only=ascii_only)
                yield Line(id="longest")
                yield Line(id="most")
        yield Static(NOTHING, id="nothing", markup=False)
        yield SessionsList(id="sessions")
        yield Static(id="message", markup=False)
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Read what there is."""
        self._show_plot()
        self.run_worker(self._read(), exclusive=True, group="progress")

    def action_four_weeks(self) -> None:
        """The last 4 weeks."""
        self.action_go_to(Span.FOUR_WEEKS)

    def action_twelve_weeks(self) -> None:
        """The last 12 weeks."""
        self.action_go_to(Span.TWELVE_WEEKS)

    def action_year(self) -> None:
        """The last year."""
        self.action_go_to(Span.YEAR)

    def action_all(self) -> None:
        """Everything."""
        self.action_go_to(Span.ALL)

    def action_go_to(self, tab: str) -> None:
        """Another span, or another plot."""
        if tab in PLOTS:
            self._plot = tab
            self._show_plot()
        elif tab != self._span:
            self._span = Span(tab)
            self.run_worker(self._read(), exclusive=True, group="progress")

    def action_beside(self, step: int) -> None:
        """The plot before or after this one."""
        names = list(PLOTS)
        self.action_go_to(names[(names.index(self._plot) + step) % len(names)])

    def action_edit(self) -> None:
        """Edit what was said about the chosen session."""
        if uuid := self._chosen():
            self.run_worker(self._edit(uuid), group="session")

    def action_export(self) -> None:
        """Write the chosen session to a file."""
        uuid = self._chosen()
        if uuid is None:
            return
        from retro_timer.ui.screens.ask import Ask  # noqa: PLC0415  (seldom needed)
        from retro_timer.ui.session_files import export_session  # noqa: PLC0415  (the same)

        details = "The ending says the format: .fit or .tcx for training sites."
        ask = Ask("Export this session to", "", lambda path: export_session(self._history, uuid, path), details=details)
        self.app.push_screen(ask, lambda line: self._say(line or ""))

    def action_delete(self) -> None:
        """Delete the chosen session; asks first."""
        uuid = self._chosen()
        if uuid is None:
            return
        from retro_timer.ui.screens.question import Question  # noqa: PLC0415  (seldom needed)

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._delete(uuid), group="session")

        details = "It is gone from the plots and the plan, too. This cannot be undone."
        self.app.push_screen(Question("Delete this session?", details, yes="delete", no="keep"), answered)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def on_option_list_option_selected(self) -> None:
        """Enter shows the session with its answers."""
        self.action_edit()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Read on before the end of the list is reached."""
        if self._last is not None and event.option_index >= event.option_list.option_count - NEAR:
            self.run_worker(self._read_on(), group="list")

    async def _read(self, keep: int = 0) -> None:
        """Read everything anew; the list stays at a row."""
        if self._services.keeper is None:
            self._empty()
            return
        wall, week_start = self._services.clock.wall(), units_of(self._services).week_start
        try:
            progress = await beside(self, lambda: progress_of(self._history, self._span, wall, week_start))
            page = await beside(self, lambda: self._history.page(limit=max(PAGE, keep + NEAR)))
        except StorageError as problem:
            self._say(f"The history cannot be read: {problem}.")
            return
        self._show(progress)
        sessions = self.query_one("#sessions", OptionList)
        sessions.clear_options()
        self._add(page, max(PAGE, keep + NEAR))
        if page:
            sessions.highlighted = min(keep, len(page) - 1)
        else:
            self._empty()

    async def _read_on(self) -> None:
        """Read the next page of the list."""
        async with self._reading:
            if self._last is None:
                return
            after = self._last
            try:
                page = await beside(self, lambda: self._history.page(limit=PAGE, after=after))
            except StorageError as problem:
                self._say(f"The history cannot be read: {problem}.")
                return
            self._add(page, PAGE)

    def _add(self, page: tuple[Summary, ...], wanted: int) -> None:
        self._last = page[-1].uuid if len(page) == wanted else None
        twelve = units_of(self._services).clock_12h
        options = [Option(row(summary, clock_12h=twelve), id=summary.uuid) for summary in page]
        self.query_one("#sessions", OptionList).add_options(options)

    def _show(self, progress: Progress) -> None:
        self.query_one("#spans", TabsBar).show(self._span)
        self.query_one("#totals", Line).show(totals(progress), right=streak(progress))
        for plot in self.query(Plot):
            plot.show(progress)
        self.query_one(Calendar).show(progress)
        longest, most = bests(progress.bests)
        self.query_one("#longest", Line).show(longest)
        self.query_one("#most", Line).show(most)
        self._say(told(progress.problems))

    def _empty(self) -> None:
        """There is nothing to be shown: say what will be."""
        self.add_class("-empty")

    def _show_plot(self) -> None:
        self.query_one("#plots", TabsBar).show(self._plot)
        for name in PLOTS:
            self.query_one(f"#{_id(name)}").set_class(name == self._plot, "-chosen")

    def _chosen(self) -> str | None:
        """The uuid of the session under the cursor."""
        sessions = self.query_one("#sessions", OptionList)
        if sessions.highlighted is None:
            return None
        return sessions.get_option_at_index(sessions.highlighted).id

    async def _edit(self, uuid: str) -> None:
        from retro_timer.ui.screens.summary import SummaryScreen  # noqa: PLC0415  (seldom needed)

        try:
            walk: Walk | None = await beside(self, lambda: self._history.walk(uuid))
        except StorageError as problem:
            self._say(f"The session cannot be read: {problem}.")
            return
        if walk is None:
            self._say("This session is not there any more.")
            return
        await self.app.push_screen(SummaryScreen(self._services, walk), self._reread)

    async def _delete(self, uuid: str) -> None:
        try:
            await beside(self, lambda: self._history.delete(uuid))
        except StorageError as problem:
            self._say(f"Not deleted: {problem}.")
            return
        await self._read(self.query_one("#sessions", OptionList).highlighted or 0)

    def _reread(self, _went_on: bool | None) -> None:
        keep = self.query_one("#sessions", OptionList).highlighted or 0
        self.run_worker(self._read(keep), exclusive=True, group="progress")

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(text)
        self.query_one("#message").display = bool(text)


def row(summary: Summary, *, clock_12h: bool) -> Text:
    """A session in the list."""
    started, totals, feedback = summary.start.started, summary.totals, summary.feedback
    hour = f"{started:%I:%M %p}" if clock_12h else f"{started:%H:%M}"
    effort = "" if feedback.effort is None else f"effort {feedback.effort}"
    signs = [
        "fell" if feedback.fall else "",
        "stumble" if feedback.stumble else "",
        "" if summary.state is WalkState.FINISHED else summary.state.value.replace("-", " "),
        feedback.note,
    ]
    name = (summary.planned.name or summary.planned.notation)[:18]
    text = f"{started:%Y-%m-%d} {hour}  {name:18} {clock_time(summary.spent.walked // 1000):>7}"
    text += f"  {clock_time(totals.backward // 1000):>5} back  {effort:9}  {', '.join(filter(None, signs))}"
    return Text(text.rstrip(), no_wrap=True, overflow="ellipsis")


def totals(progress: Progress) -> str:
    """What the span adds up to."""
    sessions = "1 session" if progress.sessions == 1 else f"{progress.sessions:,} sessions"
    return f"{sessions}   {_hours(progress.walked)} walked   {_hours(progress.backward)} backward"


def streak(progress: Progress) -> str:
    """Weeks of practice."""
    weeks = progress.streak.weeks
    return "" if not weeks else f"streak {weeks} {'week' if weeks == 1 else 'weeks'}"


def bests(found: Bests) -> tuple[str, str]:
    """The walks that hold a record, a line each."""
    longest, most = found.longest_backward, found.most_backward
    return (
        f"best bout   {_record(longest.totals.longest_backward, longest)}" if longest else "",
        f"most back   {_record(most.totals.backward, most)}" if most else "",
    )


def _record(milliseconds: int, summary: Summary) -> str:
    return f"{clock_time(milliseconds // 1000):>5}  {summary.day.day} {summary.day:%b %Y}"


def _hours(minutes: float) -> str:
    hours, rest = divmod(int(minutes), 60)
    return f"{hours:,} h {rest:02} min" if hours else f"{rest} min"


def _id(name: str) -> str:
    return f"plot-{name.replace(' ', '-')}"
