"""The pages of statistics: charts that are seen, read out, printed, and as wide as a telephone."""

import base64
import subprocess

import pytest

from peers import totp
from peers.days import today
from peers.people import Town
from peers.portal import HEAD_PASSWORD, add_administrator, add_head, forget_step, secrets_of, sign_in_head

from past import past

ACADEMY, DEPARTMENT = 6, 63  # which no other file of tests has
CLASSES = ("6EME A", "6EME B", "5EME A", "5EME B", "4EME A", "3EME A")


@pytest.fixture(scope="module")
def town(site):
    return Town(site, ACADEMY)


@pytest.fixture(scope="module")
def college(site, town):
    """Some 130 guardians and 20 pupils in six classes, further on in each class than in the next."""
    school = town.school(2, DEPARTMENT)
    with town.database() as database:
        for number, label in enumerate(CLASSES):
            people = town.families(school, 22, label)
            pupils = [town.pupil(school, "Line", f"Chiffre{'abcdef'[number]}{'abcd'[each]}", "2012-01-02", class_label=label, account=True)
                      for each in range(3)]
            for person in people[:21] + pupils[:2]:
                person.hand_out()
            opened = people[:20 - 3 * number]
            for one, origin in ((opened[::3], "franceconnect"), (opened[1::3] + opened[2::3], "responsable"), (pupils[:1], "etablissement")):
                database.execute("update preau.account set state = 'active', origin = %s, password = 'chosen', activated_at = now()"
                                 " where academy = %s and id = any(%s)", (origin, ACADEMY, [person.account[1] for person in one]))
        database.execute("update preau.enrolment set niveau = left(class, 4) where (academy, uai) = (%s, %s)", (ACADEMY, school[0]))
    for number in range(23):  # more than a page of schools that lag
        town.families(town.school(1, DEPARTMENT), 2)
    site.ctl("statistics", "compute")
    past(site, ACADEMY, school[0])
    add_head(site, "chiffres", school)
    return school


@pytest.fixture
def page(browser, college):
    browser.open("/administration/connexion")
    browser.fill(identifiant="chiffres", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    browser.open(f"/etablissements/{college[0]}/statistiques")
    return browser


def within(browser, selector):
    """Parts of charts that stand out of their chart: words that are cut, or over one another's edge."""
    return browser.driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].flatMap(chart => { const edge = chart.getBoundingClientRect();"
        " return [...chart.querySelectorAll('text')].filter(word => { const box = word.getBoundingClientRect();"
        " return box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 6 }).map(word => word.textContent) })", selector)


def test_a_school_is_seen_and_read_out(page):
    assert f"Relevé du {today():%d/%m/%Y}" in page.text() and len(page.all("svg[role=img]")) == 3
    assert len(page.all(".preau-chart--curve polyline")) == 4, "two curves, each interrupted once"
    names = page.driver.execute_script("return [...document.querySelectorAll('svg[role=img]')].map(chart =>"
                                       " chart.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent).join(' '))")
    assert all("%" in name for name in names) and "États des comptes des responsables" in names[0]
    page.picture("statistiques-etablissement")
    for width in (1280, 320):
        page.resize(width)
        assert within(page, ".preau-chart") == [], f"at {width} px"
    page.unfold("#chiffres-courbe")
    assert len(page.all("#chiffres-courbe tbody tr")) >= 1
    page.click('#par-classe a[href*="/responsables?classe=6EME%20B"]')
    assert "22 comptes" in page.text("#resultat")


def test_a_school_is_printed(page, artifacts):
    answer = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False})
    (artifacts / "statistiques-imprimees.pdf").write_bytes(base64.b64decode(answer["data"]))
    subprocess.run(["pdftoppm", "-r", "60", "-png", "statistiques-imprimees.pdf", "statistiques-imprimees"], cwd=artifacts, check=True)
    text = subprocess.run(["pdftotext", "-layout", "statistiques-imprimees.pdf", "-"], cwd=artifacts, check=True, capture_output=True).stdout.decode()
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Responsables : " in text and "sept." in text and "6EME A" in text
    assert [words for words in ("CSV", "PDF", "jour par jour", "Se déconnecter") if words in text] == []


def test_the_paper_of_a_school_is_kept(site, college, artifacts):
    answer = sign_in_head(site, "chiffres").get(f"/etablissements/{college[0]}/statistiques.pdf")
    (artifacts / "statistiques-papier.pdf").write_bytes(answer.content)
    subprocess.run(["pdftoppm", "-r", "80", "-png", "statistiques-papier.pdf", "statistiques-papier"], cwd=artifacts, check=True)
    assert (artifacts / "statistiques-papier-1.png").exists()


def test_an_academy_is_seen_and_its_pages_turned(site, college, browser):
    add_administrator(site, "academie-chiffres", "assistance", "--academy", ACADEMY)
    sign_in_head(site, "academie-chiffres")
    browser.open("/administration/connexion")
    browser.fill(identifiant="academie-chiffres", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    forget_step(site, "academie-chiffres")
    browser.fill(code=totp.code(secrets_of(site)["academie-chiffres"]))
    browser.click('main button[type="submit"]')
    browser.click('.preau-places a[href="/statistiques"]')
    assert "Académie de Clermont-Ferrand" in browser.text("h1")
    browser.picture("statistiques-academie")
    assert within(browser, ".preau-chart") == []
    assert len(browser.all("#etablissements-en-retard tbody tr")) == 20 and college[0] not in browser.text("#etablissements-en-retard")
    browser.click(".fr-pagination__link--next")
    assert college[0] in browser.text("#etablissements-en-retard")
    browser.click(f'#etablissements-en-retard a[href$="{college[0]}/statistiques"]')
    assert "Statistiques" in browser.text("h1")


def test_open_figures_are_explained(site, college, browser):
    browser.open("/donnees-ouvertes")
    assert browser.has("#comptes-csv") and "au multiple de 10 inférieur" in browser.text()
    browser.picture("donnees-ouvertes")
