"""README and docs agree with the program: presets, keys, commands and their options, links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from retro_timer.cli.main import app
from retro_timer.config import keymap
from retro_timer.desktop.events import EVENTS
from retro_timer.scheduling.presets import presets
from retro_timer.session.events import EndReason, PauseReason
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = {"space": "space", "→": "right", "←": "left", "?": "question_mark", "+": "plus", "-": "minus"}


def section(title: str) -> str:
    """The text below a title of the README."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the table below a title, without its header."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.usefixtures("pictured_presets")
def test_the_table_of_presets_is_the_ladder() -> None:
    listed = [tuple(row[:3]) for row in rows("Presets")]
    assert listed == [
        (f"`{each.id}`", clock_time(each.total_seconds), clock_time(each.backward_seconds)) for each in presets()
    ]


def test_the_table_of_keys_is_that_of_the_session() -> None:
    bound = {key: action.id for action in keymap.ACTIONS if action.scope == "session" for key in action.keys}
    for row in rows("Keys in a session"):
        for cell, about in (row[:2], row[2:]):
            keys = [NAMES.get(key, key) for key in re.findall(r"space|[→←]|(?<=`)[^`\s](?=`)", cell)]
            assert keys, cell
            for key in keys:
                assert key in bound or key == "question_mark", f"{key} does not {about}"
            # An arrow is next to a letter that does the same; a capital letter is next to its small one.
            actions = {bound.get(key, "") for key in keys}
            assert len(actions) == (1 if any(each in cell for each in "→←") else len(keys)), cell


def test_every_event_of_a_hook_and_its_reasons_are_documented() -> None:
    documented = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    in_code = set(re.findall(r"`([^`\n]+)`", documented))
    assert in_code >= {*EVENTS, *PauseReason, *EndReason}


def commands_in(text: str) -> Iterator[list[str]]:
    """The command lines of the program in a document, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.partition("#")[0] for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"`(retro-timer [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL).replace("\n", " "))
    for line in (*lines, *inline):
        for found in re.findall(r"""(?:^|[\s/(])retro-timer((?:\s+(?:"[^"]*"|'[^']*'|[^\s|>&;)"']+))*)""", line):
            yield shlex.split(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_exists_with_its_options(path: Path) -> None:
    for words in commands_in(path.read_text(encoding="utf-8")):
        command: click.Command = app
        known = {option for parameter in app.params for option in parameter.opts} | {"--help", "--version"}
        for word in words:
            below = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
            if below is not None:
                command = below
                known |= {each for one in command.params for each in (*one.opts, *one.secondary_opts)}
            elif word.startswith("-") and len(word) > 1:
                assert word.partition("=")[0] in known, f"{' '.join(words)}: {word}"
            elif command is app and word.isalpha():
                pytest.fail(f"there is no command {word!r}: {' '.join(words)}")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, target
