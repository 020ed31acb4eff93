"""`python -m retro_timer` starts the same program as `retro-timer`."""

from retro_timer.cli import main

if __name__ == "__main__":
    main()
