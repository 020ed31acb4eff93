"""Immutable values without generated code.

A frozen dataclass writes and compiles its methods when its class is made, about half a millisecond each: too much for
classes that stand between the start of the program and the first frame, of which there are a few dozen. A `Value` is
the same to whoever uses it and to type checkers, but for `dataclasses.replace`, in whose place `but` stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass_transform(frozen_default=True)
class Value:
    """Fields that never change; a subclass declares them by annotations, with or without a default.

    `apart=("name", ...)` behind the base class names the fields that two equal values may differ in. A subclass may
    check its fields in `__post_init__`.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _compared: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, *, apart: Iterable[str] = ()) -> None:
        super().__init_subclass__()
        own = [name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")]
        cls._fields = (*cls._fields, *own)
        cls._compared = tuple(name for name in cls._fields if name not in apart)
        cls._defaults = {name: getattr(cls, name) for name in cls._fields if hasattr(cls, name)}

    def __init__(self, *values: Any, **named: Any) -> None:  # noqa: ANN401  (type checkers see the subclass's own fields)
        fields = self._fields
        if len(values) == len(fields) and not named:
            self.__dict__.update(zip(fields, values, strict=True))
            self.__post_init__()
            return
        given = dict(zip(fields, values, strict=False))
        if len(values) > len(fields) or not given.keys().isdisjoint(named):
            raise TypeError(f"{type(self).__name__} has {', '.join(fields)}, each given once")
        given = {**self._defaults, **given, **named}
        if len(given) != len(fields) or not all(name in given for name in fields):
            raise TypeError(f"{type(self).__name__} has {', '.join(fields)}, not {', '.join(given)}")
        self.__dict__.update(given)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check what was given."""

    def but(self, **changes: Any) -> Self:  # noqa: ANN401  (values of the fields)
        """The same with other values of some fields."""
        if not all(name in self._fields for name in changes):
            return type(self)(**{**self.as_dict(), **changes})  # says which fields there are
        other = object.__new__(type(self))
        other.__dict__.update(self.as_dict(), **changes)
        other.__post_init__()
        return other

    def as_dict(self) -> dict[str, Any]:
        """The fields by name."""
        return {name: self.__dict__[name] for name in self._fields}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), *self._key()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in self._fields)})"

    def _key(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self._compared)
