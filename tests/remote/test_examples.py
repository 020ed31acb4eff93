"""Every example in docs/remote.md is a message, and every kind of message has an example."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final, get_args

import pytest

from retro_timer.remote.messages import ClientHello, Goodbye, Request, Update, Welcome
from retro_timer.remote.protocol import PROTOCOL, decode_request, decode_update, encode, version_problem

PAGE: Final = Path(__file__).parents[2] / "docs" / "remote.md"
BLOCK: Final = re.compile(r"^```json (client|session)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES: Final = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def decoded(side: str, example: str) -> Request | Update:
    """The message of an example."""
    line = example.encode()
    return decode_request(line) if side == "client" else decode_update(line)


@pytest.mark.parametrize(("side", "example"), EXAMPLES)
def test_an_example_is_a_message_with_all_its_fields_that_matter(side: str, example: str) -> None:
    """It is read, and whatever it names is a field: written again it contains the same."""
    message = decoded(side, example)
    written = json.loads(encode(message))
    named = json.loads(example)
    assert {name: written[name] for name in named} == named
    if side == "session":
        assert written == named  # what a session sends is shown whole
    assert encode(message).count(b"\n") == 1


def test_every_message_has_an_example() -> None:
    """So the page is complete."""
    shown = {type(decoded(side, example)) for side, example in EXAMPLES}
    assert {*get_args(Request), *get_args(Update)} == shown


def test_the_page_names_the_version() -> None:
    """The version on the page is the version of the protocol."""
    assert f"the protocol, version {PROTOCOL}." in PAGE.read_text(encoding="utf-8")
    hellos = [decoded(side, example) for side, example in EXAMPLES if '"is": "hello"' in example]
    assert [hello.protocol for hello in hellos if isinstance(hello, ClientHello | Welcome)] == [PROTOCOL] * len(hellos)


def test_the_goodbye_to_another_version_is_what_is_sent() -> None:
    """The example has the very words."""
    byes = [decoded(side, example) for side, example in EXAMPLES if '"is": "bye"' in example]
    assert version_problem(2, their_program="1.2.0", our_program="0.9.0") in [
        bye.why for bye in byes if isinstance(bye, Goodbye)
    ]
