"""Sealed secrets and mailed links as common/crypto/seal.h and token.h say: a second hand, so that the formats hold.

    sealing = Sealing(site.folder / "keys")
    sealing.seal("credential:10:7", b"k7pr-wz4t-9hbn")
"""

import base64
import ctypes
import hashlib
import os
import pathlib

SODIUM = ctypes.CDLL("libsodium.so.23")
NONCE, TAG = 24, 16


class Sealing:
    def __init__(self, folder):
        self.keys = {int(path.stem.rpartition("-")[2]): bytes.fromhex(path.read_text().split()[0])
                     for path in pathlib.Path(folder).glob("sealing-*.key")}

    def seal(self, place, secret):
        number = max(self.keys)
        nonce = os.urandom(NONCE)
        out, length = ctypes.create_string_buffer(len(secret) + TAG), ctypes.c_ulonglong()
        SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(
            out, ctypes.byref(length), secret, ctypes.c_ulonglong(len(secret)), place.encode(),
            ctypes.c_ulonglong(len(place.encode())), None, nonce, self.keys[number])
        return bytes([1]) + number.to_bytes(4, "big") + nonce + out.raw[:length.value]

    def open(self, place, sealed):
        """None when it was not sealed for this place."""
        number, nonce, body = int.from_bytes(sealed[1:5], "big"), sealed[5:5 + NONCE], sealed[5 + NONCE:]
        out, length = ctypes.create_string_buffer(len(body)), ctypes.c_ulonglong()
        failed = SODIUM.crypto_aead_xchacha20poly1305_ietf_decrypt(
            out, ctypes.byref(length), None, body, ctypes.c_ulonglong(len(body)), place.encode(),
            ctypes.c_ulonglong(len(place.encode())), nonce, self.keys[number])
        return None if failed else out.raw[:length.value]


def link_token(folder, purpose, academy, number):
    """The token of a mailed link, for the row `number` of an academy."""
    (path,) = pathlib.Path(folder).glob("tokens-*.key")
    key = bytes.fromhex(path.read_text().split()[0])
    head = academy.to_bytes(2, "big") + number.to_bytes(8, "big") + int(path.stem.rpartition("-")[2]).to_bytes(4, "big")
    mac = hashlib.blake2b(purpose.encode() + b"\0" + head, key=key, digest_size=16).digest()
    return base64.urlsafe_b64encode(head + mac).decode().rstrip("=")


def return_token(folder, academy, number, attempt=1):
    """What stands behind the + in the envelope's sender, for one try of a mail."""
    (path,) = pathlib.Path(folder).glob("tokens-*.key")
    key = bytes.fromhex(path.read_text().split()[0])
    head = (academy.to_bytes(2, "big") + number.to_bytes(5, "big") + (attempt % 256).to_bytes(1, "big")
            + int(path.stem.rpartition("-")[2]).to_bytes(2, "big"))
    return (head + hashlib.blake2b(b"return\0" + head, key=key, digest_size=16).digest()[:10]).hex()
