"""An ENT that lies over CAS, is slow, is away or answers garbage; a ticket, a state and a token in hands that they are not for: linkd opens
nothing, says what is wrong, and goes on.

Each test changes one thing of answers that are right otherwise (peers/hostile_identity.py)."""

import secrets
import threading
import time
import urllib.parse

import pytest

from peers.bus import Bus, Refused
from peers.hostile_identity import HostileProvider
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD
from peers.site import Site

WRONG, AWAY, OVER, UNKNOWN, NO_KEY = "ent_answer_wrong", "ent_unavailable", "ent_over", "ent_unknown", "ent_key_missing"
BOUND = 3  # seconds, of a step
OTHER = 12
CAS = "http://www.yale.edu/tp/cas"
VALIDATE = "/cas/p3/serviceValidate"
ELSEWHERE = "https://ailleurs.example/"


def success(key, user="lea", more=""):
    return (f'<cas:serviceResponse xmlns:cas="{CAS}"><cas:authenticationSuccess><cas:user>{user}</cas:user><cas:attributes>'
            f"<cas:ENTPersonJointure>{key}</cas:ENTPersonJointure>{more}</cas:attributes></cas:authenticationSuccess></cas:serviceResponse>").encode()


def failure(code):
    return f'<cas:serviceResponse xmlns:cas="{CAS}"><cas:authenticationFailure code="{code}">non</cas:authenticationFailure></cas:serviceResponse>'.encode()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, settings={
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "10000", "provider_timeout": f"{BOUND}s",
                 "provider_check_interval": "1s"},
        "daemon": {"stop_timeout": f"{BOUND - 1}s"}})
    with HostileProvider(folder / "provider") as provider:
        site.provider = provider
        own = {"protocol": "cas", "address": f"{provider.issuer}/cas", "ca_file": provider.authority}
        site.settings['ent "hostile"'] = {"label": "ENT d’essai", "academy": ACADEMY, "key_pattern": "([0-9]+)", **own}
        site.settings['ent "ailleurs"'] = {"label": "ENT d’ailleurs", "academy": OTHER, "origin": "aten",
                                           "key_pattern": "AC-AILLEURS[$]([0-9]+)", **own}
        try:
            site.start_peers()
            site.launch("preau-linkd")
            site.bus, site.town = Bus(site), Town(site, ACADEMY)
            site.college, site.ecole = site.town.school(2), site.town.school(1)
            yield site
        finally:
            site.remove()


@pytest.fixture
def provider(here):
    here.provider.reset()
    here.provider.services = []
    answer(here.provider, failure("INVALID_TICKET"))
    return here.provider


def answer(provider, body, status=200, **headers):
    provider.answers[VALIDATE] = lambda handler: (
        provider.services.append(urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)["service"][0]),
        handler.send(body, status, "application/xml", **headers))


def pupil(here):
    return here.town.pupil(here.college, "Léa", "Entessai", "2010-04-03", account=True)


class Way:
    """A way out and back."""

    def __init__(self, here, peer="hostile", browser=None):
        self.here, self.peer, self.browser = here, peer, browser or secrets.token_urlsafe(32)
        self.url = here.bus.ask("link", "BeginEnt", peer=peer, browser=self.browser, address="192.0.2.1").url
        self.service = urllib.parse.parse_qs(urllib.parse.urlsplit(self.url).query)["service"][0]
        self.state = urllib.parse.parse_qs(urllib.parse.urlsplit(self.service).query)["etat"][0]

    def back(self, **changes):
        fields = {"peer": self.peer, "browser": self.browser, "state": self.state, "ticket": "ST-1", "address": "192.0.2.1", **changes}
        self.token = self.here.bus.ask("link", "FinishEnt", **fields).token
        return self.token

    def open(self, password=PASSWORD, **changes):
        return self.here.bus.ask("link", "OpenByEnt", **{"token": self.token, "browser": self.browser, "password": password, **changes})


def outcome(way, **changes):
    """"vouched", or the code of the refusal."""
    try:
        return "vouched" if way.back(**changes) else None
    except Refused as refused:
        return refused.code


def refusal_of(ask):
    with pytest.raises(Refused) as refused:
        ask()
    return refused.value.code


