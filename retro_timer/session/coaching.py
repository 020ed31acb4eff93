"""Coaching: technique and the time left, spoken in long silences, and earned praise.

A silence lasts from the end of one cue to the beginning of the next, within an interval. Where coaching goes depends on
the cues of the interval, and for the time left also on the end of the schedule, so it is planned interval by interval.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.states import SECOND, shown_seconds
from retro_timer.session.timeline import CueTimeline, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retro_timer.session.engine import Session
    from retro_timer.session.languages import Language
    from retro_timer.session.sent_cues import SentCues
    from retro_timer.session.timeline import CueSettings

LONG_SILENCE: Final = 40 * SECOND
"""Silences longer than this get coaching."""
LONGEST_SILENCE_FEW: Final = 90 * SECOND
"""The longest silence that "few" leaves."""
CLEAR: Final = 12 * SECOND
"""Minimum silence between technique and any other cue; also between the time left and other cues, if possible."""
NEAR: Final = 2 * SECOND
"""Minimum silence between the time left and any other cue."""
BETTER: Final = 5 * SECOND
"""Minimum lead over all earlier bouts before a bout is praised as the longest."""
_TIME_LEFT_SHIFTS: Final = (0, -15, 15, -30, 30, -60, 60)
"""Seconds by which the time left may be spoken earlier or later than planned, in order of preference."""
_EARNED_AFTER: Final = (5000, 7000, 9000, 11_000)
"""Milliseconds into an interval at which the bout before it is praised, in order of preference."""


class Silence(NamedTuple):
    """A part of an interval without cues, in milliseconds of the schedule."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Its length."""
        return self.end - self.start


class CoachedTimeline(CueTimeline, frozen=True, dict=True):
    """The cues of a schedule, with coaching in their silences."""

    @cached_property
    def _coached(self) -> dict[int, tuple[Cue, ...]]:
        """The cues of recently used intervals, with coaching."""
        return {}

    def of_interval(self, index: int) -> tuple[Cue, ...]:
        """The cues of one interval, in order."""
        if self.settings.coaching == "off":
            return self.without_coaching(index)
        return remembered(self._coached, index, lambda wanted: tuple(_coached(self, wanted)))

    def without_coaching(self, index: int) -> tuple[Cue, ...]:
        """The cues of one interval around which coaching is planned, in order."""
        return CueTimeline.of_interval(self, index)


def _coached(timeline: CoachedTimeline, index: int) -> list[Cue]:
    """The cues of an interval with coaching, in order."""
    off = timeline.settings.off
    found = list(timeline.without_coaching(index))
    if CueKind.TIME_LEFT not in off:
        for cue in _time_left(timeline, index):
            if _is_clear(timeline.settings, cue, found, NEAR):
                found = _inserted(found, cue)
    if CueKind.TECHNIQUE not in off:
        for cue in list(_technique(timeline, index, found)):
            found = _inserted(found, cue)
    if CueKind.ENCOURAGED not in off and (earned := _earned(timeline, index, found)):
        found = _inserted(found, earned)
    return found


def silences(settings: CueSettings, cues: Iterable[Cue], start: int, end: int) -> list[Silence]:
    """The silences between cues from `start` to `end`, in order."""
    found, silent_from = [], start
    for cue in cues:
        found.append(Silence(silent_from, cue.at))
        silent_from = cue.at + settings.duration_ms(cue)
    return [*found, Silence(silent_from, end)]


def _inserted(cues: list[Cue], cue: Cue) -> list[Cue]:
    return sorted((*cues, cue), key=lambda each: each.at)


def _is_clear(settings: CueSettings, cue: Cue, others: Iterable[Cue], distance: int) -> bool:
    """Whether a cue is at least `distance` milliseconds away from the others."""
    length = settings.duration_ms
    end = cue.at + length(cue)
    return all(other.at + length(other) + distance <= cue.at or end + distance <= other.at for other in others)


def _span(timeline: CoachedTimeline, index: int) -> tuple[int, int]:
    starts = timeline.schedule.starts
    return starts[index] * SECOND, starts[index + 1] * SECOND


