"""miniaudio: one output that stays open, filled by the `Stage` from miniaudio's own thread."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from retro_timer.audio.backends import NotNow, Unavailable
from retro_timer.audio.clips import RATE, Prepared
from retro_timer.audio.stage import Stage, Tell
from retro_timer.audio.timebase import Timebase

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import Clicks

PERIOD_MS: Final = 100
"""Length of the blocks the output asks for. On a null sink the player's own CPU per 60 s was 0.36 s at 50 ms, 0.29 s at
80 ms and 0.23 s at 100 ms; cues are known ahead, so only an answer to a key is heard later for it."""

_REAL: Final = {
    "linux": ("PULSEAUDIO", "ALSA", "JACK"),
    "darwin": ("COREAUDIO",),
    "win32": ("WASAPI", "DSOUND", "WINMM"),
}
_ELSEWHERE: Final = ("SNDIO", "AUDIO4", "OSS", "PULSEAUDIO")
"""miniaudio falls back to its Null backend, which plays to nobody, unless the real ones are named."""

_PERIODS_AHEAD: Final = {"PulseAudio": 0.68, "ALSA": 2.0, "JACK": 1.0}
"""How many periods a sample lies in the buffer after it was asked for. PulseAudio: one period is buffered there;
measured on a null sink from 20 to 100 ms. ALSA: all of miniaudio's three periods but the one that is being filled."""
_USUAL_PERIODS_AHEAD: Final = 1.0
_SLACK: Final = {"PulseAudio": 0.3}
"""How late a block may come, in periods, before PulseAudio has nothing left: the rest of what is ahead lies in its sink
already. Measured on a null sink: a block 48 ms late left 20 ms of silence. Elsewhere it is all that is ahead."""


def real_backends(platform: str = sys.platform) -> tuple[str, ...]:
    """The names of miniaudio's backends that reach a speaker on a platform."""
    return _REAL.get(platform, _ELSEWHERE)


class PersistentOutput:
    """An `Engine` over miniaudio's playback device.

    Args:
        tell: is handed what happens to the cues.
        offset_ms: everything is played this much earlier.
        report: is handed each complaint, one line.
    """

    def __init__(self, tell: Tell, offset_ms: int, report: Callable[[str], None]) -> None:
        self._tell = tell
        self._offset = offset_ms
        self._report = report
        self._device: Any = None
        self._stage: Stage | None = None
        self._last_block = 0.0
        self.latency_ms = 0.0

    def open(self) -> str:
        """Open the default output."""
        miniaudio = _load()
        backends = [miniaudio.Backend[name] for name in real_backends()]
        try:
            self._device = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16, 1, RATE, PERIOD_MS, backends=backends, app_name="Retro Timer"
            )
            name = str(self._device.backend)
            self.latency_ms = PERIOD_MS * _PERIODS_AHEAD.get(name, _USUAL_PERIODS_AHEAD)
            slack = PERIOD_MS * _SLACK.get(name, _PERIODS_AHEAD.get(name, _USUAL_PERIODS_AHEAD))
            self._stage = Stage(Timebase(RATE, self.latency_ms, slack), self._tell, now_ms, self._offset)
            self._last_block = now_ms()
            blocks = self._blocks(self._stage)
            next(blocks)
            self._device.start(blocks)
        except miniaudio.MiniaudioError as error:
            raise NotNow(f"miniaudio found no output: {error.args[0]}.") from error
        return f"miniaudio on {name}"

    def _blocks(self, stage: Stage) -> Generator[Samples | bytes, int, None]:
        """What the output is filled with. An exception in here would end the sound for good, so none leaves it."""
        count = yield b""
        complained = False
        while True:
            self._last_block = now_ms()
            try:
                block: Samples | bytes = stage.fill(count)
            except Exception as error:  # noqa: BLE001  # whatever it is, silence for one block is better than for good
                block = bytes(2 * count)
                if not complained:
                    complained = True
                    self._report(f"A block of sound was lost: {error!r}")
            count = yield block

    def stalled_ms(self) -> float:
        """How long ago the output asked for its last block, beyond what is usual."""
        return max(0.0, now_ms() - self._last_block - 2 * PERIOD_MS)

    def play(self, prepared: Prepared) -> None:
        """Hand a cue to the stage."""
        if self._stage:
            self._stage.play(prepared)

    def cancel(self, *, sounding: bool) -> None:
        """Fade out, forget the rest."""
        if self._stage:
            self._stage.cancel(sounding=sounding)

    def click(self, stretches: Sequence[Clicks], click: Samples) -> None:
        """Hand the clicks to the stage."""
        if self._stage:
            self._stage.click(stretches, click)

    def mute(self, muted: bool) -> None:
        """Mute the stage."""
        if self._stage:
            self._stage.mute(muted)

    def drain(self) -> None:
        """Play to the end what sounds."""
        if self._stage:
            self._stage.drain()

    def abandon(self) -> None:
        """Nothing outlives the process. The device is left open: closing one waits for the sound server."""


def now_ms() -> float:
    """The system's monotonic clock in milliseconds; it is the same for every process on all platforms we run on."""
    return time.monotonic_ns() / 1_000_000


def _load() -> Any:  # noqa: ANN401  # it ships no types
    """Import miniaudio, without numpy: it is never needed here, and costs more than everything else together."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None is how an import is made to fail
    try:
        import miniaudio  # noqa: PLC0415  # only the child that uses it pays for it
    except (ImportError, OSError) as error:
        raise Unavailable(f"miniaudio cannot be loaded: {error}.") from error
    return miniaudio
