"""The protocol between a session and its sensor process: one line of JSON for each message.

The session sends one `SensorTask`. The process answers with the reports of `session.sensing` until its standard input
closes.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from retro_timer.session.sensing import LONGEST_NAME, Chosen, NearbySensor, SensorKind, SensorLink, SensorReport
from retro_timer.structs import convert, json_decoder
from retro_timer.text import one_line

LONGEST: Final = 1000
"""Limit of a line, in bytes."""
_REPORTS: Final[msgspec.json.Decoder[Any]] = json_decoder(SensorReport)


class SensorTask(Struct, frozen=True):
    """The task of the sensor process.

    Attributes:
        follow: the sensors to follow.
        scan: whether to look for others, too; it does so anyway if there are none to follow.
    """

    follow: dict[SensorKind, Chosen] = {}
    scan: bool = False


def chosen_of(setting: str | None) -> Chosen | None:
    """A sensor as it is in the settings; None if there is none, or if it cannot be read."""
    address, _, name = (setting or "").strip().partition(" ")
    try:
        return convert({"address": address, "name": one_line(name, LONGEST_NAME)}, Chosen)
    except msgspec.ValidationError:
        return None


def encode(message: Struct) -> bytes:
    """A message as a line."""
    return msgspec.json.encode(message) + b"\n"


def read_report(line: bytes) -> SensorReport | None:
    """Read a report of the process, without anything that could control a terminal; None if it is not a report."""
    try:
        report: SensorReport = _REPORTS.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if isinstance(report, NearbySensor):
        return replace(report, name=one_line(report.name, LONGEST_NAME))
    return replace(report, why=one_line(report.why)) if isinstance(report, SensorLink) else report
