"""The costs of a session's start and of each of its seconds, as counts that are the same on every machine.

`tests/benchmarks/peers.py` measures times, next to other programs; changes that would make them worse show here first.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from rich.console import Console
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Digits

from retro_timer.desktop import title
from retro_timer.ui.repainting import CellsUpdate
from retro_timer.ui.screens.session import SessionScreen
from tests.terminal import terminal
from tests.ui.support import Stage, furnished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from textual.pilot import Pilot

SIZE: Final = (120, 40)
TERMINAL: Final = Console(force_terminal=True, color_system="256", legacy_windows=False)
"""The terminal that colours are written for; the same wherever the tests run."""
MINUTE: Final = 60
WALK: Final = "warm 30m, turn 30s, back 1m"
BYTES: Final = 4.5
"""Maximum ratio of the written bytes to those of the floor."""
CALLS: Final = 1.37
"""Maximum ratio of the calls of Python functions per second to those of the floor."""
CELLS: Final = 370
"""Maximum average number of cells written per second: a digit or two, the arrows, the marker."""
STYLED: Final = 60
"""Maximum number of style computations of widgets until the first frame."""
FIRST_FRAME_CALLS: Final = 1.39
"""Maximum ratio of the calls of Python functions until the first frame to those of the floor."""
SOUND_CALLS: Final = 1.01
"""The same ratio of a start with sound to one without: the sound starts after the first frame."""
FIRST_FRAME_MEMORY: Final = 1.35
"""Maximum ratio of the memory that Python has allocated at the first frame to that of the floor."""
GROWTH: Final = 42_000
"""Maximum average number of bytes that a minute leaves behind; most of them in caches that fill up."""
LEAVING_CALLS: Final = 5.2
"""Maximum ratio of the calls from the exit key to the end of the program to those of the floor."""
COUNTED: Final = ("retro_timer", "textual", "rich")
"""The packages whose functions are counted when called."""
MOST_OF_OURS: Final = 82
"""Maximum number of our modules loaded until the first frame, not counting packages."""
HEAVY: Final = {
    "defusedxml",
    "fit_tool",
    "miniaudio",
    "plotext",
    "simpleaudio",
    "textual_plotext",
    "tomlkit",
    "tree_sitter",
}
LATER: Final = (
    "csv", "email", "importlib.metadata", "json", "logging.handlers", "sqlite3",
    "textual.widgets._text_area", "tomllib", "xml",
)  # fmt: skip
"""Parts of Python's library and of Textual that are not needed before the first frame."""
OURS_LATER: Final = (
    "audio.child_process", "audio.choose", "audio.dependencies", "audio.protocol", "audio.supervisor", "cli.plain",
    "cli.speed", "formats", "help",
    "desktop", "processes",
    "runtime.job_control", "runtime.log", "runtime.progress", "runtime.resolve", "runtime.review", "runtime.today",
    "scheduling.edits", "scheduling.notation", "scheduling.overrides", "serving", "session.edit_phrases",
    "session.record", "session.recorder", "storage.database", "storage.database_file", "storage.history",
    "storage.interrupted", "storage.journal", "storage.rows",
    "storage.session_lock", "storage.workouts", "storage.writer", "training.speeds", "ui.facts", "ui.palette",
    "ui.screens.adjust", "ui.screens.help", "ui.screens.home", "ui.screens.session_ending",
    "ui.screens.session_links", "ui.screens.settings", "ui.screens.summary", "ui.terminal.ascii_filter",
    "ui.widgets.plot",
)  # fmt: skip


class Floor(App[None]):
    """The floor: the simplest possible countdown."""

    CSS = "Screen { align: center middle; } Digits { width: auto; }"

    def compose(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  (as in any small app)
        yield Digits("")


class Costs:
    """The work of an app while time passes."""

    def __init__(self, app: App[Any], patch: pytest.MonkeyPatch) -> None:
        self.frames = 0
        self.titles = 0
        self.calls = 0
        self.bytes = 0
        self.cells = 0
        self.queries = 0
        display, query = app._display, DOMNode.query_one
        driver = app._driver
        assert driver is not None

        def displayed(screen: object, renderable: object) -> None:
            if renderable is not None:
                self.frames += 1
                self.bytes += len(renderable.render_segments(TERMINAL).encode())  # type: ignore[attr-defined]
                if isinstance(renderable, CellsUpdate):
                    self.cells += sum(len(text) for *_, piece in renderable.pieces for text, *_ in piece)
            display(screen, renderable)  # type: ignore[arg-type]

        def wrote(data: str) -> None:
            """Count the titles; without a terminal, frames are not written."""
            self.titles += 1
            self.bytes += len(data.encode())

        def queried(node: DOMNode, *given: object, **named: object) -> object:
            self.queries += 1
            return query(node, *given, **named)  # type: ignore[call-overload]

        patch.setattr(app, "_display", displayed)
        patch.setattr(driver, "write", wrote)
        patch.setattr(DOMNode, "query_one", queried)

    def called(self, frame: FrameType, event: str, _argument: object) -> None:
        """Count the calls of functions of ours and of Textual's."""
        if event == "call" and any(part in frame.f_code.co_filename for part in COUNTED):
            self.calls += 1


@contextmanager
def counting(app: App[Any]) -> Iterator[Costs]:
    """Count what an app does within the block."""
    with pytest.MonkeyPatch.context() as patch:
        costs = Costs(app, patch)
        sys.setprofile(costs.called)
        try:
            yield costs
        finally:
            sys.setprofile(None)


async def minute_of_floor() -> Costs:
    """A minute of the floor."""
    app = Floor()
    async with app.run_test(size=SIZE) as pilot:
        digits = app.query_one(Digits)
        digits.update("29:60")
        await shown(pilot)
        with counting(app) as costs:
            for left in range(1799, 1799 - MINUTE, -1):
                digits.update(f"{left // 60}:{left % 60:02}")
                await shown(pilot)
        return costs


async def minute_of_ours(patch: pytest.MonkeyPatch) -> Costs:
    """A minute of a session."""
    patch.setattr(title, "EVERY", 0)  # the seconds of this session pass faster
    stage = Stage(WALK, title=True)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000, 1_000)
        await shown(pilot)
        with counting(stage.app) as costs:
            await seconds(stage, pilot, MINUTE)
        return costs


