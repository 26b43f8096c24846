"""Each daemon works as its unit shuts it in: the kernel kills, or refuses, what deploy/systemd/*.service does not let it do."""

import json
import re
import subprocess
import sys

import pytest

from peers.bus_keys import bus_settings, make_bus_keys
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.sandbox import Unit
from peers.site import DAEMONS, ROOT, SANDBOX, Site

VERIFICATION = ROOT / "deploy/systemd/preau-verification.service"
UNIT = Unit(VERIFICATION)


def two_bus_keys(site):
    """As while the services' key changes: the second connection names the address that it leaves from."""
    site.settings["bus"] = bus_settings(site.folder)
    make_bus_keys(site)
    site.run_ctl("key", "curve", site.folder / "next.key")
    with open(site.folder / "bus.pub", "a") as known:
        known.write((site.folder / "next.key.pub").read_text())


@pytest.fixture(scope="module", params=["ipc", "tcp"])
def here(request, tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}, "notify": {"scan_interval": "200ms"}}
    site = Site(tmp_path_factory.mktemp(request.param), settings=settings, with_kannel=False, shut_in=True)
    try:
        if request.param == "tcp":
            two_bus_keys(site)
        site.start_peers()
        for name in DAEMONS:
            site.launch(name)
        site.town = Town(site, ACADEMY)  # not the one that is imported
        site.school = site.town.school(2)
        site.child = site.town.pupil(site.school, "Zoé", "Enclos", "2012-05-06", account=True)
        yield site
    finally:
        site.remove()


def test_all_services_answer(here):
    assert here.run_ctl("status").returncode == 0
    checks = {one["name"]: one for one in json.loads(here.run_ctl("doctor", "--json").stdout)["checks"]}
    assert checks["bus"]["state"] == "ok", checks["bus"]
    here.ctl("statistics", "compute")


def test_an_academy_is_imported(here, academy):
    run = here.import_archives(academy.code, academy.archives)
    assert run, here.log("preau-importd")
    with here.psql() as database:
        assert database.execute("select count(*) from preau.account where academy = %s", (academy.code,)).fetchone()[0] > 100


def test_a_guardian_opens_the_account_by_mail(here):
    """Passwords are hashed in threads of their own, a mail goes by curl."""
    guardian = here.town.guardian("Anne", "Enclos", [here.child])
    guardian.hand_out()
    visitor = sign_in(here, guardian)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(here.child)]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel="enclos@example.org")
    link = re.search(r"/activation/\S+", text_of(here.mail.wait("enclos@example.org", seconds=60)[-1]))[0]
    visitor = sign_in(here, guardian, PASSWORD)
    assert visitor.submit(visitor.get(link).form(link)).status == 200


def test_a_head_prints_sheets(here):
    add_head(here, "girard", here.school)
    head = sign_in_head(here, "girard")
    preview = head.submit(head.get(f"/etablissements/{here.school[0]}/eleves").form(f"/etablissements/{here.school[0]}/apercu"),
                          action="sheet", portee="tous")
    sent = head.submit(preview.form(f"/etablissements/{here.school[0]}/envoi"))
    page = here.wait(lambda: found if "Télécharger" in (found := head.get(sent.path)).text else None, what="sheets")
    assert head.get(page.link("Télécharger")).content.startswith(b"%PDF")


def test_the_trail_is_verified(here):
    """Shut in as the unit of each night; what it finds is its exit code."""
    words = UNIT["ExecStart"].split()[3:]
    verify = [sys.executable, SANDBOX, VERIFICATION, "--", here.build / "daemons/ctl/preauctl", "--config", here.config, *words]
    done = subprocess.run(list(map(str, verify)), text=True, capture_output=True)
    assert done.returncode == 0 and "intacte" in done.stdout, done
    with here.psql() as database:
        database.execute("alter table preau.audit disable trigger audit_refuse")
        database.execute("delete from preau.audit where number = 1")
        database.execute("alter table preau.audit enable trigger audit_refuse")
    assert subprocess.run(list(map(str, verify)), capture_output=True).returncode == 1


def test_they_stop_in_order(here):
    for name in DAEMONS:
        here.stop_daemon(name)
        assert "stopped" in here.log(name) and "killed" not in here.log(name), here.log(name)
