"""Drawing: giant digits, cached lines, layouts."""
