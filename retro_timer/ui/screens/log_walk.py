"""Log a walk by hand, or change a logged one: when, what, and the answers about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from retro_timer.errors import UserError
from retro_timer.runtime.change_walk import change_walk
from retro_timer.runtime.log_walk import log_walk
from retro_timer.runtime.walk_texts import EnteredTexts
from retro_timer.session.history import Feedback, calendar_day
from retro_timer.storage.errors import StorageError
from retro_timer.ui.context import services_of
from retro_timer.ui.facts import today_from
from retro_timer.ui.keys import bindings
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.widgets.feedback_form import FeedbackForm
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession

FIELDS: Final = {
    "day": ("date", "such as 2026-03-02"),
    "at": ("began at", "such as 18:30; empty for any time"),
    "workout": ("workout", "a preset, a workout of yours, or notation"),
    "backward": ("or backward", "minutes, or a length such as 8:30"),
    "forward": ("and forward", "minutes, warm-up included"),
    "longest": ("longest bout", "backward, if you know it"),
}
"""The fields about a walk: attributes of `EnteredTexts`, each with a label and a hint."""


class LogWalkScreen(RepaintsRegions, ModalScreen[str | None]):
    """Asks about a walk and adds it to the history; dismissed with a line that says so, or None.

    Args:
        session: the logged session to change; None for a new one.
    """

    CSS_PATH = "log_walk.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("log_walk"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, session: StoredSession | None = None) -> None:
        super().__init__()
        self._session = session
        self._before = EnteredTexts.of(session) if session else None
        self._form = FeedbackForm(session.summary.feedback if session else Feedback(), day_after=False, id="asked")
        self._working = False
        self._done: str | None = None

    def compose(self) -> ComposeResult:
        """Title, fields, questions, error and keys."""
        texts = self._before or self._new()
        with VerticalScroll(id="panel", can_focus=False):
            yield Line("CHANGE A LOGGED WALK" if self._session else "LOG A WALK WITHOUT THE TIMER", id="title")
            for name, (label, hint) in FIELDS.items():
                with Horizontal():
                    yield Line(label)
                    field = Input(getattr(texts, name), placeholder=hint, compact=True, max_length=4096, id=name)
                    field.cursor_blink = False
                    yield field
            yield self._form
            yield Static(id="problem", markup=False)
            yield KeysBar([Hint("log_walk.save"), Fixed("tab", "next field", "app.focus_next"), Hint("log_walk.close")])

    def on_mount(self) -> None:
        """Focus the workout; the date is already filled in."""
        self.query_one("#workout", Input).focus()

    def on_input_changed(self) -> None:
        """Clear the error after a change."""
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self) -> None:
        """Save on enter."""
        self.action_save()

    def action_save(self) -> None:
        """Save the walk, and close."""
        if not self._working:
            self._working = True
            texts = EnteredTexts(**{name: self.query_one(f"#{name}", Input).value for name in FIELDS})
            self.run_worker(self._save(texts, self._form.feedback))

    def action_close(self) -> None:
        """Close without saving."""
        self.dismiss(None)

    def _new(self) -> EnteredTexts:
        return EnteredTexts(day=calendar_day(services_of(self).clock.wall()).isoformat())

    def on_screen_resume(self) -> None:
        """Close if the walk was saved while another screen covered this one."""
        if self._done:
            self.dismiss(self._done)

    async def _save(self, texts: EnteredTexts, feedback: Feedback) -> None:
        try:
            self._done = await in_thread(self._write, texts, feedback)
        except UserError as error:
            self.query_one("#problem", Static).update(str(error))
            self._working = False
        else:
            if self.is_active:
                self.dismiss(self._done)

    def _write(self, texts: EnteredTexts, feedback: Feedback) -> str:
        """Write the walk, in a thread. Returns one line that says so, with the plan's new advice.

        Raises:
            UserError: if it cannot be a walk, or cannot be written.
        """
        services = services_of(self)
        assert services.store is not None  # noqa: S101  (Progress opens this only with a store)
        history, now = services.store.writable_history().history, services.clock.wall()
        if self._session is None or self._before is None:
            session = log_walk(history, texts.entered(feedback, self._own_workouts()), now)
        else:
            changes = texts.changes(self._before, feedback, self._own_workouts())
            session = change_walk(history, self._session, changes, now)
        return f"{'Changed' if self._session else 'Logged'}: {session.summary.planned.title[:60]}.{self._plan_words()}"

    def _plan_words(self) -> str:
        """What the plan says now that the walk is saved."""
        try:
            today = today_from(services_of(self))
        except StorageError as problem:
            return f" The plan is not available: {problem}."
        return f" The plan counts it. {today.advice.sentence}" if today else ""

    def _own_workouts(self) -> list[Workout]:
        """The walker's own valid workouts, and those of imported programmes."""
        paths = services_of(self).paths
        if paths is None:
            return []
        from retro_timer.storage.own_workouts import own_workouts

        return own_workouts(paths)
