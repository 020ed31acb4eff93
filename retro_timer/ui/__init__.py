"""Being seen: the Textual app, its screens and widgets."""
