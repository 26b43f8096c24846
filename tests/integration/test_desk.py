"""The families' desk: online services by profile, degree, school and academy; the children; sessions; what happened; one's own data.
And what no family sees of another, nor of who works in a school."""

import json

import pytest

from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.sealing import link_token
from peers.site import Site
from peers.web import Visitor

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
PORTALD = "preau-portald"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#000091" d="M0 0h8v8H0z"/></svg>'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"



@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    (folder / "ent.svg").write_text(SVG)
    (folder / "secret.txt").write_text("x")
    (folder / "autre.svg").write_text(SVG)
    return folder


@pytest.fixture(scope="module")
def here(tmp_path_factory, pictures):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "1000", "attempts_address": "10000"},
                "portal": {"service_pictures": pictures}}
    with Site.of(tmp_path_factory.mktemp("site"), settings=settings) as site:
        town = Town(site, ACADEMY)
        site.town = town
        site.ecole, site.college, site.lycee = town.school(1), town.school(2), town.school(2)
        site.settings.update({
            'online_service "ent"': {"name": "Espace numérique <de travail>", "address": "https://ent.example.fr/?a=1&b=2", "picture": "ent.svg",
                                     "description": "Cahier de textes, messagerie.", "degrees": ["2"]},
            'online_service "cantine"': {"name": "Cantine", "address": "https://cantine.example.fr/", "profiles": ["responsable"],
                                         "degrees": ["1"]},
            'online_service "orientation"': {"name": "Orientation", "address": "https://orientation.example.fr/", "profiles": ["eleve"]},
            'online_service "lycee"': {"name": "Internat", "address": "https://internat.example.fr/", "schools": [site.lycee[0]]},
            'online_service "ailleurs"': {"name": "Ailleurs", "address": "https://ailleurs.example.fr/", "academies": ["Lyon"]},
            'online_service "chez-nous"': {"name": "Bourses", "address": "https://bourses.example.fr/", "academies": [str(ACADEMY)],
                                           "profiles": ["responsable"]},
        })
        site.config.write_text(site._configuration())
        for name in DAEMONS:
            site.launch(name)
        yield site


numbers = iter(range(1, 10**6))


def activate(here, guardian, children):
    guardian.hand_out()
    visitor = sign_in(here, guardian)
    guardian.email = f"famille{next(numbers)}@example.net"
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(child) for child in children]), nouveau=PASSWORD,
                   confirmation=PASSWORD, courriel=guardian.email)
    with here.psql() as database:
        number = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)",
                                  guardian.account).fetchone()[0]
    path = "/activation/" + link_token(here.folder / "keys", "activation", guardian.account[0], number)
    visitor.submit(visitor.get(path).form(path))


