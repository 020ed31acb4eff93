"""A home directory full of hostile text, and checks of how the screens show it."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from textual.events import Paste
from textual.widgets import Input, OptionList

from retro_timer.audio import protocol
from retro_timer.config.paths import Paths
from retro_timer.config.settings import load
from retro_timer.session.history import NextDay
from retro_timer.session.ports import SoundState
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.key_parser import KeyParser
from retro_timer.ui.run_in_thread import _NAME as BESIDE
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.workout_row import ProblemRow, WorkoutList, WorkoutRow
from tests.audio.supervised import House
from tests.sensors.made import MadeSensors
from tests.storage.sessions import MORNING, interrupt, many
from tests.ui.support import Stage
from tests.ui.wire import Wire, obeyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen

SIZE: Final = (80, 30)
DRAWN: Final = "[red]evil" + "\u0301" * 14 + "[/]" + "眼\u200d" * 8 + "[@click=app.pwned]y[/][link=x]z[/]\\[b]"
"""Eighty characters that are allowed in a name and have a meaning in Textual or a terminal."""
OBEYED: Final = (
    "evil\x1b[6m\x1b]0;PWNED\x07\x9b6m\x9d0;x\x9c\x90q\x9c\x1bP1$r\x1b\\\r\b\x7f\n\t\x00"
    "a\u202eb\u2066c\u200bd\ufeff\u2028"
)
"""7-bit and 8-bit escape sequences, control characters, line breaks, and bidirectional or invisible marks."""
UNDECODED: Final = os.fsdecode(b"\xe9\xff")
"""How Python represents undecodable bytes in file names and the environment."""
SEEN: Final = "[red]evi"
"""The part that must be visible where the text is shown."""
CANARY: Final = "pwned"
"""The name of the action in the hostile markup."""
KEYS: Final = "\x90\x9b\u0301\u202e\u200b\u0378\ue000"
"""Characters that a terminal may send as keys."""


class Home:
    """An app whose files, history, settings and environment are full of hostile text.

    Args:
        directory: the directory of its files.
        text: the text.
    """

    def __init__(self, directory: Path, text: str) -> None:
        self.text = text
        self.name = "".join(mark for mark in text if mark not in "/\0")[:60] + UNDECODED
        self.paths = Paths(directory / f"config {self.name}", directory / f"data {self.name}")
        self.workouts = self.paths.config / "workouts"
        self.workouts.mkdir(parents=True)
        self.paths.data.mkdir()
        self.clock = FakeClock()
        self.store = Store(self.paths.data, self.clock, self.paths.config)
        self.sensors = MadeSensors()
        self._edits = 1000
        self._write_settings()

    @property
    def quoted(self) -> str:
        """The text as TOML and JSON write it."""
        return json.dumps(self.text)

    def own_workout(self) -> None:
        """Add a workout with the text as its name and labels; the file name is harmless."""
        label = self.text.replace("\\", "\\\\")
        notation = json.dumps(f'back 1m "{label}", fwd 1m "{label}"')
        (self.workouts / "own.toml").write_text(f"name = {self.quoted}\nnotation = {notation}\n", encoding="utf-8")

    def bad_workouts(self) -> None:
        """Add unreadable files with the text as their name and contents."""
        (self.workouts / f"{self.name}.toml").write_text('notation = "back [/b]"\n', encoding="utf-8")
        (self.workouts / "key.toml").write_text(f"{self.quoted} = 1\n", encoding="utf-8")

    def bad_settings(self) -> None:
        """Write settings that cannot be used."""
        self._write_settings(
            f"[look]\ntheme = {self.quoted}\n[keys]\nsession.skip = {self.quoted}\n{self.quoted} = 1\n"
        )

    def no_settings(self) -> None:
        """Remove the settings, for a first start."""
        self.paths.settings.unlink()

    def lock_settings(self) -> None:
        """Replace the settings file with a directory, so that it cannot be written."""
        self.paths.settings.unlink()
        self.paths.settings.mkdir()

    def open_to_others(self) -> None:
        """Make the data directory writable for others."""
        self.paths.data.chmod(0o777)

    def sessions(self) -> None:
        """Add two sessions to the history."""
        for walked in many(2):
            self.store.history.add(walked)

    def edited_sessions(self, first: timedelta = timedelta()) -> None:
        """Add two sessions with names, notes and labels edited by hand."""
        for walked in many(2, first=MORNING + first):
            self.store.history.add(walked)
        self.edit("UPDATE sessions SET name = ?, note = ?, next_day = ?", self.text, self.text, NextDay.NORMAL.value)
        self.edit("UPDATE intervals SET label = ?", self.text)

    def session_without_day_after(self) -> None:
        """Add the same sessions a day earlier, without an answer about the day after."""
        self.edited_sessions(-timedelta(days=1))
        self.edit("UPDATE sessions SET next_day = NULL")

    def unreadable_session(self) -> None:
        """Add a quarantined session with the text as its uuid and reason."""
        self.sessions()
        rows = {"sessions": [{"id": 1, "uuid": self.text}], "intervals": [], "pauses": [], "edits": []}
        self.edit("INSERT INTO quarantine (session, reason, content) VALUES (?1, ?1, ?2)", self.text, json.dumps(rows))

    def interrupted(self) -> None:
        """Add an interrupted session with a name edited by hand."""
        interrupt(self.paths.data)
        self.edit("UPDATE sessions SET name = ?", self.text)

    def edit(self, statement: str, *values: object) -> None:
        """Change the history outside the program."""
        self._edits += 1
        with closing(sqlite3.connect(self.paths.data / FILE_NAME)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(statement, values)
            connection.execute(f"PRAGMA schema_version = {self._edits}")  # open connections read the schema again
            connection.commit()

    def damage(self) -> None:
        """Add an invalid table with a hostile name to the history."""
        self.edit("INSERT INTO sqlite_master VALUES ('table', ?1, ?1, 0, 'CREATE')", self.text.replace("\0", ""))

    def start(self) -> Stage:
        """The app, with a sound device whose name is the text."""
        sound = House()
        sound.says("open", what=protocol.text({"what": self.text}, "what"))
        stage = Stage(
            clock=self.clock, store=self.store, paths=self.paths, loaded=load(self.paths.settings),
            make_sensors=self.sensors,
        )  # fmt: skip
        stage.clock = self.clock
        stage.player.state, stage.player.detail = SoundState.OK, sound.shown[-1][1]
        stage.app.driver_class = Wire
        return stage

    def _write_settings(self, more: str = "") -> None:
        text = f'{more}[units]\nspeed = "km/h"\n[first_start]\ndone = true\n'
        self.paths.settings.write_text(text, encoding="utf-8")


class Visit:
    """A visit to a screen.

    Args:
        home: the hostile files.
        stage: the app, started.
        pilot: presses keys.
    """

    def __init__(self, home: Home, stage: Stage, pilot: Pilot[int]) -> None:
        self.home = home
        self.stage = stage
        self.app = stage.app
        self.wire = cast("Wire", stage.app._driver)
        self.screens: set[type[Screen[Any]]] = set()
        """The screens on which the text was seen."""
        self.markup: list[str] = []
        """The parts of the text that were interpreted as markup."""
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, and check the screen after each."""
        for key in keys:
            await self._pilot.press(key)
            await self.look()

    async def paste(self, text: str, field: str = "") -> None:
        """Paste a text into the focused widget, or into a field if it exists."""
        for found in self.app.screen.query(field).results(Input) if field else ():
            found.focus().clear()
        self.app.post_message(Paste(text))
        await self.look()

    async def send(self, character: str) -> None:
        """Send a character as a terminal would."""
        for message in KeyParser().read(character):
            self.app.post_message(message)
        await self.look()

    async def look(self) -> None:
        """Wait until the work of other threads is done and its results are drawn, then check the screen."""
        calm = 0
        while calm < 3:  # an answer has its effect after two more messages at most
            await self._reached(self.app.call_later)
            threads = [thread for thread in threading.enumerate() if thread.name == BESIDE]
            for thread in threads:
                await asyncio.to_thread(thread.join, 20)
            await self._pilot._wait_for_screen()
            await self._reached(self.app.screen.call_after_refresh)
            calm = 0 if threads else calm + 1
        self.markup += obeyed(self.app, CANARY)
        if SEEN in self.wire.text().lower():
            self.screens.add(type(self.app.screen))

    @staticmethod
    async def _reached(call: Callable[[Callable[[], object]], object]) -> None:
        """Wait until a call that is scheduled now has been made."""
        made = asyncio.Event()
        call(made.set)
        await asyncio.wait_for(made.wait(), 20)

    async def open_own(self, *keys: str) -> None:
        """Put the cursor on the own workout and press keys; does nothing if its file was refused."""
        home = self.app.screen
        rows = [row for row in home.query(WorkoutRow) if row.own]
        assert len(rows) + len(home.query(ProblemRow)) == 1
        for row in rows:
            assert row.workout.name == " ".join(self.home.text.split())
            row.query_ancestor(WorkoutList).index = home.query_one(WorkoutList).children.index(row)
            await self.press(*keys)

    async def open_history(self, *keys: str) -> None:
        """Open the history and press keys; if its sessions were refused, decline the repair first."""
        if isinstance(self.app.screen, Question):
            await self.press("escape")
        await self.press("p", *keys)

    async def walk(self, *keys: str) -> None:
        """Let the lead-in pass, and press keys."""
        await self.stage.move(self._pilot, 11_000)
        await self.look()
        await self.press(*keys)

    async def hover(self, widget: str) -> None:
        """Put the pointer on a widget."""
        await self._pilot.hover(widget, offset=(5, 0))
        await self.look()

    async def found(self) -> None:
        """Wait until the palette has searched everything."""
        listed = self.app.screen.query_one(OptionList)
        for _ in range(400):
            if listed.option_count:
                break
            await self._pilot.pause(0.01)
        await self.look()
