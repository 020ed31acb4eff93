"""What a session has outside its own screen: title, hooks, and what the desktop offers."""
