"""An ENT that lies over CAS or OpenID Connect, is slow, is away or answers garbage; a ticket, a state and a token in hands that they are not
for: linkd opens nothing, says what is wrong, and goes on.

Each test changes one thing of answers that are right otherwise (peers/hostile_identity.py)."""

import os
import secrets
import subprocess
import threading
import time
import urllib.parse

import pytest

from peers.bus import Bus, Refused
from peers.hostile_identity import HostileProvider, encoded, signed
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD
from peers.site import Site, configuration_text

WRONG, AWAY, OVER, UNKNOWN, NO_KEY = "ent_answer_wrong", "ent_unavailable", "ent_over", "ent_unknown", "ent_key_missing"
KEY = "ENTPersonJointure"
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


def openid(provider, academy=ACADEMY, **changes):
    return {"protocol": "oidc", "label": "ENT ouvert", **provider.section(academy), **changes}


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
        site.settings['ent "ouvert"'] = openid(provider, key_pattern="([0-9]+)")
        site.settings['ent "ouvert-ailleurs"'] = openid(provider, academy=OTHER, key_pattern="AC-AILLEURS[$]([0-9]+)")
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
        self.query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query))
        self.read()

    def read(self):
        self.service = self.query["service"]
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


# ------------------------------------------------------------------------------------------------ OpenID Connect


class OpenWay(Way):
    def __init__(self, here, peer="ouvert"):
        super().__init__(here, peer)

    def read(self):
        self.state = self.query["state"]

    def back(self, **changes):
        return super().back(**{"ticket": "", "code": "a code", "issuer": self.here.provider.issuer, **changes})


def open_outcome(here, provider, begun_at="ouvert", **changes):
    """The nonce is right unless the claims say another."""
    way = OpenWay(here, begun_at)
    provider.claims.setdefault("nonce", way.query["nonce"])
    return outcome(way, **changes)


@pytest.fixture
def lea(here, provider):
    """Whom the provider vouches for until the test says otherwise."""
    person = pupil(here)
    provider.claims = {KEY: person.aaf_id}
    return person


def test_an_openid_answer_that_is_right_opens_the_account(here, provider, lea):
    way, other = OpenWay(here), OpenWay(here)
    assert way.url.startswith(f"{provider.issuer}/auth?") and way.query["response_type"] == "code"
    assert way.query["redirect_uri"].endswith("/ent/ouvert/retour") and way.query["scope"] == "openid profile"
    assert way.query["code_challenge_method"] == "S256" and way.query["client_id"] == "preau"
    assert all(len(way.query[name]) == 43 and way.query[name] != other.query[name] for name in ("state", "nonce", "code_challenge"))
    provider.claims["nonce"] = way.query["nonce"]
    assert outcome(way) == "vouched" and outcome(way) == OVER, "once"
    assert provider.asked.count("/token") == 1 and "/userinfo" not in provider.asked
    assert way.open().login == lea.login and state_of(lea) == ("active", "ent")


def test_the_key_may_be_userinfos(here, provider, lea):
    del provider.claims[KEY]
    userinfo = {"sub": "someone", KEY: [lea.aaf_id, lea.aaf_id]}
    provider.answers["/userinfo"] = lambda handler: handler.send(userinfo)
    assert open_outcome(here, provider) == "vouched"
    userinfo["sub"] = "another"
    del provider.claims["nonce"]
    assert open_outcome(here, provider) == WRONG, "of somebody else"


@pytest.mark.parametrize("claims", [
    {"iss": "https://ailleurs.example"}, {"aud": "somebody"}, {"aud": ["preau", "other"]}, {"nonce": "another"}, {"exp": 1},
    {"iat": 9999999999}, {"sub": ""}])
def test_an_openid_token_that_is_not_for_us_opens_nothing(here, provider, lea, claims):
    provider.claims.update(claims)
    assert open_outcome(here, provider) == WRONG and state_of(lea)[0] == "non_distribue"


@pytest.mark.parametrize("token", [
    lambda provider, claims: f"{encoded({'alg': 'none', 'kid': 'rsa'})}.{encoded(claims)}.",
    lambda provider, claims: signed(provider.keys["unknown"], {"alg": "RS256", "kid": "rsa"}, claims),
    lambda provider, claims: signed(provider.keys["rsa"].export_to_pem(), {"alg": "HS256", "kid": "rsa"}, claims),
    lambda provider, claims: provider.right_token(claims).rpartition(".")[0] + ".", lambda provider, claims: "garbage",
    lambda provider, claims: f"=A{provider.right_token(claims)}"])  # at which cjose stops the program
