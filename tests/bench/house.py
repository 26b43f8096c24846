"""A site of its own for a bench: PostgreSQL as in production, preau-importd, and kept databases to begin from."""

import contextlib
import os
import pathlib
import shutil
import time

from peers.site import Site

from . import processor
from .figures import Cost

IMPORTER = "preau-importd"
# what an operator sets for a server of millions of people; what makes a commit safe stays on, all else is PostgreSQL's own
POSTGRES = {
    "shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "fsync": "on",
    "synchronous_commit": "on", "full_page_writes": "on",
}
WATCHED = {"shared_preload_libraries": "pg_stat_statements"}
LIVE = "preau"  # the database that the daemons use
EMPTY = "preau_empty"  # migrated, nothing in it
LOOK_SECONDS = 0.02
LIMIT_SECONDS = 3600
PREWARM = """select pg_prewarm(oid) from pg_class where relnamespace = 'preau'::regnamespace and relkind in ('r', 'i')"""
LONGEST = """
select total_exec_time / 1000 as seconds, calls, regexp_replace(query, '\\s+', ' ', 'g') as text
  from pg_stat_statements
 where userid = 'preau_import'::regrole and dbid = (select oid from pg_database where datname = %s)
 order by total_exec_time desc limit 12"""
COUNTERS = """
select w.key, sum(w.value::bigint)
  from preau.import_run r, jsonb_each(r.counters) c, jsonb_each_text(c.value) w
 where r.id > %s and c.key <> 'account' group by w.key"""


class NotImported(Exception):
    """A run ended otherwise than applied, or not at all."""


class House:
    def __init__(self, folder, build, watches_statements=False):
        settings = {"import": {"scan_interval": "200ms"}}
        self.folder, self.watches_statements = pathlib.Path(folder), watches_statements
        self.site = Site(folder, build, settings=settings, durable=True, with_kannel=False,
                         postgres_settings={**POSTGRES, **(WATCHED if watches_statements else {})})
        self.site.start_peers()
        self.admin = self.site.postgres.connect()
        self.admin.execute(f"alter database {LIVE} rename to {EMPTY}")
        if watches_statements:
            self.admin.execute("create extension pg_stat_statements")
        with self.connect(EMPTY) as empty:
            empty.execute("create extension pg_prewarm")
            empty.execute("vacuum (freeze, analyze)")

    def close(self):
        self.admin.close()
        self.site.remove()
        shutil.rmtree(self.folder)

    def connect(self, database=LIVE):
        """For a with statement that closes it."""
        return contextlib.closing(self.site.postgres.connect(database))

    def room(self, name):
        """A new folder that the server may write to."""
        return self.site.postgres.own(self.site.postgres.folder / name)

    def setting(self, name):
        return self.admin.execute("select current_setting(%s)", [name]).fetchone()[0]

    # the database to begin from

    def keep_as(self, name):
        """The live database as it is now, to begin from again: tidied, so that nobody's run pays for an earlier one."""
        with self.connect() as live:
            live.execute("vacuum (freeze, analyze)")
        self.admin.execute(f"alter database {LIVE} rename to {name}")

    def begin_from(self, name):
        """A new live database, the same as the kept one, in memory; whatever was before it is on the disk.

        The runs of the one before are forgotten with their archives: the same numbers are given again.
        """
        for place in (self.site.folder / "inbox", self.site.folder / "archive"):
            shutil.rmtree(place)
            place.mkdir()
        self.admin.execute(f"drop database if exists {LIVE} with (force)")
        self.admin.execute(f"create database {LIVE} template {name} strategy file_copy")
        with self.connect() as live:
            live.execute(PREWARM)
        self.admin.execute("checkpoint")
        if self.watches_statements:
            self.admin.execute("select pg_stat_statements_reset()")

    def longest_statements(self):
        """Of importd, since begin_from: [(seconds, calls, text)]; none unless they are watched."""
        return self.admin.execute(LONGEST, [LIVE]).fetchall() if self.watches_statements else []

    # importing

    def deliver(self, academy, delivery):
        """Puts it, by hard links, beside its place; gives both. A delivery is moved away, never written to."""
        inbox = self.site.inbox(academy)
        hidden = inbox / f".{delivery.name}"
        if delivery.is_dir():
            shutil.copytree(delivery, hidden, copy_function=os.link)
        else:
            os.link(delivery, hidden)
        return hidden, inbox / delivery.name

    def wait_ended(self, live, after, count):
        """Until so many runs with a number over `after` have been applied."""
        end = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < end:
            rows = live.execute("select state from preau.import_run where id > %s and state <> 'running'", [after])
            states = [state for state, in rows]
            if any(state != "applied" for state in states):
                raise NotImported(self.site.ctl("import", "list"))
            if len(states) == count:
                return
            time.sleep(LOOK_SECONDS)
        raise NotImported(f"nothing after {LIMIT_SECONDS} s:\n{self.site.daemons[IMPORTER].log_end()}")

    def import_sets(self, sets):
        """sets: {academy: Set}, all dropped at once, taken by a new preau-importd. Gives what it cost until all are applied,
        and the records counted: {"read": …, "changed": …}."""
        for one in sets.values():
            one.read()
        self.site.launch(IMPORTER)
        try:
            with self.connect() as live:
                return self._import(live, sets)
        finally:
            self.site.stop_daemon(IMPORTER)

    def _import(self, live, sets):
        after = live.execute("select coalesce(max(id), 0) from preau.import_run").fetchone()[0]
        drops = [self.deliver(academy, path) for academy, one in sets.items() for path in one.deliveries]
        watch = Watch(self, live)
        for hidden, dropped in drops:
            hidden.rename(dropped)
        for academy in sets:
            self.site.ctl("import", "run", "--academy", academy)
        self.wait_ended(live, after, len(drops))
        cost = watch.cost(sum(one.xml_bytes for one in sets.values()))
        return cost, {what: int(count) for what, count in live.execute(COUNTERS, [after])}


class Watch:
    """What has been spent since it was made, but for the connections of the bench itself."""

    def __init__(self, house, live):
        self.admin = house.admin
        self.importer = house.site.daemons[IMPORTER].pid
        self.postmaster = int((house.site.postgres.data / "postmaster.pid").read_text().split()[0])
        self.ours = (house.admin.info.backend_pid, live.info.backend_pid)
        self.wal, self.disk = self._wal(), processor.machine_disk_seconds()
        self.spent = self._spent()
        self.start = time.monotonic()

    def _spent(self):
        return processor.own_seconds(self.importer), processor.family_seconds(self.postmaster, self.ours)

    def _wal(self):
        return int(self.admin.execute("select pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()[0])

    def cost(self, xml):
        wall = time.monotonic() - self.start
        disk = processor.machine_disk_seconds() - self.disk
        wal = self._wal() - self.wal
        self.admin.execute("checkpoint")  # what was left to be written later is a cost of the run too
        importer, postgres = self._spent()
        return Cost(wall=wall, importer=importer - self.spent[0], postgres=postgres - self.spent[1], xml=xml, wal=wal,
                    peak=processor.peak_bytes(self.importer), disk=disk)
