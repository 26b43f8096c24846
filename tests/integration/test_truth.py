"""What is broken is told by /status within the interval of its check, by its name, and cleared when it is over. A daemon that
misses something is alive; it is ready unless it can do nothing without."""

import contextlib
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import time

import pytest
import requests

from peers import kannel
from peers.identity import IdentityProvider
from peers.people import Town
from peers.portal import ACADEMY
from peers.process import started_at
from peers.site import DAEMONS, Site
from peers.web import Page, Visitor

IMPORTD, NOTIFYD, LINKD, STATSD, PORTALD = DAEMONS
PEERS = {"importd": IMPORTD, "notifyd": NOTIFYD, "linkd": LINKD, "statsd": STATSD}
SECONDS = 30  # none of the intervals below comes near
SETTINGS = {
    "database": {"pool_size": "4", "connect_timeout": "2s", "connect_retry_max": "1s"},
    "notify": {"smtp_check_interval": "1s", "smtp_timeout": "1s"},
    "sms": {"check_interval": "1s", "timeout": "1s"},
    "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "provider_check_interval": "1s", "provider_timeout": "2s"},
}
# of docs/operators/etat.md, with the settings above; the machine may be slow by as much
INTERVALS = {"database": 10, "clock": 10, "linkd": 6, "notifyd": 6, "statsd": 6, "importd": 6, "smtp": 2, "sms": 2, "academy_portals": 3,
             "disk": 1, "import": 1, "statistics": 1, "database_server": 1}
MACHINE = 12
LINES_MAX = 100  # of one daemon, about one outage


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    full_disk = folder / "full_disk.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", full_disk, pathlib.Path(kannel.__file__).with_name("full_disk.c"), "-ldl"], check=True)
    site = Site(folder / "site", settings=SETTINGS, environment={"PREAU_CLOCK_FILE": str(folder / "clock")})
    site.clock, site.disk_is_full = folder / "clock", folder / "disk-is-full"
    site.provider = IdentityProvider(folder / "identity", site.portal_url, {}, portals=("aude",))
    site.settings = {**SETTINGS, **site.provider.sections("aude", ACADEMY)}
    try:
        site.provider.start()
        site.start_peers()
        site.town = Town(site, ACADEMY)
        site.launch(IMPORTD, LD_PRELOAD=str(full_disk), PREAU_FULL_DISK=str(site.disk_is_full))
        for name in (NOTIFYD, LINKD, STATSD, PORTALD):
            site.launch(name)
        yield site
    finally:
        site.provider.stop()
        site.remove()


@pytest.fixture(autouse=True)
def all_is_well(here):
    """Before, and after: nothing that was broken is left so, nor told."""
    for moment in range(2):
        here.wait(lambda: troubles(here) == {}, SECONDS, f"well {('before', 'after')[moment]}: {troubles(here)}")
        assert {name: here.http_status(name, "/readyz") for name in DAEMONS} == dict.fromkeys(DAEMONS, 200)
        if moment == 0:
            yield


def troubles(here):
    """{(daemon, check): cause} of all that are not ok."""
    return {(name, check["name"]): check["cause"] for name in DAEMONS for check in here.status(name)["checks"] if check["state"] != "ok"}


def check_of(here, daemon, name):
    (check,) = [check for check in here.status(daemon)["checks"] if check["name"] == name]
    return check


def told(here, daemon, name, words, state="degraded"):
    """The check, once it names its cause."""
    def is_so():
        check = check_of(here, daemon, name)
        return check if check["state"] == state and re.search(words, check["cause"]) else None
    try:
        return here.wait(is_so, INTERVALS[name] + MACHINE, "told")
    except TimeoutError as late:
        raise TimeoutError(f"{daemon} {name}: {check_of(here, daemon, name)}, and not {words!r}") from late


