"""Lists of accounts as documents (guide 5.4): by class on paper, for spreadsheets; by the real notifyd, through the portal."""

import copy
import csv
import io
import os
import pathlib
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import pytest

from peers.bus import Bus
from peers.days import today
from peers.people import Town
from peers.portal import ACADEMY, add_administrator, add_head, sign_in_head
from peers.site import Site

PDF, CSV = 1, 2  # ListFormat of notify.proto
GUARDIANS, PUPILS = 1, 2  # Profile of values.proto
BIGGEST = 5000  # accounts: notify.batch_max_accounts
HOSTILE = ("Ꞵŵ-Łódź’ÿŐű Ғатхуллин Ñandú", "W" * 120, "אברהם בן־דוד", "李小龍 🦊🎓", "Jean-" * 24, "a̐éö̲", "=cmd|' /C calc'!A0")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def artifacts(here):
    """Lists that are kept, to be looked at."""
    folder = pathlib.Path(os.environ.get("PREAU_ARTIFACTS", here.build / "artifacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class College:
    """A school with its head, and the lists that the head asks for."""

    def __init__(self, here, bus, town):
        self.bus, self.town = bus, town
        self.school = town.school(2)
        self.uai = self.school[0]
        self.login = f"chef{self.uai.lower()}"
        self.head = add_administrator(here, self.login, "directeur", "--school", self.uai)

    def family(self, nom, child="Léa", class_label="6A", prenom="Anne", **options):
        pupil = self.town.pupil(self.school, child, nom, "2012-05-06", class_label=class_label, account=True)
        guardian = self.town.guardian(prenom, nom, [pupil], **options)
        guardian.child = pupil
        return guardian

    def request(self, people, list_format, profile, **fields):
        accounts = [self.bus.reference(getattr(person, "account", person)) for person in people]
        return self.bus.message("notify", "ExportListRequest", academy=self.town.academy, uai=self.uai, format=list_format,
                                profile=profile, accounts=accounts, **fields)

    def export(self, people, list_format, profile=GUARDIANS, administrator=None, **fields):
        return self.bus.ask("notify", "ExportList", self.request(people, list_format, profile, **fields),
                            administrator=administrator or self.head)

    def refusal(self, people, list_format=PDF, profile=GUARDIANS, administrator=None, **fields):
        return self.bus.refusal("notify", "ExportList", self.request(people, list_format, profile, **fields),
                                administrator=administrator or self.head)

    def pages(self, people, profile=GUARDIANS, **fields):
        return pages_of(self.export(people, PDF, profile, **fields).document)

    def rows(self, people, profile=GUARDIANS):
        return rows_of(self.export(people, CSV, profile).document)


@pytest.fixture
def college(here, bus, town):
    return College(here, bus, town)


def pages_of(pdf):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().replace("\u00a0", " ").split("\f")[:-1]


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def boxes_of(pdf, folder):
    """[[(word, left, top, right, bottom)]] a page."""
    (folder / "list.pdf").write_bytes(pdf)
    subprocess.run(["pdftotext", "-bbox", "list.pdf", "list.html"], cwd=folder, check=True, capture_output=True)
    text = re.sub(r'<!DOCTYPE[^>]*>| xmlns="[^"]*"', "", (folder / "list.html").read_text())
    return [[(word.text, *(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax"))) for word in page.iter("word")]
            for page in ElementTree.fromstring(text).iter("page")]


def overlaps(words):
    """Pairs of words of which one is written over the other, letters that only touch aside."""
    return [(one[0], other[0]) for at, one in enumerate(words) for other in words[at + 1:]
            if min(one[3], other[3]) - max(one[1], other[1]) > 1 and min(one[4], other[4]) - max(one[2], other[2]) > 3]


# on paper


def test_each_class_begins_a_page_with_its_school_date_and_counts(college, artifacts):
    people = [college.family("Zola", "Émile", "6A"), college.family("Élie", "Tom", "6A"), college.family("Elie", "Zoé", "6A"),
              college.family("Martin", "Noé", "10B"), college.family("Petit", "Lou", "")]
    people[0].hand_out()
    reply = college.export(people, PDF)
    assert reply.file_name.startswith(f"liste-responsables-{college.uai}-2") and reply.file_name.endswith(".pdf")
    assert (reply.accounts, reply.length) == (5, len(reply.document))
    (artifacts / "liste-responsables.pdf").write_bytes(reply.document)
    six, ten, none = pages_of(reply.document)
    assert "Classe : 6A" in six and "Classe : 10B" in ten and "Sans classe" in none
    assert "3 comptes de responsables pour 3 élèves" in six and "1 compte de responsable pour 1 élève" in ten
    day = today()
    for page in (six, ten, none):
        assert "Établissement" in page and f"Ville-Essai – {college.uai}" in page and "page 1/1" in page
        assert re.search(rf"\b{day.day}(er)? \w+ {day.year}", page)
    assert re.findall(r"^ *(ELIE Zoé|ÉLIE Tom|ZOLA Émile)", six, re.M) == ["ÉLIE Tom", "ELIE Zoé", "ZOLA Émile"]
    row = next(line for line in six.splitlines() if people[0].login in line)
    assert "Distribué" in row and "ZOLA Anne" in row and re.search(r"\d\d/\d\d/\d{4}", row)
    assert all(person.password not in page for person in people for page in (six, ten, none))


def test_the_guardians_of_a_pupil_stand_side_by_side_and_a_sheet_is_handed_out_once(college, artifacts):
    anne = college.family("Petit", "Léa", "6A")
    tom = college.town.pupil(college.school, "Tom", "Petit", "2013-01-01", class_label="6A")
    zoe = college.town.pupil(college.school, "Zoé", "Petit", "2010-01-01", class_label="4B")
    paul = college.town.guardian("Paul", "Roux", [anne.child, tom, zoe])
    pdf = college.export([anne, paul], PDF).document
    (artifacts / "liste-fratrie.pdf").write_bytes(pdf)
    four, six = pages_of(pdf)
    assert paul.login in four and anne.login not in four and "voir" not in four
    assert len(re.findall(rf"{re.escape(paul.login)}.*voir 4B", six)) == 1 and len(re.findall(r"\bhaut\b", six)) == 1
    assert six.count("PETIT Léa") == 1 and "2 comptes de responsables pour 2 élèves" in six
    (six,) = college.pages([anne, paul], **{"class": "6A"})
    assert "Classe : 6A" in six


def test_pupils_have_their_list_with_their_guardians(college):
    anne = college.family("Petit", "Léa", "6A")
    college.town.guardian("Paul", "Roux", [anne.child])
    (page,) = college.pages([anne.child], PUPILS)
    assert "1 compte d’élève" in page and anne.child.login in page and anne.login not in page
    assert "Anne PETIT" in page and "Paul ROUX" in page and anne.child.password not in page


def test_names_of_any_length_and_script_do_not_overlap(college, artifacts, tmp_path):
    people = [college.family(name[:128], child=name[:128], prenom=name[:100]) for name in HOSTILE]
    pdf = college.export(people, PDF).document
    (artifacts / "liste-noms.pdf").write_bytes(pdf)
    found = [pair for page in boxes_of(pdf, tmp_path) for pair in overlaps(page)]
    assert found == []
    assert all(left >= 39 and right <= 556 and bottom <= 830 for page in boxes_of(pdf, tmp_path) for _, left, _, right, bottom in page)
    text = "".join(pages_of(pdf))
    assert all(person.login[2:] in text for person in people) and "ŁÓDŹ" in text


def test_a_long_class_goes_on_with_its_heading_and_number(college):
    people = [college.family(f"Nom{number:03}") for number in range(60)]
    pages = college.pages(people)
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert "Classe : 6A" in page and f"page {number}/2" in page and "Identifiant" in page and "60 comptes" in page
    assert [login for login in (person.login for person in people) if login not in "".join(pages)] == []


def test_a_lists_fonts_are_embedded_and_cut_to_the_letters_used(college):
    pdf = college.export([college.family("Petit")], PDF).document
    fonts = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode().splitlines()[2:]
    assert len(fonts) == 3
    assert all(re.match(r"[A-Z]{6}\+DejaVuSans", font) and font.split()[-5:-3] == ["yes", "yes"] for font in fonts), fonts


# for spreadsheets


def test_a_spreadsheet_holds_every_column_and_no_password(college):
    anne = college.family("Petit", "Léa", "6A", mail="anne@example.org")
    tom = college.town.pupil(college.school, "Tom", "Petit", "2013-01-01", class_label="4B")
    paul = college.town.guardian("Paul", "Roux", [anne.child, tom])
    evil = college.family('=HYPERLINK("x")', "@SUM", "6A", prenom="a;b\"c", mail="-x@example.org")
    paul.hand_out()
    with college.town.database() as database:
        database.execute("update preau.account set mobile = '+33612345678', mobile_confirmed_at = now(), email = 'paul@example.net' where id = %s", (paul.account[1],))
    rows = {row["Identifiant"]: row for row in college.rows([anne, paul, evil])}
    assert rows[anne.login]["Nom"] == "PETIT" and rows[anne.login]["Élèves rattachés"] == "Léa PETIT"
    assert (rows[anne.login]["Courriel"], rows[anne.login]["Provenance du courriel"]) == ("anne@example.org", "SIECLE")
    assert rows[paul.login]["Élèves rattachés"] == "Tom PETIT, Léa PETIT" and rows[paul.login]["Classes"] == "4B, 6A"
    assert rows[paul.login]["Mobile"] == "06 12 34 56 78" and rows[paul.login]["Courriel à confirmer"] == "paul@example.net"
    assert (rows[paul.login]["État"], rows[paul.login]["Origine"]) == ("Distribué", "Établissement")
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4}", rows[paul.login][column]) for column in ("Notifié le", "Notification valable jusqu’au"))
    assert all(not cell.startswith(("=", "@", "-", "+")) for row in rows.values() for cell in row.values())
    assert rows[evil.login]["Prénom"] == 'a;b"c'.title() or rows[evil.login]["Prénom"] == 'A;B"C'
    (pupil,) = college.rows([anne.child], PUPILS)
    assert pupil["Responsables"] == "Anne PETIT, Paul ROUX" and pupil["Classe"] == "6A"
    text = college.export([anne, paul, evil], CSV).document.decode()
    assert not any(person.password in text for person in (anne, paul, evil))


def test_libreoffice_reads_the_same_cells(college, tmp_path):
    people = [college.family(name[:128], child=name[:60], prenom="Zoë") for name in HOSTILE]
    document = college.export(people, CSV).document
    (tmp_path / "liste.csv").write_bytes(document)
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
                    "csv:Text - txt - csv (StarCalc):59,34,76,1", "--infilter=CSV:59,34,76,1", "--outdir", "out", "liste.csv"],
                   cwd=tmp_path, check=True, capture_output=True, timeout=180)
    again = rows_of(b"\xef\xbb\xbf" + (tmp_path / "out/liste.csv").read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert again == rows_of(document)


# who may, how much


def test_only_those_who_administer_the_school_get_its_list(here, bus, town, college):
    anne = college.family("Petit")
    other = College(here, bus, town)
    for_format = [college.refusal([anne], list_format, administrator=other.head) for list_format in (PDF, CSV)]
    assert for_format == ["not_found", "not_found"]
    assert other.refusal([anne]) == "not_found"
    assert college.refusal([]) == "nothing_selected"
    assert college.refusal([anne], 0) == "malformed" and college.refusal([anne], PDF, 0) == "malformed"
    stranger = other.family("Ailleurs")
    assert [row["Nom"] for row in college.rows([anne, stranger])] == ["PETIT"]


def test_every_state_is_listed_and_nothing_changes(college):
    people = [college.family("Petit"), college.family("Roux"), college.family("Blanc")]
    people[1].hand_out()
    before = [person.row() for person in people]
    assert len(college.rows(people)) == 3 and len(college.pages(people)) == 1
    assert [person.row() for person in people] == before


def test_an_address_that_is_anothers_too_is_told_as_such(college):
    people = [college.family(nom, mail="deux@example.net") for nom in ("Petit", "Roux")]
    assert [(row["Courriel"], row["Provenance du courriel"].replace("\u00a0", " ")) for row in college.rows(people)] == [
        ("deux@example.net", "SIECLE, aussi d’un autre compte : aucun courriel n’y part")] * 2


def test_a_list_comes_in_pieces_of_one_and_the_same(college):
    people = [college.family("Petit"), college.family("Roux")]
    whole = college.export(people, PDF)
    rest = college.export(people, PDF, made_at=whole.made_at, offset=1000)
    assert rest.document == whole.document[1000:] and rest.digest == whole.digest and rest.length == whole.length
    assert college.export(people, PDF, made_at=whole.made_at, offset=whole.length + 5).document == b""


def crowd(town, school, count):
    """So many families of a pupil and two guardians each, in classes of thirty: their accounts."""
    uai, degree = school
    first = 900_000
    numbers = f"generate_series({first}, {first + count - 1})"
    with town.database() as database:
        database.execute(
            "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, digest)"
            f" select {town.academy}, {degree}, n, 'eleve', 'NOM-DE-FAMILLE' || n, 'Prénom' || n, 'x', '2012-01-01',"
            f" decode(repeat('00', 16), 'hex') from {numbers} n")
        database.execute(
            "insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class)"
            f" select {town.academy}, {degree}, n, '{uai}', 1, 'CLASSE ' || n / 30 from {numbers} n")
        for shift in (count, 2 * count):
            database.execute(
                "insert into preau.account (academy, id, profile, login)"
                f" select {town.academy}, n + {shift}, 'responsable', 'prenom.nom' || n + {shift} from {numbers} n")
            database.execute(
                "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, digest, mail, account_academy,"
                f" account_id) select {town.academy}, {degree}, n + {shift}, 'responsable', 'NOM-DE-FAMILLE' || n, 'Prénom' || n, 'x',"
                f" decode(repeat('00', 16), 'hex'), 'prenom.nom' || n || '@example.org', {town.academy}, n + {shift} from {numbers} n")
            database.execute(
                "insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)"
                f" select {town.academy}, {degree}, n, n + {shift}, 10 from {numbers} n")
        database.execute("analyze preau.person, preau.enrolment, preau.guardianship, preau.account")  # as an import does
    return [(town.academy, number + shift) for shift in (count, 2 * count) for number in range(first, first + count)]


def memory_of(site):
    pid = int((site.folder / "logs/preau-notifyd.pid").read_text().split()[0])
    return int(re.search(r"VmRSS:\s*(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def test_the_biggest_school_is_listed_in_time(here, college):
    accounts = crowd(college.town, college.school, BIGGEST // 2)
    for list_format in (PDF, CSV):
        begun = time.monotonic()
        reply = college.export(accounts, list_format)
        took = time.monotonic() - begun
        assert reply.accounts == BIGGEST and len(reply.document) == reply.length, "one message holds it"
        assert took < 8, f"{took:.1f} s, of the ten that a browser is kept waiting"
        print(f"format {list_format}: {took:.2f} s, {reply.length / 1024:.0f} KiB, {memory_of(here):.0f} MiB resident")
    assert memory_of(here) < 200
    assert len(rows_of(reply.document)) == BIGGEST
    head = sign_in_head(here, college.login)
    begun = time.monotonic()
    answer = post(head, college, head.get(f"/etablissements/{college.uai}/responsables"), portee="tous", format="pdf")
    assert len(pages_of(answer.content)) > BIGGEST / 60, f"{answer.text[:200]} after {time.monotonic() - begun:.1f} s"


# through the portal


def post(head, college, page, **fields):
    """The button's own address in place of the form's, which is left as it was."""
    form = copy.copy(page.form(f"/etablissements/{college.uai}/apercu"))
    form.action = f"/etablissements/{college.uai}/liste"
    return head.submit(form, **fields)


def test_a_head_takes_the_list_of_what_is_ticked_or_found(here, college):
    anne, paul = college.family("Petit"), college.family("Roux", class_label="4B")
    head = sign_in_head(here, college.login)
    page = head.get(f"/etablissements/{college.uai}/responsables")
    assert f'formaction="/etablissements/{college.uai}/liste"' in page.content.decode()
    ticked = post(head, college, page, compte="%d-%d" % anne.account, format="csv")
    assert ticked.headers["Content-Type"] == "text/csv; charset=utf-8" and ticked.headers["Cache-Control"] == "no-store"
    assert f'filename="liste-responsables-{college.uai}-' in ticked.headers["Content-Disposition"]
    assert [row["Nom"] for row in rows_of(ticked.content)] == ["PETIT"]
    found = post(head, college, page, portee="tous", format="pdf")
    assert found.headers["Content-Type"] == "application/pdf" and len(pages_of(found.content)) == 2
    nothing = post(head, college, page, format="pdf")
    assert nothing.path == page.path and "Cochez au moins un compte" in nothing.text
    assert post(head, college, page, portee="tous", format="xls").status == 400
    forged = post(head, college, page, portee="tous", format="pdf", csrf="x")
    assert forged.status == 403 and b"%PDF" not in forged.content
    page = head.get(f"/etablissements/{college.uai}/responsables?classe=4B")
    linked = head.get(page.link("Liste de la classe 4B"))
    (text,) = pages_of(linked.content)
    assert paul.login in text and anne.login not in text
    pupils = head.get(f"/etablissements/{college.uai}/eleves?classe=6A")
    (text,) = pages_of(head.get(pupils.link("Liste de la classe 6A")).content)
    assert anne.child.login in text


def test_a_list_larger_than_a_message_is_put_together(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}, "bus": {"max_message": "64Kio"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        town = Town(site, ACADEMY)
        school = town.school(2)
        add_head(site, "girard", school)
        accounts = crowd(town, school, 500)
        head = sign_in_head(site, "girard")
        page = head.get(f"/etablissements/{school[0]}/responsables")
        form = page.form(f"/etablissements/{school[0]}/apercu")
        form.action = f"/etablissements/{school[0]}/liste"
        answer = head.submit(form, portee="tous", format="csv")
        assert answer.status == 200 and len(answer.content) > 64 * 1024
        assert len(rows_of(answer.content)) == len(accounts)
        with site.psql() as database:  # once, however many pieces it took
            assert database.execute("select detail ->> 'accounts' from preau.audit where action = 'list_exported'").fetchall() == [(str(len(accounts)),)]
