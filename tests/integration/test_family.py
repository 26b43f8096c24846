"""A family's whole path, on one command: an academy's files go in, accounts come out active.

`./dev run -d` makes the site; a head, a guardian and a pupil use the portal as a browser without JavaScript does; states and
origins on the head's list are those of the guide at each step; then every daemon is killed, and nothing is lost or done
twice.
"""

import json
import os
import pathlib
import re
import subprocess
import urllib.parse

import pytest

from peers.mail import text_of
from peers.portal import PortalVisitor
from peers.postgres import PostgresCluster
from peers.registering import CODE, begin, give
from peers.site import DAEMONS, Site
from peers.web import Visitor

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "un cerf-volant passe derrière 9 nuages"
SCHOOL = "/etablissements/{}"


class Sample:
    """What `./dev run -d` left: the site, the truth of its academy, the sign-ins that it printed."""

    def __init__(self, folder, build):
        self.site = Site(folder / "site", build, outlives=True)
        self.site.postgres = PostgresCluster(folder / "site/postgres", durable=True)
        rows = [json.loads(line) for line in (folder / "site/aaf/truth.jsonl").read_text().splitlines()]
        self.schools = [row for row in rows if row["type"] == "school"]
        self.pupils = {(row["degree"], row["id"]): row for row in rows if row["type"] == "pupil"}
        self.guardians = [row for row in rows if row["type"] == "guardian"]
        self.heads = {one["login"]: one for one in json.loads((folder / "site/sign-ins.json").read_text())}
        self.said = ""

    def college(self):
        return next(row for row in self.schools if row["kind"] == "college")

    def guardian_with(self, count):
        """A legal guardian with a good mail and so many children, all in the collège."""
        uai = self.college()["uai"]

        def fits(row):
            children = self.children(row)
            return (row["legal"] and row["mail"] and re.fullmatch(r"[\w.+-]+@example\.\w+", row["mail"]) and len(children) == count
                    and all(child["school"] == uai for child in children))

        return next(row for row in self.guardians if row["degree"] == 2 and fits(row))

    def children(self, guardian):
        rows = [self.pupils[2, number] for number in guardian["pupils"]]
        return [row for row in rows if any(one["id"] == guardian["id"] and one["legal"] for one in row["guardians"])]

    def account(self, row):
        """(academy, id) and the identifier of a person of the truth."""
        with self.site.psql() as database:
            return database.execute(
                "select a.academy, a.id, a.login from preau.person p join preau.account a on (a.academy, a.id) ="
                " (p.account_academy, p.account_id) where (p.academy, p.degree, p.aaf_id) = (%s, %s, %s)",
                (row["academy"], row["degree"], row["id"])).fetchone()


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dev")
    environment = {**os.environ, "PREAU_DEV": str(folder)}

    def dev(*arguments):
        return subprocess.run([ROOT / "dev", *arguments], env=environment, text=True, capture_output=True, timeout=600)

    try:
        done = dev("run", "-d")
        assert done.returncode == 0, done.stdout + done.stderr
        sample = Sample(folder, os.environ["PREAU_BUILD"])
        sample.said, sample.dev = done.stdout, dev
        yield sample
    finally:
        done = dev("reset")
        assert done.returncode == 0, done.stdout + done.stderr
        assert not (folder / "site").exists()


@pytest.fixture(scope="module")
def head(sample):
    """The head of the collège, signed in."""
    visitor = Visitor(sample.site.portal_url)
    one = sample.heads["college"]
    page = visitor.get("/administration/connexion")
    page = visitor.submit(page.form("/administration/connexion"), identifiant=one["login"], mot_de_passe=one["password"])
    assert page.path == SCHOOL.format(sample.college()["uai"]), page.text
    return visitor


def standing(head, sample, profile, login):
    """(state, origin) on the head's list."""
    page = head.get(f"{SCHOOL.format(sample.college()['uai'])}/{profile}", params={"nom": login_words(sample, login)})
    row = next(row for row in page.rows if login in row)
    return row[5], row[6]


