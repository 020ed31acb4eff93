"""The settings as types: what the rest of the program reads, and what it is handed of them.

The groups are plain classes over `Frozen` rather than dataclasses: building ten of those takes 6 ms at every start.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.scheduling.plan import PlanChoices
    from retro_timer.scheduling.units import WeekStart
    from retro_timer.session.actions import Steps
    from retro_timer.session.engine import Rules
    from retro_timer.session.metronome import ClickSettings
    from retro_timer.session.timeline import CueSettings
    from retro_timer.storage.settings_kinds import Value

THEMES: Final = ("phosphor", "amber", "paper", "contrast")
"""Our own; Textual's are taken too."""
NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


class Frozen:
    """Values by name that never change; what names there are, and their types, a subclass says by annotations."""

    def __init__(self, **values: Value | None) -> None:
        if values.keys() != type(self).__annotations__.keys():
            raise TypeError(f"{type(self).__name__} has {', '.join(type(self).__annotations__)}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in type(self).__annotations__)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def having(self, **values: Value | None) -> Self:
        """The same values, but for those given."""
        return type(self)(**{**self.__dict__, **values})


class Sound(Frozen):
    """What is heard, and how loud."""

    backend: str
    set: str
    voice_volume: int
    sounds_volume: int
    muted: bool
    ticks: int
    announce: int
    belt_lead: int
    offset_ms: int
    pre_roll_ms: int
    speak_labels: bool


class Cues(Frozen):
    """Which kinds of cue are heard; the names are those of `CueKind`."""

    announce: bool
    count: bool
    phase: bool
    halfway: bool
    one_minute: bool
    last_round: bool
    speed: bool
    ready: bool
    paused: bool
    resuming: bool
    holding: bool
    edited: bool
    where: bool
    sound: bool
    bail_out: bool
    complete: bool
    ended: bool


class SoundFiles(Frozen):
    """The walker's own files, by the sound they replace; the names are those of `session.cue.Sound`."""

    tick: str | None
    warm_up: str | None
    backward: str | None
    turn: str | None
    forward: str | None
    rest: str | None
    cool_down: str | None
    complete: str | None
    paused: str | None
    attention: str | None
    step: str | None


class SessionSettings(Frozen):
    """How a session behaves; lengths in seconds."""

    lead_in: int
    resume_lead_in: int
    wait_at_turns: bool
    reminder: int
    step_this: int
    step_bout: int
    step_turn: int


class Metronome(Frozen):
    """A click to step to."""

    on: bool
    tempo: int


class UnitSettings(Frozen):
    """What is shown in which unit; `auto` follows the locale, see `storage.locale_units`."""

    speed: str
    weight: str
    week_start: str
    clock: str


class Walker(Frozen):
    """What is known of the walker: nothing, unless it was typed in."""

    weight_kg: float | None
    backward_kmh: float | None
    forward_kmh: float | None


class PlanSettings(Frozen):
    """The plan, and the goal of a week."""

    on: bool
    start: str
    pinned: str | None
    sessions: int
    minutes: int


class Look(Frozen):
    """What it looks like."""

    theme: str
    reduced_motion: bool
    ascii: str


class FirstStart(Frozen):
    """What was done at the first start, and so is not done again."""

    safety_read: bool
    sound_checked: bool
    done: bool


class Settings(NamedTuple):
    """All of them, immutable. `defaults()` of `storage.settings` makes one; `load` reads one."""

    sound: Sound
    cues: Cues
    sound_files: SoundFiles
    session: SessionSettings
    metronome: Metronome
    units: UnitSettings
    walker: Walker
    plan: PlanSettings
    look: Look
    first_start: FirstStart
    keys: Mapping[str, str] = NO_KEYS
    """The walker's own keys by the id of the action, checked, as `App.set_keymap` takes them."""

    def value(self, key: str) -> Value | None:
        """The value of a setting of the table, by its dotted key.

        Raises:
            AttributeError: when the table has no such key.
        """
        group, _, name = key.partition(".")
        found: Value | None = getattr(getattr(self, group), name)
        return found

    def cue_settings(self) -> CueSettings:
        """What the cue timeline needs to know."""
        from retro_timer.session.cue import CueKind  # noqa: PLC0415  (reading settings must not cost the session)
        from retro_timer.session.timeline import CueSettings  # noqa: PLC0415  (the same)

        return CueSettings(
            off=frozenset(kind for kind in CueKind if not getattr(self.cues, field_name(kind))),
            ticks=self.sound.ticks,
            announce=self.sound.announce,
            belt_lead=self.sound.belt_lead,
            waits_at_turns=self.session.wait_at_turns,
        )

    def rules(self) -> Rules:
        """What the session engine needs to know."""
        from retro_timer.session.engine import Rules  # noqa: PLC0415  (reading settings must not cost the session)

        session = self.session
        return Rules(session.lead_in, session.resume_lead_in, session.wait_at_turns, session.reminder)

    def steps(self) -> Steps:
        """By how much the length keys change."""
        from retro_timer.session.actions import Steps  # noqa: PLC0415  (reading settings must not cost the session)

        return Steps(this=self.session.step_this, bout=self.session.step_bout, turn=self.session.step_turn)

    def click_settings(self) -> ClickSettings:
        """Whether there is a click to step to."""
        from retro_timer.session.metronome import ClickSettings  # noqa: PLC0415  (reading settings must not cost it)

        return ClickSettings(on=self.metronome.on, tempo=self.metronome.tempo)

    def plan_choices(self, week_start: WeekStart) -> PlanChoices:
        """What the plan needs to know; the first day of the week is settled by `storage.locale_units`."""
        from retro_timer.scheduling.plan import PlanChoices  # noqa: PLC0415  (not needed to start a session)

        plan = self.plan
        return PlanChoices(plan.on, plan.start, plan.pinned, plan.sessions, week_start)

    def custom_sounds(self) -> dict[str, str]:
        """The walker's own sound files, by the name of the sound they replace."""
        files = vars(self.sound_files)
        return {name.replace("_", "-"): path for name, path in files.items() if path is not None}


def field_name(value: str) -> str:
    """The name that a setting has for one of the words the session uses: `one-minute` is `one_minute`."""
    return value.replace("-", "_")
