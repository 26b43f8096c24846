"""The command `registrations`: options in, the table out."""

import argparse
import contextlib
import dataclasses
import os
import signal
import sys
import time

from peers.franceconnect import FranceConnect, claims_of
from peers.portal import HEAD_PASSWORD, add_head
from peers.sealing import Sealing
from peers.site import Site

from . import portal_store, processor, registrations_figures
from .command import Progress, add_common, build_type, conclude, cpu_model, place, take_two_cores
from .house import POSTGRES, WATCHED
from .registrations_figures import COUNTED, EXECUTED, MATCHING, Round, measured_of
from .registrations_load import FRANCECONNECT_STEPS, SMS_STEPS, Flood, Guardian, by_franceconnect, by_sms
from .signin_load import hash_seconds

DAEMONS = ("preau-linkd", "preau-portald")
WAYS = {"sms": (by_sms, SMS_STEPS), "franceconnect": (by_franceconnect, FRANCECONNECT_STEPS)}
FRANCECONNECT_MOST = 100  # sign-ins a second that its stand-in, one process, does not reach
WARM = 3  # registrations that nobody counts: statements prepared, pages in memory
GUARDIANS = """
select a.id, p.nom, p.prenom, p.mobile
  from preau.account a
  join preau.person p on (p.account_academy, p.account_id) = (a.academy, a.id)
 where a.profile = 'responsable' and a.state = 'non_distribue' and p.mobile is not null
 order by a.id"""
SEALED = """
update preau.credential c set sealed = w.sealed from unnest(%s::bigint[], %s::bytea[]) as w(id, sealed)
 where (c.academy, c.account_id) = (%s, w.id)"""
EXECUTED_TEXT = """
select coalesce(sum(total_exec_time) / 1000, 0)::float8,
       coalesce(sum(total_exec_time) filter (where query like '%registration_record%' and query like '%skip locked%') / 1000, 0)::float8
  from pg_stat_statements
 where userid in ('preau_link'::regrole, 'preau_portal'::regrole)"""


def parser():
    self = argparse.ArgumentParser(prog="registrations", description="Measures guardians who open their account, by SMS and by FranceConnect.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--accounts", type=int, default=100_000, metavar="N", help="of the store (100000)")
    self.add_argument("--ways", default="sms,franceconnect", metavar="WAYS", help="of sms, franceconnect; with commas (both)")
    self.add_argument("--clients", type=int, default=32, metavar="C", help="who register at once (32)")
    self.add_argument("--seconds", type=float, default=15, metavar="S", help="of registrations at once in each round (15)")
    self.add_argument("--alone", type=int, default=20, metavar="K", help="registrations one after the other in each round (20)")
    self.add_argument("--hashes", type=int, default=20, metavar="H", help="by libsodium alone (20)")
    self.add_argument("--rounds", type=int, default=3, metavar="R", help="medians of so many (3)")
    add_common(self)
    return self


def ways_asked(text):
    asked = tuple(text.split(","))
    for one in asked:
        if one not in WAYS:
            raise ValueError(f"no way is called {one}: {', '.join(WAYS)}")
    return asked


