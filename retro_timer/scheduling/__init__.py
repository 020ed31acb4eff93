"""What is walked: phases, workouts, presets, notation, the schedule and its edits, the plan."""
