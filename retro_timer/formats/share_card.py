"""A share card: one session as a few lines of text, at most 60 columns wide, in Unicode or in plain ASCII."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.formats.export import Export
from retro_timer.formats.text import one_line
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.workout import MAX_NAME
from retro_timer.session.record import WalkState

if TYPE_CHECKING:
    from retro_timer.formats.activity import WalkedSession

WIDTH: Final = 60
_INNER: Final = WIDTH - 4
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Look(NamedTuple):
    """The characters a card is drawn with."""

    top: tuple[str, str]
    bottom: tuple[str, str]
    line: str
    side: str
    signs: dict[Phase, str]
    profile: dict[Phase, str]  # phases that are not there are walked forward
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


def write_card(session: WalkedSession) -> Export:
    """A session as a card."""
    return Export(card(session).encode())


def write_ascii_card(session: WalkedSession) -> Export:
    """A session as a card in plain ASCII."""
    text = card(session, ascii_only=True)
    lost = any(ord(character) > 127 for character in session.planned.name)
    return Export(
        text.encode("ascii"),
        ("ASCII card: letters of the name that ASCII has not are written otherwise",) if lost else (),
    )


def card(session: WalkedSession, *, ascii_only: bool = False) -> str:
    """A session as a card, with a line's end at the end."""
    look = _ASCII if ascii_only else _UNICODE
    name = one_line(session.planned.name, MAX_NAME) or "Backward walk"
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


def _date(session: WalkedSession) -> str:
    """The local day of the start; the names are English wherever it is read."""
    day = session.started
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _times(session: WalkedSession, look: _Look) -> tuple[str, ...]:
    totals = session.totals
    return (
        f"{look.signs[Phase.BACKWARD]} backward {_clock(totals.backward)}",
        f"{look.signs[Phase.FORWARD]} forward {_clock(totals.forward)}",
        f"{look.signs[Phase.TURN]} turning {_clock(totals.turn)}",
    )


def _facts(session: WalkedSession) -> tuple[str, ...]:
    totals = session.totals
    facts = [f"longest backward {_clock(totals.longest_backward)}"]
    if session.planned.rounds:
        facts.append(f"rounds {totals.rounds_done} of {session.planned.rounds}")
    whole = session.state is WalkState.FINISHED and not totals.incomplete
    # Rounded down: only what was walked to its end is 100 %.
    facts.append("complete" if whole else f"{int(totals.completion * 100)} % walked")
    return tuple(facts)


def _profile(session: WalkedSession, look: _Look) -> str:
    """The session from left to right, each column what was walked in its middle."""
    laps = session.laps
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


def _clock(milliseconds: int) -> str:
    """Minutes and seconds, or hours too."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def _spread(*parts: str) -> str:
    """Parts over the width of the card, the first at its left and the last at its right."""
    free = _INNER - sum(len(part) for part in parts)
    gaps = len(parts) - 1
    line = parts[0]
    for number, part in enumerate(parts[1:]):
        line += " " * max(1, free // gaps + (1 if number < free % gaps else 0)) + part
    return line


def _fitted(text: str, cut: str) -> str:
    """Text cut or filled to the width, counted in columns of a terminal."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  (start-up time is budgeted)

    if cell_len(text) <= _INNER:
        return text + " " * (_INNER - cell_len(text))
    return set_cell_size(text, _INNER - 1) + cut


def _ascii(text: str) -> str:
    """The letters of a text without their accents; others become a question mark."""
    plain = unicodedata.normalize("NFKD", text)
    letters = (character for character in plain if not unicodedata.combining(character))
    return "".join(character if character.isascii() and character.isprintable() else "?" for character in letters)
