"""The cue timeline: what will be heard, and when; a pure function of the schedule and the settings.

Each interval's cues depend on it and its neighbours alone, so a look ahead touches only the intervals it covers, and an
edit leaves the cues of the unchanged part as they were. Where words would overlap in a short interval they move or
give way by rank; the count and the phase sounds always stay.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.values import Value
from retro_timer.session import phrases
from retro_timer.session.cue import Cue, CueKind, Sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.scheduling.schedule import Place, Schedule

SOUND_MS: Final = 700
"""The longest a phase sound lasts before its words begin, in milliseconds."""
GAP_MS: Final = 150
"""Silence kept between two things said."""
SPEED_LEADS: Final = (20, 25, 30, 15)
"""Seconds before a turn at which the walker is told to set the speed for the bout behind it, the best first."""
LATE_ANNOUNCE: Final = (5, 6, 7)
"""Seconds before a change at which it is announced where there is no room to do so in time, the best first."""
HALFWAY_FROM: Final = 60
ONE_MINUTE_FROM: Final = 120
LABEL_MS_PER_CHARACTER: Final = 90
LABEL_MS_PER_WIDE_CHARACTER: Final = 250
"""A character of Chinese, Japanese or Korean is a syllable or more."""
_LAST_ROUND_AFTER: Final = (5000, 3000)
_REMEMBERED: Final = 32
"""How many intervals' cues are kept."""
_SECOND: Final = 1000


