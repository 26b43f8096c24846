"""A mail server that keeps every mail it takes as a file, and refuses what it is told to refuse.

In the tests: class MailServer. By itself: `python3 -m peers.mail FOLDER PORT`, which the class starts as a process of its
own, so that a daemon's mail goes over a real socket.
"""

import asyncio
import collections
import email
import email.policy
import itertools
import json
import os
import pathlib
import signal
import ssl
import sys
import time

from . import ports
from .process import SLOWER, Process

HERE = pathlib.Path(__file__).resolve().parent
ANSWERS = {"temporarily": "451 4.3.0 come back later", "permanently": "550 5.1.1 no such mailbox"}


def parse(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    message.file = path
    return message


def text_of(message):
    """The plain text of a mail."""
    body = message.get_body(preferencelist=("plain", "html"))
    return body.get_content() if body is not None else ""


class MailServer:
    def __init__(self, folder, port, outlives=False):
        self.folder = pathlib.Path(folder)
        self.port = port
        self.options = ()
        self.process = Process("mail", self.folder, outlives)
        self.inbox = self.folder / "mails"

    def start(self):
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.process.start("/usr/bin/python3", "-m", "peers.mail", self.folder, self.port, *self.options,
                           environment={"PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1"})
        self.process.until(lambda: ports.answers(self.port), 15, "listening")

    def stop(self):
        self.process.stop(5)

    def demand(self, key=None, certificate=None, user=None, password=None):
        """From its next start: STARTTLS under this certificate (PEM files), a sign-in of this user."""
        self.options = tuple(value or "-" for value in (key, certificate, user, password))

    # what the tests ask

    def refuse(self, how, at="rcpt", address=None):
        """From now on. how: "temporarily", "permanently", or the whole answer; at: "mail" (then to all), "rcpt", "data";
        address: only this one."""
        note = self.folder / "refuse.new"
        note.write_text(json.dumps({"how": how, "at": at, "address": address}))
        note.replace(self.folder / "refuse.json")

    def accept(self):
        (self.folder / "refuse.json").unlink(missing_ok=True)

    def hold(self, at="data"):
        """From now on every conversation waits before the answer, "rcpt" or "data", until release()."""
        (self.folder / "hold").write_text(at)

    def release(self):
        (self.folder / "hold").unlink(missing_ok=True)

    def held(self):
        """How many conversations have come to where they wait, since the server began."""
        return len(list(self.folder.glob("held-*")))

    def kill(self):
        """SIGKILL, in the middle of whatever is being said."""
        self.process.kill()

    def slow(self, **seconds):
        """From now on, so long for each mail to these domains: slow(lent_example=4)."""
        note = self.folder / "slow.new"
        note.write_text(json.dumps({name.replace("_", "."): value for name, value in seconds.items()}))
        note.replace(self.folder / "slow.json")

    def mails(self, to=None):
        """All mails kept, oldest first, or those to an address."""
        found = [parse(path) for path in sorted(self.inbox.glob("*.eml"))]
        return [mail for mail in found if to is None or mail["X-Envelope-To"] == to]

    def wait(self, to=None, count=1, seconds=20):
        """The mails, when there are so many."""
        end = time.monotonic() + SLOWER * seconds
        while len(mails := self.mails(to)) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(mails)} of {count} mails to {to or 'anyone'} after {SLOWER * seconds} s")
            time.sleep(0.05)
        return mails

    def clear(self):
        for path in self.inbox.glob("*.eml"):
            path.unlink()


class Keeper:
    """aiosmtpd's handler."""

    def __init__(self, folder):
        self.folder = folder
        self.inbox = folder / "mails"
        self.in_hand = collections.Counter()  # by domain
        self.numbers = itertools.count(1 + sum(1 for _ in self.inbox.glob("*.eml")))

    def refusal(self, at, addresses):
        try:
            rule = json.loads((self.folder / "refuse.json").read_text())
        except (OSError, ValueError):
            return None
        concerned = rule["address"] is None or rule["address"] in addresses
        return ANSWERS.get(rule["how"], rule["how"]) if rule["at"] == at and concerned else None

    async def wait(self, at):
        note = self.folder / "hold"
        if note.exists() and note.read_text() == at:
            (self.folder / f"held-{time.time_ns()}-{next(self.numbers)}").touch()
            while note.exists():
                await asyncio.sleep(0.02)

    async def take_time(self, domain):
        try:
            seconds = json.loads((self.folder / "slow.json").read_text())
        except (OSError, ValueError):
            return
        await asyncio.sleep(seconds.get(domain, 0))

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        """Commands in groups (RFC 2920), unless under TLS: so both ways of a conversation are gone."""
        session.host_name = hostname
        return responses if session.ssl else [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        refusal = self.refusal("mail", [])
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.wait("rcpt")
        refusal = self.refusal("rcpt", [address])
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        domain = envelope.rcpt_tos[0].rpartition("@")[2]
        self.in_hand[domain] += 1
        await self.take_time(domain)
        await self.wait("data")
        refusal = self.refusal("data", envelope.rcpt_tos)
        if refusal is None:
            for address in envelope.rcpt_tos:
                self.keep(address, envelope, session, self.in_hand[domain])
        self.in_hand[domain] -= 1
        return refusal or "250 OK, kept"

    def keep(self, address, envelope, session, at_once):
        path = self.inbox / f"{time.time_ns():020}-{next(self.numbers):06}.eml"
        head = (f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {address}\r\nX-At-Once: {at_once}\r\n"
                f"X-Connection: {session.peer[1]}\r\nX-TLS: {session.ssl is not None}\r\n"
                f"X-User: {session.auth_data.login.decode() if session.auth_data else ''}\r\n")
        new = path.with_suffix(".new")
        with open(new, "wb") as file:
            file.write(head.encode() + envelope.original_content)
            file.flush()
            os.fsync(file.fileno())  # a mail that was accepted is kept
        new.rename(path)


def demands(key, certificate, user, password):
    """As options of aiosmtpd."""
    from aiosmtpd.smtp import AuthResult

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), auth_data=data, handled=False)

    options = {}
    if key != "-":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        options.update(tls_context=context, require_starttls=True)
    if user != "-":
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=key != "-")
    return options


async def serve(folder, port, *demanded):
    from aiosmtpd.smtp import SMTP

    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    options = demands(*demanded) if demanded else {}
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mail.example.test", enable_SMTPUTF8=True, loop=loop, **options), "127.0.0.1", port)
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    await end.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
