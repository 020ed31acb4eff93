"""Home: the ladder, own workouts, and pasted text or dropped files."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.events import Paste
from textual.widgets import Input, ListView, Static

from retro_timer.config.keymap import ACTIONS
from retro_timer.config.paths import Paths
from retro_timer.runtime.services import Services
from retro_timer.scheduling.edits import SetPhase
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset, presets
from retro_timer.scheduling.schedule import At, flatten
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.ask import Ask, Choose
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.overrides import OverridesScreen
from retro_timer.ui.screens.own_workouts import offer_save
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.workout_row import ProblemRow, WorkoutRow
from retro_timer.ui.workout_files import dropped_path, read_text
from tests.ui.support import one_by_one

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.config.keymap import Action
    from retro_timer.scheduling.model import Workout

WITHOUT_DIRECTION = (
    "<workout_file><name>Hills</name><workout>"
    '<SteadyState Duration="60" Power="0.5"/><SteadyState Duration="60" Power="0.8"/>'
    "</workout></workout_file>"
)


class House:
    """Home with its own library."""

    def __init__(self, pilot: Pilot[int], library: WorkoutLibrary) -> None:
        self.pilot = pilot
        self.app = pilot.app
        self.library = library

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def paste(self, text: str) -> None:
        self.app.screen.post_message(Paste(text))
        await self.settle()

    async def settle(self) -> None:
        """Wait for background work; a worker below a question waits for its answer."""
        quiet = 0
        while quiet < 2:
            await self.pilot.pause()
            busy = [w for w in self.app.workers if w.node in (self.app, self.app.screen) and not w.is_finished]
            quiet = 0 if busy else quiet + 1
            if busy:
                await self.pilot.pause(0.005)

    @property
    def home(self) -> HomeScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, HomeScreen))

    @property
    def rows(self) -> list[str]:
        children = self.home.query_one(ListView).children
        return [child.workout.name for child in children if isinstance(child, WorkoutRow) and child.own]

    @property
    def chosen(self) -> Workout:
        row = self.home.query_one(ListView).highlighted_child
        assert isinstance(row, WorkoutRow)
        return row.workout

    @property
    def about(self) -> str:
        return self.home.query_one("#about", Line).text

    @property
    def walked(self) -> Workout:
        assert isinstance(self.app.screen, SessionScreen)
        return self.app.screen.runner.workout


@asynccontextmanager
async def at_home(folder: Path, *workouts: Workout, size: tuple[int, int] = (80, 24)) -> AsyncIterator[House]:
    """Open Home with own workouts."""
    paths = Paths(folder / "config", folder / "data")
    library = WorkoutLibrary(paths.workouts)
    paths.config.mkdir()
    for workout in workouts:
        library.save(workout)
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer(), paths=paths, pressed_at=one_by_one()))
    async with app.run_test(size=size) as pilot:
        house = House(pilot, library)
        await house.settle()
        yield house


MINE = parse("back 1m", name="Mine")
YOURS = parse("back 2m, fwd 1m", name="Yours")


@pytest.mark.parametrize("opening", [each for each in ACTIONS if each.opens], ids=lambda each: each.id)
async def test_an_action_that_opens_a_screen_does_so_by_its_key(opening: Action, tmp_path: Path) -> None:
    assert opening.scope == "home", "press its key where it is bound"
    async with at_home(tmp_path) as house:
        await house.press(opening.keys[0])
        assert type(house.app.screen).__name__ == opening.opens.partition(":")[2]


async def test_labels_are_rendered_before_the_session_and_the_app_stays_usable(tmp_path: Path) -> None:
    begun, may_end, rendered = threading.Event(), threading.Event(), list[tuple[str, ...]]()

    def render(labels: Sequence[str]) -> None:
        begun.set()
        may_end.wait(60)
        rendered.append(tuple(labels))

    async with at_home(tmp_path, MINE) as house:
        services = house.app.services  # type: ignore[attr-defined]  # of our app
        unrendered = replace(services, unrendered_labels=lambda _: ("eyes up",), render_labels=render)
        house.app.services = unrendered  # type: ignore[attr-defined]  # the same
        house.home.walk(MINE)
        while not begun.is_set():
            await house.pilot.pause(0.005)
        assert house.app.screen is house.home
        may_end.set()
        await house.settle()
        assert house.walked == MINE
        assert rendered == [("eyes up",)]


async def test_own_workouts_are_listed_below_the_ladder_and_can_be_started(tmp_path: Path) -> None:
    async with at_home(tmp_path, YOURS, MINE) as house:
        assert house.rows == ["Mine", "Yours"]
        assert house.chosen == preset("first-try")
        await house.press("end")
        assert house.chosen == YOURS
        await house.press("up", "up")
        assert house.chosen == presets()[-1]  # the heading is skipped
        await house.press("down", "enter")
        assert house.walked == MINE


async def test_a_file_with_an_error_is_listed_with_its_message_and_never_walked(tmp_path: Path) -> None:
    directory = tmp_path / "config" / "workouts"
    async with at_home(tmp_path, MINE) as house:
        (directory / "broken.toml").write_text("notation = 'back [/b]'\n")
        house.home.reload()
        await house.settle()
        row = house.home.query_one(ProblemRow)
        assert "broken.toml" in row.query_one(".why", Line).text
        house.home.query_one(ListView).index = house.home.query_one(ListView).children.index(row)
        await house.press("enter", "e", "d", "r", "delete", "x", "a")
        assert isinstance(house.app.screen, HomeScreen)
        assert "broken.toml" in house.about
        assert (directory / "broken.toml").exists()


async def test_a_workout_edited_by_hand_is_walked_as_it_is_now(tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE) as house:
        await house.press("end")
        by_hand(tmp_path, 'name = "By hand"\nnotation = "back 5m"\n')
        await house.press("enter")
        assert house.walked == parse("back 5m")
        assert house.rows == ["By hand"]


@pytest.mark.parametrize("key", ["enter", "e", "a", "x"])
async def test_a_workout_whose_file_is_gone_or_broken_by_now_is_not_used(key: str, tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE, YOURS) as house:
        await house.press("end")
        (tmp_path / "config" / "workouts" / "yours.toml").unlink()
        await house.press(key)
        assert house.app.screen is house.home
        assert 'you have no workout "yours"' in [notice.message for notice in house.app._notifications]
        assert house.rows == ["Mine"]


async def test_workouts_changed_by_hand_are_listed_on_return_and_the_cursor_stays_with_its_own(tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE, YOURS) as house:
        await house.press("end")
        assert house.chosen == YOURS
        before = house.home.query_one(ListView).children[-1]
        await house.press("f1", "escape")
        assert house.home.query_one(ListView).children[-1] is before, "nothing has changed: nothing is drawn again"
        await house.press("f1")
        by_hand(tmp_path, 'name = "Mine"\nnotation = "back 5m"\n')
        house.library.save(parse("back 9m", name="A new one"))
        await house.press("escape")
        assert house.rows == ["A new one", "Mine", "Yours"]
        assert house.chosen.name == "Yours"
        await house.press("up")
        assert house.chosen == parse("back 5m")


def by_hand(folder: Path, text: str) -> None:
    """Edit the file of `MINE`."""
    (folder / "config" / "workouts" / "mine.toml").write_text(text)


async def test_new_and_edit_open_the_builder_and_choose_what_was_saved(tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE) as house:
        await house.press("n")
        assert isinstance(house.app.screen, BuilderScreen)
        house.app.screen.query_one("#name", Input).focus()
        await house.press(*"New", "ctrl+s")
        await house.settle()
        assert house.rows == ["Mine", "New"]
        assert house.chosen.name == "New"
        await house.press("home", "e", "ctrl+s")
        await house.settle()
        assert house.chosen.name == f"My {presets()[0].name}"


async def test_copies_have_new_names(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.press("home", "d")
        await house.press("home", "d")
        copied = f"My {presets()[0].name}"
        assert house.rows == [copied, f"{copied} 2"]
        await house.press("d")
        assert house.chosen.name == f"{copied} 2 copy"


async def test_rename_says_what_is_wrong_and_keeps_the_words(tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE, YOURS) as house:
        await house.press("end", "r")
        ask = house.app.screen
        assert isinstance(ask, Ask)
        ask.query_one(Input).value = "Mine"
        await house.press("enter")
        assert house.app.screen is ask
        assert "already" in str(ask.query_one("#problem", Static).content)
        await house.press("end", "2", "enter")
        assert house.rows == ["Mine", "Mine2"]
        assert house.chosen.name == "Mine2"


async def test_delete_asks_first(tmp_path: Path) -> None:
    async with at_home(tmp_path, MINE) as house:
        await house.press("end", "delete", "escape")
        assert house.rows == ["Mine"]
        await house.press("delete", "y")
        await house.settle()
        assert house.rows == []


@pytest.mark.parametrize("key", ["r", "delete"])
async def test_presets_stay_unchanged(tmp_path: Path, key: str) -> None:
    async with at_home(tmp_path) as house:
        await house.press("home", key)
        assert "a preset cannot be" in house.about


async def test_overrides_apply_to_one_session(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.press("a")
        assert isinstance(house.app.screen, OverridesScreen)
        assert house.app.screen.query_one("#before .end", Line).text == "8:00   ends 09:08:10"
        await house.press("ctrl+u", *"90s")
        assert house.app.screen.query_one("#after .end", Line).text == "9:00   ends 09:09:10"
        await house.press("enter")
        assert house.walked.backward_seconds == 180
        assert preset("first-try").backward_seconds == 120


async def test_pasted_notation_is_offered_and_walked(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.paste("back 2m,\nfwd 1m\n")
        assert isinstance(house.app.screen, Choose)
        await house.press("w")
        assert house.walked == YOURS


async def test_an_imported_speed_that_is_too_fast_gives_a_warning(tmp_path: Path) -> None:
    async with at_home(tmp_path) as house:
        await house.paste("back 1m @20km/h")
        shown = "\n".join(str(part.render()) for part in house.app.screen.query(Static))
        assert "Walk no faster than" in shown


async def test_a_dropped_file_is_offered_and_saved(tmp_path: Path) -> None:
    file = tmp_path / "two hills [x].json"
    file.write_text('{"name": "Hills", "notation": "back 1m"}')
    async with at_home(tmp_path) as house:
        await house.paste(f"'{file}' ")
        assert isinstance(house.app.screen, Choose)
        await house.press("s")
        await house.press("enter")
        assert house.rows == ["Hills"]


async def test_a_file_without_direction_asks_which_way(tmp_path: Path) -> None:
    file = tmp_path / "hills.zwo"
    file.write_text(WITHOUT_DIRECTION)
    async with at_home(tmp_path) as house:
        await house.press("i")
        house.app.screen.query_one(Input).value = str(file)
        await house.press("enter")
        assert isinstance(house.app.screen, Choose)
        await house.press("f")
        await house.press("w")
        assert house.walked.backward_seconds == 0
        assert house.walked.name == "Hills"


@pytest.mark.parametrize("text", ["hello there", "[/b]", "\x1b]0;x\x07", "/nowhere/at/all.zwo", "x" * 2_000_000])
async def test_pasted_nonsense_gives_only_one_line(tmp_path: Path, text: str) -> None:
    async with at_home(tmp_path) as house:
        await house.paste(text)
        assert isinstance(house.app.screen, HomeScreen)
        assert house.about.startswith("not a workout: ")
        assert house.about.isprintable()


@pytest.mark.parametrize("size", [(120, 40), (200, 55), (60, 14)])
async def test_what_was_done_is_said_in_every_size_until_the_cursor_moves(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with at_home(tmp_path, MINE, size=size) as house:
        await house.press("end", "x")
        house.app.screen.query_one(Input).value = str(tmp_path / "out.json")
        await house.press("enter")
        about = house.home.query_one("#about")
        assert about.display
        assert house.about.startswith("written to")
        await house.press("up")
        assert not about.display


async def test_export_writes_a_new_file_only(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    async with at_home(tmp_path, MINE) as house:
        await house.press("end", "x")
        house.app.screen.query_one(Input).value = str(target)
        await house.press("enter")
        assert "written to" in house.about
        assert b"back 1m" in target.read_bytes()
        before = target.read_bytes()
        await house.press("up", "x")
        house.app.screen.query_one(Input).value = str(target)
        await house.press("enter")
        assert isinstance(house.app.screen, Ask)
        assert "already" in str(house.app.screen.query_one("#problem", Static).content)
        assert target.read_bytes() == before


async def test_an_edited_workout_is_saved_with_one_key(tmp_path: Path) -> None:
    walked = SetPhase(Phase.BACKWARD, 90)(flatten(preset("builder")), At(0, 0))
    saved: list[Workout | None] = []
    async with at_home(tmp_path, parse("back 1m", name="Builder adapted")) as house:
        for _ in range(2):  # a key that is pressed twice asks once
            offer_save(house.app, walked, "Builder", house.library, saved.append)
        await house.settle()
        await house.press("enter")
        await house.settle()
        assert saved[0] is not None
        assert saved[0].name == "Builder adapted 2"
        assert not isinstance(house.app.screen, Ask)
        assert house.library.get("builder-adapted-2") == parse(
            "warm 3m, 4x(turn 30s, back 90s, turn 30s | fwd 1m), cool 2m"
        )


async def test_without_a_directory_for_own_workouts_a_message_says_so() -> None:
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer()))
    async with app.run_test() as pilot:
        await pilot.press("n")
        assert "cannot be saved here" in app.screen.query_one("#about", Line).text


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 12), (240, 67)])
@pytest.mark.sampled(2)
async def test_every_size_works(tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_home(tmp_path, MINE, size=size) as house:
        await house.press("end", "a", "escape", "r", "escape", "delete", "escape")
        assert house.chosen == MINE


@pytest.mark.parametrize("text", ["/nowhere/x", "~/x", "hills.zwo", "C:\\x\\y", "'./x y.json'", "file:///nowhere"])
def test_a_missing_file_is_named(text: str) -> None:
    with pytest.raises(WorkoutError, match="there is no file"):
        read_text(text)


def test_dropped_paths_are_read_the_way_terminals_write_them(tmp_path: Path) -> None:
    file = tmp_path / "a (b) c.zwo"
    file.write_text("x")
    escaped = str(file).replace(" ", "\\ ").replace("(", "\\(").replace(")", "\\)")
    for text in (str(file), f"'{file}'", f'"{file}" ', escaped, file.as_uri()):
        assert dropped_path(text) == file
    for text in ("", "back 1m", str(tmp_path), f"{file}\n{file}", "\0", "~nobody-at-all/x", "x" * 5000, "file://"):
        assert dropped_path(text) is None