def cleared(here, daemon, name):
    here.wait(lambda: check_of(here, daemon, name)["state"] == "ok", SECONDS, f"cleared: {check_of(here, daemon, name)}")


def statements_of(here, daemon):
    return sum(value for series, value in here.metrics(daemon).items() if series.startswith("preau_store_statements_total{"))


def all_alive(here):
    assert {name: here.http_status(name, "/livez") for name in DAEMONS} == dict.fromkeys(DAEMONS, 200)


@contextlib.contextmanager
def frozen(*pids):
    """They stand where they are, and answer nothing; connections to them stay."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def children_of(pid):
    """Of a process, by what the kernel says."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(pid):
                found.append(int(folder.name))
    return [child for child in found if started_at(child)]


def lines_of(here):
    return {name: len(here.log(name).splitlines()) for name in DAEMONS}


# ------------------------------------------------------------------------------------------------ PostgreSQL


def without_database(here, words):
    for name in DAEMONS:
        told(here, name, "database", words, state="failed")
        assert here.http_status(name, "/readyz") == 503
        assert "database" in requests.get(f"http://{here.status_address(name)}/readyz", timeout=5).text
    all_alive(here)


def test_postgresql_that_is_stopped(here):
    before = lines_of(here)
    here.postgres.stop("immediate")
    try:
        without_database(here, r"PostgreSQL|server")
    finally:
        here.postgres.start()
    for name in DAEMONS:
        cleared(here, name, "database")
    grown = {name: count - before[name] for name, count in lines_of(here).items()}
    assert all(count < LINES_MAX for count in grown.values()), grown


def test_postgresql_that_hangs(here):
    """Connections to it stay, and whoever has nothing to ask would not notice."""
    server = int((here.postgres.data / "postmaster.pid").read_text().split()[0])
    with frozen(server), frozen(*children_of(server)):
        without_database(here, "answer")
        begun = time.monotonic()
        answer = requests.get(f"{here.portal_url}/guichet", cookies={"preau": "x" * 43}, timeout=30)
        assert answer.status_code == 503 and "Référence à donner à l’assistance" in answer.text
        assert time.monotonic() - begun < 5, "it is known: nobody is made to wait for it"
    for name in DAEMONS:
        cleared(here, name, "database")


# ------------------------------------------------------------------------------------------------ other daemons


def test_peers_that_are_dead(here):
    """Nobody asks anything of them meanwhile; then somebody does, and is told in a page, with the number to give."""
    before = len(here.log(PORTALD).splitlines())
    for name in PEERS.values():
        here.kill(name)
    try:
        for check in PEERS:
            told(here, PORTALD, check, f"no {check} is there")
        assert here.http_status(PORTALD, "/readyz") == 200 and here.http_status(PORTALD, "/livez") == 200
        visitor = Visitor(here.portal_url)
        begun = time.monotonic()
        response = visitor.send(visitor.get("/connexion").form("/connexion"), identifiant="a.b", mot_de_passe="x")
        assert response.status_code == 503 and time.monotonic() - begun < 20
        page = Page(response)
        assert "Service momentanément indisponible" in page.text
        reference = re.search(r'id="incident">([0-9a-f]{12})<', response.text)[1]
        assert response.headers["X-Request-Id"].startswith(reference)
        assert f"request={reference}" in here.log(PORTALD)
        assert len(here.log(PORTALD).splitlines()) - before < LINES_MAX
    finally:
        for check, name in PEERS.items():
            full = {"LD_PRELOAD": str(here.folder.parent / "full_disk.so"), "PREAU_FULL_DISK": str(here.disk_is_full)}
            here.launch(name, **(full if check == "importd" else {}))
    for check in PEERS:
        cleared(here, PORTALD, check)


def test_a_peer_that_hangs(here):
    with frozen(here.daemons[STATSD].pid):
        told(here, PORTALD, "statsd", "statsd (does not answer|is there)")
    cleared(here, PORTALD, "statsd")