def _time_left(timeline: CoachedTimeline, index: int) -> Iterator[Cue]:
    """The time left of the session, every `time_left_every` minutes; a little earlier or later if there is no room."""
    every, total = 60 * timeline.settings.time_left_every, timeline.schedule.total
    if not every:
        return
    start, end = timeline.schedule.starts[index], timeline.schedule.starts[index + 1]
    near = max(_TIME_LEFT_SHIFTS)
    for left in range(min(total - 1, total - start + near) // every * every, max(0, total - end - near), -every):
        cue = _placed(timeline, left)
        if cue is not None and start * SECOND <= cue.at < end * SECOND:
            yield cue


def _placed(timeline: CoachedTimeline, left: int) -> Cue | None:
    """A cue with the time left, `left` seconds or near it, at the best moment at which a single phrase says it.

    None if there is no room.
    """
    schedule = timeline.schedule
    for distance in (CLEAR, NEAR):
        for shift in _TIME_LEFT_SHIFTS:
            at, words = schedule.total - left - shift, timeline.phrases.short_length(left + shift)
            if not words:
                continue
            index = schedule.position_at(at).index
            cue = Cue(
                at * SECOND, CueKind.TIME_LEFT, words=(*words, timeline.phrases.UNTIL_END), phase=schedule[index].phase
            )
            starts, ends = _span(timeline, index)
            within = starts + distance <= cue.at and cue.at + timeline.settings.duration_ms(cue) + distance <= ends
            if within and _is_clear(timeline.settings, cue, timeline.without_coaching(index), distance):
                return cue
    return None


def _technique(timeline: CoachedTimeline, index: int, cues: Sequence[Cue]) -> Iterator[Cue]:
    """Technique in the long silences of an interval, evenly spread within each silence."""
    phase = timeline.schedule[index].phase
    words = timeline.phrases.TECHNIQUE[phase]
    number = index + index // 4  # a round usually has four intervals, so each round begins with another phrase
    silent = silences(timeline.settings, cues, *_span(timeline, index))
    longest = max(silent, key=lambda silence: silence.length)
    for silence in silent:
        times = _times(silence, few=timeline.settings.coaching == "few", longest=silence is longest)
        for part in range(1, times + 1):
            at = silence.start + silence.length * part // (times + 1)
            yield Cue(at, CueKind.TECHNIQUE, words=(words[number % len(words)],), phase=phase)
            number += 1


def _times(silence: Silence, *, few: bool, longest: bool) -> int:
    """The number of technique cues in a silence.

    With "few", one in the longest silence of an interval, and more wherever a silence would last over 90 s. With
    "many", at least one in every long silence, and at most one every 40 s; the silences left are then at most 60 s.
    """
    if silence.length <= LONG_SILENCE:
        return 0
    if few:
        return max(int(longest), -(-silence.length // LONGEST_SILENCE_FEW) - 1)
    return max(1, silence.length // LONG_SILENCE - 1)


def _earned(timeline: CoachedTimeline, index: int, cues: Sequence[Cue]) -> Cue | None:
    """A placeholder for praise of the bout before an interval; the `Coach` decides whether it was earned, and for what.

    None if there is no room.
    """
    if not index or not timeline.schedule[index - 1].phase.faces_backward:
        return None
    start, end = _span(timeline, index)
    distances = {CueKind.TECHNIQUE: CLEAR, CueKind.TIME_LEFT: NEAR}
    settings, phrases = timeline.settings, timeline.phrases
    praise = max((phrases.HALF_DONE, phrases.LONGEST_YET), key=lambda each: phrases.spoken_ms(each, settings.voice))
    for after in _EARNED_AFTER:
        cue = Cue(start + after, CueKind.ENCOURAGED, words=(praise,), phase=timeline.schedule[index].phase)
        fits = cue.at + settings.duration_ms(cue) <= end
        if fits and all(_is_clear(settings, cue, [other], distances.get(other.kind, 0)) for other in cues):
            return cue
    return None


class Coach:
    """Decides what coaching says, based on what was really walked and spoken.

    Args:
        session: the session.
        sent: the cues sent to the player.
        phrases: the spoken language.

    Attributes:
        longest_before: the longest bout of all earlier sessions, in milliseconds; 0 if there is none, or it is unknown.
    """

    def __init__(self, session: Session, sent: SentCues, phrases: Language) -> None:
        self.longest_before = 0
        self._session = session
        self._sent = sent
        self._phrases = phrases

    def decide(self, cues: Iterable[Cue]) -> Iterator[Cue]:
        """The cues to speak: never the same technique twice in a row, and praise only if it was earned."""
        last: Cue | None = None
        for cue in cues:
            if cue.kind is CueKind.TECHNIQUE:
                last = self._other_than(last or self._sent.last(CueKind.TECHNIQUE, cue.at), cue)
                yield last
            elif cue.kind is not CueKind.ENCOURAGED:
                yield cue
            elif words := self._earned(cue.at):
                yield replace(cue, words=(words,))

    def recap(self, at: int) -> Cue:
        """A cue with the backward time of this session, and the longest bout so far."""
        backward = self._session.backward
        times = backward.total, max(self.longest_before, backward.longest)
        words = self._phrases.recap(*(shown_seconds(time) * SECOND for time in times))
        return Cue(at, CueKind.RECAP, words=words)

    def _other_than(self, last: Cue | None, cue: Cue) -> Cue:
        """A technique cue in different words from the last one."""
        if last is None or last.words != cue.words or cue.phase is None:
            return cue
        words = self._phrases.TECHNIQUE[cue.phase]
        return replace(cue, words=(words[(words.index(cue.words[0]) + 1) % len(words)],))

    def _earned(self, at: int) -> str:
        """The praise for the bout before a position, if it is walked to its end; empty if none is earned."""
        session = self._session
        schedule, bouts = session.schedule, session.bouts
        index = schedule.position_at(at // SECOND).index - 1
        whole = schedule[index].duration * SECOND
        ahead = session.interval_left if session.index == index else 0
        if bouts.pop(index, 0) + ahead < whole:
            return ""
        best = max([self.longest_before, *bouts.values()])
        without_stop = max(session.backward.longest, session.backward.bout + ahead)
        if best and best + BETTER <= whole <= without_stop:
            return self._phrases.LONGEST_YET
        planned = sum(entry.duration * SECOND for entry in schedule if entry.phase.faces_backward)
        done = sum(bouts.values())
        return self._phrases.HALF_DONE if 2 * done < planned <= 2 * (done + whole) < 2 * planned else ""
