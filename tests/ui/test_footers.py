"""Footers: the current keys, including the walker's own, all of them clickable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.config.key_names import show_key
from retro_timer.config.keymap import ACTIONS, action
from retro_timer.config.paths import Paths
from retro_timer.config.settings import load
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.events import PauseReason
from retro_timer.session.states import Rules, State
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.session_display import ALL_KEYS, hints_of
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from tests.ui.drawn import settled
from tests.ui.mouse import click_on
from tests.ui.summaries import stage_in, walk
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

WALK = 'warm 1m, 2x(back 70s "eyes up" @2km/h, turn 5s, fwd 30s)'
NARROWEST = 80
"""Width in cells for which every footer with five hints is made."""


def stage_with(directory: Path, workout: str | None = None, **keys: str) -> Stage:
    """An app whose walker has changed keys, such as `session_pause="k"`."""
    paths = Paths(directory, directory)
    own = "".join(f'"{name.replace("_", ".", 1)}" = "{key}"\n' for name, key in keys.items())
    paths.settings.write_text(f"[first_start]\ndone = true\n[keys]\n{own}")
    loaded = load(paths.settings)
    assert not loaded.warnings
    return Stage(workout, paths=paths, loaded=loaded)


def footer(stage: Stage) -> str:
    """The footer as shown on the screen."""
    bars = [bar for bar in stage.app.screen.query(KeysBar) if bar.display]
    lines = text_of(stage.app)
    return "\n".join(lines[bar.content_region.y].strip(" │|") for bar in bars)


def words_of(hints: tuple[Hint, ...]) -> list[str]:
    return [hint.word or action(hint.id).footer for hint in hints]


async def click(stage: Stage, pilot: Pilot[int], word: str, *, at: int = 0) -> None:
    """Click on a word of a footer."""
    lines = text_of(stage.app)
    bar = next(bar for bar in stage.app.screen.query(KeysBar) if word in lines[bar.region.y])
    await click_on(pilot, stage.app, word, bar, at=at)


def situations() -> Iterator[tuple[State, PauseReason | None]]:
    for state in State:
        if state is State.PAUSED:
            yield from ((state, reason) for reason in PauseReason)
        else:
            yield state, None


@pytest.mark.parametrize(("state", "reason"), tuple(situations()))
def test_a_session_shows_five_keys_and_where_all_of_them_are(state: State, reason: PauseReason | None) -> None:
    hints = hints_of(state, reason, 10)
    assert hints[-1] is ALL_KEYS
    assert len(hints) == (2 if state.is_over else 6)
    assert len({hint.id for hint in hints}) == len(hints)
    assert {hint.id for hint in hints} <= {each.id for each in ACTIONS}
    keys = [show_key(action(each).keys[0]) for hint in hints for each in (hint.id, *hint.more)]
    assert len(" ".join(keys)) + 1 + len("   ".join(words_of(hints))) <= NARROWEST - 2


@pytest.mark.parametrize(
    ("state", "reason", "first", "others"),
    [
        (State.LEAD_IN, None, "session.pause", {"session.bail_out", "session.skip"}),
        (State.RUNNING, None, "session.pause", {"session.bail_out", "session.skip", "session.longer"}),
        (State.HOLDING, None, "session.turned", {"session.bail_out", "session.pause", "session.quit"}),
        (State.PAUSED, PauseReason.WALKER, "session.pause", {"session.bail_out", "session.back", "session.quit"}),
        (State.PAUSED, PauseReason.SLEEP, "session.pause", {"session.bail_out", "session.back", "session.quit"}),
        (State.PAUSED, PauseReason.BAIL_OUT, "session.quit", {"session.pause", "session.cool_down"}),
        (State.FINISHED, None, "session.turned", set()),
        (State.ENDED_EARLY, None, "session.turned", set()),
    ],
)
def test_the_most_important_problem_comes_first(
    state: State, reason: PauseReason | None, first: str, others: set[str]
) -> None:
    hints = hints_of(state, reason, 10)
    assert hints[0].id == first
    assert others <= {hint.id for hint in hints}
    assert ("resume" in words_of(hints)) == (state is State.PAUSED)
    assert ("session.bail_out" in {hint.id for hint in hints}) == (
        not state.is_over and reason is not PauseReason.BAIL_OUT
    )


def test_the_step_of_the_length_keys_is_announced() -> None:
    assert "25 s" in words_of(hints_of(State.RUNNING, None, 25))


async def test_the_footer_follows_the_session() -> None:
    stage = Stage(WALK)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert footer(stage).startswith("space pause   x stop   n begin now")
        assert footer(stage).endswith("? all keys")
        await stage.move(pilot, 10_000)
        assert footer(stage).startswith("space pause   x stop   n skip   + - 10 s   a adjust  ")
        await pilot.press("space")
        assert footer(stage).startswith("space resume   x stop")
        await pilot.press("x")
        assert footer(stage).startswith("q end   space resume")


async def test_a_turn_that_waits_shows_how_to_go_on() -> None:
    stage = Stage("back 70s, turn 5s, fwd 30s", config=SessionConfig(Rules(wait_at_turns=True)))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 70_000, 5_000, 1_000)
        assert footer(stage).startswith("enter I have turned   x stop")
        await click(stage, pilot, "I have turned")
        assert stage.session_screen.conductor.session.state is State.LEAD_IN


async def test_nothing_is_drawn_in_the_footer_while_seconds_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(WALK)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 1_000)
        shown: list[object] = []
        refreshed: list[object] = []
        monkeypatch.setattr(KeysBar, "show", lambda _bar, hints: shown.append(hints))
        refresh = CachedLineWidget.refresh

        def noting(painted: CachedLineWidget, *regions: object, **how: bool) -> CachedLineWidget:
            if isinstance(painted, KeysBar):
                refreshed.append(painted)
            return refresh(painted, *regions, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(CachedLineWidget, "refresh", noting)
        await stage.move(pilot, *[1_000] * 20)
        assert shown == []
        assert refreshed == []


async def test_a_walkers_own_keys_are_in_the_footer_and_can_be_clicked(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, WALK, session_pause="v", session_bail_out="f9")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        assert footer(stage).startswith("v pause   f9 stop   n skip")
        await click(stage, pilot, "pause")
        assert stage.session_screen.conductor.session.state is State.PAUSED
        assert "v resumes" in stage.session_screen.query_one("#caption", Line).text
        await click(stage, pilot, "stop")
        assert stage.session_screen.conductor.session.pause_reason is PauseReason.BAIL_OUT
        await click(stage, pilot, "? all keys")
        assert "stop at once" in "\n".join(text_of(stage.app))


async def test_keys_shown_together_are_clicked_separately() -> None:
    stage = Stage(WALK)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        session = stage.session_screen.conductor.session
        before = session.interval_left
        await click(stage, pilot, "+ - 10 s")
        assert session.interval_left == before + 10_000
        await click(stage, pilot, "- 10 s")
        await click(stage, pilot, "- 10 s")
        assert session.interval_left == before - 10_000
        await click(stage, pilot, "10 s")
        assert session.interval_left == before


async def test_a_change_in_the_settings_is_seen_at_once_also_on_the_screens_below(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, WALK)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        await pilot.press("space")
        stage.app.push_screen(SettingsScreen(stage.app.services, "keys.session.pause"))
        await pilot.pause()
        await pilot.press("enter", "v")
        await stage.app.workers.wait_for_complete()
        await stage.app.change_settings({"keys.settings.close": "f9"})
        await pilot.pause()
        assert "f9 back" in footer(stage)
        await pilot.press("f9")
        await pilot.pause()
        assert footer(stage).startswith("v resume")
        assert "v resumes" in stage.session_screen.query_one("#caption", Line).text
        await pilot.press("v")
        assert stage.session_screen.conductor.session.state is State.LEAD_IN
        await stage.app.change_settings({"keys.session.pause": None})
        await pilot.pause()
        assert footer(stage).startswith("space pause")


async def test_questions_name_the_walkers_own_keys_and_read_no_markup(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, WALK, question_yes="[", question_no="f9")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 2_000)
        await click(stage, pilot, "adjust")
        await click(stage, pilot, "close")
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(stage.app.screen, Question)
        shown = "\n".join(text_of(stage.app))
        assert "end it ([)" in shown
        assert "go on (f9)" in shown
        await pilot.click("#no")
        await pilot.pause()
        assert not stage.app.screen.is_modal
        await pilot.press("q", "[")
        await pilot.pause()
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_the_end_names_the_key_that_goes_to_the_summary(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, "back 5s", session_turned="f9")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 5_000)
        assert footer(stage).startswith("f9 summary")
        assert "f9 shows the summary" in stage.session_screen.query_one("#caption", Line).text
        await click(stage, pilot, "summary")
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_in_ascii_keys_have_ascii_names(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    paths.settings.write_text('[first_start]\ndone = true\n[keys]\n"session.skip" = "right"\n')
    stage = Stage(WALK, paths=paths, loaded=load(paths.settings), ascii_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000)
        assert "right skip" in footer(stage)
        await pilot.press("a")
        await pilot.pause()
        assert "up down field   left right change" in footer(stage)


OPENED_BY = ("", "a", "n", "s", "p", "l", "question_mark", "i", "h", "m")
"""Keys that open the screens that have their own footer from Home; no key for Home itself."""


@pytest.mark.parametrize("opened_by", OPENED_BY)
@pytest.mark.parametrize("width", [40, 80, 100, 240])
@pytest.mark.sampled(3)
async def test_a_footer_shows_all_its_keys_or_says_that_there_are_more(
    tmp_path: Path, opened_by: str, width: int
) -> None:
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=(width, 30)) as pilot:
        await pilot.pause()
        await pilot.press(*filter(None, [opened_by]))
        await pilot.pause()
        for bar in stage.app.screen.query(KeysBar):
            drawn = "".join(segment.text for segment in bar.render_line(0))
            assert "more" in drawn or all(_word(hint) in drawn for hint in bar._hints), drawn
            assert len(drawn) == bar.size.width


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_a_footer_names_the_key_for_all_keys_once(tmp_path: Path, width: int) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(width, 30)) as pilot:
        await walk(stage, pilot, 20_000)
        await pilot.press("q", "y")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        drawn = "".join(segment.text for segment in stage.app.screen.query_one(KeysBar).render_line(0))
        assert drawn.count("?") == 1, drawn


async def test_more_opens_the_help(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await click(stage, pilot, "? more")
        assert isinstance(stage.app.screen, HelpScreen)


FOCUSED = "pain"
"""The hint of a field that has the focus from the start."""
HINTS = (
    ("", "walk"), ("", "new"), ("", "progress"),
    ("a", "close"), ("a", "field"), ("a", "change"), ("a", "enter walk"),
    ("n", "repeat"), ("n", "remove"), ("n", "move"), ("n", "w walk"), ("n", "unpack"), ("n", "close"),
    ("s", "change"), ("s", "type"), ("s", "back"),
    ("question_mark", "scroll"), ("question_mark end", "section"), ("question_mark", "search"),
    ("question_mark", "find and do"), ("l", FOCUSED), ("l", "back"), ("i", "read"), ("i", "no"),
    ("c", "again"), ("c", "I hear nothing"), ("c", "back"),
)  # fmt: skip


def traces(stage: Stage) -> tuple[object, ...]:
    """The possible effects of an action: the screen, the focus, the played cues."""
    screen = stage.app.screen
    focus = [widget is stage.app.focused for widget in screen.focus_chain]
    return type(screen), text_of(stage.app), focus, stage.player.queued, stage.player.cancels


@pytest.mark.parametrize(("opened_by", "word"), HINTS)
@pytest.mark.sampled(4)
async def test_every_hint_can_be_clicked_and_does_what_its_key_does(tmp_path: Path, opened_by: str, word: str) -> None:
    outcomes = []
    for by_mouse in (True, False):
        stage = stage_with(tmp_path)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press(*opened_by.split())
            await pilot.pause()
            before = traces(stage)
            hint = next(
                hint
                for bar in stage.app.screen.query(KeysBar)
                for hint in bar._hints  # the clicked hint is looked up by its word
                if word in (_word(hint), f"{_keys(hint)} {_word(hint)}")
            )
            if by_mouse:
                await click(stage, pilot, f" {word}", at=1)
            elif isinstance(hint, Hint):
                await pilot.press(action(hint.id).keys[0])
            else:
                break  # the keys of a field or a list may move by less than a click does
            await pilot.pause()
            outcomes.append(traces(stage))
            assert outcomes[-1] != before or word == FOCUSED
    assert all(outcome == outcomes[0] for outcome in outcomes)


def _word(hint: Hint | Fixed) -> str:
    return hint.word or action(hint.id).footer if isinstance(hint, Hint) else hint.word


def _keys(hint: Hint | Fixed) -> str:
    return show_key(action(hint.id).keys[0]) if isinstance(hint, Hint) else hint.keys


async def test_a_replaced_key_is_free(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, home_walk="w", home_edit="enter")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert footer(stage).startswith("w walk")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(stage.app.screen, BuilderScreen)
        await pilot.press("escape")
        await pilot.press("w")
        await pilot.pause()
        assert isinstance(stage.app.screen, SessionScreen)
