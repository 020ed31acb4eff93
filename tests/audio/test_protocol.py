from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio import protocol
from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, MetronomeSpan

NOW = 5_000_000
LONGEST = 16_384
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=300))
def test_garbage_is_ignored(line: bytes) -> None:
    message = protocol.decode(line)
    assert message is None or isinstance(message["is"], str)


def test_a_line_that_is_too_long_or_too_deep_is_ignored() -> None:
    assert protocol.decode(protocol.encode("log", text="x" * LONGEST)) is None
    assert protocol.decode(b"[" * LONGEST) is None


@given(
    st.sampled_from(CueKind),
    st.none() | st.sampled_from(Sound),
    st.lists(st.text(max_size=30), max_size=2),
    st.text(max_size=40),
)
def test_a_cue_survives_encoding(kind: CueKind, sound: Sound | None, words: list[str], label: str) -> None:
    sent = DueCue(NOW + 10, Cue(0, kind, sound, tuple(words), label))
    line = protocol.encode_cue(7, sent)
    assert line.count(b"\n") == 1
    message = protocol.decode(line)
    assert message is not None
    assert protocol.decode_cue(message, NOW) == (7, DueCue(NOW + 10, sent.cue))


def test_a_label_of_4000_characters_is_cut_and_stops_nothing() -> None:
    line = protocol.encode_cue(7, DueCue(NOW, Cue(0, CueKind.PHASE, Sound.TURN, ("Turn around.",), "step " * 800)))
    message = protocol.decode(line)
    assert message is not None
    numbered = protocol.decode_cue(message, NOW)
    assert numbered is not None
    cue = numbered[1].cue
    assert (cue.sound, cue.words, cue.label) == (Sound.TURN, ("Turn around.",), "step " * 100)


@given(st.dictionaries(st.sampled_from(["id", "due", "kind", "sound", "words", "label"]), json_values))
def test_an_invalid_cue_is_ignored(fields: dict[str, object]) -> None:
    numbered = protocol.decode_cue({"is": "play", **fields}, NOW)
    assert numbered is None or isinstance(numbered[1], DueCue)


@given(st.lists(st.tuples(st.integers(30, 200), st.integers(-9999, 9999), st.integers(0, 9999)), max_size=5))
def test_clicks_survive_encoding(spans: list[tuple[int, int, int]]) -> None:
    sent = tuple(MetronomeSpan(tempo, NOW + begin, NOW + until) for tempo, begin, until in spans)
    message = protocol.decode(protocol.encode_clicks(sent))
    assert message is not None
    assert protocol.decode_clicks(message, NOW) == sent


@given(json_values)
def test_invalid_clicks_are_ignored(spans: object) -> None:
    clicks = protocol.decode_clicks({"is": "click", "spans": spans}, NOW)
    assert clicks is None or spans == []


@pytest.mark.parametrize(
    "stretch", [[0, 1, 2], [10**9, NOW, NOW], [90, NOW, 10**18], [90, -(10**18), NOW], [90.0, NOW, NOW], [True, 1, 2]]
)
def test_clicks_of_an_absurd_tempo_or_moment_are_refused(stretch: list[object]) -> None:
    assert protocol.decode_clicks({"is": "click", "spans": [stretch]}, NOW) is None


@pytest.mark.parametrize("due", [10**18, -(10**18), NOW + 8 * 24 * 3_600_000])
def test_an_absurd_moment_is_refused(due: int) -> None:
    message = protocol.decode(protocol.encode_cue(1, DueCue(due, Cue(0, CueKind.COUNT))))
    assert message is not None
    assert protocol.decode_cue(message, NOW) is None


def test_what_is_not_asked_for_is_the_default() -> None:
    options = SoundOptions()
    assert (options.backend, options.sound_set, options.language, options.voice) == ("auto", "soft", "en", "heart")
    assert (options.voice_volume, options.sounds_volume, options.offset_ms, options.pre_roll_ms) == (100, 100, 0, 200)
    assert (dict(options.custom), options.labels, options.far_end) == ({}, "", False)


