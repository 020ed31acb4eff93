"""`retro-timer status`: where the running session is, for a status line, a script or a person."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

import click

from retro_timer.cli.find_session import running_sessions
from retro_timer.cli.streams import json_text, shows_unicode
from retro_timer.config.keymap import resolve
from retro_timer.remote.client import SessionClient
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE, NothingRunsError
from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.session.sensing import SensorKind
from retro_timer.session.states import SECOND, State
from retro_timer.text import clock_time, one_line
from retro_timer.ui.measured_text import measured_facts, measured_parts
from retro_timer.ui.view_model import NAMES, SYMBOLS, session_view

if TYPE_CHECKING:
    from retro_timer.remote.remote_session import RemoteSession
    from retro_timer.session.sensing import Measurements

FIELDS: Final = (
    "symbol", "phase", "word", "left", "total_left", "elapsed", "next", "round", "rounds", "name", "state", "sound",
    "caption", "session", "speed", "incline", "heart", "distance",
)  # fmt: skip
"""The fields that a format can contain."""
UNKNOWN: Final = "--"
_WIDTH: Final = re.compile(r"[<^>]?\d{0,3}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per session.")
@click.option("--format", "form", metavar="TEXT", help=f"A text with {{left}} and the like: {', '.join(FIELDS)}.")
def status(*, as_json: bool, form: str | None) -> int:
    """Show where the running session is, in one line; one line each if several are running.

    The exit code is 3 if none is.

    \b
    Examples:
      retro-timer status
      retro-timer status --format "{symbol} {left} {phase}"
      retro-timer status --json | jq .state
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if as_json and form is not None:
        raise click.UsageError("--json and --format exclude each other")
    if form is not None:
        check_format(form)
    sessions = running_sessions()
    if not sessions:
        raise NothingRunsError
    code = EXIT_DONE
    for address, client in sessions:
        if isinstance(client, SessionClient):
            with client:
                shown = client.session
            click.echo(json_text(facts(shown), indent=None) if as_json else line(shown, form))
        else:
            click.echo(f"retro-timer: session {address.session}: {client}", err=True)
            code = EXIT_BAD_INPUT
    return code


def check_format(form: str) -> None:
    """Check that a format is valid, and has only known fields.

    Raises:
        click.UsageError: if not.
    """
    try:
        fields = [field for field in Formatter().parse(form) if field[1] is not None]
    except ValueError as error:
        raise click.UsageError(f"--format: {one_line(str(error))}") from error
    for _, name, width, conversion in fields:
        if name not in FIELDS:
            raise click.UsageError(
                f"--format: there is no {{{one_line(name or '', 40)}}}; there are {', '.join(FIELDS)}"
            )
        if conversion or not _WIDTH.fullmatch(width or ""):
            raise click.UsageError(f"--format: after {{{name}: comes a width of up to 999, and < ^ or > before it")


def line(session: RemoteSession, form: str | None = None) -> str:
    """A session in one line."""
    values = texts(session)
    if form is not None:
        return form.format_map(values)
    place = f"round {values['round']} of {values['rounds']}" if values["rounds"] else ""
    now = f"{values['symbol']} {values['word']} {values['left']}"
    imperial, measured = session.welcome.imperial, session.measurements
    parts = () if measured is None else measured_parts(measured, imperial=imperial)
    return ", ".join(filter(None, (now, place, f"{values['total_left']} left overall", *parts, values["name"])))


def texts(session: RemoteSession) -> dict[str, str]:
    """The fields of a format."""
    view = session_view(session, session.name, resolve({}).first)
    place = session.entry.place
    following = session.schedule.entries[session.index + 1 : session.index + 2]
    sound = session.shared.sound
    return {
        "symbol": SYMBOLS[view.phase] if shows_unicode() else NAMES[view.phase][0].upper(),
        "phase": NAMES[view.phase],
        "word": view.word,
        "left": view.countdown,
        "total_left": clock_time(-(-session.left // SECOND)),
        "elapsed": clock_time(session.position // SECOND),
        "next": NAMES[following[0].phase] if following else "finish",
        "round": str(place.round) if place else "",
        "rounds": str(place.rounds) if place else "",
        "name": session.name,
        "state": session.state.value,
        "sound": one_line("muted" if sound.muted else sound.speaker or sound.state),
        "caption": one_line(session.shared.caption),
        "session": one_line(session.welcome.session),
        **measured_texts(session.measurements, imperial=session.welcome.imperial),
    }


def measured_texts(measured: Measurements | None, *, imperial: bool) -> dict[str, str]:
    """The fields of a format about sensors: empty without the sensor; an unknown speed or heart rate is `--`."""
    if measured is None:
        return dict.fromkeys(("speed", "incline", "heart", "distance"), "")
    belt, heart = measured.link(SensorKind.BELT), measured.link(SensorKind.HEART)
    speed, incline, rate = measured.speed_kmh, measured.incline_percent, measured.heart_rate
    return {
        "speed": show_speed(speed.value, imperial=imperial) if speed else UNKNOWN * (belt is not None),
        "incline": f"{incline.value:.1f} %" if incline else "",
        "heart": f"{rate.value:.0f} bpm" if rate else UNKNOWN * (heart is not None),
        "distance": show_distance(measured.metres, imperial=imperial) if belt else "",
    }


def facts(session: RemoteSession) -> dict[str, Any]:
    """A session for a script; lengths in seconds, with the time left rounded up, as on the screen."""
    place, shared = session.entry.place, session.shared
    in_lead_in = session.state is State.LEAD_IN
    following = session.schedule.entries[session.index + 1 : session.index + 2]
    return {
        "session": session.welcome.session,
        "name": session.name,
        "state": session.state.value,
        "reason": shared.reason or None,
        "phase": (session.phase_ahead if in_lead_in else session.entry.phase).value,
        "index": session.index,
        "intervals": len(session.schedule),
        "round": place.round if place else None,
        "rounds": place.rounds if place else None,
        "left": -(-(session.lead_in_left if in_lead_in else session.interval_left) // SECOND),
        "total_left": -(-session.left // SECOND),
        "elapsed": session.position // SECOND,
        "next": {"phase": following[0].phase.value, "duration": following[0].duration} if following else None,
        "caption": shared.caption,
        "sound": {"state": shared.sound.state, "muted": shared.sound.muted, "speaker": shared.sound.speaker or None},
        "unsaved": shared.unsaved or None,
        "measured": None if session.measurements is None else measured_facts(session.measurements),
    }
