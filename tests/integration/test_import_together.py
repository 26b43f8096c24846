"""Two academies that share families, taken in at the same time: whoever comes first, and killed at any moment, both end
where they would one after the other."""

import collections
import contextlib
import random
import time

import pytest

from peers.academy import APPLIED, CHECKED, IMPORTD, archive_of, emptied, guardian, owned, pupil, rows, school
from peers.bus import Bus, Silent

ACADEMIES = {10: ("LYON", "0695001L"), 11: ("MONTPELLIER", "0345001B")}
FAMILIES = 240
ROUNDS = 5  # of two days, each killed twice
GRADES = "ABCDEFGHIJ"


def is_there(family, academy, day):
    """Two families of three live in both academies, some of the others move, some leave: fewer than holds a delivery."""
    if family % 83 == 0:
        return day == 0
    if family % 3:
        return True
    home = 10 if family % 2 else 11
    return academy == (home if day == 0 or family // 3 % 15 not in (0, 5) else 21 - home)


def contact(family, parent, academy, day):
    """The first parent is known by the same contact everywhere, and may change it in one place; the second becomes the
    same in both places on the second day; the third never is."""
    mobile = f"06399{family:03}{parent}"
    if parent == 1 or (parent == 0 and family % 7 == 0 and academy == 10):
        mobile += "0" if day == (1 if parent == 1 else 0) else "1" if academy == 10 else "2"
    else:
        mobile += "0"
    mail = f"p{family}.{parent}@example.org" if parent < 2 else ""
    return {"mail": mail, "mobile": mobile, "sn": f"PARENT{GRADES[family % 10]}", "givenName": f"Sam{GRADES[parent]}"}


def delivery(folder, academy, day):
    name, uai = ACADEMIES[academy]
    first = academy * 100000
    families = [family for family in range(FAMILIES) if is_there(family, academy, day)]
    parents = {family: [first + 10 * family + parent for parent in range(3)] for family in families}
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{academy}.{date}.Complet.tgz", {
        "EtabEducNat": [school(uai=uai, ENTServAcAcademie=name)],
        "Eleve": [pupil(first + 10 * family + 5, parents[family], ENTEleveINE=f"{family:09}AB") for family in families],
        "PersRelEleve": [guardian(number, [first + 10 * family + 5], **contact(family, parent, academy, day))
                         for family in families for parent, number in enumerate(parents[family])]}, date=date)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    return [{academy: delivery(folder, academy, day) for academy in ACADEMIES} for day in (0, 1)]


@pytest.fixture
def site(empty_site):
    return empty_site


def states(site):
    return collections.Counter(rows(site, "select academy::int, state from preau.import_run"))


def is_quiet(site):
    return (not list((site.folder / "inbox").glob(".taken/*/*")) and not list((site.folder / "inbox").glob("1*/*"))
            and not rows(site, "select from preau.import_run where state = 'running'"))


def drop(site, archives):
    for academy, archive in archives.items():
        begun = site.inbox(academy) / f".{archive.name}"
        begun.write_bytes(archive.read_bytes())
        begun.rename(begun.with_name(archive.name))


def ask(site):
    for academy in ACADEMIES:
        with contextlib.suppress(Silent):
            Bus(site).ask("import", "RunImports", academy=academy, operator=True)


def take_one_after_the_other(site, archives):
    for academy, archive in archives.items():
        run, = site.import_archives(academy, [archive])["runs"]
        assert run["state"] == APPLIED


def kill_within(site, seconds, archives, chance):
    """Both at once; killed some time later, and again while the pieces are taken up."""
    drop(site, archives)
    ask(site)
    for _ in range(2):
        time.sleep(chance.uniform(0, seconds))
        site.kill(IMPORTD)
        site.restart(IMPORTD, ready=False)
    site.wait_ready(IMPORTD)
    site.wait(lambda: is_quiet(site), 60, "done with both archives")


def people(site):
    """Whose records share an account, and what becomes of it; not where it was made, nor its number among homonyms,
    which depend on who came first."""
    return sorted(rows(site, """
        select array_agg(format('%s/%s', p.academy, p.aaf_id) order by p.academy, p.aaf_id), a.profile::text, a.state::text,
               a.detached_at is null, a.closed_at is null, rtrim(a.login, '0123456789'),
               (select count(*) from preau.credential c where (c.academy, c.account_id) = (a.academy, a.id) and c.sealed is not null),
               (select count(*) from preau.account_event e where (e.academy, e.account_id) = (a.academy, a.id))
          from preau.person p join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)
         group by a.academy, a.id"""))


def check_nothing_is_left_over(site):
    """Who came at the same time was given an account before the other was seen: it is detached, and remembered. Of a run
    that died, identifiers may stay given to nobody."""
    assert rows(site, """
        select a.login from preau.account a
         where not exists (select from preau.person p where (p.account_academy, p.account_id) = (a.academy, a.id))
           and (a.detached_at is null
                or not exists (select from preau.account_merge m where (m.from_academy, m.from_account) = (a.academy, a.id)))""") == []
    assert rows(site, "select * from preau.import_reservation") == []
    assert rows(site, "select a.login from preau.account a where not exists (select from preau.identifier i where "
                      "(i.login, i.academy, i.account_id) = (a.login, a.academy, a.id))") == []


