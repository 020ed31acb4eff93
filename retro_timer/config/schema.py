"""The settings. Each is declared once: its type, its kind, its help and its default.

The settings file, the settings screen, `config`, shell completion and the JSON Schema all read these declarations.
The declarations are annotations, which are not evaluated on import, to save start-up time: a group's annotations are
evaluated when one of its settings is needed, and a start needs only the groups that the settings file mentions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, get_type_hints

from msgspec import Struct
from msgspec.structs import asdict

from retro_timer.config.setting_kinds import Choice, Device, File, Kind, Name, Number, Program, Toggle, Value, Whole
from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import BACKWARD_CAP_KMH, KG_PER_LB, KMH_PER_MPH
from retro_timer.session.languages import DEFAULT, LANGUAGES
from retro_timer.session.ports import (
    AUTO,
    BACKENDS,
    BELT_PAUSES,
    COACHING,
    COUNTS,
    MAX_OFFSET_MS,
    MAX_PRE_ROLL_MS,
    SOUND_SETS,
    VOICES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from retro_timer.scheduling.units import WeekStart
    from retro_timer.training.plan import PlanChoices

NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})
PRESET_IDS: Final = tuple(preset.id for preset in LADDER)
_SPEED_UNITS: Final = MappingProxyType({"mph": KMH_PER_MPH})
_WEIGHT_UNITS: Final = MappingProxyType({"lb": KG_PER_LB})

Switch = Annotated[bool, Toggle()]
Percent = Annotated[int, Whole(0, 100, "percent")]
Hook = Annotated[tuple[str, ...] | None, Program()]
SoundFile = Annotated[str | None, File("WAV, FLAC, MP3 or Ogg Vorbis file")]


class SettingsGroup(Struct, frozen=True):
    """A table of the settings file and a tab of the settings screen.

    Every field is a setting: `name: Annotated[type, kind, help] = default`. A default of None means "not set".

    Attributes:
        title: the heading of the table in the settings file.
        tab: the word on the screen's tab; empty for the program's own notes, which have no tab.
    """

    title: ClassVar[str]
    tab: ClassVar[str]


class SoundSettings(SettingsGroup, frozen=True):
    """Sounds, voice and volume."""

    title = "Sound and voice"
    tab = "sound"

    backend: Annotated[str, Choice(BACKENDS), "What plays the sound; auto picks the best available."] = AUTO
    set: Annotated[str, Choice(SOUND_SETS), "Which set of sounds; sharp cuts through a loud treadmill."] = SOUND_SETS[0]
    language: Annotated[str, Choice(tuple(LANGUAGES)), "The spoken language; only English so far."] = DEFAULT
    voice: Annotated[str, Choice(VOICES), "The voice: heart (clearest in noise) or michael."] = VOICES[0]
    voice_volume: Annotated[Percent, "How loud the voice is."] = 100
    sounds_volume: Annotated[Percent, "How loud the sounds are."] = 100
    muted: Annotated[Switch, "Start every session muted."] = False
    ticks: Annotated[int, Whole(0, 10), "How many ticks count down to a change."] = 3
    count: Annotated[str, Choice(COUNTS), "Count down with ticks, or with spoken numbers."] = "ticks"
    announce: Annotated[int, Whole(5, 30, "seconds"), "How far ahead a change is announced."] = 10
    belt_lead: Annotated[int, Whole(0, 30, "seconds"), "Announce this much earlier, for a slow belt."] = 0
    offset_ms: Annotated[
        int, Whole(0, MAX_OFFSET_MS, "ms"), "Play everything this much earlier, for Bluetooth speakers."
    ] = 0
    pre_roll_ms: Annotated[
        int, Whole(0, MAX_PRE_ROLL_MS, "ms"), "Silence before a sound, for speakers that fall asleep."
    ] = 200
    speak_labels: Annotated[Switch, "Speak your own labels, in the chosen voice or the system's."] = True


class Cues(SettingsGroup, frozen=True):
    """The kinds of cue that are on, named as in `session.cue.CueKind`."""

    title = "What is said"
    tab = "cues"

    announce: Annotated[Switch, "What comes next, before a change."] = True
    count: Annotated[Switch, "The ticks right before a change."] = True
    phase: Annotated[Switch, "The change itself: the sound and words of the phase."] = True
    halfway: Annotated[Switch, "Halfway through an interval."] = True
    one_minute: Annotated[Switch, "One minute left in an interval."] = True
    last_round: Annotated[Switch, "The last round begins."] = True
    round: Annotated[Switch, "Which round begins, if coaching is on."] = True
    speed: Annotated[Switch, "Set the speed before you turn, if a speed is planned."] = True
    target: Annotated[Switch, "The planned speed of an interval that begins."] = True
    rail: Annotated[Switch, "Hold the rail, at each turn."] = True
    technique: Annotated[Switch, "Technique tips in long silences, if coaching is on."] = True
    time_left: Annotated[Switch, "The time left in the session, as often as you choose."] = True
    encouraged: Annotated[Switch, "Praise for your longest bout and for half of it done, if coaching is on."] = True
    ready: Annotated[Switch, "Get ready, before the first interval."] = True
    paused: Annotated[Switch, "The session pauses."] = True
    resuming: Annotated[Switch, "The session is about to resume."] = True
    holding: Annotated[Switch, "A turn waits for you."] = True
    belt: Annotated[Switch, "The belt is still moving in a turn, or too fast for walking backward."] = True
    edited: Annotated[Switch, "A length changed, and its new value."] = True
    where: Annotated[Switch, "The answer to the key that asks where you are."] = True
    refused: Annotated[Switch, "A low sound for a key that does nothing now."] = True
    sound: Annotated[Switch, "Muted, sound on, sound is back."] = True
    bail_out: Annotated[Switch, "Hold the rail, step off: after you stop at once."] = True
    complete: Annotated[Switch, "The workout is complete."] = True
    ended: Annotated[Switch, "The session was ended early."] = True
    recap: Annotated[Switch, "What you walked, at the end."] = True
    question: Annotated[Switch, "Questions on the screen, and the keys that answer them."] = True


class SoundFiles(SettingsGroup, frozen=True):
    """The walker's own sound files, named after the sounds in `session.cue.Sound` that they replace."""

    title = "Your own sounds"
    tab = "files"

    tick: Annotated[SoundFile, "A sound file of your own for the last tick, and for the others without one."] = None
    tick_two: Annotated[SoundFile, "A sound file of your own for the last tick but one."] = None
    tick_three: Annotated[SoundFile, "A sound file of your own for the ticks before those."] = None
    warm_up: Annotated[SoundFile, "A sound file of your own for the warm-up."] = None
    backward: Annotated[SoundFile, "A sound file of your own for walking backward."] = None
    turn: Annotated[SoundFile, "A sound file of your own for turns."] = None
    forward: Annotated[SoundFile, "A sound file of your own for walking forward."] = None
    rest: Annotated[SoundFile, "A sound file of your own for rests."] = None
    cool_down: Annotated[SoundFile, "A sound file of your own for the cool-down."] = None
    complete: Annotated[SoundFile, "A sound file of your own for the end of a workout."] = None
    paused: Annotated[SoundFile, "A sound file of your own for a pause."] = None
    attention: Annotated[SoundFile, "A sound file of your own for turns that wait and for stopping."] = None
    refused: Annotated[SoundFile, "A sound file of your own for a key that does nothing now."] = None
    step: Annotated[SoundFile, "A sound file of your own for the step metronome."] = None


