"""A real Kannel: bearerbox and smsbox of the package, and its fake SMSC instead of an operator's."""

import pathlib
import re
import time
import urllib.parse

from . import ports
from .process import SLOWER, Process

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PORTS = ("kannel_admin", "kannel_box", "kannel_smsc", "kannel_sendsms")
USER, PASSWORD = "preau", "preau"
SENT = re.compile(r"Got message (\d+): <(\S+) (\S+) (\S+) (.*)>$")

CONFIGURATION = """\
group = core
admin-port = {kannel_admin}
admin-interface = 127.0.0.1
admin-password = {password}
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {kannel_box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "{folder}/store"
dlr-storage = internal
log-file = "{folder}/bearerbox-own.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {kannel_smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = preau
bearerbox-host = 127.0.0.1
sendsms-port = {kannel_sendsms}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox-own.log"
log-level = 1

group = sendsms-user
username = {user}
password = {password}
max-messages = 5
concatenation = true
user-allow-ip = 127.0.0.1

group = sms-service
keyword = default
max-messages = 0
text = ""
"""


def text_of(kind, written):
    """The fake SMSC writes what goes as UCS-2 in the coding of URLs, and other texts as they are."""
    return urllib.parse.unquote_to_bytes(written.replace("+", " ")).decode("utf-16-be") if kind == "ucs-2" else written


class Kannel:
    def __init__(self, folder, ports, outlives=False):
        """ports: a number for each of PORTS."""
        self.folder = pathlib.Path(folder)
        self.ports = ports
        self.bearerbox, self.smsbox, self.smsc = (
            Process(name, self.folder, outlives) for name in ("bearerbox", "smsbox", "fakesmsc"))
        self.password_file = self.folder / "sendsms-password"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports['kannel_sendsms']}/cgi-bin/sendsms"

    def start(self):
        (self.folder / "store").mkdir(parents=True, exist_ok=True)
        self.password_file.write_text(PASSWORD + "\n")
        self.password_file.chmod(0o600)
        configuration = self.folder / "kannel.conf"
        configuration.write_text(CONFIGURATION.format(folder=self.folder, user=USER, password=PASSWORD, **self.ports))
        self._begin(self.bearerbox, "kannel_box", "/usr/sbin/bearerbox", configuration)
        self._begin(self.smsbox, "kannel_sendsms", "/usr/sbin/smsbox", configuration)
        # -m 0: it sends nothing by itself; a message must be named nevertheless
        self.smsc.start(FAKESMSC, "-H", "127.0.0.1", "-r", self.ports["kannel_smsc"], "-m", 0, "100 200 text none")
        self.smsc.until(lambda: "Connecting to" in self.smsc.log_end(), 10, "connected")

    def _begin(self, process, port, *command):
        process.start(*command)
        process.until(lambda: ports.answers(self.ports[port]), 20, "listening")

    def stop(self):
        for process in (self.smsc, self.smsbox, self.bearerbox):
            process.stop(10)

    def messages(self, to=None):
        """What the fake operator was given to send: {"from", "to", "text"}, oldest first."""
        lines = self.smsc.log.read_text(errors="replace").splitlines() if self.smsc.log.exists() else []
        found = [match for match in map(SENT.search, lines) if match]
        return [{"from": match[2], "to": match[3], "text": text_of(match[4], match[5])} for match in found
                if to is None or match[3] == to]

    def wait(self, to=None, count=1, seconds=20):
        end = time.monotonic() + SLOWER * seconds
        while len(messages := self.messages(to)) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(messages)} of {count} SMS to {to or 'anyone'} after {SLOWER * seconds} s")
            time.sleep(0.05)
        return messages
