"""The settings screen: values are validated while typing, previewed, and saved at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input, Static

from retro_timer.config import keymap
from retro_timer.config.key_names import show_key
from retro_timer.config.locale import resolve_units
from retro_timer.config.setting_kinds import Choice, Toggle
from retro_timer.config.settings import SettingsError, find
from retro_timer.session.cue import Sound
from retro_timer.session.metronome import FASTEST, SLOWEST
from retro_timer.text import printable_path
from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.pending_settings import PendingSettings
from retro_timer.ui.preferences import KEYS, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.setting_values import TABS, next_value, rows_of, title_of, value_text
from retro_timer.ui.sound_check import Preview, check, sample
from retro_timer.ui.themes import theme_names
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.panel import Panel
from retro_timer.ui.widgets.settings_list import SettingsList
from retro_timer.ui.widgets.tabsbar import TabsBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from retro_timer.config.locale import Units
    from retro_timer.runtime.services import Services
    from retro_timer.session.cue import Cue
    from retro_timer.session.languages import Language

SETTLED: Final = 0.35
"""Seconds after the last change of a sound setting until the sample plays; a held key is one change."""
SAMPLES: Final[dict[str, Sound | None]] = {
    "sound.backend": Sound.BACKWARD,
    "sound.set": Sound.BACKWARD,
    "sound.voice": None,
    "sound.sounds_volume": Sound.BACKWARD,
    "sound.voice_volume": None,
}
"""The sample sound of each setting; None for a spoken word."""
LONGEST_GAP: Final = 2500
"""Maximum time between two taps of a tempo, in milliseconds."""
TAPS: Final = 5
"""Number of taps used to compute a tempo."""
MAX_WARNINGS: Final = 3
HINTS: Final = (
    Fixed("← →", "change", "step(1)"),
    Hint("settings.edit"),
    Hint("settings.close"),
    Hint("settings.reset"),
    Hint("settings.test_sound"),
    Fixed("tab", "group", "switch(1)"),
    Hint("app.help", "keys"),
)


class SettingsScreen(RepaintsRegions, Screen[None]):
    """Shows the settings and changes them.

    Args:
        services: the services for screens.
        setting: the dotted key of the setting to start with.
    """

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "SettingsList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-medium"), (110, "-wide"), (170, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-normal"), (30, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("settings"),
        Binding("tab", "switch(1)", show=False),
        Binding("shift+tab", "switch(-1)", show=False),
    ]

    def __init__(self, services: Services, setting: str = "") -> None:
        super().__init__()
        self._draft = PendingSettings(settings_of(services), ())
        self._setting = setting
        self._group = setting.partition(".")[0] if setting else next(iter(TABS))
        self._pending: dict[str, object] = {}
        self._saving = False
        self._taps: list[int] = []
        self._preview = Preview(self, self._sound_changed)
        self._preview_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Groups, list with warnings, description with field, and keys."""
        with Horizontal(id="page"):
            with Horizontal(id="choose"):
                with Panel("SETTINGS", id="groups"):
                    yield TabsBar(list(TABS.values()))
                with Panel("", id="group"):
                    yield Static(self._warnings(), markup=False, id="warnings")
                    yield SettingsList()
            with Panel("", id="setting"):
                yield Static("", markup=False, id="about")
                field = Input(compact=True, id="field")
                field.cursor_blink = False
                yield field
                yield Static("", markup=False, id="message")
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Show the initial group."""
        self._draft.themes = theme_names(self.app.available_themes)
        self.query_one("#warnings").display = bool(self._warnings())
        self.query_one("#field", Input).display = False
        self._show_group(self._setting)

    def on_unmount(self) -> None:
        """Close the player."""
        self._preview.close()

    def on_settings_list_moved(self) -> None:
        """Show the description of the setting under the cursor."""
        self._say("")
        self._about()

    def on_settings_list_laid_out(self) -> None:
        """Show the help beside the list, unless the list itself shows it."""
        self._about()

    def on_settings_list_stepped(self, message: SettingsList.Stepped) -> None:
        """Set the next or previous value."""
        key = self._chosen
        if key and not key.startswith(KEYS):
            value = self._draft.settings.value(key)
            following = next_value(find(key), value, message.step, self._draft.themes)
            if following != value:
                self._change(key, following)

    def on_settings_list_chosen(self) -> None:
        """Toggle the setting, ask for a key, or open the field."""
        key = self._chosen
        if key.startswith(KEYS):
            action = keymap.action(key.removeprefix(KEYS))
            self.app.push_screen(KeyCatcher(action), lambda pressed: self._change(key, pressed) if pressed else None)
        elif key and (isinstance(find(key).kind, Toggle | Choice) or key == "look.theme"):
            self.query_one(SettingsList).action_step(1)
        elif key:
            self.action_edit()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Validate the typed value."""
        if self.query_one("#field", Input).display:
            self._say(self._draft.problem(self._chosen, event.value), error=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Apply the typed value, if it is valid."""
        key = self._chosen
        try:
            value = self._draft.read(key, event.value)
        except SettingsError as error:
            self._say(str(error), error=True)
            return
        self._leave_field()
        self._change(key, value)

    def action_go_to(self, tab: str) -> None:
        """Show a group by the word on its tab."""
        self._leave_field()
        self._group = next(group for group, word in TABS.items() if word == tab)
        self._say("")
        self._show_group()

    def action_switch(self, step: int) -> None:
        """Show the previous or next group."""
        self.action_go_to(self.query_one(TabsBar).neighbour(step, around=True))

    def action_step(self, step: int) -> None:
        """Step the setting after a click on the hint."""
        self.query_one(SettingsList).action_step(step)

    def action_edit(self) -> None:
        """Open the field for typing the value."""
        key = self._chosen
        if not key:
            return
        field = self.query_one("#field", Input)
        if key.startswith(KEYS):
            field.value = ", ".join(keymap.resolve(self._draft.settings.keys).keys[key.removeprefix(KEYS)])
        else:
            value = self._draft.settings.value(key)
            field.value = "" if value is None else value_text(find(key), value, self._units)
        field.display = True
        field.focus()
        field.cursor_position = len(field.value)

    def action_reset(self) -> None:
        """Reset the setting to its default."""
        if key := self._chosen:
            self._change(key, None)

    def action_test_sound(self) -> None:
        """Play the sound check with the current settings."""
        self._play([step.cue for step in check(self._phrases)])

    def action_tap(self) -> None:
        """Set the metronome's tempo from repeated presses of this key."""
        now = services_of(self).clock.now()
        if self._taps and now - self._taps[-1] > LONGEST_GAP:
            self._taps.clear()
        self._taps = [*self._taps[1 - TAPS :], now]
        if len(self._taps) < 3:
            self._say("Tap the tempo: one tap for each step.")
            return
        a_step = (self._taps[-1] - self._taps[0]) / (len(self._taps) - 1)
        tempo = max(SLOWEST, min(FASTEST, round(60_000 / max(1, a_step))))
        self._change("metronome.tempo", tempo)
        self._say(f"Tempo: {tempo} steps a minute.")

    def action_close(self) -> None:
        """Close the field, or the screen."""
        if self.query_one("#field", Input).display:
            self._leave_field()
            self._say("")
        else:
            self.dismiss()

    @property
    def _chosen(self) -> str:
        row = self.query_one(SettingsList).chosen
        return row.key if row else ""

    @property
    def _phrases(self) -> Language:
        return services_of(self).phrases

    @property
    def _units(self) -> Units:
        return resolve_units(self._draft.settings.units, os.environ)

    def _change(self, key: str, value: object) -> None:
        """Change, show and save a setting; an invalid value is refused with the reason."""
        try:
            self._draft.change(key, value)
        except SettingsError as error:
            self._say(str(error), error=True)
            return
        if key == "look.theme":
            self.app.theme = self._draft.settings.look.theme
        self._say("")
        self._show_rows()
        self._pending[key] = value
        if not self._saving:
            self._saving = True
            self.run_worker(self._save())

    async def _save(self) -> None:
        """Save all pending changes, including those made while saving."""
        app = app_of(self)
        while self._pending:
            values, self._pending = self._pending, {}
            try:
                await app.change_settings(values)
            except SettingsError as error:
                self._draft.settings = settings_of(app.services)
                self._show_rows()
                self._say(f"Not saved: {error}", error=True)
                continue
            self._play_sample(values)
        self._saving = False

    def _play_sample(self, keys: dict[str, object]) -> None:
        """Play a sample after the last change."""
        sounds = [SAMPLES[key] for key in keys if key in SAMPLES]
        sounds += [Sound(key.partition(".")[2].replace("_", "-")) for key in keys if key.startswith("sound_files.")]
        if not sounds:
            return
        if self._preview_timer:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(SETTLED, lambda: self._play(sample(self._phrases, sounds[-1])))

    def _play(self, cues: Sequence[Cue]) -> None:
        self._preview.play(services_of(self), cues)

    def _sound_changed(self) -> None:
        if self.is_mounted and self._preview.state:
            self._say(self._preview.state)

    def _show_group(self, setting: str = "") -> None:
        """Show the settings of the group, with the cursor on one of them."""
        paths = services_of(self).paths
        saved = printable_path(paths.settings, 60) if paths else "for this run only"
        self.query_one("#group", Panel).entitle(title_of(self._group).upper(), saved)
        self.query_one(TabsBar).show(TABS[self._group])
        rows = rows_of(self._group, self._draft.settings, self._units)
        cursor = next((index for index, row in enumerate(rows) if row.key == setting), 0)
        self.query_one(SettingsList).show(rows, cursor)
        self._about()

    def _show_rows(self) -> None:
        self.query_one(SettingsList).show(rows_of(self._group, self._draft.settings, self._units))
        self._about()

    def _about(self) -> None:
        """Show the help, valid values and default of the chosen setting."""
        key, settings = self._chosen, self.query_one(SettingsList)
        row, lines = settings.chosen, []
        if row is not None and key.startswith(KEYS):
            default = "  ".join(show_key(name) for name in keymap.action(key.removeprefix(KEYS)).keys)
            lines = [f"{row.name}.", f"One key, or several with commas between them. By default: {default}."]
        elif row is not None:
            setting = find(key)
            expected = setting.kind.expected
            default = value_text(setting, setting.default, self._units)
            lines = [] if settings.shows_help else [row.help]
            lines += [f"{expected[:1].upper()}{expected[1:]}. By default: {default}."]
        self.query_one("#setting", Panel).entitle(row.name if row and not key.startswith(KEYS) else "KEY", key)
        self.query_one("#about", Static).update("\n".join(lines))

    def _say(self, text: str, *, error: bool = False) -> None:
        message = self.query_one("#message", Static)
        message.update(text)
        message.set_class(error and bool(text), "-error")

    def _leave_field(self) -> None:
        self.query_one("#field", Input).display = False
        self.query_one(SettingsList).focus()

    def _warnings(self) -> str:
        loaded = services_of(self).loaded
        warnings = loaded.warnings if loaded else ()
        more = [f"and {len(warnings) - MAX_WARNINGS} more"] if len(warnings) > MAX_WARNINGS else []
        return "\n".join([*warnings[:MAX_WARNINGS], *more])
