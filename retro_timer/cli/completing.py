"""Shell completions of arguments and options. Nothing here fails: pressing Tab must never print an error."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from retro_timer.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click
    from click.shell_completion import CompletionItem

    from retro_timer.config.paths import Paths


def offered(known: Mapping[str, str | None], typed: str) -> list[CompletionItem]:
    """The known words that begin with the typed text, each with its description."""
    from click.shell_completion import CompletionItem

    from retro_timer.text import one_line

    found = {word: text for word, text in known.items() if word.startswith(typed)}
    return [CompletionItem(word, help=one_line(text) if text else None) for word, text in found.items()]


def complete_file(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Files, completed by the shell."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def complete_stored_session(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The newest sessions of the history."""
    from retro_timer.storage.recent import recent_sessions

    known: dict[str, str | None] = {"last": "the newest"}
    with suppress(UserError, OSError):
        known |= recent_sessions(_paths(ctx).history)
    return offered(known, typed)


def complete_format(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The formats of workouts and sessions."""
    from retro_timer.formats.registry import SESSION_FORMATS, WORKOUT_FORMATS

    return offered({known.id: known.help for known in (*WORKOUT_FORMATS, *SESSION_FORMATS)}, typed)


def complete_programme(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of all programmes."""
    from retro_timer.storage.programmes import ProgrammeLibrary

    with suppress(UserError, OSError):
        return offered(dict.fromkeys(ProgrammeLibrary(_paths(ctx).programmes).ids()), typed)
    return []


def complete_sensor(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The chosen sensors, by address; finding those nearby would take ten seconds."""
    from retro_timer.config.settings import load
    from retro_timer.sensors.nearby import chosen_sensors

    with suppress(UserError, OSError):
        chosen = chosen_sensors(load(_paths(ctx).settings).settings.sensors).values()
        return offered({each.address: each.name for each in chosen}, typed)
    return []


def _paths(ctx: click.Context) -> Paths:
    """The directories that the command line being completed would use."""
    from retro_timer.config.paths import find_paths

    return find_paths((ctx.obj or {}).get("data_dir"))
