"""The filters, meters and ramps that clips are made with, against their formulas."""

from __future__ import annotations

import cmath
import math
import random
import wave
from array import array
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.rendering import kokoro, voices, waveforms
from retro_timer.audio.rendering.waveforms import LOOK_AHEAD, SAMPLE_RATE, Filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FREQUENCIES = (20, 400, 1000, 2000, 3999, 7000)
CEILING = 10 ** (-1 / 20)


def response(made: Filter, hz: float) -> complex:
    """What a filter makes of a tone, by its coefficients."""
    z = cmath.exp(-2j * math.pi * hz / SAMPLE_RATE)
    return (made.b[0] + made.b[1] * z + made.b[2] * z * z) / (1 + made.a[0] * z + made.a[1] * z * z)


def analogue(hz: float, centre: float) -> complex:
    """The complex frequency of the filter behind it (bilinear transform)."""
    return 1j * math.tan(math.pi * hz / SAMPLE_RATE) / math.tan(math.pi * centre / SAMPLE_RATE)


def tone(hz: float, seconds: float, peak: float = 1.0) -> list[float]:
    return [peak * math.sin(2 * math.pi * hz * n / SAMPLE_RATE) for n in range(round(seconds * SAMPLE_RATE))]


@pytest.mark.parametrize("hz", FREQUENCIES)
@pytest.mark.parametrize(("centre", "q"), [(400, 0.5), (1000, 1.3), (6000, math.sqrt(0.5))])
def test_passes_are_of_the_second_order(hz: float, centre: float, q: float) -> None:
    s = analogue(hz, centre)
    below = 1 / (s * s + s / q + 1)
    assert response(waveforms.low_pass(centre, q), hz) == pytest.approx(below, abs=1e-9)
    assert response(waveforms.high_pass(centre, q), hz) == pytest.approx(below * s * s, abs=1e-9)


def test_passes_are_butterworth_by_default() -> None:
    for made in (waveforms.low_pass(1000), waveforms.high_pass(1000)):
        assert abs(response(made, 1000)) == pytest.approx(math.sqrt(0.5))
    assert waveforms.butterworth(4) == pytest.approx([0.541196, 1.306563], abs=1e-6)
    assert waveforms.butterworth(6) == pytest.approx([0.517638, 0.707107, 1.931852], abs=1e-6)


@pytest.mark.parametrize("hz", FREQUENCIES)
@pytest.mark.parametrize(("gain_db", "q"), [(6.0, 1.0), (-4.0, 0.7)])
def test_a_bell_lifts_its_centre_by_its_gain(hz: float, gain_db: float, q: float) -> None:
    s, gain = analogue(hz, 2000), 10 ** (gain_db / 40)
    expected = (s * s + s * gain / q + 1) / (s * s + s / (gain * q) + 1)
    made = waveforms.bell(2000, gain_db, q)
    assert response(made, hz) == pytest.approx(expected, abs=1e-9)
    assert 20 * math.log10(abs(response(made, 2000))) == pytest.approx(gain_db)


@pytest.mark.parametrize("hz", FREQUENCIES)
def test_loudness_is_weighted_as_the_standard_says(hz: float) -> None:
    shelf, low_cut = waveforms._K_WEIGHTING
    s, q, high = analogue(hz, 1681.974450955533), 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    expected = (high * s * s + high**0.4996667741545416 * s / q + 1) / (s * s + s / q + 1)
    assert response(shelf, hz) == pytest.approx(expected, abs=1e-9)
    s, q = analogue(hz, 38.13547087602444), 0.5003270373238773
    assert response(low_cut, hz) == pytest.approx(s * s / (s * s + s / q + 1), abs=1e-9)


def test_a_filter_does_what_its_response_says() -> None:
    made = waveforms.bell(2000, 6.0, 1.0)
    assert max(made(tone(2000, 0.5))[4000:]) == pytest.approx(10 ** (6 / 20), rel=1e-3)
    impulse = made([1.0, 0.0, 0.0])
    first = made.b[0]
    second = made.b[1] - made.a[0] * first
    assert impulse == pytest.approx([first, second, made.b[2] - made.a[0] * second - made.a[1] * first])


