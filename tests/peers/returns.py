"""A Maildir to which a site's mail server delivers what comes to the address of returns, and the reports in it.

    returns = Returns(site.folder / "retours")
    returns.report(mail)                                # of MailServer: it came back
    returns.report(mail, action="delayed", status="4.4.1")
    returns.drop(b"anything")
"""

import email.message
import itertools
import mailbox
import os
import pathlib

DIAGNOSTIC = "smtp; 550 5.1.1 <somebody@example.org>: Recipient address rejected: User unknown"


def report_text(mail, action="failed", status="5.1.1", diagnostic=DIAGNOSTIC, to=None, whole=True):
    """As Postfix writes it to the sender of the envelope. to: another address; whole: with the mail that came back."""
    to = to or mail["X-Envelope-From"]
    original = pathlib.Path(mail.file).read_text() if whole else "Subject: x\n"
    return f"""Return-Path: <>
X-Original-To: {to}
Delivered-To: {to}
Date: Fri, 27 Nov 2026 21:00:01 +0100 (CET)
From: MAILER-DAEMON@relais.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limite/relais"

This is a MIME-encapsulated message.

--limite/relais
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relais.example.

--limite/relais
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
Arrival-Date: Fri, 27 Nov 2026 21:00:00 +0100 (CET)

Final-Recipient: rfc822; {mail["X-Envelope-To"]}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--limite/relais
Content-Type: message/rfc822

{original}
--limite/relais--
"""


class Returns:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.maildir = mailbox.Maildir(self.folder)
        self.numbers = itertools.count(1)

    def drop(self, content):
        """A mail arrives, as bytes, text or an email.message."""
        self.maildir.add(content if isinstance(content, (bytes, email.message.Message)) else content.encode())

    def report(self, mail, **said):
        self.drop(report_text(mail, **said))

    def put(self, make):
        """Something that no mail server puts there: make(path)."""
        make(self.folder / "new" / f"0.{next(self.numbers)}.x")

    @property
    def new(self):
        return os.listdir(self.folder / "new")

    @property
    def kept(self):
        return os.listdir(self.folder / "cur")

    def clear(self):
        for path in (self.folder / "cur").iterdir():
            path.unlink()
