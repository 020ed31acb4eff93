"""A session outside its own screen: the terminal's title, hooks, and desktop services."""
