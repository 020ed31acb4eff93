"""Tests of being heard."""
