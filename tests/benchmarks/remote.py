"""What the session's socket costs, and how fast it is. Needs Linux.

    python tests/benchmarks/remote.py                 # all; about eight minutes
    python tests/benchmarks/remote.py speed idle      # only some of: speed, clock, idle, sound
    python tests/benchmarks/remote.py --json

speed: a client connects, asks for an action and gets the answer, from a real session without a screen.
clock: the session's clock as a client knows it whose own clock is three hours off, against the real one.
idle: memory and processor time of a session on the screen that nobody follows, against one that is not shared.
sound: how much the onsets of cues vary while sixteen clients follow, one of them flooding and three never reading;
against a session that nobody follows. Needs pulseaudio and pulseaudio-utils. Exits with 1 when a budget is not met.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from retro_timer.clock import SystemClock  # noqa: E402  (after the path is set)
from retro_timer.remote.address import Address, addresses, connect, listen  # noqa: E402
from retro_timer.remote.client import SessionClient  # noqa: E402
from retro_timer.remote.messages import ActionWanted, ClientHello, Ping, Pong  # noqa: E402
from retro_timer.remote.protocol import MAX_CLIENTS, PROTOCOL, decode_update, encode  # noqa: E402
from retro_timer.remote.shared_session import SharedSession  # noqa: E402
from retro_timer.runtime.resolve import resolve  # noqa: E402
from retro_timer.runtime.runner import Runner  # noqa: E402
from retro_timer.runtime.session_config import SessionConfig  # noqa: E402
from tests.benchmarks.budget import Limit, report  # noqa: E402
from tests.benchmarks.sound import Bench, accuracy, write_tone  # noqa: E402
from tests.sound_server import SoundServer  # noqa: E402
from tests.terminal import PROGRAM, own_directories, terminal  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.audio.player import SoundPlayer
    from retro_timer.session.events import Event
    from retro_timer.session.history import Feedback

PARTS: Final = ("speed", "clock", "idle", "sound")
ACTIONS: Final = 200
EVERY_S: Final = 0.15
"""Seconds between two actions: more often, and they are refused."""
THREE_HOURS_MS: Final = 3 * 3_600_000
IDLE_S: Final = 60
PAIRS: Final = 3
"""How often the sessions that are and are not shared are run, in turn."""
CUES: Final = 100
SPREAD: Final = "spread p95-p5"
"""The figure of the sound benchmark that is compared."""
NOT_SHARED: Final = """
from retro_timer.ui.screens.session import SessionScreen
async def alone(screen):
    pass
SessionScreen._share = alone
"""
RUN: Final = """
import sys
from retro_timer.__main__ import main
sys.exit(main())
"""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") / 2**20


def parts_of(times: list[float]) -> tuple[float, float, float]:
    """The median, the 95th and the 99th percentile."""
    cut = statistics.quantiles(times, n=100)
    return cut[49], cut[94], cut[98]


@contextlib.contextmanager
def plain_session(home: Path) -> Iterator[Address]:
    """A session without a screen, in a separate process."""
    command = [*PROGRAM, "run", "back 60m", "--plain", "--audio", "off", "--lead-in", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env={**os.environ, **own_directories(home)}, stdin=pipe, stdout=subprocess.DEVNULL
    ) as process:
        try:
            while not (found := addresses(home / "run")):
                time.sleep(0.05)
            yield found[0]
        finally:
            process.kill()


def speed(home: Path) -> list[Limit]:
    """How long an action takes, with a new connection and with one that is already open."""
    new, kept = [], []
    with plain_session(home) as address:
        with SessionClient(address) as client:
            for number in range(ACTIONS):
                begun = time.perf_counter()
                client.act("longer" if number % 2 else "shorter")
                kept.append((time.perf_counter() - begun) * 1000)
                time.sleep(EVERY_S)
        for number in range(ACTIONS):
            begun = time.perf_counter()
            with SessionClient(address) as client:
                client.act("longer" if number % 2 else "shorter")
            new.append((time.perf_counter() - begun) * 1000)
            time.sleep(EVERY_S)
    median, late, _ = parts_of(new)
    return [
        Limit("connect, action, answer: median", median, 20, "ms"),
        Limit("connect, action, answer: p95", late, 60, "ms"),
        Limit("action, answer: p95", parts_of(kept)[1], 60, "ms"),
    ]


def clock(home: Path) -> list[Limit]:
    """The error of the session's clock as estimated by a client whose own clock is three hours off."""
    errors = []
    with plain_session(home) as address:
        wire, _ = connect(address)
        with wire, wire.makefile("rb") as lines:
            wire.sendall(encode(ClientHello(PROTOCOL)))
            shortest, offset = float("inf"), 0.0
            for _ in range(ACTIONS):
                sent = own_ms()
                wire.sendall(encode(Ping(sent)))
                pong = next(each for each in map(decode_update, lines) if isinstance(each, Pong))
                trip = own_ms() - sent
                if trip < shortest:
                    shortest, offset = trip, pong.at - (own_ms() + sent) / 2
                errors.append(abs(own_ms() + offset - time.monotonic_ns() / 1e6))
                time.sleep(0.02)
    return [Limit("clock of a client that is 3 h off: p99 of the error", parts_of(errors)[2], 50, "ms")]


def own_ms() -> float:
    """The clock of a client: another zero, and three hours off."""
    return time.monotonic_ns() / 1e6 - THREE_HOURS_MS


