"""What to walk today, and why: the plan and its rules, weeks, energy, speeds. Pure: no clock, no I/O."""