# ------------------------------------------------------------------------------------------------ mail


def test_a_mail_server_that_is_down(here):
    """No mail is due: it is told nevertheless, and cleared."""
    here.mail.stop()
    try:
        told(here, NOTIFYD, "smtp", "server_unreachable")
        all_alive(here)
        assert here.http_status(NOTIFYD, "/readyz") == 200
    finally:
        here.mail.start()
    cleared(here, NOTIFYD, "smtp")


def test_a_mail_server_that_hangs(here):
    with frozen(here.mail.process.pid):
        told(here, NOTIFYD, "smtp", "server_silent")
    cleared(here, NOTIFYD, "smtp")


def test_a_mail_server_that_refuses_us(here):
    here.mail.refuse("530 Authentication required", at="mail")
    try:
        told(here, NOTIFYD, "smtp", "server_refused.*530")
    finally:
        here.mail.accept()
    cleared(here, NOTIFYD, "smtp")


def owe_mail(here, address):
    school = here.town.school(2)
    child = here.town.pupil(school, "Inès", "Vérité", "2012-05-06", account=True)
    guardian = here.town.guardian("Hélène", "Vérité", [child], mail=address)
    with here.psql() as database:
        database.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient)"
                         " values (%s, %s, 'password_changed', 'mail', %s)", (*guardian.account, address))


def test_a_mail_server_that_puts_all_off(here):
    """It answers, and takes nothing: asked without a mail it would seem well."""
    here.mail.refuse("temporarily")
    try:
        owe_mail(here, "verite.plus-tard@example.org")
        told(here, NOTIFYD, "smtp", "refused_for_now.*451")
    finally:
        here.mail.accept()
    cleared(here, NOTIFYD, "smtp")
    here.mail.wait("verite.plus-tard@example.org", seconds=SECONDS)


# ------------------------------------------------------------------------------------------------ SMS, portals of academies


def test_an_sms_gateway_that_is_down(here):
    here.sms.stop()
    try:
        told(here, LINKD, "sms", "SMS provider kannel")
        all_alive(here)
        assert here.http_status(LINKD, "/readyz") == 200
    finally:
        here.sms.start()
    cleared(here, LINKD, "sms")


def test_an_sms_gateway_that_is_silent(here):
    with frozen(here.sms.smsbox.pid):
        told(here, LINKD, "sms", "SMS provider kannel: Timeout")
    cleared(here, LINKD, "sms")


def test_an_sms_gateway_that_does_not_know_us(here, monkeypatch):
    here.sms.stop()
    with monkeypatch.context() as other:
        other.setattr(kannel, "PASSWORD", "another")
        here.sms.start()
    try:
        told(here, LINKD, "sms", "SMS provider kannel: 403")
    finally:
        here.sms.stop()
        here.sms.start()
    cleared(here, LINKD, "sms")


def test_a_portal_of_an_academy_that_is_down(here):
    here.provider.stop()
    try:
        told(here, LINKD, "academy_portals", "1 of 1 away; aude: ")
        assert here.http_status(LINKD, "/readyz") == 200
    finally:
        here.provider.start()
    cleared(here, LINKD, "academy_portals")


# ------------------------------------------------------------------------------------------------ disk, clock


def test_a_disk_that_is_full(here, academy):
    """An archive that came meanwhile is taken when there is room."""
    here.disk_is_full.touch()
    try:
        told(here, IMPORTD, "disk", r"import\.\w+_directory: 0 MiB left")
        dropped = here.inbox(academy.code) / f".{academy.archives[0].name}"
        shutil.copy(academy.archives[0], dropped)
        dropped.rename(dropped.with_name(academy.archives[0].name))
        here.ctl("import", "run", "--academy", academy.code)
        told(here, IMPORTD, "import", "No space left on device")
        all_alive(here)
        assert here.http_status(IMPORTD, "/readyz") == 200
    finally:
        here.disk_is_full.unlink()
    cleared(here, IMPORTD, "disk")
    cleared(here, IMPORTD, "import")
    here.wait(lambda: "event=import_ended" in here.log(IMPORTD) and "outcome=applied" in here.log(IMPORTD), 60, "taken")