def test_a_full_tone_is_as_loud_as_the_standard_says() -> None:
    assert waveforms.loudness(tone(997, 1)) == pytest.approx(-3.01, abs=0.1)
    assert waveforms.level(tone(997, 1)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("meter", [waveforms.loudness, waveforms.level])
def test_pauses_do_not_count_and_what_is_a_little_quieter_does(meter: object) -> None:
    assert callable(meter)
    whole = meter(tone(997, 1))
    assert meter([*tone(997, 1), *[0.0] * SAMPLE_RATE]) == pytest.approx(whole, abs=0.25)
    assert meter([*tone(997, 1), *tone(997, 1, 0.1)]) == pytest.approx(whole, abs=0.25)
    both = 10 * math.log10((1 + 0.5**2) / 2)
    assert meter([*tone(997, 1), *tone(997, 1, 0.5)]) == pytest.approx(whole + both, abs=0.1)


@pytest.mark.parametrize("meter", [waveforms.loudness, waveforms.level])
def test_what_is_ten_times_weaker_than_the_mean_of_all_is_a_pause(meter: object) -> None:
    assert callable(meter)
    whole = meter(tone(997, 1))
    pause, weak = (meter([*tone(997, 2), *tone(997, 2, math.sqrt(share))]) for share in (0.0510, 0.0545))
    assert pause == pytest.approx(whole, abs=0.3)
    assert weak == pytest.approx(whole + 10 * math.log10((1 + 0.0545) / 2), abs=0.3)


def test_a_level_is_the_mean_of_half_overlapping_blocks_of_fifty_milliseconds() -> None:
    blocks = (1 + 0.5) / 2  # and one of silence
    assert waveforms.level([*[1.0] * 800, *[0.0] * 800]) == pytest.approx(10 * math.log10(blocks))


def test_loudness_is_the_mean_of_blocks_of_a_tenth_of_a_second_in_four_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waveforms, "_K_WEIGHTING", ())
    blocks = (1 + 0.75 + 0.5 + 0.25) / 4  # and one of silence
    expected = -0.691 + 10 * math.log10(blocks)
    assert waveforms.loudness([*[1.0] * 1600, *[0.0] * 1600]) == pytest.approx(expected)


