"""What is said, one module per language: its words, numbers, plurals and the order of words."""
