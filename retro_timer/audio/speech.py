"""Labels spoken by the system's speech program: optional, non-blocking, one label at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import unicodedata
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.processes import start_child

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CHARACTERS: Final = 120
"""Labels are truncated to this length."""
MAX_SECONDS: Final = 15
"""A speech program that takes longer is terminated."""
CLOSE_SECONDS: Final = 0.5
"""How long closing waits for a killed program."""
_PUNCTUATION: Final = frozenset(".,:?'’-/")  # noqa: RUF001 - the typographic apostrophe is meant
_SPELT_OUT: Final = str.maketrans({"&": " and ", "%": " percent ", "+": " plus ", "@": " at "})
_POWERSHELL: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)


class _Program(Struct, frozen=True):
    """A speech program.

    Attributes:
        name: its name on the path.
        arguments: its arguments; it reads the text from standard input.
        platform: the only `sys.platform` on which to use it; empty for any.
        takes_argument: whether it takes the text as the last argument instead.
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
    # Last, because it passes the text to a daemon, which cannot be stopped.
    _Program("spd-say", ("--wait", "--"), takes_argument=True),
)


def speakable(text: str) -> str:
    """Sanitize a label for speech programs: one line of bounded length, without anything they interpret.

    Keeps letters, marks, digits and some punctuation. Removes anything that one of them interprets: markup (`<`),
    inline commands and phonemes (`[[`), options (a leading `-`), and format directives (spd-say passes its argument to
    printf: `%n`).
    """
    kept = (
        letter if unicodedata.category(letter)[0] in "LMN" or letter in _PUNCTUATION else " "
        for letter in text[: 4 * MAX_CHARACTERS].translate(_SPELT_OUT)
    )
    return " ".join("".join(kept).split())[:MAX_CHARACTERS].lstrip(" -").rstrip()


class SystemSpeech:
    """Speaks labels with the first speech program found. Calls never block and never raise.

    Programs run in a thread, detached from the terminal.

    Args:
        find: finds a program by name, like `shutil.which`.
        platform: the value of `sys.platform`.
        report: called once with one line if speech does not work.
    """

    def __init__(
        self,
        find: Callable[[str], str | None] = shutil.which,
        platform: str = sys.platform,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self._report = report
        self._found = _found(find, platform)
        self._changed = threading.Condition()  # guards the following fields
        self._worker: threading.Thread | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._next = ""
        self._stops = 0
        self._closed = False

    @property
    def program(self) -> str | None:
        """The path of the speech program, or None."""
        return self._found[1] if self._found else None

    def say(self, label: str) -> None:
        """Speak a label, interrupting the current one."""
        words = speakable(label)
        if not words or self._found is None:
            return
        with self._changed:
            if self._closed:
                return
            self._stop_speech()
            self._next = words
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, args=self._found, name="system speech", daemon=True)
                self._worker.start()
            self._changed.notify()

    def stop(self) -> None:
        """Stop speaking."""
        with self._changed:
            self._stop_speech()

    def close(self) -> None:
        """Stop speaking for good; waits up to half a second for the program to end."""
        with self._changed:
            self._closed = True
            self._stop_speech()
            self._changed.notify()
        if self._worker is not None:
            self._worker.join(CLOSE_SECONDS)

    def _stop_speech(self) -> None:
        self._stops += 1
        self._next = ""
        if self._running is not None:
            self._running.kill()

    def _work(self, program: _Program, path: str) -> None:
        """Speak queued labels until closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._next)
                if self._closed:
                    return
                words, self._next = self._next, ""
                stops = self._stops
            try:
                process = _started(program, path, words)
            except (OSError, UnicodeEncodeError) as error:  # or the text cannot be encoded in the locale
                self._report_problem(f"Cannot speak labels with {path!r}: {error}.")
                continue
            with self._changed:
                self._running = process
                if self._stops != stops:  # stopped while the program was starting
                    process.kill()
            self._attend(process, b"" if program.takes_argument else words.encode())
            with self._changed:
                self._running = None
            if process.returncode > 0:
                self._report_problem(f"Cannot speak labels: {path!r} ended with status {process.returncode}.")

    def _attend(self, process: subprocess.Popen[bytes], words: bytes) -> None:
        """Send the words to the program and wait until it ends."""
        try:
            process.communicate(words, timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _report_problem(self, problem: str) -> None:
        if self._report is not None:
            self._report(problem)
            self._report = None


def _found(find: Callable[[str], str | None], platform: str) -> tuple[_Program, str] | None:
    """The first available program and its path."""
    for program in _PROGRAMS:
        path = find(program.name) if program.platform in ("", platform) else None
        if path:
            return program, path
    return None


def _started(program: _Program, path: str, words: str) -> subprocess.Popen[bytes]:
    """Start a speech program."""
    argv = [path, *program.arguments, *((words,) if program.takes_argument else ())]
    return start_child(argv, reports=False)
