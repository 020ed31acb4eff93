"""Being heard: sounds, voice, the player and its child process, backends."""
