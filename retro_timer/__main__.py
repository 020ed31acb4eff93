"""Entry point of `retro-timer` and `python -m retro_timer`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line; returns its exit code."""
    # Imports create no garbage, and running the collector would take a tenth of the start-up time. Long-running
    # commands turn it on again (`ui.app`, `cli.walk`, `cli.serve`).
    gc.disable()
    try:
        from retro_timer.runtime.exit_codes import stop_signals_raise

        with stop_signals_raise():
            from retro_timer.cli.main import run_command_line
            from retro_timer.cli.streams import prepare_streams

            prepare_streams()
            return run_command_line()
    except KeyboardInterrupt:  # raised before the command line could handle it
        return 130
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] == "retro_timer":
            raise
        from retro_timer.extras import install_command

        sys.stderr.write(f"retro-timer: {missing.name} is not installed; {install_command()} installs what is needed\n")
        return 2


def _leave_current_directory() -> None:
    """Stop importing from the current directory, where `python -m` looks first: a `random.py` there is not ours.

    If the directory contains this package itself, it is searched last instead.
    """
    if not sys.flags.safe_path:
        first = sys.path.pop(0)
        if first == os.path.dirname(os.path.dirname(os.path.abspath(__file__))):  # noqa: PTH100, PTH120  (no pathlib yet)
            sys.path.append(first)


if __name__ == "__main__":
    _leave_current_directory()
    sys.exit(main())
