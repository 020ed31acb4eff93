"""The sensors screen: the treadmills and heart rate sensors nearby, which of them are used, and what these send."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from retro_timer.scheduling.units import show_distance, show_speed
from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.nearby import chosen_sensors, missing_extra, setting_of
from retro_timer.session.sensing import Chosen, LinkState, NearbySensor, Reading, SensorKind, SensorLink
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import UpdateSettings, settings_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.run_in_thread import in_thread
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line, fitted
from retro_timer.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from retro_timer.session.sensing import SensorReport, Sensors

LOOKS: Final = "Looking for sensors. Switch the treadmill on; wear the strap, which wakes it."
AGAIN: Final = "When that is mended, open this screen again."
UNUSED: Final = "None yet: choose one above and press enter. Sessions then show what it measures."
NAME_CELLS: Final = 24
KIND_CELLS: Final = 11
KINDS: Final = {SensorKind.BELT: "treadmill", SensorKind.HEART: "heart rate"}


class SensorsScreen(RepaintsRegions, Screen[None]):
    """Lists the sensors nearby; enter starts or stops using one for all sessions. Sensors are only ever read."""

    DEFAULT_CSS = """
    SensorsScreen {
        layout: vertical; background: $background; color: $foreground;
        #near { height: 1fr; }
        #used { height: 4; }
        OptionList { height: 1fr; border: none; padding: 0; background: $background; &:focus { border: none; } }
        #message { color: $muted; height: auto; }
        &.-low { Panel { border: none; padding: 0; } #used { height: 2; } #message { display: none; } }
    }
    """
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (12, "-normal")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("sensors", {"close": "dismiss(None)"})

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[SensorKind, str], NearbySensor] = {}
        self._links: dict[SensorKind, SensorLink] = {}
        self._readings: dict[SensorKind, Reading] = {}
        self._sensors: Sensors | None = None

    def compose(self) -> ComposeResult:
        """The sensors nearby, the data of the chosen ones, and the keys."""
        with Panel("TREADMILL AND HEART RATE", id="near"):
            yield Static(LOOKS, id="message", markup=False)
            yield OptionList(markup=False)
        with Panel("IN USE, READ ONLY", id="used"):
            for kind in SensorKind:
                yield Line(id=kind.value)
        yield KeysBar([Fixed("enter", "use, or not", "select"), Hint("sensors.close"), Hint("app.help", "keys")])

    async def on_mount(self) -> None:
        """Start looking for sensors."""
        self._draw()
        if services_of(self).make_sensors is None and (problem := missing_extra()):
            self._say(f"Sensors cannot be used: {problem}")
            return
        await self._look()

    async def on_unmount(self) -> None:
        """Disconnect from the sensors."""
        await self._let_go()

    def action_select(self) -> None:
        """Start or stop using the selected sensor."""
        self.query_one(OptionList).action_select()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Start or stop using a sensor for all sessions, and follow the chosen sensors from now on."""
        kind, address = self._keys[event.option_index]
        chosen = self._chosen
        if kind in chosen and chosen[kind].address == address:
            del chosen[kind]
            value = None
        else:
            chosen[kind] = Chosen(address, self._found[kind, address].name)
            value = str(chosen[kind])
        self.post_message(UpdateSettings({setting_of(kind): value}))
        self._links.pop(kind, None)
        self._readings.pop(kind, None)
        await self._look(chosen)

    async def _look(self, chosen: dict[SensorKind, Chosen] | None = None) -> None:
        """Look for sensors, and follow the chosen ones."""
        await self._let_go()
        services = services_of(self)
        follow = self._chosen if chosen is None else chosen
        make = services.make_sensors or SensorProcess
        self._sensors = make(follow, self._post, services.log, scan=True)
        self._draw(follow)

    async def _let_go(self) -> None:
        sensors, self._sensors = self._sensors, None
        if sensors is not None:
            await in_thread(sensors.close)

    def _post(self, report: SensorReport) -> None:
        """Take a report on the event loop; called from any thread."""
        on_loop(self, partial(self._take, report))()

    def _take(self, report: SensorReport) -> None:
        if isinstance(report, NearbySensor):
            self._found[report.kind, report.address] = report
        elif isinstance(report, SensorLink):
            self._links[report.kind] = report
            if report.state is LinkState.OFF:
                self._say(f"{report.why[:1].upper()}{report.why[1:]}. {AGAIN}")
        else:
            self._readings[report.kind] = report
        self._draw()

    @property
    def _chosen(self) -> dict[SensorKind, Chosen]:
        return chosen_sensors(settings_of(services_of(self)).sensors)

    @property
    def _keys(self) -> list[tuple[SensorKind, str]]:
        """The rows of the list: the sensors found, by kind and name."""
        return sorted(self._found, key=lambda key: (key[0], self._found[key].name, key[1]))

    def _draw(self, chosen: dict[SensorKind, Chosen] | None = None) -> None:
        chosen = self._chosen if chosen is None else chosen
        for kind, one in chosen.items():  # even if they are not heard
            self._found.setdefault((kind, one.address), NearbySensor(kind, one.name, one.address, -127))
        rows = [self._row(self._found[key], used=chosen.get(key[0])) for key in self._keys]
        options = self.query_one(OptionList)
        before = options.highlighted
        options.clear_options().add_options([Option(Text(row)) for row in rows])
        options.highlighted = min(before or 0, len(rows) - 1) if rows else None
        for kind in SensorKind:
            self.query_one(f"#{kind.value}", Line).show(self._live(kind) if kind in chosen else "")
        if not chosen:
            self.query_one(f"#{next(iter(SensorKind)).value}", Line).show(UNUSED)

    def _row(self, found: NearbySensor, used: Chosen | None) -> str:
        is_used = used is not None and used.address == found.address
        link = self._links.get(found.kind) if is_used else None
        heard = f"{found.signal} dBm" if found.signal > -127 else "not heard"
        heard = "connected" if link is not None and link.state is LinkState.OK else heard
        name = fitted(found.name or "no name", NAME_CELLS)
        return f"{KINDS[found.kind]:{KIND_CELLS}}{name} {heard:>9}  {'in use' if is_used else '':7} {found.address}"

    def _live(self, kind: SensorKind) -> str:
        """The state of a chosen sensor, and the data it sends."""
        link, reading = self._links.get(kind), self._readings.get(kind)
        imperial = services_of(self).imperial
        state = "searching" if link is None else f"{link.state}{f': {link.why}' if link.why else ''}"
        parts = [f"{kind} {state}"]
        if reading is not None and link is not None and link.state is LinkState.OK:
            parts += [
                "" if reading.speed_kmh is None else show_speed(reading.speed_kmh, imperial=imperial),
                "" if reading.distance_m is None else show_distance(reading.distance_m, imperial=imperial),
                "" if reading.heart_rate is None else f"{reading.heart_rate} bpm",
            ]
        return "   ".join(filter(None, parts))

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(text)