def test_an_openid_token_that_nobody_signed_opens_nothing(here, provider, lea, token):
    provider.token = lambda claims: token(provider, claims)
    assert open_outcome(here, provider) == WRONG and state_of(lea)[0] == "non_distribue"


def test_an_openid_token_of_another_way_opens_nothing(here, provider, lea):
    first, second = OpenWay(here), OpenWay(here)
    provider.claims["nonce"] = first.query["nonce"]
    assert outcome(second) == WRONG, "of another browser's"
    assert outcome(first, browser="B" * 43) == OVER and outcome(first) == "vouched"
    provider.answers["/token"] = lambda handler: handler.send({"error": "invalid_grant"}, 400)
    assert outcome(OpenWay(here)) == WRONG, "a code that was used"


@pytest.mark.parametrize("claims", [{KEY: ""}, {KEY: None}, {KEY: []}, {KEY: {"x": 1}}, {KEY: ["1", "2"]}, {}])
def test_an_openid_answer_without_one_key_is_nobodys(here, provider, claims):
    provider.claims = dict(claims)
    provider.answers["/userinfo"] = lambda handler: handler.send({"sub": "someone"})
    assert open_outcome(here, provider) == NO_KEY


def test_openid_keys_that_are_nobodys_open_nothing(here, provider, lea):
    for peer, key in (("ouvert", "999999999"), ("ouvert", f"AC-AILLEURS${lea.aaf_id}"), ("ouvert", f" {lea.aaf_id}"),
                      ("ouvert-ailleurs", lea.aaf_id), ("ouvert-ailleurs", f"AC-AILLEURS${lea.aaf_id}")):
        provider.claims = {KEY: key}
        assert open_outcome(here, provider, peer) == UNKNOWN, (peer, key)
    provider.claims = {KEY: "4" * 300}
    assert open_outcome(here, provider) == WRONG
    assert state_of(lea)[0] == "non_distribue"


@pytest.mark.parametrize("changes, code", [
    ({"state": "undefined"}, OVER), ({"browser": ""}, OVER), ({"peer": "ouvert-ailleurs"}, OVER), ({"peer": "hostile"}, OVER),
    ({"code": ""}, WRONG), ({"code": "x" * 4096}, WRONG), ({"issuer": "https://ailleurs.example"}, WRONG), ({"issuer": ""}, WRONG),
    ({"code": "", "ticket": "ST-1"}, WRONG), ({"code": "", "error": "access_denied"}, "ent_cancelled"),
    ({"error": "login_required"}, "ent_cancelled"), ({"code": "", "error": "temporarily_unavailable"}, AWAY),
    ({"code": "", "error": "invalid_scope"}, WRONG), ({"code": "", "error": "<script>"}, WRONG)])
def test_what_comes_back_of_openid_is_told_apart(here, provider, lea, changes, code):
    assert open_outcome(here, provider, **changes) == code
    assert state_of(lea)[0] == "non_distribue" and "<script>" not in here.log("preau-linkd")


@pytest.mark.parametrize("answer_token, code", [
    (lambda handler: handler.send(b""), WRONG), (lambda handler: handler.send([]), WRONG), (lambda handler: handler.send({}), WRONG),
    (lambda handler: handler.send(b" " * 300000), WRONG), (lambda handler: handler.send({}, 302, Location="/elsewhere"), WRONG),
    (lambda handler: handler.send({}, 500), AWAY), (lambda handler: time.sleep(BOUND + 1), AWAY)])
def test_garbage_of_openid_is_refused(here, provider, lea, answer_token, code):
    provider.answers["/token"] = answer_token
    assert open_outcome(here, provider) == code and "/elsewhere" not in provider.asked
    assert provider.asked.count("/token") == 1, "a code is not asked for again"


@pytest.mark.parametrize("answer_keys, code, counted", [
    (lambda handler: handler.send({}), WRONG, "wrong"), (lambda handler: handler.send({}, 500), AWAY, "unavailable"),
    (lambda handler: time.sleep(BOUND + 1), AWAY, "unavailable")])
def test_keys_of_openid_that_are_none_open_nothing(here, provider, lea, answer_keys, code, counted):
    provider.answers["/jwks"] = answer_keys
    here.restart("preau-linkd")  # that knows no keys then
    assert open_outcome(here, provider) == code and state_of(lea)[0] == "non_distribue"
    assert here.metrics("preau-linkd")[f'preau_link_sign_ins_total{{who="ent",outcome="{counted}"}}'] == 1


