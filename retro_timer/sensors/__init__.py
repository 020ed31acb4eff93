"""Treadmill and heart rate over Bluetooth, read only: the frames, the child process, and their use in a session."""
