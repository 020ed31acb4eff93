"""The messages between a session and its clients; `docs/remote.md` explains each with an example."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from retro_timer.session.bounds import Score  # noqa: TC001  (msgspec reads the annotations)
from retro_timer.session.sensing import MAX_BPM, MAX_INCLINE, Clause, LinkState, Metres

MAX_MOMENT: Final = 1 << 53
"""Limit of a number of milliseconds or of an id: JavaScript has no larger exact integers."""

Role = Literal["local", "page", "view"]
"""What a client may do: all actions, those that a page may use, or none."""
MomentMs = Annotated[int, Meta(ge=-MAX_MOMENT, le=MAX_MOMENT)]
Id = Annotated[int, Meta(ge=0, le=MAX_MOMENT)]
Name = Annotated[str, Meta(max_length=80)]


class RemoteMessage(Struct, frozen=True, tag_field="is", omit_defaults=False):
    """Base class of all messages."""


# From a session to its clients.


class OfferedAction(Struct, frozen=True):
    """An action of the session.

    Attributes:
        name: its name in an `action` message.
        label: one or two words for a button; may be empty.
        help: one line about it.
        keys: the walker's keys for it, by Textual's names.
        page: whether a page may use it.
        repeats: whether it repeats while its key or button is held.
        after_the_end: whether it works after the session is over.
    """

    name: str
    label: str
    help: str
    keys: tuple[str, ...] = ()
    page: bool = True
    repeats: bool = False
    after_the_end: bool = False


class SharedRules(Struct, frozen=True):
    """The rules of the session, as in `session.states.Rules`; lengths in seconds."""

    lead_in: int
    resume_lead_in: int
    wait_at_turns: bool
    reminder: int


class VoiceInUse(Struct, frozen=True):
    """The session's voice and sounds, for a device that plays the same clips."""

    language: str
    voice: str
    sound_set: str


class Welcome(RemoteMessage, frozen=True, tag="hello"):
    """The answer to a client's `hello`, before everything else.

    Attributes:
        protocol: the version of the protocol.
        version: the version of the program.
        session: identifies the session among those of this machine.
        name: the name of the workout.
        rate: milliseconds of the session per millisecond of the clock; more than 1 in a rehearsal.
        imperial: whether the walker reads speeds in mph.
        rules: the session's rules.
        steps: by how many seconds actions such as `longer` change a length: this, bout, turn.
        voice: its voice and sounds.
        actions: the actions that clients can ask for.
    """

    protocol: int
    version: str
    session: str
    name: str
    rate: int
    imperial: bool
    rules: SharedRules
    steps: dict[str, int]
    voice: VoiceInUse
    actions: tuple[OfferedAction, ...]


class SharedInterval(Struct, frozen=True):
    """An interval of the schedule; round and rounds are null outside a repeat."""

    phase: str
    duration: int  # seconds
    round: int | None = None
    rounds: int | None = None
    label: str = ""
    speed_kmh: float | None = None


class SharedSchedule(RemoteMessage, frozen=True, tag="schedule"):
    """The schedule: sent after `hello`, and again after an edit."""

    intervals: tuple[SharedInterval, ...]


class SharedSound(Struct, frozen=True):
    """The sound.

    Attributes:
        state: as on the screen after "sound: ": "ok", "starting", "lost", "off", "NO AUDIO", "NO AUDIO: bell only".
        detail: one line about it.
        muted: whether the walker muted the session: devices then play only cues of the kind "sound".
        speaker: the name of the device that plays the sound instead of the session's; empty if none does.
        alone: whether the session's own sound is silent meanwhile.
        missed: how many cues were not heard.
    """

    state: str
    detail: str = ""
    muted: bool = False
    speaker: str = ""
    alone: bool = False
    missed: int = 0


class SharedState(RemoteMessage, frozen=True, tag="state"):
    """The state of the session: sent when anything in it changes other than by time alone.

    Attributes:
        at: the moment of this state, in milliseconds of the session's clock (`pong` gives the offset to it).
        state: "ready", "lead-in", "running", "holding", "paused", "finished" or "ended-early".
        reason: why it is paused: "walker", "bail-out", "sleep", "stopped", "belt", "turning", "interrupted" or
            "reopened"; otherwise empty.
        index: the running interval.
        phase: the phase to show: in a lead-in, the one that it leads to.
        position: milliseconds of the schedule.
        runs_from: the moment from which the position advances by `rate`; null while it stands still. In a lead-in it is
            the end of the lead-in.
        caption: the text of the last cue, after "not heard: " if it was missed.
        unsaved: why the session is not saved; empty if it is.
        sound: the sound.
        can_undo: whether `undo` has something to undo.
        walked: milliseconds walked so far, without pauses.
    """

    at: MomentMs
    state: str
    reason: str
    index: int
    phase: str
    position: MomentMs
    runs_from: MomentMs | None
    caption: str
    unsaved: str
    sound: SharedSound
    can_undo: bool = False
    walked: int = 0


class SharedLink(Struct, frozen=True):
    """The connection of the session to a sensor.

    Attributes:
        state: "searching", "ok", "lost" or "off".
        why: why it is lost or off, as one clause; may be empty.
    """

    state: LinkState
    why: Clause = ""


class SharedValue(Struct, frozen=True):
    """A measured value, and the moment after which it is no longer current."""

    value: Annotated[float, Meta(ge=-MAX_INCLINE, le=MAX_BPM)]
    until: MomentMs