def test_numbers_out_of_bounds_are_the_nearest_within() -> None:
    least = SoundOptions(voice_volume=-1, sounds_volume=-1, offset_ms=-1, pre_roll_ms=-1)
    most = SoundOptions(voice_volume=101, sounds_volume=101, offset_ms=501, pre_roll_ms=2001)
    within = SoundOptions(voice_volume=1, sounds_volume=99, offset_ms=499, pre_roll_ms=1999)
    bounded = [
        (each.voice_volume, each.sounds_volume, each.offset_ms, each.pre_roll_ms) for each in (least, most, within)
    ]
    assert bounded == [(0, 0, 0, 0), (100, 100, 500, 2000), (1, 99, 499, 1999)]
    assert SoundOptions(language="xx") == SoundOptions()


def test_options_survive_encoding_within_bounds() -> None:
    options = SoundOptions(
        backend="system", voice="michael", voice_volume=500, offset_ms=-3, custom={"tick": "/a b/c.wav"}
    )
    assert (options.voice_volume, options.offset_ms) == (100, 0)
    assert protocol.decode_options(protocol.decode(protocol.encode_options(options))) == options


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"is":"play"}', b'{"is":"options","who":1}', b'{"is":"options","offset_ms":[]}']
)
def test_a_first_line_without_options_is_ignored(line: bytes) -> None:
    assert protocol.decode_options(protocol.decode(line)) is None


@given(st.text())
def test_a_text_cannot_control_a_terminal(value: str) -> None:
    text = protocol.text({"is": "log", "text": value}, "text")
    assert text.isprintable()
    assert len(text) <= 200
    json.dumps(text)


def test_a_line_of_the_greatest_length_is_a_message() -> None:
    shortest = len(protocol.encode("log", text=""))
    assert protocol.decode(protocol.encode("log", text="x" * (LONGEST - shortest))) is not None
    assert protocol.decode(protocol.encode("log", text="x" * (LONGEST - shortest + 1))) is None


WEEK = 7 * 24 * 3_600_000


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_moment_is_at_most_a_week_away(sign: int) -> None:
    for off, accepted in ((WEEK, True), (WEEK + 1, False)):
        due = NOW + sign * off
        cue = protocol.decode(protocol.encode_cue(1, DueCue(due, Cue(0, CueKind.COUNT))))
        assert cue is not None
        assert (protocol.decode_cue(cue, NOW) is not None) is accepted
        for span in ([90, due, NOW], [90, NOW, due]):
            assert (protocol.decode_clicks({"is": "click", "spans": [span]}, NOW) is not None) is accepted


@pytest.mark.parametrize(("tempo", "accepted"), [(0, False), (1, True), (1000, True), (1001, False)])
def test_a_tempo_is_one_to_a_thousand(tempo: int, accepted: bool) -> None:
    assert (protocol.decode_clicks({"is": "click", "spans": [[tempo, NOW, NOW]]}, NOW) is not None) is accepted


def test_a_hundred_spans_are_sent_and_no_more() -> None:
    spans = [MetronomeSpan(90, NOW + n, NOW + n) for n in range(101)]
    message = protocol.decode(protocol.encode_clicks(spans))
    assert message is not None
    assert protocol.decode_clicks(message, NOW) == tuple(spans[:100])
    assert protocol.decode_clicks({"is": "click", "spans": [[90, NOW, NOW]] * 101}, NOW) is None
    assert protocol.decode_clicks({"is": "click", "spans": [[90, NOW]]}, NOW) is None
    assert protocol.decode_clicks({"is": "click", "spans": [[90, NOW, NOW, NOW]]}, NOW) is None


def test_eight_phrases_and_texts_of_five_hundred_characters_are_sent() -> None:
    sent = DueCue(NOW, Cue(0, CueKind.WHERE, words=tuple(f"{n}" * 501 for n in range(9)), label="l" * 501))
    message = protocol.decode(protocol.encode_cue(1, sent))
    assert message is not None
    numbered = protocol.decode_cue(message, NOW)
    assert numbered is not None
    cue = numbered[1].cue
    assert cue.words == tuple(f"{n}" * 500 for n in range(8))
    assert cue.label == "l" * 500
    for wrong in ({"label": 1}, {"words": "Turn"}, {"words": [1]}, {"id": True}, {"due": 1.0}, {"sound": "boom"}):
        assert protocol.decode_cue({**message, **wrong}, NOW) is None


def test_fields_of_another_type_are_missing() -> None:
    assert [protocol.whole({"is": "x", "n": value}, "n") for value in (3, True, 3.0, "3")] == [3, None, None, None]
    assert [protocol.text({"is": "x", "t": value}, "t") for value in (" a  b ", 3)] == ["a b", ""]
