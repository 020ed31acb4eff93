"""Where things are kept: the directories of settings and of data. Nothing is made before something is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_VARIABLE: Final = "RETRO_TIMER_CONFIG_DIR"
DATA_VARIABLE: Final = "RETRO_TIMER_DATA_DIR"
_APP: Final = "retro-timer"


class PathsError(ValueError):
    """A directory that cannot be used. The message is one line that names it."""


class Paths(NamedTuple):
    """The two directories, both absolute, and what is in them.

    Attributes:
        config: settings and own workouts, edited by hand if one likes.
        data: the history, the journal, the log.
    """

    config: Path
    data: Path

    @property
    def settings(self) -> Path:
        """The file of settings."""
        return self.config / "settings.toml"

    @property
    def workouts(self) -> Path:
        """The directory of own workouts, one file each."""
        return self.config / "workouts"

    @property
    def history(self) -> Path:
        """The database of everything walked."""
        return self.data / "history.db"

    @property
    def log(self) -> Path:
        """Where what went wrong is written."""
        return self.data / f"{_APP}.log"


def find_paths(data_dir: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Paths:
    """The directories: those asked for, else those of the environment, else the system's own for this user.

    Args:
        data_dir: what `--data-dir` says.
        environ: the environment, that of the process by default.

    Raises:
        PathsError: when there is no such place: no home, or a name that is none.
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


def make_private(directory: Path) -> Path:
    """Make a directory that nobody else can look into, if it is not there yet; one that is there stays as it is.

    Raises:
        PathsError: when it cannot be made or is none.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise PathsError(f"{shown(directory)} cannot be made: a file is where a directory should be") from error
    except OSError as error:
        raise PathsError(f"{shown(directory)} cannot be made: {reason(error)}") from error
    return directory


def shown(path: Path, longest: int = 200) -> str:
    """A path on one line, fit for a terminal; of a long one the end."""
    text = "".join(character if character.isprintable() else "?" for character in str(path))
    return text if len(text) <= longest else f"…{text[-longest:]}"


def reason(error: OSError) -> str:
    """What the system says is wrong, as the rest of a sentence."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]


def _given(directory: str | Path, where: str) -> Path:
    """A directory that somebody named; a relative one is taken from the current directory."""
    text = str(directory)
    if not text.strip() or "\0" in text:
        raise PathsError(f"{where} needs the name of a directory")
    try:
        return Path(text).expanduser().absolute()
    except (OSError, RuntimeError) as error:
        raise PathsError(f"{where}: {shown(Path(text))} leads nowhere") from error


def _of_system(kind: str, variable: str) -> Path:
    import platformdirs  # noqa: PLC0415  (18 ms, and not needed where the environment says it all)

    found = platformdirs.user_config_path if kind == "config" else platformdirs.user_data_path
    path = found(_APP, appauthor=False)
    if not path.is_absolute():
        raise PathsError(f"there is no home directory for {kind}: set {variable} to the full path of a directory")
    return path
