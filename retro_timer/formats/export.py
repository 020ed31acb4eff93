"""The result of an export: the bytes of the file, and a note for everything the format cannot represent."""

from __future__ import annotations

from typing import NamedTuple


class Export(NamedTuple):
    """An exported file.

    Attributes:
        data: its contents.
        notes: one line for each thing the format cannot represent.
    """

    data: bytes
    notes: tuple[str, ...] = ()
