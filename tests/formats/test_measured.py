"""What sensors measured, in exported activities: it takes the place of what was planned."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, cast

import pytest
from defusedxml.ElementTree import fromstring
from garmin_fit_sdk import Decoder, Stream

from retro_timer.formats.registry import write_session
from retro_timer.storage.history_csv import write_intervals_csv, write_sessions_csv
from tests.formats.sessions import walked_session

if TYPE_CHECKING:
    from retro_timer.session.history import StoredSession

WALK = "warm 1m @3.2km/h, 2x(turn 10s, back 1m @1.6km/h, turn 10s | fwd 1m @3.2km/h), cool 1m @3.2km/h"
TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"


def measured() -> StoredSession:
    """The belt runs at 2 km/h, and the heart beats faster and faster."""
    return walked_session(WALK, sampled=lambda second: (2.0, 90 + int(second) // 10))


def decoded(data: bytes) -> dict[str, list[dict[str, Any]]]:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert not errors
    return cast("dict[str, list[dict[str, Any]]]", messages)


def test_garmins_decoder_reads_speed_distance_and_heart_rate() -> None:
    export = write_session(measured(), "fit")
    messages = decoded(export.data)
    records = messages["record_mesgs"]
    seconds = 6 * 60 + 4 * 10 - 60
    assert len(records) >= seconds
    inside = [record for record in records if "heart_rate" in record]
    assert len(inside) == pytest.approx(seconds, abs=12)
    assert len({record["timestamp"] for record in records}) == len(records)
    assert all(record["enhanced_speed"] == pytest.approx(2 / 3.6, abs=0.001) for record in inside)
    assert [record["distance"] for record in records] == sorted(record["distance"] for record in records)
    (session,) = messages["session_mesgs"]
    assert session["total_distance"] == pytest.approx(seconds * 2 / 3.6, rel=0.03)
    assert session["max_heart_rate"] > session["avg_heart_rate"] > 90
    assert all(lap["avg_speed"] == pytest.approx(2 / 3.6, abs=0.001) for lap in messages["lap_mesgs"])
    creator, *sensors = messages["device_info_mesgs"]
    assert creator["product_name"] == "Retro Timer"
    assert [each["product_name"] for each in sensors] == ["Treadmill", "Heart rate sensor"]
    assert {each["source_type"] for each in sensors} == {"bluetooth_low_energy"}
    assert len({each["device_index"] for each in messages["device_info_mesgs"]}) == 3
    assert export.notes == ("FIT: distances are measured",)


def test_a_session_without_sensors_names_none() -> None:
    messages = decoded(write_session(walked_session(WALK), "fit").data)
    assert [each["product_name"] for each in messages["device_info_mesgs"]] == ["Retro Timer"]
    assert not any("heart_rate" in record for record in messages["record_mesgs"])


def test_what_was_measured_in_part_is_noted() -> None:
    session = walked_session(WALK, sampled=lambda second: (2.0 if second < 90 else None, 100))
    assert write_session(session, "fit").notes == ("FIT: some distances are based on the planned speeds",)


def test_tcx_has_points_with_heart_rate_speed_and_distance() -> None:
    root = fromstring(write_session(measured(), "tcx").data)
    points = root.findall(f".//{TCX}Trackpoint")
    beats = [float(each.text or 0) for each in root.findall(f".//{TCX}Trackpoint/{TCX}HeartRateBpm/{TCX}Value")]
    metres = [float(each.text or 0) for each in root.findall(f".//{TCX}Trackpoint/{TCX}DistanceMeters")]
    assert len(points) > 300
    assert len(beats) > 300
    assert metres == sorted(metres)
    assert len(root.findall(".//{http://www.garmin.com/xmlschemas/ActivityExtension/v2}Speed")) == len(beats)


def test_csv_has_distance_speeds_and_heart_rates() -> None:
    intervals, sessions = io.StringIO(), io.StringIO()
    write_intervals_csv([measured()], intervals)
    write_sessions_csv([measured()], sessions)
    head, warm_up, *_ = csv.reader(intervals.getvalue().splitlines())
    row = dict(zip(head, warm_up, strict=True))
    assert (row["speed_mean_kmh"], row["heart_min"]) == ("2.0", "91")
    assert float(row["metres"]) == pytest.approx(60 * 2 / 3.6, rel=0.05)
    head, values = csv.reader(sessions.getvalue().splitlines())
    whole = dict(zip(head, values, strict=True))
    assert float(whole["metres"]) > float(whole["backward_metres"]) == pytest.approx(120 * 2 / 3.6, rel=0.05)


def test_with_a_heart_rate_sensor_alone_the_distance_grows_at_the_planned_speed() -> None:
    session = walked_session(
        "back 20s @1.8km/h, turn 5s", pause_at=15, pause_for=7, sampled=lambda second: (None, 100 + second)
    )
    root = fromstring(write_session(session, "tcx").data)
    back, turn = root.findall(f".//{TCX}Track")
    metres = [float(point.findtext(f"{TCX}DistanceMeters", "")) for point in back]
    # It is paused after five of twenty seconds, for seven and a lead-in of five.
    assert metres == [*(second / 2 for second in range(6)), *[2.5] * 12, *(second / 2 for second in range(6, 21))]
    hearts = [point.findtext(f"{TCX}HeartRateBpm/{TCX}Value") for point in back]
    assert hearts[1:-1] == [str(100 + second) for second in range(11, 42)]
    assert {point.findtext(f"{TCX}DistanceMeters") for point in turn} == {"10.00"}
    records = decoded(write_session(session, "fit").data)["record_mesgs"]
    assert [record["distance"] for record in records][:6] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_no_two_points_of_a_track_have_the_same_time() -> None:
    root = fromstring(write_session(measured(), "tcx").data)
    for track in root.findall(f".//{TCX}Track"):
        times = [point.findtext(f"{TCX}Time") for point in track]
        assert len(set(times)) == len(times)