def state_of(person):
    row = person.row()
    return row["state"], row["origin"]


def test_a_right_answer_opens_the_account(here, provider):
    lea = pupil(here)
    answer(provider, success(lea.aaf_id))
    way = Way(here)
    assert way.url.startswith(f"{provider.issuer}/cas/login?service=") and len(way.state) == 43 and way.state.isalnum()
    assert outcome(way) == "vouched" and way.service in provider.services, "byte for byte the same service"
    shown = here.bus.ask("link", "GetEntOpening", token=way.token, browser=way.browser)
    assert (shown.login, shown.prenom, shown.nom) == (lea.login, "Léa", "Entessai")
    assert way.open().login == lea.login and state_of(lea) == ("active", "ent")


@pytest.mark.parametrize("body", [
    b"", b"yes\nlea\n", b"<html>", success("4711")[:-5], success("4711").replace(CAS.encode(), b"urn:autre"), failure("INVALID_SERVICE"),
    b'<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/hostname">]>' + success("&k;"),
    b'<!DOCTYPE x SYSTEM "https://ailleurs.example/x.dtd">' + success("4711"),
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    b'<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>' + success("&e;"),
    b"<a>" * 60000, b"\x00" * 1000, b" " * 300000,
])
def test_garbage_is_refused(here, provider, body):
    answer(provider, body)
    assert outcome(Way(here)) == WRONG


@pytest.mark.parametrize("status, code", [(302, WRONG), (404, WRONG), (500, AWAY), (503, AWAY)])
def test_no_other_status_is_taken_and_no_redirection_followed(here, provider, status, code):
    answer(provider, success("4711"), status, Location=f"{provider.issuer}/elsewhere")
    assert outcome(Way(here)) == code and "/elsewhere" not in provider.asked


@pytest.mark.parametrize("key", ["", "4711</cas:ENTPersonJointure><cas:ENTPersonJointure>4712"])
def test_no_key_or_several_are_nobody(here, provider, key):
    answer(provider, success(key))
    assert outcome(Way(here)) == NO_KEY


def test_keys_that_are_nobodys_open_nothing(here, provider):
    child = here.town.pupil(here.ecole, "Tom", "Entecole", "2017-04-03")
    for key, code in (("999999999", UNKNOWN), ("AC-AILLEURS$1", UNKNOWN), ("1 or 1=1", UNKNOWN), ("99999999999999999999", UNKNOWN),
                      (child.aaf_id, "second_degree_only")):
        answer(provider, success(key))
        assert outcome(Way(here)) == code, key


def test_the_key_of_another_academy_opens_nothing(here, provider):
    """The same number is another person's there; a peer speaks of its own academy alone."""
    lea = pupil(here)
    answer(provider, success(f"AC-AILLEURS${lea.aaf_id}"))
    assert outcome(Way(here, "ailleurs")) == UNKNOWN
    answer(provider, success(lea.aaf_id))
    assert outcome(Way(here, "ailleurs")) == UNKNOWN
    assert state_of(lea) == ("non_distribue", "non_renseigne")


def test_an_account_that_is_open_or_closed_is_not_opened(here, provider):
    lea, paul, gone = pupil(here), pupil(here), pupil(here)
    answer(provider, success(lea.aaf_id))
    first, second = Way(here), Way(here)
    assert outcome(first) == outcome(second) == "vouched"
    first.open()
    assert refusal_of(lambda: second.open("une autre phrase bien longue 3")) == "already_active", "the first password stays"
    assert refusal_of(lambda: here.bus.ask("link", "GetEntOpening", token=second.token, browser=second.browser)) == "already_active"
    assert outcome(Way(here)) == "already_active"
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", paul.account)
        database.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, 2, %s)", (ACADEMY, gone.aaf_id))
    answer(provider, success(paul.aaf_id))
    assert outcome(Way(here)) == "account_closed"
    answer(provider, success(gone.aaf_id))
    assert outcome(Way(here)) == UNKNOWN


# ------------------------------------------------------------------------------------------------ the way back


