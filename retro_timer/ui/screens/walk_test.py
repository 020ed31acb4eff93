"""The backward walk test on the screen: set-up, count, stopwatch, second try, result.

The test is a session that rests until a key starts the count, walks backward until a key stops it, and rests again: so
it is counted in like any other session, and whatever acts on a session stops it: a key, a clicker, a headset, the page,
another terminal. It is not kept as a session.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from msgspec.structs import replace
from textual.screen import Screen
from textual.widgets import Static

from retro_timer.runtime.runner import Runner
from retro_timer.runtime.walk_test_report import SOURCES, result, seconds, trend
from retro_timer.scheduling.edits import SetInterval
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import CueKind
from retro_timer.session.history import LONGEST_TRY, SHORTEST_TRY, WalkTest
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.states import SECOND, Rules, State
from retro_timer.storage.errors import StorageError
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread, run_in_thread
from retro_timer.ui.screens.session_links import SessionLinks
from retro_timer.ui.view_model import session_view
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.title import Title

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key
    from textual.timer import Timer

    from retro_timer.remote.messages import SummaryAnswers
    from retro_timer.session.events import Event
    from retro_timer.storage.store import Store
    from retro_timer.ui.view_model import SessionView

COUNT_IN: Final = 6
"""Seconds from the key to "go": time to look ahead, then three, two, one."""
WAIT: Final = 1201
"""The initial length of a rest in seconds, extended until the walker starts. It is a length that is not spoken."""
MOST_TRIES: Final = 2
MOST_STARTS: Final = 10
"""Maximum number of starts, false ones included."""
SAID: Final = frozenset({CueKind.COUNT, CueKind.PHASE, CueKind.SOUND, CueKind.QUESTION, CueKind.REFUSED})
"""What is said in a test."""
SILENCED: Final = frozenset({CueKind.QUESTION, CueKind.REFUSED})
"""What the settings can switch off; the count and "go" are always heard."""
STARTERS: Final = ("turned", "skip", "pause")
"""What starts a try from another device: its large buttons, but none that stops."""
TITLE: Final = "WALK TEST"
TO_START: Final = (Hint("walk_test.go"), Hint("walk_test.page"), Hint("walk_test.close"))
TO_STOP: Final = (Fixed("any key", "stop", "close"),)
AT_THE_END: Final = (Hint("walk_test.close"),)
SET_UP: Final = """\
Three meters (9 ft 10 in) backward, as fast as is safe. The better of two tries counts.

1. Off the treadmill, beside a wall you can touch. Flat, dry floor, nothing behind you.
2. Mark a start, three meters, and one meter more to slow down.
3. Have somebody near you. Hold what stops the clock, or let them hold it.
4. Three, two, one, go: walk backward. At the mark press any key, your clicker, or the page.

