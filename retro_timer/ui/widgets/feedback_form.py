"""The questions about a session: how hard it was, pain, stumbles and falls, the day after, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from textual.containers import Vertical
from textual.widgets import Input

from retro_timer.session.bounds import MAX_NOTE, SCORES
from retro_timer.session.history import NextDay
from retro_timer.training.energy import effort_words
from retro_timer.ui.widgets.scale import Scale

if TYPE_CHECKING:
    from retro_timer.session.history import Feedback

EFFORT_ENDS: Final = "0 resting, 10 as hard as I can"
PAIN_ENDS: Final = "0 none, 10 worst"
SCORE_WORDS: Final = tuple(map(str, SCORES))
YES_OR_NO: Final = ("no", "yes")
NEXT_DAYS: Final = {NextDay.NORMAL: "normal", NextDay.MUSCLES: "sore", NextDay.PAIN: "pain"}
"""The answers about the day after, in one word each; their first letters differ."""
OLD_NEXT_DAYS: Final = {NextDay.SORE: "sore or painful"}
"""An answer of older versions: it stays available where it was given, so that opening the form does not change it."""
NEXT_DAY_MEANINGS: Final = {NextDay.MUSCLES: "muscles", NextDay.PAIN: "more than before"}
NEXT_DAY_ENDS: Final = "sore muscles, more pain"


class FeedbackForm(Vertical):
    """Asks about a session. Everything is optional.

    Args:
        kept: the saved answers.
        day_after: whether to ask about the day after.
        id: the id of the widget.

    Attributes:
        kept: the saved answers; set it after saving.
    """

    def __init__(self, kept: Feedback, *, day_after: bool, id: str | None = None) -> None:  # noqa: A002  (Textual's)
        self.kept = kept
        stumbled, fell = _index(kept.stumble), _index(kept.fall)
        self._effort = Scale(
            "how hard?", SCORE_WORDS, meaning=effort_words, value=kept.effort, ends=EFFORT_ENDS, id="effort"
        )
        self._pain = Scale(
            "pain after it", SCORE_WORDS, meaning=pain_words, value=kept.pain_after, ends=PAIN_ENDS, id="pain"
        )
        self._stumble = Scale("stumble, or grab at the rail", YES_OR_NO, value=stumbled, inline=True, id="stumble")
        self._fall = Scale("fall", YES_OR_NO, value=fell, inline=True, id="fall")
        self._scales = [self._effort, self._pain, self._stumble, self._fall]
        self._day_after: Scale | None = None
        self._next_days = NEXT_DAYS | (OLD_NEXT_DAYS if kept.next_day in OLD_NEXT_DAYS else {})
        if day_after:
            self._day_after = self._ask_day_after()
            self._scales.append(self._day_after)
        for scale in self._scales:
            scale.move_on = self._move_on
        self._moved_to: Scale | None = None
        self._note = Input(kept.note, placeholder="a note", max_length=MAX_NOTE, compact=True, id="note")
        self._note.cursor_blink = False
        super().__init__(*self._scales, self._note, id=id)

    @property
    def feedback(self) -> Feedback:
        """The answers as they are on the screen."""
        return replace(
            self.kept,
            effort=self._effort.value,
            pain_after=self._pain.value,
            stumble=_as_bool(self._stumble.value),
            fall=_as_bool(self._fall.value),
            next_day=self._next_day(),
            note=self._note.value,
        )

    def answer(self, *, effort: int | None, stumble: bool | None, pain: int | None) -> None:
        """Show answers that were given elsewhere; None leaves a question as it is."""
        for scale, value in (
            (self._effort, effort),
            (self._stumble, None if stumble is None else int(stumble)),
            (self._pain, pain),
        ):
            if value is not None:
                scale.show(value)

    def first(self, *, unanswered: bool) -> Scale:
        """The first question; with `unanswered`, the first open one, if there is any."""
        open_ones = filter(self._is_open, self._scales) if unanswered else ()
        return next(iter(open_ones), self._scales[0])

    def next_unanswered(self) -> Scale | None:
        """The first open question after the focused one; None if there is none, or no question is focused."""
        focused = next((number for number, scale in enumerate(self._scales) if scale.has_focus), None)
        behind = [] if focused is None else self._scales[focused + 1 :]
        return next(filter(self._is_open, behind), None)

    def _move_on(self, answered: Scale) -> Scale | None:
        """Focus the question after one that was answered."""
        behind = self._scales[self._scales.index(answered) + 1 :]
        if not behind:
            return None
        self.screen.set_focus(behind[0])
        self._moved_to = behind[0]
        return behind[0]

    def confirms(self) -> bool:
        """Whether enter only confirms an answer that already moved the focus, so that it does not skip a question."""
        moved_to, self._moved_to = self._moved_to, None
        return moved_to is not None and self.screen.focused is moved_to and moved_to.value is None

    def _ask_day_after(self) -> Scale:
        days = list(self._next_days)
        return Scale(
            "the day after",
            tuple(self._next_days.values()),
            meaning=lambda index: NEXT_DAY_MEANINGS.get(days[index], ""),
            value=days.index(self.kept.next_day) if self.kept.next_day in days else None,
            ends=NEXT_DAY_ENDS,
            id="day-after",
        )

    def _is_open(self, question: Scale) -> bool:
        """Whether a question is unanswered; the one about the day after is asked only once."""
        return question.value is None and (question is not self._day_after or self.kept.next_day is None)

    def _next_day(self) -> NextDay | None:
        """The answer about the next day; keeps the record that it was asked."""
        if self._day_after is None:
            return self.kept.next_day
        if self._day_after.value is not None:
            return list(self._next_days)[self._day_after.value]
        return NextDay.UNANSWERED if self.kept.next_day is NextDay.UNANSWERED else None


def pain_words(pain: int) -> str:
    """The meaning of the ends of the pain scale; empty between them."""
    return {0: "none", 10: "worst"}.get(pain, "")


def _index(answer: bool | None) -> int | None:
    return None if answer is None else int(answer)


def _as_bool(index: int | None) -> bool | None:
    return None if index is None else bool(index)
