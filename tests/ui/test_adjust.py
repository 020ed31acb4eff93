"""The Adjust panel over a running session: what is typed, what is shown, what is applied."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input

from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.services import Services
from retro_timer.scheduling.adjustment import AdjustmentField
from retro_timer.scheduling.phases import Phase
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.widgets.adjustment_form import AdjustmentForm, AdjustmentRow
from retro_timer.ui.widgets.comparison import Comparison
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.stepper import StepInput, Stepper
from tests.ui.support import one_by_one

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

FIRST_BOUT = 10_000 + 210_000
"""Milliseconds to the first backward bout of the builder preset, lead-in included."""


class AdjustedSession:
    """A session on the screen with the panel over it."""

    def __init__(self, pilot: Pilot[int], clock: FakeClock, player: RecordingPlayer) -> None:
        self.pilot = pilot
        self.clock = clock
        self.player = player

    @property
    def session(self) -> SessionScreen:
        return next(screen for screen in self.pilot.app.screen_stack if isinstance(screen, SessionScreen))

    @property
    def panel(self) -> AdjustScreen:
        assert isinstance(self.pilot.app.screen, AdjustScreen)
        return self.pilot.app.screen

    async def move(self, milliseconds: int) -> None:
        self.clock.move(milliseconds)
        self.session.tick()
        await self.pilot.pause()
        await self.pilot.pause()  # the panel handles events in a later call

    async def type(self, adjustment_field: AdjustmentField, text: str) -> None:
        self.field(adjustment_field).query_one(StepInput).focus()
        await self.pilot.press("end", "ctrl+u", *text)
        await self.pilot.pause()

    def field(self, adjustment_field: AdjustmentField) -> Stepper:
        return self.row(adjustment_field).query_one(Stepper)

    def row(self, adjustment_field: AdjustmentField) -> AdjustmentRow:
        return self.panel.query_one(f"#knob-{adjustment_field.name.lower()}", AdjustmentRow)

    def note(self, adjustment_field: AdjustmentField) -> str:
        return self.row(adjustment_field).query_one(".note", Line).text

    def line(self, selector: str) -> str:
        return self.panel.query_one(selector, Line).text

    def lengths(self, phase: Phase) -> list[int]:
        session = self.session.conductor.session
        return [entry.duration for entry in session.schedule.entries[session.index :] if entry.phase is phase]


@asynccontextmanager
async def walking(
    workout: str = "builder", at: int = FIRST_BOUT, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[AdjustedSession]:
    """Open the panel at a moment of a session."""
    clock, player = FakeClock(), RecordingPlayer()
    app = RetroTimerApp(
        Services(clock=clock, make_player=lambda *_: player, pressed_at=one_by_one()), workout=resolve(workout)
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        walk = AdjustedSession(pilot, clock, player)
        await walk.move(at)
        await pilot.press("a")
        await pilot.pause()
        yield walk


async def test_it_shows_what_is_left() -> None:
    async with walking(at=FIRST_BOUT + 45_000) as walk:
        shown = {
            adjustment_field: walk.field(adjustment_field).query_one(StepInput).value
            for adjustment_field in AdjustmentField
            if adjustment_field is not AdjustmentField.WARM_UP
        }
        assert shown == {
            AdjustmentField.THIS: "2:00",
            AdjustmentField.ROUNDS: "4",
            AdjustmentField.BACKWARD: "2:00",
            AdjustmentField.FORWARD: "1:00",
            AdjustmentField.TURN: "0:30",
            AdjustmentField.COOL_DOWN: "2:00",
        }
        assert walk.note(AdjustmentField.THIS) == "1:15 left"
        assert walk.note(AdjustmentField.BACKWARD) == "4 left"
        assert walk.line("#before .end") == "20:00   ends 09:20:10"


@pytest.mark.parametrize("text", ["1:30", "90", "90s", "1m30s"])
async def test_lengths_are_typed_as_in_the_notation(text: str) -> None:
    async with walking() as walk:
        await walk.type(AdjustmentField.BACKWARD, text)
        assert walk.line("#after .end") == "18:00   ends 09:18:10"
        await walk.pilot.press("ctrl+s")
        await walk.pilot.pause()
        assert walk.lengths(Phase.BACKWARD) == [90, 90, 90, 90]
        assert walk.session.conductor.session.schedule.total == 18 * 60


async def test_steps_by_key_by_sign_and_by_mouse() -> None:
    async with walking() as walk:
        walk.field(AdjustmentField.TURN).query_one(StepInput).focus()
        await walk.pilot.press("right", "right", "left", "plus", "minus", "minus")
        assert walk.field(AdjustmentField.TURN).value == 30
        await walk.pilot.click("#knob-turn #more")
        await walk.pilot.click("#knob-rounds #less")
        assert walk.field(AdjustmentField.TURN).value == 35
        assert walk.field(AdjustmentField.ROUNDS).value == 3
        assert walk.panel.query_one(AdjustmentForm).wanted == {AdjustmentField.TURN: 35, AdjustmentField.ROUNDS: 3}


async def test_arrows_move_between_the_fields_as_they_stand_and_change_them_and_esc_says_that_it_discards() -> None:
    async with walking() as walk:
        keys = walk.panel.query_one(KeysBar)
        assert keys.text.endswith("↑ ↓ field   ← → change   enter apply   esc close")
        await walk.pilot.press("right")
        assert walk.panel.query_one(AdjustmentForm).wanted == {}  # the key only focuses the first field
        walk.panel.set_focus(None)
        order = []
        for _ in range(6):
            await walk.pilot.press("down")
            assert walk.panel.focused is not None
            order.append(walk.panel.focused.region)
        assert order == sorted(order, key=lambda region: (region.x, region.y))
        await walk.pilot.press("up", "left")
        assert walk.panel.query_one(AdjustmentForm).wanted == {AdjustmentField.FORWARD: 45}
        assert keys.text.endswith("esc discard")
        await walk.pilot.press("escape")
        await walk.pilot.pause()
        assert walk.lengths(Phase.FORWARD)[0] == 60


async def test_an_error_is_shown_next_to_the_field_and_nothing_is_applied() -> None:
    async with walking() as walk:
        await walk.type(AdjustmentField.BACKWARD, "1:99")
        await walk.type(AdjustmentField.TURN, "20")
        assert walk.note(AdjustmentField.BACKWARD) == "not a length"
        assert walk.line("#problem").startswith("backward: expected a length such as")
        await walk.pilot.press("ctrl+s")
        assert walk.panel.focused is walk.field(AdjustmentField.BACKWARD).query_one(StepInput)
        await walk.pilot.press("escape")
        await walk.pilot.pause()
        assert walk.session.is_active
        assert walk.lengths(Phase.TURN)[0] == 30


async def test_rounds_already_walked_are_refused_next_to_the_field() -> None:
    async with walking(at=FIRST_BOUT + 240_000) as walk:
        await walk.type(AdjustmentField.ROUNDS, "1")
        assert walk.note(AdjustmentField.ROUNDS) == "refused"
        assert "already walked" in walk.line("#problem")


async def test_everything_is_one_edit_that_is_announced_and_undone_at_once() -> None:
    async with walking() as walk:
        before = walk.session.conductor.session.schedule
        await walk.type(AdjustmentField.THIS, "3:00")
        await walk.type(AdjustmentField.BACKWARD, "90")
        await walk.type(AdjustmentField.ROUNDS, "5")
        await walk.type(AdjustmentField.COOL_DOWN, "60")
        await walk.pilot.press("enter")
        await walk.pilot.pause()
        assert walk.lengths(Phase.BACKWARD) == [180, 90, 90, 90, 90]
        assert walk.lengths(Phase.COOL_DOWN) == [60]
        texts = [due.cue.text for due in walk.player.queued if due.due == walk.clock.now()]
        assert "The backward bout: one minute thirty." in texts
        await walk.pilot.press("u")
        await walk.pilot.pause()
        assert walk.session.conductor.session.schedule == before


async def test_the_session_runs_on_above_the_panel_and_its_cues_sound() -> None:
    async with walking(at=FIRST_BOUT + 100_000) as walk:
        countdown = walk.session.query_one(Countdown)
        panel = walk.panel.query_one("#panel")
        assert countdown.region.height >= 3
        assert countdown.region.bottom <= panel.region.y
        assert not walk.session.query_one(KeysBar).display
        queued = [due.cue for due in walk.player.queued]
        await walk.move(11_000)
        heard = walk.player.play_until(walk.clock.now())
        assert heard
        assert heard[0].cue in queued
        assert walk.note(AdjustmentField.THIS) == "0:09 left"


async def test_the_field_of_the_running_interval_follows_the_session() -> None:
    async with walking(at=FIRST_BOUT + 110_000) as walk:
        await walk.type(AdjustmentField.THIS, "4:00")
        await walk.move(11_000)  # the turn begins
        await walk.pilot.pause()
        assert walk.field(AdjustmentField.THIS).query_one(StepInput).value == "0:30"
        assert walk.note(AdjustmentField.BACKWARD) == "3 left"
        await walk.pilot.press("ctrl+s")
        await walk.pilot.pause()
        assert walk.session.is_active
        assert not walk.session.conductor.session.can_undo


async def test_a_finished_phase_is_disabled_with_a_reason() -> None:
    async with walking("back 20s, turn 20s, cool 1m", at=10_000 + 15_000) as walk:
        await walk.type(AdjustmentField.BACKWARD, "60")
        await walk.pilot.press("escape", "n")
        await walk.pilot.press("a")
        await walk.pilot.pause()
        assert walk.field(AdjustmentField.BACKWARD).disabled
        assert walk.note(AdjustmentField.BACKWARD) == "none left"
        assert walk.note(AdjustmentField.ROUNDS) == "none left"


async def test_the_running_interval_keeps_its_notice() -> None:
    async with walking(at=FIRST_BOUT + 60_000) as walk:
        await walk.type(AdjustmentField.THIS, "10")
        assert walk.note(AdjustmentField.THIS) == "min 1:03"
        await walk.pilot.press("enter")
        await walk.pilot.pause()
        assert walk.session.conductor.session.entry.duration == 63


async def test_letters_and_enter_in_one_burst_count_where_they_were_typed() -> None:
    async with walking() as walk:
        # A terminal sends a burst all at once: there is no wait between the keys.
        for key in ("tab", "tab", "1", "colon", "3", "0", "enter"):
            walk.pilot.app.post_message(
                Key(key, {"colon": ":"}.get(key, key) if len(key) == 1 or key == "colon" else None)
            )
        for _ in range(20):
            await walk.pilot.pause()
        assert walk.session.is_active
        assert walk.lengths(Phase.BACKWARD) == [90, 90, 90, 90]


@pytest.mark.parametrize("parsed", [False, True])
async def test_a_just_typed_value_is_not_overwritten(*, parsed: bool) -> None:
    async with walking() as walk:
        stepper = walk.field(AdjustmentField.THIS)
        field = stepper.query_one(StepInput)
        with field.prevent(Input.Changed):  # the message is still on its way
            field.value = "90"
        if parsed:  # the stepper has the text, the panel does not
            stepper.on_input_changed(Input.Changed(field, "90"))
        walk.panel.follow()
        assert field.value == "90"


async def test_it_ticks_by_itself_when_the_second_left_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, Callable[[], None]]] = []
    stopped: list[FakeTimer] = []

    class FakeTimer:
        def stop(self) -> None:
            stopped.append(self)

    def set_timer(_screen: AdjustScreen, delay: float, callback: Callable[[], None]) -> FakeTimer:
        asked.append((delay, callback))
        return FakeTimer()

    async with walking(at=FIRST_BOUT + 45_300) as walk:
        monkeypatch.setattr(AdjustScreen, "set_timer", set_timer)
        walk.panel.follow()
        delay, tick = asked.pop()
        assert (delay, walk.note(AdjustmentField.THIS)) == (0.7, "1:15 left")
        walk.clock.move(700)
        tick()
        assert walk.note(AdjustmentField.THIS) == "1:14 left"
        assert (len(stopped), asked.pop()[0]) == (1, 1.0)  # the previous timer is stopped, so that there are never two


async def test_the_expected_end_moves_while_the_session_is_paused() -> None:
    async with walking() as walk:
        await walk.pilot.press("escape", "space", "a")
        await walk.pilot.pause()
        walk.clock.move(60_000)
        walk.panel.follow()
        assert walk.line("#after .end") == "20:00   ends 09:21:10"


async def test_it_closes_with_the_session_and_frees_its_space() -> None:
    async with walking("back 20s, turn 20s", at=10_000 + 5_000) as walk:
        assert walk.session.styles.padding.bottom > 0
        await walk.move(60_000)
        await walk.pilot.pause()
        assert walk.session.is_active
        assert walk.session.styles.padding.bottom == 0
        assert walk.session.query_one(KeysBar).display


async def test_both_profiles_have_one_scale() -> None:
    async with walking() as walk:
        await walk.type(AdjustmentField.BACKWARD, "4:00")
        await walk.pilot.pause()
        comparison = walk.panel.query_one(Comparison)
        before, after = comparison.query("Profile")
        assert after.size.width > before.size.width
        assert before.size.width / after.size.width == pytest.approx(20 / 28, abs=0.05)


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 12), (120, 40), (240, 67)])
@pytest.mark.sampled(2)
async def test_every_size_works_and_shows_the_new_end(size: tuple[int, int]) -> None:
    async with walking(size=size) as walk:
        walk.field(AdjustmentField.BACKWARD).query_one(StepInput).focus()
        await walk.pilot.press("right")
        await walk.pilot.resize_terminal(80, 24)
        await walk.pilot.resize_terminal(*size)
        await walk.pilot.pause()
        assert walk.field(AdjustmentField.BACKWARD).value == 135
        if size[0] >= 40:
            selector = "#after .end" if size[0] >= 80 else "#title"
            line = walk.panel.query_one(selector, Line)
            assert "ends 09:21:10" in line.text
            assert line.region.bottom <= size[1]
