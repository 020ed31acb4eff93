"""Names for earlier versions of files that are kept next to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

BACKUP: Final = ".bak"


def backup_path(path: Path) -> Path:
    """The first free name for a version of a file that is kept: its name with `.bak` appended, or `.2.bak` and so on.

    Raises:
        OSError: if the directory cannot be read.
    """
    taken = {other.name for other in path.parent.iterdir()}
    number, name = 1, f"{path.name}{BACKUP}"
    while name in taken:
        number += 1
        name = f"{path.name}.{number}{BACKUP}"
    return path.with_name(name)
