"""Any walk, heard with the eyes closed: nothing false, nothing twice, nothing missing, whatever is done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import ASKED
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.engine import State
from retro_timer.session.events import Edited, Ended, EndReason, Said
from retro_timer.session.phrases import every_phrase
from retro_timer.session.timeline import duration_ms
from tests import strategies
from tests.session.any_walk import CERTAIN, AnyWalk, has_jumped, passing
from tests.session.listening import START, Course, Heard, Listener, is_course

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.conductor import Command
    from retro_timer.session.engine import Rules
    from retro_timer.session.timeline import CueSettings

PHRASES = frozenset(every_phrase())


class AnyWalkHeard(AnyWalk):
    """A listener who knows at every moment what must be heard next, from the session's state alone."""

    @initialize(
        workout=strategies.walkable(),
        rules=strategies.rules,
        settings=strategies.cue_settings,
        starts=st.sampled_from([True, True, True, False]),
    )
    def begin(self, workout: Workout, rules: Rules, settings: CueSettings, starts: bool) -> None:
        self.settings = settings.but(waits_at_turns=rules.wait_at_turns)
        self.listener = Listener(flatten(workout), rules, settings)
        self.session = self.listener.session
        self.must: list[Heard] = []
        self.course = Course(self.session, self.settings, START, begins=True)
        if starts:
            self.tell(0, self.session.start)

    def tell(self, passed: int, command: Command | None = None) -> None:
        listener, before = self.listener, self.session.schedule
        self.must += self.course.heard_until(listener.now + passed)
        offset = self.offset()
        events = listener.after(passed, command)
        begins = has_jumped(events) or offset != self.offset()
        edited = any(isinstance(event, Edited) for event in events)
        assert edited or self.session.schedule is before
        self.course = Course(self.session, self.settings, listener.now, begins=begins)

    @rule(passed=passing)
    def start(self, passed: int) -> None:
        self.tell(passed, self.session.start)

    @rule(passed=passing, edit=strategies.edits, walks=st.sampled_from([True, True, False]))
    def edit(self, passed: int, edit: Edit, walks: bool) -> None:
        if walks:
            self.tell(0, self.session.resume)
            self.tell(0, self.session.turned)
        silenced = self.listener.player.silenced
        self.tell(passed)
        offset = self.offset()
        self.tell(0, lambda now: self.session.edit(now, edit))
        if offset == self.offset():
            assert self.listener.player.silenced <= silenced + 1, "an edit cut short what was sounding"

    @rule(passed=passing)
    def redo(self, passed: int) -> None:
        self.tell(passed, self.session.redo)

    @rule(passed=passing)
    def where(self, passed: int) -> None:
        self.tell(passed)
        self.listener.conductor.where(self.listener.now)

    @rule(passed=passing, muted=st.booleans())
    def mute(self, passed: int, muted: bool) -> None:
        self.tell(passed)
        self.listener.conductor.mute(self.listener.now, muted)
        assert self.listener.player.muted is self.listener.conductor.muted is muted

    @precondition(lambda self: len(self.listener.events) > 40)
    @rule(passed=passing)
    def end(self, passed: int) -> None:
        self.tell(passed, self.session.end)

    @invariant()
    def what_was_heard_is_what_had_to_be_heard(self) -> None:
        over = self.session.state is State.FINISHED
        heard = [(due, cue) for due, cue in self.listener.heard if is_course(cue)]
        if over and self.must[-1:] != heard[-1:]:
            # A skip out of the last interval completes, too, and could not be known ahead.
            heard = [(due, cue) for due, cue in heard if cue.kind is not CueKind.COMPLETE]
        assert heard == self.must

    @invariant()
    def what_is_queued_is_what_will_be_heard(self) -> None:
        """The timeline and the schedule agree at every moment: nothing stale waits, ten seconds are on their way."""
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
        relied_on = [(due, due + duration_ms(cue)) for due, cue in heard if cue.words and cue.kind not in ASKED]
        # What was silenced, what an edit made false and what "Muted." took the place of is not relied on any more.
        over = [event.moment for event in self.listener.events if isinstance(event, Edited)]
        over += [due for due, cue in heard if cue.kind is CueKind.SOUND] + self.listener.player.silenced_at
        for moment in asked:
            for begun, ends in relied_on:
                let_go = any(begun <= at <= moment for at in over)
                assert let_go or not begun < moment < ends

    @invariant()
    def what_is_switched_off_is_not_heard(self) -> None:
        assert not [cue for _, cue in self.listener.heard if cue.kind in self.settings.off]

    @invariant()
    def everything_said_has_a_clip(self) -> None:
        said = {words for _, cue in self.listener.heard for words in cue.words}
        assert said <= PHRASES

    @invariant()
    def events_are_in_order_and_the_end_is_last(self) -> None:
        moments = [event.moment for event in self.listener.events if not isinstance(event, Said)]
        assert moments == sorted(moments)
        ends = [event for event in self.listener.events if isinstance(event, Ended)]
        assert len(ends) == self.session.state.is_over

    @precondition(lambda self: len(self.listener.events) > 30)
    @rule()
    def the_rest_is_walked(self) -> None:
        """Complete is heard once, and only when it is true."""
        self.tell(0, self.session.start)
        for _ in range(200):
            if self.session.state.is_over:
                break
            self.tell(0, self.session.resume)
            self.tell(0, self.session.turned)
            for _ in range(10):
                self.tell(CERTAIN)
        self.tell(1)
        self.tell(5000)
        complete = [cue for _, cue in self.listener.heard if cue.sound is Sound.COMPLETE]
        ended = [event for event in self.listener.events if isinstance(event, Ended)]
        wanted = bool(ended) and ended[0].reason is EndReason.COMPLETE and CueKind.COMPLETE not in self.settings.off
        assert len(complete) == wanted


TestAnyWalkHeard = AnyWalkHeard.TestCase
TestAnyWalkHeard.settings = hypothesis_settings(hypothesis_settings.default, stateful_step_count=25)
