"""The persistent output on a busy machine: timeline cues are played on a second, deeper output."""

from __future__ import annotations

import threading
from array import array
from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import pytest

from retro_timer.audio.backends import NoOutputError, persistent
from retro_timer.audio.backends.persistent import PersistentOutput, ahead_ms, slack_ms
from retro_timer.audio.clock_model import ClockModel
from retro_timer.session.ports import MetronomeSpan
from tests.audio.cues import prepared
from tests.audio.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
PERIOD_MS = 100
DEEP_MS = 400


class Backends:
    """miniaudio's names of what plays sound."""

    def __getitem__(self, name: str) -> str:
        return name


class Device:
    """A fake device of miniaudio, which requests blocks on demand."""

    made: ClassVar[list[Device]] = []
    backend = "PulseAudio"

    def __init__(self, *given: object, **named: object) -> None:
        self.period = int(str(given[3]))
        self.asked = given, named
        self.heard: list[int] = []
        self.closed = threading.Event()
        Device.made.append(self)

    def start(self, blocks: Generator[array[int], int, None]) -> None:
        self._blocks = blocks
        if self.period == DEEP_MS:
            self.fill()
            self.fill()

    def fill(self) -> None:
        self.heard.extend(self._blocks.send(self.period * 16))

    def close(self) -> None:
        self.closed.set()


