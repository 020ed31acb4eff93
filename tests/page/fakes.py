"""A session in place of a real one, and a page server in this process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from retro_timer.audio.options import SoundOptions
from retro_timer.clock import monotonic_ms
from retro_timer.page.access import PageKeys
from retro_timer.page.clips import PageClips
from retro_timer.page.links import listen
from retro_timer.page.server import PageServer
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    SharedInterval,
    SharedRules,
    SharedSchedule,
    SharedSound,
    SharedState,
    SpeakerClaim,
    SummaryAnswers,
    VoiceInUse,
    WalkedSummary,
    Welcome,
)
from retro_timer.remote.protocol import PROTOCOL, encode
from retro_timer.remote.snapshot import offered_actions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from retro_timer.remote.messages import Request, Update

PLAIN_SOUND = SoundOptions()
KEYS = PageKeys("steer-key-steer-key-22", "view-key-view-key-2222")
BUILDER = (
    SharedInterval("warm-up", 180),
    *(
        interval
        for round_ in range(1, 5)
        for interval in (
            SharedInterval("turn", 30, round_, 4),
            SharedInterval("backward", 120, round_, 4),
            SharedInterval("turn", 30, round_, 4),
            SharedInterval("forward", 60, round_, 4),
        )
    ),
    SharedInterval("cool-down", 120),
)
WALKED = WalkedSummary(
    1_200_000, 480_000, 240_000, 120_000, complete=True,
    effort_words=("resting", "easy", "easy", "comfortable, can talk", "comfortable, can talk",
                  "working, short sentences", "working, short sentences", "hard, a few words", "hard, a few words",
                  "as hard as I can", "as hard as I can"),
)  # fmt: skip


class FakeSession:
    """A session that stands where it is told to, and answers everything with yes."""

    def __init__(self, intervals: tuple[SharedInterval, ...] = BUILDER, *, wait_at_turns: bool = False) -> None:
        self.hello = Welcome(
            PROTOCOL, "0", "fake", "Builder", 1, False, SharedRules(10, 5, wait_at_turns, 10),
            {"this": 10, "bout": 15, "turn": 5}, VoiceInUse("en", "heart", "soft"), offered_actions({}),
        )  # fmt: skip
        self.schedule = SharedSchedule(intervals)
        self.sound = SharedSound("ok")
        self.links: list[FakeLink] = []
        self.asked: list[Request] = []
        self.gone = False
        self.state = self.at(2, 18_000)

    def at(self, index: int, into: int, state: str = "running", reason: str = "", **fields: Any) -> SharedState:  # noqa: ANN401
        """A state: so many milliseconds into an interval."""
        start = sum(each.duration for each in self.schedule.intervals[:index]) * 1000
        running = round(monotonic_ms()) if state == "running" else None
        fields = {"runs_from": running, "caption": "Walk backward. Two minutes.", **fields}
        phase = self.schedule.intervals[index].phase
        return SharedState(
            at=round(monotonic_ms()), state=state, reason=reason, index=index, phase=phase, position=start + into,
            unsaved="", sound=self.sound, **fields,
        )  # fmt: skip

    def move(self, *where: Any, **fields: Any) -> None:  # noqa: ANN401
        """Go to another state, and tell all pages."""
        self.state = self.at(*where, **fields)
        self.send(self.state)

    def send(self, update: Update) -> None:
        """Send something to all pages."""
        for link in self.links:
            link.lines.put_nowait(encode(update))

    async def join(self, role: str, name: str) -> FakeLink:
        """A page joins."""
        if self.gone:
            raise ConnectionRefusedError
        link = FakeLink(self, role, name)
        self.links.append(link)
        for update in (self.hello, self.schedule, self.state):
            link.lines.put_nowait(encode(update))
        return link

    def lose(self) -> None:
        """End all connections, without a word."""
        for link in tuple(self.links):
            link.lines.put_nowait(b"")


class FakeLink:
    """The connection of one page to the fake session."""

    def __init__(self, session: FakeSession, role: str, name: str) -> None:
        self.session = session
        self.role = role
        self.name = name
        self.lines: asyncio.Queue[bytes] = asyncio.Queue()

    async def read(self) -> bytes:
        return await self.lines.get()

    async def send(self, message: Request) -> None:
        self.session.asked.append(message)
        if isinstance(message, ActionWanted | SummaryAnswers):
            self.lines.put_nowait(encode(Answer(message.id, done=True)))
        if isinstance(message, SpeakerClaim):
            speaker = self.name if message.on else ""
            if speaker != self.session.sound.speaker:
                self.session.sound = SharedSound("ok", speaker=speaker, alone=message.on and message.alone)
                self.session.state = replace(self.session.state, sound=self.session.sound)
                self.session.send(self.session.state)

    def close(self) -> None:
        if self in self.session.links:
            self.session.links.remove(self)


@asynccontextmanager
async def served(
    session: FakeSession, port: int | None = 0, sound: SoundOptions = PLAIN_SOUND
) -> AsyncIterator[tuple[PageServer, int]]:
    """A page server of a session, and its port."""
    server = PageServer(KEYS, session.join, sound, PageClips(sound, print))
    sockets = listen(port, lan=False)
    ended = asyncio.Event()
    serving = asyncio.create_task(server.serve(sockets, ended.wait()))
    try:
        yield server, sockets[0].getsockname()[1]
    finally:
        ended.set()
        await serving
