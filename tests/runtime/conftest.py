"""The history of the storage tests, for what the runtime makes of it."""

from tests.storage.conftest import history

__all__ = ["history"]