def stored(site):
    check_nothing_is_left_over(site)
    return [*owned(site), people(site)]


def test_killed_at_random_moments_two_academies_end_in_the_same_place(site, made):
    truths = []
    for archives in made:
        take_one_after_the_other(site, archives)
        truths.append(stored(site))
    shared = [one for one in truths[0][-1] if {name[:2] for name in one[0]} == {"10", "11"}]
    assert {profile for _, profile, *_ in shared} == {"eleve", "responsable"}
    seconds, = rows(site, "select sum(extract(epoch from finished_at - started_at))::float8 / 2 from preau.import_run")[0]
    chance = random.Random(20250915)
    for _ in range(ROUNDS):
        emptied(site)
        for archives, truth in zip(made, truths):
            kill_within(site, seconds * 1.3, archives, chance)
            now = stored(site)
            for before, after in zip(truth, now):
                assert after == before
        assert {state for _, state in states(site)} <= {APPLIED, "failed"}


# ------------------------------------------------------------------------------------------------ one waits for the other

MATCH_LOCK = 1347568983  # import_apply_match_lock
RECORDS_LOCK = 1347568985  # import_records_hold


def family(folder, academy, day, mail):
    name, uai = ACADEMIES[academy]
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{academy}.{date}.Complet.tgz", {
        "EtabEducNat": [school(uai=uai, ENTServAcAcademie=name)], "Eleve": [pupil(academy * 100, [academy * 100 + 1])],
        "PersRelEleve": [guardian(academy * 100 + 1, mail=mail, mobile="0639980011", givenName="Sam")]}, date=date)


@pytest.fixture
def deadlocked(site):
    """deadlocked(begin): while it goes on, what begin() starts meets another academy's run, each with what the other
    needs: the record to be merged, and the right to merge. The database ends ours, since the other waits longer."""
    def meet(begin):
        with site.psql() as other, other.transaction():
            other.execute("set local deadlock_timeout = '1min'")
            other.execute("update preau.person set changed_at = now() where academy = 11 and aaf_id = 1101")
            begin()
            site.wait(lambda: rows(site, "select from pg_locks where not granted and locktype = 'transactionid'"), 30,
                      "waiting for the other's record")
            other.execute("select pg_advisory_xact_lock(%s)", [MATCH_LOCK])

    return meet


def accounts(site):
    return rows(site, "select distinct account_academy, account_id from preau.person where profile = 'responsable'")


@pytest.fixture
def apart(site, tmp_path):
    """A person of two academies, known by two addresses; the archive that makes them one."""
    take_one_after_the_other(site, {academy: family(tmp_path, academy, 0, f"sam.{academy}@example.org") for academy in ACADEMIES})
    assert len(accounts(site)) == 2
    return family(tmp_path, 10, 1, "sam.11@example.org")


def test_a_run_that_had_to_give_way_to_another_is_done_again_at_once(site, apart, deadlocked):
    def begin():
        drop(site, {10: apart})
        Bus(site).ask("import", "RunImports", academy=10, operator=True)

    deadlocked(begin)
    site.wait(lambda: is_quiet(site), 30, "done")
    assert {state for _, state in states(site)} == {APPLIED}, site.log(IMPORTD)
    assert len(accounts(site)) == 1


def test_so_is_a_check(site, apart, deadlocked):
    def begin():
        drop(site, {10: apart})
        Bus(site).ask("import", "RunImports", academy=10, operator=True, check=True)

    deadlocked(begin)
    site.wait(lambda: rows(site, "select from preau.import_run where mode = 'check' and state <> 'running'"), 30, "checked")
    assert rows(site, "select state from preau.import_run where mode = 'check'") == [(CHECKED,)], site.log(IMPORTD)
    assert len(accounts(site)) == 2


def test_no_accounts_are_joined_while_a_run_writes_the_records_that_it_chose_them_for(site, apart):
    """Who would join two, or part them, asks for the lock that the run shares; it is free once the run is over."""
    def is_free():
        return rows(site, "select pg_try_advisory_xact_lock(%s)" % RECORDS_LOCK) == [(True,)]

    assert is_free()
    with site.psql() as other, other.transaction():
        other.execute("update preau.person set changed_at = now() where academy = 11 and aaf_id = 1101")
        drop(site, {10: apart})
        Bus(site).ask("import", "RunImports", academy=10, operator=True)
        site.wait(lambda: rows(site, "select from pg_locks where not granted and locktype = 'transactionid'"), 30, "waiting for the other's record")
        assert not is_free()
    site.wait(lambda: is_quiet(site), 30, "done")
    assert {state for _, state in states(site)} == {APPLIED} and is_free()
