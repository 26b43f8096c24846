"""One-time passwords by time (RFC 6238), as an authenticator application makes them: a second hand, for tests."""

import base64
import hashlib
import hmac
import time

STEP = 30


def code(secret, at=None, steps=0):
    """The six digits for a secret in base 32, blanks aside; steps: of that many steps later."""
    key = base64.b32decode(secret.replace(" ", ""))
    counter = int(time.time() if at is None else at) // STEP + steps
    digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
