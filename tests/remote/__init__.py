"""Tests of the session's socket."""
