"""Where the program starts: as `retro-timer`, and as `python -m retro_timer`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; returns its exit code."""
    # Nothing that is imported becomes garbage: looking for some costs a tenth of the start. Whoever runs long turns
    # it on again (`ui.app`, `commands.walk`, `commands.serve`).
    gc.disable()
    from retro_timer.cli import run_command_line  # noqa: PLC0415  (what is imported before is looked through)

    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())
