"""Individual sheets (guide 5.2) as they are printed: what poppler reads of them, where it stands, what an envelope's window shows."""

import os
import pathlib
import re
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest

from peers.bus import Bus
from peers.people import Town
from peers.site import Site

NOTIFYD = "preau-notifyd"
SHEET = 2  # Channel of notify.proto
MM = 72 / 25.4
PAGES = 4  # of a document, at most
LETTERS = ("ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ àâäæçéèêëîïôöœùûüÿ", "ÁÃÅÍÌÑÓÒÕÚÝßÞÐØ áãåíìñóòõúýþðø",
           "ĄĆĐĘĞİŁŃŐŘŚŠŞȘȚŤŰŹŻŽ ąćđęğıłńőřśšşșțťűźżž", "ẠẢẤẦẬẮẰẶẸẺẾỀỆỌỎỐỒỘỚỜỢƠƯỨỪỰỲỴ Đặng Nguyễn Trần")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"scan_interval": "200ms", "sheet_pages_per_document": str(PAGES)}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here)


@pytest.fixture(scope="module")
def artifacts(here):
    """Pages that are kept, to be looked at."""
    folder = pathlib.Path(os.environ.get("PREAU_ARTIFACTS", here.build / "artifacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class College:
    """A school of the test's own, its head, and what the head asks."""

    def __init__(self, bus, town):
        self.bus, self.town = bus, town
        self.school = town.school(2)
        self.uai = self.school[0]
        with town.database() as database:
            self.head = database.execute(
                "insert into preau.administrator (login, name, role, hash) values (%s, 'Essai', 'directeur', 'x') returning id",
                (f"chef.{self.uai.lower()}",)).fetchone()[0]
            database.execute("insert into preau.administrator_scope values (%s, %s, %s)", (self.head, town.academy, self.uai))

    def family(self, nom="Durand", child="Léa", class_label="6A", prenom="Anne", account=False, **address):
        pupil = self.town.pupil(self.school, child, nom, "2014-04-03", class_label, account=account)
        person = self.town.guardian(prenom, nom, [pupil])
        person.child = pupil
        if address:
            self.lives(person, **address)
        return person

    def lives(self, person, adresse, code_postal, ville, pays="FRANCE", civilite="Mme"):
        with self.town.database() as database:
            database.execute(
                "update preau.person set civilite = %s, adresse = %s, code_postal = %s, ville = %s, pays = %s"
                " where (academy, degree, aaf_id) = (%s, %s, %s)",
                (civilite, adresse, code_postal, ville, pays, self.town.academy, person.degree, person.aaf_id))

    def _asked(self, **fields):
        return {"academy": self.town.academy, "uai": self.uai, **fields}

    def ask(self, method, **fields):
        return self.bus.ask("notify", method, administrator=self.head, **self._asked(**fields))

    def references(self, people):
        return [self.bus.reference(person.account) for person in people]

    def batch(self, people, **fields):
        """Of sheets, made: (its number, how many documents)."""
        number = self.bus.ask("notify", "CreateBatch", administrator=self.head, **self._asked(
            accounts=[self.bus.reference(person.account) for person in people], channel=SHEET, **fields)).batch
        return number, self.town.site.wait(lambda: self.made(number), 40, "made")

    def found(self, number):
        return self.bus.ask("notify", "GetBatch", administrator=self.head, **self._asked(batch=number))

    def made(self, number):
        batch = self.found(number)
        return batch.documents if batch.waiting == 0 else None

    def document(self, number, part=1):
        return self.bus.ask("notify", "GetDocument", administrator=self.head, **self._asked(batch=number, part=part)).pdf

    def refusal(self, number, part=1):
        return self.bus.refusal("notify", "GetDocument", administrator=self.head, **self._asked(batch=number, part=part))

    def sheets(self, people, **fields):
        """The PDF of a batch of one document."""
        number, documents = self.batch(people, **fields)
        assert documents == 1
        return self.document(number)


@pytest.fixture
def college(bus, town):
    return College(bus, town)


def tool(*command, given=None):
    return subprocess.run([str(word) for word in command], input=given, capture_output=True, check=True).stdout


def pages_of(pdf):
    return tool("pdftotext", "-layout", "-", "-", given=pdf).decode().replace("\u00a0", " ").split("\f")[:-1]


def places_of(pages):
    """[(page, of how many)] as their feet tell."""
    return [tuple(map(int, re.search(r"page (\d+) sur (\d+)", page).groups())) for page in pages]


def words_of(pdf):
    """[[(word, left, top, right, bottom)]] a page, in millimetres."""
    text = re.sub(r'<!DOCTYPE[^>]*>| xmlns="[^"]*"', "", tool("pdftotext", "-bbox", "-", "-", given=pdf).decode())
    return [[(word.text, *(float(word.get(side)) / MM for side in ("xMin", "yMin", "xMax", "yMax"))) for word in page.iter("word")]
            for page in ElementTree.fromstring(text).iter("page")]


def in_window(words):
    """Of what any part may show: the window of an envelope DL, wherever a third of the page slides in it."""
    return [word for word in words if word[3] > 90 and word[4] > 34 and word[2] < 90]


def keep(artifacts, name, pdf):
    (artifacts / f"{name}.pdf").write_bytes(pdf)
    tool("pdftoppm", "-r", "80", "-png", artifacts / f"{name}.pdf", artifacts / name)


def lines_in_window(words):
    """[[word]] from the top."""
    lines = {}
    for text, left, top, *_ in sorted(in_window(words), key=lambda word: word[1]):
        lines.setdefault(round(top), []).append(text)
    return [" ".join(line) for _, line in sorted(lines.items())]


LONGEST = {"adresse": "APPARTEMENT 1234 ESCALIER B ETAGE 12$BATIMENT WAGRAM RESIDENCE DES WAGONNETS$"
                      "9999 BOULEVARD DU GENERAL DE LATTRE DE TASSIGNY$LIEU-DIT LA WWWWWWWWWWWWWWWWWWWWWWWWWWW",
           "code_postal": "11000", "ville": "SAINT-MARTIN-DE-WWWWWWWWWWWWWWWWWWWW"}


def test_an_envelopes_window_shows_the_whole_address_and_nothing_else(college, artifacts):
    people = [college.family("Petit", adresse="$$5 avenue de l’Église$", code_postal="11000", ville="Carcassonne"),
              college.family("Wagner-Wawrzyniak-Weissenbacher", prenom="Wilhelmine", **LONGEST)]
    pdf = college.sheets(people)
    keep(artifacts, "feuille-adresse", pdf)
    first, second = (lines_in_window(words) for words in words_of(pdf))
    assert first == ["Mme Anne PETIT", "5 AVENUE DE L EGLISE", "11000 CARCASSONNE"]
    assert len(second) == 6 and second[0] == "W WAGNER-WAWRZYNIAK-WEISSENBACHER" and second[-1].startswith("11000 ST MARTIN DE W")
    assert "9999 BD DU GAL DE LATTRE DE TASSIGNY" in second
    for words in words_of(pdf):
        for text, left, top, right, bottom in in_window(words):  # always seen, however the page slides
            assert left >= 100 and right <= 190 and top >= 54.5 and bottom <= 79.5, text


def test_a_sheet_without_an_address_is_handed_out(college, artifacts):
    people = [college.family("Petit"), college.family("Roux", adresse="$$5 RUE HAUTE$", code_postal="", ville="")]
    pdf = college.sheets(people)
    keep(artifacts, "feuille-main-propre", pdf)
    for words, name in zip(words_of(pdf), ("Anne PETIT", "Anne ROUX"), strict=True):
        name_line, class_line, school = lines_in_window(words)
        assert name_line == name and class_line.replace("\u00a0", " ") == "Classe : 6A" and school.startswith("Établissement")
    assert all("En main propre" in page for page in pages_of(pdf))


def test_nothing_is_written_over_anything_nor_past_the_margins(college, artifacts):
    crowd = college.family("Wagner-Wawrzyniak", prenom="Anne-Élisabeth", **LONGEST)
    for number in range(11):
        child = college.town.pupil(college.school, f"Jean-Sébastien{number}", "Wagner", "2013-01-01", class_label="3 EUROPÉENNE 2")
        with college.town.database() as database:
            database.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, 2, %s, %s, 10)",
                             (college.town.academy, child.aaf_id, crowd.aaf_id))
    pupil = college.family("Petit", account=True).child
    chosen = college.family("Roux")
    chosen.hand_out()
    with college.town.database() as database:
        database.execute("update preau.account set state = 'en_cours', email = 'a@example.org', password = 'chosen' where (academy, id) = (%s, %s)",
                         chosen.account)
        database.execute("update preau.credential set sealed = null, hash = 'x' where (academy, account_id) = (%s, %s)", chosen.account)
    for name, person in (("fratrie", crowd), ("eleve", pupil), ("mot-de-passe-choisi", chosen)):
        pdf = college.sheets([person])
        keep(artifacts, f"feuille-{name}", pdf)
        (words,) = words_of(pdf)
        assert all(left >= 19 and right <= 191 and bottom <= 290 for _, left, _, right, bottom in words), name
        over = [(one[0], other[0]) for at, one in enumerate(words) for other in words[at + 1:]
                if min(one[3], other[3]) - max(one[1], other[1]) > 0.4 and min(one[4], other[4]) - max(one[2], other[2]) > 1.2]
        assert over == [], name
    assert "Celui que vous avez choisi" in pages_of(pdf)[0] and chosen.password not in pages_of(pdf)[0]
    assert "Valable jusqu’au" not in pages_of(pdf)[0]


