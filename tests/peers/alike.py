"""Whether answers tell two kinds of people apart: by their bytes and headers, and by their time.

    seen(page)                                         # what is compared of an answer: what is random in each is left out
    assert not are_told_apart(taken["known"], taken["unknown"])
"""

import re

RANDOM_HEADERS = ("date", "set-cookie", "x-request-id", "content-length")
# the standard deviation of the likelihood is 0.053 for twice 60 that differ in nothing: four of them, and what is told apart at a
# glance is near 0 or 1
ROUNDS, MARGIN = 60, 0.22


def seen(page, path=None):
    """(status, headers, name of the cookie, body) without what is random in each and what was typed or asked for."""
    body = re.sub(r'(<input[^>]* value=")[^"]*', r"\1", page.content.decode())
    headers = sorted((name, value) for name, value in page.headers.items() if name.lower() not in RANDOM_HEADERS)
    cookies = [one.partition("=")[0] for one in [page.headers.get("Set-Cookie", "")]]
    return page.status, headers, cookies, body.replace(f'action="{path}"', "")


def likelihood(some, others):
    """That one of the first is longer than one of the second, ties halved: 0.5 when nothing tells them apart. It asks for
    ranks alone, whatever the machine's speed and however wild the longest are."""
    longer = sum((one > other) + 0.5 * (one == other) for one in some for other in others)
    return longer / (len(some) * len(others))


def are_told_apart(some, others):
    return abs(likelihood(some, others) - 0.5) >= MARGIN


def turns(kinds, rounds=ROUNDS):
    """(number, kind): every kind once a round, each round the other way round, so that no drift is anybody's."""
    for number in range(rounds):
        for kind in (sorted(kinds) if number % 2 else sorted(kinds, reverse=True)):
            yield number, kind