class SensorsMeasured(RemoteMessage, frozen=True, tag="measured"):
    """The sensors' measurements: sent to clients that want them about once a second; never without sensors.

    A value is null while it is unknown. If nothing newer has come by its `until`, it is unknown from then on.

    Attributes:
        belt, heart: the treadmill and the heart rate sensor; null if the walker uses none.
        speed_kmh: the speed of the belt.
        incline_percent: its incline.
        heart_rate: beats per minute, from the strap, or else from the treadmill.
        metres: the distance of the session so far.
    """

    belt: SharedLink | None = None
    heart: SharedLink | None = None
    speed_kmh: SharedValue | None = None
    incline_percent: SharedValue | None = None
    heart_rate: SharedValue | None = None
    metres: Metres = 0.0


class SharedCue(Struct, frozen=True):
    """A sound, words, or both.

    Attributes:
        due: when to play it, in milliseconds of the session's clock.
        kind: the reason for it, as in `session.cue.CueKind`.
        sound: the built-in sound it starts with; null for words only.
        words: phrases, each of them a clip of the voice, spoken in order after the sound.
        label: the walker's own label, spoken last by a device that can.
        text: the caption.
    """

    due: MomentMs
    kind: str
    sound: str | None = None
    words: tuple[str, ...] = ()
    label: str = ""
    text: str = ""


class CuesSent(RemoteMessage, frozen=True, tag="cues"):
    """Cues to play when they are due, or at once if they are late. Later words fade out earlier ones."""

    cues: tuple[SharedCue, ...]


class CuesCancelled(RemoteMessage, frozen=True, tag="cancel"):
    """Forget all cues that are not due yet; if `sounding`, also fade out what is being played."""

    sounding: bool


class SharedSpan(Struct, frozen=True):
    """A time with a steady click: from `begin` every 60,000 / `tempo` milliseconds, until `until` exclusive."""

    tempo: float
    begin: MomentMs
    until: MomentMs


class ClicksSent(RemoteMessage, frozen=True, tag="clicks"):
    """When the metronome clicks; replaces all earlier spans."""

    spans: tuple[SharedSpan, ...]


class Answer(RemoteMessage, frozen=True, tag="answer"):
    """The answer to `action` or `summary`: done, or why not, as one clause."""

    id: int
    done: bool
    why: str = ""


class Pong(RemoteMessage, frozen=True, tag="pong"):
    """The answer to `ping`: its `sent` unchanged, and the moment of the session's clock, in milliseconds."""

    sent: float
    at: float


class WalkedSummary(RemoteMessage, frozen=True, tag="walked"):
    """The summary, with times in milliseconds: sent when the session is over, and again when the answers change.

    Attributes:
        walked: all walking time; backward, forward: its parts. Turns are the rest.
        longest: the longest backward bout.
        complete: whether it was walked to its end.
        unsaved: why it is not in the history, as one clause; empty if it is.
        effort, pain: answers, 0 to 10; stumble, fall: whether the walker stumbled or fell; null: not answered.
        effort_words: what each effort from 0 to 10 means.
        asks: whether the session takes answers; a rehearsal, which is not kept, does not.
    """

    walked: int
    backward: int
    forward: int
    longest: int
    complete: bool
    unsaved: str = ""
    effort: int | None = None
    stumble: bool | None = None
    pain: int | None = None
    fall: bool | None = None
    effort_words: tuple[str, ...] = ()
    asks: bool = True


class Goodbye(RemoteMessage, frozen=True, tag="bye"):
    """The last message: why the session ends the connection, as one clause. `over` if it is not worth reconnecting."""

    why: str
    over: bool = False


# From a client to the session.


class ClientHello(RemoteMessage, frozen=True, tag="hello"):
    """The first message of a client.

    Attributes:
        protocol: the version it speaks.
        role: what it may do.
        name: its name on every screen, such as "phone" or "TV".
        cues: whether it wants cues and clicks.
        measured: whether it wants the sensors' measurements.
        token: the secret of the token file, where the socket is not protected by its file (Windows).
        version: the version of the client's program.
    """

    protocol: int
    role: Role = "local"
    name: Name = ""
    cues: bool = False
    token: Name = ""
    version: Name = ""
    measured: bool = False


class ActionWanted(RemoteMessage, frozen=True, tag="action"):
    """Perform an action. A client that sends the next before the answer still waits for it."""

    id: Id
    name: Name


class Ping(RemoteMessage, frozen=True, tag="ping"):
    """Ask for the session's clock; `sent` is the client's own clock in any unit, and comes back with the answer."""

    sent: float


class SpeakerClaim(RemoteMessage, frozen=True, tag="speaker"):
    """This client plays the sound (`on`), and the session's own is silent meanwhile (`alone`).

    The client repeats it at least every second; of several devices, the one that began last is the speaker. After
    `protocol.SPEAKER_ALIVE_MS` without it, or when the connection ends, the session plays the sound again.
    """

    on: bool
    alone: bool = True


class SummaryAnswers(RemoteMessage, frozen=True, tag="summary"):
    """Answers about the session, once it is over; a question that is left out or null keeps its earlier answer."""

    id: Id
    effort: Score | None = None
    stumble: bool | None = None
    pain: Score | None = None
    fall: bool | None = None


Request = ClientHello | ActionWanted | Ping | SpeakerClaim | SummaryAnswers
Update = (
    Welcome
    | SharedSchedule
    | SharedState
    | SensorsMeasured
    | CuesSent
    | CuesCancelled
    | ClicksSent
    | Answer
    | Pong
    | WalkedSummary
    | Goodbye
)
