"""The spoken languages: one module each, with everything that depends on grammar; a setting chooses one.

A language is passed in, by `CueSettings`, `Session` and `SoundOptions`: nothing else imports the modules. The clips are
in `audio/assets/voice`, in a folder per language and voice.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer.session.languages import english

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retro_timer.scheduling.phases import Phase


class Language(Protocol):
    """The interface of a language's module; `english` documents its members."""

    IMPERATIVE: Mapping[Phase, str]
    NAMED: Mapping[Phase, str]
    NEXT: Mapping[Phase, str]
    RESUMING: Mapping[Phase, str]
    GET_READY: str
    HALFWAY: str
    LAST_ROUND: str
    LAST_OF_ALL: str
    PAUSED: str
    TO_RESUME: str
    SLEPT: str
    BELT_STOPPED: str
    BELT_MOVING: str
    BELT_FAST: str
    COMPLETE: str
    ENDED: str
    SET_SPEED: str
    HOLD_RAIL: str
    STEP_OFF: str
    HAVE_YOU_TURNED: str
    MUTED: str
    SOUND_ON: str
    SOUND_BACK: str
    SOUND_CHECK: str
    WITH_OWN_KEY: Mapping[str, str]
    RESTORED: Mapping[str, str]
    LEFT: str
    UNTIL_END: str
    LONGER: str
    SHORTER: str
    MORE_ROUNDS: str
    FEWER_ROUNDS: str
    CHANGED: str
    TECHNIQUE: Mapping[Phase, tuple[str, ...]]
    LONGEST_YET: str
    HALF_DONE: str
    INTERRUPTED: str
    RESUME_BY: str
    KEEP_BY: str
    DISCARD_BY: str
    LATER_BY: str
    REPAIR: str
    REPAIR_BY: str
    NORMAL_BY: str
    SORE_MUSCLES_BY: str
    MORE_PAIN_BY: str
    NO_ANSWER_BY: str
    WALK_TEST: tuple[str, ...]
    GO: str
    START_BY: str
    SECOND_TRY_BY: str
    END_SESSION: str
    END_BY: str
    GO_ON_BY: str
    ADJUST: str
    CHOOSE_BY_ARROWS: str
    APPLY_BY: str
    CLOSE_BY: str
    ASKED: Mapping[str, str]
    ANSWERED_BY: Mapping[str, str]
    NEXT_QUESTION_BY: str
    WORD_GAP_MS: int

    def length(self, seconds: int) -> tuple[str, ...]:
        """A length as one phrase or two."""

    def short_length(self, seconds: int) -> tuple[str, ...]:
        """A length as one phrase."""

    def time_left(self, milliseconds: int) -> tuple[str, ...]:
        """The time left of an interval."""

    def total_left(self, milliseconds: int) -> tuple[str, ...]:
        """The time left of the session."""

    def recap(self, backward_ms: int, longest_ms: int) -> tuple[str, ...]:
        """The backward time and the longest bout."""

    def target_speed(self, kmh: float, *, imperial: bool) -> tuple[str, ...]:
        """The instruction to set a speed."""

    def number(self, value: int) -> str:
        """A whole number from 0 to 59 in words."""

    def count(self, left: int) -> str:
        """A number of a count."""

    def opening(self, phase: Phase, seconds: int) -> tuple[str, ...]:
        """The beginning of an interval."""

    def ahead(self, seconds: int, phase: Phase | None) -> tuple[str, ...]:
        """An upcoming change."""

    def press(self, purpose: str, keys: Sequence[str]) -> tuple[str, str]:
        """The purpose of a key, and the key."""

    def round_of(self, current: int, total: int) -> tuple[str, ...]:
        """The current round."""

    def rounds(self, total: int) -> tuple[str, ...]:
        """The number of rounds."""

    def without_length(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The phrases without those that may be wrong if they are spoken late."""

    def caption(self, words: tuple[str, ...]) -> str:
        """Phrases as one line."""

    def spoken_ms(self, phrase: str, voice: str) -> int:
        """How long a phrase takes."""

    def every_phrase(self) -> tuple[str, ...]:
        """All phrases that have a clip."""


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType({"en": english})
"""The languages, by the value of the setting; the first is the default."""
DEFAULT: Final = "en"


def caption(words: tuple[str, ...]) -> str:
    """Phrases as one line of text, joined by the rules of the only language."""
    return LANGUAGES[DEFAULT].caption(words)
