"""What writing a file gives: its bytes, and a line for everything the format cannot carry."""

from __future__ import annotations

from typing import NamedTuple


class Export(NamedTuple):
    """A file ready to be written.

    Attributes:
        data: its contents.
        notes: one line for each thing the format cannot carry.
    """

    data: bytes
    notes: tuple[str, ...] = ()
