"""Atomic writing of files, and removal of temporary files left by killed processes."""
