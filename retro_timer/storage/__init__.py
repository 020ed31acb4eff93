"""Persistent storage: history, journal, the walker's own workouts."""
