"""What the sensor process says: read as it was said, and nothing else is taken for a report."""

from __future__ import annotations

import sys
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.messages import LONGEST, chosen_of, encode, read_report
from retro_timer.session.sensing import LONGEST_NAME, Chosen, LinkState, NearbySensor, Reading, SensorKind, SensorLink
from retro_timer.text import unsafe_character

if TYPE_CHECKING:
    from retro_timer.session.sensing import SensorReport

HOSTILE = (
    "\x1b[2J\x1b]0;gone\x07",
    "[red]x[/] [@click=app.quit]",
    "\u202egnitaert",
    "\u200b\u2066a",
    "a" * 60,
    "\udcff",
    '"\\',
)
GOOD = Reading(SensorKind.BELT, 1.6)
BAD_LINES = (
    b"",
    b"\n",
    b"null\n",
    b"[]\n",
    b"{}\n",
    b'{"type":"reading"}\n',
    b'{"type":"reading","kind":"rope"}\n',
    b'{"type":"reading","kind":"belt","speed_kmh":NaN}\n',
    b'{"type":"reading","kind":"belt","speed_kmh":-0.01}\n',
    b'{"type":"reading","kind":"belt","speed_kmh":1e999}\n',
    b'{"type":"reading","kind":"belt","speed_kmh":25.01}\n',
    b'{"type":"reading","kind":"belt","speed_kmh":"1.6"}\n',
    b'{"type":"reading","kind":"belt","incline_percent":51}\n',
    b'{"type":"reading","kind":"belt","distance_m":1e12}\n',
    b'{"type":"reading","kind":"heart","heart_rate":24}\n',
    b'{"type":"reading","kind":"heart","heart_rate":99999999999999999999999}\n',
    b'{"type":"reading","kind":"heart","heart_rate":72.5}\n',
    b'{"type":"link","kind":"belt","state":"ok","why":"' + b"x" * 201 + b'"}\n',
    b'{"type":"found","kind":"belt","name":"a","address":"\\u001b[2J","signal":0}\n',
    b'{"type":"found","kind":"belt","name":"' + b"a" * 61 + b'","address":"AA:00:00:00:00:01","signal":0}\n',
    b'{"type":"found","kind":"belt","name":"\xff\xfe","address":"AA:00:00:00:00:01","signal":0}\n',
    b'{"a":' * 190 + b"\n",
    b'{"x":' + b"[" * 900 + b"\n",
    b"\x00\xff" * 100 + b"\n",
    encode(GOOD)[:-9],
)


@pytest.mark.parametrize("line", BAD_LINES)
def test_what_is_no_report_is_left_out(line: bytes) -> None:
    assert read_report(line) is None


@given(st.binary(max_size=LONGEST))
def test_any_bytes_are_a_report_or_none(line: bytes) -> None:
    report = read_report(line)
    assert report is None or isinstance(report, NearbySensor | SensorLink | Reading)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_reasons_cannot_steer_a_terminal(text: str) -> None:
    """Even if the process did not clean them."""
    escaped = "".join(f"\\u{ord(each):04x}" if each != "\udcff" else "?" for each in text)
    link = read_report(f'{{"type":"link","kind":"belt","state":"lost","why":"{escaped}"}}\n'.encode())
    found = read_report(
        f'{{"type":"found","kind":"heart","name":"{escaped}","address":"AA:00:00:00:00:01","signal":-60}}\n'.encode()
    )
    assert isinstance(link, SensorLink)
    assert isinstance(found, NearbySensor)
    for shown in (link.why, found.name):
        assert not any(map(unsafe_character, shown))
        assert len(shown) <= LONGEST_NAME


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 10_000, "\n\t "])
def test_a_name_in_the_settings_is_one_short_line(name: str) -> None:
    chosen = chosen_of(f"AA:00:00:00:00:01 {name}")
    assert isinstance(chosen, Chosen)
    assert len(chosen.name) <= LONGEST_NAME
    assert not any(map(unsafe_character, chosen.name))
    assert chosen_of(str(chosen)) == chosen


def reported(code: str, wanted: int) -> list[SensorReport]:
    """The first reports of a process that runs some Python instead of following sensors."""
    reports: SimpleQueue[Any] = SimpleQueue()
    follow = {SensorKind.BELT: Chosen("AA:00:00:00:00:01")}
    argv = (sys.executable, "-c", f"import sys\nout = sys.stdout.buffer\n{code}")
    process = SensorProcess(follow, reports.put, lambda _line: None, argv=argv, again=(60.0,))
    found = list[Any]()
    try:
        while len(found) < wanted:
            found.append(reports.get(timeout=60))
    except Empty:
        pass
    finally:
        process.close()
    return found


def test_rubbish_between_two_readings_is_left_out() -> None:
    """Also a line that is far too long, and one that the end of the process cuts off."""
    rubbish = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in BAD_LINES) + b"a" * 10_000 + b"\n"
    again = Reading(SensorKind.BELT, 1.7)
    code = f"out.write({encode(GOOD) + rubbish + encode(again) + encode(GOOD)[:-5]!r})"
    assert reported(code, 3) == [
        GOOD,
        again,
        SensorLink(SensorKind.BELT, LinkState.LOST, "the sensor process has ended"),
    ]
