"""Safety keys act on the running session, whatever covers it, on every layout; every other key gets a response."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key
from textual.widgets import Input

from retro_timer.config.keymap import action, check
from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.cue import CueKind
from retro_timer.session.events import PauseReason
from retro_timer.session.states import Rules, State
from retro_timer.ui.palette import Palette
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.keysbar import KeysBar
from retro_timer.ui.widgets.stepper import StepInput
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from textual.pilot import Pilot

    Cover = Callable[["Over"], Awaitable[None]]

WORKOUT = "2x(back 70s, turn 5s | fwd 30s)"
STOP = ("x", "X", "ч", "Ч", "χ", "Χ", "ס", "ctrl+x", "ctrl+ч")  # noqa: RUF001
WHERE = ("s", "S", "ы", "і", "Σ", "ד")  # noqa: RUF001


class Over:
    """A running session with something on top of it."""

    def __init__(self, stage: Stage, pilot: Pilot[int]) -> None:
        self.stage = stage
        self.app = stage.app
        self.pilot = pilot
        self.session = stage.session_screen.conductor.session

    async def press(self, *keys: str) -> None:
        """Press keys as a terminal sends them."""
        for key in keys:
            self.app.post_message(Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()
        await self.pilot.pause()

    @property
    def state(self) -> str:
        return self.session.state.value

    @property
    def said(self) -> list[CueKind]:
        return [due_cue.cue.kind for due_cue in self.stage.player.queued]


async def ask_to_end(over: Over) -> None:
    await over.pilot.press("q")
    assert isinstance(over.app.screen, Question)


async def adjust(over: Over) -> None:
    await over.pilot.press("a")
    assert isinstance(over.app.screen, AdjustScreen)
    assert over.app.focused is None


async def adjust_in_a_field(over: Over) -> None:
    await adjust(over)
    await over.pilot.press("down", "down")
    assert isinstance(over.app.focused, StepInput)


async def read_help(over: Over) -> None:
    await over.pilot.press("question_mark", "question_mark")
    assert isinstance(over.app.screen, HelpScreen)


async def change_settings(over: Over) -> None:
    over.app.push_screen(SettingsScreen(over.app.services))
    await over.pilot.pause()


async def catch_a_key(over: Over) -> None:
    await change_settings(over)
    over.app.push_screen(KeyCatcher(action("home.new")))
    await over.pilot.pause()


WITH_FOOTERS = [ask_to_end, adjust, adjust_in_a_field, read_help, change_settings]
DIALOGS = [*WITH_FOOTERS, catch_a_key]
every_dialog = pytest.mark.parametrize("cover", DIALOGS, ids=lambda cover: cover.__name__)


@asynccontextmanager
async def walking(keys: dict[str, str] | None = None, **services: Any) -> AsyncIterator[Over]:  # noqa: ANN401
    """A session that has run for 15 seconds."""
    settings = Settings(keys=check(keys or {}).overrides)
    stage = Stage(WORKOUT, loaded=Loaded(settings, ()), **services)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 15_000)
        yield Over(stage, pilot)


@every_dialog
@pytest.mark.sampled(3)
async def test_every_stop_key_bails_out_and_uncovers_the_session(cover: Cover) -> None:
    for key in STOP:
        async with walking() as over:
            await cover(over)
            await over.press(key)
            assert over.session.pause_reason is PauseReason.BAIL_OUT, key
            assert over.stage.session_screen.is_active, key


@every_dialog
async def test_space_pauses_and_resumes_without_closing_the_top_screen(cover: Cover) -> None:
    async with walking() as over:
        await cover(over)
        screen = over.app.screen
        await over.press("space")
        assert over.state == "paused"
        await over.press("space")
        assert over.state == "lead-in"
        assert over.app.screen is screen


@pytest.mark.parametrize("cover", [ask_to_end, adjust, read_help, change_settings], ids=lambda cover: cover.__name__)
@pytest.mark.sampled(2)
async def test_where_am_i_is_announced(cover: Cover) -> None:
    for key in WHERE:
        async with walking() as over:
            await cover(over)
            screen = over.app.screen
            await over.press(key)
            assert CueKind.WHERE in over.said, key
            assert over.app.screen is screen
            await over.pilot.pause(0.2)
            assert [notice.message for notice in over.app._notifications] == ["BACKWARD 0:55, 2:45 left"], key


async def test_a_length_field_accepts_its_own_letters_and_leaves_the_others_to_the_session() -> None:
    async with walking() as over:
        await adjust(over)
        await over.press("tab")
        field = over.app.focused
        assert isinstance(field, StepInput)
        field.value = ""
        await over.press("9", "0", "s")
        assert field.value == "90s"
        assert over.session.state is State.RUNNING
        await over.press("tab", "tab", "tab", "s")  # the rounds field takes only digits, so `s` asks where
        assert CueKind.WHERE in over.said
        await over.press("z")
        assert CueKind.REFUSED in over.said
        await over.press("x")
        assert over.session.pause_reason is PauseReason.BAIL_OUT


@pytest.mark.parametrize("key", ["ctrl+x", "ctrl+ч"])
async def test_in_a_text_field_only_ctrl_x_stops(key: str) -> None:
    async with walking() as over:
        await over.pilot.press("ctrl+p")
        await over.pilot.pause()
        assert isinstance(over.app.screen, Palette)
        field = over.app.screen.query_one(Input)
        assert "ctrl+x" in field.placeholder
        await over.press("x", "space", "s")
        assert field.value.replace(" ", "") == "xs"
        assert over.session.state is State.RUNNING
        field.select_all()
        await over.press(key)
        assert over.session.pause_reason is PauseReason.BAIL_OUT
        assert not over.app.clipboard


async def test_rebound_safety_keys_are_what_counts() -> None:
    async with walking({"session.bail_out": "f9", "session.pause": "k", "session.where": "j"}) as over:
        await read_help(over)
        await over.press("x")
        assert over.state == "running"
        await over.press("K")
        assert over.state == "paused"
        await over.press("f9")
        assert over.session.pause_reason is PauseReason.BAIL_OUT


async def test_a_stop_key_that_was_bound_three_times_is_exact() -> None:
    for key in ("x", "X", "ч"):
        async with walking({"session.bail_out": "x,X,ч"}) as over:
            await over.press(key)
            assert over.session.pause_reason is PauseReason.BAIL_OUT


@pytest.mark.parametrize("cover", WITH_FOOTERS, ids=lambda cover: cover.__name__)
async def test_the_footer_names_the_key_that_stops(cover: Cover) -> None:
    async with walking() as over:
        await cover(over)
        assert over.app.screen.query_one(KeysBar).text.startswith("x stop")
        column = 41 if isinstance(over.app.screen, Question) else 2
        await over.pilot.click(KeysBar, offset=(column, 0))
        assert over.session.pause_reason is PauseReason.BAIL_OUT


async def test_the_footer_names_ctrl_x_where_x_is_text() -> None:
    async with walking() as over:
        await read_help(over)
        await over.press("slash")
        await over.pilot.pause()
        assert over.app.screen.query_one(KeysBar).text.startswith("ctrl+x stop")


async def test_a_key_that_would_scroll_what_does_not_scroll_is_reported() -> None:
    """Textual silently skips such a binding: here, a binding of the list behind the field."""
    async with walking() as over:
        over.app.push_screen(SettingsScreen(over.app.services))
        await over.pilot.pause()
        await over.press("e")
        await over.pilot.pause()
        assert isinstance(over.app.focused, Input)
        await over.press("down")
        await over.pilot.pause(0.2)
        shown = [notice.message for notice in over.app._notifications]
        assert any("does nothing here" in message for message in shown), shown


@pytest.mark.parametrize("key", ["z", "Z", "ж", "f12", "ctrl+a", "7", "home", "media_play"])
async def test_a_key_without_effect_is_reported(key: str) -> None:
    async with walking() as over:
        await over.press(key)
        assert over.said.count(CueKind.REFUSED) == 1
        assert any("does nothing here; ? shows all keys" in line for line in text_of(over.app))
        assert over.session.state is State.RUNNING


@pytest.mark.parametrize("key", ["left_shift", "shift+right_shift", "caps_lock", "iso_level3_shift"])
async def test_a_modifier_on_its_own_is_no_key(key: str) -> None:
    async with walking() as over:
        await over.press(key)
        assert CueKind.REFUSED not in over.said
        over.app.push_screen(KeyCatcher(action("home.new")))
        await over.pilot.pause()
        await over.press(key)
        assert isinstance(over.app.screen, KeyCatcher)


@pytest.mark.parametrize(
    ("key", "total"), [("add", 190), ("plus", 190), ("subtract", 170), ("И", 150), ("и", 210), ("M", 180)]
)
async def test_keys_of_the_keypad_and_of_other_layouts_act_in_the_session(key: str, total: int) -> None:
    async with walking() as over:
        await over.press(key)
        assert over.session.schedule.total == total
        assert over.stage.player.muted is (key == "M")


async def test_after_the_end_a_key_is_answered_and_the_summary_has_no_session_below() -> None:
    async with walking() as over:
        await over.stage.move(over.pilot, 170_000)
        assert over.session.state is State.FINISHED
        await over.press("n")
        assert any("the session is over; enter shows the summary" in line for line in text_of(over.app))
        await over.press("enter")
        assert isinstance(over.app.screen, SummaryScreen)
        assert over.app.live_session is None


async def test_space_in_the_summary_after_a_stop_resumes_nothing() -> None:
    async with walking() as over:
        await over.press("x", "q")
        await over.pilot.pause()
        assert isinstance(over.app.screen, SummaryScreen)
        await over.press("space")
        assert over.session.pause_reason is PauseReason.BAIL_OUT


async def test_leaving_the_program_asks_whatever_covers_the_session() -> None:
    async with walking() as over:
        await read_help(over)
        await over.press("ctrl+q")
        assert isinstance(over.app.screen, Question)
        await over.press("escape")
        assert over.stage.session_screen.is_active
        assert over.state == "running"


async def test_keys_that_come_before_their_screen_is_there_wait_for_it() -> None:
    async with walking() as over:
        # A burst right after the key that opens the panel: a length is typed.
        over.stage.session_screen.action_adjust()
        for key in ("tab", "9", "0", "enter"):
            over.app.post_message(Key(key, key if len(key) == 1 else None))
        for _ in range(500):
            await over.pilot.pause(0.02)
            if over.stage.session_screen.is_active:
                break
        assert over.session.entry.duration == 90


@pytest.mark.parametrize("burst", [("x", "q", "enter"), ("x", "Q", "a", "enter"), ("q", "y"), ("q", "tab", "enter")])
async def test_a_burst_of_keys_does_not_end_a_session(burst: tuple[str, ...]) -> None:
    """Keys that arrive together, as from a paste or a cat, must not end a session before its question could be read."""
    async with walking(pressed_at=lambda _time: 0) as over:
        await over.press(*burst)
        for _ in range(10):
            await over.pilot.pause(0.02)
        assert not over.session.state.is_over
        assert isinstance(over.app.screen, SummaryScreen | Question)


@pytest.mark.parametrize(("later", "ended"), [(81, False), (249, False), (250, True)])
async def test_a_question_is_answered_once_it_can_have_been_read(later: int, *, ended: bool) -> None:
    moments = iter((0, later))
    async with walking(pressed_at=lambda _time: next(moments)) as over:
        await over.press("q")
        await over.press("y")
        await over.pilot.pause()
        assert over.session.state.is_over is ended


async def test_a_key_waits_until_the_previous_one_is_handled() -> None:
    async with walking() as over:
        await over.press(
            "a", "tab", "9", "0", "enter", "q", "escape", "question_mark", "question_mark", "right", "escape", "p"
        )
        for _ in range(100):
            await over.pilot.pause(0.02)
            if over.session.index == 0 and over.stage.session_screen.is_active:
                break
        assert over.session.entry.duration == 90
        assert over.stage.session_screen.is_active


async def test_a_quick_double_bail_out_closes_only_one_screen() -> None:
    async with walking() as over:
        await read_help(over)
        await over.press("x", "x", "escape", "X")
        assert over.stage.session_screen in over.app.screen_stack
        assert over.session.pause_reason is PauseReason.BAIL_OUT


async def test_answers_above_a_session_do_not_pile_up() -> None:
    async with walking() as over:
        await read_help(over)
        await over.press("s", "z", "9", "z")
        await over.pilot.pause(0.2)
        assert [notice.message for notice in over.app._notifications] == ["z does nothing here; ? shows all keys"]


async def test_page_down_does_nothing_before_the_palette_is_drawn() -> None:
    async with walking() as over:
        await over.press("ctrl+p", "pagedown", "pageup", "z", "pagedown", "pageup", "escape")
        assert over.state == "running"


async def test_the_four_buttons_of_a_clicker_act_on_a_session() -> None:
    """Next, previous, black screen and start, as the Logitech R400 and R800 send them."""
    async with walking() as over:
        await over.press("full_stop")
        assert over.state == "paused"
        await over.press("f5")
        assert over.state == "lead-in"
        await over.stage.move(over.pilot, 6_000)
        await over.press("pagedown")
        assert over.session.index == 1
        await over.stage.move(over.pilot, 4_000)
        await over.press("pageup")
        assert (over.session.index, over.session.position) == (1, 70_000)


async def test_next_on_a_clicker_confirms_a_turn_that_waits() -> None:
    async with walking(config=SessionConfig(rules=Rules(wait_at_turns=True))) as over:
        await over.stage.move(over.pilot, 60_000)
        assert over.session.state is State.HOLDING
        await over.press("pagedown")
        assert over.session.state is not State.HOLDING
        assert CueKind.REFUSED not in over.said


@pytest.mark.parametrize("cover", [read_help, change_settings], ids=lambda cover: cover.__name__)
async def test_the_page_keys_of_a_clicker_move_what_covers_a_session(cover: Cover) -> None:
    async with walking() as over:
        await cover(over)
        await over.press("pagedown", "pageup")
        assert (over.state, over.session.index) == ("running", 0)


async def test_a_point_and_digits_are_text_in_a_field_above_a_session() -> None:
    async with walking() as over:
        await adjust_in_a_field(over)
        await over.press("4", "full_stop", "6")
        assert (over.state, over.session.index) == ("running", 0)
        assert CueKind.WHERE not in over.said


async def test_the_keypad_acts_with_the_names_that_kitty_gives_its_keys() -> None:
    async with walking() as over:
        await over.press("multiply")
        assert CueKind.WHERE in over.said
        await over.press("decimal")
        assert over.state == "paused"
        await over.press("6")
        assert over.session.index == 1


@pytest.mark.parametrize("late", [0, 1, 350, 699])
async def test_safety_keys_act_at_once_just_after_a_boundary(late: int) -> None:
    """The grace period applies only to skips, `n` and `p`."""
    for key in ("x", "space", "s"):
        async with walking() as over:
            await over.stage.move(over.pilot, 55_000 + late)  # the turn has begun
            assert over.session.index == 1
            await over.press(key)
            assert over.session.index == 1
            if key == "s":
                assert CueKind.WHERE in over.said
            else:
                assert over.state == "paused"
                assert over.session.pause_reason is (PauseReason.BAIL_OUT if key == "x" else PauseReason.WALKER)
