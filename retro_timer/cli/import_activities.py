"""`retro-timer import` of past activities: ask for phases, skip what is already present, and print what was added."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from retro_timer.cli.find_workout import find_workout
from retro_timer.cli.stored_sessions import report
from retro_timer.errors import UserError
from retro_timer.runtime.import_activities import (
    Past,
    activity_lines,
    add_activities,
    add_listed,
    known_as,
    read_activities,
    read_listed,
    with_phases,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.storage.transfer import Imported
from retro_timer.text import file_name

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.formats.past_activity import PastActivity
    from retro_timer.runtime.wiring import Setup

SHOWN_LAPS = 12
"""Maximum number of laps listed with the question about phases."""


def import_past(setup: Setup, file: Path, past: Past, phases: str | None) -> None:
    """Add the activities of a file to the history.

    Args:
        setup: the wiring.
        file: the file.
        past: the kind of its contents.
        phases: what was walked: the phases of the laps, or a workout; None to ask if the file does not say.

    Raises:
        UserError: if the file cannot be read, or the phases are needed and nobody can be asked.
    """
    now = setup.clock.wall()
    if past.is_ours:
        done = add_listed(setup.history_to_write(), read_listed(file, past, now))
        click.echo(str(done))
        if done.added:
            click.echo("note: a list has no intervals, pauses and edits: retro-timer export --history has them")
        return
    activities, problems = read_activities(file, past, now)
    history = setup.history_to_write()
    known = [known_as(history, activity) for activity in activities]
    fresh = [activity for activity, there in zip(activities, known, strict=True) if there is None]
    added, _ = add_activities(history, [_with_phases(activity, phases, file) for activity in fresh])
    for session in added:
        report("added", session)
    if len(activities) > 1 or problems:
        click.echo(str(Imported(len(added), len(activities) - len(added), problems)))
    elif there := known[0]:
        when = f"{there.start.started:%Y-%m-%d %H:%M}"
        click.echo(f"already present: {there.planned.title[:60]} of {when}, {there.uuid[:8]}")


def _with_phases(activity: PastActivity, phases: str | None, file: Path) -> PastActivity:
    """The activity with a phase for each lap: given, in the file, or asked for."""
    if phases is None and activity.has_phases:
        return activity
    if phases is None:
        phases = _ask(activity, file)
    return with_phases(activity, phases, find_workout)


def _ask(activity: PastActivity, file: Path) -> str:
    """Ask what was walked; "forward" if only enter is pressed.

    Raises:
        UserError: if there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise UserError(
            f"{file_name(file)}: it does not say what was backward: give --phases forward, a phase for each of its "
            f"{len(activity.laps)} laps, or the workout you walked"
        )
    click.echo("\n".join(activity_lines(activity, SHOWN_LAPS)), err=True)
    answer: str = click.prompt(
        "What was it: forward, a phase for each lap (warm, back, fwd …), or a workout",
        default=Phase.FORWARD.value,
        err=True,
    )
    return answer
