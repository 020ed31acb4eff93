"""Immutable values without generated code.

A frozen dataclass writes and compiles its methods when its class is made, about half a millisecond each: too much for
classes that stand between the start of the program and the first frame, of which there are a few dozen. A `Value` is
the same to whoever uses it and to type checkers, but for `dataclasses.replace`.
"""

from __future__ import annotations

from typing import Any, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """Fields given by keyword that never change; a subclass declares them by annotations, none with a default."""

    def __init__(self, **values: Any) -> None:  # noqa: ANN401  (type checkers see the subclass's own fields)
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
