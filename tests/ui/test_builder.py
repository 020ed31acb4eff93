"""The builder: notation and form are two views of one workout, errors are shown in place, nothing is lost."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.geometry import Offset
from textual.widgets import Input

from retro_timer.runtime.services import Services
from retro_timer.scheduling.builder_document import copy_of
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.outline import OutlineStep, Part
from retro_timer.scheduling.presets import preset
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.builder import BuilderScreen, Built
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.block_form import BlockForm
from retro_timer.ui.widgets.block_list import BlockList
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.notation_field import NotationInput
from retro_timer.ui.widgets.stepper import StepInput, Stepper
from tests.ui.support import one_by_one, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.scheduling.model import Workout

SHORT = "warm 3m, 2x(turn 30s, back 1m | fwd 1m), cool 2m"


class Bench:
    """The builder on the screen, and the result that it is dismissed with."""

    def __init__(self, pilot: Pilot[int], builder: BuilderScreen) -> None:
        self.pilot = pilot
        self.builder = builder
        self.closed = False
        self.result: Built | None = None

    def close(self, result: Built | None) -> None:
        self.closed, self.result = True, result

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str, selector: str = "NotationInput") -> None:
        field = self.builder.query_one(selector, Input)
        field.focus()
        await self.press("end", "ctrl+u", *("space" if letter == " " else letter for letter in text))

    def notation(self) -> str:
        return self.builder.query_one(NotationInput).value

    def line(self, selector: str) -> str:
        return self.builder.query_one(selector, Line).text

    def value(self, selector: str) -> str:
        return self.builder.query_one(f"{selector} StepInput", StepInput).value

    async def settle(self) -> None:
        await self.builder.workers.wait_for_complete()
        await self.pilot.pause()


async def test_a_speed_that_is_too_fast_backward_is_warned_of_and_refuses_nothing(tmp_path: Path) -> None:
    async with building(parse("back 1m"), tmp_path, imperial=True) as bench:
        for written, says in (
            ("back 1m @2.0mph", ""),
            ("back 1m @2.4mph", "More than 2.0 mph backward is fast for a beginner"),
            ("back 1m @9mph", "Walk no faster than 3.5 mph backward"),
            ("fwd 1m @9mph", ""),
        ):
            await bench.write(written)
            await bench.settle()
            assert bench.line("#message").startswith(says)
            assert bool(bench.line("#message")) is bool(says)


@asynccontextmanager
async def building(
    workout: Workout | None, folder: Path, *, size: tuple[int, int] = (80, 24), imperial: bool = False
) -> AsyncIterator[Bench]:
    """Open the builder."""
    services = Services(
        clock=FakeClock(), make_player=lambda *_: RecordingPlayer(), imperial=imperial, pressed_at=one_by_one()
    )
    app = RetroTimerApp(services)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        bench = Bench(pilot, BuilderScreen(workout, WorkoutLibrary(folder)))
        app.push_screen(bench.builder, bench.close)
        await pilot.pause()
        yield bench


async def test_typing_notation_changes_the_form_the_profile_and_the_totals(tmp_path: Path) -> None:
    async with building(None, tmp_path) as bench:
        await bench.write("back 2m @1.6km/h, fwd 2m")
        assert bench.line("#totals") == "4:00   2:00 backward   50 %"
        assert [row.block for row in bench.builder.draft.outline.rows()] == list(parse(bench.notation()).blocks)
        assert bench.value("#length") == "2:00"
        assert bench.value("#speed") == "1.6"


async def test_the_form_changes_the_notation(tmp_path: Path) -> None:
    async with building(parse("warm 3m, back 1m"), tmp_path) as bench:
        await bench.press("down", "enter", "ctrl+u", *"90s")
        await bench.press("tab", *"1.6")
        await bench.press("tab", *"eyes")
        assert bench.notation() == 'warm 3m, back 1m30s @1.6km/h "eyes"'
        bench.builder.query_one("#phase").focus()
        await bench.press("r")
        assert bench.notation() == 'warm 3m, rest 1m30s @1.6km/h "eyes"'
        bench.builder.query_one("#speed StepInput").focus()
        await bench.press("ctrl+u")
        assert bench.notation() == 'warm 3m, rest 1m30s "eyes"'


async def test_speeds_are_in_the_walkers_unit(tmp_path: Path) -> None:
    async with building(parse("back 1m @1.0mph"), tmp_path, imperial=True) as bench:
        assert bench.value("#speed") == "1.0"
        bench.builder.query_one("#speed StepInput").focus()
        await bench.press("right", "right")
        assert bench.notation() == "back 1m @1.2mph"


async def test_a_notation_error_is_marked_at_its_column_and_the_form_keeps_what_was_there(tmp_path: Path) -> None:
    async with building(None, tmp_path) as bench:
        await bench.write("back 2m, fwd x")
        mark = bench.line("#mark")
        assert mark.index("▲") == "back 2m, fwd x".index("x")
        assert "expected a length" in mark
        await bench.press("ctrl+s")
        assert not bench.closed
        assert isinstance(bench.builder.focused, NotationInput)
        assert bench.builder.focused.cursor_position == 13
        await bench.press("delete", *"30s")
        assert bench.line("#mark") == ""
        assert bench.notation() == "back 2m, fwd 30s"


async def test_pasted_lines_of_notation_are_joined(tmp_path: Path) -> None:
    from textual.events import Paste

    async with building(None, tmp_path) as bench:
        field = bench.builder.query_one(NotationInput)
        field.focus()
        await bench.press("end", "ctrl+u")
        field.post_message(Paste("back 2m,\n  fwd 1m\r\n"))
        await bench.pilot.pause()
        assert bench.notation() == "back 2m, fwd 1m"
        assert not bench.builder.draft.problem


async def test_errors_of_a_field_are_shown_in_the_form_and_prevent_saving(tmp_path: Path) -> None:
    async with building(parse("back 1m"), tmp_path) as bench:
        await bench.write("1:99", "#length StepInput")
        assert bench.line("#field-problem").startswith("length: expected a length")
        await bench.write("eyes", "#label")
        assert bench.line("#field-problem").startswith("length: expected a length")
        await bench.write("Mine", "#name")
        await bench.press("ctrl+s")
        assert not bench.closed
        assert bench.builder.focused is bench.builder.query_one("#length StepInput")
        await bench.press("ctrl+u", *"2m")
        assert bench.line("#field-problem") == ""
        assert bench.notation() == 'back 2m "eyes"'


async def test_blocks_are_added_copied_wrapped_moved_unpacked_and_removed_by_key(tmp_path: Path) -> None:
    async with building(parse("warm 3m, turn 30s, back 1m"), tmp_path) as bench:
        seen = []
        for keys in (
            ("down", "shift+down", "ctrl+r"),
            ("plus",),
            ("home", "ctrl+down"),
            ("ctrl+up",),
            ("down", "down", "down", "ctrl+n"),
            ("ctrl+down",),
            ("ctrl+g",),
            ("f6",),
        ):
            await bench.press(*keys)
            seen.append(bench.notation())
        assert seen == [
            "warm 3m, 4x(turn 30s, back 1m)",
            "warm 3m, 5x(turn 30s, back 1m)",
            "5x(warm 3m, turn 30s, back 1m)",
            "warm 3m, 5x(turn 30s, back 1m)",
            "warm 3m, 5x(turn 30s, back 1m, turn 30s)",
            "warm 3m, 5x(turn 30s, back 1m | turn 30s)",
            "warm 3m, 5x(turn 30s, back 1m)",
            "warm 3m, turn 30s, back 1m",
        ]


async def test_the_list_steps_the_length_and_the_rounds(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.press("plus", "down", "plus")
        assert bench.notation() == "warm 3m15s, 3x(turn 30s, back 1m | fwd 1m), cool 2m"


async def test_a_burst_of_keys_in_the_list_counts_key_by_key(tmp_path: Path) -> None:
    async with building(parse("back 1m, turn 30s, fwd 1m"), tmp_path) as bench:
        for key in ("down", "down", "up", "plus", "plus", "down", "minus", "up", "up", "plus"):
            character = {"plus": "+", "minus": "-"}.get(key)
            bench.pilot.app.post_message(Key(key, character))
        for _ in range(20):
            await bench.pilot.pause()
        assert bench.notation() == "back 1m15s, turn 1m, fwd 45s"


async def test_choosing_a_deleted_workout_changes_nothing(tmp_path: Path) -> None:
    async with building(parse("back 1m"), tmp_path) as bench:
        bench.builder.query_one(BlockList).post_message(BlockList.Chosen((OutlineStep(Part.BODY, 7),)))
        await bench.press("plus")
        assert bench.notation() == "back 1m15s"


async def test_a_change_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    async with building(parse("back 1m"), tmp_path) as bench:
        await bench.press("delete")
        assert bench.line("#message") == "a workout needs at least one interval"
        await bench.press("ctrl+up")
        assert bench.line("#message") == "it is already first"
        await bench.press("f7")
        assert bench.line("#message") == "nothing to undo"


async def test_undo_reverts_notation_form_and_name_alike(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.press("ctrl+o")
        await bench.write("back 2m")
        await bench.write("Two", "#name")
        await bench.press("f7")
        assert bench.builder.query_one("#name", Input).value == ""
        await bench.press("f7")
        assert bench.notation() == "warm 3m, warm 3m, 2x(turn 30s, back 1m | fwd 1m), cool 2m"
        await bench.press("f7")
        assert bench.notation() == SHORT
        assert not bench.builder.is_changed
        await bench.press("f8", "f8", "f8")
        assert bench.notation() == "back 2m"
        assert bench.builder.query_one("#name", Input).value == "Two"


async def test_saving_a_new_workout_adds_it_to_the_library(tmp_path: Path) -> None:
    async with building(None, tmp_path) as bench:
        await bench.press("ctrl+s")
        assert bench.line("#message") == "a workout needs a name to be saved"
        assert bench.builder.focused is bench.builder.query_one("#name")
        await bench.press(*"Mine", "ctrl+s")
        await bench.settle()
        assert bench.result is not None
        assert bench.result.saved
        assert WorkoutLibrary(tmp_path).get("Mine") == bench.result.workout


async def test_letters_and_save_in_one_burst_are_saved(tmp_path: Path) -> None:
    async with building(None, tmp_path) as bench:
        bench.builder.query_one("#name", Input).focus()
        await bench.pilot.pause()
        # A terminal sends a burst all at once: there is no wait between the keys.
        for key in ("M", "i", "n", "e", "ctrl+s"):
            bench.pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        for _ in range(20):
            await bench.pilot.pause()
        await bench.settle()
        assert bench.result is not None
        assert bench.result.workout.name == "Mine"


async def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    async with building(None, tmp_path) as bench:
        await bench.write("Starter", "#name")
        await bench.press("ctrl+s")
        await bench.settle()
        assert "is the name of a preset" in bench.line("#message")
        assert not bench.closed


async def test_an_own_workout_is_saved_in_its_place(tmp_path: Path) -> None:
    library = WorkoutLibrary(tmp_path)
    saved = library.save(parse("back 1m", name="Mine"))
    async with building(saved, tmp_path) as bench:
        await bench.write("back 2m")
        await bench.press("ctrl+s")
        await bench.settle()
    assert [entry.workout for entry in library.list()] == [parse("back 2m")]


@pytest.mark.parametrize("keep", [True, False])
async def test_a_file_edited_by_hand_meanwhile_is_never_overwritten_without_asking(keep: bool, tmp_path: Path) -> None:
    library = WorkoutLibrary(tmp_path)
    saved = library.save(parse("back 1m", name="Mine"))
    file, by_hand = tmp_path / "mine.toml", 'name = "By hand"\nnotation = "back 5m"\n'
    async with building(saved, tmp_path) as bench:
        await bench.write("back 2m")
        file.write_text(by_hand)
        await bench.press("ctrl+s")
        await bench.settle()
        assert isinstance(bench.pilot.app.screen, Question)
        assert file.read_text() == by_hand
        await bench.press("y" if keep else "n")
        await bench.settle()
        assert bench.closed is keep
        if not keep:
            assert (bench.notation(), bench.builder.draft.name) == ("back 5m", "By hand")
            await bench.press("escape")
            assert isinstance(bench.pilot.app.screen, Question), "closing would lose what can still be undone"
            await bench.press("escape", "f7")
            assert (bench.notation(), bench.builder.draft.name) == ("back 2m", "Mine")
    backup = tmp_path / "mine.toml.bak"
    assert library.get("mine") == parse("back 2m" if keep else "back 5m")
    assert (backup.read_text() if keep else file.read_text()) == by_hand
    assert backup.exists() is keep


async def test_a_copy_of_a_preset_is_saved_as_a_new_workout(tmp_path: Path) -> None:
    async with building(copy_of(preset("builder")), tmp_path) as bench:
        assert bench.builder.query_one("#name", Input).value == "My Builder"
        await bench.press("ctrl+s")
        await bench.settle()
        assert bench.result is not None
        assert bench.result.workout.id == "my-builder"


async def test_an_own_workout_is_not_taken_for_a_preset_because_of_the_name_of_its_file(tmp_path: Path) -> None:
    library = WorkoutLibrary(tmp_path)
    own = library.save(parse("back 1m", name="Builder!"))
    assert own.id == preset("builder").id
    async with building(own, tmp_path) as bench:
        await bench.write("back 2m")
        await bench.press("ctrl+s")
        await bench.settle()
    assert [(entry.name, entry.workout) for entry in library.list()] == [("Builder!", parse("back 2m"))]


async def test_closing_asks_only_where_something_would_be_lost(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.press("ctrl+o", "escape")
        assert isinstance(bench.pilot.app.screen, Question)
        await bench.press("escape")
        assert not bench.closed
        await bench.press("f7", "escape")
        assert bench.closed
        assert bench.result is None


async def test_an_unreadable_notation_is_not_closed_without_asking(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        bench.builder.query_one(NotationInput).focus()
        await bench.press("end", "x", "escape")
        assert isinstance(bench.pilot.app.screen, Question)
        await bench.press("y")
        assert bench.closed


async def test_leaving_the_program_asks_too(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.press("plus", "ctrl+q")
        assert isinstance(bench.pilot.app.screen, Question)
        await bench.press("escape")
        assert bench.pilot.app.return_code is None
        await bench.press("f7", "ctrl+q")
        assert bench.pilot.app.return_code == 0


async def test_it_can_be_started_unsaved(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.press("plus", "f5", "y")
        assert bench.result is not None
        assert bench.result.walk
        assert not bench.result.saved
        assert bench.result.workout.blocks[0] == parse("warm 3m15s").blocks[0]


async def test_everything_can_be_clicked(tmp_path: Path) -> None:
    async with building(parse(SHORT), tmp_path) as bench:
        await bench.pilot.click(BlockList, offset=(6, 3))
        assert bench.value("#length") == "1:00"
        await bench.pilot.click("#length #more")
        await bench.pilot.click("#phase", offset=Offset(3, 0))
        await bench.pilot.click("#editing", offset=(1, 0))
        assert bench.notation() == "warm 3m, 2x(turn 30s, turn 1m15s, back 1m | fwd 1m), cool 2m"


async def test_labels_from_outside_are_shown_as_they_are(tmp_path: Path) -> None:
    async with building(parse('back 1m "[/b][@click=app.quit]x"'), tmp_path, size=(120, 40)) as bench:
        text = "".join(segment.text for segment in bench.builder.query_one(BlockList).render_line(0))
        assert "[/b][@click=app.quit]x" in text


async def test_a_huge_workout_is_edited_without_drawing_all_of_it(tmp_path: Path) -> None:
    async with building(parse(", ".join(["back 1m"] * 2000)), tmp_path) as bench:
        await bench.press("end", "minus")
        assert bench.notation().endswith("back 1m, back 45s")
        assert bench.builder.query_one(BlockList).scroll_offset.y > 1900


async def test_the_chosen_item_stays_visible_on_a_small_screen(tmp_path: Path) -> None:
    async with building(preset("builder"), tmp_path, size=(40, 12)) as bench:
        blocks = bench.builder.query_one(BlockList)
        assert blocks.size.height >= 2
        for name in ("rounds", "turn", "backward", "turn", "forward", "cool"):
            await bench.press("down")
            rows = ["".join(segment.text for segment in blocks.render_line(y)) for y in range(blocks.size.height)]
            chosen = [row for row in rows if row.startswith("▸")]
            assert len(chosen) == 1
            assert name in chosen[0]


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 12), (120, 40), (240, 67)])
@pytest.mark.sampled(2)
async def test_every_size_works(tmp_path: Path, size: tuple[int, int]) -> None:
    async with building(parse(SHORT), tmp_path, size=size) as bench:
        await bench.press("down", "plus", "ctrl+n")
        await bench.write("back 2m, fwd x")
        await bench.pilot.resize_terminal(80, 24)
        await bench.pilot.resize_terminal(*size)
        assert bench.builder.draft.problem
        assert bench.builder.query_one(BlockForm).query_one("#length", Stepper).value == 120


async def test_plain_keys_act_in_the_list_and_are_text_in_a_field(tmp_path: Path) -> None:
    async with building(parse("warm 1m, back 1m"), tmp_path) as bench:
        footer = bench.builder.query_one("#keys", KeysBar)
        assert footer.text.startswith("s save   w walk")
        await bench.press("down", "d")
        assert bench.notation() == "warm 1m, back 1m, back 1m"
        await bench.press("u", "U", "delete", "r")
        assert bench.notation() == "warm 1m, 1x(back 1m)" or "x(back 1m)" in bench.notation()
        await bench.press("R", "u", "u", "u", "u", "u")
        before = bench.notation()
        bench.builder.query_one("#name", Input).focus()
        await bench.press("s", "d")
        assert footer.text.startswith("ctrl+s save   f5 walk")
        assert bench.notation() == before
        assert bench.builder.query_one("#name", Input).value.endswith("sd")


async def test_the_notation_has_the_colours_of_its_phases(tmp_path: Path) -> None:
    async with building(parse("warm 1m, back 1m"), tmp_path) as bench:
        field = bench.builder.query_one(NotationInput)
        inks = {part.text.strip(", "): part.style.color for part in field.render_line(0) if part.style}
        for words, phase in (("warm 1m", "warm-up"), ("back 1m", "backward")):
            assert inks[words] == field.get_component_rich_style(f"notation--{phase}").color


async def test_the_arrows_of_all_steppers_stand_below_each_other(tmp_path: Path) -> None:
    async with building(parse("back 1m @1.6km/h"), tmp_path) as bench:
        app = bench.pilot.app
        assert isinstance(app, RetroTimerApp)
        rows = [line for line in text_of(app) if any(f" {name} " in line for name in ("phase", "length", "speed"))]
        assert len(rows) == 3
        assert len({(row.rindex("◂"), row.rindex("▸")) for row in rows}) == 1
