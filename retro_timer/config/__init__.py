"""Configuration: settings, key bindings, units and directories."""
