"""The system's speech, with fake programs that record their input."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio import speech
from retro_timer.audio.speech import SystemSpeech, speakable
from tests.audio.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

LISTENS = """#!/bin/sh
printf '%s\\0' "$@" > "$0.arguments"
cat > "$0.tmp"
mv "$0.tmp" "$0.heard"
"""
GOES_ON = """#!/bin/sh
echo $$ > "$0.tmp.$$"
mv "$0.tmp.$$" "$0.$$.pid"
exec sleep 600
"""
FAILS = """#!/bin/sh
exit 3
"""
LOOKS_AROUND = f"""#!{sys.executable}
import os, pathlib, sys
lone = os.getsid(0) == os.getpid()
silent = all(os.path.samestat(os.fstat(fd), os.stat(os.devnull)) for fd in (1, 2))
pathlib.Path(sys.argv[0] + ".tmp").write_text(f"lone={{lone}} silent={{silent}}")
os.rename(sys.argv[0] + ".tmp", sys.argv[0] + ".heard")
"""


def gone(pid: int) -> bool:
    """Whether a process has ended and was reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Programs:
    """A folder with speech programs in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.find = partial(shutil.which, path=str(folder))

    def add(self, name: str, script: str) -> str:
        """Put a program there, in one go: one of that name may just be being started."""
        written = self._folder / f"{name}.new"
        written.write_text(script, encoding="utf-8")
        written.chmod(0o755)
        return str(written.replace(self._folder / name))

    def heard(self, name: str) -> str:
        heard = self._folder / f"{name}.heard"
        eventually(heard.exists)
        return heard.read_text(encoding="utf-8")

    def arguments(self, name: str) -> list[str]:
        return (self._folder / f"{name}.arguments").read_text(encoding="utf-8").split("\0")[:-1]

    def running(self) -> list[int]:
        return [int(path.read_text()) for path in self._folder.glob("*.pid")]


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


@pytest.fixture
def speaking(programs: Programs) -> Iterator[Callable[..., SystemSpeech]]:
    opened = []

    def speak(platform: str = "linux", report: Callable[[str], None] = pytest.fail) -> SystemSpeech:
        opened.append(SystemSpeech(programs.find, platform, report))
        return opened[-1]

    yield speak
    for each in opened:
        each.close()


@posix
class TestFinding:
    def test_without_a_program_nothing_happens(self, speaking: Callable[..., SystemSpeech]) -> None:
        silent = speaking()
        assert silent.program is None
        silent.say("eyes up")
        silent.stop()

    def test_finds_programs_on_the_path(
        self, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        espeak = programs.add("espeak", LISTENS)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert SystemSpeech(platform="linux").program == espeak

    @pytest.mark.parametrize(
        ("platform", "expected"), [("darwin", "say"), ("win32", "powershell"), ("linux", "espeak-ng")]
    )
    def test_uses_a_program_of_the_system(
        self, programs: Programs, speaking: Callable[..., SystemSpeech], platform: str, expected: str
    ) -> None:
        paths = {name: programs.add(name, LISTENS) for name in ("say", "powershell", "espeak", "espeak-ng", "spd-say")}
        assert speaking(platform).program == paths[expected]

    def test_prefers_programs_that_can_be_stopped(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        spd_say = programs.add("spd-say", LISTENS)
        assert speaking().program == spd_say
        espeak = programs.add("espeak", LISTENS)
        assert speaking().program == espeak


@posix
class TestSaying:
    @pytest.mark.parametrize(
        ("platform", "name", "arguments"),
        [
            ("darwin", "say", ["-f", "-"]),
            ("linux", "espeak-ng", ["-b", "1", "--stdin"]),
            ("linux", "espeak", ["-b", "1", "--stdin"]),
        ],
    )
    def test_the_words_are_sent_to_standard_input(
        self, programs: Programs, speaking: Callable[..., SystemSpeech], platform: str, name: str, arguments: list[str]
    ) -> None:
        programs.add(name, LISTENS)
        speaking(platform).say("Füße hoch")
        assert programs.heard(name) == "Füße hoch"
        assert programs.arguments(name) == arguments

    def test_on_windows_the_command_is_fixed_and_the_words_are_passed_separately(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        programs.add("powershell", LISTENS)
        speaking("win32").say("eyes'); calc; ('up")
        assert programs.heard("powershell") == "eyes' calc 'up"
        assert "eyes" not in " ".join(programs.arguments("powershell"))

    def test_spd_say_is_given_one_argument_that_is_no_option_and_no_format(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        programs.add("spd-say", LISTENS)
        speaking().say("--stop %n eyes up")
        assert programs.heard("spd-say") == ""
        assert programs.arguments("spd-say") == ["--wait", "--", "stop percent n eyes up"]

    def test_an_empty_label_is_not_spoken(self, programs: Programs, speaking: Callable[..., SystemSpeech]) -> None:
        programs.add("espeak", LISTENS)
        speaker = speaking()
        speaker.say("")
        speaker.say("\x1b\n<>")
        speaker.say("eyes up")
        assert programs.heard("espeak") == "eyes up"

    def test_programs_have_no_terminal(self, programs: Programs, speaking: Callable[..., SystemSpeech]) -> None:
        programs.add("espeak", LOOKS_AROUND)
        speaking().say("eyes up")
        assert programs.heard("espeak") == "lone=True silent=True"


@posix
class TestStopping:
    def test_stop_ends_the_program(self, programs: Programs, speaking: Callable[..., SystemSpeech]) -> None:
        programs.add("espeak", GOES_ON)
        speaker = speaking()
        speaker.say("eyes up")
        eventually(lambda: len(programs.running()) == 1)
        speaker.stop()
        eventually(lambda: gone(programs.running()[0]))

    def test_a_new_label_replaces_the_one_being_spoken(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        programs.add("espeak", GOES_ON)
        speaker = speaking()
        speaker.say("eyes up")
        eventually(lambda: len(programs.running()) == 1)
        (first,) = programs.running()
        programs.add("espeak", LISTENS)
        speaker.say("small steps")
        assert programs.heard("espeak") == "small steps"
        eventually(lambda: gone(first))

    def test_of_many_labels_at_once_the_last_is_spoken(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        programs.add("espeak", GOES_ON)
        speaker = speaking()
        for number in range(1000):
            speaker.say(f"label {number}")
        eventually(lambda: any(not gone(pid) for pid in programs.running()))
        programs.add("espeak", LISTENS)
        speaker.say("the last")
        assert programs.heard("espeak") == "the last"
        eventually(lambda: all(gone(pid) for pid in programs.running()))

    def test_close_ends_the_program_and_nothing_more_is_spoken(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        programs.add("espeak", GOES_ON)
        speaker = speaking()
        speaker.say("eyes up")
        eventually(lambda: len(programs.running()) == 1)
        speaker.close()
        eventually(lambda: gone(programs.running()[0]))
        speaker.say("eyes up")
        speaker.stop()
        speaker.close()
        assert len(programs.running()) == 1
        eventually(lambda: "system speech" not in {thread.name for thread in threading.enumerate()})

    def test_a_program_that_never_ends_is_terminated(
        self, programs: Programs, speaking: Callable[..., SystemSpeech], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(speech, "MAX_SECONDS", 0.2)
        programs.add("espeak", GOES_ON)
        said: list[str] = []
        speaking(report=said.append).say("eyes up")
        eventually(lambda: [gone(pid) for pid in programs.running()] == [True])
        assert said == []

    def test_a_program_may_speak_for_fifteen_seconds_and_is_waited_for_half_of_one(
        self, speaking: Callable[..., SystemSpeech], programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[object, ...]] = []
        over = threading.Event()

        class Program:
            returncode = -9

            def communicate(self, words: bytes | None = None, timeout: float | None = None) -> None:
                asked.append((words, timeout))
                if words is not None:
                    raise subprocess.TimeoutExpired("espeak", 15)
                over.set()

            def kill(self) -> None:
                asked.append(("kill",))

        monkeypatch.setattr(speech, "_started", lambda *_: Program())
        programs.add("espeak", LISTENS)
        speaker = speaking()
        speaker.say("eyes up")
        assert over.wait(20)
        assert asked == [(b"eyes up", 15), ("kill",), (None, None)]
        worker = speaker._worker
        assert worker is not None
        joined: list[float | None] = []
        monkeypatch.setattr(worker, "join", joined.append)
        speaker.close()
        assert joined == [0.5]

    def test_a_program_stopped_while_it_is_being_started_is_ended(
        self, programs: Programs, speaking: Callable[..., SystemSpeech], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        programs.add("espeak", GOES_ON)
        speaker = speaking()
        started: list[subprocess.Popen[bytes]] = []
        start = speech._started

        def stopped_meanwhile(program: speech._Program, path: str, words: str) -> subprocess.Popen[bytes]:
            started.append(start(program, path, words))
            speaker.stop()
            return started[-1]

        monkeypatch.setattr(speech, "_started", stopped_meanwhile)
        monkeypatch.setattr(speech, "MAX_SECONDS", 600)  # it does not end by itself
        speaker.say("eyes up")
        eventually(lambda: bool(started) and gone(started[0].pid))


@posix
class TestFailing:
    def test_a_program_that_cannot_be_started_is_reported_once(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        espeak = programs.add("espeak", "not a program")
        said: list[str] = []
        speaker = speaking(report=said.append)
        speaker.say("eyes up")
        eventually(lambda: len(said) == 1)
        assert espeak in said[0]
        programs.add("espeak", LISTENS)
        speaker.say("small steps")
        assert programs.heard("espeak") == "small steps"
        assert len(said) == 1

    def test_a_program_that_fails_is_reported_once(
        self, programs: Programs, speaking: Callable[..., SystemSpeech]
    ) -> None:
        espeak = programs.add("espeak", FAILS)
        said: list[str] = []
        speaker = speaking(report=said.append)
        speaker.say("eyes up")
        eventually(lambda: len(said) == 1)
        assert said == [f"Cannot speak labels: {espeak!r} ended with status 3."]
        speaker.say("eyes up")
        speaker.close()
        assert len(said) == 1

    def test_a_locale_without_the_letters_is_reported(
        self, programs: Programs, speaking: Callable[..., SystemSpeech], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def start(_program: object, _path: str, words: str) -> subprocess.Popen[bytes]:
            words.encode("latin-1")
            raise AssertionError

        monkeypatch.setattr(speech, "_started", start)
        programs.add("spd-say", LISTENS)
        said: list[str] = []
        speaking(report=said.append).say("oczy w górę")
        eventually(lambda: len(said) == 1)
        assert "latin-1" in said[0]


class TestSpeakable:
    @pytest.mark.parametrize(
        ("label", "words"),
        [
            ("eyes up", "eyes up"),
            ("  heels & toes,\n5 % up ", "heels and toes, 5 percent up"),
            ("[[slnc 5000]] <break/> `calc` $(calc) \\a", "slnc 5000 break/ calc calc a"),
            ("--version", "version"),
            ("- - -", ""),
            ("don't  stop", "don't stop"),
            ("żółw 亀 قف नमस्ते", "żółw 亀 قف नमस्ते"),
            ("\ud800\u202e\u200b\x07", ""),
            ("a" * 1000, "a" * 120),
            ("a" * 119 + " - b", "a" * 119),
            (" " * 479 + "ab", "a"),  # what is behind so many spaces is not looked for
        ],
    )
    def test_keeps_the_words(self, label: str, words: str) -> None:
        assert speakable(label) == words

    @given(st.text())
    def test_speech_never_contains_a_command(self, label: str) -> None:
        words = speakable(label)
        assert len(words) <= 120
        assert not words.startswith("-")
        assert not set(words) & set('%<>[]{}()$`"\\;|&!#*@=~^_\n\r\t\0\x1b')
        assert words.encode().decode() == words
        assert speakable(words) == words