def test_pages_are_numbered_over_the_batch_and_classes_are_not_cut(college):
    labels = ["2NDE 2", "2NDE 2", "2NDE 2", "2NDE 10", "2NDE 10", *["5C"] * 6, "6D"]
    people = [college.family(f"Nom{number:02}", class_label=label) for number, label in enumerate(labels)]
    number, documents = college.batch(people)
    texts = [pages_of(college.document(number, part)) for part in range(1, documents + 1)]
    assert [len(pages) for pages in texts] == [3, 2, 4, 3]  # 5C is larger than a document: it is cut, the others are not
    pages = [page for text in texts for page in text]
    assert [f"page {at} sur 12" in page for at, page in enumerate(pages, 1)] == [True] * 12
    assert [person.login in page for person, page in zip(people, pages, strict=True)] == [True] * 12


def test_an_account_that_was_closed_has_no_page_and_no_number(here, college):
    people = [college.family(f"Nom{number}") for number in range(6)]
    here.stop_daemon(NOTIFYD)
    try:
        with college.town.database() as database:
            number = database.execute(
                "with made as (insert into preau.batch (academy, uai, request_id, administrator_id, channel, reset, total) values"
                " (%s, %s, gen_random_uuid(), %s, 'sheet', false, 6) returning academy, id) insert into preau.delivery"
                " (academy, batch_academy, batch_id, account_id, kind, channel) select made.academy, made.academy, made.id, a, 'notification', 'sheet'"
                " from made, unnest(%s::bigint[]) a returning batch_id",
                (college.town.academy, college.uai, college.head, [person.account[1] for person in people])).fetchone()[0]
            database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", people[1].account)
    finally:
        here.launch(NOTIFYD)
    documents = here.wait(lambda: college.made(number), 40, "made")
    pages = [page for part in range(1, documents + 1) for page in pages_of(college.document(number, part))]
    assert len(pages) == 5 and all(f"page {at} sur 5" in page for at, page in enumerate(pages, 1))
    assert people[1].login not in "".join(pages)