async def seconds(stage: Stage, pilot: Pilot[Any], number: int) -> None:
    """Let seconds of a session pass, each with its frame."""
    for _ in range(number):
        stage.clock.move(1_000)
        stage.session_screen.tick()
        await shown(pilot)


async def shown(pilot: Pilot[Any]) -> None:
    """Wait until changes are drawn."""
    await pilot.pause()
    done = asyncio.Event()
    pilot.app.screen.call_after_refresh(done.set)
    await done.wait()


async def test_a_second_is_one_frame_of_few_cells_bytes_and_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    floor, ours = await minute_of_floor(), await minute_of_ours(monkeypatch)
    assert floor.frames == MINUTE
    assert ours.frames == ours.titles == MINUTE
    assert ours.bytes <= BYTES * floor.bytes
    assert ours.calls <= CALLS * floor.calls
    assert ours.queries == 0
    assert 0 < ours.cells <= MINUTE * CELLS


async def test_the_styles_are_worked_out_once_before_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out, read_again = Counter[str](), 0
    apply, reparse = Stylesheet.apply, Stylesheet.reparse

    def applied(sheet: Stylesheet, node: DOMNode, animate: bool = False, cache: Any = None) -> None:  # noqa: ANN401
        worked_out[node.css_identifier] += 1
        apply(sheet, node, animate=animate, cache=cache)

    def reparsed(sheet: Stylesheet) -> None:
        nonlocal read_again
        read_again += 1
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "apply", applied)
    monkeypatch.setattr(Stylesheet, "reparse", reparsed)
    stage = Stage(WALK)
    async with stage.app.run_test(size=SIZE) as pilot:
        await shown(pilot)
    assert read_again == 0
    assert worked_out.total() <= STYLED, worked_out


async def test_the_sound_is_opened_after_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sound's thread would otherwise import modules and start a process while the main thread draws."""
    stage = Stage(WALK)
    display, opened = App[Any]._display, list[bool]()

    def displayed(app: App[Any], screen: Any, renderable: Any) -> None:  # noqa: ANN401  (Textual's)
        if renderable is not None and isinstance(app.screen, SessionScreen):
            opened.append(stage.player.started)
        display(app, screen, renderable)

    monkeypatch.setattr(App, "_display", displayed)
    async with stage.app.run_test(size=SIZE) as pilot:
        async with asyncio.timeout(30):
            while not stage.player.started:
                await pilot.pause()
        assert opened[0] is False


FIRST_FRAME: Final = """
import os, pathlib, runpy, sys, tracemalloc

calls = 0
if "MEMORY" in os.environ:
    tracemalloc.start()

def called(frame, event, argument):
    global calls
    if event == "call" and not frame.f_code.co_filename.startswith("<frozen importlib"):
        calls += 1

if "COUNT" in os.environ:
    sys.setprofile(called)

from textual.app import App

def shown(app, screen, renderable):
    if renderable is not None and type(app.screen).__name__ in ("SessionScreen", "Screen"):
        sys.setprofile(None)
        found = " ".join(sys.modules)
        if "COUNT" in os.environ:
            found = str(calls)
        if "MEMORY" in os.environ:
            found = str(tracemalloc.get_traced_memory()[0])
        pathlib.Path(os.environ["FOUND"]).write_text(found)
        os._exit(0)

App._display = shown
if sys.argv[1] == "floor":
    del sys.argv[1]
    runpy.run_module("tests.benchmarks.floor", run_name="__main__")
else:
    runpy.run_module("retro_timer", run_name="__main__")
"""
"""Ends a program at its first frame, and writes the modules it has loaded by then, its calls or its memory."""


