"""The app in a browser: textual-serve with a page of our own and a door that only our own page may use."""
