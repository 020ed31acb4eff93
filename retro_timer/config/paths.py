"""The directories for settings and data. They are created on the first write."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.errors import UserError, reason
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_VARIABLE: Final = "RETRO_TIMER_CONFIG_DIR"
DATA_VARIABLE: Final = "RETRO_TIMER_DATA_DIR"
RUNTIME_VARIABLE: Final = "RETRO_TIMER_RUNTIME_DIR"
_APP: Final = "retro-timer"


class PathsError(UserError, ValueError):
    """A directory cannot be used. The message is one line that names it."""


class Paths(NamedTuple):
    """The two directories, as absolute paths, and the files in them.

    Attributes:
        config: settings and the walker's own workouts, which can be edited by hand.
        data: the history, the journal, the log.
    """

    config: Path
    data: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.toml"

    @property
    def workouts(self) -> Path:
        """The directory of the walker's own workouts, one file each."""
        return self.config / "workouts"

    @property
    def programmes(self) -> Path:
        """The directory of imported programmes, one file each."""
        return self.config / "programmes"

    @property
    def history(self) -> Path:
        """The database of the history."""
        return self.data / "history.db"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.data / f"{_APP}.log"


def find_paths(data_dir: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Paths:
    """Determine the directories, from the option, the environment, or the system's defaults for this user.

    Args:
        data_dir: the value of `--data-dir`.
        environ: the environment; by default that of the process.

    Raises:
        PathsError: if there is no home directory, or a path is invalid.
    """
    env = os.environ if environ is None else environ
    if data_dir is not None:
        data = _given(data_dir, "--data-dir")
    elif env.get(DATA_VARIABLE):
        data = _given(env[DATA_VARIABLE], DATA_VARIABLE)
    else:
        data = _of_system("data", DATA_VARIABLE)
    if env.get(CONFIG_VARIABLE):
        return Paths(_given(env[CONFIG_VARIABLE], CONFIG_VARIABLE), data)
    return Paths(_of_system("config", CONFIG_VARIABLE), data)


def label_cache() -> Path | None:
    """The cache directory for spoken labels, or None for a user without a home directory."""
    path = _by_platform("cache")
    return None if path is None else path / "labels"


def find_runtime_directory() -> Path:
    """The directory of the sockets of running sessions, from the environment or the system's default for this user.

    Raises:
        PathsError: if the environment variable is not a valid path, or there is no home directory.
    """
    if os.environ.get(RUNTIME_VARIABLE):
        return _given(os.environ[RUNTIME_VARIABLE], RUNTIME_VARIABLE)
    if sys.platform in ("win32", "darwin"):
        return _of_system("runtime", RUNTIME_VARIABLE)
    # Not from platformdirs, which prints a warning if there is no runtime directory.
    for found in (Path(os.environ.get("XDG_RUNTIME_DIR", "")), Path(f"/run/user/{os.geteuid()}")):
        if found.is_absolute() and found.is_dir():
            return found / _APP
    return Path(os.environ.get("TMPDIR", "/tmp")).absolute() / f"{_APP}-{os.geteuid()}"  # noqa: S108  (it is checked)


def open_to_others(directory: Path) -> str:
    """A one-clause warning if other users can write to one of our directories; otherwise empty.

    A group with the name of the user is considered private: many systems create one for each user.
    """
    if sys.platform == "win32":
        return ""
    try:
        status = directory.stat()
    except OSError:
        return ""  # missing or unreadable: reported when it is used
    if status.st_uid not in (0, os.geteuid()):
        return f"{printable_path(directory)} belongs to another user, who can change the files in it"
    shared = status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid)
    if status.st_mode & stat.S_IWOTH or shared:
        return f"other users can change the files in {printable_path(directory)}: chmod go-w keeps them out"
    return ""


def _is_own_group(group: int) -> bool:
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        return grp.getgrgid(group).gr_name == pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return False


def make_private(directory: Path) -> Path:
    """Create a directory that only its owner can access; an existing directory is not changed.

    Raises:
        PathsError: if it cannot be created, or is not a directory.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise PathsError(
            f"{printable_path(directory)} cannot be made: a file is where a directory should be"
        ) from error
    except OSError as error:
        raise PathsError(f"{printable_path(directory)} cannot be made: {reason(error)}") from error
    return directory


def _given(directory: str | Path, where: str) -> Path:
    """A directory given by the user; a relative path is resolved against the current directory."""
    text = str(directory)
    if not text.strip() or "\0" in text:
        raise PathsError(f"{where} needs the name of a directory")
    try:
        return Path(text).expanduser().absolute()
    except (OSError, RuntimeError) as error:
        raise PathsError(f"{where}: {printable_path(Path(text))} leads nowhere") from error


def _of_system(kind: str, variable: str) -> Path:
    path = _by_platform(kind)
    if path is None:
        raise PathsError(f"there is no home directory for {kind}: set {variable} to the full path of a directory")
    return path


def _by_platform(kind: str) -> Path | None:
    """The program's directory of a kind, in the system's usual place; None for a user without a home directory."""
    import platformdirs

    found = {
        "cache": platformdirs.user_cache_path,
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "runtime": platformdirs.user_runtime_path,
    }
    try:
        path = found[kind](_APP, appauthor=False)
    except RuntimeError:
        return None  # older versions of platformdirs return a path that begins with "~"
    return path if path.is_absolute() else None
