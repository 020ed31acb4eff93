"""Fixtures of the tests of the whole program."""

from tests.audio.conftest import sound_server

__all__ = ["sound_server"]
