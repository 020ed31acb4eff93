"""The app in a browser: textual-serve with our own page and strict access checks."""
