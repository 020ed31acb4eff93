"""The backward walk test on the screen: set-up, count, stopwatch, second try, result.

The test itself is a session (`runtime.walk_test_run`), so anything that acts on a session can stop a try: a key, a
clicker, a headset, the page, another terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual.screen import Screen
from textual.widgets import Static

from retro_timer.runtime.walk_test_report import SOURCES, result, seconds, trend
from retro_timer.runtime.walk_test_run import EndedTry, WalkTestRun, WalkTestStep
from retro_timer.session.history import WalkTest
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

    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.session.history import Feedback
    from retro_timer.storage.store import Store
    from retro_timer.ui.view_model import SessionView

STARTERS: Final = ("turned", "skip", "pause")
"""The actions that start a try from another device: those of its large buttons, except the one that stops."""
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


class WalkTestScreen(RepaintsRegions, Screen[None]):
    """Guides the walker through the test, and saves the result."""

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
        # None while the history is read, and if there is a reason against the test.
        self._begun: WalkTestRun | None = None
        self._is_refused = False
        self._links = SessionLinks(self, self)
        self._timer: Timer | None = None

    @property
    def runner(self) -> Runner:
        """The runner of the test's session."""
        return self._test.runner

    @property
    def _test(self) -> WalkTestRun:
        assert self._begun is not None  # noqa: S101  (it is linked only while it runs)
        return self._begun

    @property
    def _step(self) -> WalkTestStep | None:
        return None if self._begun is None else self._begun.step

    def compose(self) -> ComposeResult:
        """The title or the time in large letters, what to do, the sources, and the keys."""
        yield Title(TITLE)
        yield Static(SET_UP, id="what", markup=False)
        yield Static(SOURCES, id="sources", markup=False)
        yield KeysBar(TO_START)

    def on_mount(self) -> None:
        """Begin the test, unless there is a reason against it."""
        self.run_worker(self._begin())

    async def on_unmount(self) -> None:
        """Stop everything that runs, including speech."""
        if self._timer is not None:
            self._timer.stop()
        if self._begun is not None:
            self._links.leave()
            await in_thread(self._links.close)
            await in_thread(lambda: self.runner.close(drain=False))

    def on_key(self, event: Key) -> None:
        """Stop a try at the press of any key."""
        if self._begun is not None and self._begun.is_tried:
            event.stop()
            event.prevent_default()
            self._stop()

    def action_go(self) -> None:
        """Start a try, or leave after the last one."""
        if self._step is WalkTestStep.WAITING:
            self._start()
        elif self._step is WalkTestStep.OVER or self._is_refused:
            self.dismiss()

    def action_page(self) -> None:
        """Open the test's web page, and show the link to it."""
        if self._step is WalkTestStep.WAITING:
            self._links.open_page()

    def action_close(self) -> None:
        """Leave; a completed try counts."""
        if self._step is WalkTestStep.WAITING and self._test.tries:
            self._finish()
        else:
            self.dismiss()

    # The interface for the test's links.

    def do_for_device(self, name: str) -> tuple[Event, ...]:
        """Start a try by a large button of a device, or stop it by any button."""
        if self._test.is_tried:
            return self._stop()
        if self._step is WalkTestStep.WAITING and name in STARTERS:
            return self._start()
        return self.runner.refuse("the walk test waits; enter starts it")

    def take(self, events: tuple[Event, ...]) -> None:
        """Bring the test up to date; the events themselves are not needed."""
        del events
        self._tick()

    def warn(self, text: str) -> None:
        """Ignore a warning about staying awake: a test is short."""
        del text

    async def answer_summary(self, given: Feedback) -> str:
        """Refuse answers, because the test asks no questions."""
        del given
        return "the walk test has no questions"

    async def _begin(self) -> None:
        from retro_timer.ui.facts import why_no_walk_test

        services = services_of(self)
        try:
            refused = await run_in_thread(self, why_no_walk_test, services)
        except StorageError as problem:
            refused = f"The history cannot be read: {problem}."
        if refused:
            self._is_refused = True
            self.query_one("#what", Static).update(refused)
            self.query_one(KeysBar).show(AT_THE_END)
            return
        player = services.make_player(on_loop(self, self._tick), on_loop(self, self.app.bell))
        self._begun = WalkTestRun(
            clock=services.clock, player=player, config=services.config, rehearsal=services.rehearsal
        )
        self.runner.start()
        player.start()
        self._links.begin(self._view())
        phrases = services.phrases
        self.runner.ask(*((words,) for words in phrases.WALK_TEST), phrases.press(phrases.START_BY, self._keys("go")))
        self._wake()

    def _start(self) -> tuple[Event, ...]:
        """Start a try, which begins with the count."""
        self.runner.ask()
        self.add_class("-clock")
        self.query_one(KeysBar).show(TO_STOP)
        self.query_one("#what", Static).update(RUNS)
        events = self._test.start()
        self._tick()
        return events

    def _tick(self) -> None:
        """Bring the test up to date; called when something is due or has been done."""
        if self._step in (None, WalkTestStep.OVER):
            return
        ended = self._test.advance()
        if ended is not None:
            self._show_try(ended)
        self._wake()

    def _wake(self) -> None:
        """Show the count or the time, and set the timer for the next change."""
        if self._test.time_shown:
            self.query_one(Title).show(self._test.time_shown)
        self._links.show(self._view())
        if self._timer is not None:
            self._timer.stop()
        delay = self.runner.next_delay()
        self._timer = None if delay is None else self.set_timer(delay, self._tick)

    def _stop(self) -> tuple[Event, ...]:
        """End the try."""
        self._tick()
        if not self._test.is_tried:
            return ()  # the time limit of a minute has just been reached
        ended = self._test.stop()
        self._show_try(ended)
        return ended.events

    def _show_try(self, ended: EndedTry) -> None:
        """Show the time of a try, and what comes next."""
        tries = self._test.tries
        self.remove_class("-clock")
        self.query_one(Title).show(seconds(tries[-1]).upper() if tries else TITLE)
        self.query_one(KeysBar).show(TO_START)
        if not self._test.has_tries_left:
            self._finish()
            return
        services = services_of(self)
        key = keymap_of(services).first("walk_test.go", ascii_only=services.ascii_only)
        what = "the second try" if tries else "the test"
        walked = "Go back to the start, and rest a moment." if tries else SET_UP
        self.query_one("#what", Static).update(
            "\n\n".join(filter(None, (ended.problem, walked, f"{key} starts {what}.")))
        )
        phrases = services.phrases
        self.runner.ask(phrases.press(phrases.SECOND_TRY_BY if tries else phrases.START_BY, self._keys("go")))
        self._wake()

    def _finish(self) -> None:
        """End the session, and save the result."""
        self._test.finish()
        self._links.show(self._view())
        self.query_one(KeysBar).show(AT_THE_END)
        if self._test.tries:
            self.run_worker(self._keep())
        else:
            self.dismiss()

    async def _keep(self) -> None:
        """Save the result, and show it with the earlier ones."""
        services = services_of(self)
        test = WalkTest(str(uuid4()), services.clock.wall(), tuple(self._test.tries))
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

    def _keys(self, name: str) -> tuple[str, ...]:
        return keymap_of(services_of(self)).keys[f"walk_test.{name}"]

    def _view(self) -> SessionView:
        services = services_of(self)
        keymap = keymap_of(services)

        def key(action_id: str) -> str:
            return keymap.first(action_id, ascii_only=services.ascii_only)

        return session_view(self.runner.session, self.runner.workout.name, key, imperial=services.imperial)


def _kept_in(store: Store, test: WalkTest) -> tuple[WalkTest, ...]:
    """Store a result; returns all results."""
    from retro_timer.storage.walk_tests import add_walk_test, walk_tests

    earlier = walk_tests(store.history)
    add_walk_test(store.history, test)
    return (*earlier, test)
