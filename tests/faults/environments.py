"""Every command in every environment: full disks, closed streams, unusual locales, unreadable homes.

None may end with a traceback or by a signal, or hang.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.program import PROGRAM, TIMEOUT, Home, Ran

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOBODY = 65534
LABEL = 'back 1s "é 👣"'
COMMANDS = {
    "app": [],
    "help": ["--help"],
    "run": ["run", LABEL, "--plain", "--audio", "off", "--lead-in", "0"],
    "run --json": ["run", LABEL, "--plain", "--json", "--audio", "off", "--lead-in", "0"],
    "presets": ["presets", "--json"],
    "show": ["show", LABEL],
    "show --json": ["show", LABEL, "--json"],
    "show FILE": ["show", "{files}/hills.zwo"],
    "plan": ["plan"],
    "history": ["history"],
    "history --csv": ["history", "--csv", "--intervals"],
    "history --card": ["history", "--card"],
    "history --delete": ["history", "--delete", "last"],
    "resume": ["resume", "--keep"],
    "export": ["export", LABEL, "--format", "icu"],
    "export -o": ["export", "--history", "-o", "{files}/out.json", "--force"],
    "import": ["import", "{files}/history.json"],
    "import WORKOUT": ["import", "{files}/hills.zwo", "--name", "Hügel"],
    "backup": ["backup", "{files}/new.db"],
    "restore": ["restore", "{files}/backup.db", "--yes"],
    "config list": ["config", "list"],
    "config set": ["config", "set", "session.lead_in", "7"],
    "config edit": ["config", "edit"],
    "doctor": ["doctor", "--silent"],
    "serve": ["serve", "no such workout"],
    "guide": ["guide"],
}
"""One call of each command; `{files}` is a directory with input files."""


@dataclass(frozen=True)
class Environment:
    """A changed environment, set up by a shell.

    Attributes:
        shell: shell code around the command, which is `"$@"`.
        variables: environment variables.
        prepare: changes the home first.
        powerless: whether it relies on permissions, which do not restrict root.
    """

    shell: str = '"$@"'
    variables: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[Home], None] | None = None
    powerless: bool = False


def _lock_away(home: Home) -> None:
    (home.path / "locked").mkdir()
    if _is_root():
        os.chown(home.path / "locked", NOBODY, NOBODY)
        (home.path / "locked").chmod(0o700)
    else:
        (home.path / "locked").chmod(0)


def _read_only(home: Home) -> None:
    home.config.mkdir(exist_ok=True)
    for directory in (home.data, home.config):
        for path in (*directory.rglob("*"), directory):
            path.chmod(0o500 if path.is_dir() else 0o400)


def _in_the_way(home: Home) -> None:
    for directory in (home.data, home.config):
        shutil.rmtree(directory, ignore_errors=True)
        directory.write_bytes(b"not a directory")


NO_DIRECTORIES = {"RETRO_TIMER_DATA_DIR": "", "RETRO_TIMER_CONFIG_DIR": ""}
STRANGE = os.fsdecode(b"caf\xe9-\xff-\xe2\x80\xae")
ENVIRONMENTS = {
    "full stdout": Environment('"$@" >/dev/full'),
    "full stderr": Environment('"$@" 2>/dev/full'),
    "both full": Environment('"$@" >/dev/full 2>&1'),
    "closed stdin": Environment('"$@" <&-'),
    "closed stdout": Environment('"$@" >&-'),
    "closed stderr": Environment('"$@" 2>&-'),
    "all closed": Environment('"$@" <&- >&- 2>&-'),
    "ASCII": Environment(variables={"PYTHONIOENCODING": "ascii"}),
    "Latin-1": Environment(variables={"PYTHONIOENCODING": "latin-1"}),
    "C locale": Environment(variables={"LC_ALL": "C", "LANG": "", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "strange variables": Environment(
        variables=dict.fromkeys(("TZ", "TERM", "COLUMNS", "LINES", "LANG", "SSH_TTY"), "\x1b]0;x\x07")
    ),
    "paths that are no text": Environment(
        variables=dict.fromkeys(("RETRO_TIMER_DATA_DIR", "RETRO_TIMER_CONFIG_DIR"), f"{{home}}/{STRANGE}")
    ),
    "no home": Environment('unset HOME; "$@"', {"HOME": "", **NO_DIRECTORIES}),
    "somebody else's home": Environment(
        variables={"HOME": "{home}/locked", **NO_DIRECTORIES}, prepare=_lock_away, powerless=True
    ),
    "read-only directories": Environment(prepare=_read_only, powerless=True),
    "files in place of directories": Environment(prepare=_in_the_way),
    "no files may be written": Environment('ulimit -f 0; "$@"'),
    "directory that is gone": Environment('mkdir "$HOME/gone" && cd "$HOME/gone" && rmdir "$HOME/gone" && "$@"'),
    "directory that is gone, relative paths": Environment(
        'mkdir "$HOME/gone" && cd "$HOME/gone" && rmdir "$HOME/gone" && "$@"',
        {"RETRO_TIMER_DATA_DIR": "data", "RETRO_TIMER_CONFIG_DIR": "config"},
    ),
    "few files may be open": Environment('ulimit -n 7; "$@"'),
}
"""Not included: whatever ends Python before the program starts, such as an unknown encoding."""


def furnish(home: Home) -> None:
    """Give a home a finished and an interrupted session, and input files.

    Raises:
        AssertionError: if that already fails.
    """
    files = home.path / "files"
    files.mkdir()
    steps = (
        ("run", LABEL, "--plain", "--audio", "off", "--lead-in", "0"),
        ("export", "--history", "-o", str(files / "history.json")),
        ("export", "builder", "-o", str(files / "hills.zwo")),
        ("backup", str(files / "backup.db")),
    )
    for step in steps:
        ran = home.run(*step)
        assert ran.code == 0, ran


def try_command(name: str, where: str, furnished: Path, folder: Path) -> Ran:
    """Run a command in an environment, on a copy of a prepared home."""
    environment = ENVIRONMENTS[where]
    home = Home(folder / "home")
    shutil.copytree(furnished, home.path)
    variables = {key: value.format(home=home.path) for key, value in environment.variables.items()}
    if environment.prepare:
        environment.prepare(home)
    arguments = [part.format(files=home.path / "files") for part in COMMANDS[name]]
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if _is_root() and environment.powerless else ()
    done = subprocess.run(
        ["/bin/bash", "-c", environment.shell, "bash", *powerless, *PROGRAM, *arguments],
        env=home.environment(variables),
        cwd=home.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _is_root() -> bool:
    return os.geteuid() == 0
