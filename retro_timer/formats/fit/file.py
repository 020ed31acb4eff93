"""Building FIT files with fit-tool.

Imported only by the FIT readers and writers, which are imported on demand: importing fit-tool takes about 50 ms.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from retro_timer.formats.activity import ACTIVITY_VERSION, CREATOR
from retro_timer.scheduling.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


@contextmanager
def _silently() -> Iterator[None]:
    """Keep fit-tool from logging to the terminal and from configuring the root logger."""
    root, silent = logging.getLogger(), logging.NullHandler()
    # `logging.basicConfig`, which fit-tool calls on import, does nothing if there is already a handler.
    root.addHandler(silent)
    try:
        yield
    finally:
        root.removeHandler(silent)
    own = logging.getLogger("fit_tool")
    own.propagate = False
    own.addHandler(silent)


with _silently():
    from fit_tool import FitFileBuilder
    from fit_tool.compatibility import project_data_record, register_developer_field
    from fit_tool.exceptions import FitCRCError, FitError
    from fit_tool.profile.messages.activity_message import ActivityMessage
    from fit_tool.profile.messages.device_info_message import DeviceInfoMessage
    from fit_tool.profile.messages.event_message import EventMessage
    from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
    from fit_tool.profile.messages.file_creator_message import FileCreatorMessage
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.lap_message import LapMessage
    from fit_tool.profile.messages.record_message import RecordMessage
    from fit_tool.profile.messages.session_message import SessionMessage
    from fit_tool.profile.messages.workout_message import WorkoutMessage
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
    from fit_tool.profile.profile_type import (
        Activity,
        Event,
        EventType,
        FileType,
        Intensity,
        LapTrigger,
        Manufacturer,
        SourceType,
        Sport,
        SubSport,
        WorkoutStepDuration,
        WorkoutStepTarget,
    )
    from fit_tool.wire.decoder import WireDecoder
    from fit_tool.wire.model import RawDataRecord

EPOCH: Final = 631_065_600
"""Seconds from 1970 to the end of 1989, from which FIT counts local time."""
LONGEST_TEXT: Final = 250
"""Maximum length of a text in bytes of UTF-8: a FIT field has a one-byte size, and text ends with a NUL."""
INTENSITY: Final = {
    Phase.WARM_UP: Intensity.WARMUP,
    Phase.BACKWARD: Intensity.ACTIVE,
    Phase.TURN: Intensity.REST,
    Phase.FORWARD: Intensity.RECOVERY,
    Phase.REST: Intensity.REST,
    Phase.COOL_DOWN: Intensity.COOLDOWN,
}
_LOCAL_IDS: Final = (
    FileIdMessage, WorkoutMessage, WorkoutStepMessage, EventMessage, RecordMessage, LapMessage, SessionMessage,
    ActivityMessage, DeviceInfoMessage, FileCreatorMessage,
)  # fmt: skip
"""One local id per kind of message, so that each kind is defined once instead of before every message."""

Message = Any
"""A fit-tool message; fit-tool has no type annotations."""


def message(kind: type[Any], **fields: Any) -> Message:  # noqa: ANN401  (fields are numbers, texts and enums)
    """Make a message with the given fields.

    Raises:
        AttributeError: for an unknown field, which fit-tool would silently drop.
    """
    made = kind(local_id=_LOCAL_IDS.index(kind))
    for name, value in fields.items():
        if not hasattr(kind, name):
            raise AttributeError(f"{kind.__name__} has no field {name}")
        setattr(made, name, value)
    return made


def file_id(kind: FileType, created: datetime) -> Message:
    """The first message of every file. 255 is the manufacturer number for development."""
    return message(
        FileIdMessage,
        type=kind,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=0,
        serial_number=1,
        time_created=timestamp(created),
    )


def creator(created: datetime) -> Iterator[Message]:
    """The messages that name this program as the creator; sites show it as the device."""
    yield message(FileCreatorMessage, software_version=ACTIVITY_VERSION)
    yield message(
        DeviceInfoMessage,
        timestamp=timestamp(created),
        device_index=0,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=0,
        serial_number=1,
        product_name=CREATOR,
        software_version=ACTIVITY_VERSION / 100,
    )


def build(messages: Iterable[Message]) -> bytes:
    """Encode messages, in order, as a FIT file."""
    builder = FitFileBuilder(auto_define=True)
    builder.add_all(list(messages))
    data: bytes = builder.build_bytes()
    return data


def timestamp(moment: datetime) -> int:
    """A moment for fit-tool: milliseconds since 1970, rounded to whole seconds as FIT stores them."""
    return round(moment.timestamp()) * 1000


def fit_text(text: str) -> str:
    """Truncate text at a character boundary to the size of a FIT field."""
    return text.encode()[:LONGEST_TEXT].decode(errors="ignore")


__all__ = [
    "EPOCH", "INTENSITY", "LONGEST_TEXT", "Activity", "ActivityMessage", "DeviceInfoMessage", "Event", "EventMessage",
    "EventType", "FieldDescriptionMessage", "FileIdMessage", "FileType", "FitCRCError", "FitError", "LapMessage",
    "LapTrigger", "Message", "RawDataRecord", "RecordMessage", "SessionMessage", "SourceType", "Sport", "SubSport",
    "WireDecoder", "WorkoutMessage", "WorkoutStepDuration", "WorkoutStepMessage", "WorkoutStepTarget", "build",
    "creator", "file_id", "fit_text", "message", "project_data_record", "register_developer_field",
    "timestamp",
]  # fmt: skip
