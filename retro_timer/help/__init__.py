"""The help: its content, and its layout as lines of text."""
