"""Recognize files that are not workouts by how they begin, and say what they are and what to do instead."""

from __future__ import annotations

import re
from typing import Final

from retro_timer.formats.errors import FormatError

_EXPORT: Final = "export the workout as .zwo or as intervals.icu text"
_UNPACK: Final = "unpack it, and import what is in it"
_BYTES: Final = (
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"PK\x05\x06", "a zip archive", "it is empty"),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"BZh", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a rar archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (8, b".FIT", "FIT", f"FIT files of workouts are written, not read: {_EXPORT}"),
    (0, b"%PDF", "PDF", _EXPORT),
    (0, b"\x89PNG\r\n", "a picture", _EXPORT),
    (0, b"\xff\xd8\xff", "a picture", _EXPORT),
    (0, b"GIF8", "a picture", _EXPORT),
    (0, b"SQLite format 3\0", "a database", _EXPORT),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", _EXPORT),
)
"""For each kind of file: the offset of its signature, the signature, its name, and what to do."""
_TEXTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), name, advice)
    for pattern, name, advice in (
        (r"\s*\[COURSE (?:HEADER|DATA)\].{0,2000}?MINUTES\s+PERCENT", ".mrc, power only", _EXPORT),
        (r"\s*\[COURSE (?:HEADER|DATA)\]", ".erg, power only", _EXPORT),
        (r"\s*<(?:\?xml.{0,200}?\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<?gpx\b", "GPX, a track on a map", _EXPORT),
        (r"\s*<.{0,2000}?<?TrainingCenterDatabase\b.{0,4000}?<Workouts\b", "a TCX workout", _EXPORT),
        (r"\s*<.{0,2000}?<?TrainingCenterDatabase\b", "TCX, an activity and not a workout", _EXPORT),
        (r"\s*<.{0,2000}?<?pwx\b", ".pwx, power only", _EXPORT),
        (r"\s*<.{0,2000}?<?kml\b", "KML, a track on a map", _EXPORT),
        (r"\s*(?:<!doctype html|<html\b)", "a web page", "save the file it links to"),
        (r"\s*<(?:\?xml.{0,200}?\?>\s*)?<?svg\b", "a picture", _EXPORT),
        (r"\s*<(?:\?xml.{0,200}?\?>\s*)?(?:<!DOCTYPE plist.{0,200}?>\s*)?<?plist\b", "an Apple property list", _EXPORT),
        (r"\s*BEGIN:VCALENDAR", "a calendar", _EXPORT),
        (r"\s*\{.{0,4000}?\"workoutSegments\"", "a Garmin Connect workout in JSON", _EXPORT),
        (r"\s*\{.{0,4000}?\"primaryIntensityMetric\"", "a TrainingPeaks workout in JSON", _EXPORT),
        (r"\s*\{.{0,4000}?\"intervalData\"", "a TrainerRoad workout in JSON", _EXPORT),
        (r"\s*[{\[].{0,4000}?\"workout_doc\"", "an intervals.icu workout in JSON", "paste its text instead"),
        (r"[^\n,;]*(?:[,;][^\n,;]*){2,}\n[^\n,;]*(?:[,;][^\n,;]*){2,}(?:\n|$)", "a table (CSV)", _EXPORT),
    )
)
"""For each kind of text: how it begins, its name, and what to do."""
_HEAD: Final = 8_000


def refuse_bytes(data: bytes) -> None:
    """Refuse contents of a known kind of file that is not text.

    Raises:
        FormatError: if they are of such a kind; names it.
    """
    for at, mark, name, advice in _BYTES:
        if data[at : at + len(mark)] == mark:
            raise FormatError(f"this looks like {name}: {advice}")


def refuse_text(text: str) -> None:
    """Refuse a text that no format recognizes, if it is XML or of a kind that is known not to be a workout.

    Raises:
        FormatError: if it is; names the kind or the root element.
    """
    for pattern, name, advice in _TEXTS:
        if pattern.match(text[:_HEAD]):
            raise FormatError(f"this looks like {name}: {advice}")
    if text.startswith("<"):
        root = re.search(r"<(?![?!])([\w:.-]{1,40})", text[:_HEAD])
        named = f": it begins with <{root.group(1)}>" if root else ""
        raise FormatError(f"this XML is neither .zwo nor QZ{named}")
