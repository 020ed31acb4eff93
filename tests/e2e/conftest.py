"""What the tests of the whole program share."""

from tests.audio.conftest import sound_server

__all__ = ["sound_server"]
