"""Runs the real program in its own process, and checks what must hold for every run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAM = (sys.executable, "-m", "retro_timer")
CODES = frozenset({0, 1, 2, 3, *(128 + number for number in range(1, 32))})
"""Every exit code that the program knows; a negative one is a death by signal."""
TIMEOUT = 30.0
"""Seconds after which a program that has not ended counts as hung."""


@dataclass(frozen=True)
class Ran:
    """The result of a run."""

    code: int
    out: bytes
    err: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever was printed)
        return json.loads(self.out)

    @property
    def problem(self) -> str:
        """A traceback, a death by signal or an unknown exit code; empty if there was none."""
        for name, data in (("out", self.out), ("err", self.err)):
            if b"Traceback" in data or b"Exception ignored" in data or b"Fatal Python error" in data:
                return f"{name}: {data.decode(errors='replace').strip().splitlines()[-1]}"
        return "" if self.code in CODES else f"exit code {self.code}"


@dataclass
class Home:
    """A walker's directories, and the environment of programs that use them."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def config(self) -> Path:
        return self.path / "config"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "EDITOR": "true",
            "RETRO_TIMER_DATA_DIR": str(self.data),
            "RETRO_TIMER_CONFIG_DIR": str(self.config),
            "RETRO_TIMER_RUNTIME_DIR": str(self.path / "run"),
            **self.variables,
            **(more or {}),
        }

    def run(self, *arguments: str | bytes, **options: Any) -> Ran:  # noqa: ANN401  (those of subprocess)
        """Run a command until it ends."""
        environment = options.pop("env", None) or self.environment()
        done: Any = subprocess.run(  # mypy takes it for text: it cannot see the options
            [*PROGRAM, *arguments],
            env=environment,
            capture_output="stdout" not in options,
            timeout=TIMEOUT,
            check=False,
            **({"stdin": subprocess.DEVNULL} | options),
        )
        return Ran(done.returncode, done.stdout or b"", done.stderr or b"")

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401  (the same)
        """Start a command without waiting for it."""
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*PROGRAM, *arguments], env=self.environment(), **(pipes | options))