class SessionSettings(SettingsGroup, frozen=True):
    """How a session behaves; lengths in seconds."""

    title = "In a session"
    tab = "session"

    lead_in: Annotated[int, Whole(0, 60, "seconds"), "Time to get ready before the first interval."] = 10
    resume_lead_in: Annotated[int, Whole(0, 30, "seconds"), "Time to get ready after a pause."] = 5
    wait_at_turns: Annotated[Switch, "Turns wait until you say that you have turned."] = False
    reminder: Annotated[int, Whole(5, 60, "seconds"), "How often a waiting turn reminds you."] = 10
    coaching: Annotated[str, Choice(COACHING), "How much is said in long silences: technique and progress."] = "few"
    time_left_every: Annotated[int, Whole(0, 30, "minutes"), "How often coaching says the time left; 0 for never."] = 0
    step_this: Annotated[int, Whole(1, 300, "seconds"), "How much the keys + and - change this interval."] = 10
    step_bout: Annotated[int, Whole(1, 300, "seconds"), "How much one key press changes all bouts of a kind."] = 15
    step_turn: Annotated[int, Whole(1, 60, "seconds"), "How much one key press changes all turns."] = 5
    page_port: Annotated[int, Whole(0, 65535), "The port of the web page; 0 takes the first that is free."] = 0
    keep_page_link: Annotated[Switch, "The link of the web page stays the same for later sessions."] = False


