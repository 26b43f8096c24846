"""Chance that can be asked for again: each thing draws from a stream seeded by the hash of its own name."""

import hashlib
import random


def seed_of(*parts):
    """64 bits from the parts' text; nearby names give unrelated numbers."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def stream(*parts):
    return random.Random(seed_of(*parts))


def pick(rng, items):
    """random.choice costs three times as much."""
    return items[int(rng.random() * len(items))]


def pick_early(rng, items):
    """The first ones far more often than the last ones, as with names."""
    draw = rng.random()
    return items[int(draw * draw * len(items))]
