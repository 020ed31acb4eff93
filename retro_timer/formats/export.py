"""Exports: the contents of a file with notes on what its format cannot represent, and the code that writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retro_timer.errors import UserError, reason
from retro_timer.files.atomic import write_atomic
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from collections.abc import Callable


class ExportError(UserError):
    """An export cannot be written. The message is one sentence for the walker."""


class Export(NamedTuple):
    """An exported file.

    Attributes:
        data: its contents.
        notes: one line for each thing the format cannot represent.
    """

    data: bytes
    notes: tuple[str, ...] = ()

    @property
    def remarks(self) -> str:
        """The notes as the end of a line about the file; empty if there are none."""
        return "".join(f"; {note}" for note in self.notes)


def typed_path(text: str, example: str) -> Path:
    """The path that a walker typed, with `~` for the home directory.

    Args:
        text: what was typed.
        example: the name of a file, for the error.

    Raises:
        ExportError: if it is not the name of a file.
    """
    if not text or "\0" in text:
        raise ExportError(f"expected the name of a file such as {example}")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ExportError("there is no home directory to save it in") from error


def export_to_file(
    path: Path, make: Callable[[], Export], *, force: bool = False, otherwise: str = "choose another name"
) -> Export:
    """Write an export to a file, whole or not at all. Blocks while it is made and written: not for the event loop.

    Args:
        path: the file.
        make: makes the export; not called if the file exists.
        force: whether to replace an existing file.
        otherwise: what the walker can do about an existing file.

    Raises:
        ExportError: if it exists or cannot be written.
        UserError: from `make`.
    """

    def check() -> None:
        if not force and path.exists():
            raise ExportError(f"{printable_path(path)} already exists: {otherwise}")

    try:
        check()
        export = make()
        write_atomic(path, export.data, check)  # making it may have taken a while
    except OSError as error:
        raise ExportError(f"{printable_path(path)} cannot be written: {reason(error)}") from error
    return export
