"""An integrator follows a delivery in a real browser: the list, a held report, one that goes on, without leaving the page."""

import json

import pytest

from peers.people import Town
from peers.portal import add_administrator

from gestures import sign_in_administrator

LYON = 10
NOW = {"EtabEducNat": {"read": 412, "unchanged": 409, "ignored": 3},
       "Eleve": {"read": 118204, "added": 212, "changed": 1903, "unchanged": 109471, "departed": 6618, "refused": 14, "reported": 61},
       "PersRelEleve": {"read": 201377, "added": 301, "changed": 2207, "unchanged": 198869}, "account": {"added": 513, "merged": 22}}
BEFORE = {"EtabEducNat": {"read": 412, "unchanged": 412},
          "Eleve": {"read": 124822, "added": 190, "changed": 877, "unchanged": 123755, "departed": 41},
          "PersRelEleve": {"read": 209004, "changed": 950, "unchanged": 208054}, "account": {"added": 388}}
REASONS = ("6 618 élèves sur 124 822 (5 %) ne sont plus dans la livraison ; au plus 5 % de départs attendus hors rentrée.\n"
           "Établissement 0105001G : 62 des 79 élèves (79 %) ne sont plus dans la livraison ; au plus 40 % de départs attendus.")


def write_run(database, state, counters, **columns):
    columns = {"academy": LYON, "degree": 2, "kind": "complete", "generated_on": "2026-09-16", "state": state,
               "counters": json.dumps(counters), "archive": "ENT2DVA.20260916.Complet.tgz", "started_at": "2026-09-17 06:20:01+00",
               "finished_at": "2026-09-17 06:21:13+00", **columns}
    return database.execute(f"insert into preau.import_run ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})"
                            " returning id", list(columns.values())).fetchone()[0]


@pytest.fixture(scope="module")
def runs(site):
    town = Town(site, LYON)
    schools = [town.school(2)[0] for _ in range(3)]
    add_administrator(site, "lyon", "integrateur", "--academy", LYON, name="Claude Integration")
    with site.psql() as database:
        before = write_run(database, "applied", BEFORE, archive="ENT2DVA.20260915.Complet.tgz", started_at="2026-09-16 06:20:01+00")
        held = write_run(database, "held", NOW, previous_id=before, refusal="import_held", explanation=REASONS, finished_at=None)
        running = write_run(database, "running", {}, finished_at=None, archive="un nom d’archive très long " * 6 + ".tgz", kind=None)
        for number in range(75):
            database.execute(
                "insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value)"
                " values (%s, %s, 'ENT2DVA-LYON_Complet_20260916_Eleve_0000.xml', %s, 'Eleve', %s, 'ENTEleveINE', %s, %s)",
                (held, number, 100 + 39 * number, str(1276 + number), "ine_invalid" if number % 3 else "value_missing",
                 f"07{number:04}ZZ" if number % 3 else None))
        for number, uai in enumerate(schools):
            for category, what, count in (("Eleve", "departed", 62 - number), ("Eleve", "refused", number)):
                database.execute("insert into preau.import_school_counter values (%s, %s, %s, %s, %s)",
                                 (held, uai, category, what, count))
    return {"before": before, "held": held, "running": running}


@pytest.fixture
def integrator(site, browser, runs):
    sign_in_administrator(site, browser, "lyon")
    return browser


def test_an_integrator_reads_why_a_delivery_is_held(integrator, runs):
    browser = integrator
    assert browser.path == "/imports"
    browser.picture("imports")
    browser.click(f'a[href="/imports/{runs["held"]}"]')
    text = browser.text()
    assert "Cette livraison est retenue" in text and "6 618 élèves sur 124 822" in text
    assert "parties 6 618 41 +6 577" in text
    browser.picture("import")
    browser.click("#codes tbody tr:nth-child(2) a")
    assert "25 fiches ou valeurs" in browser.text("#fiches") and not browser.has(".fr-pagination")
    browser.open(f"/imports/{runs['held']}")
    browser.click(".fr-pagination__link--next")
    assert browser.text("#releve tbody tr:first-child td:first-child").endswith("ligne 2050")


def test_a_run_is_followed_without_loading_the_page_again(integrator, runs, site):
    browser = integrator
    browser.open(f"/imports/{runs['running']}")
    assert browser.has("#integration[data-suite] progress")
    browser.picture("import-en-cours")
    browser.driver.execute_script("window.isTheSamePage = true")
    with site.psql() as database:
        database.execute("update preau.import_run set state = 'applied', finished_at = now(), counters = %s where id = %s",
                         (json.dumps(NOW), runs["running"]))
    browser.wait(lambda: not browser.has("[data-suite]"))
    assert browser.text("#etat").lower() == "intégrée" and browser.has("#chiffres")
    assert browser.driver.execute_script("return window.isTheSamePage")
