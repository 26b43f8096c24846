"""The command `portal`: options in, the table out."""

import argparse
import contextlib
import dataclasses
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys

from peers.portal import add_head, sign_in_head
from peers.site import Site

from . import portal_figures, portal_load, portal_store, processor
from .command import Progress, add_common, build_type, conclude, cpu_model, place, take_two_cores
from .house import POSTGRES
from .portal_figures import Page, Rates

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-statsd", "preau-portald")
SIGNED_IN = "/etablissements"  # the choice of a school: session and one statement, then the page
# what a head asks for in September: (name, address, what the statement is given that differs from nothing)
LISTS = (
    ("all", "", {}),
    ("to notify", "?etat=non_distribue&courriel=avec", {7: "non_distribue", 9: "avec"}),
    ("name", "?nom=durand+zoe", {4: "{durand,zoe}"}),
    ("class", "?classe=6A", {5: "6A"}),
    ("came back", "?courriel=revenu", {9: "revenu"}),
    ("never seen", "?connexion=jamais&tri=-notification", {16: "jamais", 17: "notification", 18: "t"}),
)


def parser():
    self = argparse.ArgumentParser(prog="portal", description="Measures the portal's lists and pages, as ratios.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--accounts", type=int, default=1_000_000, metavar="N", help="of the store (1000000)")
    self.add_argument("--requests", type=int, default=300, metavar="K", help="of each list and round (300)")
    self.add_argument("--rounds", type=int, default=3, metavar="R", help="medians of so many (3)")
    add_common(self)
    return self


def statements(uai, administrator, digest, changes):
    """What the portal asks for one list, in its order."""
    roster = [portal_store.ACADEMY, uai, "responsable", "{}", "", "", "", "", "", "", "", None, None, None, None, "", "nom", "f", 50, 0, "t"]
    for place_, value in changes.items():
        roster[place_ - 1] = value
    return [("web_session_load", ("\\x" + digest, "now", "1 hour", "1 hour")), ("listing_school", (administrator, uai)),
            ("roster_choices", (portal_store.ACADEMY, uai)), ("roster_load", roster)]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bench:
    def __init__(self, site, given, tell):
        self.site, self.given, self.tell = site, given, tell
        self.database = site.psql()
        self.uai = portal_store.middle_school(self.database)
        add_head(site, "mesure", (self.uai,), (portal_store.first_school(self.database),))
        head = sign_in_head(site, "mesure")
        self.token = head.session.cookies["preau"]
        digest = hashlib.blake2b(self.token.encode(), digest_size=32).hexdigest()
        self.administrator = self.database.execute("select administrator_id from preau.session where digest = decode(%s, 'hex')",
                                                   (digest,)).fetchone()[0]
        self.digest = digest
        done = subprocess.run([given.build / "common/store/store-queries"], check=True, capture_output=True, text=True)
        self.queries = {query["name"]: query for query in json.loads(done.stdout)}

    def cpu(self):
        postmaster = int((self.site.folder / "postgres/data/postmaster.pid").read_text().split()[0])
        return processor.own_seconds(self.site.daemons["preau-portald"].pid), processor.family_seconds(postmaster)

    def list_round(self, page, changes):
        script, variables = portal_load.pgbench_script(
            self.queries, statements(self.uai, self.administrator, self.digest, changes))
        conninfo = self.site.postgres.conninfo("preau", "preau_portal")
        count = self.given.requests
        portal_load.http_seconds(self.site.ports["portal"], page.path, f"preau={self.token}", 10)  # prepared, in memory
        before = self.cpu()
        page.http.append(portal_load.http_seconds(self.site.ports["portal"], page.path, f"preau={self.token}", count))
        after = self.cpu()
        page.portal_cpu.append(after[0] - before[0])
        page.postgres_cpu.append(after[1] - before[1])
        page.sql.append(portal_load.pgbench_seconds(conninfo, self.site.folder / "pgbench", script, variables, count))

    def rate_round(self, rates, folder):
        port, cookie, count = self.site.ports["portal"], f"preau={self.token}", self.given.requests * 10
        content = portal_load.page_bytes(port, SIGNED_IN, cookie)
        before = self.cpu()
        rates.portal.append(portal_load.ab_rate(port, SIGNED_IN, cookie, count))
        seconds = count / rates.portal[-1]
        after = self.cpu()
        rates.portal_cpu.append((after[0] - before[0]) / seconds)
        rates.postgres_cpu.append((after[1] - before[1]) / seconds)
        free = free_port()
        with portal_load.nginx(folder, free, content):
            rates.nginx.append(portal_load.ab_rate(free, "/page.html", None, count * 5))


def measure(given, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    with place(given.keep) as (_, folder), contextlib.ExitStack() as stack:
        site = stack.enter_context(Site.of(folder, settings={"log": {"level": "warning"}}, build=given.build, durable=True,
                                           postgres_settings=POSTGRES))
        accounts = portal_store.fill(site.psql(), given.accounts, tell)
        for name in DAEMONS:
            site.launch(name)
        bench = Bench(site, given, tell)
        pages = [Page(name, f"/etablissements/{bench.uai}/responsables{query}") for name, query, _ in LISTS]
        rates = Rates()
        for number in range(given.rounds):
            for page, (_, _, changes) in zip(pages, LISTS, strict=True):
                tell(f"round {number + 1} of {given.rounds}: {page.name}")
                bench.list_round(page, changes)
            tell(f"round {number + 1} of {given.rounds}: signed-in page")
            bench.rate_round(rates, site.folder / f"nginx{number}")
        tell(None)
    told = {"machine": f"{cpu_model()}, {cores} cores used, load {load:.1f} before", "build": build_type(given.build),
            "store": f"{accounts:,} accounts, a school of {portal_store.GUARDIANS:,} guardians; {given.requests} requests, "
                     f"medians of {given.rounds} round(s)"}
    return pages, rates, told


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    given = parser().parse_args(arguments)
    pages, rates, told = measure(given, Progress())
    targets = list(portal_figures.targets(pages, rates))
    return conclude(given, told, targets, portal_figures.lines(pages, rates),
               {"pages": [dataclasses.asdict(page) for page in pages], "rates": dataclasses.asdict(rates)})
