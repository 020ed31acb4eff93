"""A supervisor on a clock of its own, with children that do what a test says."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING

from retro_timer.audio import protocol
from retro_timer.audio.choose import Found
from retro_timer.audio.dependencies import Dependencies
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.session.ports import SoundState


BOTH = (
    Found("miniaudio", usable=True),
    Found("simpleaudio", usable=False, missing="None."),
    Found("system", usable=True),
)


class FakeChild:
    pid = 4711

    def __init__(self, hear: Callable[[protocol.Message | None], None]) -> None:
        self.hear = hear
        self.sent: list[protocol.Message] = []
        self.alive = True

    def send(self, line: bytes) -> None:
        message = protocol.decode(line)
        assert message is not None
        self.sent.append(message)

    def end(self, timeout_s: float) -> None:
        assert timeout_s <= 0.5
        self.alive = False

    def kill(self) -> None:
        self.alive = False

    def kinds(self) -> list[object]:
        return [message["is"] for message in self.sent]


class House:
    """A supervisor with a clock moved by hand and fake children."""

    def __init__(
        self, backend: str = "auto", found: tuple[Found, ...] = BOTH, *, bell: bool = False, far_end: bool = False
    ) -> None:
        self.now = 1_000_000
        self.children: list[FakeChild] = []
        self.shown: list[tuple[SoundState, str]] = []
        self.preset_id: list[int] = []
        self.logged: list[str] = []
        self.refuses: OSError | None = None
        """Why no child can be started; None if one can."""
        self.inbox: SimpleQueue[Callable[[Supervisor], None]] = SimpleQueue()
        dependencies = Dependencies(
            show=lambda state, detail: self.shown.append((state, detail)),
            log=self.logged.append,
            clock=lambda: self.now,
            ring=(lambda: self.preset_id.append(self.now)) if bell else None,
            find_backends=lambda: found,
            launch=self._launch,
        )
        self.supervisor = Supervisor(SoundOptions(backend=backend, far_end=far_end), self.inbox, dependencies)
        self.supervisor.begin()

    def _launch(self, hear: Callable[[protocol.Message | None], None]) -> FakeChild:
        if self.refuses is not None:
            raise self.refuses
        self.children.append(FakeChild(hear))
        return self.children[-1]

    @property
    def child(self) -> FakeChild:
        return self.children[-1]

    @property
    def state(self) -> SoundState:
        return self.shown[-1][0]

    def says(self, kind: str, **fields: object) -> None:
        self.child.hear({"is": kind, **fields})
        self.work()

    def work(self) -> None:
        while not self.inbox.empty():
            self.supervisor.do(self.inbox.get())

    def wait(self, milliseconds: int, *, beats: bool = False) -> None:
        for _ in range(milliseconds // 50):
            self.now += 50
            if beats:
                self.child.hear({"is": "beat"})
            self.work()
            self.supervisor.check(self.now)
