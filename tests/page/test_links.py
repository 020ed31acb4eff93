"""The links, the ports, and the QR code."""

from __future__ import annotations

import socket

import pytest

from retro_timer.page import links as linking
from retro_timer.page.links import Links, listen, own_names
from tests.page.fakes import KEYS
from tests.requirements_present import require_modules


def test_the_key_is_behind_the_hash_which_is_never_sent() -> None:
    links = Links.of(KEYS, 8477, lan=False)
    assert links.steer.partition("#")[0] == "http://localhost:8477/"
    assert links.view.endswith(KEYS.view)
    assert KEYS.steer not in links.view


def test_the_network_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "own_address", lambda: "192.168.7.5")
    links = Links.of(KEYS, 8477, lan=True)
    assert links.steer.startswith("http://192.168.7.5:8477/#key=")
    assert "your network (192.168.7.x), without encryption: every device there that has the link" in links.opened


def test_a_taken_port_gives_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = listen(0, lan=False)
    port = taken[0].getsockname()[1]
    monkeypatch.setattr(linking, "DEFAULT_PORT", port)
    with pytest.raises(OSError, match=r".+"):
        listen(port, lan=False)
    found = listen(None, lan=False)
    assert found[0].getsockname()[1] != port
    for each in (*taken, *found):
        each.close()


def test_it_listens_where_it_says() -> None:
    for lan, address in ((False, "127.0.0.1"), (True, "0.0.0.0")):  # noqa: S104  (what is tested)
        sockets = listen(0, lan=lan)
        assert sockets[0].getsockname()[0] == address
        for each in sockets:
            each.close()


def test_names_are_those_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Treadmill.example.org")
    assert own_names() == {"treadmill.example.org", "treadmill", "treadmill.local"}


def test_the_code_holds_the_link_in_half_blocks() -> None:
    require_modules("segno")
    import segno

    from retro_timer.page.qr import QUIET, qr_lines

    link = f"http://192.168.178.123:8477/#key={KEYS.steer}"
    lines = qr_lines(link)
    code = segno.make_qr(link, error="l", boost_error=False)
    assert len({len(line) for line in lines}) == 1
    assert (len(lines[0]), len(lines)) <= (40, 20)  # it fits a terminal of 80x24
    drawn = (
        [["█▀".find(letter) >= 0 for letter in line] for line in lines],
        [["█▄".find(letter) >= 0 for letter in line] for line in lines],
    )
    for row, modules in enumerate(code.matrix):
        half, line = (row + QUIET) % 2, (row + QUIET) // 2
        assert [not light for light in drawn[half][line][QUIET:-QUIET]] == [bool(module) for module in modules]