@pytest.mark.parametrize("changes, code", [
    ({"state": "undefined"}, OVER), ({"state": ""}, OVER), ({"browser": "B" * 43}, OVER), ({"browser": ""}, OVER), ({"peer": "ailleurs"}, OVER),
    ({"peer": "personne"}, "ent_not_offered"), ({"ticket": ""}, WRONG), ({"ticket": "ST-1&service=https://ailleurs.example"}, WRONG),
    ({"ticket": "PT-1"}, WRONG), ({"ticket": "ST-" + "9" * 600}, WRONG), ({"ticket": "ST-1\r\nHost: ailleurs"}, "malformed"),
    ({"ticket": "", "saml_response": b"PHNh\r\nbWw+"}, WRONG),
    ({"saml_response": b"A" * 200000}, WRONG), ({"saml_response": b"A\0" * 40000}, "vouched"),
])
def test_what_comes_back_is_told_apart(here, provider, changes, code):
    answer(provider, success(pupil(here).aaf_id))
    assert outcome(Way(here), **changes) == code
    assert not any("ailleurs.example" in service for service in provider.services)


def test_a_way_back_counts_once_and_in_its_own_browser(here, provider):
    answer(provider, success(pupil(here).aaf_id))
    way, other = Way(here), Way(here)
    assert outcome(way) == "vouched" and outcome(way) == OVER
    assert outcome(other, state=way.state) == OVER
    results = []
    raced = Way(here)
    threads = [threading.Thread(target=lambda: results.append(outcome(raced))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(["vouched", *[OVER] * 7])


def test_a_way_back_that_comes_too_late_counts_no_more(here, provider):
    answer(provider, success(pupil(here).aaf_id))
    way = Way(here)
    with here.psql() as database:
        database.execute("update preau.provider_sign_in set expires_at = now() where provider = 'ent/hostile'")
    assert outcome(way) == OVER


def test_the_token_of_an_opening_is_its_browsers_alone_and_ends(here, provider):
    lea = pupil(here)
    answer(provider, success(lea.aaf_id))
    way = Way(here)
    assert outcome(way) == "vouched"
    assert refusal_of(lambda: way.open(browser="B" * 43)) == OVER
    assert refusal_of(lambda: way.open(browser="")) == OVER
    for token in ("", "A" * 40, way.token[:-2] + "AA"):
        assert refusal_of(lambda token=token: way.open(token=token)) == OVER
    assert refusal_of(lambda: way.open("court")) == "password_too_short"
    lea.reset()
    assert refusal_of(way.open) == OVER, "the school gave another password meanwhile"
    assert outcome(again := Way(here)) == "vouched"
    with here.psql() as database:
        database.execute("update preau.ent_opening set expires_at = now() where account_id = %s", (lea.account[1],))
    assert refusal_of(again.open) == OVER and state_of(lea) == ("non_distribue", "non_renseigne")


# ------------------------------------------------------------------------------------------------ slow, away


def status_of(here):
    return next(check for check in here.status("preau-linkd")["checks"] if check["name"] == "ent")


def test_one_that_hangs_is_given_up_and_keeps_nobody_else_waiting(here, provider):
    provider.answers[VALIDATE] = lambda handler: time.sleep(3 * BOUND)
    way, begun = Way(here), time.monotonic()
    hung = []
    thread = threading.Thread(target=lambda: hung.append(outcome(way)))
    thread.start()
    assert refusal_of(lambda: here.bus.ask("link", "SignIn", login="personne", password="x", address="192.0.2.9")) == "wrong_credentials"
    assert time.monotonic() - begun < BOUND, "who signs in does not wait for it"
    thread.join()
    assert hung == [AWAY]


def test_the_status_tells_one_that_is_away_and_back(here, provider):
    here.wait(lambda: status_of(here)["state"] == "ok", what="well", seconds=30)
    answer(provider, b"<html>", 503)
    here.wait(lambda: status_of(here)["state"] == "degraded" and "hostile" in str(status_of(here)), what="away", seconds=30)
    answer(provider, failure("INVALID_TICKET"))
    here.wait(lambda: status_of(here)["state"] == "ok", what="back", seconds=30)
    assert here.metrics("preau-linkd")['preau_link_sign_ins_total{who="ent",outcome="wrong"}'] >= 1