class CueSettings(Value):
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

    off: frozenset[CueKind] = frozenset()
    ticks: int = 3
    announce: int = 10
    belt_lead: int = 0
    waits_at_turns: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (("ticks", 0, 10), ("announce", 5, 30), ("belt_lead", 0, 30)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {low} to {high}, not {value}")


class CueTimeline(Value):
    """The cues of a schedule."""

    schedule: Schedule
    settings: CueSettings = CueSettings()

    @cached_property
    def _worked_out(self) -> dict[int, tuple[Cue, ...]]:
        """The cues of the intervals that were asked for lately: a look ahead asks for the same ones every second."""
        return {}

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
        cues = self._worked_out.get(index)
        if cues is None:
            if len(self._worked_out) >= _REMEMBERED:
                self._worked_out.clear()
            cues = self._worked_out[index] = self._work_out(index)
        return cues

    def _work_out(self, index: int) -> tuple[Cue, ...]:
        off = self.settings.off
        ticks = [] if CueKind.COUNT in off else self._ticks(index)
        until = ticks[0].at if ticks else self._start(index + 1)
        wanted = [choices for choices in self._wanted(index) if choices and choices[0].kind not in off]
        return tuple(sorted((*_thinned(wanted, until), *ticks), key=lambda cue: cue.at))

    def opening(self, index: int) -> Cue:
        """The change itself: the phase's sound, without words."""
        phase = self.schedule[index].phase
        return Cue(self._start(index), CueKind.PHASE, Sound.of(phase), phase=phase, caption=phrases.IMPERATIVE[phase])

    def _start(self, index: int) -> int:
        return self.schedule.starts[index] * _SECOND

    def waits(self, index: int) -> bool:
        """Whether an interval is a turn that waits at its end."""
        last = index + 1 == len(self.schedule)
        return self.settings.waits_at_turns and self.schedule[index].phase is Phase.TURN and not last

    def _ticks(self, index: int) -> list[Cue]:
        """The count down to the interval's end; a short interval has as many ticks as come after its start."""
        if self.waits(index):
            return []
        return count_in(self._start(index + 1), min(self.settings.ticks, self.schedule[index].duration - 1))

    def _wanted(self, index: int) -> Iterator[list[Cue]]:
        """Everything worth saying within an interval, the most important first; each with its ways, the best first."""
        entry, start, end = self.schedule[index], self._start(index), self._start(index + 1)
        yield self._openings(index)
        if not self.waits(index):
            following, what = self._following(index)
            yield [
                Cue(end - lead * _SECOND, CueKind.ANNOUNCE, words=(phrases.length(lead), what), phase=following)
                for lead in self._announce_leads()
                if lead < entry.duration
            ]
        if self._leads_to_speed(index):
            yield [
                Cue(end - lead * _SECOND, CueKind.SPEED, words=(phrases.SET_SPEED,), phase=Phase.BACKWARD)
                for lead in SPEED_LEADS
                if lead < entry.duration
            ]
        if self._is_last_round(index):
            yield [
                Cue(start + after, CueKind.LAST_ROUND, words=(phrases.LAST_ROUND,), phase=entry.phase)
                for after in _LAST_ROUND_AFTER
            ]
        if entry.duration >= ONE_MINUTE_FROM:
            words = phrases.length_left(60)
            yield [Cue(end - 60 * _SECOND, CueKind.ONE_MINUTE, words=words, phase=entry.phase)]
        if entry.duration >= HALFWAY_FROM and entry.phase.on_belt:
            halfway = start + entry.duration * _SECOND // 2
            yield [Cue(halfway, CueKind.HALFWAY, words=(phrases.HALFWAY,), phase=entry.phase)]

    def _openings(self, index: int) -> list[Cue]:
        """The change with all its words, with fewer, and as the sound alone, for which there is always room."""
        opening, interval = self.opening(index), self.schedule[index].interval
        action, length = phrases.IMPERATIVE[interval.phase], phrases.length(interval.duration)
        return [
            opening.but(words=(action, length), label=interval.label),
            opening.but(words=(action, length)),
            opening.but(words=(action,)),
            opening,
        ]

    def _announce_leads(self) -> list[int]:
        """How many seconds ahead a change may be announced, the best first: what is said is exactly true."""
        wanted = self.settings.announce + self.settings.belt_lead
        leads = [lead for lead in range(wanted, wanted + 6) if phrases.spoken_seconds(lead) == lead]
        return leads + [lead for lead in LATE_ANNOUNCE if lead < wanted]

    def _following(self, index: int) -> tuple[Phase | None, str]:
        if index + 1 == len(self.schedule):
            return None, phrases.LAST_INTERVAL
        phase = self.schedule[index + 1].phase
        return phase, phrases.IMPERATIVE[phase]

    def _is_last_round(self, index: int) -> bool:
        """Whether the last of several rounds begins with this interval."""
        place = _outermost(self.schedule[index].place)
        if place is None or place.round != place.rounds:
            return False
        before = _outermost(self.schedule[index - 1].place) if index else None
        return before is None or before.loop != place.loop or before.round != place.round

    def _leads_to_speed(self, index: int) -> bool:
        """Whether a turn comes next that leads to a backward bout with a target speed."""
        following = self.schedule.entries[index + 1 : index + 3]
        if len(following) < 2:
            return False
        turn, bout = following
        return turn.phase is Phase.TURN and bout.phase is Phase.BACKWARD and bout.interval.speed_kmh is not None


def _outermost(place: Place | None) -> Place | None:
    """The place in the outermost repeat that has several rounds."""
    found = None
    while place is not None:
        found = place if place.rounds > 1 else found
        place = place.outer
    return found


def count_in(end: int, ticks: int) -> list[Cue]:
    """As many ticks, a second apart, the last a second before `end` (milliseconds of the session)."""
    return [Cue(end - left * _SECOND, CueKind.COUNT, Sound.TICK, caption=str(left)) for left in range(ticks, 0, -1)]


def duration_ms(cue: Cue) -> int:
    """About how long a cue sounds, in milliseconds; never less than it does."""
    said = sum(phrases.spoken_ms(words) for words in cue.words)
    said += phrases.BREATH_MS * max(0, len(cue.words) - 1)
    said += sum(
        LABEL_MS_PER_WIDE_CHARACTER if east_asian_width(character) in "WF" else LABEL_MS_PER_CHARACTER
        for character in cue.label
    )
    return (SOUND_MS if cue.sound else 0) + said


def _thinned(wanted: list[list[Cue]], until: int) -> list[Cue]:
    """Of each thing wanted, the most important first, the first way that overlaps neither those before nor `until`."""
    said: list[Cue] = []
    for choices in wanted:
        for cue in choices:
            end = cue.at + duration_ms(cue) + GAP_MS
            if end <= until and all(
                end <= other.at or other.at + duration_ms(other) + GAP_MS <= cue.at for other in said
            ):
                said.append(cue)
                break
    return said
