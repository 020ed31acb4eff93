"""Import and export of workouts and sessions, in the formats of other programs."""