class House:
    """An output with fake devices and a clock moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, offset_ms: int = 0) -> None:
        self.now = 10_000.0
        self.notified: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.reported: list[str] = []
        Device.made = []
        miniaudio = SimpleNamespace(
            Backend=Backends(), SampleFormat=SimpleNamespace(SIGNED16=1), MiniaudioError=OSError, PlaybackDevice=Device
        )
        monkeypatch.setattr(persistent, "_load", lambda: miniaudio)
        monkeypatch.setattr(persistent, "monotonic_ms", lambda: self.now)
        self.output = PersistentOutput(self._notify, offset_ms, self.reported.append)
        assert (self.output.latency_ms, self.output.stalled_ms()) == (0, 0)
        assert self.output.open() == "miniaudio on PulseAudio"

    def _notify(self, kind: str, /, **fields: object) -> None:
        self.notified[kind].append(fields)

    @property
    def first(self) -> Device:
        return Device.made[0]

    @property
    def deep(self) -> Device:
        return Device.made[1]

    def run(self, milliseconds: int) -> None:
        for n in range(milliseconds // PERIOD_MS):
            self.first.fill()
            if len(Device.made) > 1 and n % (DEEP_MS // PERIOD_MS) == 0:
                self.deep.fill()
            self.now += PERIOD_MS

    def stall(self) -> None:
        """The machine stalls for a moment."""
        self.run(500)
        self.now += 80
        self.first.fill()
        eventually(lambda: bool(self.reported))

    def goes_deep(self) -> tuple[persistent.Output, persistent.Output]:
        """Stall; returns the first and the deep output once both play."""
        self.stall()
        eventually(lambda: self.output._deep is not None)
        first, deep = self.output._outputs
        return first, deep


def test_a_machine_that_is_not_busy_has_one_output(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.run(5000)
    assert len(Device.made) == 1
    assert house.reported == []


def test_on_a_busy_machine_timeline_cues_use_the_deep_output_and_announcements_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House(monkeypatch)
    house.stall()
    assert house.reported == ["The machine is busy: cues are played further ahead."]
    house.output.play(prepared(1, round(house.now) + 5000, sound=160))
    house.output.play(prepared(2, round(house.now) + 20, sound=320))
    house.run(6000)
    assert {fields["id"] for fields in house.notified["started"]} == {1, 2}
    assert (sum(map(bool, house.first.heard)), sum(map(bool, house.deep.heard))) == (320, 160)
    assert house.notified["dropped"] == []


def test_a_cue_that_began_on_one_output_does_not_begin_on_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.stall()
    due = round(house.now) + 3000
    house.output.play(prepared(1, due, sound=160))
    house.run(2800)
    house.output.cancel(sounding=False)
    house.output.play(prepared(2, due, sound=160))
    house.run(3000)
    assert [fields["id"] for fields in house.notified["started"]] == [1]
    assert house.notified["dropped"] == [{"id": 2, "why": "begun already"}]


def test_words_on_the_deep_output_silence_an_announcement(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.stall()
    house.output.play(prepared(1, round(house.now) + 3000, words=160))
    house.run(2600)
    house.output.play(prepared(2, round(house.now), words=32_000))
    house.run(3000)
    assert 0 < sum(map(bool, house.first.heard)) < 16_000


def test_cancelled_or_muted_cues_are_played_on_neither_output(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.stall()
    house.output.play(prepared(1, round(house.now) + 3000, sound=160))
    house.output.cancel(sounding=True)
    house.output.mute(True)
    house.output.play(prepared(2, round(house.now) + 3500, sound=160))
    house.run(5000)
    assert not any(house.first.heard)
    assert not any(house.deep.heard)


def test_the_only_output_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    begin = round(house.now)
    house.output.click([MetronomeSpan(120, begin + 100, begin + 3100)], array("h", [1000] * 16))
    house.run(4000)
    assert sum(map(bool, house.first.heard)) == 6 * 16


def test_each_click_is_made_once_when_the_deep_output_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    begin = round(house.now)
    house.output.click([MetronomeSpan(120, begin, begin + 20_000)], array("h", [1000] * 16))
    house.stall()
    house.run(8000)
    clicks = sum(map(bool, house.first.heard)) + sum(map(bool, house.deep.heard))
    seconds = (house.now - begin) / 1000
    assert abs(clicks / 16 - 2 * seconds) <= 3
    assert any(house.deep.heard)


def test_it_is_drained_when_both_outputs_are(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.stall()
    house.output.drain()
    house.run(300)
    house.run(3000)
    assert house.notified["drained"] == [{}]


def test_the_deep_output_is_closed_when_the_machine_is_calm_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistent, "CALM_PERIOD_S", 0.05)
    house = House(monkeypatch)
    house.stall()

    def closed() -> bool:
        house.run(400)
        return house.deep.closed.is_set()

    eventually(closed)
    house.output.play(prepared(1, round(house.now) + 5000, sound=160))
    Device.made = Device.made[:1]
    house.run(6000)
    assert any(house.first.heard)


@pytest.mark.parametrize("backend", ["PulseAudio", "ALSA", "JACK", "Core Audio"])
@pytest.mark.parametrize("period", [20, 100, 400])
def test_no_output_can_be_later_than_what_lies_in_it(backend: str, period: int) -> None:
    assert 0 < slack_ms(backend, period) <= ahead_ms(backend, period)


def test_what_was_muted_before_the_machine_was_busy_stays_muted(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.output.mute(True)
    house.stall()
    house.output.play(prepared(1, round(house.now) + 3000, sound=160))
    house.run(5000)
    assert len(Device.made) == 2
    assert not any(house.deep.heard)


def test_a_block_that_cannot_be_made_is_silent_and_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.run(500)
    monkeypatch.setattr(house.output._outputs[0].stage, "fill", lambda _: 1 // 0)
    before = len(house.first.heard)
    house.run(300)
    assert house.reported == ["A block of sound was lost: ZeroDivisionError('integer division or modulo by zero')"]
    assert len(house.first.heard) == before + 3 * 2 * PERIOD_MS * 16  # bytes


def test_a_device_that_cannot_be_opened_is_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)

    def refuse(*_: object) -> None:
        raise OSError("no device")

    monkeypatch.setattr(Device, "start", refuse)
    with pytest.raises(NoOutputError, match=r"^miniaudio found no output: no device\.$"):
        PersistentOutput(house._notify, 0, house.reported.append).open()


def test_a_deep_output_that_cannot_be_opened_is_tried_again_when_the_machine_was_calm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House(monkeypatch)
    slept: list[float] = []
    start = Device.start

    def refuse_the_deep(device: Device, blocks: Generator[array[int], int, None]) -> None:
        if device.period == DEEP_MS and not slept:
            Device.made.remove(device)
            raise OSError("no device")
        start(device, blocks)

    monkeypatch.setattr(Device, "start", refuse_the_deep)
    monkeypatch.setattr(persistent, "time", SimpleNamespace(sleep=slept.append))
    house.stall()
    eventually(lambda: bool(slept))
    assert slept == [60]
    assert house.reported == [
        "The machine is busy, and sound cannot be played further ahead: miniaudio found no output: no device."
    ]
    house.stall()
    eventually(lambda: len(house.reported) > 1)
    assert house.reported[1:] == ["The machine is busy: cues are played further ahead."]


def test_a_block_is_late_when_it_is_forty_milliseconds_later_than_the_earliest(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    model = ClockModel(16_000, 0, 1000)
    late: list[float] = []

    def stage(_: ClockModel) -> SimpleNamespace:
        return SimpleNamespace(fill=lambda count: bytes(2 * count))

    output = persistent.Output(100, stage, pytest.fail, lambda: late.append(model.late_ms))  # type: ignore[arg-type]
    output._clock_model = model
    for model.late_ms in (39.9, 40.0, 40.1, 0.0, 300.0):
        house.deep.fill()
    assert late == [40.1, 300.0]
    silent = persistent.Output(100, stage, pytest.fail)  # type: ignore[arg-type]
    silent._clock_model = model
    Device.made[-1].fill()  # nobody wants to know


def test_an_output_is_stalled_from_its_last_block_on(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.now += 300
    assert house.output.stalled_ms() == 100  # no block was asked for since it was opened
    house.run(1000)
    assert house.output.stalled_ms() == 0
    house.now += 150
    assert house.output.stalled_ms() == 50


def test_an_output_is_stalled_once_a_block_is_overdue_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch)
    house.first.fill()
    assert house.output.stalled_ms() == 0
    house.now += 200
    assert house.output.stalled_ms() == 0
    house.now += 700
    assert house.output.stalled_ms() == 700


@pytest.mark.parametrize(
    ("backend", "period", "ahead", "slack"),
    [
        ("PulseAudio", 100, 100, 30),
        ("PulseAudio", 400, 400, 330),
        ("ALSA", 100, 200, 200),
        ("JACK", 100, 100, 100),
        ("Core Audio", 100, 100, 100),
    ],
)
def test_what_lies_in_an_output_was_measured(backend: str, period: int, ahead: float, slack: float) -> None:
    assert (ahead_ms(backend, period), slack_ms(backend, period)) == pytest.approx((ahead, slack))


@pytest.mark.parametrize(
    ("platform", "backends"),
    [
        ("linux", ("PULSEAUDIO", "ALSA", "JACK")),
        ("darwin", ("COREAUDIO",)),
        ("win32", ("WASAPI", "DSOUND", "WINMM")),
        ("freebsd14", ("SNDIO", "AUDIO4", "OSS", "PULSEAUDIO")),
    ],
)
def test_only_outputs_that_are_heard_are_opened(
    platform: str, backends: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert persistent.real_backends(platform) == backends
    monkeypatch.setattr(persistent, "real_backends", lambda: ("ALSA", "JACK"))
    house = House(monkeypatch)
    given, named = house.first.asked
    assert given == (1, 1, 16_000, 100)
    assert named == {"backends": ["ALSA", "JACK"], "app_name": "Retro Timer"}
    assert house.output.latency_ms == ahead_ms("PulseAudio", 100)


@pytest.mark.parametrize("offset", [0, 300])
def test_the_deep_output_takes_the_cues_that_it_can_play_in_time(offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch, offset_ms=offset)
    first, deep = house.goes_deep()
    taken: dict[int, list[int]] = {1: [], 2: []}
    for number, output in ((1, first), (2, deep)):
        monkeypatch.setattr(output.stage, "play", lambda each, number=number: taken[number].append(each.ident))
    earliest = round(deep.stage.reach) + DEEP_MS + offset
    monkeypatch.setattr(type(deep.stage), "reach", earliest - DEEP_MS - offset)
    house.output.play(prepared(1, earliest))
    house.output.play(prepared(2, earliest + 1))
    house.output.play(prepared(3, earliest + 9999, label="eyes up"))  # what speaks it must know when its words end
    assert taken == {1: [1, 3], 2: [2]}


@pytest.mark.parametrize("offset", [0, 300])
def test_the_first_output_clicks_until_the_deep_one_takes_over(offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch, offset_ms=offset)
    first, deep = house.goes_deep()
    monkeypatch.setattr(type(deep.stage), "reach", 20_000.4)
    seam = 20_000 + offset
    asked: list[tuple[int, Sequence[MetronomeSpan], int]] = []
    for number, output in ((1, first), (2, deep)):

        def click(spans: Sequence[MetronomeSpan], click: array[int], number: int = number) -> None:
            asked.append((number, spans, len(click)))

        monkeypatch.setattr(output.stage, "click", click)
    begins = (seam - 900, seam - 500), (seam - 300, seam + 300), (seam - 1, seam), (seam, seam + 900)
    spans = [MetronomeSpan(90, begin, until) for begin, until in begins]
    before = [MetronomeSpan(90, begin, min(until, seam)) for begin, until in begins[:3]]
    house.output.click(spans, array("h", [1] * 16))
    assert asked == [(2, spans, 16), (1, before, 16)]
    asked.clear()
    house.output._deep = None  # it is left
    house.output._place_clicks()
    assert asked == [(2, (), 16), (1, spans, 16)]


def test_the_deep_output_plays_what_it_was_given_before_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistent, "CALM_PERIOD_S", 0.05)
    slept: list[float] = []
    asleep, wake = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        asleep.set()
        assert wake.wait(20)

    house = House(monkeypatch)
    house.goes_deep()
    monkeypatch.setattr(persistent, "time", SimpleNamespace(sleep=sleep))
    house.output.play(prepared(1, round(house.now) + 3000, sound=160))
    assert asleep.wait(20)
    assert house.output._deep is None
    assert not house.deep.closed.is_set()
    house.output.play(prepared(2, round(house.now) + 5000, sound=320))  # the first one takes it again
    house.run(6000)
    wake.set()
    assert house.deep.closed.wait(20)
    assert set(slept) == {1}
    assert (sum(map(bool, house.first.heard)), sum(map(bool, house.deep.heard))) == (320, 160)
    assert len(house.output._outputs) == 1


@pytest.mark.parametrize("blocks", [0, 1])
def test_a_deep_output_that_takes_no_sound_is_given_up_after_five_seconds(
    blocks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(monkeypatch)
    slept: list[float] = []
    over = threading.Event()

    def start(device: Device, made: Generator[array[int], int, None]) -> None:
        device._blocks = made
        for _ in range(blocks):
            device.fill()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        house.now += 1000 * seconds
        if seconds == 60:
            over.set()
            threading.Event().wait()  # the test is over

    monkeypatch.setattr(Device, "start", start)
    monkeypatch.setattr(persistent, "time", SimpleNamespace(sleep=sleep))
    house.stall()
    assert over.wait(20)
    assert house.reported == [
        "The machine is busy, and sound cannot be played further ahead: the sound server accepts no sound."
    ]
    assert slept[:-1] == [0.05] * 101
    assert len(house.output._outputs) == 1
