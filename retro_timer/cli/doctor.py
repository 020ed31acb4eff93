"""`retro-timer doctor`: which backend plays the sound, whether it works, and what else a session may use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from retro_timer.audio.doctor import NoSoundError, Played, Trial, report
from retro_timer.audio.missed import missed_in, missed_lines
from retro_timer.cli.doctor_sensors import report_sensors
from retro_timer.cli.options import audio_option, data_dir_option
from retro_timer.cli.streams import json_text
from retro_timer.runtime.exit_codes import EXIT_DONE, EXIT_ENDED_EARLY
from retro_timer.runtime.wiring import Setup
from retro_timer.session.ports import SILENT, VOICES

if TYPE_CHECKING:
    from retro_timer.desktop.kept_awake import KeptAwake


@click.command()
@audio_option
@click.option("--voice", type=click.Choice(VOICES), help="The voice to try, instead of the one in the settings.")
@click.option("--silent", is_flag=True, help="Play nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@data_dir_option
@click.pass_context
def doctor(ctx: click.Context, /, *, audio: str | None, voice: str | None, silent: bool, as_json: bool) -> int:
    """Show which backend plays the sound, play every cue, and report how late each began.

    \b
    Examples:
      retro-timer doctor
      retro-timer doctor --audio simpleaudio --json
      retro-timer doctor --voice michael
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    setup = Setup(data_dir=ctx.obj["data_dir"], audio=audio)
    options = setup.sound_options(voice)
    found = report(options)
    missed = _missed(setup)
    held = _held(setup)
    media = _media_problem(setup)
    sensors = report_sensors(setup)
    if not as_json:
        for warning in setup.loaded.warnings:
            click.echo(f"retro-timer: {warning}", err=True)
        for line in found.lines():
            click.echo(line)
        for line in missed_lines(missed):
            click.echo(line)
        click.echo(f"kept awake: {held or 'not, by the settings'}")
        click.echo(f"media keys: {media or 'yes, by MPRIS'}")
        click.echo("\n".join(sensors.lines()))
    trial: dict[str, object] = {}
    problem = ""
    if not silent and options.backend not in SILENT:
        try:
            with Trial(options) as running:
                opened = running.opened
                if not as_json:
                    click.echo(f"opened: {opened.what} in {opened.open_ms} ms, latency {opened.latency_ms} ms")
                played = [_printed(one, quietly=as_json) for one in running.play_all()]
            trial = {
                "backend": opened.backend,
                "output": opened.what,
                "latency_ms": opened.latency_ms,
                "open_ms": opened.open_ms,
                "played": [
                    {"name": one.name, "heard": one.heard, "late_ms": one.late_ms, "why": one.why} for one in played
                ],
            }
        except NoSoundError as error:
            problem = str(error)
            if not as_json:
                click.echo(f"no sound: {problem}")
    if as_json:
        result = {
            **found.as_json(),
            "missed": missed,
            "awake": _held_json(held),
            "media_keys": media,
            "sensors": sensors.as_json(),
            "trial": trial,
            "problem": problem,
        }
        click.echo(json_text(result))
    return EXIT_ENDED_EARLY if problem else EXIT_DONE


def _held(setup: Setup) -> KeptAwake | None:
    """Try to keep this machine awake; None if the settings say not to."""
    if not setup.loaded.settings.desktop.awake:
        return None
    from retro_timer.desktop.companion import try_awake

    return try_awake(setup.say)


def _media_problem(setup: Setup) -> str:
    """Why media keys do not act on a session, as one clause; empty if they do."""
    if not setup.loaded.settings.desktop.media_keys:
        return "not, by the settings"
    from retro_timer.desktop.bus import media_problem

    return media_problem(os.environ)


def _held_json(held: KeptAwake | None) -> dict[str, object] | None:
    return None if held is None else {"by": held.by, "why": held.why}


def _missed(setup: Setup) -> list[str]:
    """The lines of the log about missed cues; prints the problem if the log cannot be read."""
    missed = missed_in(setup.log.lines())
    if setup.log.problem:
        click.echo(f"retro-timer: {setup.log.problem}", err=True)
    return missed


def _printed(played: Played, *, quietly: bool) -> Played:
    if not quietly:
        late = "" if played.late_ms is None else f"{played.late_ms:+.1f} ms"
        click.echo(f"  {played.name:10} {'played' if played.heard else 'not played'} {late} {played.why}".rstrip())
    return played
