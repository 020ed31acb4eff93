"""The sockets of running sessions: made, found, and removed if a killed process left them behind.

Each session has a Unix socket, which only its owner can reach. Without Unix sockets (on Windows), it has a port on the
loopback address, and a file with a token, which only its owner can read.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from retro_timer.config.paths import make_private
from retro_timer.errors import UserError, reason
from retro_timer.structs import from_json
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOPBACK: Final = "127.0.0.1"
BACKLOG: Final = 16
_MOST_FILES: Final = 200
_LONGEST_PATH: Final = 100
"""Limit of a socket's path in bytes, on every system."""
_LONGEST_TOKEN_FILE: Final = 200
_TOKEN_BYTES: Final = 16
_ID_BYTES: Final = 4
_TRY_AGAIN_S: Final = 0.01
ANSWERS_WITHIN_S: Final = 2.0
"""How long a client waits for a session by default, in seconds."""
HAS_UNIX_SOCKETS: Final = hasattr(socket, "AF_UNIX")


class UnreachableError(UserError):
    """A session cannot be followed, or cannot be reached. The message is one clause."""


class TokenFile(Struct, frozen=True):
    """A session's port on the loopback address, and the token that a client must send."""

    port: Annotated[int, Meta(ge=1, le=65_535)]
    token: str


class Address(Struct, frozen=True):
    """Where a session can be reached.

    Attributes:
        path: its socket, or its token file.
        process: the id of its process.
        session: its id.
    """

    path: Path
    process: int
    session: str

    @classmethod
    def of(cls, path: Path) -> Address | None:
        """The address for a file in the runtime directory; None for any other file."""
        process, dash, session = path.stem.partition("-")
        if path.suffix not in (".sock", ".json") or not dash or not process.isdecimal() or not session.isalnum():
            return None
        return cls(path, int(process), session)


class Listening(Struct, frozen=True):
    """A socket that listens for clients.

    Attributes:
        socket: the socket.
        path: its file; `close` removes it.
        session: the session's id.
        token: the token that a client must send; empty if the file's mode protects the socket.
    """

    socket: socket.socket
    path: Path
    session: str
    token: str = ""

    def close(self) -> None:
        """Stop listening, and remove the file."""
        with suppress(OSError):
            self.socket.close()
        with suppress(OSError):
            self.path.unlink()


def listen(directory: Path, *, unix: bool = HAS_UNIX_SOCKETS) -> Listening:
    """Listen for the clients of a session, which gets a random id.

    Args:
        directory: the runtime directory; made if it is missing.
        unix: whether to use a Unix socket.

    Raises:
        UnreachableError: if that is not possible, or others could reach it.
        PathsError: if the directory cannot be made.
    """
    make_private(directory)
    _check_private(directory)
    remove_stale(directory)
    session = os.urandom(_ID_BYTES).hex()
    try:
        return _listen_unix(directory, session) if unix else _listen_on_loopback(directory, session)
    except OSError as error:
        raise UnreachableError(f"{printable_path(directory)}: {reason(error)}") from error


def addresses(directory: Path) -> list[Address]:
    """The addresses in a runtime directory, including those of killed processes; none if it is unreadable or not ours.

    A directory of another user could lead a client to a session that is not the walker's.
    """
    try:
        _check_private(directory)
        names = sorted(directory.iterdir())[:_MOST_FILES]
    except (OSError, UnreachableError):
        return []
    return [address for address in map(Address.of, names) if address is not None]


def remove_stale(directory: Path) -> None:
    """Remove the files that killed processes left."""
    for address in addresses(directory):
        with suppress(UnreachableError):
            connect(address)[0].close()


def connect(address: Address, timeout: float = ANSWERS_WITHIN_S) -> tuple[socket.socket, str]:
    """Connect to a session; returns the socket and the token for `hello`. Removes the file of a killed process.

    Args:
        address: the session's address.
        timeout: seconds to wait, now and for each later call of the socket.

    Raises:
        UnreachableError: if nobody answers.
    """
    connection = None
    try:
        if address.path.suffix == ".json" or sys.platform == "win32":
            found = _read_token_file(address.path)
            connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            connection.settimeout(timeout)
            connection.connect((LOOPBACK, found.port))
            return connection, found.token
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        with _short(address.path) as path:
            _connect_when_free(connection, path, timeout)
    except (ConnectionRefusedError, FileNotFoundError, msgspec.DecodeError) as error:
        if connection is not None:
            connection.close()
        with suppress(OSError):
            address.path.unlink()
        raise UnreachableError("its process has ended") from error
    except OSError as error:
        if connection is not None:
            connection.close()
        raise UnreachableError(f"it does not answer: {reason(error)}") from error
    return connection, ""


def _connect_when_free(connection: socket.socket, path: str, timeout: float) -> None:
    """Connect; tries again while the session's backlog is full, in which case the system refuses at once."""
    until = time.monotonic() + timeout
    while True:
        try:
            connection.connect(path)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(_TRY_AGAIN_S)
        else:
            return


def _listen_unix(directory: Path, session: str) -> Listening:
    """Bind, listen, and only then give the socket its name: a client that found it earlier would take it for stale."""
    if sys.platform == "win32":
        raise OSError(errno.EAFNOSUPPORT, "there are no such sockets")
    name = f"{os.getpid()}-{session}"
    path, unfinished = directory / f"{name}.sock", directory / f"{name}.new"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(unfinished) as short:
            listener.bind(short)
        unfinished.chmod(0o600)
        listener.listen(BACKLOG)
        unfinished.replace(path)
    except OSError:
        listener.close()
        with suppress(OSError):
            unfinished.unlink()
        raise
    return Listening(listener, path, session)


def _listen_on_loopback(directory: Path, session: str) -> Listening:
    path, token = directory / f"{os.getpid()}-{session}.json", os.urandom(_TOKEN_BYTES).hex()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind((LOOPBACK, 0))
        listener.listen(BACKLOG)
        written = msgspec.json.encode(TokenFile(listener.getsockname()[1], token))
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(written)
    except OSError:
        listener.close()
        raise
    return Listening(listener, path, session, token)


def _read_token_file(path: Path) -> TokenFile:
    with path.open("rb") as file:
        return from_json(file.read(_LONGEST_TOKEN_FILE), TokenFile)


def _check_private(directory: Path) -> None:
    """Check that nobody else can put a socket into a directory, or another directory in its place.

    Raises:
        UnreachableError: if somebody can.
        OSError: if the directory cannot be examined.
    """
    if sys.platform == "win32":
        return
    status, above = directory.lstat(), directory.parent.stat()
    shown, user = printable_path(directory), os.geteuid()
    if not stat.S_ISDIR(status.st_mode):
        raise UnreachableError(f"{shown} is not a directory")
    if status.st_uid != user:
        raise UnreachableError(f"{shown} belongs to another user")
    if status.st_mode & 0o077:
        raise UnreachableError(f"others can use {shown}: chmod 700 makes it yours alone")
    shared = above.st_mode & 0o022 and not above.st_mode & stat.S_ISVTX
    if above.st_uid not in (0, user) or shared:
        raise UnreachableError(f"others can change {printable(str(directory.parent))}, the directory above the sockets")


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A path for a socket call, which takes only 100 bytes; a longer path is replaced by one via its open directory.

    Raises:
        OSError: if it is too long, and the system offers no shorter one.
    """
    if len(os.fsencode(path)) <= _LONGEST_PATH or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        yield str(path)
        return
    opened = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{opened}/{path.name}"
    finally:
        os.close(opened)
