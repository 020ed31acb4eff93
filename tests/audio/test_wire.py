from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio import wire
from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import Clicks, DueCue

NOW = 5_000_000
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=300))
def test_garbage_is_no_message(line: bytes) -> None:
    message = wire.decode(line)
    assert message is None or isinstance(message["is"], str)


def test_a_line_that_is_too_long_or_too_deep_is_no_message() -> None:
    assert wire.decode(wire.encode("log", text="x" * wire.MAX_LINE)) is None
    assert wire.decode(b"[" * wire.MAX_LINE) is None


@given(
    st.sampled_from(CueKind),
    st.none() | st.sampled_from(Sound),
    st.lists(st.text(max_size=30), max_size=2),
    st.text(max_size=40),
)
def test_a_cue_arrives_as_it_was_sent(kind: CueKind, sound: Sound | None, words: list[str], label: str) -> None:
    sent = DueCue(NOW + 10, Cue(0, kind, sound, tuple(words), label))
    line = wire.encode_order(7, sent)
    assert line.count(b"\n") == 1
    message = wire.decode(line)
    assert message is not None
    assert wire.decode_order(message, NOW) == wire.Order(7, NOW + 10, sent.cue)


@given(st.dictionaries(st.sampled_from(["id", "due", "kind", "sound", "words", "label"]), json_values))
def test_an_order_that_makes_no_sense_is_none(fields: dict[str, object]) -> None:
    order = wire.decode_order({"is": "play", **fields}, NOW)
    assert order is None or isinstance(order, wire.Order)


@given(st.lists(st.tuples(st.integers(30, 200), st.integers(-9999, 9999), st.integers(0, 9999)), max_size=5))
def test_clicks_arrive_as_they_were_sent(stretches: list[tuple[int, int, int]]) -> None:
    sent = tuple(Clicks(tempo, NOW + begin, NOW + until) for tempo, begin, until in stretches)
    message = wire.decode(wire.encode_clicks(sent))
    assert message is not None
    assert wire.decode_clicks(message, NOW) == sent


@given(json_values)
def test_clicks_that_make_no_sense_are_none(stretches: object) -> None:
    clicks = wire.decode_clicks({"is": "click", "stretches": stretches}, NOW)
    assert clicks is None or stretches == []


@pytest.mark.parametrize(
    "stretch", [[0, 1, 2], [10**9, NOW, NOW], [90, NOW, 10**18], [90, -(10**18), NOW], [90.0, NOW, NOW], [True, 1, 2]]
)
def test_clicks_of_an_absurd_tempo_or_moment_are_refused(stretch: list[object]) -> None:
    assert wire.decode_clicks({"is": "click", "stretches": [stretch]}, NOW) is None


@pytest.mark.parametrize("due", [10**18, -(10**18), NOW + 8 * 24 * 3_600_000])
def test_an_absurd_moment_is_refused(due: int) -> None:
    message = wire.decode(wire.encode_order(1, DueCue(due, Cue(0, CueKind.COUNT))))
    assert message is not None
    assert wire.decode_order(message, NOW) is None


def test_options_arrive_as_they_were_sent_and_within_bounds() -> None:
    options = SoundOptions(backend="system", voice_volume=500, offset_ms=-3, custom={"tick": "/a b/c.wav"})
    assert (options.voice_volume, options.offset_ms) == (100, 0)
    assert wire.decode_options(wire.decode(wire.encode_options(options))) == options


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"is":"play"}', b'{"is":"options","who":1}', b'{"is":"options","offset_ms":[]}']
)
def test_a_first_line_that_is_no_options_is_none(line: bytes) -> None:
    assert wire.decode_options(wire.decode(line)) is None


@given(st.text())
def test_a_text_cannot_control_a_terminal(value: str) -> None:
    text = wire.text({"is": "log", "text": value}, "text")
    assert text.isprintable()
    assert len(text) <= 200
    json.dumps(text)
