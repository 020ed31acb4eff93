"""`retro-timer page` and the options of the page: what is asked for, what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from retro_timer.cli.web_page import PagePrinter, coloured_code, wanted_page
from retro_timer.extras import install_command
from retro_timer.page import supervisor
from retro_timer.page.access import PageKeys
from retro_timer.page.links import Links
from retro_timer.page.supervisor import PageStatus
from retro_timer.runtime.exit_codes import EXIT_NOTHING_RUNS
from retro_timer.runtime.session_config import PageOptions
from tests.cli.ran import refused
from tests.requirements_present import require_modules

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run

LINKS = Links.of(PageKeys("steer-key-steer-key-22", "view-key-view-key-2222"), 8477, lan=False)


def test_the_page_of_no_session_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "MODULES", ())
    monkeypatch.setenv("RETRO_TIMER_RUNTIME_DIR", str(tmp_path / "runtime"))
    ran = run("page")
    assert (ran.code, ran.err) == (EXIT_NOTHING_RUNS, "retro-timer: no session is running\n")


@pytest.mark.parametrize("arguments", [("page",), ("run", "first-try", "--plain", "--page")])
def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.setattr(supervisor, "MODULES", ("no_such_module",))
    refused(run(*arguments), f"the page needs no_such_module: {install_command('page')}")


@pytest.mark.parametrize("option", [("--lan",), ("--port", "8000")])
def test_options_of_the_page_need_the_page(run: Run, option: tuple[str, ...]) -> None:
    refused(run("run", "first-try", "--plain", *option), f"{option[0]} is for the web page: give --page, too")


def test_what_is_asked_for_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "MODULES", ())
    assert wanted_page(page=True, lan=True, port=9000) == PageOptions(True, True, 9000)
    assert wanted_page(page=False, lan=False, port=None) == PageOptions()
    with pytest.raises(click.UsageError):
        wanted_page(page=False, lan=True, port=None)


def test_the_code_is_light_on_dark() -> None:
    require_modules("segno")
    lines = coloured_code(LINKS.steer).splitlines()
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)
    assert len(lines) <= 20


def test_links_are_printed_once_and_problems_too(capsys: pytest.CaptureFixture[str]) -> None:
    show = PagePrinter()
    for status in (
        PageStatus(),
        PageStatus(LINKS),
        PageStatus(LINKS, pages=1),
        PageStatus(problem="it ended; starting it again"),
        PageStatus(LINKS),
    ):
        show(status)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count(f"page: {LINKS.steer}\n") == 2
    assert printed.err.count(f"to watch only: {LINKS.view}\n") == 2
    assert "the page: it ended; starting it again\n" in printed.err
    assert "\x1b" not in printed.err  # no code where it is not a terminal
