"""The command `stats`: options in, the table out."""

import argparse
import contextlib
import dataclasses
import hashlib
import os
import pathlib
import signal
import sys
import threading
import time

from peers.bus import Bus
from peers.portal import HEAD_PASSWORD, add_head
from peers.site import ROOT, Site

from . import processor, stats_figures, stats_store
from .command import Progress, add_common, build_type, conclude, cpu_model, place, take_two_cores
from .house import POSTGRES
from .signin_command import PEOPLE
from .signin_load import Client
from .stats_figures import Round

DAEMONS = ("preau-linkd", "preau-portald", "preau-statsd")
SIGNED_IN_MAX = 200  # who sign in, in turn
LONGEST = 7200  # seconds of a snapshot
BARE = """
select count(*) from (
select t.academy, t.uai, a.profile, a.state, a.origin, count(*)
  from (select e.academy, e.uai, r.account_academy, r.account_id
          from preau.enrolment e
          join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
          join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (e.academy, e.degree, e.pupil_id)
          join preau.person r on (r.academy, r.degree, r.aaf_id) = (g.academy, g.degree, g.guardian_id)
         where p.departed_at is null and r.departed_at is null and r.account_id is not null
         union
        select e.academy, e.uai, p.account_academy, p.account_id
          from preau.enrolment e
          join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id)
         where p.departed_at is null and p.account_id is not null) t
  join preau.account a on (a.academy, a.id) = (t.account_academy, t.account_id)
 where a.closed_at is null
 group by t.academy, t.uai, a.profile, a.state, a.origin) cells"""
# what a day changes: one account in a hundred moves on, or back; pupils', since guardians sign in
DAY = """
update preau.account a
   set state = (case a.state when 'distribue' then 'active' else 'distribue' end)::preau.account_state,
       activated_at = coalesce(a.activated_at, now()), notified_at = coalesce(a.notified_at, now()),
       notification_expires_at = coalesce(a.notification_expires_at, now() + interval '3 months')
 where a.id %% 40 = %s and a.profile = 'eleve' and a.state in ('distribue', 'active')"""


def parser():
    self = argparse.ArgumentParser(prog="stats", description="Measures the nightly snapshot and what sign-ins notice of it, as ratios.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--accounts", type=int, default=5_000_000, metavar="N", help="of the store (5000000)")
    self.add_argument("--rounds", type=int, default=3, metavar="R", help="medians of so many (3)")
    self.add_argument("--sign-ins", type=int, default=100, metavar="K", help="alone, in each round; 0: none, and none beside (100)")
    add_common(self, keep="of the store made, for the next run with as many accounts")
    return self


def store_name(accounts):
    """Another schema, or another way to fill it, is another store."""
    digest = hashlib.sha256()
    for file in (*sorted((ROOT / "common/store/migrations").glob("*.sql")), pathlib.Path(stats_store.__file__)):
        digest.update(file.read_bytes())
    return f"stats-{accounts}-{digest.hexdigest()[:12]}"


@contextlib.contextmanager
def filled(given, tell):
    """The site with its store, kept or gone at the end; what was interrupted is made anew."""
    with contextlib.ExitStack() as stack:
        if given.keep is None:
            folder = stack.enter_context(place(None))[1]
        else:
            folder = given.keep / store_name(given.accounts)
        site = Site(folder, given.build, settings={"log": {"level": "warning"}}, durable=True, postgres_settings=POSTGRES, with_kannel=False)
        stack.callback(site.stop if given.keep else site.remove)
        site.start_peers()
        with site.psql() as database:
            if database.execute("select count(*) from preau.account").fetchone()[0] < given.accounts:
                database.execute("truncate preau.academy, preau.account, preau.administrator, preau.identifier, preau.statistics_day cascade")
                stats_store.fill(database, given.accounts, tell)
        yield site


