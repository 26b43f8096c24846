"""A peer of the bus under another account, which says in its greeting (ZMTP 3.0, RFC 23) that it is the operator.

`strange_peer.py SOCKET REQUEST`, in hexadecimal: prints the reply so. Read from standard input by the account that it runs under, it needs nothing of this folder."""

import socket
import sys

LIES = {b"Socket-Type": b"DEALER", b"Identity": b"", b"User-Id": b"operator", b"Peer-Address": b"localhost:0:0:1"}
LONG, COMMAND = 2, 4


def properties():
    return b"".join(bytes([len(name)]) + name + len(value).to_bytes(4, "big") + value for name, value in LIES.items())


def frame(flags, body):
    return bytes([flags | LONG]) + len(body).to_bytes(8, "big") + body


def read(stream):
    """(flags, body)"""
    flags = stream.read(1)[0]
    return flags, stream.read(int.from_bytes(stream.read(8 if flags & LONG else 1), "big"))


def ask(path, request):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(20)
        peer.connect(path)
        stream = peer.makefile("rb")
        peer.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32))
        stream.read(64)
        peer.sendall(frame(COMMAND, b"\x05READY" + properties()) + frame(0, request))
        while True:
            flags, body = read(stream)
            if not flags & COMMAND:
                return body


print(ask(sys.argv[1], bytes.fromhex(sys.argv[2])).hex())
