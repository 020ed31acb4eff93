"""Putting the program together: directories, settings, clock, sound and keeper, from what the command line says."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from retro_timer.clock import Clock, RehearsalClock, SystemClock
from retro_timer.scheduling.values import Value
from retro_timer.storage.keeper import Keeper
from retro_timer.storage.log import Log
from retro_timer.storage.paths import Paths, find_paths
from retro_timer.storage.settings import Loaded, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.options import SoundOptions
    from retro_timer.runner import Runner
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.engine import Rules
    from retro_timer.session.ports import Player
    from retro_timer.session.timeline import CueSettings
    from retro_timer.storage.model import Interrupted
    from retro_timer.ui.services import Services


class Setup(Value):
    """The parts of the program, each made when it is first needed.

    Attributes:
        data_dir: what `--data-dir` says.
        audio: what `--audio` says.
        rehearse: how many times faster time runs.
        lead_in: seconds, instead of the settings' own.
        wait_at_turns: instead of the settings' own.
    """

    data_dir: str | None = None
    audio: str | None = None
    rehearse: int | None = None
    lead_in: int | None = None
    wait_at_turns: bool | None = None

    @cached_property
    def paths(self) -> Paths:
        """Where files are."""
        return find_paths(self.data_dir)

    @cached_property
    def loaded(self) -> Loaded:
        """The settings."""
        return load(self.paths.settings)

    @cached_property
    def clock(self) -> Clock:
        """The machine's clock, or a faster one."""
        clock = SystemClock()
        return RehearsalClock(clock, self.rehearse) if self.rehearse else clock

    @cached_property
    def keeper(self) -> Keeper:
        """What keeps the walks."""
        return Keeper(self.paths.data, self.clock)

    @cached_property
    def log(self) -> Log:
        """Where what went wrong is written."""
        return Log(self.paths.log, self.clock.wall)

    def rules(self) -> Rules:
        """How sessions behave."""
        rules = self.loaded.settings.rules()
        if self.lead_in is not None:
            rules = rules.but(lead_in=self.lead_in)
        if self.wait_at_turns is not None:
            rules = rules.but(wait_at_turns=self.wait_at_turns)
        return rules

    def cues(self) -> CueSettings:
        """Which cues are heard."""
        return self.loaded.settings.cue_settings()

    def sound_options(self) -> SoundOptions:
        """How the walker wants to be heard; a rehearsal is silent unless sound was asked for."""
        from retro_timer.audio.options import SoundOptions  # noqa: PLC0415  (not every command sounds)

        settings = self.loaded.settings
        sound = settings.sound
        return SoundOptions(
            backend=self.audio or ("off" if self.rehearse else sound.backend),
            sound_set=sound.set,
            voice_volume=sound.voice_volume,
            sounds_volume=sound.sounds_volume,
            offset_ms=sound.offset_ms,
            pre_roll_ms=sound.pre_roll_ms,
            custom=settings.custom_sounds(),
        )

    def player(self, on_state: Callable[[], None] | None = None, ring: Callable[[], None] | None = None) -> Player:
        """What plays the cues."""
        from retro_timer.audio.silent import PacedPlayer, SilentPlayer  # noqa: PLC0415  (not every command sounds)

        options = self.sound_options()
        if options.backend == "off":
            return SilentPlayer()
        from retro_timer.audio.player import SoundPlayer  # noqa: PLC0415  (the same)

        player = SoundPlayer(options, on_state=on_state, ring=ring, log=self.log.say)
        return PacedPlayer(player, self.clock) if self.rehearse else player

    def runner(
        self, workout: Workout, ring: Callable[[], None] | None = None, interrupted: Interrupted | None = None
    ) -> Runner:
        """A session of a workout, without a screen."""
        from retro_timer.runner import Runner  # noqa: PLC0415  (the screens make their own)

        return Runner(
            workout,
            clock=self.clock,
            player=self.player(ring=ring),
            rules=self.rules(),
            cues=self.cues(),
            click=self.loaded.settings.click_settings(),
            steps=self.loaded.settings.steps(),
            muted=self.loaded.settings.sound.muted,
            rehearsal=self.rehearse is not None,
            interrupted=interrupted,
        )

    def services(self) -> Services:
        """What the screens are given."""
        import socket  # noqa: PLC0415  (Textual imports it anyhow)

        from retro_timer.storage.locale_units import resolve_units  # noqa: PLC0415  (only screens show units)
        from retro_timer.ui.services import Services  # noqa: PLC0415  (a screen is shown: Textual is needed)
        from retro_timer.ui.terminal import look_at  # noqa: PLC0415  (the same)

        settings = self.loaded.settings
        # While a screen is shown, Textual stands in for sys.stdout.
        encoding = sys.__stdout__.encoding if sys.__stdout__ else None
        host = socket.gethostname()
        terminal = look_at(os.environ, encoding, settings.look, host=host, windows=sys.platform == "win32")
        return Services(
            clock=self.clock,
            make_player=self.player,
            rules=self.rules(),
            cues=self.cues(),
            click=settings.click_settings(),
            steps=settings.steps(),
            imperial=resolve_units(settings.units, os.environ).mph,
            ascii_only=terminal.ascii_only,
            moving=terminal.moving,
            muted=settings.sound.muted,
            remote=terminal.remote,
            rehearsal=self.rehearse is not None,
            keeper=self.keeper,
            paths=self.paths,
            loaded=self.loaded,
            renew=self.renewed,
        )

    def renewed(self, loaded: Loaded) -> Services:
        """What the screens are given once the settings were changed; the sound is opened by the new ones, too."""
        self.__dict__["loaded"] = loaded
        return self.services()