def idle(home: Path) -> list[Limit]:
    """What a session that nobody follows costs, against one that is not shared at all."""
    costs: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for number in range(PAIRS):
        for shared in (True, False):
            place = home / f"{number}{shared}"
            place.mkdir()
            program = [sys.executable, "-c", "" if shared else NOT_SHARED]
            program[2] += RUN
            arguments = ["run", "back 60m", "--audio", "off", "--lead-in", "0"]
            with terminal(arguments, place, size=(120, 40), program=program) as walked:
                walked.read_for(10)
                begun = used(walked.pid)[1]
                walked.read_for(IDLE_S)
                taken, end = used(walked.pid)
                costs[shared].append((taken, end - begun))
    memory, processor = ({key: statistics.median(each[part] for each in found) for key, found in costs.items()}
                         for part in (0, 1))  # fmt: skip
    print(f"memory {memory} MB, processor {processor} s a minute", file=sys.stderr)
    return [
        Limit("memory while nobody follows", memory[True] - memory[False], 1.0, "MB"),
        Limit("processor while nobody follows", 100 * (processor[True] / processor[False] - 1), 5.0, "%"),
    ]


def used(pid: int) -> tuple[float, float]:
    """The memory in MB and the processor time in seconds of a process, finer than in ticks."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return memory, sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


class LoopFrontEnd:
    """Runs the shared session: a thread that performs posted calls."""

    def __init__(self, runner: Runner) -> None:
        self.keys: dict[str, tuple[str, ...]] = {}
        self._runner = runner
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def post(self, call: Callable[[], object]) -> None:
        """Perform a call in the thread."""
        self._calls.put(call)

    def act(self, name: str) -> tuple[Event, ...]:
        """Perform an action."""
        return self._runner.act(name)

    def take(self, events: tuple[Event, ...]) -> None:
        """Show nothing."""

    def answer_summary(self, given: Feedback, done: Callable[[str], None]) -> None:  # noqa: ARG002
        """Keep nothing."""
        done("")

    def close(self) -> None:
        """End the thread."""
        self._calls.put(None)
        self._thread.join()


class FollowedBench(Bench):
    """A bench with the player of a session that sixteen clients follow."""

    followed: Any = None

    def player(self, backend: str = "miniaudio") -> SoundPlayer:
        """A player that passes everything on to the clients."""
        runner = Runner(
            resolve("back 60m"), clock=SystemClock(), player=super().player(backend), config=SessionConfig()
        )
        front = LoopFrontEnd(runner)
        directory = self.tone.parent / "run"
        shared = SharedSession(listen(directory), runner, front, SystemClock(), sound_set="soft", log=print)
        [address] = addresses(directory)
        clients = [
            multiprocessing.Process(target=target, args=(address,), daemon=True)
            for target in (flood, *[never_read] * 3, *[read_all] * (MAX_CLIENTS - 4))
        ]
        for client in clients:
            client.start()
        time.sleep(2)
        self.followed = clients, shared, front
        return cast("SoundPlayer", runner.player)

    def close(self) -> None:
        """End the clients and the session."""
        clients, shared, front = self.followed
        for client in clients:
            client.kill()
            client.join()
        shared.close()
        front.close()


def flood(address: Address) -> None:
    """Send actions and pings as fast as they are taken, and read the answers."""
    wire, _ = connect(address, 3600)
    wire.sendall(encode(ClientHello(PROTOCOL, cues=True)))
    threading.Thread(target=lambda: [wire.recv(65_536) for _ in iter(int, 1)], daemon=True).start()
    lines = b"".join(encode(ActionWanted(number, "nothing")) + encode(Ping(0.0)) for number in range(100))
    while True:
        wire.sendall(lines)


def never_read(address: Address) -> None:
    """Connect and never read."""
    wire, _ = connect(address, 3600)
    wire.sendall(encode(ClientHello(PROTOCOL, cues=True)))
    time.sleep(3600)


def read_all(address: Address) -> None:
    """Read everything that arrives."""
    wire, _ = connect(address, 3600)
    wire.sendall(encode(ClientHello(PROTOCOL, cues=True)))
    while wire.recv(65_536):
        pass


def sound(home: Path) -> list[Limit]:
    """How much the onsets of cues vary, without clients and with sixteen."""
    tone = home / "tone.wav"
    write_tone(tone)
    with SoundServer(home) as server:
        os.environ.update(server.environment)
        alone = accuracy(Bench(server, tone), loaded=False, cues=CUES)
        followed = FollowedBench(server, tone)
        try:
            crowd = accuracy(followed, loaded=False, cues=CUES)
        finally:
            followed.close()
    print(f"alone {alone}\nwith sixteen clients {crowd}", file=sys.stderr)
    more = crowd[SPREAD] - alone[SPREAD]
    return [
        Limit("spread of cues with 16 clients, against none", more, 5.0, "ms"),
        Limit("cues missing with 16 clients", crowd["missing"], 0, ""),
    ]


def main() -> int:
    """Measure; returns 1 if a budget is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    arguments = parser.parse_args()
    measures = {"speed": speed, "clock": clock, "idle": idle, "sound": sound}
    figures: list[Limit] = []
    for part in arguments.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="rt-") as name:
            figures += measures[part](Path(name))
    return report(figures, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
