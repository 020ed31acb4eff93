"""`retro-timer history add`, `edit` and `delete`: walks without the timer, logged by hand."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from retro_timer.cli.completing import complete_stored_session
from retro_timer.cli.find_workout import complete_workout, find_workout
from retro_timer.cli.options import data_dir_option, score_option
from retro_timer.cli.stored_sessions import Day, report, the_session
from retro_timer.runtime.wiring import Setup
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.session.history import Feedback, NextDay, calendar_day
from retro_timer.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from retro_timer.storage.history import History

F = TypeVar("F", bound="Callable[..., Any]")


class TimeOfDay(click.ParamType):  # type: ignore[type-arg]  # generic to type checkers only in newer versions of click
    """A time of day such as 18:30."""

    name = "time"

    def convert(self, value: str | time, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """Parse a time, or fail with a one-line message."""
        from retro_timer.runtime.walk_times import LogError, time_of_day

        try:
            return value if isinstance(value, time) else time_of_day(value)
        except LogError as error:
            self.fail(str(error), param, ctx)


class Minutes(click.ParamType):  # type: ignore[type-arg]  # generic to type checkers only in newer versions of click
    """Minutes such as 10, or a length such as 8:30 or 90s, in seconds."""

    name = "minutes"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse minutes, or fail with a one-line message."""
        from retro_timer.runtime.log_walk import minutes

        try:
            return value if isinstance(value, int) else minutes(value)
        except WorkoutError as error:
            self.fail(str(error), param, ctx)


_OPTIONS = (
    click.option("--date", "day", type=Day(), metavar="DATE", help="The day of the walk; today if it is left out."),
    click.option("--at", type=TimeOfDay(), metavar="TIME", help="When it began, such as 18:30."),
    click.option("--backward", type=Minutes(), metavar="MINUTES", help="Minutes backward, or a length such as 8:30."),
    click.option("--forward", type=Minutes(), metavar="MINUTES", help="Minutes forward, warm-up included."),
    click.option("--longest", type=Minutes(), metavar="MINUTES", help="The longest bout backward, if you know it."),
    score_option("--effort", about="How hard it was."),
    score_option("--pain-before", about="Pain before the walk."),
    score_option("--pain", "pain_after", about="Pain after it."),
    click.option("--stumble/--no-stumble", default=None, help="Whether you stumbled, or grabbed the rail."),
    click.option("--fall/--no-fall", default=None, help="Whether you fell."),
    click.option(
        "--next-day",
        type=click.Choice([day.value for day in NextDay if day is not NextDay.UNANSWERED]),
        help="How the day after was.",
    ),
    click.option("--note", metavar="TEXT", help="A note of one line."),
    data_dir_option,
)


def _walk_options(command: F) -> F:
    """Decorator: add the options about a walk."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("workout", required=False, shell_complete=complete_workout)
@_walk_options
@click.pass_context
def add(ctx: click.Context, /, *, workout: str | None, day: date | None, at: time | None, **values: Any) -> None:  # noqa: ANN401  (one per option)
    """Log a walk without the timer: WORKOUT, or the minutes backward and forward.

    The plan counts it like any other.

    \b
    Examples:
      retro-timer history add foundation --effort 4 --pain 0 --no-stumble
      retro-timer history add --date 2026-03-02 --backward 10 --forward 15 --longest 2 --note "in the park"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.runtime.log_walk import EnteredWalk, log_walk, what_was_walked

    setup = Setup(data_dir=ctx.obj["data_dir"])
    now = setup.clock.wall()
    lengths = values.pop("backward"), values.pop("forward")
    longest = values.pop("longest")
    if workout is None:
        longest = longest or 0
    walked = what_was_walked(None if workout is None else find_workout(workout), *lengths)
    feedback = replace(Feedback(), **_given(values))
    history = setup.history_to_write()
    session = log_walk(history, EnteredWalk(day or calendar_day(now), walked, at, longest, feedback), now)
    report("logged", session)
    _say_plan(setup, history)


@click.command()
@click.argument("session_id", metavar="ID", shell_complete=complete_stored_session)
@click.option("--workout", metavar="WORKOUT", shell_complete=complete_workout, help="What was walked.")
@_walk_options
@click.pass_context
def edit(
    ctx: click.Context,
    /,
    *,
    session_id: str,
    workout: str | None,
    day: date | None,
    at: time | None,
    **values: Any,  # noqa: ANN401  (one per option)
) -> None:
    """Change a logged walk, or the answers about any session; ID is that of `retro-timer history`, or `last`.

    Everything else stays as it is. What was walked cannot be changed where it was measured.

    \b
    Examples:
      retro-timer history edit last --effort 5 --note "against the wind"
      retro-timer history edit 4f1c2a9e --date 2026-03-01 --at 18:30
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.runtime.change_walk import WalkChanges, change_walk

    setup = Setup(data_dir=ctx.obj["data_dir"])
    history = setup.history_to_write()
    summary = the_session(history, session_id)
    session = history.session(summary.uuid)
    if session is None:
        raise click.UsageError("this session cannot be read: see retro-timer repair")
    lengths = {name: values.pop(name) for name in ("backward", "forward", "longest")}
    walked = None if workout is None else find_workout(workout)
    feedback = replace(session.summary.feedback, **_given(values))
    changes = WalkChanges(day=day, at=at, workout=walked, feedback=feedback, **lengths)
    report("changed", change_walk(history, session, changes, setup.clock.wall()))
    _say_plan(setup, history)


@click.command()
@click.argument("session_id", metavar="ID", shell_complete=complete_stored_session)
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@click.pass_context
def delete(ctx: click.Context, /, *, session_id: str, yes: bool) -> None:
    """Delete one session; asks first.

    \b
    Examples:
      retro-timer history delete 4f1c2a9e
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    delete_session(Setup(data_dir=ctx.obj["data_dir"]).history_to_write(), session_id, yes=yes)


def delete_session(kept: History, wanted: str, *, yes: bool) -> None:
    """Delete a session; asks first, unless `yes`.

    Raises:
        click.UsageError: if no session or several sessions have the id.
    """
    summary = the_session(kept, wanted)
    if not yes:
        click.confirm(f"Delete {summary.planned.title[:60]} of {summary.start.started:%Y-%m-%d %H:%M}?", abort=True)
    kept.delete(summary.uuid)
    click.echo("deleted")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    given = {name: value for name, value in values.items() if value is not None}
    if "next_day" in given:
        given["next_day"] = NextDay(given["next_day"])
    return given


def _say_plan(setup: Setup, history: History) -> None:
    """Print how the plan counts the walk; a problem of the plan is only a warning, since the walk is saved."""
    import os

    from retro_timer.config.locale import resolve_units
    from retro_timer.runtime.today import today_of

    settings = setup.loaded.settings
    week_start = resolve_units(settings.units, os.environ).week_start
    try:
        today = today_of(history, settings, week_start, setup.clock.wall(), paths=setup.paths)
    except StorageError as problem:
        click.echo(f"retro-timer: the plan is not available: {problem}", err=True)
        return
    click.echo(f"The plan counts it: {today.week_words} this week.\n{today.next_words}")
