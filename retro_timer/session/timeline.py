"""The cue timeline: what will be heard, and when; a pure function of the schedule and the settings.

Each interval's cues depend on it and the next one alone, so a look ahead touches only the intervals it covers, and an
edit leaves the cues of the unchanged part as they were. Where words would overlap in a short interval they give way
by rank; the count and the phase sounds always stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases
from retro_timer.session.cue import Cue, CueKind, Sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.scheduling.schedule import Schedule

SOUND_MS: Final = 700
"""The longest a phase sound lasts before its words begin, in milliseconds."""
GAP_MS: Final = 150
"""Silence kept between two things said."""
SPEED_LEAD: Final = 20
"""Seconds before a turn at which the walker is told to set the speed for the bout behind it."""
HALFWAY_FROM: Final = 60
ONE_MINUTE_FROM: Final = 120
LABEL_MS_PER_CHARACTER: Final = 90
_LAST_ROUND_AFTER: Final = 5000
_SECOND: Final = 1000


@dataclass(frozen=True, slots=True)
class CueSettings:
    """What is said, and how far ahead; lengths in whole seconds.

    Attributes:
        off: kinds that are not heard. The phase sounds and the count can be switched off here and nowhere else.
        ticks: how many ticks count down to a change, 0 to 10.
        announce: how long before a change it is announced, 5 to 30.
        belt_lead: how much earlier still, for a belt that takes its time, 0 to 30.
        waits_at_turns: whether a turn waits at its end; nothing then counts down to it.

    Raises:
        ValueError: when a length is out of bounds.
    """

    off: frozenset[CueKind] = field(default_factory=frozenset)
    ticks: int = 3
    announce: int = 10
    belt_lead: int = 0
    waits_at_turns: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (("ticks", 0, 10), ("announce", 5, 30), ("belt_lead", 0, 30)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {low} to {high}, not {value}")


@dataclass(frozen=True)
class CueTimeline:
    """The cues of a schedule."""

    schedule: Schedule
    settings: CueSettings = field(default_factory=CueSettings)

    def between(self, start: int, end: int) -> tuple[Cue, ...]:
        """The cues with `start <= at < end`, in milliseconds of the session, in order.

        The change that opens an interval belongs to it; "complete" comes at the very end. Touches only the intervals
        that the span covers.
        """
        first = self.schedule.position_at(max(0, start) // _SECOND).index
        found: list[Cue] = []
        for index in range(first, len(self.schedule)):
            if self._start(index) >= end:
                break
            found += [cue for cue in self.of_interval(index) if start <= cue.at < end]
        complete = self._start(len(self.schedule))
        if start <= complete < end and CueKind.COMPLETE not in self.settings.off:
            found.append(Cue(complete, CueKind.COMPLETE, Sound.COMPLETE, (phrases.COMPLETE,)))
        return tuple(found)

    def of_interval(self, index: int) -> tuple[Cue, ...]:
        """The cues of one interval, in order."""
        off = self.settings.off
        opening = self.opening(index)
        ticks = [] if CueKind.COUNT in off else self._ticks(index)
        until = ticks[0].at if ticks else self._start(index + 1)
        candidates = [cue for cue in self._words(index, opening) if cue.kind not in off]
        said = _thinned(candidates, until)
        if not any(cue.kind is CueKind.PHASE for cue in said) and CueKind.PHASE not in off:
            said.append(opening)
        return tuple(sorted((*said, *ticks), key=lambda cue: cue.at))

    def opening(self, index: int) -> Cue:
        """The change itself: the phase's sound, without words."""
        phase = self.schedule[index].phase
        return Cue(self._start(index), CueKind.PHASE, Sound.of(phase), phase=phase, caption=phrases.IMPERATIVE[phase])

    def _start(self, index: int) -> int:
        return self.schedule.starts[index] * _SECOND

    def _waits(self, index: int) -> bool:
        last = index + 1 == len(self.schedule)
        return self.settings.waits_at_turns and self.schedule[index].phase is Phase.TURN and not last

    def _ticks(self, index: int) -> list[Cue]:
        """The count down to the interval's end; a short interval has as many ticks as come after its start."""
        if self._waits(index):
            return []
        return count_in(self._start(index + 1), min(self.settings.ticks, self.schedule[index].duration - 1))

    def _words(self, index: int, opening: Cue) -> Iterator[Cue]:
        """Everything worth saying within an interval, the most important first."""
        entry, start, end = self.schedule[index], self._start(index), self._start(index + 1)
        action, label = phrases.IMPERATIVE[entry.phase], entry.interval.label
        yield replace(opening, words=(action, phrases.length(entry.duration)), label=label)
        yield replace(opening, words=(action, phrases.length(entry.duration)))
        yield replace(opening, words=(action,))
        lead = self.settings.announce + self.settings.belt_lead
        if lead < entry.duration and not self._waits(index):
            following, what = self._following(index)
            words = (phrases.length(lead), what)
            yield Cue(end - lead * _SECOND, CueKind.ANNOUNCE, words=words, phase=following)
        if self._is_last_round(index):
            yield Cue(start + _LAST_ROUND_AFTER, CueKind.LAST_ROUND, words=(phrases.LAST_ROUND,), phase=entry.phase)
        if self._leads_to_speed(index) and entry.duration > SPEED_LEAD:
            yield Cue(end - SPEED_LEAD * _SECOND, CueKind.SPEED, words=(phrases.SET_SPEED,), phase=Phase.BACKWARD)
        if entry.duration >= ONE_MINUTE_FROM:
            words = phrases.length_left(60)
            yield Cue(end - 60 * _SECOND, CueKind.ONE_MINUTE, words=words, phase=entry.phase)
        if entry.duration >= HALFWAY_FROM and entry.phase.on_belt:
            halfway = start + entry.duration * _SECOND // 2
            yield Cue(halfway, CueKind.HALFWAY, words=(phrases.HALFWAY,), phase=entry.phase)

    def _following(self, index: int) -> tuple[Phase | None, str]:
        if index + 1 == len(self.schedule):
            return None, phrases.LAST_INTERVAL
        phase = self.schedule[index + 1].phase
        return phase, phrases.IMPERATIVE[phase]

    def _is_last_round(self, index: int) -> bool:
        """Whether the last of several rounds begins with this interval."""
        place = self.schedule[index].place
        if place is None or place.rounds < 2 or place.round != place.rounds:
            return False
        before = self.schedule[index - 1].place if index else None
        return before is None or before.loop != place.loop or before.round != place.round

    def _leads_to_speed(self, index: int) -> bool:
        """Whether a turn comes next that leads to a backward bout with a target speed."""
        following = self.schedule.entries[index + 1 : index + 3]
        if len(following) < 2:
            return False
        turn, bout = following
        return turn.phase is Phase.TURN and bout.phase is Phase.BACKWARD and bout.interval.speed_kmh is not None


def count_in(end: int, ticks: int) -> list[Cue]:
    """As many ticks, a second apart, the last a second before `end` (milliseconds of the session)."""
    return [Cue(end - left * _SECOND, CueKind.COUNT, Sound.TICK, caption=str(left)) for left in range(ticks, 0, -1)]


def duration_ms(cue: Cue) -> int:
    """About how long a cue sounds, in milliseconds; never less than it does."""
    said = sum(phrases.spoken_ms(words) for words in cue.words) + LABEL_MS_PER_CHARACTER * len(cue.label)
    said += phrases.BREATH_MS * max(0, len(cue.words) - 1)
    return (SOUND_MS if cue.sound else 0) + said


def _thinned(candidates: list[Cue], until: int) -> list[Cue]:
    """The cues, most important first, that can be said to their end without overlapping one before them or `until`."""
    said: list[Cue] = []
    for cue in candidates:
        end = cue.at + duration_ms(cue) + GAP_MS
        if end <= until and all(end <= other.at or other.at + duration_ms(other) + GAP_MS <= cue.at for other in said):
            said.append(cue)
    return said