class Bench:
    def __init__(self, site, given, cores):
        self.site, self.given, self.cores, self.database = site, given, cores, site.psql()
        self.database.execute("create extension pg_stat_statements")
        add_head(site, "mesure", (portal_store.first_school(self.database),))  # by linkd: a hash as it makes them
        self.hash = self.database.execute("select hash from preau.administrator where login = 'mesure'").fetchone()[0]
        self.postmaster = int((site.folder / "postgres/data/postmaster.pid").read_text().split()[0])
        self.left = [Guardian(*row) for row in self.database.execute(GUARDIANS)]
        self._seal()

    def _seal(self):
        """Each has the provisional password of an account that was never handed out: linkd looks that nobody chooses it."""
        sealing, numbers = Sealing(self.site.folder / "keys"), [one.number for one in self.left]
        sealed = [sealing.seal(f"credential:{portal_store.ACADEMY}:{number}", b"k7pr-wz4t-9hbn") for number in numbers]
        self.database.execute(SEALED, (numbers, sealed, portal_store.ACADEMY))
        self.database.execute("vacuum (freeze, analyze) preau.credential")

    def _next(self, way, count=None):
        """Of those who did not register yet: so many, or as many as may be wanted. FranceConnect knows these and nobody else: its
        stand-in reads them all at each sign-in."""
        known = FRANCECONNECT_MOST * (self.given.seconds + 1) + self.given.clients if way == "franceconnect" else None
        taken = self.left[:count or (known and int(known))]
        if len(taken) < (count or 1):
            raise RuntimeError("no guardian is left to register: give more by --accounts")
        if known:
            self.site.franceconnect.people = {}
            self.site.franceconnect.know({str(one.number): claims_of(one.prenom, one.nom.upper(), str(one.number)) for one in taken})
        return taken

    def cpu(self, flood):
        site = self.site
        kannel = sum(processor.own_seconds(one.pid) for one in (site.sms.bearerbox, site.sms.smsbox, site.sms.smsc))
        provider = {"FranceConnect": processor.own_seconds(site.franceconnect.process.pid)} if site.franceconnect else {}
        return {"linkd": processor.own_seconds(site.daemons["preau-linkd"].pid), "portald": processor.own_seconds(site.daemons["preau-portald"].pid),
                "PostgreSQL": processor.family_seconds(self.postmaster, (self.database.info.backend_pid,)), "Kannel": kannel, **provider,
                "the bench": processor.own_seconds(flood.pid)}

    def counted(self):
        series = {name: self.site.metrics(name) for name in DAEMONS}
        executed, matching = self.database.execute(EXECUTED_TEXT).fetchone()
        return {**{what: series[daemon].get(name, 0.0) for what, daemon, name in COUNTED}, EXECUTED: executed, MATCHING: matching}

    def one_by_one(self, way, count):
        go, steps = WAYS[way]
        taken = self._next(way, count)
        self.left = self.left[count:]
        flood = Flood(self.site, go, taken, 1)
        before, start = self.counted(), time.monotonic()
        with flood.running():
            ended = flood.finish(is_enough=False)
        seconds, after = time.monotonic() - start, self.counted()
        return measured_of(1, seconds, [(took, busy) for _, took, busy in ended], {what: after[what] - before[what] for what in after}, {}, steps)

    def many(self, way):
        go, steps = WAYS[way]
        clients, taken = self.given.clients, self._next(way)
        flood = Flood(self.site, go, taken, clients)
        with flood.running():
            flood.wait(clients)
            before, cpu, start = self.counted(), self.cpu(flood), time.monotonic()
            time.sleep(self.given.seconds)
            end, after, spent = time.monotonic(), self.counted(), self.cpu(flood)
            ended = flood.finish()
        if len(ended) == len(taken):
            raise RuntimeError(f"all of {len(taken)} guardians had registered before the time was over: give more by --accounts")
        self.left = self.left[len(ended) + clients:]
        within = [(took, busy) for when, took, busy in ended if start <= when < end]
        return measured_of(clients, end - start, within, {what: after[what] - before[what] for what in after},
                           {who: spent[who] - cpu[who] for who in spent}, steps)

    def round(self, ways):
        one = Round(alone=hash_seconds(self.hash, HEAD_PASSWORD, self.given.hashes),
                    beside=hash_seconds(self.hash, HEAD_PASSWORD, self.given.hashes, self.cores))
        for way in ways:
            one.ways[way] = (self.one_by_one(way, self.given.alone), self.many(way))
        return one


@contextlib.contextmanager
def site_of(given, folder, ways, cores):
    """Limits are as by default: everybody has an address of their own, and fewer SMS leave than may within an hour."""
    settings = {"log": {"level": "warning"}, "link": {"argon2_threads": cores}}
    site = Site(folder, given.build, settings=settings, durable=True, postgres_settings={**POSTGRES, **WATCHED})
    site.franceconnect = FranceConnect(site.folder / "franceconnect", site.portal_url) if "franceconnect" in ways else None
    try:
        if site.franceconnect:
            site.settings.update(site.franceconnect.sections())
            site.franceconnect.start()
        site.start_peers()
        yield site
    finally:
        if site.franceconnect:
            site.franceconnect.stop()
        site.remove()


def measure(given, ways, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    with place(given.keep) as (_, folder), site_of(given, folder, ways, cores) as site:
        accounts = portal_store.fill(site.psql(), given.accounts, tell)
        for name in DAEMONS:
            site.launch(name)
        bench, rounds = Bench(site, given, cores), []
        for way in ways:
            bench.one_by_one(way, WARM)
        for number in range(given.rounds):
            tell(f"round {number + 1} of {given.rounds}")
            rounds.append(bench.round(ways))
        tell(None)
    told = {"machine": f"{cpu_model()}, {cores} cores used, load {load:.1f} before", "build": build_type(given.build),
            "store": f"{accounts:,} accounts; {given.clients} register at once, Argon2id as by default: {bench.hash[:31].rpartition('$')[0]}"}
    return rounds, cores, told


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    the_parser = parser()
    given = the_parser.parse_args(arguments)
    try:
        ways = ways_asked(given.ways)
    except ValueError as wrong:
        the_parser.error(str(wrong))
    rounds, cores, told = measure(given, ways, Progress())
    targets = list(registrations_figures.targets(rounds, cores))
    return conclude(given, told, targets, registrations_figures.lines(rounds, cores),
                    {"cores": cores, "rounds": [dataclasses.asdict(one) for one in rounds],
                     "targets": [{**dataclasses.asdict(one), "median": one.median, "is_met": one.is_met} for one in targets]})
