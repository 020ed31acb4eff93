"""`retro-timer sensors`: the treadmill and the heart rate sensor, the sensors nearby, and what they send."""

from __future__ import annotations

import os
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

from retro_timer.cli.completing import complete_sensor
from retro_timer.cli.options import data_dir_option
from retro_timer.config.locale import resolve_units
from retro_timer.config.paths import find_paths
from retro_timer.config.settings_file import SettingsFile
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT, EXIT_DONE
from retro_timer.scheduling.units import mph, show_distance
from retro_timer.sensors.child import SensorProcess
from retro_timer.sensors.nearby import (
    KIND_NAMES,
    SensorError,
    check_extra,
    chosen_sensors,
    is_called,
    missing_extra,
    setting_of,
    the_one,
)
from retro_timer.session.sensing import Chosen, LinkState, NearbySensor, Reading, SensorKind, SensorLink

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retro_timer.session.sensing import SensorReport

SCAN_S: Final = 10
MAX_SCAN_S: Final = 300
NAMES: Final[Mapping[str, SensorKind]] = {"treadmill": SensorKind.BELT, "heart": SensorKind.HEART}
"""The kinds of sensor, by the words to type."""
seconds_option = click.option(
    "--seconds", type=click.IntRange(1, MAX_SCAN_S), default=SCAN_S, show_default=True, help="How long, in seconds."
)


@click.group(invoke_without_command=True)
@data_dir_option
@click.pass_context
def sensors(ctx: click.Context) -> int:
    """Treadmill and heart rate over Bluetooth; they are only read. Without a command: which are chosen.

    \b
    Examples:
      retro-timer sensors scan
      retro-timer sensors use "Treadmill 4F"
      retro-timer sensors test "Treadmill 4F"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    ctx.obj["settings"] = SettingsFile(find_paths(ctx.obj["data_dir"]).settings)
    if ctx.invoked_subcommand is None:
        chosen = _chosen(ctx)
        for kind, name in KIND_NAMES.items():
            known = chosen.get(kind)
            click.echo(f"{name}: {f'{known.name or known.address} ({known.address})' if known else 'none chosen'}")
        if problem := missing_extra():
            click.echo(f"sensors cannot be used: {problem}")
        elif not chosen:
            click.echo("retro-timer sensors scan finds them")
    return EXIT_DONE


@sensors.command()
@seconds_option
def scan(*, seconds: int) -> int:
    """List the treadmills and heart rate sensors nearby.

    \b
    Example:
      retro-timer sensors scan --seconds 30
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    check_extra()
    known: set[tuple[SensorKind, str]] = set()
    for found in _nearby(seconds):
        if (found.kind, found.address) not in known:
            known.add((found.kind, found.address))
            click.echo(f"{KIND_NAMES[found.kind]:18}  {found.address}  {found.signal:4} dBm  {found.name}".rstrip())
    if not known:
        click.echo("no sensor was heard: switch it on; a strap wakes up when you wear it", err=True)
        return EXIT_BAD_INPUT
    return EXIT_DONE


@sensors.command()
@click.argument("name", shell_complete=complete_sensor)
@seconds_option
@click.pass_context
def test(ctx: click.Context, /, *, name: str, seconds: int) -> int:
    """Show what a sensor sends, chosen or nearby; NAME is its name or its address.

    \b
    Example:
      retro-timer sensors test "Treadmill 4F"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    check_extra()
    kind, chosen = _sensor(ctx, name)
    imperial = resolve_units(_file(ctx).load().settings.units, os.environ).mph
    heard = False
    for report in _reports({kind: chosen}, SCAN_S + seconds):
        if isinstance(report, SensorLink):
            click.echo(f"{report.kind.value} {report.state.value}{f': {report.why}' if report.why else ''}")
        elif isinstance(report, Reading):
            heard = True
            click.echo(reading_text(report, imperial=imperial))
    return EXIT_DONE if heard else EXIT_BAD_INPUT


@sensors.command()
@click.argument("name", shell_complete=complete_sensor)
@seconds_option
@click.pass_context
def use(ctx: click.Context, /, *, name: str, seconds: int) -> int:
    """Choose a sensor nearby for all sessions; NAME is its name or its address.

    \b
    Example:
      retro-timer sensors use "Treadmill 4F"
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    check_extra()
    found = the_one(_nearby(seconds, until=name), name)
    chosen = Chosen(found.address, found.name)
    _file(ctx).set({setting_of(found.kind): str(chosen)})
    click.echo(f"{KIND_NAMES[found.kind]}: {chosen.name or chosen.address} ({chosen.address})")
    return EXIT_DONE