def test_a_sheet_that_cannot_be_drawn_is_told_and_keeps_nobody_from_theirs(here, college):
    people = [college.family(f"Nom{number}") for number in range(4)]
    with college.town.database() as database:
        (sealed,) = database.execute("select sealed from preau.credential where (academy, account_id) = (%s, %s)",
                                     people[1].account).fetchone()
        database.execute("update preau.credential set sealed = %s where (academy, account_id) = (%s, %s)",
                         (sealed[:-1] + bytes([sealed[-1] ^ 1]), *people[1].account))
    number, documents = college.batch(people)
    pages = [page for part in range(1, documents + 1) for page in pages_of(college.document(number, part))]
    assert len(pages) == 3 and all(f"page {at} sur 3" in page for at, page in enumerate(pages, 1))
    assert [person.login in "".join(pages) for person in people] == [True, False, True, True]
    with college.town.database() as database:
        assert database.execute("select account_id, state, reason from preau.delivery where batch_id = %s and state <> 'sent'",
                                (number,)).fetchall() == [(people[1].account[1], "failed", "not_composed")]
    assert "event=sheet_not_composed" in here.log(NOTIFYD)


REFUSED_ONCE = """
create sequence preau.probe;
grant usage on sequence preau.probe to preau_notify;
create function preau.probe_document() returns trigger language plpgsql as $$
begin
    if new.part = 2 and nextval('preau.probe') = 1 then raise 'the disk is full'; end if;
    return new;
end $$;
create function preau.probe_claim() returns trigger language plpgsql as $$
begin
    perform pg_sleep(0.2);
    return new;
end $$;
create trigger probe before insert on preau.document for each row execute function preau.probe_document();
create trigger probe before update on preau.delivery for each row when (new.state = 'taken') execute function preau.probe_claim();
"""
REFUSED_NO_MORE = """
drop trigger probe on preau.document;
drop trigger probe on preau.delivery;
drop function preau.probe_document(), preau.probe_claim();
drop sequence preau.probe;
"""


def test_a_part_that_cannot_be_stored_is_made_anew_and_spoils_no_other(here, college):
    people = [college.family(f"Nom{number:02}", class_label="3A") for number in range(20)]
    with college.town.database() as database:
        database.execute(REFUSED_ONCE)
    try:
        number, documents = college.batch(people)
    finally:
        with college.town.database() as database:
            database.execute(REFUSED_NO_MORE)
    parts = college.found(number).parts
    assert list(parts) == [1, 2, 3, 4, 5] and documents == 5
    pages = [page for part in parts for page in pages_of(college.document(number, part))]
    assert sorted(places_of(pages)) == [(page, 20) for page in range(1, 21)]
    assert sorted(login for page in pages for login in (one.login for one in people) if login in page.split()) == sorted(one.login for one in people)
    assert here.log(NOTIFYD).count("document_not_stored") == 1


