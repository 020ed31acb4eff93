"""Entry point of `retro-timer` and `python -m retro_timer`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; returns its exit code."""
    # Imports create no garbage, and collecting it would take a tenth of the start-up time. Long-running commands turn
    # collection on again (`ui.app`, `cli.walk`, `cli.serve`).
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


if __name__ == "__main__":
    sys.exit(main())
