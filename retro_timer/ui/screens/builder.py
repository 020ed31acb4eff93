"""The builder: edits a workout as notation and as a form, with a live profile and totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from msgspec.structs import replace
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from retro_timer.scheduling.builder_document import FIRST, BuilderDocument
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.outline import Outline
from retro_timer.scheduling.undo import UndoStack
from retro_timer.storage.workouts import ChangedWorkoutError
from retro_timer.training.speeds import fastest_backward
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import speed_warning_from
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.screens.unsaved import ask_to_close, ask_to_walk, ask_which
from retro_timer.ui.widgets.block_form import BlockForm
from retro_timer.ui.widgets.block_list import BlockList
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.message_line import MessageLine
from retro_timer.ui.widgets.notation_field import NotationField
from retro_timer.ui.widgets.notation_help import NotationHelp
from retro_timer.ui.widgets.panel import Panel
from retro_timer.ui.widgets.stepper import FIELD_KEYS
from retro_timer.ui.widgets.workout_panel import WorkoutPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from retro_timer.scheduling.model import Block, Workout
    from retro_timer.storage.workouts import WorkoutLibrary

EDITING = (
    Hint("builder.add"),
    Hint("builder.repeat"),
    Hint("builder.duplicate"),
    Hint("builder.remove"),
    Hint("builder.unwrap"),
    Hint("builder.up", more=("builder.down",)),
)
KEYS = (
    Hint("builder.save"),
    Hint("builder.walk"),
    Hint("builder.close"),
    Hint("builder.undo"),
    Hint("builder.redo"),
    Fixed("tab", "field", "app.focus_next"),
    Hint("app.help", "keys"),
)


QUIT: Final = tuple(
    key for key in bindings("app", {"quit": "leave"}) if isinstance(key, Binding) and key.id == "app.quit"
)
"""The binding that exits the program; here it asks first."""


class Built(NamedTuple):
    """The result of the builder.

    Attributes:
        workout: the workout.
        saved: whether it was saved to the library.
        walk: whether to start it now.
    """

    workout: Workout
    saved: bool
    walk: bool = False


class BuilderScreen(RepaintsRegions, Screen[Built | None]):
    """Creates and edits workouts; dismissed with the result, or None.

    Args:
        workout: the workout to edit: one of the library, or one without an id, which is new; None starts a new one.
        library: the library to save to.
    """

    CSS_PATH = "builder.tcss"
    AUTO_FOCUS = "BlockList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-medium"), (120, "-wide"), (170, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (20, "-normal"), (34, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("builder"), *QUIT, *FIELD_KEYS]

    def __init__(self, workout: Workout | None, library: WorkoutLibrary) -> None:
        super().__init__()
        self._library = library
        self._base = parse(FIRST) if workout is None else workout
        self._drafts = UndoStack(BuilderDocument.of(self._base))
        self._saved = self._drafts.state
        self._saving = False

    @property
    def draft(self) -> BuilderDocument:
        """The current document."""
        return self._drafts.state

    @property
    def _is_new(self) -> bool:
        """Whether the workout is not in the library yet."""
        return not self._base.id

    @property
    def is_changed(self) -> bool:
        """Whether closing would lose changes; an unchanged copy does not count."""
        return not self.draft.same(self._saved)

    def compose(self) -> ComposeResult:
        """The workout as a whole, its outline, the selected block, and keys."""
        draft, services = self.draft, services_of(self)
        imperial = services.imperial
        yield WorkoutPanel("NEW WORKOUT" if self._is_new else "EDIT WORKOUT", draft)
        with Horizontal(id="blocks"):
            with Panel("INTERVALS"):
                yield BlockList(draft.outline, imperial=imperial)
            with Vertical(id="aside"):
                with Panel("SELECTED", id="selected"):
                    yield BlockForm(draft.outline.block, services.config.steps, imperial=imperial)
                with Panel("HOW TO WRITE IT", id="how"):
                    yield NotationHelp()
        yield MessageLine(id="message")
        yield KeysBar(EDITING, id="editing")
        yield KeysBar(KEYS, id="keys")

    def on_mount(self) -> None:
        """Show the workout."""
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Handle changes of the name."""
        if event.input.id == "name":
            self._take(self.draft.with_name(event.input.value), kind="name")

    def on_input_submitted(self) -> None:
        """Focus the next field on enter."""
        self.focus_next()

    def on_notation_field_changed(self) -> None:
        """Handle changes of the notation."""
        notation = self.query_one(NotationField).notation
        if notation != self.draft.notation:
            self._take(self.draft.with_notation(notation), kind="notation")

    def on_block_form_changed(self, event: BlockForm.Changed) -> None:
        """Handle changes of the chosen block."""
        if event.block is self.query_one(BlockForm).block:  # otherwise another block has been chosen
            self._change(lambda outline: outline.change(event.block), (event.kind, self.draft.outline.chosen))

    def on_block_list_chosen(self, event: BlockList.Chosen) -> None:
        """Choose another block; not recorded for undo."""
        self._gather()
        self._choose(lambda outline: outline.choose(event.path))

    def on_block_list_more(self, event: BlockList.More) -> None:
        """Extend or reduce the selection."""
        self._gather()
        self._choose(lambda outline: outline.choose_more(event.blocks))

    def on_block_list_stepped(self, event: BlockList.Stepped) -> None:
        """Make the chosen block longer or shorter."""
        self.query_one(BlockForm).step(event.steps)

    def on_block_list_opened(self) -> None:
        """Edit the chosen block."""
        self.query_one(BlockForm).open()

    def action_add(self) -> None:
        """Add an interval after the selection."""
        self._edit(Outline.add)

    def action_repeat(self) -> None:
        """Wrap the selection in a repeat."""
        self._edit(Outline.wrap)

    def action_unwrap(self) -> None:
        """Unwrap the repeat."""
        self._edit(Outline.unwrap)

    def action_duplicate(self) -> None:
        """Duplicate the selection."""
        self._edit(Outline.duplicate)

    def action_remove(self) -> None:
        """Remove the selection."""
        self._edit(Outline.remove)

    def action_up(self) -> None:
        """Move the chosen block up."""
        self._edit(Outline.move_up)

    def action_down(self) -> None:
        """Move the chosen block down."""
        self._edit(Outline.move_down)

    def action_undo(self) -> None:
        """Undo the last change."""
        self._say("" if self._drafts.undo() else "nothing to undo")
        self._show_again()

    def action_redo(self) -> None:
        """Redo the change that was undone last."""
        self._say("" if self._drafts.redo() else "nothing to redo")
        self._show_again()

    def action_walk(self) -> None:
        """Start the workout; asks if there are unsaved changes."""
        self._gather()
        workout = self._workout()
        if workout is None:
            return
        if self.is_changed:
            ask_to_walk(self, lambda: self.dismiss(Built(workout, saved=False, walk=True)))
        else:
            self.dismiss(Built(workout, saved=not self._is_new, walk=True))

    def action_save(self) -> None:
        """Save and close."""
        self._gather()
        workout = self._workout()
        if workout is None or self._saving:
            return
        if not workout.name:
            self._say("a workout needs a name to be saved")
            self.query_one(WorkoutPanel).focus_name()
            return
        self._start_saving(workout)

    def action_close(self) -> None:
        """Close; asks if there are unsaved changes."""
        self._leave(lambda: self.dismiss(None))

    def action_leave(self) -> None:
        """Exit the program; asks if there are unsaved changes."""
        self._leave(lambda: self.app.exit(return_code=0))

    def _leave(self, leave: Callable[[], object]) -> None:
        self._gather()
        if self.is_changed:
            ask_to_close(self, leave)
        else:
            leave()

    def _start_saving(self, workout: Workout, *, backup: bool = False) -> None:
        self._saving = True
        self.run_worker(self._save(workout, backup=backup))

    async def _save(self, workout: Workout, *, backup: bool) -> None:
        try:
            saved = await in_thread(self._library.save, workout, self._base, backup=backup)
        except ChangedWorkoutError as changed:
            self._ask_which(workout, changed.now)
        except WorkoutError as error:
            self._say(str(error))
        else:
            self.dismiss(Built(saved, saved=True))
        finally:
            self._saving = False

    def _ask_which(self, mine: Workout, other: Workout) -> None:
        """Ask which version to keep after the file was changed elsewhere: this one, or that of the file."""
        self._base = other

        def load() -> None:
            self._drafts.do(BuilderDocument.of(other))
            self._show_again()

        ask_which(self, mine.name, lambda: self._start_saving(mine, backup=True), load)

    def _gather(self) -> None:
        """Read all input, including changes whose messages are still queued."""
        draft, form = self.draft, self.query_one(BlockForm)
        draft = draft.with_name(self.query_one(WorkoutPanel).name_typed)
        notation = self.query_one(WorkoutPanel).notation
        if notation != draft.notation:
            draft = draft.with_notation(notation)
        else:
            form.gather()
            if form.block != draft.outline.block:
                draft = draft.with_outline(draft.outline.change(form.block))
        if draft != self.draft:
            self._take(draft)

    def _workout(self) -> Workout | None:
        """The current workout; if it is invalid, focus the problem, show it, and return None."""
        draft = self.draft
        try:
            workout = draft.workout(self._base)
        except WorkoutError as error:
            if draft.problem:
                self.query_one(NotationField).focus_at(draft.column)
            else:
                self.query_one(WorkoutPanel).focus_name()
                self._say(f"name: {error}")
            return None
        form = self.query_one(BlockForm)
        if form.problem:
            # A field with an error differs from the document.
            self._say(form.problem)
            form.open()
            return None
        return workout

    def _edit(self, change: Callable[[Outline], Outline]) -> None:
        """Change the outline after a key press."""
        self._gather()
        self._change(change)

    def _change(self, change: Callable[[Outline], Outline], kind: object = None) -> None:
        """Change the outline, or show the error."""
        try:
            outline = change(self.draft.outline)
        except WorkoutError as error:
            self._say(str(error))
            return
        self._take(self.draft.with_outline(outline), kind)

    def _choose(self, choice: Callable[[Outline], Outline]) -> None:
        try:
            outline = choice(self.draft.outline)
        except WorkoutError:
            return  # the block is gone
        self._drafts.pause()
        self._drafts.replace(replace(self.draft, outline=outline))
        self._say("")
        self._show()

    def _take(self, draft: BuilderDocument, kind: object = None) -> None:
        """Record a new version of the document and show it."""
        if draft != self.draft:
            self._drafts.do(draft, kind)
        self._say("")
        self._show()

    def _show(self) -> None:
        """Update all views; the text being typed is not reformatted."""
        draft = self.draft
        if self.query_one(WorkoutPanel).show(draft):
            self._check_speeds()
        self.query_one(BlockList).show(draft.outline)
        self.query_one("#blocks").set_class(bool(draft.problem), "-stale")
        form = self.query_one(BlockForm)
        if form.block != draft.outline.block:
            form.show(draft.outline.block)

    def _show_again(self) -> None:
        """Update all views, discarding invalid input."""
        self.query_one(BlockForm).show(self.draft.outline.block)
        self._show()

    def _say(self, message: str) -> None:
        self.query_one(MessageLine).say(message)

    def _check_speeds(self) -> None:
        """Warn about backward speeds that are too fast; reads the walker's level from the history in a thread."""
        shown = self.query_one(WorkoutPanel).shown
        if fastest_backward(shown) is None:
            self.query_one(MessageLine).warn("")
        else:
            self.run_worker(self._load_warning(shown), exclusive=True, group="speeds")

    async def _load_warning(self, blocks: tuple[Block, ...]) -> None:
        warning = await in_thread(speed_warning_from, services_of(self), blocks)
        if blocks is self.query_one(WorkoutPanel).shown:
            self.query_one(MessageLine).warn(warning)