def login_words(sample, login):
    with sample.site.psql() as database:
        return database.execute("select p.nom || ' ' || p.prenom from preau.person p join preau.account a on (a.academy, a.id) ="
                                " (p.account_academy, p.account_id) where a.login = %s", (login,)).fetchone()[0]


def notify(head, sample, profile, account, action):
    """Ticks one account on the list, looks at the preview, confirms; the page of the batch."""
    school = SCHOOL.format(sample.college()["uai"])
    page = head.get(f"{school}/{profile}", params={"nom": login_words(sample, account[2])})
    page = head.submit(page.form(f"{school}/apercu"), compte=f"{account[0]}-{account[1]}", action=action)
    assert page.status == 200, page.text
    confirm = page.form(f"{school}/envoi")
    first = head.submit(confirm)
    again = head.submit(confirm)  # a double click
    assert again.path == first.path, "a double click made another batch"
    assert re.fullmatch(school + r"/envois/\d+", first.path), first.text
    return first


def open_account(visitor, login, password, **fields):
    page = visitor.get("/connexion")
    page = visitor.submit(page.form("/connexion"), identifiant=login, mot_de_passe=password)
    assert page.path == "/ouverture", page.text
    return visitor.submit(page.form("/ouverture"), {"nouveau": PASSWORD, "confirmation": PASSWORD, **fields})


def french(date):
    return "/".join(reversed(date.split("-")))


def words_of_pdf(content):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


# the steps, in their order


def test_one_command_makes_it_run(sample):
    assert f"{sample.site.portal_url}/" in sample.said
    assert {one["role"] for one in sample.heads.values()} == {"directeur", "exploitant"}
    kinds = sorted(row["kind"] for row in sample.schools)
    assert len(kinds) == 4 and kinds.count("college") == 1 and kinds.count("lycee") == 1
    assert 2000 < len(sample.pupils) + len(sample.guardians) < 6000
    with sample.site.psql() as database:
        # of records: those of one person share an account
        accounts = database.execute("select profile::text, count(*) from preau.person where account_id is not null group by profile"
                                    ).fetchall()
        (shared,), = database.execute("select count(*) from preau.account_merge where evidence = 'same_contact'").fetchall()
        (guardians,), = database.execute("select count(*) from preau.account where profile = 'responsable'").fetchall()
    expected = {"responsable": sum(1 for row in sample.guardians if row["legal"]),
                "eleve": sum(1 for row in sample.pupils.values() if row["degree"] == 2)}
    assert dict(accounts) == expected
    assert 0 < shared == expected["responsable"] - guardians


def test_a_second_start_takes_seconds_and_keeps_the_data(sample):
    with sample.site.psql() as database:
        before = database.execute("select count(*), max(id) from preau.account").fetchone()
    assert sample.dev("stop").returncode == 0
    assert sample.site.http_status("preau-portald", "/livez") == 0
    done = sample.dev("run", "-d")
    assert done.returncode == 0, done.stdout + done.stderr
    with sample.site.psql() as database:
        assert database.execute("select count(*), max(id) from preau.account").fetchone() == before


