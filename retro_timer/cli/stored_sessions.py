"""What several commands about the history need: find a session by its id, report one, and parse dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import click

from retro_timer.session.states import shown_seconds
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.storage.history import History

ALL: Final = 1_000_000
"""More sessions than anybody has."""
NO_SESSIONS: Final = "no sessions yet: retro-timer run first-try"


class Day(click.ParamType):  # type: ignore[type-arg]  # generic to type checkers only in newer versions of click
    """A date such as 2026-03-02."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date, or fail with a one-line message."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a date such as 2026-03-02, not {str(value)[:20]!r}", param, ctx)


def the_session(kept: History, wanted: str) -> SessionSummary:
    """Find a session by its id or an unambiguous prefix; `last` is the newest.

    Raises:
        click.UsageError: if there is no session, or if no session or several sessions have the id.
    """
    newest = kept.page(limit=1)
    if not newest:
        raise click.UsageError(NO_SESSIONS)
    if wanted == "last":
        return newest[0]
    found = [session for session in kept.page(limit=ALL) if session.uuid.startswith(wanted.lower())]
    if len(found) == 1 and wanted:
        return found[0]
    raise click.UsageError(f"no single session has the id {wanted[:40]!r}: see retro-timer history")


def report(what: str, session: StoredSession) -> None:
    """Print one line about a session that was added or changed.

    Args:
        what: what was done, as one word.
        session: the session.
    """
    summary = session.summary
    walked, backward = (clock_time(shown_seconds(length)) for length in (summary.spent.walked, summary.totals.backward))
    title, started = summary.planned.title[:60], summary.start.started
    click.echo(f"{what} {summary.uuid[:8]}: {title}, {walked}, {backward} backward, {started:%Y-%m-%d %H:%M}")
