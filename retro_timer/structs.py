"""Decoding into structs from any thread; the only module that has msgspec do so.

msgspec collects the fields of a type when it first decodes into it. If a second thread decodes into the same type at
that moment, it uses fields that are not there yet, and the process crashes (msgspec 0.22). Each type is therefore
prepared first, under a lock.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, Final, TypeVar

import msgspec

_PREPARING: Final = Lock()
T = TypeVar("T")


def convert(data: object, kind: type[T]) -> T:
    """Convert plain values into a type, strictly.

    Raises:
        msgspec.ValidationError: if they do not fit, or contain a lone surrogate where no text may have one.
    """
    _prepare(kind)
    try:
        return msgspec.convert(data, kind, strict=True)
    except UnicodeEncodeError as error:  # msgspec encodes the names of fields, and texts it compares or reports
        raise msgspec.ValidationError("it contains text that is not Unicode") from error


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Decode a JSON document into a type.

    Raises:
        msgspec.DecodeError: if it is not valid JSON; its subclass `msgspec.ValidationError` if it does not fit.
    """
    _prepare(kind)
    return msgspec.json.decode(data, type=kind)


def json_decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401  (a type, or a union of types)
    """A decoder for JSON documents of one type, or of a union of types."""
    with _PREPARING:
        return msgspec.json.Decoder(kind)


def _prepare(kind: Any) -> None:  # noqa: ANN401  (any type)
    with _PREPARING:
        _prepare_once(kind)


@cache
def _prepare_once(kind: Any) -> None:  # noqa: ANN401  (any type)
    msgspec.json.Decoder(kind)
