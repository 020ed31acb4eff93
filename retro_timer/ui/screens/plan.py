"""The plan screen: the weeks as a picture, today's advice in full, and the effect of pain today."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from retro_timer.runtime.today import day_in_rows
from retro_timer.storage.errors import StorageError
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import today_from, units_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import run_in_thread
from retro_timer.ui.widgets.feedback_form import SCORE_WORDS
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.plan_picture import PlanPicture
from retro_timer.ui.widgets.scale import Scale

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.runtime.today import Today

FREE: Final = "The plan only advises. In the settings you can pin a preset, or switch the plan off."


class PlanScreen(RepaintsRegions, Screen[None]):
    """Shows the weeks as a picture and the advice, and asks about pain; the answer is not stored."""

    DEFAULT_CSS = """
    PlanScreen {
        layout: vertical; background: $background; color: $foreground;
        & > .panel {
            width: 100%; border: round $border; border-title-color: $accent; border-title-style: bold; padding: 0 1;
        }
        #weeks { height: auto; }
        #now { height: 1fr; scrollbar-size-vertical: 1; }
        Static { width: 1fr; height: auto; }
        #advice { color: $accent; text-style: bold; margin: 0 0 1 0; }
        .name { width: 12; color: $muted; }
        #rows { height: auto; layout: grid; grid-size: 2; grid-columns: 12 1fr; grid-rows: auto; }
        Scale { margin: 0 0 1 0; }
        #free { color: $muted; margin: 1 0 0 0; }
        &.-tall {
            & > .panel { padding: 1 2; }
            #free { margin: 2 0 0 0; }
        }
        &.-low #weeks { display: none; }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (18, "-normal"), (34, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("plan", {"close": "dismiss(None)"})

    def compose(self) -> ComposeResult:
        """The weeks, and today: advice, details, and the question about pain."""
        with Vertical(id="weeks", classes="panel") as weeks:
            weeks.border_title = "THE PLAN"
            yield PlanPicture(imperial=units_of(services_of(self)).mph)
        with VerticalScroll(id="now", classes="panel", can_focus=False) as now:
            now.border_title = "TODAY"
            yield Static(id="advice", markup=False)
            yield Scale("pain right now, 0 none to 10 worst", SCORE_WORDS, id="pain")
            yield Vertical(id="rows")
            yield Static(FREE, id="free", markup=False)
        yield KeysBar([Fixed("0-9", "pain", "focus('#pain')"), Hint("plan.close")])

    def on_mount(self) -> None:
        """Load the advice."""
        self._ask(None)

    def on_scale_changed(self, event: Scale.Changed) -> None:
        """Update the advice for the given pain."""
        self._ask(event.value)

    def _ask(self, pain: int | None) -> None:
        self.run_worker(self._asked(pain), exclusive=True)

    async def _asked(self, pain: int | None) -> None:
        try:
            today = await run_in_thread(self, today_from, services_of(self), pain)
        except StorageError as problem:
            self.query_one("#advice", Static).update(f"The plan is not available: {problem}.")
            return
        if today is None:
            self.query_one("#advice", Static).update("Nothing is saved, so the plan has nothing to go by.")
            return
        await self._show(today)

    async def _show(self, today: Today) -> None:
        self.query_one(PlanPicture).show(today)
        self.query_one("#advice", Static).update(today.advice.sentence)
        rows = self.query_one("#rows")
        await rows.remove_children()
        imperial = units_of(services_of(self)).mph
        cells = [
            Static(text, classes="name" if column == 0 else "text", markup=False)
            for row in day_in_rows(today, imperial=imperial)
            for column, text in enumerate(row)
        ]
        await rows.mount_all(cells)
