"""Treadmill and heart rate over Bluetooth, read only: the frames, the child process, what a session makes of them."""
