"""What the sensors of a session measure, as its clients hear it: never an old number as if it were current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.remote.messages import SensorsMeasured, SharedLink, SharedValue
from retro_timer.remote.protocol import ProtocolError, decode_update, encode
from retro_timer.remote.remote_session import RemoteSession
from retro_timer.sensors.companion import STALE_MS
from retro_timer.session.sensing import LinkState, PresentValue, SensorKind, SensorLink

if TYPE_CHECKING:
    from tests.remote.support import Rig, Wire


def measured(wire: Wire) -> list[SensorsMeasured]:
    """All that a client has heard about sensors."""
    return [each for each in wire.updates if isinstance(each, SensorsMeasured)]


def remote(wire: Wire) -> RemoteSession:
    """The session as a client knows it."""
    greeting: Any = wire.updates[:4]
    welcome, schedule, first, state = greeting
    return RemoteSession(welcome, schedule, state, first)


def test_a_client_that_wants_it_hears_it_before_the_state_and_another_does_not(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    sensors.link(SensorKind.BELT, LinkState.OK)
    sensors.belt(1.6, incline_percent=2.0)
    sensors.heart(112)
    rig.pump()
    wire, other = rig.join(measured=True), rig.join()
    assert wire.kinds() == ["hello", "schedule", "measured", "state"]
    until = rig.clock.now() + STALE_MS
    assert measured(wire) == [
        SensorsMeasured(
            belt=SharedLink(LinkState.OK),
            heart=SharedLink(LinkState.SEARCHING),
            speed_kmh=SharedValue(1.6, until),
            incline_percent=SharedValue(2.0, until),
            heart_rate=SharedValue(112, until),
        )
    ]
    rig.move(1000)
    sensors.belt(1.7)
    rig.settle()
    assert [each.speed_kmh for each in measured(wire)][1:] == [SharedValue(1.7, until + 1000)]
    assert "measured" not in other.kinds()
    assert [wire.kinds().count("state") for wire in rig.wires] == [1, 1]  # a number is no change of the session


def test_without_sensors_nothing_is_said_of_them(rig: Rig) -> None:
    wire = rig.join(measured=True)
    rig.move(11_000)
    rig.settle()
    assert "measured" not in wire.kinds()


def test_a_sensor_that_floods_is_passed_on_once_a_second(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    wire = rig.join(measured=True)
    for number in range(100):
        sensors.belt(1.0 + number % 2 / 10)
        rig.move(50)
        rig.pump()
    rig.settle()
    assert 5 <= len(measured(wire)) <= 8


def test_a_link_that_is_lost_is_said_at_once(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    wire = rig.join(measured=True)
    sensors.belt(1.6)
    rig.pump()
    sensors.link(SensorKind.BELT, LinkState.LOST, "it does not answer")
    rig.settle()
    assert measured(wire)[-1].belt == SharedLink(LinkState.LOST, "it does not answer")


def test_a_value_is_forgotten_by_session_and_client_alike(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    sensors.belt(1.6)
    rig.pump()
    wire = rig.join(measured=True)
    known = remote(wire)
    assert known.measurements is not None
    assert known.measurements.speed_kmh == PresentValue(1.6, rig.clock.now() + STALE_MS)
    assert known.measurements.link(SensorKind.HEART) == SensorLink(SensorKind.HEART, LinkState.SEARCHING)
    before = rig.clock.now()
    known.advance(before + STALE_MS)
    assert known.measurements.speed_kmh is not None
    assert known.next_change == before + STALE_MS + 1 or known.next_change == known.next_second
    known.advance(before + STALE_MS + 1)
    assert known.measurements.speed_kmh is None  # without another word of the session
    rig.move(STALE_MS + 1)
    rig.settle()
    assert measured(wire)[-1].speed_kmh is None


def test_in_a_pause_the_next_change_is_that_a_value_gets_old(rig: Rig) -> None:
    rig.move(10_000)
    sensors = rig.follow_sensors()
    rig.act("pause")
    sensors.heart(90)
    rig.pump()
    known = remote(rig.join(measured=True))
    assert known.next_second is None
    assert known.next_change == rig.clock.now() + STALE_MS + 1
    known.advance(known.next_change)
    assert known.next_change is None


@pytest.mark.parametrize(
    "fields",
    [
        b'"speed_kmh":{"value":1e999,"until":1}',
        b'"speed_kmh":{"value":NaN,"until":1}',
        b'"speed_kmh":{"value":-51,"until":1}',
        b'"speed_kmh":{"value":251,"until":1}',
        b'"speed_kmh":{"value":"fast","until":1}',
        b'"speed_kmh":{"value":1}',
        b'"speed_kmh":{"value":1,"until":1e300}',
        b'"heart_rate":[112,1]',
        b'"metres":-1',
        b'"metres":1e12',
        b'"belt":{"state":"on fire"}',
        b'"belt":{"state":"ok","why":"' + b"x" * 10_000 + b'"}',
    ],
)
def test_a_message_that_cannot_be_true_is_none(fields: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_update(b'{"is":"measured",' + fields + b"}")


@given(
    value=st.none() | st.builds(SharedValue, st.floats(-50, 250), st.integers(-(2**53), 2**53)),
    why=st.text(max_size=200),
    now=st.integers(0, 2**53),
)
def test_whatever_is_sent_is_read_again_and_never_shown_too_late(value: SharedValue | None, why: str, now: int) -> None:
    sent = SensorsMeasured(belt=SharedLink(LinkState.LOST, why), speed_kmh=value)
    assert decode_update(encode(sent)) == sent
    from retro_timer.session.sensing import Measurements

    present = None if value is None else PresentValue(value.value, value.until)
    shown = Measurements(speed_kmh=present).at(now)
    assert (shown.speed_kmh is not None) == (value is not None and value.until >= now)
    assert shown.until is None or shown.until >= now
