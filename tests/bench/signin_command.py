"""The command `signin`: options in, the table out."""

import argparse
import contextlib
import dataclasses
import os
import signal
import sys
import time

from peers.portal import HEAD_PASSWORD, add_head
from peers.site import Site

from . import portal_store, processor, signin_figures, weight
from .command import Progress, add_common, build_type, conclude, cpu_model, place, take_two_cores
from .house import POSTGRES
from .signin_figures import WHO, Round
from .signin_load import DESK, FORM, Flood, hash_seconds, hashing, signed_in

DAEMONS = ("preau-linkd", "preau-portald")
PAGES = (("sign-in form", FORM), ("desk", DESK))
PEOPLE = """
update preau.credential c set hash = (select hash from preau.administrator where login = 'mesure')
  from preau.account a
 where (a.academy, a.id) = (c.academy, c.account_id) and a.state = 'active' and a.profile = 'responsable'
   and a.id in (select id from preau.account where state = 'active' and profile = 'responsable' order by id limit %s)
returning a.login, c.hash"""


def parser():
    self = argparse.ArgumentParser(prog="signin", description="Measures families' sign-ins and what others notice of them, as ratios.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--accounts", type=int, default=100_000, metavar="N", help="of the store (100000)")
    self.add_argument("--clients", type=int, default=32, metavar="C", help="who sign in at once (32)")
    self.add_argument("--seconds", type=float, default=15, metavar="S", help="of sign-ins in each round (15)")
    self.add_argument("--requests", type=int, default=3000, metavar="K", help="of each other page, idle and saturated (3000)")
    self.add_argument("--hashes", type=int, default=20, metavar="H", help="by libsodium alone (20)")
    self.add_argument("--rounds", type=int, default=3, metavar="R", help="medians of so many (3)")
    add_common(self)
    return self


class Bench:
    def __init__(self, site, given, cores):
        self.site, self.given, self.cores = site, given, cores
        database = site.psql()
        add_head(site, "mesure", (portal_store.first_school(database),))  # by linkd: a hash as it makes them
        rows = database.execute(PEOPLE, (max(200, 2 * given.clients),)).fetchall()
        self.logins, self.hash = [login for login, _ in rows], rows[0][1]
        self.postmaster = int((site.folder / "postgres/data/postmaster.pid").read_text().split()[0])
        self.port = site.ports["portal"]

    def cpu(self, flood):
        daemons = [processor.own_seconds(self.site.daemons[name].pid) for name in DAEMONS]
        return dict(zip(WHO, (*daemons, processor.family_seconds(self.postmaster), processor.own_seconds(flood.pid))))

    def count(self, one, flood):
        before, done, busy, start = self.cpu(flood), flood.done, flood.busy, time.monotonic()
        time.sleep(self.given.seconds)
        one.signed_in, one.seconds = flood.done - done, time.monotonic() - start
        one.busy, after = flood.busy - busy, self.cpu(flood)
        one.cpu = {who: after[who] - before[who] for who in WHO}

    def pages(self, visitor, into):
        for name, path in PAGES:
            into[name] = visitor.page_seconds(path, self.given.requests)

    def round(self):
        one = Round(alone=hash_seconds(self.hash, HEAD_PASSWORD, self.given.hashes),
                    beside=hash_seconds(self.hash, HEAD_PASSWORD, self.given.hashes, self.cores))
        visitor = signed_in(self.port, self.logins[0], HEAD_PASSWORD)
        for _, path in PAGES:
            visitor.page_seconds(path, 10)  # statements prepared, pages in memory
        self.pages(visitor, one.idle)
        with hashing(self.hash, HEAD_PASSWORD, self.cores):
            self.pages(visitor, one.bare)
        flood = Flood(self.port, self.logins[1:], HEAD_PASSWORD, self.given.clients)
        with flood.running():
            flood.wait(self.given.clients)
            self.count(one, flood)
            self.pages(visitor, one.saturated)
        return one


def measure(given, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    with place(given.keep) as (_, folder), contextlib.ExitStack() as stack:
        settings = {"log": {"level": "warning"}, "link": {"argon2_threads": cores}}
        site = stack.enter_context(Site.of(folder, settings=settings, build=given.build, durable=True, postgres_settings=POSTGRES))
        accounts = portal_store.fill(site.psql(), given.accounts, tell)
        weigh = True
        for name in DAEMONS:
            site.launch(name)
            weigh = weight.give(site.daemons[name].pid, name) and weigh
        bench, rounds = Bench(site, given, cores), []
        for number in range(given.rounds):
            tell(f"round {number + 1} of {given.rounds}")
            rounds.append(bench.round())
        tell(None)
    told = {"machine": f"{cpu_model()}, {cores} cores used, load {load:.1f} before", "build": build_type(given.build),
            "weights": ", ".join(f"{name} {weight.of_unit(name)}" for name in DAEMONS) + ", as in their units" if weigh else "all alike: this kernel gives no session one",
            "store": f"{accounts:,} accounts; {given.clients} sign in at once, Argon2id as by default: {bench.hash[:31].rpartition('$')[0]}"}
    return rounds, cores, told


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    given = parser().parse_args(arguments)
    rounds, cores, told = measure(given, Progress())
    targets = list(signin_figures.targets(rounds, cores))
    return conclude(given, told, targets, signin_figures.lines(rounds, cores),
               {"cores": cores, "rounds": [dataclasses.asdict(one) for one in rounds],
                "targets": [{**dataclasses.asdict(one), "median": one.median} for one in targets]})
