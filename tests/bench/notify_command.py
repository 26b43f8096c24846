"""The command `notify`: options in, the table out."""

import argparse
import dataclasses
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

from peers.site import ROOT, Site

from . import notify_figures, processor, smtp_load
from .command import Progress, add_common, build_type, conclude, cpu_model, place, take_two_cores
from .figures import CORES
from .house import POSTGRES
from .notify_figures import Mails, Sheets, Spent
from .notify_store import College

NOTIFYD = "preau-notifyd"
FONTS = "/usr/share/fonts/truetype/dejavu"
PARTS = ("mails", "sheets")
WARM_UP = 40
LOOK_SECONDS, LIMIT_SECONDS = 0.25, 1800
ENVELOPE = b"X-Envelope-"


def parser():
    self = argparse.ArgumentParser(prog="notify", description="Measures mails and individual sheets, as ratios.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--mails", type=int, default=20_000, metavar="N", help="of each round (20000)")
    self.add_argument("--sheets", type=int, default=10_000, metavar="N", help="of each round's batch (10000)")
    self.add_argument("--connections", type=int, default=4, metavar="C", help="SMTP conversations side by side (4)")
    self.add_argument("--rounds", type=int, default=3, metavar="R", help="medians of so many (3)")
    self.add_argument("--only", choices=PARTS, help="one half")
    self.add_argument("--postfix", type=pathlib.Path, default=os.environ.get("PREAU_POSTFIX", ROOT / ".dev/postfix"),
                      metavar="FOLDER", help="where Postfix was unpacked (default: $PREAU_POSTFIX, else .dev/postfix)")
    add_common(self)
    return self


class Bench:
    def __init__(self, site, given, tell):
        self.site, self.given, self.tell = site, given, tell
        self.college = College(site, max(given.mails, given.sheets, WARM_UP), tell)
        self.mails = Mails(connections=given.connections, count=given.mails)
        self.sheets = Sheets(count=given.sheets)

    def cpu(self, sink):
        postmaster = int((self.site.postgres.data / "postmaster.pid").read_text().split()[0])
        return (time.monotonic(), processor.own_seconds(self.site.daemons[NOTIFYD].pid), processor.family_seconds(postmaster),
                processor.own_seconds(sink) if sink else 0.0)

    def send(self, channel, count, sink=None):
        """A batch until its end: its number and what it took."""
        before = self.cpu(sink)
        batch = self.college.owe(channel, count)
        end = time.monotonic() + LIMIT_SECONDS
        while (left := self.college.left(batch))[0] > 0:
            if time.monotonic() > end:
                raise TimeoutError(f"{left[0]} left after {LIMIT_SECONDS} s:\n{self.site.daemons[NOTIFYD].log_end()}")
            time.sleep(LOOK_SECONDS)
        if left[1] > 0:
            raise RuntimeError(f"{left[1]} of {count} were not sent:\n{self.site.daemons[NOTIFYD].log_end()}")
        after = self.cpu(sink)
        return batch, Spent(*(one - other for one, other in zip(after, before, strict=True)))

    def mail_size(self):
        """Of some mails, kept by the tests' own server; which makes way for smtp-sink."""
        self.send("mail", WARM_UP)
        kept = [path.read_bytes() for path in self.site.mail.inbox.glob("*.eml")]
        self.site.mail.stop()
        return int(statistics.mean(sum(len(line) for line in mail.splitlines(True) if not line.startswith(ENVELOPE)) for mail in kept))

    def mail_round(self, sink):
        batch, spent = self.send("mail", self.given.mails, sink)
        self.mails.notifyd.append(notify_figures.rate(self.college.steps(batch)))
        self.mails.spent.append(spent)
        self.mails.source.append(smtp_load.source_rate(self.given.postfix, self.site.ports["smtp"], self.given.connections,
                                                       self.given.mails, self.mails.size))

    def mail_rounds(self):
        self.tell("a few mails")
        self.site.launch(NOTIFYD)
        self.mails.size = self.mail_size()
        with smtp_load.sink(self.given.postfix, self.site.ports["smtp"]) as sink:
            self.send("mail", WARM_UP, sink)  # its connections go there now
            for number in range(self.given.rounds):
                self.tell(f"round {number + 1} of {self.given.rounds}: mails")
                self.mail_round(sink)
            self.site.stop_daemon(NOTIFYD)

    def bare_rate(self):
        pages = int(statistics.median(self.sheets.parts))
        documents = max(1, self.given.sheets // pages)
        done = subprocess.run([self.given.build / "tests/bench/bare_sheet", FONTS, str(pages), str(documents)], check=True,
                              capture_output=True, text=True)
        drawn, seconds, _ = done.stdout.split()
        return int(drawn) / float(seconds)

    def sheet_round(self):
        self.site.launch(NOTIFYD)  # a new one: its memory tells of this batch alone
        time.sleep(1)
        self.sheets.idle.append(processor.resident_bytes(self.site.daemons[NOTIFYD].pid))
        batch, spent = self.send("sheet", self.given.sheets)
        self.sheets.peak.append(processor.peak_bytes(self.site.daemons[NOTIFYD].pid))
        self.site.stop_daemon(NOTIFYD)
        self.sheets.parts = self.college.parts(batch)
        self.sheets.notifyd.append(notify_figures.rate(self.college.steps(batch)))
        self.sheets.spent.append(spent)
        self.sheets.bare.append(self.bare_rate())

    def sheet_rounds(self):
        for number in range(self.given.rounds):
            self.tell(f"round {number + 1} of {self.given.rounds}: sheets")
            self.sheet_round()


def measure(given, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    settings = {"log": {"level": "warning"},
                "notify": {"connections": given.connections, "smtp_timeout": "30s", "retry_first": "1min", "retry_max": "1h"}}
    with place(given.keep) as (_, folder), Site.of(folder, settings=settings, build=given.build, durable=True,
                                                   postgres_settings=POSTGRES) as site:
        bench = Bench(site, given, tell)
        if given.only != "sheets":
            bench.mail_rounds()
        if given.only != "mails":
            bench.sheet_rounds()
        tell(None)
    told = {"machine": f"{cpu_model()}, {cores} cores used, load {load:.1f} before", "build": build_type(given.build),
            "batches": f"{given.mails:,} mails, {given.sheets:,} sheets; medians of {given.rounds} round(s)"}
    return bench.mails, bench.sheets, told


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    given = parser().parse_args(arguments)
    mails, sheets, told = measure(given, Progress())
    targets = list(notify_figures.targets(mails, sheets))
    return conclude(given, told, targets, notify_figures.lines(mails, sheets, CORES),
               {"mails": dataclasses.asdict(mails), "sheets": dataclasses.asdict(sheets)})
