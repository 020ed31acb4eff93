"""The session screen: giant countdown, direction, what comes next, and where the walker is."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen

from retro_timer.clock import SleepWatch
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import session_actions
from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.engine import Session, State
from retro_timer.session.events import Ended, Event, PauseReason, Refused, Said
from retro_timer.ui.face import face_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import Direction
from retro_timer.ui.widgets.keysbar import Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.workout import Workout
    from retro_timer.ui.services import Services


HINTS = (
    Hint("space", "pause", "act('pause')"),
    Hint("n", "skip", "act('skip')"),
    Hint("+", "longer", "act('longer')"),
    Hint("-", "shorter", "act('shorter')"),
    Hint("c", "cool down", "act('cool_down')"),
    Hint("x", "stop", "act('bail_out')"),
    Hint("?", "all keys", "app.help"),
)


class SessionScreen(Screen[State]):
    """Walks a workout. Dismissed with the state the session ended in."""

    CSS_PATH = "session.tcss"
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-medium"), (100, "-wide"), (180, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-low"), (18, "-normal"), (32, "-tall"), (56, "-giant")]
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "session", {"turned": "enter", "quit": "quit", "adjust": "adjust"}, default="act('{name}')"
    )

    def __init__(self, workout: Workout, services: Services) -> None:
        super().__init__()
        self._workout = workout
        self._services = services
        self._clock = services.clock
        self._watch = SleepWatch(services.clock)
        self._player = services.make_player(self._sound_changed, self._ring)
        session = Session(flatten(workout), services.rules)
        self.conductor = Conductor(session, self._player, services.cues, stale=None if services.rehearsal else STALE)
        self._actions = session_actions(services.steps)
        self._timer: Timer | None = None
        self._loop: AbstractEventLoop | None = None
        self._seen = services.clock.now()
        self._caption = ""
        self._phase: Phase | None = None

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        ascii_only = self._services.ascii_only
        yield Line(id="top")
        yield Direction(ascii_only=ascii_only, moving=self._services.moving)
        yield Countdown(ascii_only=ascii_only)
        yield Line(id="caption")
        yield Line(id="next")
        yield Profile(ascii_only=ascii_only)
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Begin with the lead-in."""
        self._loop = get_running_loop()
        now = self._clock.now()
        self._take(self.conductor.tell(now, self.conductor.session.start))

    def tick(self) -> None:
        """Bring the session to the present; called when something is due."""
        if self._watch.slept():
            # Nothing is known of the time between the last look and the sleep: it is not counted as walked.
            self._take(self.conductor.tell(self._seen, self._sleep))
        self._take(self.conductor.advance(self._clock.now()))

    def stopped(self) -> None:
        """The process is or was stopped: time stands still from the last look on."""
        if not self.conductor.session.state.is_over:
            self._take(self.conductor.tell(self._seen, self._stop))

    def action_act(self, name: str) -> None:
        """Do one of the session's actions."""
        if not self.conductor.session.state.is_over:
            self.tick()
            self._take(self._actions[name](self.conductor, self._clock.now()))

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
        from retro_timer.ui.screens.question import Question  # noqa: PLC0415  (not needed for the first frame)

        question = Question("End this session?", "The clock runs on. What you have walked is kept.", yes="end it")
        self.app.push_screen(question, self._answered)

    def stop(self) -> None:
        """Close the sound; called when the screen goes for good."""
        if self._timer:
            self._timer.stop()
        self._player.close(drain=self.conductor.session.state is State.FINISHED)

    def on_unmount(self) -> None:
        """Close the sound with the screen."""
        self.stop()

    def _sound_changed(self) -> None:
        """The state of the sound changed; called from the player's thread."""
        self._from_thread(self._draw)

    def _ring(self) -> None:
        """Ring the terminal's bell; called from the player's thread."""
        self._from_thread(self.app.bell)

    def _from_thread(self, call: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _stop(self, moment: int) -> tuple[Event, ...]:
        return self.conductor.session.pause(moment, PauseReason.STOPPED)

    def _sleep(self, moment: int) -> tuple[Event, ...]:
        return self.conductor.session.pause(moment, PauseReason.SLEEP)

    def _answered(self, yes: bool | None) -> None:
        if yes:
            self.action_act("end")
            self._leave()

    def _leave(self) -> None:
        self.dismiss(self.conductor.session.state)

    def _take(self, events: tuple[Event, ...]) -> None:
        """Show what happened, and wake up when something happens next."""
        self._seen = max(self._seen, self._clock.now())
        for event in events:
            if isinstance(event, Said):
                self._caption = event.cue.text
            elif isinstance(event, Refused):
                self._caption = event.why
            elif isinstance(event, Ended):
                self._caption = "Enter closes this session."
        self._draw()
        self._arm()

    def _arm(self) -> None:
        if self._timer:
            self._timer.stop()
        now = self._clock.now()
        due = self.conductor.next_wakeup(now)
        if due is not None:
            delay = self._clock.system(due) - self._clock.system(now)
            self._timer = self.set_timer(max(0, delay) / 1000, self.tick)

    def _draw(self) -> None:
        services = self._services
        face = face_of(self.conductor, self._workout.name, imperial=services.imperial, ascii_only=services.ascii_only)
        if face.phase is not self._phase:
            if self._phase:
                self.remove_class(f"-{self._phase.value}")
            self.add_class(f"-{face.phase.value}")
            self._phase = face.phase
        sound = f"sound {self._player.state.value}" if not self.conductor.muted else "sound muted"
        self.query_one("#top", Line).show(face.name.upper(), face.round, face.left)
        self.query_one(Direction).show(face)
        self.query_one(Countdown).show(face.countdown, urgent=face.urgent)
        self.query_one("#caption", Line).show(middle=face.hint or self._caption)
        following = "   then ".join(face.following)
        self.query_one("#next", Line).show(f"next {following}", right="   ".join(filter(None, [face.speed, sound])))
        self.query_one(Profile).show(self.conductor.session.schedule, face.position)
