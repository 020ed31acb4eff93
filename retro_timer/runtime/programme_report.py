"""The report of a programme: what was walked, as one Markdown page to hand back to its author."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.runtime.today import speed_words
from retro_timer.runtime.walk_test_report import trend
from retro_timer.session.history import NextDay, day_at
from retro_timer.session.shown import shown_percent
from retro_timer.text import clock_time, counted, one_line, printable
from retro_timer.training.plan import advise
from retro_timer.training.standing import replay
from retro_timer.training.weeks import start_of_week

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from retro_timer.session.history import SessionSummary, WalkTest
    from retro_timer.training.entry import TrainingEntry
    from retro_timer.training.plan import PlanChoices
    from retro_timer.training.programme import Programme, Thresholds

MOST_NOTES: Final = 20
"""How many notes are shown, the latest ones: the report is one page."""
_LONGEST_NOTE: Final = 200
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>#|~&])")
_NEXT_DAYS: Final = {NextDay.MUSCLES: "sore muscles", NextDay.PAIN: "more pain", NextDay.SORE: "sore or painful"}


class Note(NamedTuple):
    """A note of the walker's about a session.

    Attributes:
        day: the walker's day.
        text: the note.
    """

    day: date
    text: str


def report(  # noqa: PLR0913  (all that the page is made of)
    programme: Programme,
    entries: Sequence[TrainingEntry],
    notes: Sequence[Note],
    today: date,
    *,
    choices: PlanChoices,
    imperial: bool,
    tests: Sequence[WalkTest] = (),
) -> str:
    """The report as Markdown.

    Args:
        programme: the programme.
        entries: every session, oldest first; those before the programme began are left out.
        notes: the walker's notes, oldest first; those from before the programme began are left out.
        today: the local date.
        choices: the walker's choices about the plan.
        imperial: whether speeds are in mph.
        tests: the results of the backward walk test, oldest first.
    """
    walked = [entry for entry in entries if programme.started is None or entry.day >= programme.started]
    sections = [
        _head(programme, walked, today),
        _now(programme, entries, today, choices),
        _levels(programme, walked, choices, imperial=imperial),
        _weeks(programme, walked, choices),
        _walk_tests(tests),
        _problems(programme, walked),
        _notes(programme, notes),
    ]
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section))) + "\n"


def _head(programme: Programme, walked: Sequence[TrainingEntry], today: date) -> Iterator[str]:
    yield f"# {escaped(programme.name)}: what was walked"
    yield ""
    by = f", by {escaped(programme.author)}" if programme.author else ""
    first = programme.started or (walked[0].day if walked else today)
    yield f"Programme `{programme.id}`{by}. From {_day(first)} to {_day(today)}."
    yield ""
    days = len({entry.day for entry in walked})
    weeks = max(1, -(-((today - first).days + 1) // 7))
    in_all = sum(entry.walked_seconds for entry in walked)
    backward = sum(entry.backward_seconds for entry in walked)
    longest = max((entry.longest_bout for entry in walked), default=0)
    whole = sum(entry.as_planned for entry in walked)
    yield f"- {counted(len(walked), 'session')} on {counted(days, 'day')} in {counted(weeks, 'week')}, {whole} complete"
    yield f"- {clock_time(in_all)} walked, {clock_time(backward)} backward; longest bout {clock_time(longest)}"


def _now(programme: Programme, entries: Sequence[TrainingEntry], today: date, choices: PlanChoices) -> Iterator[str]:
    advice = advise(programme, entries, today, choices)
    yield "## Now"
    yield ""
    if advice.index is not None:
        yield f"Step {advice.index + 1} of {len(programme.levels)}. {escaped(advice.sentence)}"
    else:
        yield escaped(advice.sentence)
    yield ""
    yield f"Rule: {advice.rule}."
    yield ""
    if advice.to_move_on:
        yield f"To move on: {escaped(advice.to_move_on)}"


def _levels(
    programme: Programme, walked: Sequence[TrainingEntry], choices: PlanChoices, *, imperial: bool
) -> Iterator[str]:
    """Every step: what was prescribed, and how it went; then when the walker reached each, and why."""
    at: dict[int, list[TrainingEntry]] = {}
    moves: list[str] = []
    before = None
    for arrival in replay(programme, walked, programme.first_workout(choices.start)):
        index = arrival.standing.index
        at.setdefault(index, []).append(arrival.entry)
        if index != before:
            moves.append(f"- {_day(arrival.entry.day)}: step {index + 1}. {escaped(arrival.reason)}".rstrip(". ") + ".")
        before = index
    yield "## Steps"
    yield ""
    yield "| Step | Workout | Backward speed | Days a week | Sessions | Effort | Pain |"
    yield "|---:|---|---|---:|---:|---|---|"
    for index, level in enumerate(programme.levels):
        done = at.get(index, [])
        speed = speed_words(level.backward, imperial=imperial) if level.backward else ""
        cells = (
            str(index + 1), escaped(programme.name_of(level.workout_id)), speed, str(level.most_days),
            str(len(done) or ""), _range(entry.effort for entry in done), _range(entry.pain for entry in done),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    if moves:
        yield from ("", "How the plan moved, in the words that the walker read:", "")
    yield from moves


def _weeks(programme: Programme, walked: Sequence[TrainingEntry], choices: PlanChoices) -> Iterator[str]:
    if not walked:
        return
    yield "## Weeks"
    yield ""
    yield "| Week from | Days | Workouts | Walked | Backward | Longest bout | Effort | Pain |"
    yield "|---|---:|---|---:|---:|---:|---|---|"
    weeks: dict[date, list[TrainingEntry]] = {}
    for entry in walked:
        weeks.setdefault(start_of_week(entry.day, choices.week_start), []).append(entry)
    week, last = min(weeks), max(weeks)
    while week <= last:
        done = weeks.get(week, [])
        cells = (
            _day(week), str(len({entry.day for entry in done})), escaped(_workouts(programme, done)),
            clock_time(sum(entry.walked_seconds for entry in done)),
            clock_time(sum(entry.backward_seconds for entry in done)),
            clock_time(max((entry.longest_bout for entry in done), default=0)),
            _range(entry.effort for entry in done), _range(entry.pain for entry in done),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
        week += timedelta(days=7)


def _workouts(programme: Programme, done: Iterable[TrainingEntry]) -> str:
    """The workouts of a week: "2 x Starter, Foundation"."""
    counts: dict[str, int] = {}
    for entry in done:
        name = "another workout" if entry.preset is None else programme.name_of(entry.preset)
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(name if count == 1 else f"{count} x {name}" for name, count in counts.items()) or "none"


def _walk_tests(tests: Sequence[WalkTest]) -> Iterator[str]:
    if tests:
        yield from ("## Backward walk test, 3 m", "", f"{trend(tests)}.")


def _problems(programme: Programme, walked: Sequence[TrainingEntry]) -> Iterator[str]:
    """What the author will want to know: falls, stumbles, pain and sore days."""
    if not walked:
        return
    found = [(entry.day, what) for entry in walked if (what := ", ".join(_trouble(entry, programme.thresholds)))]
    yield "## What went less well"
    yield ""
    yield from (f"- {_day(day)}: {what}" for day, what in found)
    if not found:
        yield "No fall, no stumble, no more pain than mild, and every session complete."


def _trouble(entry: TrainingEntry, numbers: Thresholds) -> Iterator[str]:
    if entry.fall:
        yield "a fall"
    if entry.stumble:
        yield "a stumble or a grab at the rail"
    if (entry.pain or 0) > numbers.mild_pain:
        yield f"pain {entry.pain} of 10"
    if (entry.effort or 0) >= numbers.hard_effort:
        yield f"effort {entry.effort} of 10"
    if entry.next_day in _NEXT_DAYS:
        yield f"{_NEXT_DAYS[entry.next_day]} the day after"
    if not entry.as_planned:
        yield f"{shown_percent(entry.share)} % of it walked" if entry.share < 1 else "part of an interval left out"


def notes_of(sessions: Iterable[SessionSummary], day_ends: int) -> list[Note]:
    """The notes of sessions, oldest first; days end `day_ends` hours after midnight."""
    noted = sorted((one for one in sessions if one.feedback.note), key=lambda one: one.start.started)
    return [Note(day_at(one.start.started, day_ends), one.feedback.note) for one in noted]


def _notes(programme: Programme, notes: Sequence[Note]) -> Iterator[str]:
    noted = [note for note in notes if programme.started is None or note.day >= programme.started]
    if not noted:
        return
    yield "## Notes"
    yield ""
    yield from (f"- {_day(note.day)}: {escaped(note.text)}" for note in noted[-MOST_NOTES:])
    if len(noted) > MOST_NOTES:
        yield f"- {len(noted) - MOST_NOTES} earlier notes are left out."


def escaped(text: str) -> str:
    """The walker's or the author's text for Markdown: on one line, with any markup escaped."""
    return _MARKUP.sub(r"\\\1", printable(one_line(text), _LONGEST_NOTE))


def _range(values: Iterable[int | None]) -> str:
    """The lowest and the highest of the answers; empty if there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    return str(min(known)) if min(known) == max(known) else f"{min(known)}-{max(known)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
