"""What screens ask of the history: reads files, so not for the event loop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from retro_timer.ui.preferences import settings_of

if TYPE_CHECKING:
    from retro_timer.storage.locale_units import Units
    from retro_timer.today import Today
    from retro_timer.ui.services import Services


def units_of(services: Services) -> Units:
    """The walker's units."""
    from retro_timer.storage.locale_units import resolve_units  # noqa: PLC0415  (after the first frame)

    return resolve_units(settings_of(services).units, os.environ)


def today_from(services: Services) -> Today | None:
    """What the day is about; None where nothing is kept.

    Raises:
        StorageError: when the history cannot be read.
    """
    if services.keeper is None:
        return None
    from retro_timer.today import today_of  # noqa: PLC0415  (after the first frame)

    history = services.keeper.history
    return today_of(history, settings_of(services), units_of(services).week_start, services.clock.wall())
