"""The exit codes, and what they mean."""

from __future__ import annotations

from typing import Final

EXIT_DONE: Final = 0
EXIT_ENDED_EARLY: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_REFUSED: Final = 2
"""Another window walks: nothing was changed."""
EXIT_INTERRUPTED: Final = 130
EXIT_TERMINATED: Final = 143
SIGNALLED: Final = 128
"""A program ended by a signal exits with this and the signal's number."""
