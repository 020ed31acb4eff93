"""The configuration of sessions from settings and command line, as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.session.actions import Steps
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.states import Rules
from retro_timer.session.timeline import CueSettings

if TYPE_CHECKING:
    from retro_timer.config.schema import Settings


class SessionConfig(Struct, frozen=True):
    """The configuration of sessions.

    Attributes:
        rules: the rules of the session engine.
        cues: which cues are on.
        metronome: the settings of the metronome.
        steps: step sizes of the keys that change lengths.
        muted: whether sessions start muted.
    """

    rules: Rules = Rules()
    cues: CueSettings = CueSettings(coaching="few")
    metronome: MetronomeOptions = MetronomeOptions()
    steps: Steps = Steps()
    muted: bool = False

    @classmethod
    def of(cls, settings: Settings, *, imperial: bool = False) -> SessionConfig:
        """The configuration from the settings; speeds are spoken in miles an hour if `imperial`."""
        session, metronome = settings.session, settings.metronome
        return cls(
            rules=Rules(session.lead_in, session.resume_lead_in, session.wait_at_turns, session.reminder),
            cues=_cue_settings(settings, imperial=imperial),
            metronome=MetronomeOptions(on=metronome.on, tempo=metronome.tempo),
            steps=Steps(this=session.step_this, bout=session.step_bout, turn=session.step_turn),
            muted=settings.sound.muted,
        )


def _cue_settings(settings: Settings, *, imperial: bool) -> CueSettings:
    from retro_timer.config.schema import field_name
    from retro_timer.session.cue import CueKind

    sound = settings.sound
    return CueSettings(
        off=frozenset(kind for kind in CueKind if not getattr(settings.cues, field_name(kind))),
        ticks=sound.ticks,
        announce=sound.announce,
        belt_lead=sound.belt_lead,
        labels=sound.speak_labels,
        waits_at_turns=settings.session.wait_at_turns,
        own_key="enter" not in settings.keys.get("session.turned", "enter").split(","),
        own_pause_key="space" not in settings.keys.get("session.pause", "space").split(","),
        coaching=settings.session.coaching,
        time_left_every=settings.session.time_left_every,
        spoken_count=sound.count == "spoken",
        imperial=imperial,
        language=sound.language,
        voice=sound.voice,
    )


class PageOptions(Struct, frozen=True):
    """How the web page of a session starts.

    Attributes:
        open: whether it starts with the session.
        lan: whether it is open to the network.
        port: the port; None for the one in the settings.
    """

    open: bool = False
    lan: bool = False
    port: int | None = None
