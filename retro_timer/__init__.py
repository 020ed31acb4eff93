"""Retro Timer: an interval timer for walking backward."""

__version__ = "0.1.0"
