"""The base class of errors shown to the user, and texts for operating-system errors."""

from __future__ import annotations

import os

from retro_timer.text import printable


class UserError(Exception):
    """An error that the user can understand and act on. The message is one sentence or clause in plain words.

    The command line prints it and exits with code 2; screens display it. Any other exception is a bug.
    """


def reason(error: OSError) -> str:
    """The system's description of an error, in lower case, to end a sentence with."""
    text = error.strerror or str(error) or type(error).__name__
    return printable(text[:1].lower() + text[1:])


def system_refusal(error: OSError | UnicodeError | MemoryError) -> str:
    """What the operating system refused, as one clause."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, UnicodeError):
        return f"some text cannot be read or written ({printable(str(error))})"
    if not isinstance(error.filename, str | bytes):
        return reason(error)
    return f"{printable(os.fsdecode(error.filename))}: {reason(error)}"
