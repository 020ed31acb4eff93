"""`retro-timer history`: what was walked."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from retro_timer.commands.options import data_dir_option
from retro_timer.commands.setup import Setup
from retro_timer.exits import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.scheduling.show import clock_time

if TYPE_CHECKING:
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Summary, Walk
    from retro_timer.storage.opening import Opened

SHORT_ID = 8
"""Characters of a session's id that are shown; as many as tell it apart are enough to name it."""


class Day(click.ParamType):  # type: ignore[type-arg]  # generic to type checkers only in newer versions of click
    """A date such as 2026-03-02."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date, or fail in one line."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a date such as 2026-03-02, not {str(value)[:20]!r}", param, ctx)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="A line for each session, for spreadsheets.")
@click.option("--intervals", is_flag=True, help="With --csv: a line for each interval.")
@click.option("--since", type=Day(), metavar="DATE", help="From this day on.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many, newest first.")
@click.option("--card", metavar="ID", is_flag=False, flag_value="last", help="One session as a card to share.")
@click.option("--delete", "delete_id", metavar="ID", help="Delete one session; asks first.")
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
    """List what was walked, newest first.

    \b
    Examples:
      retro-timer history --since 2026-03-01
      retro-timer history --csv --intervals > intervals.csv
      retro-timer history --card
      retro-timer history --delete 4f1c2a9e
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"])
    opened = setup.keeper.opened
    tell_about(opened)
    kept = opened.history
    if card is not None:
        return _card(kept, card)
    if delete_id is not None:
        return _delete(kept, delete_id, yes=yes)
    walks = kept.page(limit=limit or 1_000_000, since=since)
    if as_csv:
        _write_csv(kept, walks, intervals=intervals)
    elif as_json:
        click.echo(json.dumps([_row(walk) for walk in walks], indent=2, ensure_ascii=False))
    else:
        _print_table(walks)
    return EXIT_DONE


def tell_about(opened: Opened) -> None:
    """Say what was found when the history was opened."""
    if opened.set_aside:
        click.echo(f"retro-timer: the history was damaged; it was set aside as {opened.set_aside}", err=True)
    if opened.problem:
        click.echo(f"retro-timer: {opened.problem}", err=True)


def find_session(kept: History, wanted: str) -> Summary | None:
    """The session with an id, or the only one whose id begins so; `last` is the newest."""
    if wanted == "last":
        return next(iter(kept.page(limit=1)), None)
    found = [walk for walk in kept.page(limit=1_000_000) if walk.uuid.startswith(wanted.lower())]
    return found[0] if len(found) == 1 and wanted else None


def _print_table(walks: tuple[Summary, ...]) -> None:
    if not walks:
        click.echo("nothing was walked yet: retro-timer run first-try")
        return
    click.echo(f"{'id':8}  {'when':16}  {'workout':24} {'walked':>8} {'backward':>8}  state")
    for walk in walks:
        name = (walk.planned.name or walk.planned.notation)[:24]
        totals = walk.totals
        walked = clock_time(walk.spent.walked // 1000)
        click.echo(
            f"{walk.uuid[:SHORT_ID]}  {walk.start.started:%Y-%m-%d %H:%M}  {name:24} {walked:>8} "
            f"{clock_time(totals.backward // 1000):>8}  {walk.state}"
        )


def _row(walk: Summary) -> dict[str, Any]:
    totals, feedback = walk.totals, walk.feedback
    return {
        "id": walk.uuid,
        "started": walk.start.started.isoformat(),
        "zone": walk.start.zone,
        "state": walk.state.value,
        "name": walk.planned.name or None,
        "notation": walk.planned.notation,
        "walked_seconds": walk.spent.walked / 1000,
        "backward_seconds": totals.backward / 1000,
        "forward_seconds": totals.forward / 1000,
        "turn_seconds": totals.turn / 1000,
        "paused_seconds": walk.spent.paused / 1000,
        "longest_backward_seconds": totals.longest_backward / 1000,
        "completion": round(totals.completion, 4),
        "effort": feedback.effort,
        "stumble": feedback.stumble,
        "fall": feedback.fall,
        "pain_before": feedback.pain_before,
        "pain_after": feedback.pain_after,
        "next_day": feedback.next_day.value if feedback.next_day else None,
        "note": feedback.note or None,
    }


def _write_csv(kept: History, walks: tuple[Summary, ...], *, intervals: bool) -> None:
    from retro_timer.storage.transfer import write_intervals_csv, write_sessions_csv  # noqa: PLC0415  (seldom needed)

    details: list[Walk] = [walk for summary in walks if (walk := kept.walk(summary.uuid)) is not None]
    write = write_intervals_csv if intervals else write_sessions_csv
    sys.stdout.reconfigure(newline="") if hasattr(sys.stdout, "reconfigure") else None
    write(details, sys.stdout)


def _card(kept: History, wanted: str) -> int:
    from retro_timer.formats.share_card import card  # noqa: PLC0415  (seldom needed)
    from retro_timer.storage.walked import walked_session  # noqa: PLC0415  (the same)

    summary = find_session(kept, wanted)
    walk = kept.walk(summary.uuid) if summary else None
    if walk is None:
        return _unknown(wanted)
    click.echo(card(walked_session(walk), ascii_only=not _shows_unicode()))
    return EXIT_DONE


def _shows_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _delete(kept: History, wanted: str, *, yes: bool) -> int:
    summary = find_session(kept, wanted)
    if summary is None:
        return _unknown(wanted)
    name = summary.planned.name or summary.planned.notation
    if not yes:
        click.confirm(f"Delete {name[:60]} of {summary.start.started:%Y-%m-%d %H:%M}?", abort=True)
    kept.delete(summary.uuid)
    click.echo("deleted")
    return EXIT_DONE


def _unknown(wanted: str) -> int:
    click.echo(f"retro-timer: no one session has the id {wanted[:40]!r}: see retro-timer history", err=True)
    return EXIT_BAD_INPUT
