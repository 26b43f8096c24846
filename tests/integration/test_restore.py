"""The database is lost and comes back by pgBackRest, at an instant or at the last, by the commands of docs/operators/sauvegarde.md."""

import re
import shutil

import pytest

from peers.backup import Backup, commands_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_administrator, birth, opening_fields, sign_in
from peers.sealing import link_token
from peers.site import ROOT, Site
from peers.web import Visitor

PAGE = ROOT / "docs/operators/sauvegarde.md"
DAEMONS = ("preau-linkd", "preau-portald")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), settings=SETTINGS, durable=True) as site:
        yield site


def guardian(site, town, school, nom):
    child = town.pupil(school, "Zoe", nom, "2017-05-06")
    person = town.guardian("Anne", nom, [child])
    person.child = child
    person.hand_out()
    return person


def open_account(site, person):
    """The path of the link that is mailed to them."""
    visitor = sign_in(site, person)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(person.child)]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel=f"{person.nom.lower()}@example.org")
    with site.psql() as database:
        (number,) = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)", person.account).fetchone()
    return number


def link(keys, person, number):
    return "/activation/" + link_token(keys, "activation", person.account[0], number)


def activate(site, keys, person, number):
    """The page that the link leads to, its button pressed if there is one."""
    visitor = sign_in(site, person, PASSWORD)
    path = link(keys, person, number)
    page = visitor.get(path)
    return visitor.submit(page.form(path)) if page.status == 200 else page


def with_cookies(site, cookies):
    visitor = Visitor(site.portal_url)
    visitor.session.cookies.update(cookies)
    return visitor


def end_sessions(site):
    """As the page says to, before the daemons start."""
    with site.psql() as database:
        assert database.execute(re.search(r"--command '(delete from [^']+)'", PAGE.read_text())[1]).rowcount > 0, "they came back too"


def second(site):
    with site.psql() as database:
        return database.execute("select floor(extract(epoch from clock_timestamp()))").fetchone()[0]


def state(person):
    return person.row()["state"]


READABLE = "preau_backup_repository_readable"
LAST = ['preau_backup_last_success_timestamp_seconds{type="any"}', 'preau_backup_last_success_timestamp_seconds{type="full"}']
ARCHIVED, WAITING = "preau_backup_wal_last_success_timestamp_seconds", "preau_backup_wal_waiting_timestamp_seconds"


def backups_are_measured(site, backup, begun):
    told = backup.measures()
    assert told[READABLE] == told["preau_backup_wal_archiving"] == 1
    assert begun <= told[LAST[0]] == told[LAST[1]] <= second(site)
    assert begun <= told[ARCHIVED] <= told["preau_backup_looked_timestamp_seconds"] + 1 and told["preau_backup_looked_timestamp_seconds"] >= begun


def alter(site, setting):
    with site.psql() as database:
        database.autocommit = True
        database.execute(f"alter system {setting}")
        database.execute("select pg_reload_conf()")
        site.wait(lambda: (database.execute("show archive_command").fetchone()[0] == "false") == setting.startswith("set"), what="reloaded")
        if setting.startswith("set"):
            database.execute("select pg_logical_emit_message(true, 'preau', 'something to archive')")
            database.execute("select pg_switch_wal()")


def a_journal_that_waits_is_measured(site, backup):
    begun = second(site)
    alter(site, "set archive_command = 'false'")
    waits = site.wait(lambda: backup.measures()[WAITING], what="a journal that waits")
    assert begun <= waits <= second(site) + 1
    alter(site, "reset archive_command")
    site.wait(lambda: backup.measures()[WAITING] == 0, seconds=120, what="archived")


def anchors(site):
    return [word for line in site.ctl("audit", "verify").splitlines() for word in line.split() if word.count(":") == 2 and len(word) > 30]


def test_the_database_comes_back(here):
    create, check, full, info, to_look, to_an_instant, to_the_last, full_again = commands_of(PAGE)
    backup = Backup(here)
    told = backup.measures()
    assert told[READABLE] == 0 and not set(LAST) & set(told), "there is no repository yet: nobody knows of a backup"
    backup.run(create)
    backup.run(check)
    assert [backup.measures()[one] for one in (READABLE, *LAST)] == [1, 0, 0], "it is read, and has none"
    town = Town(here, ACADEMY)
    school = town.school(1)
    before, after, late = (guardian(here, town, school, nom) for nom in ("Avant", "Apres", "Tardif"))
    for name in DAEMONS:
        here.launch(name)
    begun = second(here)
    backup.run(full)
    taken = second(here)
    backups_are_measured(here, backup, begun)
    a_journal_that_waits_is_measured(here, backup)
    keys, old_keys = here.folder / "keys", here.folder / "old-keys"
    assert activate(here, keys, before, open_account(here, before)).status == 200 and state(before) == "active"
    add_administrator(here, "avant", "exploitant", "--nation")
    visitor = sign_in(here, before, PASSWORD)
    cookies = visitor.session.cookies.copy()
    assert visitor.page.path == "/guichet"
    here.wait(lambda: second(here) > taken, what="a second after the backup, which pgBackRest counts in whole ones")
    with here.psql() as database:
        instant = database.execute("select clock_timestamp()::text").fetchone()[0]
    visitor.submit(visitor.page.form("/deconnexion"))
    assert with_cookies(here, cookies).get("/guichet").path == "/connexion"
    open_account(here, after)
    assert state(after) == "en_cours"
    add_administrator(here, "apres", "exploitant", "--nation")
    (there,) = anchors(here)
    backup.run(check)  # the last of what was written is in the repository
    assert "preau" in backup.run(info) and "full backup" in backup.run(info)

    for name in DAEMONS:
        here.stop_daemon(name)
    backup.lose()
    told = backup.measures(whole=False)
    assert told[LAST[0]] >= begun and WAITING not in told, "the database says nothing, its backup is there"
    example = to_an_instant[to_an_instant.index("--target='"):].split("'")[1]
    backup.run(to_an_instant.replace(example, instant))
    backup.come_back()
    assert (state(before), state(after)) == ("active", "distribue"), "what came after that instant is not there"
    end_sessions(here)
    shutil.copytree(keys, old_keys)
    (old,) = keys.glob("tokens-*.key")
    here.ctl("key", "generate", "tokens")
    old.unlink()
    for name in DAEMONS:
        here.launch(name)
    assert with_cookies(here, cookies).get("/guichet").path == "/connexion", "who signed out is signed out"
    assert sign_in(here, before, PASSWORD).page.path == "/guichet"
    assert here.run_ctl("audit", "verify").returncode == 0
    assert here.run_ctl("audit", "verify", "--anchor", there).returncode == 1, "the end of the chain is gone, and that is said"

    # a number that was mailed in the time that is lost will be somebody else's: no link of that time opens anything
    number = open_account(here, late)
    assert activate(here, old_keys, late, number).status == 404 and state(late) == "en_cours"
    assert activate(here, keys, late, number).status == 200 and state(late) == "active"

    backup.run(check)
    for name in DAEMONS:
        here.stop_daemon(name)
    backup.lose()
    backup.run(to_the_last)
    backup.come_back()
    assert (state(before), state(late)) == ("active", "active"), "nothing that was in the repository is lost"
    backup.run(full_again)

    backup.lose()
    backup.run(to_look)
    backup.come_back()
    with here.psql() as database:
        assert state(late) == "active" and database.execute("show archive_mode").fetchone() == ("off",), "a trial writes nothing to the repository"
