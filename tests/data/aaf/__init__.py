"""A deterministic generator of AAF archives (see tests/data/README.md). All people, schools and towns are invented."""