class MetronomeSettings(SettingsGroup, frozen=True):
    """The step metronome."""

    title = "Step metronome"
    tab = "metronome"

    on: Annotated[Switch, "A click for each step (miniaudio only); it helps some people and unsettles others."] = False
    tempo: Annotated[int, Whole(30, 200, "steps a minute"), "Its tempo; easiest to set by tapping."] = 90


class UnitSettings(SettingsGroup, frozen=True):
    """Units for display; `auto` follows the locale, see `config.locale`."""

    title = "Units"
    tab = "units"

    speed: Annotated[str, Choice(("auto", "km/h", "mph")), "The unit of speeds."] = "auto"
    weight: Annotated[str, Choice(("auto", "kg", "lb")), "The unit of weights."] = "auto"
    week_start: Annotated[str, Choice(("auto", "monday", "saturday", "sunday")), "The first day of a week."] = "auto"
    clock: Annotated[str, Choice(("auto", "12h", "24h")), "How times of day are shown."] = "auto"


class Walker(SettingsGroup, frozen=True):
    """Data about the walker; all optional."""

    title = "About you"
    tab = "you"

    weight_kg: Annotated[
        float | None,
        Number(20, 300, "kg", _WEIGHT_UNITS),
        "Your weight, to estimate the energy you use; without it, none is shown.",
    ] = None
    backward_kmh: Annotated[
        float | None,
        Number(0.3, round(BACKWARD_CAP_KMH, 2), "km/h", _SPEED_UNITS),
        "Your usual speed backward, for workouts that set none.",
    ] = None
    forward_kmh: Annotated[
        float | None, Number(0.3, 10, "km/h", _SPEED_UNITS), "Your usual speed forward, for workouts that set none."
    ] = None


class PlanSettings(SettingsGroup, frozen=True):
    """The plan and the weekly goal."""

    title = "Plan and goal"
    tab = "plan"

    on: Annotated[Switch, "Suggest what to walk today."] = True
    start: Annotated[str, Choice(PRESET_IDS), "The preset that the built-in programme starts from."] = PRESET_IDS[0]
    pinned: Annotated[str | None, Choice(PRESET_IDS), "Stay on this preset, if the programme has it."] = None
    sessions: Annotated[int, Whole(3, 5, "a week"), "Your goal: sessions a week."] = 3
    minutes: Annotated[int, Whole(10, 20, "minutes"), "Your goal: minutes a session."] = 10
    day_ends: Annotated[int, Whole(0, 6, "o'clock"), "The hour at night at which your day ends."] = 0
    programme: Annotated[
        str, Name("programme"), "The programme that the plan follows: an imported one, or the built-in eight weeks."
    ] = "eight-weeks"

    def day_of(self, moment: datetime) -> date:
        """The walker's day at a moment of the local clock."""
        from retro_timer.session.history import day_at

        return day_at(moment, self.day_ends)


class Look(SettingsGroup, frozen=True):
    """Appearance."""

    title = "Look"
    tab = "look"

    theme: Annotated[
        str, Name("theme"), "The theme: one of our own, such as phosphor or paper, or one of Textual's."
    ] = "phosphor"
    reduced_motion: Annotated[Switch, "Keep the screen still, except for the countdown."] = False
    ascii: Annotated[str, Choice(("auto", "on", "off")), "Draw with ASCII only; auto checks the terminal."] = "auto"


class DesktopSettings(SettingsGroup, frozen=True):
    """What a session does outside its own screen."""

    title = "Beyond the screen"
    tab = "desktop"

    awake: Annotated[Switch, "Keep the computer and its screen awake while a session runs."] = True
    media_keys: Annotated[Switch, "Media keys and headset buttons act on a session (Linux)."] = True
    notify: Annotated[Switch, "Notify at the end and of lost sound, while the terminal has no focus."] = False
    title_bar: Annotated[Switch, "Show the phase and the time left in the title of the terminal."] = True


class Hooks(SettingsGroup, frozen=True):
    """Programs that a session runs, named as in `desktop.events`."""

    title = "Programs to run"
    tab = "hooks"

    start: Annotated[Hook, "A program to run when a session starts."] = None
    phase: Annotated[Hook, "A program to run when an interval begins."] = None
    pause: Annotated[Hook, "A program to run when the session pauses."] = None
    resume: Annotated[Hook, "A program to run when the session resumes."] = None
    stop: Annotated[Hook, "A program to run at the key that stops at once."] = None
    end: Annotated[Hook, "A program to run when the session is over."] = None
    lost_sound: Annotated[Hook, "A program to run when the sound is lost."] = None