class Bench:
    def __init__(self, site, given, tell):
        self.site, self.given, self.tell, self.turn = site, given, tell, 0
        self.database, self.bus = site.psql(), Bus(site)
        self.postmaster = int((site.folder / "postgres/data/postmaster.pid").read_text().split()[0])
        self.ours = (self.database.info.backend_pid,)
        self.logins = self._families() if given.sign_ins else []
        self.client = None

    def _families(self):
        if not self.database.execute("select 1 from preau.administrator where login = 'mesure'").fetchone():
            add_head(self.site, "mesure", (stats_store.first_school(self.database),))  # by linkd: a hash as it makes them
            self.database.execute(PEOPLE, (SIGNED_IN_MAX,))
        return [login for login, in self.database.execute(
            "select a.login from preau.account a join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id)"
            " where c.hash = (select hash from preau.administrator where login = 'mesure') order by a.id")]

    def sign_in_seconds(self):
        login = self.logins[self.turn % len(self.logins)]
        self.turn += 1
        start = time.perf_counter()
        status, _ = self.client.sign_in(login, HEAD_PASSWORD)
        if status != 303:
            raise RuntimeError(f"{login}: a sign-in was answered {status}")
        return time.perf_counter() - start

    def bare_seconds(self, workers):
        self.database.execute(f"set max_parallel_workers_per_gather = {workers}")
        start = time.monotonic()
        self.database.execute(BARE)
        return time.monotonic() - start

    def a_day_passes(self, number):
        """No snapshot of today is there, and that of yesterday was of other accounts; what the day left to do is done."""
        self.database.execute("delete from preau.statistics_day")
        self.database.execute("set session_replication_role = replica")
        self.database.execute(DAY, (number,))
        self.database.execute("reset session_replication_role")
        self.database.execute("vacuum (analyze) preau.account, preau.statistics, preau.statistics_class, preau.statistics_level, preau.statistics_area")
        self.database.execute("checkpoint")

    def snapshot_seconds(self):
        start = time.monotonic()
        self.bus.ask("statistics", "Compute", operator=True, seconds=LONGEST, by="bench")
        return time.monotonic() - start

    def wal(self):
        return int(self.database.execute("select pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()[0])

    def beside(self):
        """Sign-ins one after the other as long as a snapshot is being taken."""
        took, snapshot = [], threading.Thread(target=self.snapshot_seconds)
        snapshot.start()
        while snapshot.is_alive():
            took.append(self.sign_in_seconds())
        snapshot.join()
        return took

    def round(self, number):
        self.a_day_passes(2 * number)
        cpu = processor.own_seconds(self.database.info.backend_pid)
        bare = self.bare_seconds(0)
        bare_cpu = processor.own_seconds(self.database.info.backend_pid) - cpu
        parallel = self.bare_seconds(2)
        cpu, wal = processor.family_seconds(self.postmaster, self.ours), self.wal()
        snapshot = self.snapshot_seconds()
        one = Round(bare, bare_cpu, parallel, snapshot, processor.family_seconds(self.postmaster, self.ours) - cpu, self.wal() - wal)
        if self.logins:
            self.a_day_passes(2 * number + 1)
            self.client = Client(self.site.ports["portal"])  # one that stood idle during a snapshot was closed
            one.alone = [self.sign_in_seconds() for _ in range(self.given.sign_ins)]
            one.beside = self.beside()
        return one


def measure(given, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    with filled(given, tell) as site:
        with site.psql() as database:  # statsd takes no snapshot by itself at its start
            database.execute("insert into preau.statistics_day values (current_date, now()) on conflict (day) do update set computed_at = now()")
        for name in DAEMONS:
            site.launch(name)
        bench, rounds = Bench(site, given, tell), []
        tell("first snapshot")
        bench.a_day_passes(39)
        bench.snapshot_seconds()
        for number in range(given.rounds):
            tell(f"round {number + 1} of {given.rounds}")
            rounds.append(bench.round(number))
        accounts = bench.database.execute("select count(*) from preau.account").fetchone()[0]
        cells = [bench.database.execute(f"select count(*) from preau.{table}").fetchone()[0] for table in ("statistics", "statistics_class")]
        tell(None)
    told = {"machine": f"{cpu_model()}, {cores} cores used, load {load:.1f} before", "build": build_type(given.build),
            "store": f"{accounts:,} accounts; {cells[0]:,} cells of schools a day, {cells[1]:,} of classes; medians of {given.rounds} round(s)"}
    return rounds, told


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    given = parser().parse_args(arguments)
    rounds, told = measure(given, Progress())
    targets = list(stats_figures.targets(rounds))
    return conclude(given, told, targets, stats_figures.lines(rounds),
                    {"rounds": [dataclasses.asdict(one) for one in rounds],
                     "targets": [{**dataclasses.asdict(one), "median": one.median, "is_met": one.is_met} for one in targets]})
