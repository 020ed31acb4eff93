"""The services that screens use: clock, sound, store, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.runtime.session_config import PageOptions, SessionConfig
from retro_timer.runtime.terminal import Colours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from retro_timer.audio.options import SoundOptions
    from retro_timer.clock import Clock
    from retro_timer.config.paths import Paths
    from retro_timer.config.settings import Loaded
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.languages import Language
    from retro_timer.session.ports import Player
    from retro_timer.session.sensing import MakeSensors
    from retro_timer.storage.store import Store

    MakePlayer = Callable[[Callable[[], None], Callable[[], None]], Player]
    """Makes a player; takes callbacks (called from any thread) for changes of state and for the terminal's bell."""


def unlogged(_line: str) -> None:
    """A log that discards its lines (tests)."""


def no_labels(_workout: Workout) -> tuple[str, ...]:
    """No label to render (tests)."""
    return ()


def render_nothing(_labels: Sequence[str]) -> None:
    """Renders no label (tests)."""


def milliseconds(seconds: float) -> int:
    """Convert seconds of the system's clock to milliseconds."""
    return round(seconds * 1000)


class Services(Struct, frozen=True):
    """Services for all screens.

    Attributes:
        clock: the source of time.
        pressed_at: converts the time at which the terminal sent a key, in seconds of the system's clock, to
            milliseconds.
        make_player: makes the sound of one session, to be started after the first frame.
        unrendered_labels: the labels of a workout to render before its session.
        render_labels: renders them, which takes seconds.
        config: how sessions run.
        imperial: speeds in mph instead of km/h.
        clock_12h: times of day as 5:30 PM instead of 17:30.
        ascii_only: draw without block characters.
        colours: how many colours the terminal shows.
        moving: whether anything but the time may move.
        remote: where the sound is heard if that is not here, in one sentence; otherwise empty.
        title: whether the title of the terminal shows the time left.
        desktop: whether a session keeps the machine awake and runs hooks, as the settings say.
        rehearsal: whether time runs faster: nothing is kept.
        store: the history and the journal; None keeps nothing.
        paths: where settings and own workouts are; None without files (tests).
        loaded: the settings as they were read, with the problems in them.
        runtime_directory: finds the directory of the sockets of running sessions; None shares no session.
        sound_options: finds the sound options; None without sound.
        page: how the web page starts.
        make_sensors: makes the sensors of a session; None for those of this machine.
        log: writes a line to the log.
        renew: makes services for other settings; command-line options still take precedence.
    """

    clock: Clock
    make_player: MakePlayer
    pressed_at: Callable[[float], int] = milliseconds
    unrendered_labels: Callable[[Workout], tuple[str, ...]] = no_labels
    render_labels: Callable[[Sequence[str]], None] = render_nothing
    config: SessionConfig = SessionConfig()
    imperial: bool = False
    clock_12h: bool = False
    ascii_only: bool = False
    colours: Colours = Colours.TRUE
    moving: bool = True
    remote: str = ""
    title: bool = False
    desktop: bool = False
    rehearsal: bool = False
    store: Store | None = None
    paths: Paths | None = None
    loaded: Loaded | None = None
    runtime_directory: Callable[[], Path] | None = None
    sound_options: Callable[[], SoundOptions] | None = None
    page: PageOptions = PageOptions()
    make_sensors: MakeSensors | None = None
    log: Callable[[str], None] = unlogged
    renew: Callable[[Loaded], Services] | None = None

    @property
    def phrases(self) -> Language:
        """The phrases of the spoken language."""
        return self.config.cues.phrases

    def with_settings(self, loaded: Loaded) -> Services:
        """The services for other settings."""
        if self.renew is not None:
            return self.renew(loaded)
        settings = loaded.settings
        config = SessionConfig.of(settings, imperial=self.imperial)
        return replace(self, loaded=loaded, config=config, moving=not settings.look.reduced_motion)
