"""Wiring of the program: directories, settings, clock, sound and store, from the command-line options."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from retro_timer.clock import Clock, RehearsalClock, SystemClock
from retro_timer.config.paths import Paths, find_paths, find_runtime_directory
from retro_timer.config.settings import Loaded, load
from retro_timer.files.leftovers import clear_leftovers
from retro_timer.runtime.session_config import PageOptions
from retro_timer.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.label_clips import LabelClips
    from retro_timer.audio.options import SoundOptions
    from retro_timer.runtime.log import Log
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.services import Services
    from retro_timer.runtime.session_config import SessionConfig
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import InterruptedSession
    from retro_timer.session.ports import Player
    from retro_timer.storage.history import History
    from retro_timer.storage.open import OpenedHistory
    from retro_timer.storage.quarantine import Quarantined


class Setup(Struct, frozen=True, dict=True):
    """The parts of the program, each made on first use.

    Attributes:
        data_dir: the value of `--data-dir`.
        audio: the value of `--audio`.
        rehearse: how many times faster time runs.
        lead_in: seconds; overrides the setting.
        wait_at_turns: overrides the setting.
        page: how the web page starts.
    """

    data_dir: str | None = None
    audio: str | None = None
    rehearse: int | None = None
    lead_in: int | None = None
    wait_at_turns: bool | None = None
    page: PageOptions = PageOptions()

    @cached_property
    def paths(self) -> Paths:
        """The directories."""
        return find_paths(self.data_dir)

    @cached_property
    def loaded(self) -> Loaded:
        """The settings."""
        for directory in (self.paths.config, self.paths.workouts, self.paths.programmes):
            clear_leftovers(directory)
        return load(self.paths.settings)

    @cached_property
    def clock(self) -> Clock:
        """The system clock, or a faster one in a rehearsal."""
        clock = SystemClock()
        return RehearsalClock(clock, self.rehearse) if self.rehearse else clock

    @cached_property
    def store(self) -> Store:
        """The store of the sessions."""
        return Store(self.paths.data, self.clock, self.paths.config)

    def history_to_read(self) -> History:
        """The history for a command that only reads it. Prints a warning if it is a copy in memory.

        Raises:
            StorageError: if nothing can be read.
        """
        opened = self.store.readable_history()
        print_warnings(opened)
        self._warn()
        return opened.history

    def history_to_write(self) -> History:
        """The history for a command that changes it, or needs all of it.

        Raises:
            StorageError: if the file itself cannot be used.
        """
        opened = self.store.writable_history()
        print_warnings(opened)
        self._warn()
        return opened.history

    def _warn(self) -> None:
        for warning in self.store.warnings:
            click.echo(f"retro-timer: {warning}", err=True)

    @cached_property
    def log(self) -> Log:
        """The log."""
        from retro_timer.runtime.log import Log

        return Log(self.paths.log, self.clock.wall)

    @cached_property
    def log_problem(self) -> str:
        """Why lines of the log are missing, as one clause; empty if none is."""
        return ""

    def say(self, line: str) -> None:
        """Write a line to the log; never raises."""
        try:
            self.log.say(line)
            problem = self.log.problem
        except (ImportError, OSError) as error:  # where nothing can be opened any more, not even parts of Python
            problem = f"the log cannot be written: {error}"
        if problem:
            self.__dict__["log_problem"] = problem

    @property
    def config(self) -> SessionConfig:
        """How sessions run."""
        from retro_timer.config.locale import resolve_units
        from retro_timer.runtime.session_config import SessionConfig

        settings = self.loaded.settings
        config = SessionConfig.of(settings, imperial=resolve_units(settings.units, os.environ).mph)
        given = {"lead_in": self.lead_in, "wait_at_turns": self.wait_at_turns}
        rules = replace(config.rules, **{name: value for name, value in given.items() if value is not None})
        return replace(config, rules=rules)

    @property
    def _backend(self) -> str:
        """What plays the sound; a rehearsal is silent unless `--audio` is given."""
        return self.audio or ("off" if self.rehearse else self.loaded.settings.sound.backend)

    def unrendered_labels(self, workout: Workout) -> tuple[str, ...]:
        """The labels of a workout to render before its session; none if they are not spoken, or cannot be rendered."""
        from retro_timer.scheduling.model import iter_intervals
        from retro_timer.session.ports import SILENT

        labels = {interval.label for interval in iter_intervals(workout.blocks) if interval.label}
        if not labels or not self.loaded.settings.sound.speak_labels or self._backend in SILENT:
            return ()
        clips = self._label_clips()
        return clips.unrendered(sorted(labels)) if clips else ()

    def render_labels(self, labels: Sequence[str]) -> None:
        """Render labels in the walker's voice, which takes seconds; never raises."""
        clips = self._label_clips()
        try:
            said = clips.render(labels) if clips else 0
        except OSError as error:
            self.say(f"The labels could not be rendered: {error}.")
        else:
            self.say(f"{said} of {len(labels)} labels were rendered in the voice {self.loaded.settings.sound.voice!r}.")

    def _label_clips(self) -> LabelClips | None:
        from retro_timer.audio.label_clips import LabelClips
        from retro_timer.config.paths import label_cache

        folder = label_cache()
        return LabelClips(folder, self.loaded.settings.sound.voice) if folder else None

    def sound_options(self, voice: str | None = None) -> SoundOptions:
        """The sound options, with another voice if one is given."""
        from retro_timer.audio.options import SoundOptions
        from retro_timer.config.paths import label_cache
        from retro_timer.runtime.terminal import over_ssh

        settings = self.loaded.settings
        sound = settings.sound
        return SoundOptions(
            backend=self._backend,
            sound_set=sound.set,
            language=sound.language,
            voice=voice or sound.voice,
            voice_volume=sound.voice_volume,
            sounds_volume=sound.sounds_volume,
            offset_ms=sound.offset_ms,
            pre_roll_ms=sound.pre_roll_ms,
            custom=settings.custom_sounds(),
            labels=str(label_cache() or ""),
            far_end=over_ssh(os.environ),
        )

    def player(self, on_state: Callable[[], None] | None = None, ring: Callable[[], None] | None = None) -> Player:
        """Make a player; the caller starts it after the first output."""
        if self._backend == "off":
            from retro_timer.audio.silent import SilentPlayer

            return SilentPlayer()
        from retro_timer.audio.player import SoundPlayer

        return SoundPlayer(self.sound_options(), clock=self.clock, on_state=on_state, ring=ring, log=self.say)

    def runner(
        self, workout: Workout, ring: Callable[[], None] | None = None, interrupted: InterruptedSession | None = None
    ) -> Runner:
        """Make a runner for a plain session."""
        from retro_timer.runtime.runner import Runner

        config = self.config
        cues = replace(config.cues, own_key=True, own_pause_key=True)  # enter alone, an empty line, pauses and resumes
        return Runner(
            workout,
            clock=self.clock,
            player=self.player(ring=ring),
            config=replace(config, cues=cues),
            rehearsal=self.rehearse is not None,
            interrupted=interrupted,
        )

    def services(self) -> Services:
        """The services for the screens."""
        import socket

        from retro_timer.config.locale import resolve_units
        from retro_timer.runtime.services import Services
        from retro_timer.runtime.terminal import detect_terminal

        settings = self.loaded.settings
        # While the app is running, Textual replaces sys.stdout.
        encoding = sys.__stdout__.encoding if sys.__stdout__ else None
        host = socket.gethostname()
        units = resolve_units(settings.units, os.environ)
        terminal = detect_terminal(os.environ, encoding, settings.look, host=host, windows=sys.platform == "win32")
        return Services(
            clock=self.clock,
            make_player=self.player,
            unrendered_labels=self.unrendered_labels,
            render_labels=self.render_labels,
            config=self.config,
            imperial=units.mph,
            clock_12h=units.clock_12h,
            ascii_only=terminal.ascii_only,
            colours=terminal.colours,
            moving=terminal.moving,
            remote=terminal.remote,
            desktop=self.rehearse is None,
            title=terminal.titled and settings.desktop.title_bar,
            rehearsal=self.rehearse is not None,
            store=self.store,
            paths=self.paths,
            loaded=self.loaded,
            runtime_directory=find_runtime_directory,
            sound_options=self.sound_options,
            page=self.page,
            log=self.say,
            renew=self.renewed,
        )

    def renewed(self, loaded: Loaded) -> Services:
        """The services after a change of settings, including the sound."""
        self.__dict__["loaded"] = loaded
        return self.services()


def print_warnings(opened: OpenedHistory) -> None:
    """Print problems of an opened history, and each session that later turns out to be unreadable."""
    if opened.set_aside:
        aside = f"it was set aside as {opened.set_aside}: see retro-timer repair"
        click.echo(f"retro-timer: the history was damaged; {aside}", err=True)
    if opened.problem:
        click.echo(f"retro-timer: the history is in memory only: {opened.problem}", err=True)
    for session in opened.history.quarantined():
        _print_quarantined(session)
    opened.history.on_quarantine = _print_quarantined


def _print_quarantined(session: Quarantined) -> None:
    """Print a warning about an unreadable session, until a repair has been tried."""
    if not session.tried:
        click.echo(f"retro-timer: {session}: see retro-timer repair", err=True)
