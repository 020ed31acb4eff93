"""Tests of the page of a session."""
