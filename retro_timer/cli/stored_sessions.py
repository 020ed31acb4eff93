"""Find a session of the history by its id, and parse dates, for several commands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from retro_timer.session.history import SessionSummary
    from retro_timer.storage.history import History

ALL: Final = 1_000_000
"""More sessions than anybody has."""


class Day(click.ParamType):  # type: ignore[type-arg]  # generic to type checkers only in newer versions of click
    """A date such as 2026-03-02."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date, or fail with a one-line message."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a date such as 2026-03-02, not {str(value)[:20]!r}", param, ctx)


def find_session(kept: History, wanted: str) -> SessionSummary | None:
    """Find a session by its id or an unambiguous prefix; `last` is the newest."""
    if wanted == "last":
        return next(iter(kept.page(limit=1)), None)
    found = [session for session in kept.page(limit=ALL) if session.uuid.startswith(wanted.lower())]
    return found[0] if len(found) == 1 and wanted else None


def the_session(kept: History, wanted: str) -> SessionSummary:
    """Find a session like `find_session`.

    Raises:
        click.UsageError: if no session or several sessions have the id.
    """
    if found := find_session(kept, wanted):
        return found
    raise click.UsageError(f"no single session has the id {wanted[:40]!r}: see retro-timer history")