def until_first_frame(home: Path, *arguments: str, what: str = "MODULES") -> str:
    """The modules that a program has loaded at its first frame; with COUNT, the number of calls of Python functions
    until then; with MEMORY, the number of bytes allocated.

    Calls of the import system are left out: there are more of them if nothing has been compiled yet.
    """
    found = home / "found"
    environment = {"FOUND": str(found), what: "1"}
    program = (sys.executable, "-c", FIRST_FRAME)
    with terminal(arguments, home, size=SIZE, program=program, environment=environment) as ran:
        assert ran.wait(60) == 0, ran.text
    return found.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_nothing_is_loaded_before_the_first_frame_that_it_does_not_need(tmp_path: Path) -> None:
    """With the command as it is typed, including sound: everything imported before the first frame delays it."""
    loaded = set(until_first_frame(tmp_path, "run", "builder").split())
    assert "retro_timer.ui.screens.session" in loaded
    ours = {name.removeprefix("retro_timer.") for name in loaded if name.startswith("retro_timer.")}
    too_early = {name for name in ours for later in OURS_LATER if f"{name}.".startswith(f"{later}.")}
    assert not too_early
    assert not loaded & set(LATER)
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}
    modules = {name for name in ours if not any(other.startswith(f"{name}.") for other in ours)}
    assert len(modules) <= MOST_OF_OURS, sorted(modules)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_first_frame_is_few_calls_more_than_that_of_the_floor(tmp_path: Path) -> None:
    """The number is the same on a busy machine; `tests/benchmarks/peers.py` measures how long the calls take."""
    walk = ("run", "builder", "--lead-in", "0")
    floor = int(until_first_frame(tmp_path, "floor", "1800", what="COUNT"))
    ours = int(until_first_frame(tmp_path, *walk, "--audio", "off", what="COUNT"))
    with_sound = int(until_first_frame(tmp_path, *walk, what="COUNT"))
    assert floor < ours <= FIRST_FRAME_CALLS * floor
    assert with_sound <= SOUND_CALLS * ours


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_first_frame_takes_little_more_memory_than_that_of_the_floor(tmp_path: Path) -> None:
    """Counts memory allocated by Python; `tests/benchmarks/peers.py` measures resident memory."""
    floor = int(until_first_frame(tmp_path, "floor", "1800", what="MEMORY"))
    ours = int(until_first_frame(tmp_path, "run", "builder", "--lead-in", "0", what="MEMORY"))
    assert floor < ours <= FIRST_FRAME_MEMORY * floor


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads what is mapped in /proc")
def test_a_session_never_loads_openssl(tmp_path: Path) -> None:
    """OpenSSL's 4 MB would be a tenth of the resident memory."""
    with terminal(("run", "builder", "--lead-in", "0", "--audio", "off"), tmp_path, size=SIZE) as ran:
        ran.wait_for(lambda _: any((tmp_path / "run").glob("*.sock")))  # everything has been started by then
        mapped = Path(f"/proc/{ran.pid}/maps").read_text()
    assert "libpython" in mapped or "python" in mapped
    assert "libssl" not in mapped
    assert "libcrypto" not in mapped


@pytest.mark.slow
async def test_a_minute_leaves_little_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title, "EVERY", 0)
    stage = Stage(WALK, title=True)
    async with stage.app.run_test(size=SIZE) as pilot:
        tracemalloc.start()
        try:
            await seconds(stage, pilot, 2 * MINUTE)  # caches fill
            gc.collect()
            before, _ = tracemalloc.get_traced_memory()
            await seconds(stage, pilot, 4 * MINUTE)
            gc.collect()
            left = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert left <= 4 * GROWTH


async def test_leaving_is_few_calls_more_than_leaving_the_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none of the calls waits; `tests/benchmarks/peers.py` measures how long leaving takes."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    floor = await left_by(Floor(), "ctrl+q")
    ours = await left_by(furnished(tmp_path, WALK).app, "ctrl+c")
    assert ours.calls <= LEAVING_CALLS * floor.calls
    assert not slept


async def left_by(app: App[Any], key: str) -> Costs:
    """The costs from a key to the end of an app."""
    async with AsyncExitStack() as stack:
        pilot = await stack.enter_async_context(app.run_test(size=SIZE))
        await shown(pilot)
        with counting(app) as costs:
            await pilot.press(key)
            await stack.aclose()
    return costs


def test_garbage_collection_returns_after_the_first_frame_and_leaves_out_what_was_imported() -> None:
    program = (
        "import gc; gc.disable()\n"
        "from retro_timer.ui.app import GC_THRESHOLDS, enable_gc\n"
        "enable_gc()\n"
        "print(gc.isenabled(), gc.get_threshold() == GC_THRESHOLDS, gc.get_freeze_count() > 10_000)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 3


async def test_the_app_turns_garbage_collection_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    turned_on = asyncio.Event()
    monkeypatch.setattr("retro_timer.ui.app.SETTLED", 0.001)
    monkeypatch.setattr("retro_timer.ui.app.enable_gc", turned_on.set)
    async with Stage().app.run_test():
        await asyncio.wait_for(turned_on.wait(), 10)
