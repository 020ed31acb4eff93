"""A link as a QR code in half-block characters: two modules in each."""

from __future__ import annotations

from typing import Final

QUIET: Final = 2
"""Light modules around the code; readers need some, and for most of them two are enough."""
_BLOCKS: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def qr_lines(link: str) -> tuple[str, ...]:
    """The lines of a QR code. The blocks are its light modules, so show them light on dark.

    Raises:
        ModuleNotFoundError: if the extra `page` is not installed.
    """
    import segno

    code = segno.make_qr(link, error="l", boost_error=False)
    rows = [[not module for module in row] for row in code.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return tuple("".join(_BLOCKS[above, below] for above, below in zip(*pair, strict=True)) for pair in pairs)
