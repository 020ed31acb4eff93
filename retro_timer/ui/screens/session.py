"""The session screen: giant countdown, direction, what comes next, and where the walker is."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop, to_thread
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.screen import Screen

from retro_timer.runner import Runner
from retro_timer.scheduling.values import Value
from retro_timer.session.engine import State
from retro_timer.session.events import Ended, EndReason, Event, PauseReason, Refused, Said
from retro_timer.session.ports import SoundState
from retro_timer.ui.breakpoints import breakpoint_classes
from retro_timer.ui.face import face_of, hints_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import Direction
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import ScreenResume
    from textual.timer import Timer

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.conductor import Conductor
    from retro_timer.storage.model import Interrupted
    from retro_timer.ui.app import RetroTimerApp
    from retro_timer.ui.services import Services


STALLED: Final = 1.0
"""Seconds by which a wake-up is late when the process was stopped, or the machine is very busy."""
SIGNALS_TAKE: Final = 0.05
"""Seconds that the signal which ended a stop takes at most to be handled."""
LINGER = 4.0
"""Seconds for which the end is shown, and heard, before the summary comes by itself."""


class SessionResult(Value):
    """What a session screen leaves behind.

    Attributes:
        runner: the session as it was walked; closed.
        refused: why it could not be walked at all, empty when it was.
    """

    runner: Runner
    refused: str = ""


class SessionScreen(Screen[SessionResult]):
    """Walks a workout, or takes up one that was interrupted; then shows its summary.

    Args:
        workout: what is walked.
        services: what screens use.
        interrupted: the walk that is taken up again.
        rung: the rung of the ladder it is walked as, when the plan advised it.
        closes_after: seconds after which the summary of a finished workout closes by itself, None for never.
        done: takes what the screen leaves behind where there is no other screen to go back to.
    """

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = None
    BLANK = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-medium"), (100, "-wide"), (180, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-low"), (18, "-normal"), (32, "-tall"), (56, "-giant")]
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "session", {"turned": "enter", "quit": "quit", "adjust": "adjust"}, default="act('{name}')"
    )

    def __init__(  # noqa: PLR0913  (what is walked, with what, and as what)
        self,
        workout: Workout,
        services: Services,
        interrupted: Interrupted | None = None,
        *,
        rung: str | None = None,
        closes_after: float | None = None,
        done: Callable[[SessionResult], None] | None = None,
    ) -> None:
        super().__init__()
        self._done = done
        self._services = services
        self._rung = rung
        self._closes_after = closes_after
        self.runner = Runner(
            workout,
            clock=services.clock,
            player=services.make_player(self._sound_changed, self._ring),
            rules=services.rules,
            cues=services.cues,
            click=services.click,
            steps=services.steps,
            muted=services.muted,
            rehearsal=services.rehearsal,
            interrupted=interrupted,
        )
        ascii_only = services.ascii_only
        # What changes every second is held on to rather than looked for.
        self._top = Line(id="top")
        self._direction = Direction(ascii_only=ascii_only, moving=services.moving)
        self._countdown = Countdown(ascii_only=ascii_only)
        self._captions = Line(id="caption")
        self._next = Line(id="next")
        self._profile = Profile(ascii_only=ascii_only)
        self._keys = KeysBar()
        self._keymap = keymap_of(services)
        self._situation: tuple[State, PauseReason | None] | None = None
        self._timer: Timer | None = None
        self._due = monotonic()
        self._loop: AbstractEventLoop | None = None
        self._caption = ""
        self._shown = False
        self._phase = self.runner.session.phase_ahead
        self.set_class(True, f"-{self._phase.value}", update=False)

    @property
    def conductor(self) -> Conductor:
        """What drives the session."""
        return self.runner.conductor

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom; they are styled once, for the size and the phase there are."""
        self.update_classes(dict.fromkeys(breakpoint_classes(self, self.app.size), True), update=False)
        yield self._top
        yield self._direction
        yield self._countdown
        yield self._captions
        yield self._next
        yield self._profile
        yield self._keys

    def on_mount(self) -> None:
        """Begin with the lead-in; what is not needed for the first frame comes after it."""
        self._loop = get_running_loop()
        self._take(self.runner.start())
        self._caption = self._services.remote or self._caption
        self._draw()
        self.call_after_refresh(self._keep)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Name the keys as they are now: they may have been changed on a screen above."""
        event.refresh_styles = event.refresh_styles and self._shown  # the first time all has just been styled
        self._shown = True
        keymap = keymap_of(cast("RetroTimerApp", self.app).services)
        if keymap != self._keymap:
            self._keymap = keymap
            self._draw()

    def tick(self) -> None:
        """Bring the session to the present; called when something is due."""
        self._take(self.runner.advance())

    def stopped(self) -> None:
        """The process is or was stopped: time stands still from the last look on."""
        self._take(self.runner.stopped())

    def action_act(self, name: str) -> None:
        """Do one of the session's actions."""
        self._take(self.runner.act(name))

    def action_enter(self) -> None:
        """The walker has turned; after the end, the screen is left."""
        if self.conductor.session.state.is_over:
            self._leave()
        else:
            self.action_act("turned")

    def action_quit(self) -> None:
        """Ask whether to end; the session runs on behind the question."""
        if self.conductor.session.state.is_over:
            self._leave()
            return
        if self.conductor.session.pause_reason is PauseReason.BAIL_OUT:
            # Stopped at once: the summary asks how it was, and can be left to go on from there.
            self._summarise()
            return
        from retro_timer.ui.screens.question import Question  # noqa: PLC0415  (not needed for the first frame)

        question = Question("End this session?", "The clock runs on. What you have walked is kept.", yes="end it")
        self.app.push_screen(question, self._answered)

    def action_adjust(self) -> None:
        """Ask for other lengths; the session runs on above the panel."""
        if self.conductor.session.state.is_over:
            return
        from retro_timer.ui.screens.adjust import AdjustScreen  # noqa: PLC0415  (not needed for the first frame)

        self.app.push_screen(AdjustScreen(self.conductor, self._services), self._adjusted)

    def _adjusted(self, edit: Edit | None) -> None:
        if edit is not None:
            self._take(self.runner.edit(edit))

    async def on_unmount(self) -> None:
        """Close the journal and the sound with the screen; the last words may still sound."""
        if self._timer:
            self._timer.stop()
        await to_thread(self.runner.close)

    def _keep(self) -> None:
        """Begin to keep the walk; where another window walks, this one does not."""
        if self._services.keeper is None:
            return
        from retro_timer.storage.problems import BusyError  # noqa: PLC0415  (after the first frame)

        try:
            self.runner.keep(self._services.keeper, self._rung)
        except BusyError as busy:
            self._finish(SessionResult(self.runner, refused=str(busy)))

    def _finish(self, result: SessionResult) -> None:
        if self._done is None:
            self.dismiss(result)
        else:
            self._done(result)

    def _sound_changed(self) -> None:
        """The state of the sound changed; called from the player's thread."""
        self._from_thread(self._draw)

    def _ring(self) -> None:
        """Ring the terminal's bell; called from the player's thread."""
        self._from_thread(self.app.bell)

    def _from_thread(self, call: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _answered(self, yes: bool | None) -> None:
        if yes:
            self.action_act("end")
            self._leave()

    def _leave(self) -> None:
        """Go to the summary, where something was walked."""
        if self.conductor.session.spent.walked:
            self._summarise()
        else:
            self._finish(SessionResult(self.runner))

    def _linger(self) -> None:
        """The end was seen: go on to the summary, unless something is over this screen."""
        if self.is_current:
            self._leave()
        else:
            self.set_timer(LINGER, self._linger)

    def _summarise(self) -> None:
        from retro_timer.ui.screens.summary import Ending, SummaryScreen  # noqa: PLC0415  (the session comes first)

        session, journal = self.conductor.session, self.runner.journal
        ending = Ending(
            settle=self.runner.close if session.state.is_over or journal is None else journal.flush,
            schedule=session.schedule,
            kept=journal is not None,
            closes_after=self._closes_after if session.state is State.FINISHED else None,
        )
        self.app.push_screen(SummaryScreen(self._services, self.runner.walk(), ending), self._summarised)

    def _summarised(self, go_on: bool | None) -> None:
        if go_on:
            self.action_act("pause")
            return
        self.action_act("end")
        self._finish(SessionResult(self.runner))

    def _take(self, events: tuple[Event, ...]) -> None:
        """Show what happened, and wake up when something happens next."""
        for event in events:
            if isinstance(event, Said):
                self._caption = event.cue.text
            elif isinstance(event, Refused):
                self._caption = event.why
            elif isinstance(event, Ended):
                self._caption = f"{self._key('session.turned')} shows the summary"
                if event.reason is EndReason.COMPLETE:
                    self.set_timer(LINGER, self._linger)
        self._draw()
        self._hint()
        self._arm()

    def _hint(self) -> None:
        """Show the keys that matter now, when others do."""
        session = self.conductor.session
        situation = session.state, session.pause_reason
        if situation != self._situation:
            self._situation = situation
            self._keys.show(hints_of(*situation, self._services.steps.this))

    def _key(self, action_id: str) -> str:
        return self._keymap.first(action_id, ascii_only=self._services.ascii_only)

    def _arm(self) -> None:
        if self._timer:
            self._timer.stop()
        delay = self.runner.next_delay()
        if delay is not None:
            self._timer = self.set_timer(delay, self._wake)
            self._due = monotonic() + delay

    def _wake(self) -> None:
        """Something is due. When it was due long ago, the process may have been stopped: signals speak first."""
        if monotonic() - self._due > STALLED:
            self._due = monotonic()
            self._timer = self.set_timer(SIGNALS_TAKE, self._wake)
            return
        self.tick()

    def _draw(self) -> None:
        services = self._services
        name = self.runner.workout.name
        face = face_of(self.conductor, name, self._key, imperial=services.imperial, ascii_only=services.ascii_only)
        if face.phase is not self._phase:
            self.update_classes({f"-{self._phase.value}": False, f"-{face.phase.value}": True})
            self._phase = face.phase
        state = SoundState.MUTED if self.conductor.muted else self.runner.player.state
        sound = str(state) if state in (SoundState.BELL, SoundState.NONE) else f"sound {state}"
        self._top.show(face.name.upper(), face.round, face.left)
        self._direction.show(face)
        self._countdown.show(face.countdown, urgent=face.urgent, letter=face.word[0])
        self._captions.show(middle=face.hint or self.runner.unsaved or self._caption)
        following = "   then ".join(face.following)
        self._next.show(f"next {following}", right="   ".join(filter(None, [face.speed, sound])))
        self._profile.show(self.conductor.session.schedule, face.position)
