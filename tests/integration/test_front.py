"""nginx before the portal, as the operators' page sets it up (deploy/nginx/preau.conf): what it adds and what it leaves as it is."""

import concurrent.futures
import re

import pytest
import requests
from requests.adapters import HTTPAdapter

from peers.front import Front
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth, opening_fields
from peers.site import Site
from peers.web import Visitor

TRIES = 10
CROWD = 60  # at once: twice of what waits its turn
UNAVAILABLE, TOO_MANY = "Le service ne répond pas pour le moment", "Trop de demandes à la fois"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    return Front(tmp_path_factory.mktemp("front"))


@pytest.fixture(scope="module")
def here(tmp_path_factory, front):
    settings = {**front.settings, "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": TRIES}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-portald", settings=settings) as site:
        for name in ("preau-linkd", "preau-portald"):
            site.wait_ready(name)
        with front.before(site):
            yield site


class From(HTTPAdapter):
    """Requests that come from an address of this machine."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *words, **options):
        super().init_poolmanager(*words, source_address=(self.address, 0), **options)


def visitor(front, address, **headers):
    come = Visitor(front.url)
    come.session.trust_env = False  # an authority of the environment would come before ours
    come.session.verify = str(front.authority)
    come.session.mount("https://", From(address))
    come.session.headers.update(headers)
    return come


def give(come, login, password):
    return come.submit(come.get("/connexion").form("/connexion"), identifiant=login, mot_de_passe=password)


def ask(front, method, path, **options):
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, front.url + path, verify=str(front.authority), timeout=60, **options)


def get(front, path, **options):
    return ask(front, "GET", path, **options)


def test_a_family_signs_in_through_it(front, here):
    town = Town(here, ACADEMY)
    school = town.school(1)
    child = town.pupil(school, "Zoe", "Devant", "2017-05-06")
    person = town.guardian("Anne", "Devant", [child])
    person.hand_out()
    come = visitor(front, "127.0.0.4")
    page = give(come, person.login, person.password)
    assert page.path == "/ouverture" and "Bonjour Anne" in page.text
    page = come.submit(page.form("/ouverture"), opening_fields(page, [birth(child)]), nouveau=PASSWORD, confirmation=PASSWORD, courriel="devant@example.org")
    assert page.status == 200 and "devant@example.org" in page.text and person.row()["state"] == "en_cours"
    cookies = {cookie.name: cookie for cookie in come.session.cookies}
    assert any(name.startswith("__Host-") for name in cookies) and all(cookie.secure for cookie in cookies.values())
    assert page.headers["Strict-Transport-Security"] and "Server" in page.headers and not re.search(r"\d", page.headers["Server"])


def test_who_comes_without_tls_is_sent_on(front, here):
    answer = requests.get(f"http://127.0.0.1:{front.ports['http']}/connexion?x=1", allow_redirects=False, timeout=30)
    assert answer.status_code == 301 and answer.headers["Location"] == front.url + "/connexion?x=1"


def test_an_address_that_a_stranger_invents_counts_for_nothing(front, here):
    """The tries of an address are the proxy's word, not the client's."""
    for number in range(TRIES):
        page = give(visitor(front, "127.0.0.2", **{"X-Forwarded-For": f"203.0.113.{number}"}), f"personne{number}", "x")
        assert "Trop d" not in page.text, page.text
    page = give(visitor(front, "127.0.0.2", **{"X-Forwarded-For": "203.0.113.99"}), "personne", "x")
    assert "Trop d" in page.text
    page = give(visitor(front, "127.0.0.3", **{"X-Forwarded-For": "127.0.0.2"}), "personne", "x")
    assert "Trop d" not in page.text


def test_its_journal_names_the_page_and_never_what_opens_an_account(front, here):
    for path in ("/activation/secret-a", "/adresse/secret-b?vu=1", "/mot-de-passe/secret-c", "/guichet/autre-compte/secret-d", "/connexion?retour=secret-e"):
        answer = requests.get(front.url + path, verify=front.authority, headers={"Referer": front.url + "/mot-de-passe/secret-f"}, timeout=20)
    journal = front.folder / "access.log"
    here.wait(lambda: "/connexion" in journal.read_text(), 10, "the last line")
    said = journal.read_text()
    assert "secret-" not in said, said
    assert all(f" GET {page} " in said for page in ("/activation/*", "/adresse/*", "/mot-de-passe/*", "/guichet/autre-compte/*", "/connexion"))
    assert answer.headers["X-Request-Id"] in said, "a request is followed from here on"


def test_files_come_packed_and_are_kept_for_a_year(front, here):
    path = re.search(r'href="(/assets/[^"]+/dsfr\.css)"', get(front, "/connexion").text)[1]
    answer = get(front, path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) >= 365 * 24 * 3600
    assert int(answer.headers["Content-Length"]) < len(answer.content) / 3
    assert "no-store" in get(front, "/connexion").headers["Cache-Control"]


def test_what_is_too_large_stops_there(front, here):
    answer = ask(front, "POST", "/connexion", data=b"x" * 2_000_000)
    assert answer.status_code == 413


def test_a_crowd_of_one_address_waits_or_is_told_so(front, here):
    """Passwords are what costs: thirty wait their turn, who comes beyond that is answered at once, and others' pages go on."""
    def post(_):
        return ask(front, "POST", "/connexion", data={"identifiant": "personne", "mot_de_passe": "x"})

    with concurrent.futures.ThreadPoolExecutor(CROWD) as crowd:
        under_way = [crowd.submit(post, number) for number in range(CROWD)]
        assert get(front, "/connexion").status_code == 200
        answers = [one.result() for one in under_way]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(refused) < CROWD
    for answer in refused:
        answer.encoding = "utf-8"
        assert TOO_MANY in answer.text and answer.headers["Retry-After"] and "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_without_the_portal_it_says_so_in_french(front, here):
    here.kill("preau-portald")
    try:
        answer = get(front, "/connexion")
        assert answer.status_code == 502 and UNAVAILABLE in answer.content.decode() and answer.headers["Retry-After"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert get(front, "/preau-indisponible.html").status_code == 404, "nobody reads it by its address"
    finally:
        here.restart("preau-portald")
    assert here.wait(lambda: get(front, "/connexion").status_code == 200, 30, "back")


def test_a_portal_that_says_not_now_says_it_in_its_own_words(front, here):
    """Its own 503 passes, with the page that knows what was asked."""
    here.kill("preau-linkd")
    try:
        come = visitor(front, "127.0.0.5")
        page = give(come, "personne", "x")
        assert page.status == 503 and UNAVAILABLE not in page.text and "Préau" in page.text
    finally:
        here.restart("preau-linkd")
