"""The phases of a workout: what the walker does during an interval."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """What the walker does; the values are the names used in JSON and in the history."""

    WARM_UP = "warm-up"
    BACKWARD = "backward"
    TURN = "turn"
    FORWARD = "forward"
    REST = "rest"
    COOL_DOWN = "cool-down"

    @property
    def on_belt(self) -> bool:
        """Whether the walker is on the moving belt; the start of such a phase is counted down."""
        return self not in (Phase.TURN, Phase.REST)

    @property
    def faces_backward(self) -> bool:
        """Whether the walker faces away from the console, and so from the screen."""
        return self is Phase.BACKWARD
