"""Benches: what is promised about speed and memory, measured as ratios. See docs/developers/benches.md."""
