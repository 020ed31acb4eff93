"""Share cards: a session as a few lines of Unicode or ASCII text, at most 60 columns wide."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.formats.activity import laps_of
from retro_timer.formats.export import Export
from retro_timer.formats.format import SessionFormat
from retro_timer.scheduling.model import MAX_NAME
from retro_timer.scheduling.phases import Phase
from retro_timer.session.completion import COMPLETE_SHARE
from retro_timer.session.history import calendar_day
from retro_timer.session.record import SessionStatus
from retro_timer.session.shown import shown_percent, shown_totals
from retro_timer.session.states import shown_seconds
from retro_timer.text import clock_time, one_line

if TYPE_CHECKING:
    from retro_timer.session.history import StoredSession

WIDTH: Final = 60
_INNER: Final = WIDTH - 4
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Look(NamedTuple):
    """The characters used to draw a card."""

    top: tuple[str, str]
    bottom: tuple[str, str]
    line: str
    side: str
    signs: dict[Phase, str]
    profile: dict[Phase, str]  # phases not listed use `forward`
    forward: str
    cut: str


_UNICODE: Final = _Look(
    top=("╭", "╮"),
    bottom=("╰", "╯"),
    line="─",
    side="│",
    signs={Phase.BACKWARD: "▼", Phase.FORWARD: "▲", Phase.TURN: "↻"},
    profile={Phase.BACKWARD: "█", Phase.TURN: "▃", Phase.REST: "·"},
    forward="▁",
    cut="…",
)
_ASCII: Final = _Look(
    top=("+", "+"),
    bottom=("+", "+"),
    line="-",
    side="|",
    signs={Phase.BACKWARD: "v", Phase.FORWARD: "^", Phase.TURN: "@"},
    profile={Phase.BACKWARD: "#", Phase.TURN: "+", Phase.REST: "."},
    forward="_",
    cut="~",
)


def write_card(session: StoredSession) -> Export:
    """A session as a card."""
    return Export(card(session).encode())


def write_ascii_card(session: StoredSession) -> Export:
    """A session as a card in plain ASCII."""
    text = card(session, ascii_only=True)
    lost = any(ord(character) > 127 for character in session.summary.planned.name)
    return Export(
        text.encode("ascii"), ("ASCII card: letters of the name that are not ASCII are replaced",) if lost else ()
    )


def card(session: StoredSession, *, ascii_only: bool = False) -> str:
    """A session as a card; ends with a newline."""
    look = _ASCII if ascii_only else _UNICODE
    name = one_line(session.summary.planned.name, MAX_NAME) or "Backward walk"
    rows = [
        _spread("RETRO TIMER", _date(session)),
        _ascii(name) if ascii_only else name,
        "",
        _spread(*_times(session, look)),
        _spread(*_facts(session)),
        "",
        _profile(session, look),
    ]
    return "\n".join(
        [
            (look.line * (WIDTH - 2)).join(look.top),
            *(f"{look.side} {_fitted(row, look.cut)} {look.side}" for row in rows),
            (look.line * (WIDTH - 2)).join(look.bottom),
            "",
        ]
    )


def _date(session: StoredSession) -> str:
    """The local date of the start, with English names in every locale."""
    day = calendar_day(session.summary.start.started)
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _times(session: StoredSession, look: _Look) -> tuple[str, ...]:
    shown = shown_totals(session.summary.totals)
    return (
        f"{look.signs[Phase.BACKWARD]} backward {clock_time(shown.backward)}",
        f"{look.signs[Phase.FORWARD]} forward {clock_time(shown.forward)}",
        f"{look.signs[Phase.TURN]} turning {clock_time(shown.turn)}",
    )


def _facts(session: StoredSession) -> tuple[str, ...]:
    totals = session.summary.totals
    facts = [f"longest backward {clock_time(shown_seconds(totals.longest_backward))}"]
    if session.summary.planned.rounds:
        facts.append(f"rounds {totals.rounds_done} of {session.summary.planned.rounds}")
    # The card names the workout as it was planned: of one that edits cut short, the share says more.
    whole = session.summary.state is SessionStatus.FINISHED and totals.completion >= COMPLETE_SHARE
    facts.append("complete" if whole else f"{shown_percent(totals.completion)} % walked")
    return tuple(facts)


def _profile(session: StoredSession, look: _Look) -> str:
    """The profile of the session; each column shows the phase at its middle."""
    laps = laps_of(session)
    ends: list[float] = []
    for lap in laps:
        ends.append((ends[-1] if ends else 0.0) + lap.seconds)
    strip, index = "", 0
    for column in range(_INNER):
        middle = (column + 0.5) / _INNER * ends[-1]
        while ends[index] < middle and index < len(laps) - 1:
            index += 1
        strip += look.profile.get(laps[index].phase, look.forward)
    return strip


def _spread(*parts: str) -> str:
    """Spread parts over the width of the card, the first flush left and the last flush right."""
    free = _INNER - sum(len(part) for part in parts)
    gaps = len(parts) - 1
    line = parts[0]
    for number, part in enumerate(parts[1:]):
        line += " " * max(1, free // gaps + (1 if number < free % gaps else 0)) + part
    return line


def _fitted(text: str, cut: str) -> str:
    """Truncate or pad text to the width, in terminal columns."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= _INNER:
        return text + " " * (_INNER - cell_len(text))
    return set_cell_size(text, _INNER - 1) + cut


def _ascii(text: str) -> str:
    """Remove accents; other characters outside ASCII become question marks."""
    plain = unicodedata.normalize("NFKD", text)
    letters = (character for character in plain if not unicodedata.combining(character))
    return "".join(character if character.isascii() and character.isprintable() else "?" for character in letters)


FORMATS: Final = (
    SessionFormat("card", (".txt",), "share card, Unicode text", write_card),
    SessionFormat("card-ascii", (".asc",), "share card, plain ASCII", write_ascii_card),
)
