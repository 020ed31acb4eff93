"""Random sessions, as a listener hears them: nothing false, nothing twice, nothing missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from msgspec.structs import replace

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.announcer import ASKED
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.events import CueHeard, Edited, Ended, EndReason, Event, Paused, PauseReason, Refused
from retro_timer.session.languages.english import every_phrase
from retro_timer.session.states import State
from retro_timer.session.timeline import CueSettings
from tests import strategies
from tests.session.any_walk import CERTAIN, AnyWalk, has_jumped, passing
from tests.session.listening import START, Course, Heard, Listener, is_course

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.conductor import SessionMethod
    from retro_timer.session.states import Rules
    from retro_timer.session.timeline import CueSettings

PHRASES = frozenset(every_phrase())


class AnyWalkHeard(AnyWalk):
    """A listener that computes what must be heard next from the session's state alone."""

    @initialize(
        workout=strategies.walkable(),
        rules=strategies.rules,
        settings=strategies.cue_settings,
        starts=st.sampled_from([True, True, True, False]),
    )
    def begin(self, workout: Workout, rules: Rules, settings: CueSettings, starts: bool) -> None:
        self.settings = replace(settings, waits_at_turns=rules.wait_at_turns)
        self.listener = Listener(flatten(workout), rules, settings)
        self.session = self.listener.session
        self.must: list[Heard] = []
        self.course = Course(self.session, self.settings, START, begins=True)
        if starts:
            self.call(0, self.session.start)

    def call(self, passed: int, command: SessionMethod | None = None) -> None:
        listener, before = self.listener, self.session.schedule
        self.must += self.course.heard_until(listener.now + passed)
        offset = self.offset()
        events = listener.after(passed, command)
        begins = has_jumped(events) or offset != self.offset()
        edited = any(isinstance(event, Edited) for event in events)
        assert edited or self.session.schedule is before
        heard = () if begins else [one for one in self.must if one[0] == listener.now]
        self.course = Course(self.session, self.settings, listener.now, begins=begins or edited, heard=heard)

    @rule(passed=passing)
    def start(self, passed: int) -> None:
        self.call(passed, self.session.start)

    @rule(passed=passing, edit=strategies.edits, walks=st.sampled_from([True, True, False]))
    def edit(self, passed: int, edit: Edit, walks: bool) -> None:
        if walks:
            self.call(0, self.session.resume)
            self.call(0, self.session.turned)
        silenced = self.listener.player.silenced
        self.call(passed)
        offset = self.offset()
        self.call(0, lambda now: self.session.edit(now, edit))
        if offset == self.offset():
            assert self.listener.player.silenced <= silenced + 1, "an edit cut short what was sounding"

    @rule(passed=passing)
    def redo(self, passed: int) -> None:
        self.call(passed, self.session.redo)

    @rule(passed=passing)
    def where(self, passed: int) -> None:
        self.call(passed)
        self.listener.conductor.where(self.listener.now)

    @rule(passed=passing, muted=st.booleans())
    def mute(self, passed: int, muted: bool) -> None:
        self.call(passed)
        self.listener.conductor.mute(self.listener.now, muted)
        assert self.listener.player.muted is self.listener.conductor.muted is muted

    @rule(passed=passing)
    def refuse(self, passed: int) -> None:
        self.call(passed)
        cancels = self.listener.player.cancels
        self.listener.conductor.refuse(self.listener.now, "That key means nothing here.")
        assert self.listener.player.cancels == cancels, "a refusal took something back"

    @precondition(lambda self: len(self.listener.events) > 40)
    @rule(passed=passing)
    def end(self, passed: int) -> None:
        self.call(passed, self.session.end)

    @invariant()
    def what_was_heard_is_what_had_to_be_heard(self) -> None:
        over = self.session.state is State.FINISHED
        heard, must = [one for one in self.listener.heard if is_course(one[1])], self.must
        if any(map(is_reopening, self.listener.events)) or (over and must[-1:] != heard[-1:]):
            # A skip out of the last interval also completes, and is not in the timeline.
            heard, must = ([one for one in some if one[1].kind is not CueKind.COMPLETE] for some in (heard, must))
        assert heard == must

    @invariant()
    def what_is_queued_is_what_will_be_heard(self) -> None:
        """The timeline and the schedule always agree: nothing stale is queued, and ten seconds are sent ahead."""
        until = self.listener.now + CERTAIN
        queued = [(due_cue.due, due_cue.cue) for due_cue in self.listener.player.queued if is_course(due_cue.cue)]
        coming = self.course.heard_until(self.listener.now + 60_000)
        if self.session.state is State.FINISHED:
            assert all(cue.kind is CueKind.COMPLETE for _, cue in queued)
            return
        assert [one for one in queued if one[0] <= until] == [one for one in coming if one[0] <= until]
        assert queued == coming[: len(queued)]

    @invariant()
    def nothing_of_the_course_came_too_late(self) -> None:
        assert not [due_cue for due_cue in self.listener.player.late if is_course(due_cue.cue)]

    @invariant()
    def what_is_asked_cuts_short_nothing_that_is_relied_on(self) -> None:
        heard = self.listener.heard[-8:]
        asked = [due for due, cue in heard if cue.kind is CueKind.WHERE]
        relied_on = [
            (due, due + self.listener.settings.duration_ms(cue))
            for due, cue in heard
            if cue.words and cue.kind not in ASKED
        ]
        # Cues that were silenced, made untrue by an edit or replaced by those about muting are not expected any more.
        over = [event.moment for event in self.listener.events if isinstance(event, Edited)]
        over += [due for due, cue in heard if cue.kind is CueKind.SOUND] + self.listener.player.silenced_at
        for moment in asked:
            for begun, ends in relied_on:
                release_terminal = any(begun <= at <= moment for at in over)
                assert release_terminal or not begun < moment < ends

    @invariant()
    def what_is_switched_off_is_not_heard(self) -> None:
        assert not [cue for _, cue in self.listener.heard if cue.kind in self.settings.off]

    @invariant()
    def everything_said_has_a_clip(self) -> None:
        said = {words for _, cue in self.listener.heard for words in cue.words}
        assert said <= PHRASES

    @invariant()
    def events_are_in_order_and_the_end_is_last(self) -> None:
        # A session that is over may refuse something, and may be reopened.
        moments = [event.moment for event in self.listener.events if not isinstance(event, CueHeard | Refused)]
        assert moments == sorted(moments)
        ends = [event for event in self.listener.events if isinstance(event, Ended)]
        reopened = [event for event in self.listener.events if is_reopening(event)]
        assert len(ends) == self.session.state.is_over + len(reopened)

    @precondition(lambda self: len(self.listener.events) > 30)
    @rule()
    def the_rest_is_walked(self) -> None:
        """ "Complete" is heard once, and only if it is true."""
        self.call(0, self.session.start)
        for _ in range(200):
            if self.session.state.is_over:
                break
            self.call(0, self.session.resume)
            self.call(0, self.session.turned)
            for _ in range(10):
                self.call(CERTAIN)
        self.call(1)
        self.call(5000)
        complete = [cue for _, cue in self.listener.heard if cue.sound is Sound.COMPLETE]
        ends = [event for event in self.listener.events if isinstance(event, Ended)]
        wanted = [end for end in ends if end.reason is EndReason.COMPLETE and CueKind.COMPLETE not in self.settings.off]
        assert len(complete) == len(wanted)


def is_reopening(event: Event) -> bool:
    """Whether an end was undone."""
    return isinstance(event, Paused) and event.reason is PauseReason.REOPENED


TestAnyWalkHeard = AnyWalkHeard.TestCase
TestAnyWalkHeard.settings = hypothesis_settings(hypothesis_settings.default, stateful_step_count=25)
