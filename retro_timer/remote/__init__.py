"""A running session for other devices: its local socket, and what uses it."""
