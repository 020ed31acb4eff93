"""The tests of Retro Timer, and their shared helpers."""
