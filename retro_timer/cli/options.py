"""Options shared by several commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_REPEATS
from retro_timer.session.bounds import SCORES
from retro_timer.session.ports import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.scheduling.model import Workout

if TYPE_CHECKING:
    _IntType = click.ParamType[int]
else:
    _IntType = click.ParamType  # generic only for type checkers in older versions of click

F = TypeVar("F", bound="Callable[..., Any]")


class Length(_IntType):
    """A length such as 90, 90s, 1:30 or 2m, as whole seconds."""

    name = "length"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse a length, or fail with a one-line message."""
        if isinstance(value, int):
            return value
        from retro_timer.scheduling.notation import parse_length

        try:
            return parse_length(value)
        except WorkoutError as error:
            self.fail(str(error), param, ctx)


def _set_data_dir(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(dict)["data_dir"] = value


def _complete_backend(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    from retro_timer.cli.completing import offered

    return offered(dict.fromkeys(BACKENDS), typed)


data_dir_option = click.option(
    "--data-dir",
    metavar="DIR",
    type=click.Path(),
    expose_value=False,
    callback=_set_data_dir,
    help="The directory of the history.",
)
"""`--data-dir`, allowed before and after the command; commands find it in `ctx.obj`."""

audio_option = click.option(
    "--audio",
    metavar="BACKEND",
    shell_complete=_complete_backend,
    help=f"{', '.join(BACKENDS[:-1])} or {BACKENDS[-1]}.",
)
"""`--audio`; an unknown backend is reported, and one is chosen automatically."""


def score_option(*names: str, about: str) -> Callable[[F], F]:
    """An option for an effort or pain score."""
    lowest, highest = SCORES[0], SCORES[-1]
    return click.option(*names, type=click.IntRange(lowest, highest), metavar=f"{lowest}-{highest}", help=about)


def address_options(command: F) -> F:
    """Decorator: add the options for the address of the web page."""
    command = click.option(
        "--port", type=click.IntRange(1, 65535), metavar="PORT", help="The port of the page; by default a free one."
    )(command)
    return click.option("--lan", is_flag=True, help="Open the page to the devices of your network.")(command)


def page_options(command: F) -> F:
    """Decorator: add the options of the web page, which a session has only on request."""
    command = address_options(command)
    return click.option("--page", is_flag=True, help="Show the session on a phone, tablet or TV: a web page.")(command)


_LENGTHS = (
    ("--backward", "Length of every backward bout."),
    ("--forward", "Length of every forward bout."),
    ("--turn", "Length of every turn."),
    ("--warm-up", "Length of the warm-up."),
    ("--cool-down", "Length of the cool-down."),
)


def override_options(command: F) -> F:
    """Decorator: add the options that override lengths and rounds."""
    for flag, text in reversed(_LENGTHS):
        command = click.option(flag, type=Length(), metavar="LENGTH", help=text)(command)
    rounds = click.IntRange(1, MAX_REPEATS)
    return click.option("--rounds", type=rounds, metavar="N", help="Number of rounds.")(command)


def assumption_options(command: F) -> F:
    """Decorator: add the options for what another program's file does not say."""
    for option in (
        click.option("--longest", type=Length(), metavar="LENGTH", help="With --assume: the longest backward bout."),
        click.option("--pace", metavar="PACE", help="The pace of distances, such as 20:00/km or 3km/h."),
        click.option("--lengths", type=click.Choice(["metres", "seconds"]), help="What lengths without a unit are."),
        click.option("--assume", type=click.Choice(["forward", "alternate"]), help="The direction if a file has none."),
    ):
        command = option(command)
    return command


def assumed(options: dict[str, Any]) -> Assumptions | None:
    """Take the values of `assumption_options` out of a command's options; None if none is given."""
    assume, lengths, pace, longest = (options.pop(name) for name in ("assume", "lengths", "pace", "longest"))
    if (assume, lengths, pace, longest) == (None, None, None, None):
        return None
    from retro_timer.formats.assumptions import Assume, Assumptions, Lengths, parse_pace

    return Assumptions(
        direction=Assume(assume) if assume else None,
        lengths=Lengths(lengths) if lengths else None,
        pace_kmh=parse_pace(pace) if pace is not None else None,
        longest=longest,
    )


def overridden(workout: Workout, values: dict[str, int | None]) -> Workout:
    """Apply the options of `override_options` to a workout."""
    if all(value is None for value in values.values()):
        return workout
    from retro_timer.scheduling.overrides import Overrides, override

    return override(workout, Overrides(**values))