Do not do it if you are dizzy or in pain, or have stumbled lately."""
RUNS: Final = "Walk backward to the mark. Any key, a clicker or the page stops the clock."


class _Step(StrEnum):
    CHECKING = "checking"
    WAITING = "waiting"
    COUNTING = "counting"
    RUNNING = "running"
    OVER = "over"


class WalkTestScreen(RepaintsRegions, Screen[None]):
    """Leads through the test, and keeps its result."""

    DEFAULT_CSS = """
    WalkTestScreen {
        layout: vertical; background: $background; color: $foreground; padding: 1 2 0 2;
        Title { color: $accent; margin: 0 0 1 0; }
        #what { height: 1fr; overflow-y: auto; }
        #sources { height: auto; color: $muted; margin: 1 0 0 0; }
        KeysBar { padding: 0; }
        &.-clock Title { color: $phase-backward; }
    }
    """
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = bindings("walk_test")

    def __init__(self) -> None:
        super().__init__()
        self._step = _Step.CHECKING
        self._tries: list[int] = []
        self._started_at = 0  # the index of the rest before the try
        self._runner: Runner | None = None
        self._links = SessionLinks(self, self)
        self._timer: Timer | None = None

    @property
    def runner(self) -> Runner:
        """The runner of the session that the test is."""
        assert self._runner is not None  # noqa: S101  (it is linked only while it runs)
        return self._runner

    def compose(self) -> ComposeResult:
        """The title or the time in large letters, what to do, the sources, and the keys."""
        yield Title(TITLE)
        yield Static(SET_UP, id="what", markup=False)
        yield Static(SOURCES, id="sources", markup=False)
        yield KeysBar(TO_START)

    def on_mount(self) -> None:
        """Say what to do, unless something speaks against the test."""
        self.run_worker(self._begin())

    async def on_unmount(self) -> None:
        """Stop what runs, and what is said."""
        if self._timer is not None:
            self._timer.stop()
        if self._runner is not None:
            self._links.leave()
            await in_thread(self._links.close)
            await in_thread(lambda: self.runner.close(drain=False))

    def on_key(self, event: Key) -> None:
        """Any key stops a try."""
        if self._step in (_Step.COUNTING, _Step.RUNNING):
            event.stop()
            event.prevent_default()
            self._stop()

    def action_go(self) -> None:
        """Begin a try, or leave after the last."""
        if self._step is _Step.WAITING:
            self._start()
        elif self._step is _Step.OVER:
            self.dismiss()

    def action_page(self) -> None:
        """Open the web page of the test, and show the link to it."""
        if self._step is _Step.WAITING:
            self._links.open_page()

    def action_close(self) -> None:
        """Leave; a try that was walked counts."""
        if self._step is _Step.WAITING and self._tries:
            self._finish()
        elif self._step in (_Step.CHECKING, _Step.WAITING, _Step.OVER):
            self.dismiss()

    # What the test does for its links.

    def do_for_device(self, name: str) -> tuple[Event, ...]:
        """Start a try, or stop it: any button of a device does that."""
        if self._step in (_Step.COUNTING, _Step.RUNNING):
            return self._stop()
        if self._step is _Step.WAITING and name in STARTERS:
            return self._start()
        return self.runner.refuse("the walk test waits; enter starts it")

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the time."""
        del events
        self._tick()

    def warn(self, text: str) -> None:
        """Leave out a warning of the desktop: a test is short."""
        del text

    async def answer_summary(self, answers: SummaryAnswers) -> str:
        """Refuse answers about a session, which this is not."""
        del answers
        return "the walk test has no questions"

    async def _begin(self) -> None:
        from retro_timer.ui.facts import why_no_walk_test

        services = services_of(self)
        try:
            refused = await run_in_thread(self, why_no_walk_test, services)
        except StorageError as problem:
            refused = f"The history cannot be read: {problem}."
        if refused:
            self._step = _Step.OVER
            self.query_one("#what", Static).update(refused)
            self.query_one(KeysBar).show(AT_THE_END)
            return
        off = (frozenset(CueKind) - SAID) | (services.config.cues.off & SILENCED)
        cues = replace(
            services.config.cues, off=off, ticks=3, spoken_count=True, coaching="off", time_left_every=0,
            go_words=(services.phrases.GO,),
        )  # fmt: skip
        config = replace(services.config, rules=Rules(lead_in=0), cues=cues, metronome=MetronomeOptions())
        player = services.make_player(on_loop(self, self._tick), on_loop(self, self.app.bell))
        tries = (Interval(Phase.REST, WAIT), Interval(Phase.BACKWARD, LONGEST_TRY // SECOND)) * MOST_STARTS
        whole = Workout((*tries, Interval(Phase.REST, WAIT)), name="Backward walk test")
        self._runner = Runner(whole, clock=services.clock, player=player, config=config, rehearsal=services.rehearsal)
        self._runner.start()
        player.start()
        self._step = _Step.WAITING
        self._links.begin(self._view())
        phrases = services.phrases
        self._ask(*((words,) for words in phrases.WALK_TEST), phrases.press(phrases.START_BY, self._keys("go")))
        self._wake()

    def _start(self) -> tuple[Event, ...]:
        """Count in: the rest ends after three, two, one."""
        self.runner.ask()
        self._step, self._started_at = _Step.COUNTING, self.runner.session.index
        self.add_class("-clock")
        self.query_one(KeysBar).show(TO_STOP)
        self.query_one("#what", Static).update(RUNS)
        events = self._end_rest_in(COUNT_IN)
        self._tick()
        return events

    def _end_rest_in(self, seconds_left: int) -> tuple[Event, ...]:
        session = self.runner.session
        length = -(-self._into // SECOND) + seconds_left
        return self.runner.edit(SetInterval(session.index, length))

    @property
    def _into(self) -> int:
        """Milliseconds since the running interval began."""
        session = self.runner.session
        return session.position - session.schedule.starts[session.index] * SECOND

    def _tick(self) -> None:
        """Bring the test up to date: called when something is due, or was done."""
        if self._runner is None or self._step is _Step.OVER:
            return
        self.runner.advance()
        session = self.runner.session
        backward = session.entry.phase is Phase.BACKWARD
        tries = self._step in (_Step.COUNTING, _Step.RUNNING)
        if session.state is State.PAUSED:
            self._go_on(tries=tries)
        elif tries and backward:
            self._step = _Step.RUNNING
        elif tries and session.index > self._started_at:
            self._show_try("A minute has passed: this try does not count.")
        elif self._step is _Step.WAITING and session.interval_left < 2 * COUNT_IN * SECOND:
            self._end_rest_in(WAIT)
        self._wake()

    def _go_on(self, *, tries: bool) -> None:
        """Rest again after what pauses any session, such as sleep."""
        session = self.runner.session
        if session.entry.phase is Phase.BACKWARD:
            self.runner.skip_to(session.index + 1)
        self.runner.act("pause")
        if tries:
            self._show_try("The computer paused: this try does not count.")

    def _wake(self) -> None:
        """Show the count or the time, and wake up for the next second."""
        session = self.runner.session
        if self._step is _Step.COUNTING:
            self.query_one(Title).show(str(-(-session.interval_left // SECOND)))
        elif self._step is _Step.RUNNING:
            self.query_one(Title).show(f"GO  {self._into // SECOND}")
        self._links.show(self._view())
        if self._timer is not None:
            self._timer.stop()
        delay = self.runner.next_delay()
        self._timer = None if delay is None else self.set_timer(delay, self._tick)

    def _stop(self) -> tuple[Event, ...]:
        """End the try, and note its time."""
        runner = self.runner
        self._tick()
        if self._step is _Step.COUNTING:
            events = self._end_rest_in(WAIT)
            self._show_try("Not started.")
            return events
        if self._step is not _Step.RUNNING:
            return ()  # the minute was over just now
        walked = self._into
        events = runner.skip_to(runner.session.index + 1)
        if walked < SHORTEST_TRY:
            self._show_try(f"{seconds(walked)} is too short for three meters: this try does not count.")
        else:
            self._tries.append(walked)
            self._show_try("")
        return events

    def _show_try(self, problem: str) -> None:
        """Show the time of a try, and what comes next."""
        self._step = _Step.WAITING
        self.remove_class("-clock")
        self.query_one(Title).show(seconds(self._tries[-1]).upper() if self._tries else TITLE)
        self.query_one(KeysBar).show(TO_START)
        if len(self._tries) >= MOST_TRIES or self.runner.session.index >= 2 * MOST_STARTS:
            self._finish()
            return
        services = services_of(self)
        key = keymap_of(services).first("walk_test.go", ascii_only=services.ascii_only)
        what = "the second try" if self._tries else "the test"
        walked = "Go back to the start, and rest a moment." if self._tries else SET_UP
        self.query_one("#what", Static).update("\n\n".join(filter(None, (problem, walked, f"{key} starts {what}."))))
        phrases = services.phrases
        self._ask(phrases.press(phrases.SECOND_TRY_BY if self._tries else phrases.START_BY, self._keys("go")))
        self._wake()

    def _finish(self) -> None:
        """End the session, and keep the result."""
        self._step = _Step.OVER
        self.runner.act("quit")
        self._links.show(self._view())
        self.query_one(KeysBar).show(AT_THE_END)
        if self._tries:
            self.run_worker(self._keep())
        else:
            self.dismiss()

    async def _keep(self) -> None:
        """Keep the result, and show it with the ones before."""
        services = services_of(self)
        test = WalkTest(str(uuid4()), services.clock.wall(), tuple(self._tries))
        tests: tuple[WalkTest, ...] = (test,)
        problem = ""
        if services.store is None or services.rehearsal:
            problem = "It is not kept."
        else:
            try:
                tests = await run_in_thread(self, _kept_in, services.store, test)
            except StorageError as error:
                problem = f"It is not kept: {error}."
        self.query_one(Title).show(seconds(test.best).upper())
        shown = (f"The better try counts: {result(test)}", trend(tests) if len(tests) > 1 else "", problem)
        self.query_one("#what", Static).update("\n\n".join(filter(None, shown)))

    def _ask(self, *parts: tuple[str, ...]) -> None:
        self.runner.ask(*parts)

    def _keys(self, name: str) -> tuple[str, ...]:
        return keymap_of(services_of(self)).keys[f"walk_test.{name}"]

    def _view(self) -> SessionView:
        services = services_of(self)
        keymap = keymap_of(services)

        def key(action_id: str) -> str:
            return keymap.first(action_id, ascii_only=services.ascii_only)

        return session_view(self.runner.session, self.runner.workout.name, key, imperial=services.imperial)


def _kept_in(store: Store, test: WalkTest) -> tuple[WalkTest, ...]:
    """Store a result; returns all of them."""
    from retro_timer.storage.walk_tests import add_walk_test, walk_tests

    add_walk_test(store.history, test)
    return walk_tests(store.history)
