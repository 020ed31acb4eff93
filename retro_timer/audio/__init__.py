"""Audio: sounds, voice, the player and its child process, backends."""
