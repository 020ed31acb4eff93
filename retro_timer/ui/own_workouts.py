"""What is done with own workouts from any screen: copying, saving what was walked, importing, exporting."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.folding import fold
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.workout import MAX_NAME, Workout
from retro_timer.ui.screens.ask import Ask, Choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.storage.workouts import WorkoutLibrary

WAYS: Final = ("forward", "alternate")
ANSWERS: Final = ("walk", "save", "edit")
_PATH_BEGINS: Final = re.compile(r"[/~]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|file://", re.IGNORECASE)
_PATH_ENDS: Final = re.compile(r"\.(zwo|json|toml|icu|txt|xml|fit)$", re.IGNORECASE)
LONGEST_PATH: Final = 4096
"""Characters that may be the name of a file; a longer text is notation."""


def offer_save(
    app: App[Any],
    schedule: Schedule,
    name: str,
    library: WorkoutLibrary,
    done: Callable[[Workout | None], None] | None = None,
) -> None:
    """Offer to keep a schedule as it was walked: a name is there, and enter saves it.

    Args:
        app: over whose screen it is asked.
        schedule: what was walked, with every edit.
        name: what the workout is called that it was made from.
        library: where it goes.
        done: called with the saved workout, or None.
    """

    async def ask() -> None:
        taken = await asyncio.to_thread(_names, library)
        workout = fold(schedule)
        suggestion = free_name(f"{name} adapted" if name else "adapted", taken)
        app.push_screen(
            Ask(
                "You changed this workout. Save it as",
                suggestion,
                lambda chosen: library.save(workout.but(id="", name=chosen)),
            ),
            done,
        )

    app.run_worker(ask())


def free_name(name: str, taken: Iterable[str]) -> str:
    """A name, with a number behind it where it is taken; never longer than a name may be."""
    known = {other.casefold() for other in taken}
    number, free = 1, name[:MAX_NAME].rstrip()
    while free.casefold() in known:
        number += 1
        ending = f" {number}"
        free = f"{name[: MAX_NAME - len(ending)].rstrip()}{ending}"
    return free


def copy_preset(preset: Workout, library: WorkoutLibrary) -> Workout:
    """Save a copy of a preset under a name of its own.

    Raises:
        LibraryError: when it cannot be saved.
    """
    return library.save(preset.but(id="", name=free_name(f"My {preset.name}", _names(library))))


def read_text(text: str, assume: str | None = None) -> Workout:
    """The workout in what was pasted or dropped: the path of a file, notation, or a format that is text.

    Raises:
        DirectionUnknownError: when nothing says which way to walk: ask, and read again.
        WorkoutError: when there is no workout in it; one line.
    """
    from retro_timer.formats.registry import read_pasted, read_workout  # noqa: PLC0415  (first used by import)
    from retro_timer.storage.paths import shown  # noqa: PLC0415  (the same)

    path = dropped_path(text)
    if path is not None:
        return read_workout(path, assume=assume)
    if _names_a_file(text):
        raise WorkoutError(f"there is no file {shown(Path(text.strip()), longest=60)}")
    return read_pasted(text, assume=assume)


def readable(text: str) -> str:
    """The text itself, when there is a workout in it.

    Raises:
        WorkoutError: when there is none.
    """
    from retro_timer.formats.errors import DirectionUnknownError  # noqa: PLC0415  (first used by import)

    if not text:
        raise WorkoutError("expected the path of a file, or notation such as back 2m, fwd 1m")
    with suppress(DirectionUnknownError):  # that is asked for next
        read_text(text)
    return text


async def receive(app: App[Any], text: str) -> tuple[Workout, str] | None:
    """Ask what becomes of the workout in a text; call it in a worker.

    Returns:
        The workout, and `walk`, `save` or `edit`; None for nothing.

    Raises:
        WorkoutError: when there is no workout in it.
    """
    from retro_timer.formats.errors import DirectionUnknownError  # noqa: PLC0415  (first used by import)

    try:
        workout = await asyncio.to_thread(read_text, text)
    except DirectionUnknownError:
        way = await app.push_screen_wait(Choose("Which way?", WAYS, details="Nothing in it says which way to walk."))
        if not way:
            return None
        workout = await asyncio.to_thread(read_text, text, way)
    totals = f"{clock_time(workout.total_seconds)}, {clock_time(workout.backward_seconds)} backward"
    answer = await app.push_screen_wait(Choose(workout.name or "A workout", ANSWERS, details=totals))
    return (workout.but(id=""), answer) if answer else None


def dropped_path(text: str) -> Path | None:
    """The file that a pasted text names, the way terminals write what is dropped on them; None when it names none.

    Quotes around it, a backslash before what a shell would take for its own, and `file://` are understood.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_PATH or "\n" in name or "\0" in name:
        return None
    candidates = [name, name.strip("'\""), re.sub(r"\\(.)", r"\1", name)]
    if name.lower().startswith("file://"):
        candidates.append(unquote(urlsplit(name).path))
    for candidate in candidates:
        try:
            path = Path(candidate).expanduser()
            if path.is_file():
                return path
        except (OSError, RuntimeError, ValueError):
            continue  # no file can have this name here
    return None


def export_to(workout: Workout, target: str) -> str:
    """Write a workout to a new file, whose ending says the format. Returns one line: where, and what is not in it.

    Raises:
        WorkoutError: when there is such a file already, the format is not known, or it cannot be written.
    """
    from retro_timer.formats.registry import write_workout  # noqa: PLC0415  (seldom needed)
    from retro_timer.storage.atomic import write_atomic  # noqa: PLC0415  (the same)
    from retro_timer.storage.paths import reason, shown  # noqa: PLC0415  (the same)

    if not target or "\0" in target:
        raise WorkoutError("expected the name of a file such as walk.zwo")
    try:
        path = Path(target).expanduser()
        export = write_workout(workout, path)
        if path.exists():
            raise WorkoutError(f"there is a file {shown(path)} already: choose another name")
        write_atomic(path, export.data)
    except RuntimeError as error:
        raise WorkoutError("there is no home directory to put it in") from error
    except OSError as error:
        raise WorkoutError(f"{shown(path)} cannot be written: {reason(error)}") from error
    return "; ".join((f"written to {shown(path)}", *export.notes))


def _names_a_file(text: str) -> bool:
    """Whether a text looks like a path rather than like notation: it begins or ends as one."""
    name = text.strip().strip("'\"")
    if "\n" in name or len(name) > LONGEST_PATH:
        return False
    return bool(_PATH_BEGINS.match(name) or _PATH_ENDS.search(name))


def _names(library: WorkoutLibrary) -> list[str]:
    return [entry.name for entry in library.list()]
