"""`retro-timer page`: the web page of the running session."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from retro_timer.cli.find_session import one_session, session_option
from retro_timer.cli.options import address_options, data_dir_option
from retro_timer.cli.web_page import PagePrinter, check_extra, open_page
from retro_timer.config.paths import find_runtime_directory
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.runtime.session_config import PageOptions

if TYPE_CHECKING:
    from retro_timer.page.supervisor import PageStatus


@click.command()
@session_option
@address_options
@data_dir_option
@click.pass_context
def page(ctx: click.Context, /, *, session: str | None, lan: bool, port: int | None) -> int:
    """Show the running session on a phone, tablet or TV.

    Prints the link and its QR code, and serves the page until the session is over, or until Ctrl+C.

    \b
    Examples:
      retro-timer page
      retro-timer page --lan
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from retro_timer.runtime.wiring import Setup

    check_extra()
    address = one_session(session)
    ends: SimpleQueue[int] = SimpleQueue()
    show = PagePrinter()
    opened = False

    def changed(status: PageStatus) -> None:
        nonlocal opened
        show(status)
        opened = opened or status.links is not None
        if status.over:
            ends.put(EXIT_DONE)
        elif status.problem and not opened:  # later, it is started again
            ends.put(EXIT_BAD_INPUT)

    setup = Setup(data_dir=ctx.obj["data_dir"])
    supervisor = open_page(setup, address.process, find_runtime_directory(), PageOptions(True, lan, port), changed)
    try:
        return ends.get()
    finally:
        supervisor.close()
