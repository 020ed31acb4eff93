"""A pasted, dropped or imported workout: asks for what its file does not say, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation, parse_length
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.show import totals
from retro_timer.text import one_line, quoted
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.screens.ask import Ask, Choose
from retro_timer.ui.workout_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import App

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.received import Received
    from retro_timer.scheduling.model import Workout

WAYS: Final = ("forward", "alternate")
ANSWERS: Final = ("walk", "save", "edit")
_LONGEST_OUTLINE: Final = 180
_MOST_NOTES: Final = 4
_LONG_BOUT: Final = 180
"""Seconds. If directions are assumed, a longer bout can be limited."""
_LIST: Final = 8
"""The number of workouts of a file that are listed."""


async def receive(app: App[Any], text: str, warning_of: Callable[[Workout], str]) -> tuple[Workout, str] | None:
    """Ask what to do with the workout in a text; call it in a worker.

    Args:
        app: the app.
        text: the pasted or dropped text.
        warning_of: returns a warning about a workout, as one sentence, or an empty string; may read files.

    Returns:
        The workout with `walk`, `save` or `edit`; None if the walker declined, or has opened another screen meanwhile.

    Raises:
        WorkoutError: if the text contains no workout.
    """
    asking = app.screen
    received = await _read(app, text)
    if received is None:
        return None
    workout = received.workout
    warning = await in_thread(warning_of, workout)
    if app.screen is not asking:
        return None
    outline = one_line(format_notation(workout), _LONGEST_OUTLINE)
    details = "\n".join(filter(None, (totals(workout), outline, *_shown(received.notes), warning)))
    answer = await app.push_screen_wait(Choose(workout.name or "A workout", ANSWERS, details=details))
    return (replace(workout, id=""), answer) if answer else None


def _shown(notes: Sequence[str]) -> list[str]:
    more = len(notes) - _MOST_NOTES
    return [f"- {note}" for note in notes[:_MOST_NOTES]] + ([f"- and {more} more"] if more > 0 else [])


async def _read(app: App[Any], text: str) -> Received | None:
    """Read the text, asking for what it does not say; None if the walker declined."""
    from retro_timer.formats.assumptions import NOTHING_ASSUMED
    from retro_timer.formats.errors import AssumptionNeededError

    assumptions: Assumptions | None = NOTHING_ASSUMED
    while assumptions is not None:
        try:
            found = await in_thread(read_text, text, assumptions)
        except AssumptionNeededError as error:
            assumptions = await _asked(app, error, assumptions)
            continue
        received = await _one_of(app, found)
        if received is None or not _is_long(received, assumptions):
            return received
        assumptions = await _limited(app, received, assumptions)
    return None


async def _asked(app: App[Any], error: WorkoutError, assumptions: Assumptions) -> Assumptions | None:
    """The assumptions with the walker's answer; None if the walker declined."""
    from retro_timer.formats.assumptions import Assume
    from retro_timer.formats.errors import DirectionUnknownError, LengthsUnknownError

    if isinstance(error, DirectionUnknownError):
        way = await app.push_screen_wait(Choose("Which way?", WAYS, details="The file does not say which way to walk."))
        return replace(assumptions, direction=Assume(way)) if way else None
    if isinstance(error, LengthsUnknownError):
        details = f"Together they are {error.if_either}. Enter seconds, or the pace of the metres, such as 20:00/km."
        return await app.push_screen_wait(
            Ask(
                "Are its lengths seconds or metres?",
                "seconds",
                lambda answer: _lengths(answer, assumptions),
                details=details,
                word="read",
            )
        )
    return await app.push_screen_wait(
        Ask(
            "It has distances. What is their pace?",
            "20:00/km",
            lambda answer: _pace(answer, assumptions),
            details="A pace such as 20:00/km or 32:00/mi, or a speed such as 3km/h.",
            word="read",
        )
    )


def _lengths(answer: str, assumptions: Assumptions) -> Assumptions:
    from retro_timer.formats.assumptions import Lengths

    if answer.lower() in ("s", "sec", "second", "seconds"):
        return replace(assumptions, lengths=Lengths.SECONDS)
    return replace(_pace(answer, assumptions), lengths=Lengths.METRES)


def _pace(answer: str, assumptions: Assumptions) -> Assumptions:
    from retro_timer.formats.assumptions import parse_pace

    return replace(assumptions, pace_kmh=parse_pace(answer))


async def _one_of(app: App[Any], found: Sequence[Received]) -> Received | None:
    """The workout that the walker chooses, if there are several."""
    if len(found) == 1:
        return found[0]
    names = [f"{number} {quoted(each.workout.name)}" for number, each in enumerate(found[:_LIST], start=1)]
    more = f"\nand {len(found) - _LIST} more" if len(found) > _LIST else ""

    def chosen(answer: str) -> Received:
        if not answer.isdecimal() or not 1 <= int(answer[:9]) <= len(found):
            raise WorkoutError(f"expected a number from 1 to {len(found)}")
        return found[int(answer) - 1]

    question = f"It has {len(found)} workouts. Which one?"
    return await app.push_screen_wait(Ask(question, "1", chosen, details="\n".join(names) + more, word="read"))


def _is_long(received: Received, assumptions: Assumptions) -> bool:
    """Whether assumed directions give a long bout, and no limit has been set."""
    from retro_timer.formats.assumptions import Assume

    assumed = assumptions.direction is Assume.ALTERNATE and assumptions.longest is None
    return assumed and flatten(received.workout).longest_backward > _LONG_BOUT


async def _limited(app: App[Any], received: Received, assumptions: Assumptions) -> Assumptions | None:
    """The assumptions with the walker's limit for the longest bout; None if the walker declined."""
    return await app.push_screen_wait(
        Ask(
            "Longest backward bout",
            "3m",
            lambda answer: replace(assumptions, longest=parse_length(answer)),
            details=f"{totals(received.workout)}. What is left of a longer bout is forward.",
            word="read",
        )
    )
