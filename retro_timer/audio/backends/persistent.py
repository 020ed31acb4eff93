"""The miniaudio backend: a persistent output, filled by a `SampleScheduler` in miniaudio's thread."""

from __future__ import annotations

import sys
import threading
import time
from array import array
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from retro_timer.audio.backends import NoOutputError, UnavailableError
from retro_timer.audio.clips import RATE, Prepared
from retro_timer.audio.clock_model import ClockModel
from retro_timer.audio.cue_queue import Begun
from retro_timer.audio.sample_scheduler import Notify, SampleScheduler
from retro_timer.clock import monotonic_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from retro_timer.audio.mixer import Samples
    from retro_timer.session.ports import MetronomeSpan

PERIOD_MS: Final = 100
"""Length of the output's blocks. On a null sink the player's CPU time per 60 s was 0.36 s at 50 ms, 0.29 s at 80 ms and
0.23 s at 100 ms. Cues are sent ahead, so longer blocks delay only the answers to keys."""
DEEP_MS: Final = 400
"""Length of the blocks of the second output, used while the machine is busy. With 14 busy processes on two cores,
blocks were up to 250 ms late, because the sound server did not get CPU time."""
LATE_MS: Final = 40.0
"""A block this late is audible and shows that the machine is busy. On an idle machine blocks vary by up to 30 ms."""
CALM_PERIOD_S: Final = 60.0
"""Time without late blocks after which the second output is closed."""
_OPENED_S: Final = 5.0

_REAL: Final = {
    "linux": ("PULSEAUDIO", "ALSA", "JACK"),
    "darwin": ("COREAUDIO",),
    "win32": ("WASAPI", "DSOUND", "WINMM"),
}
_ELSEWHERE: Final = ("SNDIO", "AUDIO4", "OSS", "PULSEAUDIO")
"""The real backends are listed explicitly, because miniaudio would otherwise fall back to its silent Null backend."""

_PERIODS_AHEAD: Final = {"ALSA": 2.0}
"""How many periods a sample stays in the buffer after its request, if not one. ALSA: miniaudio's three periods minus
the one being filled."""


def real_backends(platform: str = sys.platform) -> tuple[str, ...]:
    """The names of miniaudio's backends with real output on a platform."""
    return _REAL.get(platform, _ELSEWHERE)


def ahead_ms(backend: str, period: float) -> float:
    """The time from the request of a sample to its playback, for a period in milliseconds.

    PulseAudio keeps one period in all, part of it in the sink: its own figures on a null sink, 50 to 600 ms.
    """
    return period * _PERIODS_AHEAD.get(backend, 1.0)


def slack_ms(backend: str, period: float) -> float:
    """How late a block may be before the output runs empty, for a period in milliseconds.

    Measured on a null sink, 100 to 400 ms. For other backends, all that is buffered.
    """
    if backend == "PulseAudio":
        return max(0.3 * period, period - 70)
    return ahead_ms(backend, period)


class Output:
    """A miniaudio device and the scheduler that fills it.

    Args:
        period_ms: the length of its blocks.
        stage: makes the scheduler for a clock model.
        report: called with each error message, one line.
        late: called in the callback when a block is late.

    Raises:
        NoOutputError: if there is no output.
        UnavailableError: if miniaudio cannot be loaded.
    """

    def __init__(
        self,
        period_ms: int,
        stage: Callable[[ClockModel], SampleScheduler],
        report: Callable[[str], None],
        late: Callable[[], None] | None = None,
    ) -> None:
        miniaudio = _load()
        self._report = report
        self._late = late
        self._period = period_ms
        backends = [miniaudio.Backend[name] for name in real_backends()]
        try:
            self._device = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16, 1, RATE, period_ms, backends=backends, app_name="Retro Timer"
            )
            self.backend = str(self._device.backend)
            self.latency_ms = ahead_ms(self.backend, period_ms)
            self._clock_model = ClockModel(RATE, self.latency_ms, slack_ms(self.backend, period_ms))
            self.stage = stage(self._clock_model)
            self._last_block = monotonic_ms()
            blocks = self._blocks()
            next(blocks)
            self._device.start(blocks)
        except miniaudio.MiniaudioError as error:
            raise NoOutputError(f"miniaudio found no output: {error.args[0]}.") from error

    def _blocks(self) -> Generator[Samples | bytes, int, None]:
        """Generate the blocks. Exceptions are caught, because they would end the output for good."""
        count = yield b""
        reported = False
        while True:
            self._last_block = monotonic_ms()
            try:
                block: Samples | bytes = self.stage.fill(count)
            except Exception as error:  # noqa: BLE001  # better one silent block than no sound at all
                block = bytes(2 * count)
                if not reported:
                    reported = True
                    self._report(f"A block of sound was lost: {error!r}")
            if self._late is not None and self._clock_model.late_ms > LATE_MS:
                self._late()
            count = yield block

    def stalled_ms(self) -> float:
        """Time since the last request of a block, beyond the usual interval."""
        return max(0.0, monotonic_ms() - self._last_block - 2 * self._period)

    def close(self) -> None:
        """Close the device. Blocks until the sound server responds."""
        self._device.close()