@pytest.mark.parametrize("changes, told", [
    ({"issuer": ""}, "issuer: is no https address"), ({"issuer": "http://ent.example"}, "issuer: is no https address"),
    ({"client_id": ""}, "client_id: is to be given"), ({"client_secret_file": ""}, "client_secret_file: is to be given"),
    ({"client_authentication": "private_key_jwt"}, "client_key_file: is to be given"), ({"key_pattern": "[0-9]+"}, "key_pattern: is no"),
    ({"key_pattern": "([0-9])+"}, "not repeated"), ({"key_pattern": "([0-9]){4}"}, "not repeated"), ({"key_pattern": "x)|(y"}, "no alternative"),
    ({"academy": OTHER}, "key_pattern: is that of")])
def test_an_ent_that_cannot_be_so_is_told_at_the_start(here, provider, tmp_path, changes, told):
    extra = tmp_path / "extra.conf"
    extra.write_text(configuration_text({'ent "essai"': openid(provider, **{"key_pattern": "([0-9]+)", **changes})}))
    done = subprocess.run([here.program("preau-linkd"), "--config", here.config, "--config", extra], capture_output=True,
                          text=True, timeout=60, env={**os.environ, "PREAU_STATUS_LINK": "127.0.0.1:0"})
    assert done.returncode == 1 and told in done.stderr and "essai" in done.stderr, done.stderr


# ------------------------------------------------------------------------------------------------ slow, away


def status_of(here):
    return next(check for check in here.status("preau-linkd")["checks"] if check["name"] == "ent")


def test_one_that_hangs_gives_a_whole_class_an_answer_and_keeps_nobody_else_waiting(here, provider):
    """Two threads ask it: who waits behind others is told within the bound of their own step, not after theirs."""
    provider.answers[VALIDATE] = lambda handler: time.sleep(3 * BOUND)
    provider.claims = {KEY: pupil(here).aaf_id}
    ways, begun, hung = [Way(here) for _ in range(12)], time.monotonic(), []
    threads = [threading.Thread(target=lambda way=way: hung.append((outcome(way), time.monotonic() - begun))) for way in ways]
    for thread in threads:
        thread.start()
    assert refusal_of(lambda: here.bus.ask("link", "SignIn", login="personne", password="x", address="192.0.2.9")) == "wrong_credentials"
    assert open_outcome(here, provider) == "vouched", "who comes from another ENT does not wait for this one"
    for thread in threads:
        thread.join()
    assert [code for code, _ in hung] == [AWAY] * len(ways)
    assert max(seconds for _, seconds in hung) < 4 * BOUND, "two at a time it would be six bounds"


@pytest.mark.parametrize("path, name", [
    (VALIDATE, "hostile"), ("/.well-known/openid-configuration", "ouvert"), ("/jwks", "ouvert")], ids=["cas", "oidc", "keys"])
def test_the_status_tells_one_that_is_away_and_back(here, provider, path, name):
    here.wait(lambda: status_of(here)["state"] == "ok", what="well", seconds=30)
    well = provider.answers[path]
    provider.answers[path] = lambda handler: handler.send(b"<html>", 503, content_type="text/html")
    here.wait(lambda: status_of(here)["state"] == "degraded" and f"2 of 4 away; {name}" in str(status_of(here)), what="away", seconds=30)
    provider.answers[path] = well
    here.wait(lambda: status_of(here)["state"] == "ok", what="back", seconds=30)


def test_the_status_tells_one_whose_token_endpoint_fails_one_after_the_other(here, provider, lea):
    """Each ENT is told of by those who come from it: another section of the same server is not."""
    well = provider.answers["/token"]
    assert open_outcome(here, provider) == "vouched"
    here.wait(lambda: status_of(here)["state"] == "ok", what="well", seconds=30)
    provider.answers["/token"] = lambda handler: handler.send(b"<html>", 503, content_type="text/html")
    assert [open_outcome(here, provider) for _ in range(3)] == [AWAY] * 3
    cause = "1 of 4 away; ouvert: 3 sign-ins in a row: token endpoint: status 503"
    here.wait(lambda: (status_of(here)["state"], status_of(here)["cause"]) == ("degraded", cause), what=cause, seconds=30)
    provider.answers["/token"] = well
    del provider.claims["nonce"]
    assert open_outcome(here, provider) == "vouched"
    here.wait(lambda: status_of(here)["state"] == "ok", what="well again", seconds=30)
