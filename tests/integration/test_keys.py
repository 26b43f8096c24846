"""Every key is changed by the commands of docs/operators/cles.md while families sign in and a head resets passwords: nobody is refused, and what
was sent, sealed and opened before still holds. The bus is tcp with CURVE keys; systemd's part, holding the portal's socket, is played here."""

import base64
import re
import shlex
import socket
import subprocess
import threading
import urllib.parse

import pytest

from peers.bus import Silent
from peers.bus_keys import KeyedBus, bus_settings, make_bus_keys
from peers.documents import chapter
from peers.identity import IdentityProvider
from peers.lemonldap import make_rsa
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, PortalVisitor, add_administrator, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.sealing import Sealing
from peers.site import DAEMONS, ROOT, Site

PAGE = ROOT / "docs/operators/cles.md"
SECRETS = "secrets/link"  # of /etc/preau: linkd's
OTHER_SECRET = "un autre secret de client & long : 9-4"
METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://ent.example/">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://ent.example/sso"/>
</IDPSSODescriptor></EntityDescriptor>"""


def make_saml(folder):
    """A peer that nobody asks, and our key."""
    key, certificate = make_rsa(folder, "ent-saml")
    key = key.rename(folder / SECRETS / "ent-saml.key")
    _, theirs = make_rsa(folder, "ent")
    body = "".join(line for line in theirs.read_text().splitlines() if "-----" not in line)
    (folder / "ent.xml").write_text(METADATA.format(certificate=body))
    return {'ent "elycee"': {"label": "ENT", "academy": ACADEMY, "protocol": "saml", "metadata_file": folder / "ent.xml",
                             "signing_key_file": key, "signing_certificate_file": certificate, "key_pattern": "([0-9]+)"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "100000", "provider_keys_interval": "1s"},
                "notify": {"scan_interval": "200ms"}, "bus": bus_settings(folder)}
    site = Site(folder, settings=settings, with_kannel=False)
    site.provider = IdentityProvider(folder / "identity", site.portal_url, {}, portals=("lyon",))
    (folder / SECRETS).mkdir(parents=True)
    secret = folder / SECRETS / "lyon"
    secret.write_text(site.provider.secret + "\n")
    secret.chmod(0o600)
    site.settings.update({'academy_portal "lyon"': site.provider.section(ACADEMY, client_secret_file=secret), **make_saml(folder)})
    try:
        make_bus_keys(site)
        site.start_peers()
        site.town = Town(site, ACADEMY)
        site.school = site.town.school(2)
        site.provider.people["girard"] = {"name": "Mme Girard", "preferred_username": "mgirard", "FrEduRneResp": [site.school[0]]}
        site.provider.start()
        with socket.create_server(("127.0.0.1", site.ports["portal"]), backlog=4096) as held:
            site.daemons["preau-portald"].socket = held
            for name in DAEMONS:
                launch(site, name)
            yield site
            site.daemons["preau-portald"].stop()
    finally:
        site.provider.stop()
        site.remove()


def launch(site, name):
    site.launch(name, **({"PREAU_PORTAL_LISTEN": "systemd"} if name == "preau-portald" else {}))


def in_site(here, command, old):
    return re.sub(r"/(etc/preau|root)/", f"{here.folder}/", command.replace("ANCIENNE", str(old)))


def follow(here, commands, old=None):
    """The page's commands, in this site's folder, under this account: there are no others to give files to. old: the number that the reader puts for ANCIENNE."""
    said = {}
    for command in commands:
        words = shlex.split(in_site(here, command, old))
        if words[:2] == ["systemctl", "restart"]:
            here.stop_daemon(words[2])
            launch(here, words[2])
        elif words[0] == "preauctl":
            said[command] = here.ctl(*words[1:])
        elif words[0] not in ("chgrp", "chown"):
            subprocess.run(["sh", "-ec", shlex.join(words) if ">>" not in words else in_site(here, command, old)], check=True,
                           capture_output=True)
    return said


# --------------------------------------------------------------------------------------------------------------- the traffic


def guardian(here, nom):
    child = here.town.pupil(here.school, "Zoé", nom, "2012-05-06", account=True)
    person = here.town.guardian("Anne", nom, [child])
    person.child = child
    for one in (person, child):
        one.hand_out()
    return person


def open_account(here, person):
    """Up to the mail: the path of the link that it brings."""
    address = f"{person.nom.lower()}@example.org"
    visitor = sign_in(here, person)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(person.child)]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel=address)
    return re.search(r"/activation/\S+", text_of(here.mail.wait(address, seconds=60)[-1]))[0]


def confirm(here, person, link):
    visitor = sign_in(here, person, PASSWORD)
    page = visitor.get(link)
    return visitor.submit(page.form(link))


def active(here, nom):
    person = guardian(here, nom)
    assert confirm(here, person, open_account(here, person)).status == 200
    return person


class Traffic(threading.Thread):
    """Somebody whose session lives as long as all this, others who sign in, a head who resets a password that its pupil then uses: written by
    notifyd, read by linkd."""

    def __init__(self, here):
        super().__init__()
        self.here, self.over, self.rounds, self.failures = here, threading.Event(), 0, []
        self.guardian, self.pupil = active(here, "Passante"), guardian(here, "Remise").child
        self.held = sign_in(here, self.guardian, PASSWORD)
        self.head = sign_in_head(here, "head")

    def run(self):
        while not self.over.is_set():
            for deed in (self.go_on, self.come_anew, self.reset):
                try:
                    deed()
                except Exception as error:
                    self.failures.append(f"{deed.__name__} in round {self.rounds}: {error!r}")
            self.rounds += 1

    def go_on(self):
        page = self.held.get("/guichet")
        assert (page.status, page.path) == (200, "/guichet"), page.text

    def come_anew(self):
        page = sign_in(self.here, self.guardian, PASSWORD).page
        assert (page.status, page.path) == (200, "/guichet"), page.text

    def reset(self):
        uai, path = self.here.school[0], f"/etablissements/{self.here.school[0]}/comptes/%d-%d" % self.pupil.account
        preview = self.head.submit(self.head.get(path).form(f"/etablissements/{uai}/apercu"), action="reset")
        sent = self.head.submit(preview.form(f"/etablissements/{uai}/envoi"))
        assert sent.status == 200, sent.text
        page = self.head.submit(self.head.get(path).form(path + "/mot-de-passe"))
        self.pupil.password = re.search(r'id="mot-de-passe">([^<]+)<', page.content.decode())[1]
        page = sign_in(self.here, self.pupil).page
        assert (page.status, page.path) == (200, "/ouverture"), page.text


@pytest.fixture(scope="module")
def traffic(here):
    add_head(here, "head", here.school)
    traffic = Traffic(here)
    traffic.start()
    yield traffic
    traffic.over.set()
    traffic.join(120)


@pytest.fixture(autouse=True)
def nobody_was_refused(here, traffic):
    """Whatever a test changes: at least one whole round goes on after it, and none failed."""
    yield
    done = traffic.rounds
    here.wait(lambda: traffic.rounds > done + 1, seconds=60, what="a round of the traffic")
    failures, traffic.failures = traffic.failures, []
    assert not failures, "\n".join(failures)


# --------------------------------------------------------------------------------------------------------------- the keys


def rows_of(here, number):
    return {key["number"]: key["rows"] for key in here.ctl("key", "list", json_answer=True)["keys"] if key["purpose"] == "sealing"}[number]


def is_in(here, login):
    """With the password and a code of the second factor, which is set up the first time."""
    page = sign_in_head(here, login).page
    return page.status == 200 and not page.path.startswith(("/administration/connexion", "/administration/code", "/administration/double"))


@pytest.mark.parametrize("old", [1, 2], ids=["the first year", "the second"])
def test_the_ring_changes(here, old):
    year = "BC"[old - 1]
    untouched = guardian(here, f"Jamais{year}")
    opened = guardian(here, f"Ouverte{year}")
    link = open_account(here, opened)
    if old == 1:
        add_administrator(here, "exploitant", "exploitant", "--nation")
    assert is_in(here, "exploitant")
    generate, learn, promote, reseal, remove = chapter(PAGE, "Le trousseau")

    follow(here, generate)
    assert {path.name for path in (here.folder / "keys").glob("*.next.key")} == {f"sealing-{old + 1}.next.key", f"tokens-{old + 1}.next.key"}
    follow(here, learn)
    follow(here, promote)
    between = guardian(here, f"Entredeux{year}")
    later = open_account(here, between)
    assert rows_of(here, old)["passwords"] > 0 and rows_of(here, old)["second_factors"] == 1
    said = follow(here, reseal)
    assert f"scellés de nouveau par sealing-{old + 1}.key" in said[reseal[0]]
    assert (rows_of(here, old)["passwords"], rows_of(here, old)["second_factors"]) == (0, 0)
    assert sign_in(here, untouched.child).page.path == "/ouverture"

    assert confirm(here, opened, link).status == 200, "a link of before is as good as one of now"
    assert confirm(here, between, later).status == 200
    follow(here, remove, old)
    here.town.sealing = Sealing(here.folder / "keys")  # new people of it are sealed by the key that is left
    assert sign_in(here, untouched).page.path == "/ouverture", "what was sealed long ago opens without the key that sealed it"
    assert is_in(here, "exploitant"), "with the code of the telephone that was set up before"
    assert here.run_ctl("key", "list").returncode == 0


def test_a_key_that_is_missing_is_told(here):
    key = here.folder / "keys/sealing-3.key"
    kept = key.read_bytes()
    other = here.folder / "keys/sealing-4.key"
    try:
        here.ctl("key", "generate", "sealing")  # no daemon is started meanwhile
        key.unlink()
        told, done = here.run_ctl("key", "list", "--json"), here.run_ctl("key", "reseal")
    finally:
        key.write_bytes(kept)
        key.chmod(0o600)
        other.unlink()
    assert told.returncode == 1 and '"number": 3' in told.stdout.split('"lost"')[1]
    assert done.returncode == 1 and "qu’aucune clef du trousseau n’ouvre" in done.stdout, "and what does not open stays as it is"


@pytest.mark.parametrize("year", ["the first year", "the second"])
def test_the_keys_of_the_bus_change(here, year):
    """Word for word each time."""
    make, admit, take, dismiss = chapter(PAGE, "Le bus")
    old, names = (here.folder / "bus.pub").read_text(), {path.name for path in here.folder.rglob("bus*")}
    for commands in (make, admit, take, dismiss):
        follow(here, commands)
    now = {path.read_text() for path in (here.folder / "bus.pub", here.folder / "bus.key.pub", *(here.folder / "bus-clients").iterdir())}
    assert len(now) == 1 and old not in now, "of the old one nothing is left"
    assert {path.name for path in here.folder.rglob("bus*")} == names, "and next year finds what this one found"
    assert here.ctl("admin", "list"), "and preauctl, which holds the same"


@pytest.mark.parametrize("year", ["the first", "the first year", "the second"])
def test_the_key_of_who_operates_is_made_and_changes(here, year):
    """While every key commands, doctor tells; then the key of the daemons does no more, which whoever is in the portal has."""
    make, learn, admit, take = chapter(PAGE, "La clef de qui exploite")
    if year == "the first":
        assert "toute clef admise" in here.run_ctl("doctor").stdout
        follow(here, make)
        here.settings["bus"]["curve_operators_directory"] = here.folder / "bus-exploitants"
        here.settings["operator"] = {"curve_secret_file": here.folder / "bus-exploitant.key"}
        here.configure()
        follow(here, learn)
        assert "toute clef admise" not in here.run_ctl("doctor").stdout
    else:
        names, old = {path.name for path in here.folder.rglob("bus*")}, KeyedBus(here, "bus-exploitant.key")
        follow(here, admit)
        assert here.ctl("admin", "list"), "by the one of before"
        assert KeyedBus(here, "bus-exploitant-suivante.key").refusal("link", "ListAdministrators", operator=True) is None
        follow(here, take)
        assert {path.name for path in here.folder.rglob("bus*")} == names, "and next year finds what this one found"
        with pytest.raises(Silent):
            old.ask("link", "ListAdministrators", operator=True, seconds=3)
    assert here.ctl("admin", "list")
    assert KeyedBus(here, "bus.key").refusal("link", "ListAdministrators", operator=True) == "not_allowed"


def test_the_secret_of_a_provider_changes(here):
    def come():
        visitor = PortalVisitor(here.portal_url, here.provider.authority)
        return visitor.go("lyon", "girard").path

    admit, remove = chapter(PAGE, "Les fournisseurs d’identité")
    (here.folder / "nouveau.secret").write_text(OTHER_SECRET + "\n")
    (here.folder / "nouveau.secret").chmod(0o600)
    own = (here.folder / SECRETS / "lyon").stat()
    first = come()
    assert first.startswith("/administration") or first.startswith("/etablissements"), first
    follow(here, admit)
    assert come() == first, "the provider has not changed it yet"
    here.provider.stop()
    here.provider.secret = OTHER_SECRET
    here.provider.start()
    assert come() == first, "the provider has"
    follow(here, remove)
    assert come() == first
    left = (here.folder / SECRETS / "lyon").stat()
    assert (left.st_ino, left.st_mode) == (own.st_ino, own.st_mode) and not (here.folder / "nouveau.secret").exists()


def way_out(here):
    """The signed request that a browser would take to the ENT."""
    answer = PortalVisitor(here.portal_url, here.provider.authority).session.get(f"{here.portal_url}/ent/elycee", allow_redirects=False, timeout=20)
    return answer.headers["Location"]


def is_signed_by(here, certificate):
    signed, _, signature = urllib.parse.urlsplit(way_out(here)).query.partition("&Signature=")
    file, public = here.folder / "signature", here.folder / "signature.pub"
    file.write_bytes(base64.b64decode(urllib.parse.unquote(signature)))
    public.write_bytes(subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True).stdout)
    return subprocess.run(["openssl", "dgst", "-sha256", "-verify", public, "-signature", file], input=signed.encode(), capture_output=True).returncode == 0


def told_certificates(here):
    metadata = PortalVisitor(here.portal_url, here.provider.authority).session.get(f"{here.portal_url}/ent/elycee/metadata", timeout=20).text
    return metadata.count("<X509Certificate>") + metadata.count("<ds:X509Certificate>")


def test_the_key_that_signs_for_saml_changes(here):
    admit, take, remove = chapter(PAGE, "SAML")
    old, new = here.folder / "before.pem", here.folder / "ent-saml-2.pem"
    old.write_bytes((here.folder / "ent-saml.pem").read_bytes())
    follow(here, admit)
    kept = new.read_bytes()
    assert told_certificates(here) == 2 and is_signed_by(here, old), "told beforehand, and the old one signs"
    follow(here, take)
    assert told_certificates(here) == 2 and is_signed_by(here, new)
    follow(here, remove)
    new.write_bytes(kept)
    assert told_certificates(here) == 1 and is_signed_by(here, new)