CANCELLED = 2  # BatchRest of notify.proto


def test_sheets_that_are_taken_up_later_take_the_numbers_that_are_left(here, college):
    people = [college.family(f"Nom{number}", class_label="3A") for number in range(7)]
    number, _ = college.batch(people)
    with college.town.database() as database:  # as if the second part had been cancelled; the first was fetched, and erased in time
        database.execute("update preau.delivery set state = 'cancelled', reason = 'cancelled', part = null, page = null"
                         " where batch_id = %s and part = 2", (number,))
        database.execute("delete from preau.document where batch_id = %s", (number,))
    college.ask("RetryBatch", batch=number, rest=CANCELLED)
    here.wait(lambda: college.made(number), 40, "made")
    assert list(college.found(number).parts) == [2]
    assert places_of(pages_of(college.document(number, 2))) == [(page, 7) for page in range(PAGES + 1, 8)]
    assert college.refusal(number, 1) == "document_expired" and college.refusal(number, 3) == "not_found"


def test_fonts_are_embedded_and_cut_to_the_letters_used(college):
    pdf = college.sheets([college.family("Petit")])
    fonts = tool("pdffonts", "-", given=pdf).decode().splitlines()[2:]
    assert len(fonts) == 3
    for font in fonts:
        assert re.match(r"[A-Z]{6}\+DejaVuSans", font), font
        assert font.split()[-5:-2] == ["yes", "yes", "yes"], font  # embedded, subset, its letters told in Unicode
    assert len(pdf) < 300_000  # of fonts of 2 MB


def test_every_letter_of_names_in_france_is_drawn(college, artifacts):
    people = [college.family(letters, prenom="Zoë") for letters in LETTERS]
    number, documents = college.batch(people)
    text = "".join(page for part in range(1, documents + 1) for page in pages_of(college.document(number, part)))
    keep(artifacts, "feuille-lettres", college.document(number))
    for letters in LETTERS:
        for word in letters.upper().replace("SS", "ß").split():
            assert word in text.upper().replace("SS", "ß"), word


def test_hebrew_and_arabic_names_are_drawn_from_the_right_with_their_letters_joined(college, artifacts):
    pdf = college.sheets([college.family("בן־דוד", prenom="אברהם"), college.family("السيد", prenom="محمد")])
    keep(artifacts, "feuille-de-droite-a-gauche", pdf)
    for words, prenom, nom in zip(words_of(pdf), ("אברהם", "محمد"), ("בן־דוד", "السيد"), strict=True):
        # poppler tells letters as they were drawn, from the left; their forms of joining are those of the same letters
        at = {unicodedata.normalize("NFKC", text)[::-1]: left for text, left, *_ in words}
        assert at[prenom] > at[nom] > 100
    arabic = next(text for text, *_ in words_of(pdf)[1] if unicodedata.normalize("NFKC", text)[::-1] == "محمد")
    assert all("\ufe70" <= letter <= "\ufefc" for letter in arabic)


def test_the_code_leads_to_the_desk_with_the_identifier(here, college, tmp_path):
    anne = college.family("Petit")
    (tmp_path / "sheet.pdf").write_bytes(college.sheets([anne]))
    tool("pdftoppm", "-r", "150", "-png", tmp_path / "sheet.pdf", tmp_path / "sheet")
    (image,) = tmp_path.glob("sheet*.png")
    assert tool("zbarimg", "-q", "--raw", image).decode().strip() == f"{here.portal_url}/connexion?identifiant={anne.login}"


def test_a_document_is_erased_when_its_time_is_over(here, college):
    number, _ = college.batch([college.family("Petit")])
    with college.town.database() as database:
        database.execute("update preau.document set expires_at = now() - interval '1 second' where batch_id = %s", (number,))
        here.restart(NOTIFYD)  # which looks for such documents as it starts, then each ten minutes
        here.wait(lambda: not database.execute("select from preau.document where batch_id = %s", (number,)).fetchall(), 20, "erased")
    assert college.refusal(number) == "document_expired"


def test_each_fetching_of_a_document_is_logged_without_what_it_holds(here, college):
    anne = college.family("Petit")
    number, _ = college.batch([anne])
    for _ in range(2):
        college.document(number)
    fetched = [line for line in here.log(NOTIFYD).splitlines() if "document_fetched" in line and f"batch={number}" in line]
    assert len(fetched) == 2 and all(f"administrator={college.head}" in line and f"uai={college.uai}" in line for line in fetched)
    assert anne.password not in here.log(NOTIFYD)
