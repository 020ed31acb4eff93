"""Composition of the program: the runner, its wiring, and code that combines training and storage."""
