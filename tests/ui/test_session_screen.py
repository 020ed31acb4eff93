"""The session screen, with a clock moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from retro_timer.config.keymap import resolve
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.actions import SESSION_ACTIONS
from retro_timer.session.events import PauseReason
from retro_timer.session.metronome import MetronomeOptions
from retro_timer.session.states import Rules, State
from retro_timer.ui.drawing.glyphs import banner_rows, word_rows
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.widgets.countdown import Countdown
from retro_timer.ui.widgets.direction import Direction, Word
from tests.terminal import shows_time
from tests.ui.support import SIZES, Stage, cells_of, text_of

SHORT = "back 70s, turn 5s, fwd 30s"


async def test_counts_down_as_the_seconds_pass() -> None:
    stage = Stage("first-try")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 0)
        assert shows_time("\n".join(text_of(stage.app)), "0:10")
        await stage.move(pilot, 10_000)
        assert shows_time("\n".join(text_of(stage.app)), "2:00")
        await stage.move(pilot, 1)
        assert shows_time("\n".join(text_of(stage.app)), "2:00")  # part of a second still counts as a second
        await stage.move(pilot, 999)
        assert shows_time("\n".join(text_of(stage.app)), "1:59")


async def test_says_what_comes_next_which_round_and_how_much_is_left() -> None:
    stage = Stage("builder")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 180_000, 30_000, 500)
        shown = "\n".join(text_of(stage.app))
        assert "BUILDER" in shown
        assert "round 1 of 4" in shown
        assert "16:30 left" in shown
        assert "next ↻ turn around 0:30   then ▲ forward 1:00" in shown
        assert "Walk backward. Two minutes." in shown
        assert "sound ok" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (240, 67)])
async def test_digits_fill_the_screen(size: tuple[int, int]) -> None:
    """At least 55 % of the height and 60 % of the width, at sizes that the walker reads from across the room."""
    stage = Stage("builder")
    async with stage.app.run_test(size=size) as pilot:
        await stage.move(pilot, 10_000, 60_000)
        digits = [line for line in cells_of(stage, stage.app.screen.query_one(Countdown)) if line.strip()]
        assert len(digits) >= 0.55 * size[1]
        left = min(len(line) - len(line.lstrip()) for line in digits)
        assert max(len(line.rstrip()) for line in digits) - left >= 0.60 * size[0]


@pytest.mark.parametrize("size", [*SIZES, (40, 12), (12, 40), (10, 3), (3, 2), (1, 1)])
@pytest.mark.sampled(3)
async def test_every_size_shows_the_time_or_nothing_but_never_fails(size: tuple[int, int]) -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=size) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        assert len(text_of(stage.app)) == size[1]
        assert not stage.app.screen.show_vertical_scrollbar
        assert not stage.app.screen.show_horizontal_scrollbar
        for other in (*SIZES, (1, 1), size):
            await pilot.resize_terminal(*other)
            await stage.move(pilot, 1_000)
        assert stage.session_screen.conductor.session.state is State.RUNNING


async def test_pauses_and_resumes_with_a_lead_in() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 10_000)
        await pilot.press("space")
        await stage.move(pilot, 60_000)
        assert shows_time("\n".join(text_of(stage.app)), "1:00")
        assert stage.session_screen.conductor.session.state is State.PAUSED
        await pilot.press("space")
        await stage.move(pilot, 1_000)
        assert shows_time("\n".join(text_of(stage.app)), "0:04")  # five seconds of lead-in
        await stage.move(pilot, 4_000, 1_000)
        assert shows_time("\n".join(text_of(stage.app)), "0:59")


async def test_the_session_runs_on_behind_the_question() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        await pilot.press("q")
        assert isinstance(stage.app.screen, Question)
        await stage.move(pilot, 3_000)
        await pilot.press("escape")
        await pilot.pause()
        assert stage.session_screen.conductor.session.position == 3_000
        assert stage.session_screen.conductor.session.state is State.RUNNING


async def test_the_question_and_its_answers_fit_the_smallest_screen() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(20, 5)) as pilot:
        await stage.move(pilot, 10_000)
        await pilot.press("q")
        await pilot.pause()
        shown = "\n".join(text_of(stage.app))
        for part in ("End this session?", "end it (y)", "go on (esc)"):
            assert part in shown


async def test_ending_early_closes_the_sound_and_says_so() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 2_000)
        await pilot.press("q", "y")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
    assert stage.player.closed
    assert stage.app.return_code == 1


async def test_a_machine_that_slept_pauses_at_the_moment_of_sleep() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        stage.clock.sleep(480_000)
        await stage.move(pilot, 700)
        session = stage.session_screen.conductor.session
        assert session.state is State.PAUSED
        assert session.pause_reason is PauseReason.SLEEP
        assert session.position == 5_000
        assert "went to sleep" in "\n".join(text_of(stage.app))


async def test_after_a_stall_the_session_stays_on_real_time() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 72_000)
        session = stage.session_screen.conductor.session
        assert session.position == 72_000
        assert session.index == 1


async def test_a_waiting_turn_says_so_and_goes_on_at_enter() -> None:
    stage = Stage(SHORT, config=SessionConfig(Rules(wait_at_turns=True)))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 75_000, 12_000)
        held = stage.session_screen.conductor.session.state
        assert held is State.HOLDING
        assert "press enter" in "\n".join(text_of(stage.app))
        await pilot.press("enter")
        await stage.move(pilot, 3_000)
        session = stage.session_screen.conductor.session
        assert (session.index, session.state) == (2, State.RUNNING)


async def test_stopping_at_once_says_what_to_do_and_can_be_gone_on_from() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 20_000)
        await pilot.press("x")
        await stage.move(pilot, 0)
        assert "hold the rail, step off" in "\n".join(text_of(stage.app))
        assert [due.cue.text for due in stage.player.queued] == ["Hold the rail. Step off."]
        await pilot.press("space")
        await stage.move(pilot, 5_000, 1_000)
        assert stage.session_screen.conductor.session.position == 21_000


async def test_the_state_of_the_sound_is_on_the_screen() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        stage.player.lose()
        await stage.move(pilot, 1_000)
        assert "sound lost" in "\n".join(text_of(stage.app))
        await pilot.press("m")
        await stage.move(pilot, 1_000)
        assert "sound muted" in "\n".join(text_of(stage.app))
        assert stage.player.muted


async def test_the_metronome_is_switched_with_a_key_and_the_screen_says_so() -> None:
    stage = Stage(SHORT, config=SessionConfig(metronome=MetronomeOptions(tempo=95)))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        assert not stage.player.clicks
        await pilot.press("o")
        assert "Metronome 95." in "\n".join(text_of(stage.app))
        asked = [(clicks.tempo, clicks.until - stage.clock.moment) for clicks in stage.player.clicks]
        assert asked[0] == (95, 65_000)
        await pilot.press("o")
        assert "Metronome off." in "\n".join(text_of(stage.app))
        assert not stage.player.clicks


async def test_the_last_seconds_are_drawn_in_reverse() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 60_000)
        countdown = stage.app.screen.query_one(Countdown)
        calm = countdown.render_line(0)._segments[0].style
        await stage.move(pilot, 7_500)
        urgent = countdown.render_line(0)._segments[0].style
        assert calm is not None
        assert urgent is not None
        assert not calm.reverse
        assert urgent.reverse


async def test_labels_from_outside_are_shown_as_they_are() -> None:
    stage = Stage('back 70s "[bold]up[/] [@click=quit]x"')
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 100)
        assert "[bold]up[/] [@click=quit]x" in "\n".join(text_of(stage.app))


async def test_ascii_draws_without_block_characters() -> None:
    stage = Stage("builder", ascii_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 180_000, 35_000)
        assert "".join(text_of(stage.app)).isascii()


async def test_the_smallest_screen_has_the_time_and_the_letter_of_the_phase() -> None:
    stage = Stage("back 70s, turn 5s, fwd 30s")
    async with stage.app.run_test(size=(20, 5)) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        assert text_of(stage.app)[2].startswith("B ")
        await stage.move(pilot, 65_000, 100)
        assert text_of(stage.app)[2].startswith("T ")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (240, 67), (24, 60), (40, 12)])
async def test_word_and_digits_always_stay_centred(size: tuple[int, int]) -> None:
    stage = Stage("warm 11m, turn 10s, back 1m", config=SessionConfig(Rules(lead_in=3)))
    async with stage.app.run_test(size=size) as pilot:
        for milliseconds in (0, 3_000, 61_000, 30_000, 569_000, 10_500, 59_000):
            await stage.move(pilot, milliseconds)
            word, countdown = stage.app.screen.query_one(Word), stage.app.screen.query_one(Countdown)
            shown = "\n".join(text_of(stage.app))
            assert abs(word.region.x * 2 + word.region.width - size[0]) <= 1
            assert word.region.width == len(word._rows[0])
            fields = text_of(stage.app)[word.region.y + word.region.height // 2]
            left, right = fields[: word.region.x], fields[word.region.right :]
            assert left.split() == right.split()[::-1]
            left_of = session_left(stage)
            plain = [line.strip() for line in cells_of(stage, countdown) if line.strip()]
            assert plain == [left_of] or shows_time(shown, left_of), left_of


def session_left(stage: Stage) -> str:
    session = stage.session_screen.conductor.session
    left = -(-(session.lead_in_left or session.interval_left) // 1000)
    return f"{left // 60}:{left % 60:02}"


async def test_another_theme_is_applied_at_once() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        countdown = stage.app.screen.query_one(Countdown)
        before = countdown.render_line(0)._segments[0].style
        stage.app.theme = "paper"
        await pilot.pause()
        assert countdown.render_line(0)._segments[0].style != before


async def test_over_ssh_the_screen_names_the_place_of_the_sound() -> None:
    stage = Stage(
        SHORT,
        remote="You are connected over SSH: the sound plays on tower, not here.",
        config=SessionConfig(Rules(lead_in=0)),
    )
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "sound plays on tower" in "\n".join(text_of(stage.app))


def banner(stage: Stage, words: str) -> bool:
    """Whether the countdown shows giant words instead of the time."""
    countdown = stage.session_screen.query_one(Countdown)
    shown = [line.rstrip() for line in cells_of(stage, countdown)]
    return all(row.rstrip() in "\n".join(shown) for row in banner_rows(words, *countdown.size))


async def test_a_stopped_session_says_step_off_instead_of_the_time() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 10_000)
        assert not banner(stage, "STEP OFF")
        await pilot.press("x")
        await pilot.pause()
        assert banner(stage, "STEP OFF")
        await pilot.press("space")
        await stage.move(pilot, 1_000)
        assert not banner(stage, "STEP OFF")
        assert shows_time("\n".join(text_of(stage.app)), "0:04")


@pytest.mark.parametrize(("size", "words"), [((80, 24), "ENTER"), ((20, 5), "PRESS ENTER")])
async def test_a_waiting_turn_asks_for_the_key(size: tuple[int, int], words: str) -> None:
    stage = Stage(SHORT, config=SessionConfig(Rules(wait_at_turns=True)))
    async with stage.app.run_test(size=size) as pilot:
        await stage.move(pilot, 10_000, 75_000)
        assert banner(stage, words)


async def test_the_end_shows_what_was_walked_backward() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 105_000)
        view = stage.session_screen.view()
        assert (view.word, view.countdown, view.below, view.left) == ("COMPLETE", "1:10", "BACKWARD", "")
        shown = "\n".join(text_of(stage.app))
        assert all(row in shown for row in word_rows("BACKWARD", 1))
        assert "next" not in shown


async def test_a_session_without_backward_shows_what_was_walked() -> None:
    stage = Stage("fwd 30s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 30_000)
        view = stage.session_screen.view()
        assert (view.countdown, view.below) == ("0:30", "WALKED")


async def test_the_lead_in_names_what_comes_first_and_when_all_ends() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 0)
        shown = "\n".join(text_of(stage.app))
        assert "next ▼ backward 1:10   then ↻ turn around 0:05" in shown
        ends = stage.clock.wall() + timedelta(seconds=115)
        assert f"ends {ends:%H:%M}" in shown
        await stage.move(pilot, 10_000)
        await pilot.press("space")
        await pilot.pause()
        assert "ends" not in "\n".join(text_of(stage.app))


@pytest.mark.usefixtures("central_europe")
async def test_the_end_is_given_in_the_time_of_then_when_the_clocks_change_before_it() -> None:
    stage = Stage("back 30m, fwd 30m")
    stage.clock.started = datetime.fromisoformat("2026-03-29T01:30+01:00")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.move(pilot, 10_000)
        assert "ends 03:30" in "\n".join(text_of(stage.app))
        await pilot.press("a")
        await pilot.pause()
        assert "ends 03:30:10" in "\n".join(text_of(stage.app))


async def test_round_and_time_left_are_large_on_a_tall_screen() -> None:
    stage = Stage("builder")
    async with stage.app.run_test(size=(200, 55)) as pilot:
        await stage.move(pilot, 10_000, 180_000, 30_000, 500)
        shown = text_of(stage.app)[:3]
        for text in ("ROUND", "17"):
            rows = [" ".join(part) for part in zip(*(word_rows(letter, 1) for letter in text), strict=True)]
            assert all(row in line for row, line in zip(rows, shown, strict=True)), text
        assert "BUILDER" in shown[0]
        assert "ends" in shown[1]


async def test_the_flag_is_drawn_from_the_word_outward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.ui.widgets.direction.SWEEP_EVERY", 3600)
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 105_000)
        direction = stage.session_screen.query_one(Direction)
        assert not any(line[:18].strip() for line in cells_of(stage, direction))
        widths = []
        while direction._sweep >= 0:
            direction._grow()
            await pilot.pause()
            widths.append(max(len(line[:18].strip()) for line in cells_of(stage, direction)))
        assert widths == sorted(widths)
        assert widths[-1] >= 12


async def test_the_flag_is_there_at_once_if_nothing_may_move() -> None:
    stage = Stage(SHORT, moving=False)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 105_000)
        lines = cells_of(stage, stage.session_screen.query_one(Direction))
        assert all(line[:18].strip() for line in lines)


async def test_a_record_is_named_at_the_end() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.session_screen.conductor.remember_longest(60_000)
        await stage.move(pilot, 10_000, 105_000)
        assert "your longest bout yet: 1:10" in "\n".join(text_of(stage.app))


async def test_the_end_names_the_times_that_the_history_has() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.session_screen.conductor.remember_longest(60_000)
        await stage.move(pilot, 10_000, 30_000)
        await pilot.press("p")  # restarted
        await stage.move(pilot, 40_000)
        await pilot.press("space")  # a pause ends the bout
        await pilot.press("space")
        await stage.move(pilot, 5_000, 30_000, 35_000)
        shown = "\n".join(text_of(stage.app))
        assert stage.session_screen.runner.stored_session().summary.totals.backward == 100_000
        assert shows_time(shown, "1:40")
        assert "longest bout yet" not in shown


async def test_the_keys_are_shown_below_the_countdown_that_runs_on_and_act() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 10_000)
        await pilot.press("question_mark")
        await stage.move(pilot, 1_000)
        shown = text_of(stage.app)
        first = next(line for line in shown if "stop at once" in line)
        assert first.index("stop at once") < 40
        assert shown.index(first) == next(number for number, line in enumerate(shown) if " KEYS " in line) + 1
        assert shows_time("\n".join(shown), "0:59")
        for action in SESSION_ACTIONS:  # each one, or the pair that contains it
            assert any(stage_key(action.name) in line for line in shown), action.name
        await pilot.press("plus")
        assert stage.session_screen.conductor.session.entry.duration == 80
        await pilot.press("escape")
        assert "stop at once" not in "\n".join(text_of(stage.app))
        assert stage.app.screen is stage.session_screen
        await pilot.press("question_mark", "question_mark")
        assert isinstance(stage.app.screen, HelpScreen)
        await pilot.press("escape")
        assert "stop at once" not in "\n".join(text_of(stage.app))
        await pilot.press("question_mark")
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert "stop at once" not in "\n".join(text_of(stage.app))
        await pilot.press("question_mark")
        assert isinstance(stage.app.screen, HelpScreen)  # no room for both


def stage_key(name: str) -> str:
    return f" {resolve({}).first(f'session.{name}')} "