def test_postgresqls_own_disk_is_full(here):
    """It answers, reads, and refuses what makes a table grow: each daemon that is refused says so, and is ready all the same."""
    preload = here.folder.parent / "full_disk.so"
    here.postgres.stop()
    here.postgres.start(LD_PRELOAD=str(preload), PREAU_FULL_DISK=str(here.disk_is_full))
    for name in DAEMONS:
        cleared(here, name, "database")
    visitor = Visitor(here.portal_url)
    here.disk_is_full.touch()
    try:
        def refused():
            """Attempts to sign in as so many different people from as many places, each of which is written down."""
            for _ in range(40):
                visitor.session.headers["X-Forwarded-For"] = f"198.18.{secrets.randbelow(250)}.{secrets.randbelow(250) + 1}"
                visitor.send(visitor.get("/connexion").form("/connexion"), identifiant=f"v.{secrets.token_hex(6)}", mot_de_passe="x")
            return check_of(here, LINKD, "database_server")["state"] == "degraded"
        here.wait(refused, SECONDS, "told")
        assert "No space left on device" in check_of(here, LINKD, "database_server")["cause"]
        assert here.http_status(LINKD, "/readyz") == 200 and visitor.get("/connexion").status == 200
        all_alive(here)
    finally:
        here.disk_is_full.unlink()
    here.wait(lambda: check_of(here, LINKD, "database_server")["state"] == "ok", 90, "over, half a minute after the last")
    here.postgres.stop()
    here.postgres.start()
    for name in DAEMONS:
        cleared(here, name, "database")


@contextlib.contextmanager
def shifted(here, seconds):
    """The daemons' clocks; PostgreSQL's is right."""
    def write(value):
        new = here.clock.with_suffix(".new")
        new.write_text(f"{value:+d}")
        new.replace(here.clock)
    write(seconds)
    try:
        yield
    finally:
        write(0)


def clock_holds(here, state, looks=20):
    """All say the same at each look, while statements run, which know nothing new of the clock."""
    for look in range(looks):
        before = statements_of(here, PORTALD)
        requests.get(f"{here.portal_url}/guichet", cookies={"preau": "x" * 43}, timeout=30)
        assert statements_of(here, PORTALD) > before, "that page asks nothing of the database"
        seen = {name: check_of(here, name, "clock")["state"] for name in DAEMONS}
        assert seen == dict.fromkeys(DAEMONS, state), f"look {look}"


def test_a_clock_that_jumps(here):
    """Ahead, then back; a mail that was put off meanwhile leaves all the same, and not hours later."""
    address = "verite.horloge@example.org"
    here.mail.refuse("temporarily", address=address)
    try:
        with shifted(here, 20 * 3600):
            for name in DAEMONS:
                told(here, name, "clock", r"this host's clock is (72000|7199\d) s ahead of PostgreSQL's")
            clock_holds(here, "degraded")
            all_alive(here)
            assert here.http_status(PORTALD, "/readyz") == 200
            owe_mail(here, address)
            with here.psql() as database:
                here.wait(lambda: database.execute("select 1 from preau.delivery where recipient = %s and reason = 'refused_for_now'",
                                                   (address,)).fetchone(), SECONDS, "put off")
    finally:
        here.mail.accept()
    here.mail.wait(address, seconds=SECONDS)
    with shifted(here, -3600):
        for name in DAEMONS:
            told(here, name, "clock", r"this host's clock is 3(600|599|601) s behind PostgreSQL's")
        clock_holds(here, "degraded")
        all_alive(here)
    for name in DAEMONS:
        cleared(here, name, "clock")
    clock_holds(here, "ok")
