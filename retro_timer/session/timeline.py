"""The cue timeline: every cue and its time, as a pure function of schedule and settings.

The cues of an interval depend only on the interval and its neighbours, and on the end of the schedule if the time left
is spoken. So looking ahead computes only the intervals in range, and an edit does not change the cues of other parts.
If words would overlap in a short interval, the less important ones move or are dropped; the count and the phase sounds
always stay.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages import DEFAULT, LANGUAGES
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.scheduling.schedule import Place, Schedule
    from retro_timer.session.languages import Language

SOUND_MS: Final = 700
"""Maximum length of a phase sound before its words, in milliseconds."""
GAP_MS: Final = 150
"""Minimum silence between two spoken cues, in milliseconds."""
SPEED_LEADS: Final = (20, 25, 30, 15)
"""Seconds before a turn for the reminder to set the speed of the bout after it, in order of preference."""
LATE_ANNOUNCE: Final = (5, 6, 7)
"""Seconds before a change for its announcement if there is no room earlier, in order of preference."""
RAIL_LEADS: Final = (7, 6, 5, 8)
"""Seconds before a turn for the reminder to hold the rail if the turn is too short, in order of preference."""
HALFWAY_FROM: Final = 60
ONE_MINUTE_FROM: Final = 120
LABEL_MS_PER_CHARACTER: Final = 90
LABEL_MS_PER_WIDE_CHARACTER: Final = 250
"""A Chinese, Japanese or Korean character is at least a syllable."""
_LAST_ROUND_AFTER: Final = ((5000, 3000), (5000, 7000, 3000))
"""Milliseconds after the start of the last round for announcing it: in general, and in a turn."""
_RAIL_AFTER: Final = (4200, 7000)
"""Milliseconds after the start of a turn for the rail reminder if there is no room right after the opening."""
_AFTER_OPENING: Final = (5000, 7000, 9000, 11_000)
"""Milliseconds into an interval for its round and its speed if there is no room right after the opening."""
_REMEMBERED: Final = 32
"""Number of intervals whose cues are cached."""


class CueSettings(Struct, frozen=True, dict=True):
    """Which cues are on, and how early they come; lengths in whole seconds.

    Attributes:
        off: kinds that are off.
        ticks: number of ticks before a change, 0 to 10.
        announce: how long before a change it is announced, 5 to 30.
        belt_lead: additional time for a slow belt, 0 to 30.
        labels: whether labels are spoken.
        waits_at_turns: whether turns wait at their end; there is then no count.
        own_key: whether "I have turned" has a key other than enter, so that the key is not named.
        own_pause_key: whether pause has a key other than space.
        coaching: one of `session.ports.COACHING`.
        time_left_every: how often coaching announces the time left of the session, in minutes; 0 for never.
        spoken_count: whether counts are numbers instead of ticks.
        imperial: whether speeds are spoken in miles an hour.
        language: the spoken language, one of `session.languages.LANGUAGES`.
        voice: one of `session.ports.VOICES`; its clips determine how long the cues take.
        go_words: phrases spoken when a backward bout begins, in place of its sound and words; other phases then begin
            silently. Empty for the usual openings.

    Raises:
        ValueError: if a length is out of bounds.
    """

    off: frozenset[CueKind] = frozenset()
    ticks: int = 3
    announce: int = 10
    belt_lead: int = 0
    labels: bool = True
    waits_at_turns: bool = False
    own_key: bool = False
    own_pause_key: bool = False
    coaching: str = "off"
    time_left_every: int = 0
    spoken_count: bool = False
    imperial: bool = False
    language: str = DEFAULT
    voice: str = "heart"
    go_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (("ticks", 0, 10), ("announce", 5, 30), ("belt_lead", 0, 30)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {low} to {high}, not {value}")

    @property
    def ticks_heard(self) -> int:
        """The number of ticks heard before a change: none if the count is off."""
        return 0 if CueKind.COUNT in self.off else self.ticks

    @property
    def phrases(self) -> Language:
        """The phrases of the spoken language."""
        return LANGUAGES[self.language]

    def count(self, end: int, ticks: int) -> list[Cue]:
        """Ticks a second apart, the last one a second before `end` (milliseconds of the session)."""
        return [
            Cue(end - left * SECOND, CueKind.COUNT, words=(self.phrases.count(left),), caption=str(left))
            if self.spoken_count
            else Cue(end - left * SECOND, CueKind.COUNT, Sound.of_tick(left), caption=str(left))
            for left in range(ticks, 0, -1)
        ]

    def duration_ms(self, cue: Cue) -> int:
        """The approximate duration of a cue in milliseconds; never too short."""
        phrases = self.phrases
        words_ms = sum(phrases.spoken_ms(words, self.voice) for words in cue.words)
        words_ms += phrases.WORD_GAP_MS * max(0, len(cue.words) - 1)
        words_ms += sum(
            LABEL_MS_PER_WIDE_CHARACTER if east_asian_width(character) in "WF" else LABEL_MS_PER_CHARACTER
            for character in cue.label
        )
        return (SOUND_MS if cue.sound else 0) + words_ms


class CueTimeline(Struct, frozen=True, dict=True):
    """The cues of a schedule."""

    schedule: Schedule
    settings: CueSettings = CueSettings()

    @property
    def phrases(self) -> Language:
        """The phrases of the spoken language."""
        return self.settings.phrases

    @cached_property
    def _cache(self) -> dict[int, tuple[Cue, ...]]:
        """The cues of recently used intervals: looking ahead needs the same ones every second."""
        return {}

    def between(self, start: int, end: int) -> tuple[Cue, ...]:
        """The cues with `start <= at < end`, in milliseconds of the schedule, in order.

        The cue of a change belongs to the interval it opens; "complete" is at the very end. Computes only the intervals
        in range.
        """
        first = self.schedule.position_at(start // SECOND).index
        found: list[Cue] = []
        for index in range(first, len(self.schedule)):
            if self._start(index) >= end:
                break
            found += [cue for cue in self.of_interval(index) if start <= cue.at < end]
        complete = self._start(len(self.schedule))
        if start <= complete < end and CueKind.COMPLETE not in self.settings.off:
            found.append(Cue(complete, CueKind.COMPLETE, Sound.COMPLETE, (self.phrases.COMPLETE,)))
        return tuple(found)

    def of_interval(self, index: int) -> tuple[Cue, ...]:
        """The cues of one interval, in order."""
        return remembered(self._cache, index, self._compute)

    def _compute(self, index: int) -> tuple[Cue, ...]:
        off = self.settings.off
        ticks = self._ticks(index)
        until = ticks[0].at if ticks else self._start(index + 1)
        wanted = [choices for choices in self._wanted(index) if choices and choices[0].kind not in off]
        return tuple(sorted((*_without_overlap(self.settings, wanted, until), *ticks), key=lambda cue: cue.at))

    def opening(self, index: int) -> Cue:
        """The change itself: the sound of the phase, without words."""
        phase = self.schedule[index].phase
        return Cue(
            self._start(index), CueKind.PHASE, Sound.of(phase), phase=phase, caption=self.phrases.IMPERATIVE[phase]
        )

    def _start(self, index: int) -> int:
        return self.schedule.starts[index] * SECOND

    def waits(self, index: int) -> bool:
        """Whether an interval is a turn that waits at its end."""
        last = index + 1 == len(self.schedule)
        return self.settings.waits_at_turns and self.schedule[index].phase is Phase.TURN and not last

    def _ticks(self, index: int) -> list[Cue]:
        """The ticks before the end of an interval; a short interval has only those that fit."""
        if self.waits(index):
            return []
        ticks = min(self.settings.ticks_heard, self.schedule[index].duration - 1)
        return self.settings.count(self._start(index + 1), ticks)

    def _wanted(self, index: int) -> Iterator[list[Cue]]:
        """The wanted cues of an interval, the most important first; each as a list of alternatives, the best first."""
        entry, start, end = self.schedule[index], self._start(index), self._start(index + 1)
        yield self._openings(index)
        if not self.waits(index):
            following = self._following(index)
            yield [
                Cue(end - lead * SECOND, CueKind.ANNOUNCE, words=self.phrases.ahead(lead, following), phase=following)
                for lead in self._announce_leads()
                if lead < entry.duration
            ]
        if self._leads_to_speed(index):
            words = self._speed_words(index + 2) or (self.phrases.SET_SPEED,)
            yield [
                Cue(end - lead * SECOND, CueKind.SPEED, words=words, phase=Phase.BACKWARD)
                for lead in SPEED_LEADS
                if lead < entry.duration
            ]
        begins = self._begins_round(index)
        if begins is not None and begins.round == begins.rounds:
            yield [
                Cue(start + after, CueKind.LAST_ROUND, words=(self.phrases.LAST_ROUND,), phase=entry.phase)
                for after in _LAST_ROUND_AFTER[entry.phase is Phase.TURN]
            ]
        yield self._rail(index)
        if entry.duration >= ONE_MINUTE_FROM:
            words = self.phrases.time_left(60 * SECOND)
            yield [Cue(end - 60 * SECOND, CueKind.ONE_MINUTE, words=words, phase=entry.phase)]
        if entry.duration >= HALFWAY_FROM and entry.phase.on_belt:
            halfway = start + entry.duration * SECOND // 2
            yield [Cue(halfway, CueKind.HALFWAY, words=(self.phrases.HALFWAY,), phase=entry.phase)]
        if (words := self._speed_words(index)) and not (index > 1 and self._leads_to_speed(index - 2)):
            yield self._after_opening(index, Cue(start, CueKind.TARGET, words=words, phase=entry.phase))
        if begins is not None and begins.round < begins.rounds and self.settings.coaching != "off":
            words = self.phrases.round_of(begins.round, begins.rounds)
            yield self._after_opening(index, Cue(start, CueKind.ROUND, words=words, phase=entry.phase)) if words else []

    def _after_opening(self, index: int, cue: Cue) -> list[Cue]:
        """A cue right after the opening words of its interval, with later moments as alternatives."""
        start = cue.at
        moments = [start + self.settings.duration_ms(opening) + GAP_MS for opening in self._openings(index)[:-1]]
        return [replace(cue, at=at) for at in (*moments, *(start + after for after in _AFTER_OPENING))]

    def _speed_words(self, index: int) -> tuple[str, ...]:
        """The instruction to set an interval's planned speed; empty if there is none, or no phrase for it."""
        speed = self.schedule[index].interval.speed_kmh
        return () if speed is None else self.phrases.target_speed(speed, imperial=self.settings.imperial)

    def _openings(self, index: int) -> list[Cue]:
        """The opening cue with all its words, with fewer, and as a sound only, which always fits."""
        opening, interval = self.opening(index), self.schedule[index].interval
        if self.settings.go_words:
            return [replace(opening, sound=None, words=self.settings.go_words)] if interval.phase.faces_backward else []
        whole = self.phrases.opening(interval.phase, interval.duration)
        return [
            replace(opening, words=whole, label=interval.label if self.settings.labels else ""),
            replace(opening, words=whole),
            replace(opening, words=(self.phrases.IMPERATIVE[interval.phase],)),
            opening,
        ]

    def _rail(self, index: int) -> list[Cue]:
        """Hold the rail: after the opening words of a turn, or before a turn that is too short for it."""
        start, end, following = self._start(index), self._start(index + 1), index + 1
        if self.schedule[index].phase is Phase.TURN:
            moments = [start + self.settings.duration_ms(opening) + GAP_MS for opening in self._openings(index)[:-1]]
            moments += [start + after for after in _RAIL_AFTER]
        elif following < len(self.schedule) and self.schedule[following].phase is Phase.TURN:
            if any(cue.kind is CueKind.RAIL for cue in CueTimeline.of_interval(self, following)):
                return []
            moments = [end - lead * SECOND for lead in RAIL_LEADS if lead < self.schedule[index].duration]
        else:
            return []
        return [Cue(moment, CueKind.RAIL, words=(self.phrases.HOLD_RAIL,), phase=Phase.TURN) for moment in moments]

    def _announce_leads(self) -> list[int]:
        """Seconds before a change for its announcement, in order of preference; all can be spoken exactly."""
        wanted = self.settings.announce + self.settings.belt_lead
        leads = [lead for lead in range(wanted, wanted + 6) if self.phrases.short_length(lead)]
        return leads + [lead for lead in LATE_ANNOUNCE if lead < wanted]

    def _following(self, index: int) -> Phase | None:
        return self.schedule[index + 1].phase if index + 1 < len(self.schedule) else None

    def _begins_round(self, index: int) -> Place | None:
        """The place in the outermost repeat with several rounds, if a round begins with this interval."""
        place = _outermost(self.schedule[index].place)
        if place is None:
            return None
        before = _outermost(self.schedule[index - 1].place) if index else None
        begins = before is None or before.loop != place.loop or before.round != place.round
        return place if begins else None

    def _leads_to_speed(self, index: int) -> bool:
        """Whether the next interval is a turn to a backward bout with a planned speed."""
        following = self.schedule.entries[index + 1 : index + 3]
        if len(following) < 2:
            return False
        turn, bout = following
        return turn.phase is Phase.TURN and bout.phase is Phase.BACKWARD and bout.interval.speed_kmh is not None


def remembered(
    cache: dict[int, tuple[Cue, ...]], index: int, compute: Callable[[int], tuple[Cue, ...]]
) -> tuple[Cue, ...]:
    """The cached cues of an interval, computed if they are missing; a full cache is emptied first."""
    if index not in cache:
        if len(cache) >= _REMEMBERED:
            cache.clear()
        cache[index] = compute(index)
    return cache[index]


def _outermost(place: Place | None) -> Place | None:
    """The place in the outermost repeat that has several rounds."""
    found = None
    while place is not None:
        found = place if place.rounds > 1 else found
        place = place.outer
    return found


def _without_overlap(settings: CueSettings, wanted: list[list[Cue]], until: int) -> list[Cue]:
    """For each wanted cue, the first alternative that overlaps neither more important cues nor `until`."""
    chosen: list[Cue] = []
    for choices in wanted:
        for cue in choices:
            end = cue.at + settings.duration_ms(cue) + GAP_MS
            if end <= until and all(
                end <= other.at or other.at + settings.duration_ms(other) + GAP_MS <= cue.at for other in chosen
            ):
                chosen.append(cue)
                break
    return chosen
