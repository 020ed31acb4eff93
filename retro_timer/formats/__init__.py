"""Trading workouts and sessions with other programs."""
