"""The question about an interrupted session: resume, keep or discard it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from retro_timer.storage.errors import BusyError, RefusedError, StorageError
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings, with_key
from retro_timer.ui.preferences import keymap_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.sound_check import Preview

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.session.history import InterruptedSession
    from retro_timer.storage.store import Store
    from retro_timer.ui.context import AppContext


class Decision(StrEnum):
    """The possible decisions."""

    RESUME = "resume"
    KEEP = "keep"
    DISCARD = "discard"


class InterruptedScreen(RepaintsRegions, ModalScreen[Decision]):
    """Asks what to do with an interrupted session, and does it.

    An error is shown, and the question stays. Escape postpones the decision to the next start. Dismissed with the
    decision; after `RESUME` the session lock is held, and the caller starts the session.

    Args:
        interrupted: the session.
        store: the store.
    """

    DEFAULT_CSS = """
    InterruptedScreen {
        align: center middle;
        & > Vertical {
            width: 56; max-width: 100%; height: auto; max-height: 100%; overflow-y: auto;
            padding: 1 2; background: $panel; border: round $accent;
        }
        Static { width: 1fr; }
        #question { text-style: bold; }
        #details { color: $muted; margin: 0 0 1 0; }
        #problem { color: $warning; margin: 0 0 1 0; display: none; &.-shown { display: block; } }
        Button { width: 1fr; margin: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("interrupted", {"later": "later"}, default="decide('{name}')")

    def __init__(self, interrupted: InterruptedSession, store: Store) -> None:
        super().__init__()
        self._interrupted = interrupted
        self._store = store
        self._settling = False
        self._voice = Preview(self)

    def compose(self) -> ComposeResult:
        """Description and answers."""
        with Vertical():
            yield Static("A session was interrupted", id="question", markup=False)
            yield Static(described(self._interrupted), id="details", markup=False)
            yield Static(id="problem", markup=False)
            for decision in Decision:
                yield Button(with_key(self, f"interrupted.{decision.value}"), id=decision.value)
            yield Button(with_key(self, "interrupted.later"), id="later")

    def on_mount(self) -> None:
        """Focus the button for resuming, and speak the question."""
        self.query_one(f"#{Decision.RESUME}", Button).focus()
        services = services_of(self)
        keys, phrases = keymap_of(services).keys, services.phrases
        named = {phrases.RESUME_BY: "resume", phrases.KEEP_BY: "keep", phrases.DISCARD_BY: "discard"}
        named[phrases.LATER_BY] = "later"
        answers = [phrases.press(purpose, keys[f"interrupted.{name}"]) for purpose, name in named.items()]
        self._voice.ask((phrases.INTERRUPTED,), *answers)

    def on_unmount(self) -> None:
        """Stop the question."""
        self._voice.close()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Decide by button."""
        if event.button.id == "later":
            self.action_later()
        else:
            self.action_decide(str(event.button.id))

    def action_later(self) -> None:
        """Postpone the decision, unless one is being carried out."""
        if not self._settling:
            self.dismiss(None)

    def action_decide(self, decision: str) -> None:
        """Decide by key; once."""
        if not self._settling:
            self._settling = True
            self.run_worker(self._settle(Decision(decision)))

    async def _settle(self, decision: Decision) -> None:
        """Carry out the decision, or show the error."""
        store = self._store
        act = {Decision.RESUME: store.claim, Decision.KEEP: store.keep, Decision.DISCARD: store.discard}
        try:
            await in_thread(act[decision], self._interrupted)
        except RefusedError as refusal:
            self.notify(f"Nothing was changed: {refusal}.", severity="warning", markup=False)
            self.dismiss(None)
        except StorageError as problem:
            self._settling = False
            line = self.query_one("#problem", Static)
            line.update(f"Nothing was changed: {problem}.")
            line.add_class("-shown")
        else:
            self.dismiss(decision)


async def ask_about_interrupted(app: AppContext, store: Store) -> None:
    """Unless a session is running, ask what to do with the last interrupted one; start it if the walker resumes it."""
    try:
        found = await in_thread(store.interrupted)
    except BusyError:
        return  # a session is running in another window: do not ask now
    except StorageError as problem:
        app.notify(f"Cannot look for interrupted sessions: {problem}.", severity="error", markup=False)
        return
    if not found or any(isinstance(screen, SessionScreen) for screen in app.screen_stack):
        return
    interrupted = found[-1]

    def decided(decision: Decision | None) -> None:
        if decision is Decision.RESUME:
            app.push_screen(SessionScreen(interrupted.workout, app.services, interrupted))

    app.push_screen(InterruptedScreen(interrupted, store), decided)


def described(interrupted: InterruptedSession) -> str:
    """A description of an interrupted session in one line: workout, time and position."""
    begun = f"{interrupted.start.started:%Y-%m-%d %H:%M}"
    return f"{interrupted.planned.title}, begun {begun}, stopped at {interrupted.stopped_at}"
