"""A session that other devices follow: passes changes on to them, and performs their requests.

It runs in the session's thread: the screen's event loop, or the loop of a plain session. The server's thread only posts
calls to it. While nobody follows, a change costs only the check for followers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from retro_timer.clock import monotonic_ms
from retro_timer.remote import snapshot
from retro_timer.remote.messages import ActionWanted, Answer, CuesCancelled, Goodbye, SharedSound, SummaryAnswers
from retro_timer.remote.server import SessionServer
from retro_timer.remote.shared_player import SharedPlayer
from retro_timer.session.actions import session_action
from retro_timer.session.events import CueHeard, Event, Refused
from retro_timer.session.history import Feedback
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retro_timer.clock import Clock
    from retro_timer.remote.address import Listening
    from retro_timer.remote.client_connection import ClientConnection
    from retro_timer.remote.messages import SensorsMeasured, SharedState, Update
    from retro_timer.runtime.runner import Runner
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.cue import Cue
    from retro_timer.session.ports import DueCue, MetronomeSpan


MEASURED_MS: Final = 950
"""Minimum time between two messages about what sensors measure, in milliseconds, if only numbers have changed."""


class FrontEnd(Protocol):
    """The screen or the plain session that runs a session."""

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The walker's keys, by the ids of the actions."""

    def post(self, call: Callable[[], object]) -> None:
        """Call something soon in the session's thread. Thread-safe; never blocks, never raises."""

    def act(self, name: str) -> tuple[Event, ...]:
        """Perform a session action as if by its key, and show the effect."""

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events that no key caused, and which device plays the sound now."""

    def answer_summary(self, given: Feedback, done: Callable[[str], None]) -> None:
        """Keep answers about the session, which is over; calls back with why they were not kept, or an empty string.

        Questions that were not answered keep their earlier answers.
        """


class SharedSession:
    """Shares a session with other devices, from its creation until it is closed.

    Args:
        listening: the socket.
        runner: the session.
        front: the screen or plain session that runs it.
        clock: its clock.
        sound_set: the set of sounds it plays.
        log: writes a line to the log.

    Attributes:
        feedback: the devices' answers about the session that were kept.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        listening: Listening,
        runner: Runner,
        front: FrontEnd,
        clock: Clock,
        *,
        sound_set: str,
        log: Callable[[str], None],
    ) -> None:
        self._runner = runner
        self._front = front
        self._clock = clock
        self._welcome = snapshot.welcome(runner, listening.session, clock, front.keys, sound_set)
        self._followers: set[ClientConnection] = set()
        self._player = SharedPlayer(runner.player, self, muted=runner.conductor.muted)
        self._alone = False
        self._cue: Cue | None = None  # the last one heard
        self._sent_schedule: Schedule | None = None
        self._sent_state: SharedState | None = None
        self._measured: SensorsMeasured | None = None
        self._measured_at = 0
        self.feedback = Feedback()
        self._was_over = False
        self._server: SessionServer | None = SessionServer(listening, self, now=partial(_precise, clock), log=log)
        runner.replace_player(self._player)
        runner.conductor.add_listener(self._note)
        self._server.start()

    @property
    def is_steered(self) -> bool:
        """Whether any follower can ask for actions."""
        return any(client.hello is not None and client.hello.role != "view" for client in self._followers)

    @property
    def is_followed_by_page(self) -> bool:
        """Whether any follower can be asked about the session at its end."""
        return any(client.hello is not None and client.hello.role == "page" for client in self._followers)

    @property
    def is_answered(self) -> bool:
        """Whether devices have answered every question that they are asked about the session."""
        return self.feedback.is_complete

    def close(self) -> None:
        """Tell everybody that the session is over, and stop. Waits half a second at most."""
        if self._server is not None:
            self._server.close(Goodbye("the session is over", over=True))
            self._server = None
        self._followers.clear()

    # Called by the session's thread.

    def publish(self) -> None:
        """Send what has changed."""
        if not self._followers:
            return
        session = self._runner.session
        if session.schedule is not self._sent_schedule:
            self._sent_schedule = session.schedule
            self._send(snapshot.shared_schedule(session.schedule))
        state = self._state()
        bare = snapshot.without_time(state, self._welcome.rate)
        if bare != self._sent_state:
            self._sent_state = bare
            self._send(state)
        self._publish_measured()
        was_over, self._was_over = self._was_over, session.state.is_over
        if self._was_over and not was_over:
            self._send(self._walked())

    def _publish_measured(self) -> None:
        """Send the sensors' measurements: at once if a value or a sensor came or went, otherwise once a second."""
        measured, now = self._now_measured(), self._clock.now()
        if measured is None or measured == self._measured:
            return
        news = self._measured is None or _what_is_known(measured) != _what_is_known(self._measured)
        if news or now - self._measured_at >= MEASURED_MS:
            self._measured, self._measured_at = measured, now
            self._send(measured)

    def _now_measured(self) -> SensorsMeasured | None:
        """The sensors' measurements now; None without sensors."""
        measure = self._runner.measurements
        return None if measure is None else snapshot.sensors_measured(measure(), self._clock.system)

    def cues_sent(self, cues: Sequence[DueCue]) -> None:
        """Pass cues on."""
        if self._followers and (message := snapshot.shared_cues(cues, self._clock.system)).cues:
            self._send(message)

    def cues_cancelled(self, *, sounding: bool) -> None:
        """Pass on that pending cues are cancelled."""
        if self._followers:
            self._send(CuesCancelled(sounding))

    def clicks_sent(self, spans: Sequence[MetronomeSpan]) -> None:
        """Pass on when the metronome clicks."""
        if self._followers:
            self._send(snapshot.shared_clicks(spans, self._clock.system, self._welcome.rate))

    def _note(self, event: Event) -> None:
        if isinstance(event, CueHeard):
            self._cue = event.cue

    # Called by the server's thread.

    def joined(self, client: ClientConnection) -> None:
        """Welcome a client."""
        self._front.post(partial(self._greet, client))

    def left(self, client: ClientConnection) -> None:
        """Forget a client."""
        self._front.post(partial(self._forget, client))

    def asked(self, client: ClientConnection, request: ActionWanted | SummaryAnswers) -> None:
        """Perform what a client asks for."""
        perform = self._act if isinstance(request, ActionWanted) else self._answer_summary
        self._front.post(partial(perform, client, request))  # type: ignore[arg-type]  # each performs its own kind

    def speaker_changed(self, name: str, alone: bool, *, lost: bool) -> None:
        """Be silent, or speak again."""
        self._front.post(partial(self._change_speaker, name, alone=alone, lost=lost))

    # Posted to the session's thread.

    def _greet(self, client: ClientConnection) -> None:
        if self._server is None:
            return
        self.publish()  # the others get what has changed; this one gets everything
        conductor = self._runner.conductor
        self._send(self._welcome, client)
        self._sent_schedule = self._runner.session.schedule
        self._send(snapshot.shared_schedule(self._sent_schedule), client)
        if client.hello is not None and client.hello.measured and (measured := self._now_measured()) is not None:
            self._measured, self._measured_at = measured, self._clock.now()
            self._send(measured, client)  # before the state, after which a client knows everything
        state = self._state()
        self._sent_state = snapshot.without_time(state, self._welcome.rate)
        self._send(state, client)
        if client.hello is not None and client.hello.cues:
            self._send(snapshot.shared_cues(conductor.pending, self._clock.system), client)
            spans = snapshot.shared_clicks(conductor.click.spans, self._clock.system, self._welcome.rate)
            self._send(spans, client)
        self._was_over = self._runner.session.state.is_over
        if self._was_over:
            self._send(self._walked(), client)
        self._followers.add(client)

    def _forget(self, client: ClientConnection) -> None:
        self._followers.discard(client)

    def _act(self, client: ClientConnection, wanted: ActionWanted) -> None:
        why = self._not_offered(client, wanted.name)
        if not why:
            events = self._front.act(wanted.name)
            why = next((event.why for event in reversed(events) if isinstance(event, Refused)), "")
            self.publish()  # what it changed comes before the answer
        self._send(Answer(id=wanted.id, done=not why, why=why), client)

    @staticmethod
    def _not_offered(client: ClientConnection, name: str) -> str:
        """Why a client cannot ask for an action, as one clause; empty if it can."""
        try:
            action = session_action(name)
        except KeyError:
            return f"there is no action {quoted(name)}"
        if action.local and client.hello is not None and client.hello.role != "local":
            return "that is done where the session runs"
        return ""

    def _answer_summary(self, client: ClientConnection, answers: SummaryAnswers) -> None:
        if not self._runner.session.state.is_over:
            self._send(Answer(id=answers.id, done=False, why="the session is not over"), client)
            return
        if self._runner.journal is None:
            self._send(Answer(id=answers.id, done=False, why="nothing is kept of this session"), client)
            return
        given = snapshot.given_feedback(answers)
        self._front.answer_summary(given, partial(self._answered, client, answers.id, given))

    def _answered(self, client: ClientConnection, request: int, given: Feedback, problem: str) -> None:
        if not problem:
            self.feedback = replace(self.feedback, **given.changed_from(None))
        self._send(Answer(id=request, done=not problem, why=problem), client)
        self._send(self._walked())

    def _change_speaker(self, name: str, *, alone: bool, lost: bool) -> None:
        self._runner.speaker, self._alone = name, alone
        was_alone = self._player.is_silent
        self._player.silence(alone)
        self._front.take(self._runner.sound_returned() if lost and was_alone and not alone else ())
        self.publish()

    def _state(self) -> SharedState:
        runner, player = self._runner, self._player
        cue = self._cue
        caption = cue.text if cue else ""
        if cue is not None and cue in player.missed:
            caption = f"not heard: {caption}"
        sound = SharedSound(
            state=str(player.state),
            detail=player.detail,
            muted=runner.conductor.muted,
            speaker=runner.speaker,
            alone=self._alone,
            missed=len(player.missed),
        )
        return snapshot.shared_state(runner, self._clock, caption, sound)

    def _walked(self) -> Update:
        runner = self._runner
        return snapshot.walked_summary(
            runner.stored_session(), runner.not_saved, self.feedback, asks=runner.journal is not None
        )

    def _send(self, message: Update, client: ClientConnection | None = None) -> None:
        if self._server is not None:
            self._server.send(message, client)


def _what_is_known(measured: SensorsMeasured) -> tuple[object, ...]:
    """The sensors and their connections, and which values are known."""
    values = (measured.speed_kmh, measured.incline_percent, measured.heart_rate)
    return measured.belt, measured.heart, *(each is not None for each in values)


def _precise(clock: Clock) -> float:
    """The system's clock in milliseconds, with its fractions where the session's clock is the system's."""
    whole, precise = clock.system(clock.now()), monotonic_ms()
    return precise if 0 <= precise - whole < 2 else float(whole)
