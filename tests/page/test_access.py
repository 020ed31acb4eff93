"""Who may use the page: the pure part; `test_attacks` tries it from outside."""

from __future__ import annotations

import pytest

from retro_timer.page.access import KEY_LENGTH, PageKeys, content_policy, host_is_ours, origin_is_ours, peer_is_near


def test_keys_have_128_bits_and_are_new_each_time() -> None:
    made = [PageKeys.new() for _ in range(50)]
    assert len({key for keys in made for key in (keys.steer, keys.view)}) == 100
    assert {len(keys.steer) for keys in made} == {KEY_LENGTH}  # 22 characters of 6 bits hold 128 bits


def test_each_key_permits_what_its_link_says() -> None:
    keys = PageKeys.new()
    assert [keys.role(key) for key in (keys.steer, keys.view, keys.steer[:-1], "", None, 7)] == [
        "page", "view", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "reached"),
    [
        ("localhost:8477", "127.0.0.1"), ("LOCALHOST:8477", "::1"), ("127.0.0.1:8477", "127.0.0.1"), ("[::1]:8477",
        "::1"),
        ("192.168.1.5:8477", "192.168.1.5"), ("treadmill.local:8477", "192.168.1.5"), ("127.0.0.1:8477",
        "::ffff:127.0.0.1"),
    ],
)  # fmt: skip
def test_own_names_are_accepted(header: str, reached: str) -> None:
    assert host_is_ours(header, reached, 8477, frozenset({"treadmill.local"}))


@pytest.mark.parametrize(
    ("header", "reached"),
    [
        ("localhost:8477", "192.168.1.5"), ("192.168.1.6:8477", "192.168.1.5"), ("evil.example:8477", "127.0.0.1"),
        ("localhost", "127.0.0.1"), ("localhost:8478", "127.0.0.1"), ("localhost:8477.evil.example", "127.0.0.1"), ("",
        "127.0.0.1"),
    ],
)  # fmt: skip
def test_other_names_are_not(header: str, reached: str) -> None:
    assert not host_is_ours(header, reached, 8477)


def test_port_80_goes_without_saying() -> None:
    assert host_is_ours("localhost", "127.0.0.1", 80)


def test_only_the_own_origin_opens_the_session() -> None:
    assert origin_is_ours("http://localhost:8477", "localhost:8477")
    assert not any(origin_is_ours(other, "localhost:8477") for other in (None, "null", "https://localhost:8477"))


@pytest.mark.parametrize(
    ("peer", "near"),
    [
        ("127.0.0.1", True), ("::1", True), ("192.168.1.9", True), ("10.1.2.3", True), ("100.100.1.1", True),
        ("fe80::1%eth0", True),
        ("169.254.3.4", True), ("8.8.8.8", False), ("2001:4860:4860::8888", False), ("100.128.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_only_devices_nearby_are_answered(peer: str, near: bool) -> None:
    assert peer_is_near(peer) is near


def test_the_policy_lets_nothing_else_in() -> None:
    policy = content_policy("localhost:8477")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
