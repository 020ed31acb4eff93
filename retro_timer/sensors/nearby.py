"""Choosing a sensor among those that are nearby, by its name or its address."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from retro_timer.errors import UserError
from retro_timer.sensors.messages import chosen_of
from retro_timer.sensors.radio import missing_bleak
from retro_timer.session.sensing import Chosen, SensorKind
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.config.schema import SensorSettings
    from retro_timer.session.sensing import NearbySensor

KIND_NAMES = {SensorKind.BELT: "treadmill", SensorKind.HEART: "heart rate sensor"}
"""What the walker calls each kind."""


class SensorError(UserError):
    """A sensor that cannot be used: the message is one sentence."""


def missing_extra() -> str:
    """Why sensors cannot be used, as one clause; empty if they can, as far as is known without asking."""
    return "" if find_spec("bleak") else missing_bleak()


def check_extra() -> None:
    """Check that sensors can be used.

    Raises:
        SensorError: if an extra is missing.
    """
    if problem := missing_extra():
        raise SensorError(f"sensors cannot be used: {problem}")


def chosen_sensors(sensors: SensorSettings) -> dict[SensorKind, Chosen]:
    """The sensors that the walker has chosen."""
    found = {SensorKind.BELT: chosen_of(sensors.belt), SensorKind.HEART: chosen_of(sensors.heart)}
    return {kind: chosen for kind, chosen in found.items() if chosen is not None}


def setting_of(kind: SensorKind) -> str:
    """The setting that remembers a sensor of a kind."""
    return f"sensors.{kind.value}"


def is_called(found: NearbySensor, name: str) -> bool:
    """Whether a sensor has this name, or this address."""
    return name.casefold() in (found.name.casefold(), found.address.casefold())


def the_one(found: Iterable[NearbySensor], name: str) -> NearbySensor:
    """The sensor of a name or an address.

    Raises:
        SensorError: if there is none, or more than one.
    """
    there = {(each.kind, each.address): each for each in found}
    called = [each for each in there.values() if is_called(each, name)]
    if len(called) == 1:
        return called[0]
    if called:
        addresses = " and ".join(each.address for each in called)
        raise SensorError(f"{len(called)} sensors are called {quoted(name)}: give an address, {addresses}")
    heard = ", ".join(each.name or each.address for each in there.values())
    raise SensorError(
        f"no sensor nearby is called {quoted(name)}; {f'there are {heard}' if heard else 'none is heard'}"
    )