@pytest.fixture(scope="module")
def family(here):
    """Zoé in the école, Tom in the collège, Léa in the lycée and still enrolled in the collège."""
    town = here.town
    lea = town.pupil(here.lycee, "Léa", "Durand", "2009-01-02", class_label="2NDE 3", account=True)
    with town.database() as database:
        database.execute("insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class) values (%s, 2, %s, %s, 1, 'SPORT')",
                         (town.academy, lea.aaf_id, here.college[0]))
    tom = town.pupil(here.college, "Tom", "Durand", "2012-10-21", class_label="6A", account=True)
    zoe = town.pupil(here.ecole, "Zoé", "Durand", "2016-05-06", class_label="CE2 A")
    anne = town.guardian("Anne", "Durand", [lea, tom])
    with town.database() as database:
        record = town._person(1, "responsable", "Anne", "Durand")
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 1, %s)",
                         (*anne.account, town.academy, record.aaf_id))
        database.execute("insert into preau.guardianship values (%s, 1, %s, %s, 10)", (town.academy, zoe.aaf_id, record.aaf_id))
    anne.children = [lea, tom, zoe]
    activate(here, anne, anne.children)
    lea.hand_out()
    visitor = sign_in(here, lea)
    visitor.submit(visitor.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    return anne


def services(page):
    return [(words, href) for words, href in page.links if href.startswith("https://")]


# ------------------------------------------------------------------------------------------------ services and children


def test_a_guardian_sees_what_fits_a_child_and_for_whom(here, family):
    page = sign_in(here, family, PASSWORD).get("/guichet")
    assert services(page) == [("Espace numérique <de travail>", "https://ent.example.fr/?a=1&b=2"), ("Cantine", "https://cantine.example.fr/"),
                              ("Internat", "https://internat.example.fr/"), ("Bourses", "https://bourses.example.fr/")]
    text = page.text
    assert "Cahier de textes, messagerie. Pour Léa, Tom" in text and "Cantine Pour Zoé" in text and "Internat Pour Léa" in text
    assert text.index("Bourses") < text.index("Mes enfants") and "Bourses Pour" not in text, "for all of them: nothing to say"
    assert "<de travail>" not in page.content.decode()
    children = text[text.index("Mes enfants"):]
    assert children.index("Léa DURAND") < children.index("Tom DURAND") < children.index("Zoé DURAND"), "the eldest first"
    assert children.count("Léa DURAND") == 1 and "classe 2NDE 3" in children and "classe SPORT" in children and "classe CE2 A" in children


def test_a_pupil_sees_the_own_services_and_school(here, family):
    page = sign_in(here, family.children[0], PASSWORD).get("/guichet")
    assert [words for words, _ in services(page)] == ["Espace numérique <de travail>", "Orientation", "Internat"]
    assert "Ma scolarité" in page.text and "classe 2NDE 3" in page.text and "Pour Léa" not in page.text
    assert "Tom" not in page.text and "Mes enfants" not in page.text


def test_a_family_that_no_service_fits_is_told(here):
    town = Town(here, 15)
    child = town.pupil(town.school(1), "Nils", "Petit", "2016-01-02")
    guardian = town.guardian("Jean", "Petit", [child])
    activate(here, guardian, [child])
    page = sign_in(here, guardian, PASSWORD).get("/guichet")
    assert [words for words, _ in services(page)] == ["Cantine"], "of any academy"
    with town.database() as database:
        database.execute("delete from preau.guardianship where (academy, degree, pupil_id) = (%s, 1, %s)", (town.academy, child.aaf_id))
    page = sign_in(here, guardian, PASSWORD).get("/guichet")
    assert services(page) == [] and "Aucun service en ligne" in page.text and "Mes enfants" not in page.text


def test_pictures_are_of_our_own_origin_and_no_other_file_is(here, family):
    visitor = sign_in(here, family, PASSWORD)
    content = visitor.get("/guichet").content.decode()
    assert 'src="/images/ent.svg"' in content and "/service.svg" in content and 'src="http' not in content
    assert "img-src 'self'" in visitor.get("/guichet").headers["Content-Security-Policy"]
    stranger = Visitor(here.portal_url)
    picture = stranger.get("/images/ent.svg")
    assert picture.status == 200 and picture.headers["Content-Type"] == "image/svg+xml" and picture.content.decode() == SVG
    assert "script-src 'self'" in picture.headers["Content-Security-Policy"] and picture.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("secret.txt", "autre.svg", "", "x/ent.svg", "../preau.conf", "%2e%2e/preau.conf", "ent.svg/x"):
        assert stranger.get(f"/images/{name}").status in (400, 404), name


WRONG = [
    ({"address": "javascript:alert(1)"}, "online_service.address: « javascript:alert(1) » n'est pas une adresse sûre"),
    ({"address": "http://ent.example.fr/"}, "n'est pas une adresse sûre"),
    ({"address": "https://ent.example.fr@piege.example/"}, "n'est pas une adresse sûre"),
    ({"address": "//ent.example.fr/"}, "n'est pas une adresse sûre"),
    ({"address": ""}, 'online_service \\"essai\\"'),
    ({"name": ""}, "Écrire le nom que les familles liront"),
    ({"profiles": ["parents"]}, "Écrire responsable, eleve"),
    ({"degrees": ["3"]}, "Écrire 1 pour les écoles"),
    ({"academies": ["Atlantide"]}, "code d’une académie"),
    ({"schools": ["0690001Z"]}, "numéro UAI"),
    ({"picture": "../../etc/passwd"}, "sans dossier ni accent"),
    ({"picture": "absent.svg"}, "Ce fichier n’est pas là"),
    ({"picture": "lien.svg"}, "Ce fichier n’est pas là"),
    ({"picture": "lourd.png"}, "48 Kio au plus"),
    ({"adress": "https://x.example.fr"}, "vouliez-vous « address »"),
]


@pytest.mark.parametrize("given, says", WRONG, ids=[str(given) for given, _ in WRONG])
def test_a_service_that_is_wrong_is_told_at_the_start(here, pictures, given, says):
    (pictures / "lourd.png").write_bytes(bytes(60 * 1024))
    if not (pictures / "lien.svg").is_symlink():
        (pictures / "lien.svg").symlink_to(pictures / "ent.svg")
    right = here.config.read_text()
    fields = {"name": "Essai", "address": "https://essai.example.fr/", **given}
    lines = "".join(f'    {key} = {{{", ".join(chr(34) + one + chr(34) for one in value)}}}\n' if isinstance(value, list)
                    else f'    {key} = "{value}"\n' for key, value in fields.items())
    here.config.write_text(right + f'online_service "essai" {{\n{lines}}}\n')
    try:
        here.restart(PORTALD, ready=False)
        here.wait_dead(PORTALD)
        assert says in here.log(PORTALD), here.log(PORTALD)[-2000:]
    finally:
        here.config.write_text(right)
        here.restart(PORTALD)


# ------------------------------------------------------------------------------------------------ sessions


def test_sessions_are_listed_by_browser_and_ended_one_or_all(here, family):
    telephone, desk, other = (sign_in(here, family, PASSWORD) for _ in range(3))
    fox = Visitor(here.portal_url)
    fox.session.headers["User-Agent"] = FIREFOX
    fox.submit(fox.get("/connexion").form("/connexion"), identifiant=family.login, mot_de_passe=PASSWORD)
    with here.psql() as database:
        kept = database.execute("select address, browser from preau.session where (academy, account_id) = (%s, %s)", family.account).fetchall()
    assert {address for address, _ in kept} == {None} and "Firefox sur Linux" in {browser for _, browser in kept}
    page = desk.get("/guichet/compte")
    row = page.row("Firefox sur Linux")
    assert "Terminer" in row[-1] and page.row("Ce navigateur")
    before = page.text.count("Terminer")
    form = next(form for form in page.forms if form.action == "/guichet/connexions" and form.buttons and "numero" in dict(form.fields)
                and session_of(here, family, dict(form.fields)["numero"]) == "Firefox sur Linux")
    page = desk.submit(form)
    assert page.path == "/guichet/compte" and "La connexion a pris fin" in page.text and page.text.count("Terminer") < before
    assert fox.get("/guichet").path == "/connexion" and telephone.get("/guichet").path == "/guichet"
    page = desk.submit([form for form in page.forms if form.action == "/guichet/connexions"][-1])
    assert "Vos autres connexions ont pris fin" in page.text and "1 connexion" in page.text
    assert telephone.get("/guichet").path == other.get("/guichet").path == "/connexion" and desk.get("/guichet").path == "/guichet"
    assert "Vous avez mis fin à d’autres connexions" in desk.get("/guichet/historique").text


def session_of(here, person, number):
    with here.psql() as database:
        return database.execute("select browser from preau.session where number = %s and account_id = %s", (number, person.account[1])).fetchone()[0]


def test_nobody_ends_the_sessions_of_another(here, family):
    lea, anne = sign_in(here, family.children[0], PASSWORD), sign_in(here, family, PASSWORD)
    with here.psql() as database:
        number = database.execute("select max(number) from preau.session where account_id = %s", (family.account[1],)).fetchone()[0]
    form = lea.get("/guichet/compte").form("/guichet/donnees")
    form.action = "/guichet/connexions"
    assert lea.submit(form, numero=str(number)).status == 200
    assert anne.get("/guichet").path == "/guichet"
    assert lea.submit(form, numero="0").status == 400 and lea.submit(form, numero="-1").status == 400 and lea.submit(form, numero="x").status == 400
    assert "Vous avez mis fin" not in lea.get("/guichet/historique").text


# ------------------------------------------------------------------------------------------------ what happened


def test_what_happened_is_told_in_the_persons_words_without_names_of_staff(here, family):
    add_head(here, "girard", here.college, name="Mme Girard")
    head = sign_in_head(here, "girard")
    account = "/etablissements/%s/comptes/%d-%d" % (here.college[0], *family.account)
    tom = family.children[1]
    tom.hand_out()
    head.submit(head.get("/etablissements/%s/comptes/%d-%d" % (here.college[0], *tom.account)).form(
        "/etablissements/%s/comptes/%d-%d/mot-de-passe" % (here.college[0], *tom.account)))
    visitor = sign_in(here, tom)
    visitor.submit(visitor.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(tom))
    page = visitor.get("/guichet/historique")
    shown = page.row("Mot de passe provisoire lu par l’établissement")
    with here.psql() as database:
        (school,) = database.execute("select name from preau.school where uai = %s", (here.college[0],)).fetchone()
    assert school in shown[0] and "Girard" not in page.content.decode() and "girard" not in page.content.decode()
    assert page.row("Première connexion : vous avez choisi votre mot de passe")
    assert head.get(account).status == 200
    anne = sign_in(here, family, PASSWORD)
    lines = anne.get("/guichet/compte").text
    assert "Vous avez confirmé votre adresse de courriel" in lines


def test_the_head_is_not_told_what_is_between_the_person_and_the_house(here, family):
    anne = sign_in(here, family, PASSWORD)
    anne.send(anne.get("/guichet/compte").form("/guichet/donnees"))
    assert "Vous avez téléchargé vos données" in anne.get("/guichet/historique").text
    add_head(here, "petit", here.college)
    page = sign_in_head(here, "petit").get("/etablissements/%s/comptes/%d-%d" % (here.college[0], *family.account))
    assert page.status == 200 and "téléchargé" not in page.text and "data_downloaded" not in page.text and "sessions_ended" not in page.text


# ------------------------------------------------------------------------------------------------ one's own data


def data_of(visitor):
    answer = visitor.send(visitor.get("/guichet/compte").form("/guichet/donnees"))
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees-preau.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text, json.loads(answer.text)


def test_a_person_takes_all_that_is_held_of_them(here, family):
    visitor = sign_in(here, family, PASSWORD)
    text, data = data_of(visitor)
    assert list(data)[:3] == ["quoi", "service", "produit_le"] and "\n  " in text, "for people to read"
    assert data["compte"]["identifiant"] == family.login and data["compte"]["adresse_de_courriel"] == family.email
    assert (data["compte"]["etat"], data["compte"]["etat_en_clair"]) == ("active", "Activé")
    assert [(one["nom"], one["prenom"], one["degre"]) for one in data["fiches"]] == [("Durand", "Anne", 1), ("Durand", "Anne", 2)]
    assert [child["prenom"] for child in data["enfants"]] == ["Léa", "Tom", "Zoé"]
    assert {place["classe"] for place in data["enfants"][0]["etablissements"]} == {"2NDE 3", "SPORT"}
    assert any(one["en_clair"] == "Vous avez confirmé votre adresse de courriel" for one in data["historique"])
    assert [one["sorte"] for one in data["courriels_et_feuilles"]][:1] == ["activation"] and data["connexions"]
    with here.psql() as database:
        secrets = database.execute(
            "select c.hash, encode(s.digest, 'hex'), s.csrf from preau.credential c join preau.session s using (academy, account_id)"
            " where (c.academy, c.account_id) = (%s, %s)", family.account).fetchall()
        events = database.execute("select count(*) from preau.account_event where action = 'data_downloaded' and account_id = %s",
                                  (family.account[1],)).fetchone()[0]
    assert secrets and not [one for row in secrets for one in row if one and one in text]
    assert not [child for child in family.children if child.birth_date in text], "dates of birth are proofs"
    assert not [child for child in family.children if child.login and child.login in text]
    assert events >= 1 and "event=data_downloaded" in here.log(PORTALD)


def test_a_pupil_takes_the_own_data_and_nobody_elses(here, family):
    lea = family.children[0]
    text, data = data_of(sign_in(here, lea, PASSWORD))
    assert data["fiches"][0]["date_de_naissance"] == lea.birth_date and data["enfants"] == []
    assert family.login not in text and family.email not in text and "Tom" not in text and "Zoé" not in text


def test_who_is_not_signed_in_takes_nothing(here, family):
    stranger = Visitor(here.portal_url)
    anne = sign_in(here, family, PASSWORD)
    form = anne.get("/guichet/compte").form("/guichet/donnees")
    assert stranger.submit(form).path == "/connexion"
    assert anne.send(form, {"csrf": "forged"}).status_code in (400, 403, 409, 422)
    assert anne.get("/guichet/donnees").path == "/guichet/compte", "an address that takes forms only"
