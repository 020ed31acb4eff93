"""The player with real processes and no sound: children that die, hang or send garbage, and parents that disappear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.audio import protocol
from retro_timer.audio.child_process import ChildProcess
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.player import SoundPlayer
from retro_timer.clock import RehearsalClock, now_ms
from retro_timer.processes import command
from retro_timer.session.ports import MetronomeSpan, SoundState
from retro_timer.testing import FakeClock
from tests.audio.cues import tick
from tests.audio.waiting import eventually
from tests.processes import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.audio.dependencies import Dependencies
    from retro_timer.session.ports import DueCue

ROOT = Path(__file__).parents[2]


@pytest.fixture
def no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no sound server and no device."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none.conf"))
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")


def child(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.mark.parametrize(
    "program",
    [
        "",  # ends at once
        "import time; time.sleep(60)",  # reads nothing, writes nothing
        "import sys; sys.stdin.close(); sys.stdout.close()",
        "import os\nwhile True: os.write(1, b'\\xff' * 65536)",  # one endless line
        "import os\nos.write(1, b'{\"is\": 3}\\n[]\\nnull\\n' * 1000)",
    ],
)
def test_a_link_to_a_child_that_misbehaves_neither_waits_nor_raises(program: str) -> None:
    heard: list[protocol.Message | None] = []
    link = ChildProcess(heard.append, child(program))
    begun = time.monotonic()
    for _ in range(2000):
        link.send(protocol.encode("play", text="x" * 200))
    assert time.monotonic() - begun < 1
    link.end(0.2)
    assert time.monotonic() - begun < 3
    eventually(lambda: heard == [None])


@pytest.mark.usefixtures("no_sound")
def test_a_child_ends_when_its_stdin_does() -> None:
    heard: SimpleQueue[protocol.Message | None] = SimpleQueue()
    link = ChildProcess(heard.put)
    link.send(protocol.encode_options(SoundOptions("miniaudio")))
    assert heard.get(timeout=20) is not None
    begun = time.monotonic()
    link.end(5)
    assert time.monotonic() - begun < 1


@pytest.mark.usefixtures("no_sound")
def test_garbage_on_its_stdin_does_not_end_a_child() -> None:
    heard: SimpleQueue[protocol.Message | None] = SimpleQueue()
    link = ChildProcess(heard.put)
    link.send(protocol.encode_options(SoundOptions("miniaudio")))
    link.send(b"\x00\xff\n{}\n" + b"[" * 100_000 + b'\n{"is":"play"}\n{"is":"play","id":1e999}\n{"is":"mute"}\n')
    link.send(protocol.encode_cue(1, tick(10**17)))
    for _ in range(6):
        assert heard.get(timeout=20) is not None
    link.end(1)


def test_what_is_known_of_a_player_comes_from_its_thread_once_that_runs() -> None:
    player = SoundPlayer(SoundOptions("off"))
    assert (player.state, player.detail) == (SoundState.STARTING, "")
    assert (player.losses, player.has_metronome, player.missed, player.pid) == (0, True, (), None)
    known: Any = SimpleNamespace(losses=2, has_metronome=False, missed=(tick(0).cue,), pid=7)
    player._supervisor = known
    assert (player.losses, player.has_metronome, player.missed, player.pid) == (2, False, (tick(0).cue,), 7)


def test_a_child_without_options_ends() -> None:
    asked = subprocess.run(
        command("retro_timer.audio.child"), input=b"hello\n", capture_output=True, timeout=20, check=False
    )
    assert (asked.returncode, asked.stdout, asked.stderr) == (2, b"", b"")


@pytest.mark.usefixtures("no_sound")
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_no_child_outlives_a_parent_however_it_dies(how: str) -> None:
    program = (
        "import time\n"
        "from retro_timer.audio.options import SoundOptions\n"
        "from retro_timer.audio.player import SoundPlayer\n"
        "from retro_timer.session.ports import SoundState\n"
        "player = SoundPlayer(SoundOptions('miniaudio'))\n"
        "player.start()\n"
        "while player.state is SoundState.STARTING: time.sleep(0.01)\n"
        "print(player.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    parent.send_signal(signal.Signals[how])
    parent.wait(10)
    eventually(lambda: not runs(pid), 3)


@pytest.mark.usefixtures("no_sound")
def test_without_a_sound_server_the_player_says_so_and_ends_at_once() -> None:
    player = SoundPlayer(SoundOptions("miniaudio"))
    player.start()
    player.send([tick(now_ms())])
    eventually(lambda: player.state is SoundState.NONE)
    assert "miniaudio found no output" in player.detail
    begun = time.monotonic()
    player.close(drain=True)
    assert time.monotonic() - begun < 1.5


@pytest.mark.usefixtures("no_sound")
def test_a_player_reports_a_change_of_its_state() -> None:
    states: SimpleQueue[None] = SimpleQueue()
    player = SoundPlayer(SoundOptions("bell"), ring=lambda: None, on_state=lambda: states.put(None))
    player.start()
    states.get(timeout=20)
    assert player.state is SoundState.BELL
    player.close(drain=False)


class RecordingSupervisor:
    """Replaces the supervisor, and records the calls."""

    def __init__(
        self, _options: SoundOptions, inbox: SimpleQueue[Callable[[RecordingSupervisor], None]], _: object
    ) -> None:
        self._inbox = inbox
        self._open = True
        self.asked: list[object] = []

    def run(self) -> None:
        while self._open:
            self._inbox.get()(self)

    def send(self, cues: Sequence[DueCue]) -> None:
        self.asked += [each.due for each in cues]

    def click(self, stretches: Sequence[MetronomeSpan]) -> None:
        self.asked += stretches

    def close(self, *, drain: bool) -> None:
        self._open = drain


def test_a_rehearsal_plays_at_its_own_speed_and_clicks_at_the_walkers_tempo(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[RecordingSupervisor] = []

    def make(*given: Any) -> RecordingSupervisor:  # noqa: ANN401  (what a supervisor is given)
        made.append(RecordingSupervisor(*given))
        return made[0]

    monkeypatch.setattr("retro_timer.audio.supervisor.Supervisor", make)
    player = SoundPlayer(SoundOptions("miniaudio"), clock=RehearsalClock(FakeClock(now=1000), 60))
    player.start()
    player.send([tick(1000), tick(61_000)])
    player.click([MetronomeSpan(90, 1000, 61_000), MetronomeSpan(90, 121_000, 181_000)])
    player.close(drain=False)
    assert made[0].asked == [1000, 2000, MetronomeSpan(90, 1000, 2000), MetronomeSpan(90, 3000, 4000)]


def test_what_is_sent_before_the_start_is_played_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[RecordingSupervisor] = []

    def make(*given: Any) -> RecordingSupervisor:  # noqa: ANN401  (what a supervisor is given)
        made.append(RecordingSupervisor(*given))
        return made[-1]

    monkeypatch.setattr("retro_timer.audio.supervisor.Supervisor", make)
    player = SoundPlayer(SoundOptions("miniaudio"))
    player.send([tick(1000)])
    assert made == []
    player.start()
    player.start()
    player.close(drain=False)
    (supervisor,) = made
    assert supervisor.asked == [1000]


def test_a_change_is_shown_once_and_what_happened_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(options: SoundOptions, _: object, dependencies: Dependencies) -> SimpleNamespace:
        assert options.backend == "miniaudio"

        def report() -> None:
            for detail in ("one", "one", "two"):
                dependencies.show(SoundState.OK, detail)
            dependencies.show(SoundState.LOST, "two")
            dependencies.log("It was lost.")

        return SimpleNamespace(run=report, close=lambda **_: None)

    monkeypatch.setattr("retro_timer.audio.supervisor.Supervisor", run)
    changes: list[tuple[SoundState, str]] = []
    logged: list[str] = []
    player = SoundPlayer(
        SoundOptions("miniaudio"), on_state=lambda: changes.append((player.state, player.detail)), log=logged.append
    )
    for each in (player, SoundPlayer(SoundOptions("miniaudio"))):  # nobody has to listen
        each.start()
        each.close(drain=False)
        assert (each.state, each.detail) == (SoundState.LOST, "two")
    assert changes == [(SoundState.OK, "one"), (SoundState.OK, "two"), (SoundState.LOST, "two")]
    assert logged == ["It was lost."]


def test_a_player_that_was_never_started_is_closed_at_once() -> None:
    player = SoundPlayer(SoundOptions("miniaudio"))
    player.send([tick(0)])
    player.close(drain=True)
    assert player.state is SoundState.STARTING


def test_every_call_is_allowed_after_closing() -> None:
    player = SoundPlayer(SoundOptions("off"))
    player.start()
    player.close(drain=False)
    player.send([tick(0)])
    player.cancel()
    player.mute(True)
    player.close(drain=True)


def test_importing_the_player_imports_nothing_that_it_starts_later() -> None:
    program = (
        "import sys, retro_timer.audio.player\n"
        "heavy = ('subprocess', 'json', 'miniaudio', 'retro_timer.audio.child_process')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert asked.stdout.strip() == "[]"


@pytest.mark.usefixtures("no_sound")
def test_a_child_imports_neither_the_screen_nor_numpy() -> None:
    program = (
        "import sys, retro_timer.audio.child, retro_timer.audio.backends.persistent as persistent\n"
        "persistent._load()\n"
        "heavy = ('textual', 'rich', 'click', 'asyncio', 'numpy')\n"
        "print([name for name in heavy if sys.modules.get(name)])"
    )
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert asked.stdout.strip() == "[]"