class PersistentOutput:
    """An `Engine` over miniaudio's playback device.

    While the machine is busy there is a second output with a longer buffer, for cues that are known well ahead: it
    survives scheduling delays of a third of a second. Answers to keys still use the first output.

    Args:
        notify: called for each event of a cue.
        offset_ms: how much earlier to play everything.
        report: called with each error message, one line.
    """

    def __init__(self, notify: Notify, offset_ms: int, report: Callable[[str], None]) -> None:
        self._notify = notify
        self._offset = offset_ms
        self._report = report
        self._begun = Begun()
        self._outputs: tuple[Output, ...] = ()  # the first, and the deep one while it is playing
        self._deep: Output | None = None  # takes new cues
        self._late = threading.Event()
        self._clicks: tuple[Sequence[MetronomeSpan], Samples] = (), array("h")
        self._muted = False
        self._draining = 0
        self.latency_ms = 0.0

    def open(self) -> str:
        """Open the default output."""
        first = Output(PERIOD_MS, self._stage, self._report, self._late.set)
        self._outputs = (first,)
        self.latency_ms = first.latency_ms
        threading.Thread(target=self._watch, name="deep output", daemon=True).start()
        return f"miniaudio on {first.backend}"

    def _stage(self, clock_model: ClockModel, speaks: Callable[[float], None] | None = None) -> SampleScheduler:
        return SampleScheduler(
            clock_model, self._on_message, monotonic_ms, self._offset, begun=self._begun, speaks=speaks
        )

    def _on_message(self, kind: str, /, **fields: object) -> None:
        """Forward a scheduler's message; `drained` only when all schedulers are."""
        if kind == "drained":
            self._draining -= 1
            if self._draining > 0:
                return
        self._notify(kind, **fields)

    def _watch(self) -> None:
        """Keep a deep output open while blocks come late."""
        while True:
            self._late.wait()
            try:
                self._go_deep()
            except NoOutputError as answer:
                self._report(f"The machine is busy, and sound cannot be played further ahead: {answer}")
                time.sleep(CALM_PERIOD_S)
                self._late.clear()
                continue
            while self._late.wait(CALM_PERIOD_S):
                self._late.clear()
            self._leave_deep()

    def _go_deep(self) -> None:
        (first,) = self._outputs
        deep = Output(DEEP_MS, partial(self._stage, speaks=first.stage.stop_speech), self._report)
        until = monotonic_ms() + _OPENED_S * 1000
        while deep.stage.filled < 2:  # the clock model needs two requests
            if monotonic_ms() > until:
                raise NoOutputError("the sound server accepts no sound.")
            time.sleep(0.05)
        self._outputs = first, deep
        deep.stage.mute(self._muted)
        self._deep = deep
        self._place_clicks()
        self._report("The machine is busy: cues are played further ahead.")

    def _leave_deep(self) -> None:
        first, deep = self._outputs
        self._deep = None
        self._place_clicks()
        while not deep.stage.idle:
            time.sleep(1)
        self._outputs = (first,)
        deep.close()

    def stalled_ms(self) -> float:
        """Time since the last request of a block, beyond the usual interval."""
        return self._outputs[0].stalled_ms() if self._outputs else 0.0

    def play(self, prepared: Prepared) -> None:
        """Use the deep output if there is one and the cue is early enough; cues with labels need the first."""
        deep = self._deep
        due = prepared.due_cue.due - self._offset
        if deep is not None and not prepared.due_cue.cue.label and due > deep.stage.reach + DEEP_MS:
            deep.stage.play(prepared)
        elif self._outputs:
            self._outputs[0].stage.play(prepared)

    def cancel(self, *, sounding: bool) -> None:
        """Clear the queues; with `sounding`, also fade out."""
        for output in self._outputs:
            output.stage.cancel(sounding=sounding)

    def click(self, spans: Sequence[MetronomeSpan], click: Samples) -> None:
        """Send the spans to the schedulers."""
        self._clicks = spans, click
        self._place_clicks()

    def _place_clicks(self) -> None:
        """Click on the deep output if there is one, and on the first until it takes over."""
        spans, click = self._clicks
        for deep in self._outputs[1:]:
            deep.stage.click(spans if deep is self._deep else (), click)
        if self._deep is not None:
            seam = round(self._deep.stage.reach + self._offset)
            spans = [replace(each, until=min(each.until, seam)) for each in spans if each.begin < seam]
        for first in self._outputs[:1]:
            first.stage.click(spans, click)

    def mute(self, muted: bool) -> None:
        """Mute or unmute the schedulers."""
        self._muted = muted
        for output in self._outputs:
            output.stage.mute(muted)

    def drain(self) -> None:
        """Finish the current sounds on all outputs."""
        self._draining = len(self._outputs)
        for output in self._outputs:
            output.stage.drain()

    def abandon(self) -> None:
        """Do nothing. The devices stay open, since closing one may block; they end with the process."""


def _load() -> Any:  # noqa: ANN401  # it has no type annotations
    """Import miniaudio without numpy, which is not needed here and takes longer than everything else."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None makes the import fail
    try:
        import miniaudio  # imported only in the child that uses it
    except (ImportError, OSError) as error:
        raise UnavailableError(f"miniaudio cannot be loaded: {error}.") from error
    return miniaudio
