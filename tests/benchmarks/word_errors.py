"""How much of what was said was written down: words, and the errors in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from retro_timer.session.languages.english import number

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPELLINGS: Final = {
    "work out": "workout",
    "warmup": "warm up",
    "cooldown": "cool down",
    "onto": "on to",
    "cancelled": "canceled",
    "kilometres": "kilometers",
    "backwards": "backward",
    "forwards": "forward",
    "mph": "miles an hour",
    "okay": "ok",
}
"""Other spellings of words that sound the same, or that mean the same instruction."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case: numbers in words, compounds apart, one spelling of each."""
    text = re.sub(r"(\d)\.(\d)", r"\1 point \2", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    text = re.sub(r"\d+", lambda match: f" {_in_words(match[0])} ", text)
    line = " ".join(re.findall(r"[a-z']+", text))
    for other, usual in _SPELLINGS.items():
        line = re.sub(rf"\b{other}\b", usual, line)
    return tuple(line.split())


def _in_words(digits: str) -> str:
    """A number in words; digit by digit if it is larger than any in sessions."""
    return number(int(digits)) if len(digits) < 3 and int(digits) < 60 else " ".join(number(int(one)) for one in digits)


def errors(said: Sequence[str], written: Sequence[str]) -> int:
    """The fewest words to replace, leave out or add to get from one text to the other."""
    row = list(range(len(written) + 1))
    for done, word in enumerate(said, 1):
        diagonal, row[0] = row[0], done
        for column, other in enumerate(written, 1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
    return row[-1]


def error_rate(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> float:
    """The errors per word said, in percent, over pairs of spoken and written words."""
    count = sum(len(said) for said, _ in pairs)
    return 100 * sum(errors(*pair) for pair in pairs) / count if count else 0.0
