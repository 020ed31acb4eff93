"""Remembering: paths, settings, own workouts, history and journal."""