def test_samples_are_levelled_until_they_are_a_tenth_of_a_unit_from_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are measured by something that always finds what the test says."""
    measured: list[float] = []
    monkeypatch.setattr(waveforms, "loudness", lambda _: measured.pop(0))
    measured[:] = [-20.0, -20.0, -20.0, -0.25, -0.11, 0.1, 9.9]
    assert waveforms.levelled([0.0001], 0.0) == pytest.approx([0.0001 * 10 ** (60.36 / 20)])
    assert measured == [9.9]
    measured[:] = [0.0] * 9
    waveforms.levelled([0.001], 0.0)
    assert len(measured) == 5  # three rounds at least
    measured[:] = [1.0] * 29 + [0.0] * 9
    waveforms.levelled([0.001], 0.0)
    measured[:] = [1.0] * 30 + [0.0] * 9
    with pytest.raises(ValueError, match=r"^these samples do not become as loud as 0\.0 LUFS$"):
        waveforms.levelled([0.001], 0.0)
    assert len(measured) == 9


def test_peaks_are_a_tenth_of_a_decibel_below_their_limit() -> None:
    samples = [0.9 if n % 400 == 0 else 0.02 * math.sin(2 * math.pi * n / 16) for n in range(2000)]
    assert max(map(abs, waveforms.levelled(samples))) == pytest.approx(10 ** (-1.1 / 20))


def test_blocks_overlap_and_a_short_clip_is_one() -> None:
    assert list(waveforms._blocks([1.0, 1.0, 3.0, 3.0, 5.0], 2, 1)) == [1.0, 5.0, 9.0, 17.0]
    assert list(waveforms._blocks([1.0, 1.0, 3.0, 3.0, 5.0], 2, 2)) == [1.0, 9.0]
    assert list(waveforms._blocks([2.0], 4, 2)) == [4.0]


@pytest.mark.parametrize("hz", [200, 400, 1500, 6000])
def test_a_small_speaker_plays_what_is_between_400_hz_and_6_khz(hz: int) -> None:
    """Two Butterworth filters of the fourth order."""
    lost = sum(10 * math.log10(1 + s**8) for s in (1 / abs(analogue(hz, 400)), abs(analogue(hz, 6000))))
    played = waveforms.through_small_speaker(tone(hz, 0.5))[4000:]
    assert waveforms.level(tone(hz, 0.5)) - waveforms.level(played) == pytest.approx(lost, abs=0.001)


def test_a_peak_is_turned_down_from_before_it_to_after_it() -> None:
    at, quiet = 4 * LOOK_AHEAD, 0.25
    samples = [quiet] * (8 * LOOK_AHEAD)
    samples[at] = 2.0
    made = waveforms.limited(samples, -1.0)
    assert made[at] == pytest.approx(CEILING)
    assert made[: at - 2 * LOOK_AHEAD] == pytest.approx([quiet] * (at - 2 * LOOK_AHEAD))
    assert made[at + 2 * LOOK_AHEAD + 1 :] == pytest.approx([quiet] * (2 * LOOK_AHEAD - 1))
    window, gain = 2 * LOOK_AHEAD + 1, CEILING / 2
    for away in (1, LOOK_AHEAD, 2 * LOOK_AHEAD):
        turned = window - away
        mean = (turned * gain + away) / window
        assert (made[at - away], made[at + away]) == pytest.approx((quiet * mean, quiet * mean))


def test_each_sample_is_turned_down_by_the_mean_of_the_smallest_gains_around_it() -> None:
    choice = random.Random(1)
    samples = [choice.uniform(-2, 2) if choice.random() < 0.1 else choice.uniform(-0.3, 0.3) for _ in range(400)]

    def around(values: Sequence[float], n: int) -> Sequence[float]:
        return [values[other] for other in range(len(values)) if abs(other - n) <= LOOK_AHEAD]

    asked = [min(1.0, CEILING / abs(x)) for x in samples]
    smallest = [min(around(asked, n)) for n in range(400)]
    gains = [math.fsum(around(smallest, n)) / len(around(smallest, n)) for n in range(400)]
    assert waveforms.limited(samples, -1.0) == pytest.approx([x * gain for x, gain in zip(samples, gains, strict=True)])


def test_what_is_no_louder_than_the_limit_stays_as_it_is() -> None:
    samples = [0.5, -CEILING, 0.0]
    assert waveforms.limited(samples, -1.0) == samples
    assert waveforms.limited([0.0, 1.0], -1.0) == pytest.approx([0.0, CEILING])


def test_ramps_are_raised_cosines_from_nothing() -> None:
    made = waveforms.faded([1.0] * 64, 1, 2)
    assert made[:16] == pytest.approx([0.5 - 0.5 * math.cos(math.pi * n / 16) for n in range(16)])
    assert made[16:32] == [1.0] * 16
    assert made[:31:-1] == pytest.approx([0.5 - 0.5 * math.cos(math.pi * n / 32) for n in range(32)])
    assert waveforms.faded([1.0, 1.0], 1, 0) == pytest.approx([0.0, 0.5])


def test_samples_are_written_as_16_bit_wav(tmp_path: Path) -> None:
    path = tmp_path / "new" / "directory" / "clip.wav"
    samples: Sequence[float] = [0.0, 0.5, -0.89]
    waveforms.write(path, samples)
    waveforms.write(path, samples)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert array("h", file.readframes(9)).tolist() == [0, 16_384, -29_163]
    waveforms.write(path, [CEILING * 0.9999])
    with pytest.raises(ValueError, match=r"^clip\.wav: the peak is -0\.9 dB of full scale, above -1 dB$"):
        waveforms.write(path, [0.9])


@pytest.mark.parametrize("hz", FREQUENCIES)
@pytest.mark.parametrize(("voice", "lowest", "order"), [("heart", 500, 6), ("michael", 600, 8)])
def test_a_voice_loses_what_a_small_speaker_does_not_carry(hz: float, voice: str, lowest: int, order: int) -> None:
    """A Butterworth filter, a wide lift at 2 kHz and a narrower cut at 6.8 kHz."""
    expected = 1 / math.hypot(1, abs(analogue(hz, lowest)) ** -order)
    for centre, gain_db, q in ((2000, 8, 0.5), (6800, -9, 0.8)):
        s, gain = analogue(hz, centre), 10 ** (gain_db / 40)
        expected *= abs((s * s + s * gain / q + 1) / (s * s + s / (gain * q) + 1))
    made = math.prod(abs(response(each, hz)) for each in voices.VOICES[voice].equalizer)
    assert made == pytest.approx(expected, rel=1e-6)


def test_each_voice_has_its_name_and_its_speed() -> None:
    made = {name: (voice.name, voice.speed) for name, voice in voices.VOICES.items()}
    assert made == {"heart": ("af_heart", 1.0), "michael": ("am_michael", 1.2)}


def test_what_is_forty_decibels_below_the_loudest_window_is_silence() -> None:
    window = 80
    for quieter, kept in ((39.9, 5), (40.1, 4)):
        faint = 0.5 * 10 ** (-quieter / 20)
        samples = [*[0.5] * window, *[faint] * window, *[0.0] * (9 * window)]
        assert len(voices.trimmed(samples)) == kept * window


def test_a_clip_fades_in_within_four_milliseconds_and_out_within_five(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, float]] = []

    def faded(samples: list[float], **named: float) -> list[float]:
        asked.append(named)
        return samples

    monkeypatch.setattr(waveforms, "faded", faded)
    assert waveforms.loudness(voices.finished(tone(1000, 0.3), voices.VOICES["heart"])) == pytest.approx(-16, abs=0.1)
    assert asked == [{"fade_in": 4, "fade_out": 5}]


def test_a_clip_begins_one_window_before_its_words_and_ends_three_after_them() -> None:
    window = voices.WINDOW
    samples = [*[0.0] * (5 * window), *[0.5] * (4 * window), *[0.0] * (9 * window)]
    assert voices.trimmed(samples) == [*[0.0] * window, *[0.5] * (4 * window), *[0.0] * (3 * window)]
    assert voices.trimmed(samples[5 * window :]) == [*[0.5] * (4 * window), *[0.0] * (3 * window)]


class Engine:
    """Speaks a tone, which is shorter the faster it is asked to speak."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.speeds: list[float] = []

    def speak(self, phonemes: str, name: str, speed: float) -> list[float]:
        """So many syllables a second at speed 1; at 0, always seven a second."""
        assert name == "af_heart"
        self.speeds.append(speed)
        return tone(1000, len(phonemes) / (self._rate * speed if self._rate else 7))


