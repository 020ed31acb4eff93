"""Everything that can be adjusted, in one table: the key, kind, default and help of each setting."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.speeds import BACKWARD_CAP_KMH
from retro_timer.scheduling.units import KG_PER_LB, KMH_PER_MPH
from retro_timer.storage.settings_kinds import Choice, File, Kind, Name, Number, Toggle, Value, Whole
from retro_timer.storage.settings_schema import (
    THEMES,
    Cues,
    FirstStart,
    Frozen,
    Look,
    Metronome,
    PlanSettings,
    SessionSettings,
    Sound,
    SoundFiles,
    UnitSettings,
    Walker,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKENDS: Final = ("auto", "miniaudio", "simpleaudio", "system", "bell", "off")
"""The same as `audio.options.BACKENDS`; a test keeps them so."""
SOUND_SETS: Final = ("soft", "sharp")
RUNGS: Final = tuple(rung.id for rung in LADDER)


class Setting(NamedTuple):
    """One row of the table.

    Attributes:
        key: its dotted name, `group.name`.
        kind: what it can be.
        default: what it is where nothing is set; None where it may stay unset.
        help: one line about it.
    """

    key: str
    kind: Kind
    default: Value | None
    help: str

    @property
    def group(self) -> str:
        """The group it belongs to: a table of the file, a section of the screen."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name within the group."""
        return self.key.partition(".")[2]


class Group(NamedTuple):
    """A table of the file, a section of the screen."""

    title: str
    type: type[Frozen]


GROUPS: Final[Mapping[str, Group]] = MappingProxyType(
    {
        "sound": Group("Sound and voice", Sound),
        "cues": Group("What is said", Cues),
        "sound_files": Group("Your own sounds", SoundFiles),
        "session": Group("In a session", SessionSettings),
        "metronome": Group("Step metronome", Metronome),
        "units": Group("Units", UnitSettings),
        "walker": Group("About you", Walker),
        "plan": Group("Plan and goal", PlanSettings),
        "look": Group("Look", Look),
        "first_start": Group("First start", FirstStart),
    }
)
"""The groups of the table, in order."""

_AUDIO = File("WAV file")
_SPEED_UNITS: Final = MappingProxyType({"mph": KMH_PER_MPH})
_SWITCH = Toggle()

