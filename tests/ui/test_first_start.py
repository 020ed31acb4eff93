"""First start: safety is shown once, the sound is checked, and Enter alone leads to a running First Try."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from retro_timer.config.paths import Paths
from retro_timer.config.settings import load
from retro_timer.runtime.services import Services
from retro_timer.runtime.wiring import Setup
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.languages import english
from retro_timer.session.languages.english import SOUND_CHECK
from retro_timer.session.ports import VOICES, SoundState
from retro_timer.session.states import State
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.first_start import FirstStartScreen, Page
from retro_timer.ui.screens.help import HelpBody
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.sound_check import check
from retro_timer.ui.widgets.keysbar import KeysBar
from tests.ui.drawn import settled
from tests.ui.support import one_by_one

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.config.schema import FirstStart

SIZES = [(80, 24), (120, 40), (240, 67), (40, 12), (20, 5), (1, 1)]


class Newcomer:
    """A user who starts the program for the first time."""

    def __init__(self, directory: Path, *, state: SoundState = SoundState.OK, imperial: bool = False) -> None:
        self.paths = Paths(directory / "config", directory / "data")
        self.clock = FakeClock()
        self.players: list[RecordingPlayer] = []
        self.state = state
        self.imperial = imperial

    def app(self) -> RetroTimerApp:
        services = Services(
            self.clock,
            lambda *_: self._player(),
            paths=self.paths,
            loaded=load(self.paths.settings),
            imperial=self.imperial,
            pressed_at=one_by_one(),
        )
        return RetroTimerApp(services)

    @property
    def flags(self) -> FirstStart:
        return load(self.paths.settings).settings.first_start

    def _player(self) -> RecordingPlayer:
        self.players.append(RecordingPlayer())
        self.players[-1].state = self.state
        self.players[-1].detail = "aplay found no output." if self.state is SoundState.NONE else "a speaker"
        return self.players[-1]

    async def hear_it_out(self, pilot: Pilot[int]) -> None:
        self.clock.move(9_000)
        screen = pilot.app.screen
        assert isinstance(screen, FirstStartScreen)
        screen.tick()
        await pilot.pause()


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path)


def state_of(app: RetroTimerApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


async def test_enter_alone_leads_from_the_start_to_a_running_first_try(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        presses = 0
        while not isinstance(app.screen, SessionScreen):
            assert presses < 6
            await pilot.press("enter")
            presses += 1
        assert app.screen.runner.workout.id == "first-try"
        newcomer.clock.move(10_000)
        app.screen.tick()
        assert app.screen.conductor.session.state is State.RUNNING
        assert all(player.closed for player in newcomer.players[:-1])
        await settled(pilot)
    assert newcomer.flags.done
    assert newcomer.flags.safety_read
    assert newcomer.flags.sound_checked


async def test_the_assembled_program_takes_the_same_path(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRO_TIMER_CONFIG_DIR", str(newcomer.paths.config))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    setup = Setup(data_dir=str(newcomer.paths.data), audio="off")
    app = RetroTimerApp(setup.services())
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.services.imperial
        await pilot.press("u")
        await settled(pilot)
        assert not app.services.imperial
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert setup.loaded.settings.first_start.safety_read
        await pilot.press("escape")
        await settled(pilot)
    assert newcomer.flags.done


async def test_an_abandoned_first_start_continues_after_its_finished_steps(newcomer: Newcomer) -> None:
    async with newcomer.app().run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await settled(pilot)
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.screen.query_one("#sound").display
        assert not app.screen.query_one("#safety").display


async def test_it_is_never_shown_again(newcomer: Newcomer) -> None:
    for first in (True, False):
        app = newcomer.app()
        async with app.run_test(size=(80, 24)) as pilot:
            assert isinstance(app.screen, FirstStartScreen) is first
            await pilot.press("escape" if first else "up")
            assert isinstance(app.screen, HomeScreen)
            await settled(pilot)
    assert newcomer.flags.done
    assert not newcomer.flags.safety_read


@pytest.mark.parametrize("enters", [0, 1, 3])
async def test_every_page_can_be_left_with_one_key(newcomer: Newcomer, enters: int) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["enter"] * enters, "escape")
        assert isinstance(app.screen, HomeScreen)
        await settled(pilot)
    assert newcomer.flags.done


async def test_the_safety_check_agrees_with_the_evidence(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)):
        text = " ".join(row.text for row in app.screen.query_one(HelpBody).rows)
        facts = "safety key|rail|2 m (6.5 ft)|0.5 m|manual|fall|vertigo|chest pain|0.8 to 1.6 km/h"
        for words in facts.split("|"):
            assert words in text


async def test_speeds_are_in_the_units_of_the_place_and_can_be_changed(tmp_path: Path) -> None:
    american = Newcomer(tmp_path, imperial=True)
    app = american.app()
    async with app.run_test(size=(80, 24)) as pilot:
        body = app.screen.query_one(HelpBody)
        assert "0.5 to 1.0 mph" in " ".join(row.text for row in body.rows)
        await pilot.press("u")
        assert "0.8 to 1.6 km/h" in " ".join(row.text for row in body.rows)
        await settled(pilot)
    assert load(american.paths.settings).settings.units.speed == "km/h"


async def test_the_sound_check_plays_the_phases_and_then_gives_instructions(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        (player,) = newcomer.players
        cues = [due_cue.cue for due_cue in player.queued]
        assert [cue.sound for cue in cues] == [Sound.BACKWARD, Sound.TURN, Sound.FORWARD, None]
        assert cues[-1].words == (SOUND_CHECK,)
        assert {cue.kind for cue in cues} == {CueKind.SOUND}  # heard even when muted
        due = [due_cue.due for due_cue in player.queued]
        assert all(later - sooner >= 1000 for sooner, later in pairwise(due))
        heard = [app.screen.query_one(f"#step{index}") for index in range(4)]
        for count in range(5):
            assert [step.has_class("-heard") for step in heard] == [index < count for index in range(4)]
            if count < 4:
                newcomer.clock.move(due[count] - newcomer.clock.now())
                app.screen.tick()  # type: ignore[attr-defined]  # the screen is that of the first start


async def test_another_voice_is_heard_and_kept(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("v")  # has no effect here
        await pilot.press("enter")
        await newcomer.hear_it_out(pilot)
        for count, voice in enumerate((*VOICES[1:], VOICES[0]), start=2):
            assert f"hear {voice}" in app.screen.query_one(KeysBar).text
            await pilot.press("v")
            await settled(pilot)
            assert load(newcomer.paths.settings).settings.sound.voice == voice
            assert app.services.config.cues.voice == voice
            *before, player = newcomer.players
            assert len(newcomer.players) == count
            assert all(each.closed for each in before)
            assert [due_cue.cue.words for due_cue in player.queued][-1] == (SOUND_CHECK,)
        await newcomer.hear_it_out(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert newcomer.flags.sound_checked


async def test_a_voice_that_cannot_be_kept_is_not_changed(newcomer: Newcomer) -> None:
    newcomer.paths.config.parent.mkdir(parents=True, exist_ok=True)
    newcomer.paths.config.write_text("a file where the directory should be")
    app = newcomer.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "v")
        await settled(pilot)
        assert any("Not saved" in notice.message for notice in app._notifications)
        (player,) = newcomer.players
        assert not player.closed


async def test_enter_before_the_words_brings_them_on_and_confirms_nothing(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "enter")
        (player,) = newcomer.players
        assert [due_cue.cue.words for due_cue in player.queued] == [(SOUND_CHECK,)]
        assert player.queued[0].due == newcomer.clock.now()
        await settled(pilot)
        assert not newcomer.flags.sound_checked
        await pilot.press("enter")
        await settled(pilot)
        assert newcomer.flags.sound_checked


async def test_a_walker_who_hears_nothing_gets_instructions_and_can_continue(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await newcomer.hear_it_out(pilot)
        await pilot.press("n")
        assert "volume" in state_of(app)
        await pilot.press("r")
        assert "volume" not in state_of(app)
        assert len(newcomer.players[0].queued) == 4
        await pilot.press("n", "enter", "enter")
        assert isinstance(app.screen, SessionScreen)
        await settled(pilot)
    assert not newcomer.flags.sound_checked
    assert newcomer.flags.done


@pytest.mark.parametrize("state", [SoundState.NONE, SoundState.OFF, SoundState.LOST])
async def test_without_sound_there_is_a_way_on(tmp_path: Path, state: SoundState) -> None:
    newcomer = Newcomer(tmp_path, state=state)
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        why = newcomer.players[0].detail.removesuffix(".")
        assert f"There is no sound here ({why}). You can" in " ".join(state_of(app).split())
        assert not newcomer.players[0].queued
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, SessionScreen)
        await settled(pilot)
    assert not newcomer.flags.sound_checked


async def test_the_bell_rings_but_does_not_count_as_a_check_of_the_voice(tmp_path: Path) -> None:
    ringing = Newcomer(tmp_path, state=SoundState.BELL)
    app = ringing.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert "no sound here" in state_of(app)
        assert len(ringing.players[0].queued) == 4
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, SessionScreen)
        await settled(pilot)
    assert not ringing.flags.sound_checked


async def test_the_sounds_wait_until_the_sound_is_open(tmp_path: Path) -> None:
    waiting = Newcomer(tmp_path, state=SoundState.STARTING)
    app = waiting.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        screen, (player,) = app.screen, waiting.players
        assert isinstance(screen, FirstStartScreen)
        assert "being opened" in state_of(app)
        assert not player.queued
        player.state = SoundState.OK
        screen._sound_changed()
        await pilot.pause()
        assert len(player.queued) == 4
        screen._sound_changed()
        await pilot.pause()
        assert len(player.queued) == 4


async def test_the_sound_check_alone_can_be_asked_for_again(newcomer: Newcomer) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        app.push_screen(FirstStartScreen(app.services, [Page.SOUND]))
        await pilot.pause()
        await newcomer.hear_it_out(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, HomeScreen)
        await settled(pilot)
    assert newcomer.flags.sound_checked


@pytest.mark.parametrize("enters", [0, 1, 3])
async def test_it_is_shown_at_every_size_with_the_key_that_leads_on(newcomer: Newcomer, enters: int) -> None:
    app = newcomer.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["enter"] * enters)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert isinstance(app.screen, FirstStartScreen)
            if size[0] >= 40:
                keys = "".join(segment.text for segment in app.screen.query_one(KeysBar).render_line(0))
                assert keys.lstrip().startswith("enter ")


async def test_a_rehearsal_and_a_session_started_by_name_are_not_delayed(newcomer: Newcomer) -> None:
    services = newcomer.app().services
    app = RetroTimerApp(Services(newcomer.clock, services.make_player, rehearsal=True, loaded=services.loaded))
    async with app.run_test():
        assert isinstance(app.screen, HomeScreen)


async def test_a_choice_that_cannot_be_saved_is_reported_and_does_not_block(newcomer: Newcomer) -> None:
    newcomer.paths.config.parent.mkdir(exist_ok=True)
    newcomer.paths.config.write_text("a file where the directory should be")
    app = newcomer.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert any("Not saved" in notice.message for notice in app._notifications)


def test_the_sound_check_names_enter_only_where_that_confirms_it() -> None:
    assert check(english, ("f9", "enter")) == check(english)
    assert check(english)[-1].cue.words == (SOUND_CHECK,)
    last = check(english, ("f9",))[-1]
    assert last.cue.words == (last.about,) == ("This is a sound check. Press your key if you can hear it.",)