def test_a_guardian_notified_by_mail_opens_the_account(sample, head):
    guardian = sample.guardian_with(2)
    account = sample.account(guardian)
    assert standing(head, sample, "responsables", account[2]) == ("Non distribué", "Non renseigné")

    notify(head, sample, "responsables", account, "mail")
    (mail,) = sample.site.mail.wait(guardian["mail"])
    assert standing(head, sample, "responsables", account[2]) == ("Distribué", "Établissement")
    text = text_of(mail)
    assert account[2] in text and "/connexion" in text
    password = re.search(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b", text)[0]

    parent = Visitor(sample.site.portal_url)
    dates = {f"naissance-{child['academy']}-2-{child['id']}": french(child["birth"]) for child in sample.children(guardian)}
    wrong = {name: "01/01/1999" for name in dates}
    page = open_account(parent, account[2], password, courriel="parent@example.net", **wrong)
    assert "date de naissance" in page.text and standing(head, sample, "responsables", account[2])[0] == "Distribué"
    page = parent.submit(page.form("/ouverture"), {"nouveau": PASSWORD, "confirmation": PASSWORD, "courriel": "parent@example.net", **dates})
    assert "parent@example.net" in page.text, page.text
    assert standing(head, sample, "responsables", account[2]) == ("En cours d’activation", "Établissement")

    (mail,) = sample.site.mail.wait("parent@example.net")
    link = re.search(r"https?://\S+/activation/\S+", text_of(mail))[0]
    elsewhere = Visitor(sample.site.portal_url)  # the mail is read on another device
    page = elsewhere.get(link)
    assert standing(head, sample, "responsables", account[2])[0] == "En cours d’activation", "a mail scanner's look activates nothing"
    page = elsewhere.submit(page.forms[-1])
    assert "activé" in page.text
    assert standing(head, sample, "responsables", account[2]) == ("Activé", "Établissement")

    page = parent.get("/connexion")
    page = parent.submit(page.form("/connexion"), identifiant=account[2], mot_de_passe=PASSWORD)
    assert page.path == "/guichet", page.text
    for child in sample.children(guardian):
        assert child["first"].split()[0].lower() in page.text.lower()


def test_a_pupil_handed_a_sheet_opens_the_account(sample, head):
    pupil = next(row for row in sample.pupils.values() if row["school"] == sample.college()["uai"])
    account = sample.account(pupil)
    page = notify(head, sample, "eleves", account, "sheet")
    page = sample.site.wait(lambda: (seen := head.get(page.path)) and any("PDF" in text for text, _ in seen.links) and seen, what="printed")
    sheet = head.get(page.link("PDF"))
    assert sheet.headers["Content-Type"] == "application/pdf"
    text = words_of_pdf(sheet.content)
    assert account[2] in text and sample.college()["name"].split()[-1].lower() in text.lower()
    password = re.search(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b", text)[0]
    assert standing(head, sample, "eleves", account[2]) == ("Distribué", "Établissement")

    child = Visitor(sample.site.portal_url)
    page = open_account(child, account[2], password, naissance=french(pupil["birth"]))
    assert page.path == "/guichet", page.text
    assert standing(head, sample, "eleves", account[2]) == ("Activé", "Établissement")


def test_statistics_are_on_the_school_s_page(sample, head):
    sample.site.ctl("statistics", "compute")
    page = head.get(SCHOOL.format(sample.college()["uai"]) + "/statistiques")
    school_row = [row for row in page.rows if row and row[0].startswith("Établissement")]
    assert len(school_row) == 2 and [row[4] for row in school_row] == ["1", "1"], page.rows


def test_a_head_may_come_by_the_portal_of_the_academy(sample):
    visitor = PortalVisitor(sample.site.portal_url, sample.site.folder / "identity/tls/authority.pem")
    page = visitor.go("lyon", "college")
    assert sample.heads["college"]["name"] in page.text
    assert page.path == SCHOOL.format(sample.college()["uai"])


def test_the_ways_without_the_school_are_offered_and_said(sample):
    url = sample.site.portal_url
    visitor = Visitor(url)
    assert visitor.get("/inscription").form("/inscription") and re.search(rf"By SMS +{url}/inscription: ", sample.said)
    assert visitor.get("/connexion").link("FranceConnect") == "/franceconnect" and re.search(rf"FranceConnect +{url}/connexion: ", sample.said)
    assert visitor.get("/ent").link("ENT de l’essai") == "/ent/essai" and re.search(rf"By an ENT +{url}/ent: .*\(eleve\) or .*\(responsable\)", sample.said)


def test_who_is_said_to_open_by_sms_finds_the_code_among_those_sent(sample):
    url = sample.site.portal_url
    (mobile,) = re.findall(rf"By SMS +{url}/inscription: [^;]*, (\+\d+); children: ", sample.said)
    with sample.site.psql() as database:
        nom, prenom = next(row for row in database.execute("select nom, prenom from preau.person where mobile = %s and profile = 'responsable'", (mobile,))
                           if f"{row[1]} {row[0]}, {mobile}" in sample.said)
    visitor = begin(sample.site, (nom, prenom, mobile))
    assert visitor.page.path == "/inscription/code"
    (page,) = re.findall(r"SMS sent +(http://\S+)/sms", sample.said)

    def texts():
        return [text for _, to, text in (row for row in Visitor(page).get("/sms").rows if row) if to == mobile]

    (text,) = sample.site.wait(texts, seconds=30, what="sent")
    give(visitor, CODE.search(text)[1])
    assert visitor.page.path == "/inscription/enfants" and visitor.page.status == 200, visitor.page.text


@pytest.mark.parametrize("role", ["eleve", "responsable"])
def test_whom_the_ent_vouches_for_sees_the_identifier(sample, role):
    nom, = re.findall(rf"(?:; be| or) ([^;()]*?) \({role}\)", sample.said)
    visitor = PortalVisitor(sample.site.portal_url, sample.site.folder / "identity/tls/authority.pem")
    page = visitor.get("/ent/essai")
    page = visitor.get(urllib.parse.urljoin(page.address, f"{page.path}/as/{role}"))
    assert page.path == "/ouverture/ent" and page.status == 200, page.text
    assert "".join(nom.split()).lower() in "".join(page.text.split()).lower()


def test_who_has_two_accounts_is_said(sample):
    """The one is opened by SMS; the other, whose school knows another mobile, is joined from the desk."""
    url = sample.site.portal_url
    said = re.findall(rf"(Two accounts|Missing child) +{url}/inscription: (.*), (\+\d+); children: .*; then\n +{url}(\S+): ([^,;]+)", sample.said)
    assert [(path, way) for path, _, _, way, _ in said] == [("Two accounts", "/guichet/autre-compte"), ("Missing child", "/guichet/enfant-manquant")]
    found = "select p.prenom || ' ' || p.nom from preau.person p join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) where "
    with sample.site.psql() as database:
        (one, other), (missing, mobile) = (((name, proof)) for _, name, _, _, proof in said)
        assert database.execute(found + "a.login = %s", (other,)).fetchone() == (one,)
        assert (missing,) in database.execute(found + "p.mobile = %s", (mobile,)).fetchall() and mobile != said[1][2]


def test_every_daemon_answers_for_itself(sample):
    for name in DAEMONS:
        for path in ("/livez", "/readyz", "/status", "/metrics"):
            assert sample.site.http_status(name, path) == 200, f"{name} {path}"
    lines = sample.dev("ctl", "status").stdout.splitlines()
    assert [any(line.startswith(name) for line in lines) for name in DAEMONS] == [True] * 5


def test_killed_all_of_them_come_back_and_nothing_is_lost_or_done_twice(sample, head):
    guardian = sample.guardian_with(1)
    account = sample.account(guardian)
    sample.site.mail.clear()
    batch = notify(head, sample, "responsables", account, "mail")
    for name in DAEMONS:
        sample.site.kill(name)
    for name in DAEMONS:  # the supervisor of ./dev run starts them again
        sample.site.wait(lambda name=name: sample.site.http_status(name, "/readyz") == 200, seconds=60, what=f"{name} ready")
    # one that was in hand is taken again when the lease of the dead is over
    sample.site.wait(lambda: "Tous les courriels sont partis" in head.get(batch.path).text, seconds=60, what="sent")
    ids = {mail["Message-ID"] for mail in sample.site.mail.mails(guardian["mail"])}
    assert len(ids) == 1, "one mail, whatever happened between"
    assert standing(head, sample, "responsables", account[2]) == ("Distribué", "Établissement"), "the head is still signed in"
    with sample.site.psql() as database:
        events = database.execute("select count(*) from preau.account_event where (academy, account_id) = (%s, %s) and action = 'notify'",
                                  account[:2]).fetchone()
    assert events == (1,)
