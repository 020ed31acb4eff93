"""Running a session: the engine, its events, and the cue timeline. Pure: no clock, no thread, no I/O."""