@sensors.command()
@click.argument("kind", type=click.Choice(tuple(NAMES)))
@click.pass_context
def forget(ctx: click.Context, /, *, kind: str) -> int:
    """Use no treadmill, or no heart rate sensor, any more.

    \b
    Example:
      retro-timer sensors forget treadmill
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    _file(ctx).unset(setting_of(NAMES[kind]))
    click.echo(f"{KIND_NAMES[NAMES[kind]]}: none chosen")
    return EXIT_DONE


def reading_text(reading: Reading, *, imperial: bool) -> str:
    """A reading as one line, to the last digit that treadmills send; the distance is the treadmill's own count."""
    parts = [
        "" if reading.speed_kmh is None else _fine_speed(reading.speed_kmh, imperial=imperial),
        "" if reading.incline_percent is None else f"incline {reading.incline_percent:.1f} %",
        "" if reading.distance_m is None else _counted(reading.distance_m, imperial=imperial),
        "" if reading.heart_rate is None else f"{reading.heart_rate} bpm",
    ]
    return "   ".join(filter(None, parts)) or "no contact with the skin"


def _counted(metres: float, *, imperial: bool) -> str:
    return show_distance(metres, imperial=True) if imperial else f"{metres:.0f} m"


def _fine_speed(speed_kmh: float, *, imperial: bool) -> str:
    return f"{mph(speed_kmh):.2f} mph" if imperial else f"{speed_kmh:.2f} km/h"


def _sensor(ctx: click.Context, name: str) -> tuple[SensorKind, Chosen]:
    """The sensor with a name or an address: a chosen one, or else one nearby."""
    for kind, chosen in _chosen(ctx).items():
        if is_called(NearbySensor(kind, chosen.name, chosen.address, 0), name):
            return kind, chosen
    found = the_one(_nearby(SCAN_S, until=name), name)
    return found.kind, Chosen(found.address, found.name)


def _nearby(seconds: float, until: str = "") -> Iterator[NearbySensor]:
    """The sensors that are heard, for some seconds or until the one with the address `until` is heard.

    Raises:
        SensorError: if there is no Bluetooth.
    """
    for report in _reports({}, seconds):
        if isinstance(report, SensorLink) and report.state is not LinkState.SEARCHING:
            raise SensorError(report.why)
        if isinstance(report, NearbySensor):
            yield report
            if until and until.casefold() == report.address.casefold():
                return


def _reports(follow: Mapping[SensorKind, Chosen], seconds: float) -> Iterator[SensorReport]:
    """The sensor process's reports, for some seconds or until ctrl+c."""
    reports: SimpleQueue[SensorReport] = SimpleQueue()
    process = SensorProcess(follow, reports.put, lambda line: click.echo(f"retro-timer: {line}", err=True))
    end = monotonic() + seconds
    try:
        while (left := end - monotonic()) > 0:
            try:
                yield reports.get(timeout=left)
            except Empty:
                return
    finally:
        process.close()


def _chosen(ctx: click.Context) -> dict[SensorKind, Chosen]:
    return chosen_sensors(_file(ctx).load().settings.sensors)


def _file(ctx: click.Context) -> SettingsFile:
    found: Any = ctx.obj["settings"]
    assert isinstance(found, SettingsFile)  # noqa: S101  (set by the group)
    return found
