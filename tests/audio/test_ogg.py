"""Ogg files are decoded in a process of their own: whatever that does is a sentence."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio import decoding
from retro_timer.audio.custom import SoundFileError, read_sound
from retro_timer.audio.library import Library
from retro_timer.session.cue import Sound
from tests.audio.measuring import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parent / "data"
TONE = DATA / "tone.ogg"
DAMAGED = DATA / "damaged.ogg"
"""Made by changing bytes of another file at random; miniaudio's decoder calls `abort` on it."""


def problem_with(path: Path) -> str:
    with pytest.raises(SoundFileError) as caught:
        read_sound(path)
    return str(caught.value)


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a program in the place of the decoder."""

    def put(program: str) -> None:
        monkeypatch.setattr("retro_timer.processes.command", lambda _: [sys.executable, "-c", program])

    return put


def test_a_file_that_ends_its_decoder_is_refused() -> None:
    assert "it is damaged" in problem_with(DAMAGED)


def test_a_session_goes_on_with_the_shipped_sound() -> None:
    reported: list[str] = []
    library = Library(custom={Sound.TICK: DAMAGED}, report=reported.append)
    assert library.sound(Sound.TICK) == Library().sound(Sound.TICK)
    (line,) = reported
    assert "it is damaged" in line


def test_a_file_cut_short_is_read_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.ogg"
    path.write_bytes(TONE.read_bytes()[:4500])
    assert 0 < milliseconds(read_sound(path)) < 500
    path.write_bytes(TONE.read_bytes()[:100])
    assert "it is damaged" in problem_with(path)


def test_ogg_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "opus.ogg"
    path.write_bytes(b"OggS" + b"\0" * 24 + b"OpusHead")
    assert "not a WAV, FLAC, MP3 or Ogg Vorbis file" in problem_with(path)


@pytest.mark.parametrize("name", ["tone.flac", "tone.mp3"])
def test_other_files_start_no_process(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("retro_timer.processes.run_apart", pytest.fail)
    assert read_sound(DATA / name)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "the decoder stopped early"),
        ("import os; os.write(1, bytes(8)); os.abort()", "the decoder stopped early"),
        ("print('x' * 9)", "the decoder stopped early"),
        ("", "the decoder stopped early"),
        ("import sys; print('it is \\x1b[2J'); sys.stdout.flush(); sys.exit(64)", "it is ?[2J"),
    ],
)
def test_whatever_the_decoder_does_is_a_sentence(decoder: Callable[[str], None], program: str, reason: str) -> None:
    decoder(program)
    said = problem_with(TONE)
    assert reason in said
    assert said.isprintable()


def test_a_decoder_that_never_ends_is_ended(decoder: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    decoder("import threading; threading.Event().wait()")
    monkeypatch.setattr("retro_timer.audio.decoding.TIME_LIMIT_S", 0.2)
    assert "it could not be decoded within 0.2 s" in problem_with(TONE)


@pytest.mark.skipif(sys.platform == "win32", reason="processor time is not limited there")
def test_a_decoder_that_runs_in_circles_is_ended_by_the_system() -> None:
    program = """
from retro_timer.audio import decoding
def circle(*_):
    while True:
        pass
decoding.CPU_LIMIT_S, decoding._decoded = 1, circle
decoding.main()
"""
    done = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, timeout=100, check=False)
    assert done.returncode < 0


@pytest.mark.skipif(sys.platform == "win32", reason="processor time is not limited there")
def test_the_process_that_decodes_limits_itself_before_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits: list[tuple[int, int]] = []
    written = BytesIO()

    def read() -> bytes:
        limits.append((-1, 0))
        return TONE.read_bytes()

    monkeypatch.setattr(resource, "setrlimit", lambda kind, soft_and_hard: limits.append((kind, soft_and_hard[0])))
    watch = "faulthandler.dump_traceback_later"
    monkeypatch.setattr(watch, lambda seconds, **named: limits.append((-2, seconds if named == {"exit": True} else 0)))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=SimpleNamespace(read=read)))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written))
    decoding.main()
    assert limits == [
        (-2, 60),
        (resource.RLIMIT_AS, 1_000_000_000),
        (resource.RLIMIT_CPU, 5),
        (resource.RLIMIT_CORE, 0),
        (-1, 0),
    ]
    rate = int.from_bytes(written.getvalue()[:4], sys.byteorder)
    assert rate in decoding.RATES
    assert len(written.getvalue()) > rate  # half a second


def test_a_decoder_that_nobody_waits_for_ends_by_itself() -> None:
    program = "from retro_timer.audio import decoding; decoding.TIME_LIMIT_S = 0.2; decoding.main()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as left:
        assert left.wait(60) == 1


def test_a_decoder_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("retro_timer.processes.command", lambda _: [str(tmp_path / "none")])
    assert "cannot be started" in problem_with(TONE)
