"""Asking a daemon over the bus, as the portal and preauctl do: for tests.

    bus = Bus(site)
    reply = bus.ask("link", "SignIn", login="j.dupont", password="…", address="192.0.2.1")
    bus.refusal("link", "SignIn", login=…) == "wrong_credentials"

Callers: administrator=7, account=(10, 1234), operator=True. request_id makes it the same request as an earlier one.
"""

import importlib
import os
import pathlib
import sys
import time

import zmq

PACKAGES = {"import": "import", "notify": "notify", "link": "link", "statistics": "statistics"}


class Refused(Exception):
    """A rule said no; `code` is that of common/domain/refusal.def."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Failed(Exception):
    """The daemon told a fault."""


class Silent(Exception):
    """No answer in time."""


class Bus:
    def __init__(self, site):
        self.sockets = site.sockets
        folder = str(pathlib.Path(site.build) / "proto")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        self.envelope = importlib.import_module("envelope_pb2")
        self.context = zmq.Context.instance()

    def message(self, service, name, **fields):
        """A message of the service's package: message("link", "SignInRequest", login="x")."""
        return getattr(importlib.import_module(f"{PACKAGES[service]}_pb2"), name)(**fields)

    @staticmethod
    def reference(account):
        """(10, 1234) as messages have it."""
        return importlib.import_module("values_pb2").AccountRef(academy=account[0], id=account[1])

    def _envelope(self, service, method, body, request_id, administrator, account, operator, seconds):
        envelope = self.envelope.Request(
            version=1, id=request_id or os.urandom(16), method=f"preau.{service}.{service.capitalize()}/{method}",
            deadline=int((time.time() + seconds) * 1_000_000), body=body.SerializeToString())
        envelope.caller.operator = operator
        envelope.caller.administrator = administrator
        if account:
            envelope.caller.account.academy, envelope.caller.account.id = account
        return envelope

    def ask(self, service, method, request=None, *, request_id=None, administrator=0, account=None, operator=False,
            seconds=20, repeat_every=None, **fields):
        """The reply's message. repeat_every: sent again with the same id after so many seconds without an answer."""
        module = importlib.import_module(f"{PACKAGES[service]}_pb2")
        body = request if request is not None else getattr(module, f"{method}Request")(**fields)
        envelope = self._envelope(service, method, body, request_id, administrator, account, operator, seconds)
        answered = self._exchange(service, envelope.SerializeToString(), seconds, repeat_every)
        if answered is None:
            raise Silent(f"{service} {method}: no answer within {seconds} s")
        return self._outcome(self.envelope.Reply.FromString(answered), getattr(module, f"{method}Reply"))

    def _connect(self, socket, service):
        socket.connect(f"ipc://{self.sockets}/{service}.sock")

    def _exchange(self, service, request, seconds, repeat_every):
        """What is answered, as bytes; None in time."""
        socket = self.context.socket(zmq.DEALER)
        socket.linger = 0
        try:
            self._connect(socket, service)
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                socket.send(request)
                if socket.poll(int(1000 * min(left, repeat_every or left))):
                    return socket.recv()
        finally:
            socket.close()
        return None

    @staticmethod
    def _outcome(reply, answer):
        kind = reply.WhichOneof("outcome")
        if kind == "refusal":
            raise Refused(reply.refusal.code)
        if kind == "fault":
            raise Failed(f"{reply.fault.code}, incident {reply.fault.incident}")
        return answer.FromString(reply.answer)

    def refusal(self, service, method, request=None, **fields):
        """The code of the refusal; None when it was granted."""
        try:
            self.ask(service, method, request, **fields)
        except Refused as refused:
            return refused.code
        return None