def test_a_phrase_is_said_as_slowly_as_it_has_to_be() -> None:
    for phrase, rate, speeds in (
        ("Walk.", 5.7, [1.0]),
        ("Walk.", 7, [1.0, 0.81]),
        ("Two minutes.", 4.7, [1.0]),
        ("Two minutes.", 7, [1.0, 0.67]),
    ):
        engine = Engine(rate)
        speed, samples = voices.rendered(engine, voices.VOICES["heart"], phrase, "ə" * 6)  # type: ignore[arg-type]
        assert (speed, engine.speeds) == (speeds[-1], speeds)
        assert 6 * SAMPLE_RATE / len(samples) == pytest.approx(rate * speed, abs=0.01)


def test_a_phrase_that_stays_too_fast_is_refused_at_the_fifth_try() -> None:
    engine = Engine(0)
    with pytest.raises(kokoro.VoiceError, match=r"^'Walk\.' has 7\.0 syllables a second, more than 5\.8$"):
        voices.rendered(engine, voices.VOICES["heart"], "Walk.", "ə" * 6)  # type: ignore[arg-type]
    assert len(engine.speeds) == 5


@pytest.mark.parametrize(
    ("hz", "reason"), [(413, "a small speaker takes 2.5 LU from 'Walk.', more than 2.0"), (436, ""), (1000, "")]
)
def test_a_phrase_of_which_a_small_speaker_loses_much_is_refused(
    hz: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "finished", lambda *_: tone(hz, 1))
    engine = Engine(5)
    if reason:
        with pytest.raises(kokoro.VoiceError) as refused:
            voices.rendered(engine, voices.VOICES["heart"], "Walk.", "ə")  # type: ignore[arg-type]
        assert str(refused.value) == reason
    else:
        speed, samples = voices.rendered(engine, voices.VOICES["heart"], "Walk.", "ə")  # type: ignore[arg-type]
        assert (speed, len(samples)) == (1.0, SAMPLE_RATE)


@pytest.mark.parametrize("silence", [[], [0.0] * SAMPLE_RATE])
def test_a_phrase_of_which_nothing_is_heard_is_refused(silence: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(5)
    monkeypatch.setattr(engine, "speak", lambda *_: silence)
    with pytest.raises(kokoro.VoiceError, match=r"^'Walk\.': "):
        voices.rendered(engine, voices.VOICES["heart"], "Walk.", "ə")  # type: ignore[arg-type]


def test_a_phrase_that_does_not_become_loud_enough_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def finished(*_: object) -> list[float]:
        raise ValueError("too quiet")

    monkeypatch.setattr(voices, "finished", finished)
    with pytest.raises(kokoro.VoiceError, match=r"^'Walk\.': too quiet$"):
        voices.rendered(Engine(5), voices.VOICES["heart"], "Walk.", "ə")  # type: ignore[arg-type]
