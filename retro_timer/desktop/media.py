"""A session as a media player for desktops and headsets. Pure: no D-Bus here.

https://specifications.freedesktop.org/mpris-spec/latest/Player_Interface.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from retro_timer.text import clock_time, one_line

if TYPE_CHECKING:
    from retro_timer.remote.messages import SharedInterval, SharedSchedule, SharedState

PLAYING: Final = "Playing"
PAUSED: Final = "Paused"
STOPPED: Final = "Stopped"
_MOVING: Final = ("lead-in", "running", "holding")
_US_PER_MS: Final = 1000
_US_PER_S: Final = 1_000_000
_TRACK: Final = "/retro_timer/interval/"
JUMP_US: Final = 500_000
"""A position that differs by more than this from the expected one is a jump."""


class Moment(Struct, frozen=True):
    """The known state of a session.

    Attributes:
        name: the name of the workout.
        schedule: its schedule.
        state: where the session is.
        offset: milliseconds that the session's clock is ahead of ours.
    """

    name: str
    schedule: SharedSchedule
    state: SharedState
    offset: float = 0

    @property
    def status(self) -> str:
        """Playing, paused or stopped."""
        if self.state.state in _MOVING:
            return PLAYING
        return PAUSED if self.state.state == "paused" and self.state.reason != "bail-out" else STOPPED

    def position(self, now: float) -> int:
        """Microseconds into the interval, at a moment of our clock in milliseconds; 0 in the lead-in before it."""
        interval, start = self._interval(), self._start_ms()
        if interval is None:
            return 0
        position: float = self.state.position
        if self.state.runs_from is not None:
            position += max(0.0, now + self.offset - self.state.runs_from)
        return round(min(max(0.0, position - start), interval.duration * 1000.0) * _US_PER_MS)

    def metadata(self) -> dict[str, tuple[str, Any]]:
        """The fields that panels and headsets show: signature and value by MPRIS name.

        The title is the phase, the artist the next interval, the album the workout: most of them show these three.
        """
        interval = self._interval()
        if interval is None:
            return {"mpris:trackid": ("o", f"{_TRACK}none")}
        index = self.state.index
        following = self.schedule.intervals[index + 1] if index + 1 < len(self.schedule.intervals) else None
        return {
            "mpris:trackid": ("o", f"{_TRACK}{index}"),
            "mpris:length": ("x", interval.duration * _US_PER_S),
            "xesam:title": ("s", _title(interval)),
            "xesam:artist": ("as", [f"next: {_title(following)}" if following else "then it is over"]),
            "xesam:album": ("s", one_line(self.name) or "Retro Timer"),
            "xesam:trackNumber": ("i", index + 1),
        }

    def action(self, verb: str) -> str:
        """The session action for a verb of the player interface; empty if the verb has no effect now."""
        state = self.state.state
        moving, paused = state in _MOVING, state == "paused"
        actions = {
            "PlayPause": "pause" if moving or paused else "",
            "Pause": "pause" if moving else "",
            "Play": "pause" if paused else "",
            "Next": "turned" if state == "holding" else "skip",
            "Previous": "back",
            "Stop": "bail_out",
        }
        return actions.get(verb, "")

    def _interval(self) -> SharedInterval | None:
        index, intervals = self.state.index, self.schedule.intervals
        return intervals[index] if 0 <= index < len(intervals) else None

    def _start_ms(self) -> int:
        return sum(interval.duration for interval in self.schedule.intervals[: self.state.index]) * 1000


def _title(interval: SharedInterval) -> str:
    """The phase, its length, and the walker's label."""
    words = f"{interval.phase.replace('-', ' ').capitalize()} {clock_time(interval.duration)}"
    label = one_line(interval.label)
    return f"{words}, {label}" if label else words
