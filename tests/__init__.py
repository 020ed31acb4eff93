"""Tests of Retro Timer, and what they share."""
