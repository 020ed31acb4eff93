"""Decoding into structs, from any thread: the one place that asks msgspec for it.

msgspec collects the fields of a type when it first decodes into it. A second thread that decodes into the same type at
that moment uses what is not there yet, and the process dies (msgspec 0.22). So each type is prepared first, under a
lock.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, Final, TypeVar

import msgspec

_PREPARING: Final = Lock()
T = TypeVar("T")


def convert(data: object, kind: type[T]) -> T:
    """Plain values as a type, strictly.

    Raises:
        msgspec.ValidationError: if they do not fit.
    """
    _prepare(kind)
    return msgspec.convert(data, kind, strict=True)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """A JSON document as a type.

    Raises:
        msgspec.DecodeError: if it is damaged; `msgspec.ValidationError`, a kind of it, if it does not fit.
    """
    _prepare(kind)
    return msgspec.json.decode(data, type=kind)


def json_decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401  (a type, or a union of types)
    """A decoder of JSON documents that are all of one type, or of one of several."""
    with _PREPARING:
        return msgspec.json.Decoder(kind)


def _prepare(kind: Any) -> None:  # noqa: ANN401  (any type)
    with _PREPARING:
        _prepare_once(kind)


@cache
def _prepare_once(kind: Any) -> None:  # noqa: ANN401  (any type)
    msgspec.json.Decoder(kind)
