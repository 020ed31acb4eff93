"""The terminal: driver, signals, and ASCII output."""
