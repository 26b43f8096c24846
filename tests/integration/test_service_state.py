"""« Est-ce que ça marche ? »: what families are told, whoever is down."""

import re

import pytest
import requests

from peers.site import DAEMONS, Site

PARTS = ("connexion", "courriels", "sms", "donnees")


@pytest.fixture(scope="module")
def site(tmp_path_factory, academy):
    """One of its own: what other tests left of the relay and the gateway is no trouble here."""
    here = Site(tmp_path_factory.mktemp("etat"))
    try:
        here.start()
        here.import_archives(academy.code, academy.archives[:1])
        yield here
    finally:
        here.remove()


def told(site, cookies=None):
    """{part: "Fonctionne", …} and the page."""
    answer = requests.get(f"{site.portal_url}/etat", timeout=20, cookies=cookies)
    assert answer.status_code == 200
    items = re.findall(r'<li id="(\w+)">(.*?)</li>', answer.text, re.S)
    return {name: re.search(r'class="fr-badge[^>]*>([^<]*)<', item).group(1) for name, item in items}, answer.text


def until(site, wanted, **words):
    return site.wait(lambda: (found := told(site, **words))[0] == wanted and found, seconds=60, every=0.5, what=f"told {wanted}")


def all_of(word):
    return dict.fromkeys(PARTS, word)


def test_all_is_well_and_nothing_helps_an_attacker(site, academy):
    _, page = until(site, all_of("Fonctionne"))
    assert "Oui, tout fonctionne." in page and "mises à jour pour la dernière fois le <strong>" in page
    assert "Dernière vérification" in page
    words = re.sub(r"<[^>]*>", " ", page).lower()
    for secret in (*DAEMONS, *(name.removeprefix("preau-") for name in DAEMONS), "postgres", "kannel", "smtp", "127.0.0.1",
                   site.status("preau-portald")["version"], "file d", "en attente"):
        assert secret not in words, secret


def test_one_that_is_dead_is_told_and_the_others_work(site):
    until(site, all_of("Fonctionne"))
    site.kill("preau-notifyd")
    try:
        _, page = until(site, {**all_of("Fonctionne"), "courriels": "Indisponible"})
        assert "Pas tout à fait." in page and "ne les redemandez pas" in page
    finally:
        site.restart("preau-notifyd")
    until(site, all_of("Fonctionne"))


def test_a_visit_asks_nothing_of_anybody(site):
    def asked():
        series = site.metrics("preau-portald")
        return sum(value for name, value in series.items() if name.startswith(("preau_store_statements_total", "preau_bus_calls_total")))

    before = asked()
    for _ in range(20):
        told(site, cookies={"preau": "x" * 43, "__Host-preau": "x" * 43})
    # the portal has its own rounds, every ten minutes
    assert asked() - before <= 2


def test_it_is_told_without_the_database_and_without_anybody(site):
    until(site, all_of("Fonctionne"))
    site.postgres.stop()
    until(site, {**all_of("Indisponible"), "donnees": "Perturbé"})
    for name in DAEMONS:
        if name != "preau-portald":
            site.kill(name)
    site.restart("preau-portald", ready=False)
    site.wait(lambda: site.http_status("preau-portald", "/livez") == 200, seconds=30, what="alive")
    cookies = {"preau": "x" * 43}
    site.wait(lambda: requests.get(f"{site.portal_url}/etat", timeout=20).ok, seconds=30, what="served")
    until(site, {**all_of("Indisponible"), "donnees": "Perturbé"}, cookies=cookies)
    # the page of an error leads there
    error = requests.get(f"{site.portal_url}/guichet", timeout=20, cookies=cookies)
    assert error.status_code == 503
    assert error.text.count('href="/etat"') == 2  # in its text, and at the foot of every page
    site.postgres.start()
    for name in DAEMONS:
        if name != "preau-portald":
            site.restart(name)
    until(site, all_of("Fonctionne"))
