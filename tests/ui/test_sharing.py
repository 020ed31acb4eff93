"""A session on the screen that other devices follow and control."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from retro_timer.remote.address import addresses, connect
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    SharedState,
    SpeakerClaim,
    SummaryAnswers,
    WalkedSummary,
)
from retro_timer.remote.protocol import PROTOCOL
from retro_timer.session.states import State
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.scale import Scale
from tests.remote.support import EVERY_ANSWER, GENEROUS_S, Wire, answers_in
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

WALK = "warm 1m, turn 10s, back 1m"


async def until(pilot: Pilot[int], condition: Callable[[], bool], *wires: Wire) -> None:
    """Wait until a condition holds."""
    ends = time.monotonic() + GENEROUS_S
    while not condition():
        assert time.monotonic() < ends, [wire.lines for wire in wires]
        for wire in wires:
            wire.poll()
        await pilot.pause()
        await asyncio.sleep(0.001)


async def joined(pilot: Pilot[int], directory: Path, role: Any = "local", name: str = "") -> Wire:  # noqa: ANN401
    """A client that has been greeted."""
    await until(pilot, lambda: bool(addresses(directory)))
    wire = Wire(connect(addresses(directory)[0])[0])
    wire.send(ClientHello(PROTOCOL, role=role, name=name))
    await until(pilot, lambda: "state" in wire.kinds(), wire)
    return wire


async def answer(pilot: Pilot[int], wire: Wire, request: ActionWanted | SummaryAnswers) -> Answer:
    """Send a request, and wait for the answer."""
    wire.send(request)
    await until(pilot, lambda: any(isinstance(each, Answer) and each.id == request.id for each in wire.updates), wire)
    found = wire.last(Answer)
    assert isinstance(found, Answer)
    return found


async def test_a_device_pauses_the_session_and_the_screen_shows_it(tmp_path: Path) -> None:
    stage = Stage(WALK, runtime_directory=lambda: tmp_path / "run")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        wire = await joined(pilot, tmp_path / "run")
        await stage.move(pilot, 10_000, 5_000)
        assert (await answer(pilot, wire, ActionWanted(1, "pause"))).done
        assert stage.session_screen.runner.session.state is State.PAUSED
        assert wire.last(SharedState).state == "paused"
        await pilot.press("space")
        await until(pilot, lambda: wire.last(SharedState).state != "paused", wire)
    wire.poll()
    assert wire.kinds()[-1] == "bye"
    wire.socket.close()
    assert addresses(tmp_path / "run") == []


async def test_a_stop_from_a_device_uncovers_the_session(tmp_path: Path) -> None:
    stage = Stage(WALK, runtime_directory=lambda: tmp_path / "run")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        wire = await joined(pilot, tmp_path / "run", "page")
        await stage.move(pilot, 10_000, 5_000)
        await pilot.press("question_mark", "question_mark")
        assert not stage.session_screen.is_active
        assert (await answer(pilot, wire, ActionWanted(1, "bail_out"))).done
        assert stage.session_screen.is_active
        wire.socket.close()


async def test_the_screen_names_the_device_that_plays_the_sound(tmp_path: Path) -> None:
    stage = Stage(WALK, runtime_directory=lambda: tmp_path / "run")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        wire = await joined(pilot, tmp_path / "run", "page", "phone")
        wire.send(SpeakerClaim(on=True))
        await until(pilot, lambda: any("sound: phone" in line for line in text_of(stage.app)), wire)
        assert stage.player.muted
        wire.socket.close()
        await until(pilot, lambda: any("sound ok" in line for line in text_of(stage.app)))
        assert not stage.player.muted


async def test_a_directory_that_cannot_be_used_is_said_and_the_session_runs(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    stage = Stage(WALK, runtime_directory=lambda: tmp_path / "run")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bool(stage.app._notifications))
        [notification] = stage.app._notifications
        assert notification.message.startswith("Other devices cannot follow this session: ")
        await stage.move(pilot, 10_000, 5_000)
        assert stage.session_screen.runner.session.state is State.RUNNING


async def test_answers_of_a_device_are_on_the_summary_and_in_the_history(tmp_path: Path) -> None:
    clock = FakeClock()
    store = Store(tmp_path / "data", clock)
    stage = Stage(WALK, clock=clock, runtime_directory=lambda: tmp_path / "run", store=store)
    stage.clock = clock
    async with stage.app.run_test(size=(80, 24)) as pilot:
        wire = await joined(pilot, tmp_path / "run", "page", "phone")
        await stage.move(pilot, 10_000, 50_000)
        await until(pilot, lambda: stage.session_screen.runner.journal is not None)
        stage.session_screen.action_act("quit")
        await until(pilot, lambda: "walked" in wire.kinds(), wire)
        assert (await answer(pilot, wire, SummaryAnswers(1, effort=4, stumble=False))).done
        assert isinstance(stage.app.screen, SummaryScreen)
        [kept] = store.history.page()
        assert (kept.feedback.effort, kept.feedback.stumble, kept.feedback.pain_after) == (4, False, None)
        assert (await answer(pilot, wire, SummaryAnswers(2, pain=0))).done
        [kept] = store.history.page()
        assert (kept.feedback.effort, kept.feedback.stumble, kept.feedback.pain_after) == (4, False, 0)
        assert (await answer(pilot, wire, SummaryAnswers(4, **EVERY_ANSWER))).done
        [kept] = store.history.page()
        assert answers_in(kept.feedback) == EVERY_ANSWER, "each answer of a page is kept"
        assert answers_in(wire.last(WalkedSummary)) == EVERY_ANSWER
        assert {scale.id for scale in stage.app.screen.query(Scale) if scale.value is not None} == {*EVERY_ANSWER}
        refused = await answer(pilot, wire, ActionWanted(3, "undo"))
        assert refused.why == "the summary is open where the session runs"
        wire.socket.close()
    store.close()
