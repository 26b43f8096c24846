"""A head's way through the pages, in a generated academy, as docs/heads tells and shows it: the pictures of the documents."""

import pytest
import requests

from peers.academy import APPLIED, generate
from peers.portal import HEAD_PASSWORD, add_head

from gestures import sign_in_administrator
from past import past
from pictures import LISTS_WIDTH, illustrate, illustrate_paper

ACADEMY = 12  # which no other file of browser tests has


@pytest.fixture(scope="module")
def head(site, tmp_path_factory):
    """The head of a school of each degree, some weeks after the start of the year."""
    made = generate(tmp_path_factory.mktemp("documents") / "aaf", "--seed", "documents", "--academies", str(ACADEMY), "--people", "900",
                    "--schools", "1,1,0")
    taken = site.import_archives(ACADEMY, made.archives.values())
    assert [run["state"] for run in taken["runs"]] == [APPLIED, APPLIED]
    schools = {row["degree"]: row for row in made.truth if row["type"] == "school"}
    direction = schools[2]["head"]
    add_head(site, "direction", (schools[2]["uai"], 2), (schools[1]["uai"], 1), name=f"{direction['first']} {direction['name']}")
    years_begin(site)
    site.ctl("statistics", "compute")
    past(site, ACADEMY, schools[2]["uai"])
    return schools[2]["uai"]


def years_begin(site):
    """A quarter of the accounts has nothing yet, a quarter waits, of the others most are open; a few wait for their mail or are late."""
    steps = (
        ("state = 'distribue', origin = 'etablissement', notified_at = now() - interval '20 days', notification_expires_at = now() + interval '70 days'",
         "a.id %% 4 > 0"),
        ("state = 'active', password = 'chosen', activated_at = now(), origin = (array['responsable', 'franceconnect'])[a.id %% 2 + 1]::preau.account_origin",
         "a.id %% 4 > 1 and a.id %% 3 > 0 and p.profile = 'responsable'"),
        ("state = 'active', password = 'chosen', activated_at = now()", "a.id %% 4 > 1 and a.id %% 3 = 0 and p.profile = 'eleve'"),
        ("state = 'en_cours', password = 'chosen', email = a.login || '@courriel.example'",
         "a.id %% 4 > 1 and a.id %% 3 = 0 and p.profile = 'responsable'"),
        ("state = 'active', activated_at = now(), email_confirmed_at = now()", "a.state = 'en_cours' and a.id %% 5 > 0"),
        ("notification_expires_at = now() + interval '9 days'", "a.state = 'distribue' and a.id %% 7 = 0"),
    )
    with site.psql() as database:
        for change, whose in steps:
            database.execute(f"update preau.account a set {change} from preau.person p where (p.account_academy, p.account_id) = (a.academy, a.id)"
                             f" and p.academy = %s and {whose}", (ACADEMY,))


@pytest.fixture
def direction(site, browser, head):
    sign_in_administrator(site, browser, "direction")
    browser.home = f"/etablissements/{head}"
    return browser


def downloaded(browser, link, file):
    cookies = {one["name"]: one["value"] for one in browser.driver.get_cookies()}
    answer = requests.get(link.get_attribute("href"), cookies=cookies, headers={"Connection": "close"}, timeout=60)
    assert answer.headers["Content-Type"] == "application/pdf"
    file.write_bytes(answer.content)
    return file


def test_a_head_signs_in_and_chooses_a_school(browser, head):
    browser.open("/administration/connexion")
    browser.fill(identifiant="direction", mot_de_passe=HEAD_PASSWORD)
    illustrate(browser, "connexion", "Administration des comptes")
    browser.click("#se-connecter")
    illustrate(browser, "etablissements", "Choisir l’établissement à administrer")
    browser.open(f"/etablissements/{head}")
    assert browser.has("#responsables-a-notifier-courriel") and browser.has("#responsables-echeance-proche")
    illustrate(browser, "accueil", "À faire maintenant")
    browser.open("/administration/double-authentification")
    illustrate(browser, "double-authentification", "Double authentification")


def test_a_list_is_narrowed_and_notified(direction, site, tmp_path):
    browser = direction
    browser.open(f"{browser.home}/responsables")
    assert len({badge.text for badge in browser.all("#comptes .preau-etat")}) >= 3
    illustrate(browser, "liste", "Responsables", until="#comptes tbody tr:nth-child(8)", width=LISTS_WIDTH)
    browser.open(f"{browser.home}/responsables?etat=non_distribue&courriel=avec")
    browser.find("#tous").click()
    browser.fill(action="mail")
    illustrate(browser, "liste-filtree", "Responsables", top="main", until="#comptes tbody tr:nth-child(3)", width=LISTS_WIDTH)
    browser.click("#continuer")
    illustrate(browser, "apercu", "Notifier par courrier électronique")
    browser.click("#confirmer")
    browser.wait(lambda: not browser.has("[data-suite]"))
    illustrate(browser, "envoi", "Envoi du")


def test_sheets_and_the_list_of_a_class_are_printed(direction, artifacts, tmp_path):
    browser = direction
    browser.open(f"{browser.home}/responsables?etat=non_distribue&courriel=sans")
    browser.find("#tous").click()
    browser.fill(action="sheet")
    browser.click("#continuer")
    browser.click("#confirmer")
    browser.wait(lambda: browser.has(".fr-link--download"))
    illustrate_paper(artifacts, "feuille", "Identifiant", downloaded(browser, browser.find(".fr-link--download"), tmp_path / "feuilles.pdf"))
    browser.open(f"{browser.home}/responsables")
    label = browser.all("#classe option")[1].get_attribute("value")
    browser.fill(classe=label)
    browser.click("#filtrer")
    illustrate_paper(artifacts, "liste-par-classe", "Remis", downloaded(browser, browser.find("#liste-classe"), tmp_path / "classe.pdf"))


def test_a_family_is_helped(direction):
    browser = direction
    browser.open(f"{browser.home}/responsables?etat=distribue")
    browser.click("#comptes tbody .preau-card-title a")
    illustrate(browser, "compte", "Coordonnées", until="[aria-labelledby=titre-actions]")
    browser.find("#aide-provisoire-perdu > summary").click()
    illustrate(browser, "aider", "Aider cette personne", only="#aide")
    illustrate(browser, "actions", "Actions possibles", only="[aria-labelledby=titre-actions]")


def test_progress_is_followed_and_a_deputy_let_in(direction):
    browser = direction
    browser.open(f"{browser.home}/statistiques")
    illustrate(browser, "statistiques", "Statistiques", until=".preau-chart--curve")
    browser.open(f"{browser.home}/delegations")
    browser.fill(nom="Camille Exemple", identifiant="c.exemple12", profil="responsable")
    browser.driver.execute_script("document.querySelector('#au').value = new Date(Date.now() + 200 * 864e5).toISOString().slice(0, 10)")
    browser.click("#deleguer")
    browser.open(f"{browser.home}/delegations")
    illustrate(browser, "delegations", "Délégations")
    browser.open("/journal")
    illustrate(browser, "journal", "Journal des actions", width=LISTS_WIDTH)