class SensorSettings(SettingsGroup, frozen=True):
    """The treadmill and the heart rate sensor, over Bluetooth; they are only read."""

    title = "Treadmill and heart rate"
    tab = "sensors"

    belt: Annotated[str | None, Device("treadmill"), "Your treadmill; retro-timer sensors finds it."] = None
    heart: Annotated[str | None, Device("heart rate sensor"), "Your heart rate sensor."] = None
    pause: Annotated[str, Choice(BELT_PAUSES), "Pause when the belt stops; both also resumes when it moves again."] = (
        BELT_PAUSES[1]
    )


class FirstStart(SettingsGroup, frozen=True):
    """Completed steps of the first start, which are not shown again."""

    title = "First start"
    tab = ""

    safety_read: Annotated[Switch, "The safety check was read."] = False
    sound_checked: Annotated[Switch, "The sound was checked."] = False
    done: Annotated[Switch, "The first start is over, and is not shown again."] = False


class Settings(Struct, frozen=True):
    """All settings; `Settings()` has the defaults, `config.settings.load` reads a file."""

    sound: SoundSettings = SoundSettings()
    cues: Cues = Cues()
    sound_files: SoundFiles = SoundFiles()
    session: SessionSettings = SessionSettings()
    metronome: MetronomeSettings = MetronomeSettings()
    units: UnitSettings = UnitSettings()
    walker: Walker = Walker()
    plan: PlanSettings = PlanSettings()
    look: Look = Look()
    desktop: DesktopSettings = DesktopSettings()
    hooks: Hooks = Hooks()
    sensors: SensorSettings = SensorSettings()
    first_start: FirstStart = FirstStart()
    keys: Mapping[str, str] = NO_KEYS
    """The walker's own valid keys by action id, for `App.set_keymap`."""

    def value(self, key: str) -> Value | None:
        """The value of a setting by its dotted key.

        Raises:
            AttributeError: if there is no such setting.
        """
        group, _, name = key.partition(".")
        found: Value | None = getattr(getattr(self, group), name)
        return found

    def plan_choices(self, week_start: WeekStart) -> PlanChoices:
        """The choices for the plan; the first day of the week comes from `config.locale`."""
        from retro_timer.training.plan import PlanChoices

        plan = self.plan
        return PlanChoices(plan.on, plan.start, plan.pinned, plan.sessions, week_start)

    def custom_sounds(self) -> dict[str, str]:
        """The walker's own sound files, by the name of the sound they replace; `tick` also serves the other ticks."""
        files = asdict(self.sound_files)
        for name in ("tick_two", "tick_three"):
            files[name] = files[name] or files["tick"]
        return {name.replace("_", "-"): path for name, path in files.items() if path is not None}


class Setting(Struct, frozen=True):
    """The declaration of a setting.

    Attributes:
        group: its group, which is a field of `Settings` and a table of the file.
        name: its name in the group.
        kind: its kind of value.
        help: one line about it.
        default: the default; None if it is unset by default.
    """

    group: str
    name: str
    kind: Kind
    help: str
    default: Value | None

    @property
    def key(self) -> str:
        """Its dotted key, `group.name`."""
        return f"{self.group}.{self.name}"


GROUPS: Final[Mapping[str, type[SettingsGroup]]] = MappingProxyType(
    {
        name: type(default)
        for name, default in zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True)
        if isinstance(default, SettingsGroup)
    }
)
"""All groups by name, in order."""


@cache
def _declared(group: str) -> Mapping[str, Setting]:
    """The settings of a group by name.

    Raises:
        KeyError: if there is no such group.
    """
    declaration, found = GROUPS[group], dict[str, Setting]()
    hints = get_type_hints(declaration, include_extras=True)
    for name, default in zip(declaration.__struct_fields__, declaration.__struct_defaults__, strict=True):
        kind, about = hints[name].__metadata__
        found[name] = Setting(group, name, kind, about, default)
    return found


class _AllSettings(Mapping[str, "Setting"]):
    """The declared settings by dotted key, in order."""

    def __getitem__(self, key: str) -> Setting:
        group, _, name = key.partition(".")
        return _declared(group)[name]

    def __iter__(self) -> Iterator[str]:
        return (f"{group}.{name}" for group, declared in GROUPS.items() for name in declared.__struct_fields__)

    def __len__(self) -> int:
        return sum(len(declared.__struct_fields__) for declared in GROUPS.values())


SETTINGS: Final[Mapping[str, Setting]] = _AllSettings()
"""All settings by dotted key, in order, except key bindings, which are in `config.keymap`."""


def field_name(value: str) -> str:
    """The field name for a value of a session enum: `one_minute` for `one-minute`."""
    return value.replace("-", "_")
