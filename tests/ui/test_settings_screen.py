"""Settings: all are listed, validated while typing, saved with comments kept, and refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from retro_timer.config.keymap import SCOPES, actions
from retro_timer.config.paths import Paths
from retro_timer.config.settings import load
from retro_timer.runtime.services import Services
from retro_timer.session.cue import Sound
from retro_timer.session.languages.english import HALFWAY, SOUND_CHECK
from retro_timer.session.ports import SoundState
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.setting_values import TABS
from retro_timer.ui.widgets.settings_list import SettingsList
from retro_timer.ui.widgets.tabsbar import TabsBar
from tests.ui.drawn import settled
from tests.ui.support import current_tab, one_by_one

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


SIZES = [(80, 24), (120, 40), (240, 67), (40, 12), (20, 5), (1, 1)]
FILE = """# my own comment
[sound]
voice_volume = 80  # not too loud
[first_start]
done = true
"""


class Walker:
    """A user with a settings file."""

    def __init__(self, directory: Path) -> None:
        self.paths = Paths(directory, directory)
        self.paths.settings.write_text(FILE)
        self.clock = FakeClock()
        self.players: list[RecordingPlayer] = []

    def app(self) -> RetroTimerApp:
        loaded = load(self.paths.settings)
        return RetroTimerApp(
            Services(self.clock, self._player, paths=self.paths, loaded=loaded, pressed_at=one_by_one())
        )

    def _player(self, *_: object) -> RecordingPlayer:
        self.players.append(RecordingPlayer())
        return self.players[-1]

    @property
    def text(self) -> str:
        return self.paths.settings.read_text()


@pytest.fixture
def walker(tmp_path: Path) -> Walker:
    return Walker(tmp_path)


async def opened(pilot: Pilot[int], setting: str = "") -> SettingsScreen:
    app = pilot.app
    assert isinstance(app, RetroTimerApp)
    screen = SettingsScreen(app.services, setting)
    app.push_screen(screen)
    await pilot.pause()
    return screen


def message(screen: SettingsScreen) -> str:
    return str(screen.query_one("#message", Static).render())


def value_of(screen: SettingsScreen) -> str:
    row = screen.query_one(SettingsList).chosen
    assert row is not None
    return row.value


async def test_a_change_is_saved_at_once_with_comments_kept(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sound.voice_volume")
        assert value_of(screen) == "80 percent"
        await pilot.press("right")
        assert value_of(screen) == "85 percent"
        await settled(pilot)
        assert walker.text == FILE.replace("80", "85")
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert value_of(screen) == "100 percent"
        assert "voice_volume" not in walker.text
        assert "# my own comment" in walker.text


async def test_many_changes_in_a_row_all_arrive(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "session.lead_in")
        await pilot.press(*["right"] * 7, "down", "right", "down", "enter")
        await settled(pilot)
    session = load(walker.paths.settings).settings.session
    assert (session.lead_in, session.resume_lead_in, session.wait_at_turns) == (17, 6, True)


async def test_sessions_begun_afterwards_follow_the_change(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "session.lead_in")
        await pilot.press("left", "left")
        await settled(pilot)
        assert app.services.config.rules.lead_in == 8
        assert app.services.loaded is not None
        assert app.services.loaded.settings.session.lead_in == 8


async def test_a_value_is_checked_while_it_is_typed(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sound.ticks")
        await pilot.press("enter", "ctrl+u", "1", "1")
        assert "from 0 to 10" in message(screen)
        assert screen.query_one("#message").has_class("-error")
        await pilot.press("enter")
        assert screen.query_one("#field", Input).display
        await pilot.press("backspace")
        assert message(screen) == ""
        await pilot.press("0", "enter")
        await settled(pilot)
        assert value_of(screen) == "10"
        assert load(walker.paths.settings).settings.sound.ticks == 10


async def test_a_long_value_stays_whole_where_it_is_edited(walker: Walker) -> None:
    path = f"/sounds/{'a' * 100}.wav"
    walker.paths.settings.write_text(f'{FILE}[sound_files]\ntick = "{path}"\n')
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sound_files.tick")
        await pilot.press("e")
        assert screen.query_one("#field", Input).value == path


async def test_typing_can_be_given_up(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sound.ticks")
        await pilot.press("e", "9", "escape")
        assert app.screen is screen
        assert value_of(screen) == "3"
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
        await settled(pilot)
    assert walker.text == FILE


async def test_an_empty_field_unsets_an_optional_setting(walker: Walker) -> None:
    walker.paths.settings.write_text(FILE + "[walker]\nweight_kg = 70.0\n")
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "walker.weight_kg")
        await pilot.press("e", "ctrl+u", "enter")
        await settled(pilot)
        assert value_of(screen) == "not set"
        assert app.services.loaded is not None
        assert app.services.loaded.settings.walker.weight_kg is None


async def test_weights_are_typed_in_pounds_where_pounds_are_shown(walker: Walker) -> None:
    walker.paths.settings.write_text(FILE + '[units]\nweight = "lb"\n')
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "walker.weight_kg")
        await pilot.press("e", *"154 lb", "enter")
        await settled(pilot)
        assert value_of(screen) == "154.0 lb"
        assert load(walker.paths.settings).settings.walker.weight_kg == pytest.approx(69.85)


async def test_a_theme_is_previewed_while_choosing_and_applied_afterwards(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "look.theme")
        await pilot.press("right")
        assert app.theme == "amber"
        await pilot.press("right", "right", "left")
        await settled(pilot)
    again = walker.app()
    async with again.run_test():
        assert again.theme == "paper"


async def test_an_unknown_theme_is_refused_and_one_in_the_file_is_ignored(walker: Walker) -> None:
    walker.paths.settings.write_text(FILE + '[look]\ntheme = "mauve"\n')
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.theme == "phosphor"
        screen = await opened(pilot, "look.theme")
        await pilot.press("e", "ctrl+u", *"beige", "enter")
        assert "no theme with this name" in message(screen)
        assert app.theme == "phosphor"


async def test_a_key_is_captured_when_pressed_and_works(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "keys.app.help")
        await pilot.press("enter", "f9")
        await settled(pilot)
        assert value_of(screen) == "f9"
        assert load(walker.paths.settings).settings.keys == {"app.help": "f9"}
        await pilot.press("f1")
        assert app.screen is screen
        await pilot.press("f9")
        assert app.screen is not screen


async def test_a_key_that_is_taken_is_refused_with_the_reason(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "keys.session.skip")
        before = value_of(screen)
        await pilot.press("enter", "space")
        await settled(pilot)
        assert "space cannot do both" in message(screen)
        assert "session.pause" in message(screen)
        assert value_of(screen) == before
        await pilot.press("enter", "escape")
        assert app.screen is screen
        await pilot.press("e", "ctrl+u", *"f9, x")
        assert "cannot do both" in message(screen)
        await pilot.press("escape")
        await settled(pilot)
    assert walker.text == FILE


async def test_several_keys_are_typed(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "keys.session.skip")
        await pilot.press("e", "ctrl+u", *"f9, f10", "enter")
        await settled(pilot)
        assert value_of(screen) == "f9  f10"
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert load(walker.paths.settings).settings.keys == {}


@pytest.mark.parametrize(
    ("setting", "sound", "words"),
    [
        ("sound.sounds_volume", Sound.BACKWARD, ()),
        ("sound.voice_volume", None, (HALFWAY,)),
        ("sound.set", Sound.BACKWARD, ()),
        ("sound.voice", None, (HALFWAY,)),
    ],
)
async def test_a_change_of_the_sound_is_played(
    walker: Walker, setting: str, sound: Sound | None, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.ui.screens.settings.SETTLED", 0.001)
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, setting)
        await pilot.press("left")
        await settled(pilot)
        for _ in range(100):
            if walker.players:
                break
            await pilot.pause(0.001)
        cues = [due_cue.cue for due_cue in walker.players[-1].queued]
        assert [(cue.sound, cue.words) for cue in cues] == [(sound, words)]
        await pilot.press("escape")
        await pilot.pause()
        assert all(player.closed for player in walker.players)


async def test_the_whole_sound_check_is_played_when_asked_for(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+t")
        assert [due_cue.cue.words for due_cue in walker.players[0].queued][-1] == (SOUND_CHECK,)
        assert message(screen) == f"sound: {SoundState.OK.value}, recording"


async def test_the_tempo_is_tapped(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "metronome.tempo")
        await pilot.press("t")
        walker.clock.move(9_000)  # so that the first tap is forgotten
        for _ in range(5):
            await pilot.press("t")
            walker.clock.move(500)
        assert "120" in message(screen)
        await settled(pilot)
        assert load(walker.paths.settings).settings.metronome.tempo == 120


async def test_errors_in_the_file_are_reported(walker: Walker) -> None:
    wrong = "".join(f"x{index} = 1\n" for index in range(5))
    walker.paths.settings.write_text(f"{FILE}[sound2]\n{wrong}")
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        warnings = str(screen.query_one("#warnings", Static).render())
        assert "sound2" in warnings
        await pilot.press("right")
        await settled(pilot)
    assert wrong in walker.text


async def test_a_change_that_cannot_be_saved_is_reported_and_reverted(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sound.voice_volume")
        walker.paths.settings.unlink()
        walker.paths.settings.mkdir()
        await pilot.press("right")
        await settled(pilot)
        assert "Not saved" in message(screen)
        assert value_of(screen) == "80 percent"


async def test_without_a_file_settings_apply_until_the_program_ends() -> None:
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer()))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "session.lead_in")
        await pilot.press("right")
        await settled(pilot)
        assert value_of(screen) == "11 seconds"
        assert app.services.config.rules.lead_in == 11


async def test_groups_are_changed_by_key_and_by_mouse(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        tabs = screen.query_one(TabsBar)
        await pilot.press("shift+tab")
        assert current_tab(tabs) == "keys"
        await pilot.press("tab", "tab")
        assert current_tab(tabs) == "cues"
        await pilot.click(TabsBar, offset=(2, list(TABS).index("look")))
        assert current_tab(tabs) == "look"
        rows = screen.query_one(SettingsList)
        await pilot.click(SettingsList, offset=(4, 1))
        assert rows.chosen is not None
        assert rows.chosen.key == "look.reduced_motion"
        await pilot.click(SettingsList, offset=(30, 1))
        await settled(pilot)
        assert load(walker.paths.settings).settings.look.reduced_motion is True
        assert app.animation_level == "none"


async def test_every_size_shows_it_and_every_row_can_be_reached(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("tab", "end", "home", "pagedown", "e", "escape")
            rows = screen.query_one(SettingsList)
            assert rows.max_scroll_x == 0
        await pilot.resize_terminal(80, 24)
        screen.action_go_to("keys")
        await pilot.press("end")
        assert rows.chosen is not None
        assert rows.chosen.key == f"keys.{[each.id for scope in SCOPES for each in actions(scope)][-1]}"
        assert round(rows.scroll_y) == rows.max_scroll_y


async def test_home_opens_the_settings_and_uses_the_changes(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "shift+tab")
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        screen.action_go_to("session")
        await pilot.press("right")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        home = app.screen
        assert isinstance(home, HomeScreen)
        assert len([screen for screen in app.screen_stack if isinstance(screen, HomeScreen)]) == 1
        await pilot.press("enter")
        session = app.screen
        assert isinstance(session, SessionScreen)
        assert session.conductor.session.rules.lead_in == 11


async def test_home_plays_the_sound_check(walker: Walker) -> None:
    app = walker.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        assert [due_cue.cue.words for due_cue in walker.players[0].queued][-1] == (SOUND_CHECK,)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
