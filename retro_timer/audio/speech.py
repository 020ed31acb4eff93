"""The system's speech, for the words the walker made up: optional, never waited for, one label at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CHARACTERS: Final = 120
"""A label is cut to this length before it is said."""
MAX_SECONDS: Final = 15
"""A program that speaks for longer is ended."""
CLOSE_SECONDS: Final = 0.5
"""How long closing waits for a program that was just killed."""
_PUNCTUATION: Final = frozenset(".,:?'’-/")  # noqa: RUF001 - the typographic apostrophe is meant
_SPELT_OUT: Final = str.maketrans({"&": " and ", "%": " percent ", "+": " plus ", "@": " at "})
_POWERSHELL: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True, slots=True)
class _Program:
    """A program that speaks.

    Attributes:
        name: what to look for on the path.
        arguments: what it is started with; it then reads the text from its standard input.
        platform: the only `sys.platform` on which the name means this program; empty for any.
        takes_argument: whether the text is the last argument instead.
    """

    name: str
    arguments: tuple[str, ...]
    platform: str = ""
    takes_argument: bool = False


_PROGRAMS: Final = (
    _Program("say", ("-f", "-"), "darwin"),
    _Program("powershell", ("-NoProfile", "-NonInteractive", "-Command", _POWERSHELL), "win32"),
    _Program("espeak-ng", ("-b", "1", "--stdin")),
    _Program("espeak", ("-b", "1", "--stdin")),
    # Last, because it hands the text to a daemon, which goes on speaking when the program is stopped.
    _Program("spd-say", ("--wait", "--"), takes_argument=True),
)


def speakable(text: str) -> str:
    """The words of a label, in one line and of bounded length, with nothing a speech program could take as a command.

    Letters, marks, digits and a little punctuation remain. What goes means something to one program or another: markup
    (`<`), commands and phonemes in the text (`[[`), options (a leading `-`), and format directives (spd-say hands its
    argument to printf: `%n`).
    """
    kept = (
        letter if unicodedata.category(letter)[0] in "LMN" or letter in _PUNCTUATION else " "
        for letter in text[: 4 * MAX_CHARACTERS].translate(_SPELT_OUT)
    )
    return " ".join("".join(kept).split())[:MAX_CHARACTERS].lstrip(" -").rstrip()


class SystemSpeech:
    """Says labels with the first speech program found. No call waits for a program to speak, and none raises.

    Programs are started, fed and waited for in a thread, away from the terminal.

    Args:
        find: finds a program by its name, as `shutil.which` does.
        platform: the `sys.platform` to look for.
        report: is handed why speech does not work: one line, once.
    """

    def __init__(
        self,
        find: Callable[[str], str | None] = shutil.which,
        platform: str = sys.platform,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self._report = report
        self._found = _found(find, platform)
        self._changed = threading.Condition()  # guards what follows
        self._worker: threading.Thread | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._next = ""
        self._hushes = 0
        self._closed = False

    @property
    def program(self) -> str | None:
        """The path of the program that speaks, or None when there is none."""
        return self._found[1] if self._found else None

    def say(self, label: str) -> None:
        """Say a label, in place of what is being said."""
        words = speakable(label)
        if not words or self._found is None:
            return
        with self._changed:
            if self._closed:
                return
            self._hush()
            self._next = words
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, args=self._found, name="system speech", daemon=True)
                self._worker.start()
            self._changed.notify()

    def stop(self) -> None:
        """Fall silent."""
        with self._changed:
            self._hush()

    def close(self) -> None:
        """Fall silent for good; waits up to half a second for the program to be gone."""
        with self._changed:
            self._closed = True
            self._hush()
            self._changed.notify()
        if self._worker is not None:
            self._worker.join(CLOSE_SECONDS)

    def _hush(self) -> None:
        self._hushes += 1
        self._next = ""
        if self._running is not None:
            self._running.kill()

    def _work(self, program: _Program, path: str) -> None:
        """Say what is wanted next, until closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._next)
                if self._closed:
                    return
                words, self._next = self._next, ""
                hushes = self._hushes
            try:
                process = _started(program, path, words)
            except (OSError, UnicodeEncodeError) as error:  # or the locale has no such letters
                self._complain(f"Cannot speak labels with {path!r}: {error}.")
                continue
            with self._changed:
                self._running = process
                if self._hushes != hushes:  # while it was being started
                    process.kill()
            self._attend(process, b"" if program.takes_argument else words.encode())
            with self._changed:
                self._running = None
            if process.returncode > 0:
                self._complain(f"Cannot speak labels: {path!r} ended with status {process.returncode}.")

    def _attend(self, process: subprocess.Popen[bytes], words: bytes) -> None:
        """Hand over the words, and wait for the end."""
        try:
            process.communicate(words, timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _complain(self, complaint: str) -> None:
        if self._report is not None:
            self._report(complaint)
            self._report = None


def _found(find: Callable[[str], str | None], platform: str) -> tuple[_Program, str] | None:
    """The first program there is, and its path."""
    for program in _PROGRAMS:
        path = find(program.name) if program.platform in ("", platform) else None
        if path:
            return program, path
    return None


def _started(program: _Program, path: str, words: str) -> subprocess.Popen[bytes]:
    """Start a speech program without a shell, without a window and out of the reach of the terminal's signals."""
    return subprocess.Popen(
        [path, *program.arguments, *((words,) if program.takes_argument else ())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
