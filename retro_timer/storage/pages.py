"""Reading records directly from the pages of a SQLite file, for files that SQLite refuses to read.

All leaf pages are read, regardless of the pages that point to them, so damage to a page loses only that page's records.
Source: https://www.sqlite.org/fileformat.html
"""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    Value = int | float | str | bytes | None

_MAGIC: Final = b"SQLite format 3\x00"
_HEADER: Final = 100
"""Size of the file header at the start of the first page, in bytes."""
_PAGE: Final = 4096
"""Page size if the header is unreadable: SQLite's default, which all our files have."""
_TABLE, _INDEX, _INNER_INDEX = 0x0D, 0x0A, 0x02
_LOG_HEADER, _FRAME_HEADER = 32, 24
_INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Size of integers in bytes, by serial type."""
_REAL, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12


class PageRecord(NamedTuple):
    """A row of a table or an entry of an index.

    Attributes:
        rowid: the rowid; None for index entries and rows of tables without rowids.
        values: the columns; an `INTEGER PRIMARY KEY` is None here, and its value is in `rowid`.
        page: the number of its page.
    """

    rowid: int | None
    values: tuple[Value, ...]
    page: int


def records(data: bytes, log: bytes = b"") -> Iterator[PageRecord]:
    """All readable records.

    Args:
        data: the file.
        log: its write-ahead log.
    """
    pages = _pages(data, log)
    free = _free(pages)
    for number, page in pages.items():
        if number not in free:
            yield from _on_page(pages, number, page)


def _pages(data: bytes, log: bytes) -> dict[int, bytes]:
    """The pages by number, with the changes in the log."""
    size = int.from_bytes(data[16:18])
    size = 65536 if size == 1 else size
    if not data.startswith(_MAGIC) or size < 512 or size & (size - 1):
        size = _PAGE
    pages = {start // size + 1: data[start : start + size] for start in range(0, len(data), size)}
    pages.update(_committed(log, size))
    return pages


def _committed(log: bytes, size: int) -> dict[int, bytes]:
    """The pages in the log up to its last commit."""
    if len(log) < _LOG_HEADER or int.from_bytes(log[8:12]) != size:
        return {}
    order = ">" if log[3] & 1 else "<"
    salt, sums = log[16:24], _checksum(log[:24], (0, 0), order)
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for start in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        frame = log[start : start + _FRAME_HEADER + size]
        sums = _checksum(frame[:8] + frame[_FRAME_HEADER:], sums, order)
        if frame[8:16] != salt or struct.unpack(">II", frame[16:24]) != sums:
            break
        pending[int.from_bytes(frame[:4])] = frame[_FRAME_HEADER:]
        if int.from_bytes(frame[4:8]):
            committed.update(pending)
            pending.clear()
    return committed


def _checksum(data: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for index in range(0, len(words), 2):
        first = (first + words[index] + second) & 0xFFFFFFFF
        second = (second + words[index + 1] + first) & 0xFFFFFFFF
    return first, second


def _free(pages: dict[int, bytes]) -> set[int]:
    """The numbers of the free pages, so that deleted data are not recovered. Empty if the free list is invalid."""
    header = pages.get(1, b"")
    trunk, count = int.from_bytes(header[32:36]), int.from_bytes(header[36:40])
    found: set[int] = set()
    while trunk and trunk in pages and trunk not in found and len(found) < count:
        page = pages[trunk]
        leaves = min(int.from_bytes(page[4:8]), len(page) // 4 - 2)
        found.add(trunk)
        found.update(int.from_bytes(page[8 + 4 * leaf : 12 + 4 * leaf]) for leaf in range(leaves))
        trunk = int.from_bytes(page[:4])
    return found if len(found) == count else set()


def _on_page(pages: dict[int, bytes], number: int, page: bytes) -> Iterator[PageRecord]:
    start = _HEADER if number == 1 else 0
    kind = page[start] if len(page) > start else 0
    if kind not in (_TABLE, _INDEX, _INNER_INDEX):
        return
    first = start + (12 if kind == _INNER_INDEX else 8)
    count = int.from_bytes(page[start + 3 : start + 5])
    for place in range(first, min(first + 2 * count, len(page) - 1), 2):
        with suppress(ValueError, IndexError, KeyError, struct.error):  # damaged: try the next one
            yield _record(pages, number, kind, int.from_bytes(page[place : place + 2]))


def _record(pages: dict[int, bytes], number: int, kind: int, place: int) -> PageRecord:
    page, rowid = pages[number], None
    if kind == _INNER_INDEX:
        place += 4  # skip the page number
    length, place = _varint(page, place)
    if kind == _TABLE:
        rowid, place = _varint(page, place)
    return PageRecord(rowid, _values(_payload(pages, page, place, length, kind)), number)


def _payload(pages: dict[int, bytes], page: bytes, place: int, length: int, kind: int) -> bytes:
    """The payload of a cell, including its overflow pages.

    Source: https://www.sqlite.org/fileformat.html#cell_payload_overflow_pages
    """
    usable = len(page)
    most = usable - 35 if kind == _TABLE else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return _piece(page, place, length)
    least = (usable - 12) * 32 // 255 - 23
    here = least + (length - least) % (usable - 4)
    here = here if here <= most else least
    parts, rest = [_piece(page, place, here)], length - here
    following = int.from_bytes(_piece(page, place + here, 4))
    seen: set[int] = set()
    while rest > 0:
        if following in seen:
            raise ValueError("the overflow pages run in a circle")
        seen.add(following)
        beyond = pages[following]
        parts.append(_piece(beyond, 4, min(rest, usable - 4)))
        rest -= len(parts[-1])
        following = int.from_bytes(beyond[:4])
    return b"".join(parts)


def _values(payload: bytes) -> tuple[Value, ...]:
    end, place = _varint(payload, 0)
    kinds: list[int] = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        size = _size(kind)
        values.append(_value(kind, _piece(payload, place, size)))
        place += size
    if place != len(payload):
        raise ValueError("the record is not as long as it says")
    return tuple(values)


def _size(kind: int) -> int:
    if kind >= _FIRST_BLOB:
        return (kind - _FIRST_BLOB) // 2
    return 8 if kind == _REAL else _INTEGERS.get(kind, 0)


def _value(kind: int, piece: bytes) -> Value:
    if kind in _INTEGERS:
        return int.from_bytes(piece, signed=True)
    if kind == _REAL:
        number: float = struct.unpack(">d", piece)[0]
        return number
    if kind in (_ZERO, _ONE):
        return kind - _ZERO
    if kind >= _FIRST_BLOB:
        return piece.decode("utf-8", "surrogateescape") if kind % 2 else piece
    return None


def _piece(data: bytes, place: int, length: int) -> bytes:
    piece = data[place : place + length]
    if len(piece) != length:
        raise IndexError("it is cut short")
    return piece


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Decode a varint of up to nine bytes; also returns the offset after it."""
    value = 0
    for index in range(8):
        byte = data[place + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + index + 1
    value = value << 8 | data[place + 8]
    return value - (1 << 64) if value >> 63 else value, place + 9
