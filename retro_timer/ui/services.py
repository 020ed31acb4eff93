"""What the screens are given, made where the program is put together: clock, sound, keeper, the walker's choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.values import Value
from retro_timer.session.actions import Steps
from retro_timer.session.engine import Rules
from retro_timer.session.metronome import ClickSettings
from retro_timer.session.timeline import CueSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.clock import Clock
    from retro_timer.session.ports import Player
    from retro_timer.storage.keeper import Keeper
    from retro_timer.storage.paths import Paths
    from retro_timer.storage.settings import Loaded

    MakePlayer = Callable[[Callable[[], None], Callable[[], None]], Player]
    """Opens the sound; is given what to call, from any thread, when its state changes and when the bell is to ring."""


class Services(Value):
    """What every screen may use.

    Attributes:
        clock: where the time comes from.
        make_player: opens the sound for one session.
        rules: how sessions behave.
        cues: which cues are heard.
        click: whether there is a click to step to.
        steps: by how much the length keys change.
        imperial: speeds in mph instead of km/h.
        ascii_only: draw without block characters.
        moving: whether anything may move but the time.
        muted: whether sessions begin without sound.
        remote: where the sound is heard when that is not here, in one sentence; empty where it is.
        rehearsal: whether time runs faster: nothing is kept.
        keeper: the history and the journal; None keeps nothing.
        paths: where settings and own workouts are; None without files (tests).
        loaded: the settings as they were read, with what was wrong in them.
        renew: makes the services anew for other settings, with what the command line says still on top of them.
    """

    clock: Clock
    make_player: MakePlayer
    rules: Rules = Rules()
    cues: CueSettings = CueSettings()
    click: ClickSettings = ClickSettings()
    steps: Steps = Steps()
    imperial: bool = False
    ascii_only: bool = False
    moving: bool = True
    muted: bool = False
    remote: str = ""
    rehearsal: bool = False
    keeper: Keeper | None = None
    paths: Paths | None = None
    loaded: Loaded | None = None
    renew: Callable[[Loaded], Services] | None = None

    def having(self, loaded: Loaded) -> Services:
        """The services for other settings."""
        if self.renew is not None:
            return self.renew(loaded)
        settings = loaded.settings
        return self.but(
            loaded=loaded,
            rules=settings.rules(),
            cues=settings.cue_settings(),
            click=settings.click_settings(),
            steps=settings.steps(),
            muted=settings.sound.muted,
            moving=not settings.look.reduced_motion,
        )
