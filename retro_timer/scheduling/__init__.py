"""Phases, workouts, presets, notation, and the schedule with its edits. Pure: no clock, no I/O."""
