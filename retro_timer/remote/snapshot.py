"""The present state of a session, as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import asdict, replace

from retro_timer import __version__
from retro_timer.remote.messages import (
    ClicksSent,
    CuesSent,
    OfferedAction,
    SensorsMeasured,
    SharedCue,
    SharedInterval,
    SharedLink,
    SharedRules,
    SharedSchedule,
    SharedSound,
    SharedSpan,
    SharedState,
    SharedValue,
    VoiceInUse,
    WalkedSummary,
    Welcome,
)
from retro_timer.remote.protocol import PROTOCOL
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.bounds import SCORES
from retro_timer.session.sensing import MAX_METRES, SensorKind
from retro_timer.session.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from retro_timer.clock import Clock
    from retro_timer.remote.messages import SummaryAnswers
    from retro_timer.runtime.runner import Runner
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.history import Feedback, StoredSession
    from retro_timer.session.ports import DueCue, MetronomeSpan
    from retro_timer.session.sensing import Measurements, SensorLink

_LONG: Final = 1_000_000
"""A span of the session in milliseconds, to measure how fast its clock runs."""


def offered_actions(keys: Mapping[str, tuple[str, ...]]) -> tuple[OfferedAction, ...]:
    """The actions of a session that need no screen, with the walker's keys, which are given by action id."""
    return tuple(
        OfferedAction(
            name=action.name,
            label=action.footer,
            help=action.help,
            keys=keys.get(action.id, action.keys),
            page=not action.local,
            repeats=action.repeats,
            after_the_end=action.after_the_end,
        )
        for action in SESSION_ACTIONS
        if action.act is not None
    )


def welcome(runner: Runner, session: str, clock: Clock, keys: Mapping[str, tuple[str, ...]], sound_set: str) -> Welcome:
    """The greeting, with everything that does not change during a session.

    Args:
        runner: the session.
        session: its id.
        clock: its clock.
        keys: the walker's keys, by the ids of the actions.
        sound_set: the set of sounds it plays.
    """
    config = runner.config
    now = clock.now()
    return Welcome(
        protocol=PROTOCOL,
        version=__version__,
        session=session,
        name=runner.workout.name,
        rate=max(1, round(_LONG / max(1, clock.system(now + _LONG) - clock.system(now)))),
        imperial=config.cues.imperial,
        rules=SharedRules(**asdict(config.rules)),
        steps=asdict(config.steps),
        voice=VoiceInUse(config.cues.language, config.cues.voice, sound_set),
        actions=offered_actions(keys),
    )


def shared_schedule(schedule: Schedule) -> SharedSchedule:
    """The schedule as a message."""
    return SharedSchedule(
        tuple(
            SharedInterval(
                phase=interval.phase.value,
                duration=interval.duration,
                round=place.round if place else None,
                rounds=place.rounds if place else None,
                label=interval.label,
                speed_kmh=interval.speed_kmh,
            )
            for interval, place in schedule.entries
        )
    )


def shared_state(runner: Runner, clock: Clock, caption: str, sound: SharedSound) -> SharedState:
    """The state of a session as of its last moment."""
    session = runner.session
    phase = session.phase_ahead if session.state is State.LEAD_IN else session.entry.phase
    return SharedState(
        at=clock.system(clock.now()),
        state=session.state.value,
        reason=session.pause_reason.value if session.pause_reason else "",
        index=session.index,
        phase=phase.value,
        position=session.position,
        runs_from=None if session.runs_from is None else clock.system(session.runs_from),
        caption=caption,
        unsaved=runner.unsaved,
        sound=sound,
        can_undo=session.can_reopen if session.state.is_over else session.can_undo,
        walked=session.spent.walked,
    )


def sensors_measured(measurements: Measurements, system: Callable[[int], int]) -> SensorsMeasured:
    """The sensors' measurements as a message.

    Args:
        measurements: the measurements, with moments of the session.
        system: converts a moment to the system's clock.
    """
    speed, incline, heart = (
        None if each is None else SharedValue(each.value, system(each.until))
        for each in (measurements.speed_kmh, measurements.incline_percent, measurements.heart_rate)
    )
    return SensorsMeasured(
        belt=_shared_link(measurements.link(SensorKind.BELT)),
        heart=_shared_link(measurements.link(SensorKind.HEART)),
        speed_kmh=speed,
        incline_percent=incline,
        heart_rate=heart,
        metres=round(min(measurements.metres, MAX_METRES), 1),
    )


def _shared_link(link: SensorLink | None) -> SharedLink | None:
    return None if link is None else SharedLink(link.state, link.why)


def without_time(state: SharedState, rate: int) -> SharedState:
    """A state without the fields that change by time alone, so that two states can be compared."""
    moves = state.runs_from is not None
    return replace(
        state,
        at=0,
        walked=0,
        position=0 if moves else state.position,
        runs_from=None if state.runs_from is None else state.runs_from - state.position // rate,
    )


def shared_cues(cues: Iterable[DueCue], system: Callable[[int], int]) -> CuesSent:
    """Cues to play; those that are only shown are left out.

    Args:
        cues: the cues, with moments of the session.
        system: converts a moment to the system's clock.
    """
    return CuesSent(
        tuple(
            SharedCue(
                due=system(due),
                kind=cue.kind.value,
                sound=cue.sound.value if cue.sound else None,
                words=cue.words,
                label=cue.label,
                text=cue.text,
            )
            for due, cue in ((due_cue.due, due_cue.cue) for due_cue in cues)
            if cue.sound or cue.words or cue.label
        )
    )


def shared_clicks(spans: Sequence[MetronomeSpan], system: Callable[[int], int], rate: int) -> ClicksSent:
    """When the metronome clicks, in moments of the system's clock."""
    return ClicksSent(tuple(SharedSpan(span.tempo * rate, system(span.begin), system(span.until)) for span in spans))


def walked_summary(stored: StoredSession, unsaved: str, feedback: Feedback, *, asks: bool) -> WalkedSummary:
    """The summary of a session, and the answers about it so far."""
    from retro_timer.training.energy import effort_words

    summary = stored.summary
    return WalkedSummary(
        walked=summary.spent.walked,
        backward=summary.totals.backward,
        forward=summary.totals.forward,
        longest=summary.totals.longest_backward,
        complete=summary.state.value == State.FINISHED.value,
        unsaved=unsaved,
        effort=feedback.effort,
        stumble=feedback.stumble,
        pain=feedback.pain_after,
        fall=feedback.fall,
        effort_words=tuple(effort_words(effort) for effort in SCORES),
        asks=asks,
    )


def given_feedback(answers: SummaryAnswers) -> Feedback:
    """A device's answers as feedback."""
    from retro_timer.session.history import Feedback

    return Feedback(effort=answers.effort, stumble=answers.stumble, pain_after=answers.pain, fall=answers.fall)
