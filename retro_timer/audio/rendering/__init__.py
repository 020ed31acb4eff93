"""Rendering of speech: the engine, the voices, and what is done to their samples. Nothing here plays anything."""
