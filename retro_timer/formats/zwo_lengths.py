"""The lengths in a .zwo file: seconds or, in running workouts, metres; not every file says which.

`durationType` gives the unit, for the whole file or for one block. A running workout without it may use either, so the
walker is asked. Metres become times at a pace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.formats.assumptions import Lengths, seconds_for, show_pace
from retro_timer.formats.errors import FormatError, LengthsUnknownError, PaceUnknownError
from retro_timer.formats.values import read_metres, read_offset, read_seconds, read_times
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import seconds_at
from retro_timer.text import clock_time, counted, quoted

if TYPE_CHECKING:
    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.markup import Element

PHASES: Final = {
    "warmup": Phase.WARM_UP,
    "cooldown": Phase.COOL_DOWN,
    "steadystate": None,
    "solidstate": None,
    "ramp": None,
    "freeride": None,
    "freerun": None,
    "maxeffort": None,
}
"""Block elements with a single length, and their phase if no text gives one."""
TEXTS: Final = ("textevent", "textnotification")
_UNITS: Final = {"time": Lengths.SECONDS, "distance": Lengths.METRES}


class LengthReader:
    """Reads the lengths of one file.

    Args:
        root: the root of the file.
        plan: its `<workout>`.
        assumptions: what to assume if the file says nothing.

    Raises:
        LengthsUnknownError: if the lengths may be metres or seconds, and nothing is assumed.
        FormatError: if `durationType` is neither time nor distance.
    """

    def __init__(self, root: Element, plan: Element, assumptions: Assumptions) -> None:
        self._pace = assumptions.pace_kmh
        self._blocks_in = {Lengths.METRES: 0, Lengths.SECONDS: 0}
        self._assumed = False
        stated = _stated(root) or _stated(plan)
        if stated is None and _is_run(root) and any(_stated(block) is None for block in _blocks(plan)):
            stated = assumptions.lengths
            self._assumed = True
            if stated is None:
                raise LengthsUnknownError(_either(plan), place=plan.place)
        self._unit = stated or Lengths.SECONDS

    def seconds(self, element: Element, name: str, default: str | None = None) -> int:
        """The length of a block in seconds, from an attribute.

        Raises:
            PaceUnknownError: if it is a distance, and no pace is assumed.
            FormatError: if it is missing or out of range.
        """
        text = element.attributes.get(name.lower(), default)
        unit = _stated(element) or self._unit
        distance = name.lower().replace("duration", "distance")
        if text is None or distance in element.attributes:
            text, unit = element.attributes.get(distance), Lengths.METRES
        if text is None:
            raise FormatError(f"{quoted(f'<{element.tag}>')} has no {name}", place=element.place)
        self._blocks_in[unit] += name != "OffDuration"
        if unit is Lengths.SECONDS:
            return read_seconds(text, name, element.place)
        metres = read_metres(text, name, element.place)
        if not metres:
            return 0
        if self._pace is None:
            raise PaceUnknownError(place=element.place)
        return read_seconds(str(seconds_for(metres, self._pace)), f"the time for {metres:g} m", element.place)

    def offset(self, element: Element) -> float | None:
        """When a text is shown, in seconds from the start of its block; None if it is a distance without a pace."""
        metres = element.attributes.get("distoffset")
        if metres is None:
            return read_offset(element.attributes.get("timeoffset") or "0", element.place)
        if not self._blocks_in[Lengths.METRES] or self._pace is None:
            return None
        return seconds_at(self._pace, read_metres(metres, "distoffset", element.place))

    def notes(self) -> tuple[str, ...]:
        """A note on what was decided about the lengths."""
        metres, seconds = self._blocks_in[Lengths.METRES], self._blocks_in[Lengths.SECONDS]
        if not metres or self._pace is None:
            return ("its lengths are read as seconds",) if self._assumed else ()
        mixed = f"; {counted(seconds, 'block')} {'is' if seconds == 1 else 'are'} in seconds" if seconds else ""
        return (f"{counted(metres, 'block')} in metres became times at {show_pace(self._pace)}{mixed}",)


def _blocks(plan: Element) -> list[Element]:
    return [element for element in plan.children if element.tag in PHASES or element.tag == "intervalst"]


def _is_run(root: Element) -> bool:
    sport = root.child("sporttype")
    return sport is not None and sport.text.strip().lower().startswith("run")


def _stated(element: Element) -> Lengths | None:
    """The unit that an element gives for its lengths; None if it gives none."""
    child = element.child("durationtype")
    for stated in (element.attributes.get("durationtype", ""), child.text if child else ""):
        if kind := stated.strip().lower():
            if kind not in _UNITS:
                place = (child or element).place
                raise FormatError(f"expected durationType time or distance, not {quoted(kind)}", place=place)
            return _UNITS[kind]
    return None


def _either(plan: Element) -> str:
    """The question about the lengths, with their total in either unit."""
    total = 0.0
    for block in _blocks(plan):
        times = read_times(block.attributes.get("repeat", "1"), "Repeat", block.place)
        for name in ("duration", "onduration", "offduration"):
            total += times * read_metres(block.attributes.get(name, "0"), name, block.place)
    return (
        f"its lengths may be metres or seconds ({total / 1000:g} km, or {clock_time(round(total))}):"
        " choose with --lengths metres|seconds; if it has both, give durationType in each block"
    )
