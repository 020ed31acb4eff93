"""Files: read up to a limit, written whole or not at all, changed by one program at a time."""
