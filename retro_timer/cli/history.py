"""`retro-timer history`: list, show and delete sessions; `add`, `edit` and `delete` are in `cli.log_walk`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from retro_timer.cli.completing import complete_stored_session
from retro_timer.cli.log_walk import add, delete, delete_session, edit
from retro_timer.cli.options import data_dir_option
from retro_timer.cli.stored_sessions import ALL, NO_SESSIONS, Day, the_session
from retro_timer.cli.streams import json_text, shows_unicode
from retro_timer.runtime.exit_codes import EXIT_DONE
from retro_timer.runtime.wiring import Setup
from retro_timer.session.logged import origin_of
from retro_timer.session.record import SessionStatus
from retro_timer.session.states import shown_seconds
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.storage.history import History

STATES = {
    SessionStatus.WALKING: "running",
    SessionStatus.FINISHED: "finished",
    SessionStatus.ENDED_EARLY: "ended early",
    SessionStatus.INTERRUPTED: "ended early (interrupted)",
}
SHORT_ID = 8
"""Characters of a session's id that are shown; any unambiguous prefix is accepted."""
NAME_CELLS = 24
"""Width of the column of names in terminal cells."""


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="One line per session, for spreadsheets.")
@click.option("--intervals", is_flag=True, help="With --csv: one line per interval.")
@click.option("--since", type=Day(), metavar="DATE", help="From this date on.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N sessions, newest first.")
@click.option(
    "--card",
    metavar="ID",
    shell_complete=complete_stored_session,
    is_flag=False,
    flag_value="last",
    help="One session as a card to share.",
)
@click.option(
    "--delete",
    "delete_id",
    metavar="ID",
    shell_complete=complete_stored_session,
    help="Delete one session; asks first.",
)
@click.option("--yes", is_flag=True, help="With --delete: do not ask.")
@data_dir_option
@click.pass_context
def history(  # noqa: PLR0913  (one argument per option)
    ctx: click.Context,
    /,
    *,
    as_json: bool,
    as_csv: bool,
    intervals: bool,
    since: date | None,
    limit: int | None,
    card: str | None,
    delete_id: str | None,
    yes: bool,
) -> int:
    """List the sessions, newest first; add, change and delete one.

    \b
    Examples:
      retro-timer history --since 2026-03-01
      retro-timer history add foundation --effort 4
      retro-timer history --csv --intervals > intervals.csv
      retro-timer history --card
      retro-timer history --delete 4f1c2a9e
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    if ctx.invoked_subcommand is not None:
        return EXIT_DONE
    setup = Setup(data_dir=ctx.obj["data_dir"])
    if delete_id is not None:
        delete_session(setup.history_to_write(), delete_id, yes=yes)
        return EXIT_DONE
    kept = setup.history_to_read()
    if card is not None:
        return _card(kept, card)
    sessions = kept.page(limit=min(limit or ALL, ALL), since=since)
    if as_csv:
        _write_csv(kept, sessions, intervals=intervals)
    elif as_json:
        click.echo(json_text([_row(session) for session in sessions]))
    else:
        _print_table(sessions)
    return EXIT_DONE


def _print_table(sessions: tuple[SessionSummary, ...]) -> None:
    if not sessions:
        click.echo(NO_SESSIONS)
        return
    from rich.cells import set_cell_size

    click.echo(f"{'id':8}  {'when':16}  {'workout':{NAME_CELLS}} {'walked':>8} {'backward':>8}  state")
    for session in sessions:
        name = set_cell_size(session.planned.title, NAME_CELLS)
        totals = session.totals
        walked = clock_time(shown_seconds(session.spent.walked))
        click.echo(
            f"{session.uuid[:SHORT_ID]}  {session.start.started:%Y-%m-%d %H:%M}  {name} {walked:>8} "
            f"{clock_time(shown_seconds(totals.backward)):>8}  {origin_of(session.uuid).value or STATES[session.state]}"
        )


def _row(session: SessionSummary) -> dict[str, Any]:
    totals, feedback = session.totals, session.feedback
    return {
        "id": session.uuid,
        "started": session.start.started.isoformat(),
        "zone": session.start.zone,
        "state": session.state.value,
        "logged": origin_of(session.uuid).value or None,
        "name": session.planned.name or None,
        "workout_id": session.planned.workout_id or None,
        "rung": session.planned.preset_id,
        "notation": session.planned.notation,
        "walked_seconds": session.spent.walked / 1000,
        "backward_seconds": totals.backward / 1000,
        "forward_seconds": totals.forward / 1000,
        "turn_seconds": totals.turn / 1000,
        "paused_seconds": session.spent.paused / 1000,
        "longest_backward_seconds": totals.longest_backward / 1000,
        "rounds_done": totals.rounds_done,
        "completion": round(totals.completion, 4),
        "incomplete": totals.incomplete,
        "effort": feedback.effort,
        "stumble": feedback.stumble,
        "fall": feedback.fall,
        "pain_before": feedback.pain_before,
        "pain_after": feedback.pain_after,
        "next_day": feedback.next_day.value if feedback.next_day else None,
        "note": feedback.note or None,
    }


def _write_csv(kept: History, sessions: tuple[SessionSummary, ...], *, intervals: bool) -> None:
    from retro_timer.storage.history_csv import write_intervals_csv, write_sessions_csv

    details: list[StoredSession] = [
        session for summary in sessions if (session := kept.session(summary.uuid)) is not None
    ]
    write = write_intervals_csv if intervals else write_sessions_csv
    sys.stdout.reconfigure(newline="") if hasattr(sys.stdout, "reconfigure") else None
    write(details, sys.stdout)


def _card(kept: History, wanted: str) -> int:
    from retro_timer.formats.share_card import card

    session = kept.session(the_session(kept, wanted).uuid)
    if session is not None:
        click.echo(card(session, ascii_only=not shows_unicode()))
    return EXIT_DONE


for command in (add, edit, delete):
    history.add_command(command)