TABLE: Final = (
    Setting("sound.backend", Choice(BACKENDS), "auto", "What plays the sound; auto takes the best there is."),
    Setting("sound.set", Choice(SOUND_SETS), "soft", "Which set of sounds; sharp cuts through a loud treadmill."),
    Setting("sound.voice_volume", Whole(0, 100, "percent"), 100, "How loud the voice is."),
    Setting("sound.sounds_volume", Whole(0, 100, "percent"), 100, "How loud the sounds are."),
    Setting("sound.muted", _SWITCH, False, "Start every session muted."),
    Setting("sound.ticks", Whole(0, 10), 3, "How many ticks count down to a change."),
    Setting("sound.announce", Whole(5, 30, "seconds"), 10, "How long ahead a change is announced."),
    Setting("sound.belt_lead", Whole(0, 30, "seconds"), 0, "Announce this much earlier, for a slow belt."),
    Setting("sound.offset_ms", Whole(0, 500, "ms"), 0, "Play everything this much earlier, for Bluetooth speakers."),
    Setting("sound.pre_roll_ms", Whole(0, 2000, "ms"), 200, "Silence before a sound, for speakers that fall asleep."),
    Setting("sound.speak_labels", _SWITCH, True, "Speak your own labels with the system's voice, where there is one."),
    Setting("cues.announce", _SWITCH, True, "What comes next, ahead of a change."),
    Setting("cues.count", _SWITCH, True, "The ticks right before a change."),
    Setting("cues.phase", _SWITCH, True, "The change itself: the sound of the phase, and its words."),
    Setting("cues.halfway", _SWITCH, True, "Halfway through an interval."),
    Setting("cues.one_minute", _SWITCH, True, "One minute left of an interval."),
    Setting("cues.last_round", _SWITCH, True, "The last round begins."),
    Setting("cues.speed", _SWITCH, True, "Set the speed before you turn, where a speed is planned."),
    Setting("cues.ready", _SWITCH, True, "Get ready, before the first interval."),
    Setting("cues.paused", _SWITCH, True, "The session pauses."),
    Setting("cues.resuming", _SWITCH, True, "The session is about to go on."),
    Setting("cues.holding", _SWITCH, True, "A turn waits for you."),
    Setting("cues.edited", _SWITCH, True, "A length was changed, and to what."),
    Setting("cues.where", _SWITCH, True, "The answer to the key that asks where you are."),
    Setting("cues.sound", _SWITCH, True, "Muted, sound on, sound is back."),
    Setting("cues.bail_out", _SWITCH, True, "Hold the rail, step off: after the key that stops at once."),
    Setting("cues.complete", _SWITCH, True, "The workout is complete."),
    Setting("cues.ended", _SWITCH, True, "The session was ended early."),
    Setting("sound_files.tick", _AUDIO, None, "A WAV file of your own for the ticks."),
    Setting("sound_files.warm_up", _AUDIO, None, "A WAV file of your own for the warm-up."),
    Setting("sound_files.backward", _AUDIO, None, "A WAV file of your own for walking backward."),
    Setting("sound_files.turn", _AUDIO, None, "A WAV file of your own for turns."),
    Setting("sound_files.forward", _AUDIO, None, "A WAV file of your own for walking forward."),
    Setting("sound_files.rest", _AUDIO, None, "A WAV file of your own for rests."),
    Setting("sound_files.cool_down", _AUDIO, None, "A WAV file of your own for the cool-down."),
    Setting("sound_files.complete", _AUDIO, None, "A WAV file of your own for the end of a workout."),
    Setting("sound_files.paused", _AUDIO, None, "A WAV file of your own for a pause."),
    Setting("sound_files.attention", _AUDIO, None, "A WAV file of your own for turns that wait and for stopping."),
    Setting("sound_files.step", _AUDIO, None, "A WAV file of your own for the step metronome."),
    Setting("session.lead_in", Whole(0, 60, "seconds"), 10, "Time to get ready before the first interval."),
    Setting("session.resume_lead_in", Whole(0, 30, "seconds"), 5, "Time to get ready after a pause."),
    Setting("session.wait_at_turns", _SWITCH, False, "A turn waits at its end until you say that you have turned."),
    Setting("session.reminder", Whole(5, 60, "seconds"), 10, "How often a waiting turn says so."),
    Setting("session.step_this", Whole(1, 300, "seconds"), 10, "How much the keys + and - change this interval."),
    Setting("session.step_bout", Whole(1, 300, "seconds"), 15, "How much one key changes all bouts of a kind."),
    Setting("session.step_turn", Whole(1, 60, "seconds"), 5, "How much one key changes all turns."),
    Setting("metronome.on", _SWITCH, False, "A click to step to, with miniaudio: it helps some and unsettles others."),
    Setting("metronome.tempo", Whole(30, 200, "steps a minute"), 90, "Its tempo; best set by tapping."),
    Setting("units.speed", Choice(("auto", "km/h", "mph")), "auto", "What speeds are shown in."),
    Setting("units.weight", Choice(("auto", "kg", "lb")), "auto", "What weights are shown in."),
    Setting("units.week_start", Choice(("auto", "monday", "saturday", "sunday")), "auto", "The first day of a week."),
    Setting("units.clock", Choice(("auto", "12h", "24h")), "auto", "How times of day are shown."),
    Setting("walker.weight_kg", Number(20, 300, "kg", MappingProxyType({"lb": KG_PER_LB})), None,
            "Your weight, for an estimate of the energy spent; none is shown without it."),
    Setting("walker.backward_kmh", Number(0.3, round(BACKWARD_CAP_KMH, 2), "km/h", _SPEED_UNITS), None,
            "Your usual speed backward, where a workout plans none."),
    Setting("walker.forward_kmh", Number(0.3, 10, "km/h", _SPEED_UNITS), None,
            "Your usual speed forward, where a workout plans none."),
    Setting("plan.on", _SWITCH, True, "Advise what to walk today."),
    Setting("plan.start", Choice(RUNGS), RUNGS[0], "The rung of the ladder that the plan starts from."),
    Setting("plan.pinned", Choice(RUNGS), None, "Stay on this rung, whatever the plan would advise."),
    Setting("plan.sessions", Whole(3, 5, "a week"), 3, "Your goal: sessions a week."),
    Setting("plan.minutes", Whole(10, 20, "minutes"), 10, "Your goal: minutes a session."),
    Setting("look.theme", Name("theme"), THEMES[0], f"The theme: {', '.join(THEMES)}, or one of Textual's own."),
    Setting("look.reduced_motion", _SWITCH, False, "Keep the screen still but for the countdown."),
    Setting("look.ascii", Choice(("auto", "on", "off")), "auto", "Draw with plain characters; auto asks the terminal."),
    Setting("first_start.safety_read", _SWITCH, False, "The safety check was read."),
    Setting("first_start.sound_checked", _SWITCH, False, "The sound was checked."),
    Setting("first_start.done", _SWITCH, False, "The first start is over, and is not shown again."),
)  # fmt: skip
"""Every setting but the keys, which are checked by `keymap`."""
