"""The questions about a session: how hard it was, pain, stumbles and falls, the day after, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import asdict, replace
from textual.containers import Vertical
from textual.widgets import Input

from retro_timer.session.bounds import MAX_NOTE, SCORES
from retro_timer.session.history import NextDay
from retro_timer.training.energy import effort_words
from retro_timer.ui.widgets.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

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
DAY_AFTER: Final = "day-after"
NEXT_DAY_ENDS: Final = "sore muscles, more pain"


class _Question(NamedTuple):
    """A question: its scale, and the answers that the words on it stand for, in the same order."""

    scale: Scale
    answers: tuple[object, ...]

    def show(self, answer: object) -> None:
        """Show an answer."""
        self.scale.show(self.answers.index(answer) if answer in self.answers else None)

    def answer(self, kept: object) -> object:
        """The chosen answer; without one, the saved value if no word stands for it: that the question was asked."""
        if self.scale.value is not None:
            return self.answers[self.scale.value]
        return None if kept in self.answers else kept


class FeedbackForm(Vertical):
    """Asks about a session. Everything is optional.

    Args:
        kept: the saved answers.
        day_after: whether to ask about the day after.
        id: the id of the widget.

    Attributes:
        kept: the saved answers, as far as the form knows them.
    """

    def __init__(self, kept: Feedback, *, day_after: bool, id: str | None = None) -> None:  # noqa: A002  (Textual's)
        self.kept = kept
        effort = Scale("how hard?", SCORE_WORDS, meaning=effort_words, ends=EFFORT_ENDS, id="effort")
        pain = Scale("pain after it", SCORE_WORDS, meaning=pain_words, ends=PAIN_ENDS, id="pain")
        stumble = Scale("stumble, or grab at the rail", YES_OR_NO, inline=True, id="stumble")
        self._questions = {
            "effort": _Question(effort, tuple(SCORES)),
            "pain_after": _Question(pain, tuple(SCORES)),
            "stumble": _Question(stumble, (False, True)),
            "fall": _Question(Scale("fall", YES_OR_NO, inline=True, id="fall"), (False, True)),
        }
        """The questions, by the fields of the feedback."""
        if day_after:
            self._questions["next_day"] = _day_after(
                NEXT_DAYS | (OLD_NEXT_DAYS if kept.next_day in OLD_NEXT_DAYS else {})
            )
        self._scales = [question.scale for question in self._questions.values()]
        for scale in self._scales:
            scale.move_on = self._move_on
        self._moved_to: Scale | None = None
        self._note = Input(kept.note, placeholder="a note", max_length=MAX_NOTE, compact=True, id="note")
        self._note.cursor_blink = False
        super().__init__(*self._scales, self._note, id=id)
        self.show(asdict(kept))

    @property
    def feedback(self) -> Feedback:
        """The answers as they are on the screen."""
        kept, questions = self.kept, self._questions
        answers: dict[str, Any] = {name: each.answer(getattr(kept, name)) for name, each in questions.items()}
        return replace(kept, note=self._note.value, **answers)

    def show(self, answers: Mapping[str, object]) -> None:
        """Show answers that were given elsewhere, by the fields of the feedback."""
        for name, answer in answers.items():
            if name in self._questions:
                self._questions[name].show(answer)
            elif name == "note":
                self._note.value = str(answer)

    def saved(self, given: Feedback, stored: Feedback) -> None:
        """Note that answers were saved, and show those given elsewhere meanwhile.

        Args:
            given: the saved answers. What the walker has changed here since then stays.
            stored: all answers as they are stored now.
        """
        since = self.feedback.changed_from(given)
        self.kept = stored
        self.show({name: answer for name, answer in stored.changed_from(given).items() if name not in since})

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

    def _is_open(self, question: Scale) -> bool:
        """Whether a question is unanswered; the one about the day after is asked only once."""
        return question.value is None and (question.id != DAY_AFTER or self.kept.next_day is None)


def _day_after(days: Mapping[NextDay, str]) -> _Question:
    answers = tuple(days)
    scale = Scale(
        "the day after",
        tuple(days.values()),
        meaning=lambda index: NEXT_DAY_MEANINGS.get(answers[index], ""),
        ends=NEXT_DAY_ENDS,
        id=DAY_AFTER,
    )
    return _Question(scale, answers)


def pain_words(pain: int) -> str:
    """The meaning of the ends of the pain scale; empty between them."""
    return {0: "none", 10: "worst"}.get(pain, "")
