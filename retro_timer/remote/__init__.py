"""A running session for other devices: its local socket, the server behind it, and clients."""
