"""The builder: a workout as notation and as a form, two live views of one thing, with its profile and totals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input

from retro_timer.scheduling.draft import Draft
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.outline import Outline
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.undoing import Undoing
from retro_timer.scheduling.workout import MAX_NAME, Workout
from retro_timer.ui.keys import bindings
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.block_form import BlockForm
from retro_timer.ui.widgets.block_list import BlockList
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.notation_field import NotationField
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.stepper import FIELD_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.scheduling.workout import Block
    from retro_timer.storage.workouts import WorkoutLibrary
    from retro_timer.ui.services import Services

FIRST: Final = "warm 3m, 4x(turn 30s, back 1m, turn 30s | fwd 90s), cool 2m"
"""What a new workout begins as: the lengths of the starter preset, to be changed."""
EDITING = (
    Hint("builder.add"),
    Hint("builder.repeat"),
    Hint("builder.duplicate"),
    Hint("builder.remove"),
    Hint("builder.up", more=("builder.down",)),
)
KEYS = (
    Hint("builder.save"),
    Hint("builder.walk"),
    Hint("builder.close"),
    Hint("builder.undo"),
    Hint("builder.redo"),
    Hint("builder.unwrap"),
    Hint("app.help", "keys"),
)


QUIT: Final = tuple(
    key for key in bindings("app", {"quit": "leave"}) if isinstance(key, Binding) and key.id == "app.quit"
)
"""The key that leaves the program: here it asks first."""


class Built(NamedTuple):
    """What came of the builder.

    Attributes:
        workout: as it stands.
        saved: whether it is in the library so.
        walk: whether it is to be walked now.
    """

    workout: Workout
    saved: bool
    walk: bool = False


class BuilderScreen(Screen[Built | None]):
    """Makes and changes a workout; dismissed with what came of it, or None when nothing did.

    Args:
        workout: what to change; a preset is copied, None begins a new one.
        services: what screens use.
        library: where it is saved.
        name: what a new workout or a copy is called at first.
    """

    CSS_PATH = "builder.tcss"
    AUTO_FOCUS = "BlockList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (20, "-normal"), (34, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("builder"), *QUIT, *FIELD_KEYS]

    def __init__(self, workout: Workout | None, services: Services, library: WorkoutLibrary, *, name: str = "") -> None:
        super().__init__()
        self._services = services
        self._library = library
        self._base, self._is_new = _begin(workout, name)
        self._drafts = Undoing(Draft.of(self._base))
        self._saved = self._drafts.state
        self._saving = False
        self._shown: tuple[Block, ...] = ()  # what the profile and the totals are of

    @property
    def draft(self) -> Draft:
        """The workout as it stands."""
        return self._drafts.state

    @property
    def is_changed(self) -> bool:
        """Whether something would be lost by closing: a copy nobody has touched is nothing to lose."""
        return not self.draft.same(self._saved)

    def compose(self) -> ComposeResult:
        """Name and totals, profile, notation, outline and form, keys."""
        draft, ascii_only, imperial = self.draft, self._services.ascii_only, self._services.imperial
        with Horizontal(id="head"):
            name = Input(draft.name, compact=True, max_length=MAX_NAME, placeholder="name of the workout", id="name")
            name.cursor_blink = False
            yield name
            yield Line(id="totals")
        yield Profile(marker=False, ascii_only=ascii_only)
        yield NotationField(draft.notation, ascii_only=ascii_only)
        with Horizontal(id="blocks"):
            yield BlockList(draft.outline, imperial=imperial, ascii_only=ascii_only)
            yield BlockForm(draft.outline.block, self._services.steps, imperial=imperial, ascii_only=ascii_only)
        yield Line(id="message")
        yield KeysBar(EDITING, id="editing")
        yield KeysBar(KEYS, id="keys")

    def on_mount(self) -> None:
        """Show the workout."""
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The name, as it is typed."""
        if event.input.id == "name":
            self._take(self.draft.named(event.input.value), kind="name")

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field."""
        self.focus_next()

    def on_notation_field_changed(self) -> None:
        """The notation, as it is typed."""
        notation = self.query_one(NotationField).notation
        if notation != self.draft.notation:
            self._take(self.draft.written(notation), kind="notation")

    def on_block_form_changed(self, event: BlockForm.Changed) -> None:
        """A field of the chosen block, as it is typed."""
        if event.block is self.query_one(BlockForm).block:  # else another block is chosen by now
            self._change(lambda outline: outline.change(event.block), (event.kind, self.draft.outline.chosen))

    def on_block_list_chosen(self, event: BlockList.Chosen) -> None:
        """Another block is chosen: nothing to undo."""
        self._gather()
        self._choose(lambda outline: outline.choose(event.path))

    def on_block_list_more(self, event: BlockList.More) -> None:
        """More blocks are chosen."""
        self._gather()
        self._choose(lambda outline: outline.choose_more(event.blocks))

    def on_block_list_stepped(self, event: BlockList.Stepped) -> None:
        """The chosen block is to be longer or shorter."""
        self.query_one(BlockForm).step(event.steps)

    def on_block_list_opened(self) -> None:
        """The chosen block is to be edited."""
        self.query_one(BlockForm).open()

    def action_add(self) -> None:
        """Add an interval behind what is chosen."""
        self._edit(Outline.add)

    def action_repeat(self) -> None:
        """Put what is chosen into a repeat."""
        self._edit(Outline.wrap)

    def action_unwrap(self) -> None:
        """Take the repeat apart."""
        self._edit(Outline.unwrap)

    def action_duplicate(self) -> None:
        """Copy what is chosen."""
        self._edit(Outline.duplicate)

    def action_remove(self) -> None:
        """Remove what is chosen."""
        self._edit(Outline.remove)

    def action_up(self) -> None:
        """Move what is chosen up."""
        self._edit(Outline.move_up)

    def action_down(self) -> None:
        """Move what is chosen down."""
        self._edit(Outline.move_down)

    def action_undo(self) -> None:
        """Take the last change back."""
        self._say("" if self._drafts.undo() else "nothing to undo")
        self._show_again()

    def action_redo(self) -> None:
        """Make the undone change again."""
        self._say("" if self._drafts.redo() else "nothing to redo")
        self._show_again()

    def action_walk(self) -> None:
        """Walk it as it stands; asks where changes are not saved."""
        self._gather()
        workout = self._workout()
        if workout is None:
            return
        if not self.is_changed:
            self.dismiss(Built(workout, saved=not self._is_new, walk=True))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(Built(workout, saved=False, walk=True))

        details = "The changes are walked, not kept. After the walk you can still save what you walked."
        self.app.push_screen(Question("Walk without saving?", details, yes="walk", no="stay"), answered)

    def action_save(self) -> None:
        """Save it and close."""
        self._gather()
        workout = self._workout()
        if workout is None or self._saving:
            return
        if not workout.name:
            self._say("a workout needs a name to be saved")
            self.query_one("#name", Input).focus()
            return
        self._saving = True
        self.run_worker(self._save(workout))

    def action_close(self) -> None:
        """Close; asks when there are changes."""
        self._leave(lambda: self.dismiss(None))

    def action_leave(self) -> None:
        """Leave the program; asks when there are changes."""
        self._leave(lambda: self.app.exit(return_code=0))

    def _leave(self, leave: Callable[[], object]) -> None:
        self._gather()
        if not self.is_changed:
            leave()
            return

        def answered(yes: bool | None) -> None:
            if yes:
                leave()

        question = Question("Close without saving?", "The changes are lost then.", yes="close", no="stay")
        self.app.push_screen(question, answered)

    async def _save(self, workout: Workout) -> None:
        try:
            saved = await asyncio.to_thread(self._library.save, workout)
        except WorkoutError as error:
            self._say(str(error))
        else:
            self.dismiss(Built(saved, saved=True))
        finally:
            self._saving = False

    def _gather(self) -> None:
        """Take what was typed up to now, though the messages about it are still on their way."""
        draft, form = self.draft, self.query_one(BlockForm)
        draft = draft.named(self.query_one("#name", Input).value)
        notation = self.query_one(NotationField).notation
        if notation != draft.notation:
            draft = draft.written(notation)
        else:
            form.gather()
            if form.block != draft.outline.block:
                draft = draft.outlined(draft.outline.change(form.block))
        if draft != self.draft:
            self._take(draft)

    def _workout(self) -> Workout | None:
        """The workout as it stands; where there is none, goes to what is wrong and says it."""
        draft = self.draft
        try:
            workout = draft.workout(self._base)
        except WorkoutError as error:
            if draft.problem:
                self.query_one(NotationField).focus_at(draft.column)
            else:
                self.query_one("#name", Input).focus()
                self._say(f"name: {error}")
            return None
        form = self.query_one(BlockForm)
        if form.problem:
            # What the field shows is not what would be saved.
            self._say(form.problem)
            form.open()
            return None
        return workout

    def _edit(self, change: Callable[[Outline], Outline]) -> None:
        """Change the outline by key."""
        self._gather()
        self._change(change)

    def _change(self, change: Callable[[Outline], Outline], kind: object = None) -> None:
        """Change the outline, or say why that cannot be."""
        try:
            outline = change(self.draft.outline)
        except WorkoutError as error:
            self._say(str(error))
            return
        self._take(self.draft.outlined(outline), kind)

    def _choose(self, choice: Callable[[Outline], Outline]) -> None:
        try:
            outline = choice(self.draft.outline)
        except WorkoutError:
            return  # what was chosen is gone by now
        self._drafts.pause()
        self._drafts.replace(replace(self.draft, outline=outline))
        self._say("")
        self._show()

    def _take(self, draft: Draft, kind: object = None) -> None:
        """Go on to another draft, which can be taken back."""
        if draft != self.draft:
            self._drafts.do(draft, kind)
        self._say("")
        self._show()

    def _show(self) -> None:
        """Bring every view up to date; what is typed in stays as it was typed."""
        draft = self.draft
        name = self.query_one("#name", Input)
        if name.value != draft.name:
            with self.prevent(Input.Changed):
                name.value = draft.name
        if draft.outline.blocks is not self._shown:
            self._shown = draft.outline.blocks
            workout = Workout(self._shown)
            self.query_one(Profile).show(flatten(workout))
            self.query_one("#totals", Line).show(right=totals(workout))
        self.query_one(NotationField).show(draft.notation, draft.problem, draft.column)
        self.query_one(BlockList).show(draft.outline)
        self.query_one("#blocks").set_class(bool(draft.problem), "-stale")
        form = self.query_one(BlockForm)
        if form.block != draft.outline.block:
            form.show(draft.outline.block)

    def _show_again(self) -> None:
        """Show everything, what could not be read in a field is gone."""
        self.query_one(BlockForm).show(self.draft.outline.block)
        self._show()

    def _say(self, message: str) -> None:
        self.query_one("#message", Line).show(message)


def totals(workout: Workout) -> str:
    """The length of a workout, and how much of it is walked backward."""
    total, backward = workout.total_seconds, workout.backward_seconds
    share = round(100 * backward / total)
    return f"{clock_time(total)}   {clock_time(backward)} backward   {share} %"


def _begin(workout: Workout | None, name: str) -> tuple[Workout, bool]:
    """What the builder begins with, and whether it is in no library yet."""
    if workout is None:
        return parse(FIRST).but(name=name), True
    if any(workout.id == preset.id for preset in presets()):
        return workout.but(id="", name=name or f"My {workout.name}"), True
    return workout, not workout.id
