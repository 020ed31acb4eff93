"""Tests with killed processes, damaged files and full disks."""
