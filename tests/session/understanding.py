"""Understands spoken numbers and lengths, like a listener."""

from __future__ import annotations

from retro_timer.session.languages.english import number


def spoken_number(words: str) -> int:
    """The number expressed by words."""
    return next(value for value in range(60) if number(value) == words)


def spoken_seconds(words: tuple[str, ...]) -> int:
    """The length expressed by phrases, as a listener understands it: "One hour." "Five minutes."."""
    said, unit, value, seconds = " ".join(words).lower().replace(".", ""), 0, 0, 0
    units = {"hour": 3600, "minute": 60, "second": 1}
    for word in said.split():
        if word.rstrip("s") in units:
            unit = units[word.rstrip("s")]
            seconds += value * unit
            value = 0
        else:
            value = spoken_number(word)
    return seconds + (value * unit // 60 if value else 0)  # "one minute thirty": of the next smaller unit
