"""An academy's portal that lies, signs wrongly, is slow or huge: linkd makes nobody an administrator of it.

Each test changes one thing of an answer that is right otherwise (peers/hostile_identity.py).
"""

import base64
import hashlib
import os
import secrets
import subprocess
import time
import urllib.parse

import pytest

from peers import hostile_identity
from peers.bus import Bus, Refused
from peers.hostile_identity import HostileProvider, encoded, signed
from peers.people import Town
from peers.portal import ACADEMY
from peers.site import Site, configuration_text

WRONG, AWAY = "portal_answer_wrong", "portal_unavailable"
BOUND = 3  # seconds, of a step


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, with_kannel=False, settings={
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "10000", "provider_timeout": f"{BOUND}s",
                 "provider_keys_interval": "1s"}})
    with HostileProvider(folder / "provider") as provider:
        site.provider = provider
        site.settings['academy_portal "faux"'] = provider.section(ACADEMY)
        site.settings['academy_portal "ailleurs"'] = {**provider.section(ACADEMY), "issuer": f"{provider.issuer}/autre"}
        site.settings['academy_portal "inconnue"'] = {**provider.section(ACADEMY), "ca_file": ""}
        try:
            site.start_peers()
            site.uai = Town(site, ACADEMY).school(2)[0]
            site.launch("preau-linkd")
            site.bus = Bus(site)
            yield site
        finally:
            site.remove()


@pytest.fixture
def provider(here):
    """Right, with a person who has a school, until the test says otherwise."""
    here.provider.reset()
    here.provider.claims = {"FrEduRneResp": [here.uai], "name": "Mme Vraie"}
    return here.provider


class Way:
    """A way out and back."""

    def __init__(self, here, portal="faux"):
        self.here, self.portal = here, portal
        self.browser = secrets.token_urlsafe(32)
        self.url = here.bus.ask("link", "BeginPortalSignIn", portal=portal, browser=self.browser, address="192.0.2.1").url
        self.query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query))

    def back(self, **changes):
        fields = {"portal": self.portal, "browser": self.browser, "state": self.query["state"], "code": "a code",
                  "issuer": self.here.provider.issuer, "address": "192.0.2.1", **changes}
        return self.here.bus.ask("link", "FinishPortalSignIn", **fields)


def outcome(here, provider, **changes):
    """The name of who is signed in, or the code of the refusal. The nonce is right unless the claims say another."""
    way = Way(here)
    if "nonce" not in provider.claims:
        provider.claims["nonce"] = way.query["nonce"]
    try:
        return way.back(**changes).standing.name
    except Refused as refused:
        return refused.code


def test_the_way_out_has_all_that_it_must(here, provider):
    query = Way(here).query
    assert query["response_type"] == "code" and query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43
    assert query["redirect_uri"].endswith("/portail/faux/retour") and query["scope"].split()[0] == "openid"
    other = Way(here).query
    assert all(len(query[name]) == 43 and query[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_a_right_answer_signs_in(here, provider):
    assert outcome(here, provider) == "Mme Vraie"
    assert provider.asked.count("/token") == 1 and "/userinfo" not in provider.asked


# ------------------------------------------------------------------------------------------------ signatures


@pytest.mark.parametrize("header", [{"alg": "RS256", "kid": "rsa"}, {"alg": "PS256", "kid": "rsa"}, {"alg": "RS256", "kid": "rsa", "typ": "JWT"}])
def test_rsa_is_taken_both_ways(here, provider, header):
    provider.token = lambda claims: signed(provider.keys["rsa"], header, claims)
    assert outcome(here, provider) == "Mme Vraie"


def test_es256_is_taken(here, provider):
    provider.token = lambda claims: signed(provider.keys["ec"], {"alg": "ES256", "kid": "ec"}, claims)
    assert outcome(here, provider) == "Mme Vraie"


def test_a_token_without_kid_is_taken_when_one_key_only_can_be_meant(here, provider):
    provider.token = lambda claims: signed(provider.keys["ec"], {"alg": "ES256"}, claims)
    assert outcome(here, provider) == "Mme Vraie"
    provider.token = lambda claims: signed(provider.keys["rsa"], {"alg": "RS256"}, claims)  # two of RSA are published
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_no_signature_is_none(here, provider, alg):
    provider.token = lambda claims: f"{encoded({'alg': alg, 'kid': 'rsa'})}.{encoded(claims)}."
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("secret", ["pem", "n", "jwk", "client"])
def test_a_public_key_is_no_shared_secret(here, provider, secret):
    key = provider.keys["rsa"]
    secrets_ = {"pem": key.export_to_pem(), "n": key.export_public(as_dict=True)["n"].encode(),
                "jwk": key.export_public().encode(), "client": hostile_identity.SECRET.encode()}
    provider.token = lambda claims: signed(secrets_[secret], {"alg": "HS256", "kid": "rsa"}, claims)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("key, header", [
    ("unknown", {"alg": "RS256", "kid": "rsa"}),       # another's signature
    ("unknown", {"alg": "RS256", "kid": "unknown"}),   # a key that is not published
    ("weak", {"alg": "RS256", "kid": "weak"}),         # 1024 bits
    ("rsa", {"alg": "RS256", "kid": "ec"}),            # a kid of another kind of key
    ("rsa", {"alg": "RS256", "kid": "rsa", "crit": ["urn:x"], "urn:x": True}),
    ("rsa", {"alg": "RS256", "kid": "rsa", "crit": ["exp"], "exp": 1}),
    ("rsa", {"alg": "RS256", "kid": "rsa", "b64": False}),
    ("rsa", {"alg": "RS256", "kid": 1}),
])
def test_a_signature_that_does_not_hold(here, provider, key, header):
    provider.token = lambda claims: signed(provider.keys[key], header, claims)
    assert outcome(here, provider) == WRONG


def test_a_key_in_the_header_is_not_heeded(here, provider):
    public = provider.keys["unknown"].export_public(as_dict=True)
    header = {"alg": "RS256", "kid": "rsa", "jwk": public, "jku": f"{provider.issuer}/theirs", "x5u": f"{provider.issuer}/x"}
    provider.token = lambda claims: signed(provider.keys["unknown"], header, claims)
    assert outcome(here, provider) == WRONG
    assert not {"/theirs", "/x"} & set(provider.asked)


def test_a_changed_payload_is_seen(here, provider):
    def token(claims):
        head, _, signature = provider.right_token(claims).split(".")
        return f"{head}.{encoded({**claims, 'sub': 'other'})}.{signature}"

    provider.token = token
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "e30.e30.", "é.é.é", "A" * 100000, "e30.e30.e30.e30.e30"])
def test_what_is_no_token(here, provider, token):
    provider.token = lambda claims: token
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("text", ["[]", "null", "1", '"x"', "{", '{"iss": "a", "iss": "b"}', "\xff"])
def test_claims_that_are_no_object(here, provider, text):
    def token(claims):
        head = encoded({"alg": "RS256", "kid": "rsa"})
        body = encoded(text.encode("latin-1"))
        return f"{head}.{body}.{encoded(hostile_identity.signature_of(provider.keys['rsa'], 'RS256', f'{head}.{body}'.encode()))}"

    provider.token = token
    assert outcome(here, provider) == WRONG


# ------------------------------------------------------------------------------------------------ claims


AT_HASH = base64.urlsafe_b64encode(hashlib.sha256(b"access").digest()[:16]).rstrip(b"=").decode()


@pytest.mark.parametrize("claims", [
    {"iss": "https://ailleurs.example"}, {"iss": ["x"]}, {"nonce": "another"}, {"nonce": ""}, {"nonce": 1},
    {"aud": "somebody"}, {"aud": []}, {"aud": ["preau", "other"]}, {"aud": ["preau", "other"], "azp": "other"},
    {"aud": "preau", "azp": "other"}, {"aud": {"preau": 1}}, {"sub": ""}, {"sub": 1}, {"sub": "x" * 256}, {"sub": "a\nb"},
    {"exp": "tomorrow"}, {"exp": 1e300}, {"iat": "now"}, {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, {"at_hash": 5},
])
def test_claims_that_are_not_for_us(here, provider, claims):
    provider.claims.update(claims)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_claims_that_must_be_there(here, provider, name):
    provider.without = (name,)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("claims", [{"aud": ["preau"]}, {"aud": ["other", "preau"], "azp": "preau"}, {"azp": "preau"},
                                    {"at_hash": AT_HASH}, {"sub": "x" * 255}])
def test_claims_that_may_be_so(here, provider, claims):
    provider.claims.update(claims)
    assert outcome(here, provider) == "Mme Vraie"


@pytest.mark.parametrize("name, seconds, expected", [
    ("exp", -10, "Mme Vraie"), ("exp", -60, WRONG), ("iat", 10, "Mme Vraie"), ("iat", 90, WRONG),
    ("nbf", 10, "Mme Vraie"), ("nbf", 90, WRONG)])
def test_clocks_may_differ_a_little(here, provider, name, seconds, expected):
    provider.claims[name] = int(time.time()) + seconds
    assert outcome(here, provider) == expected


def test_a_code_is_not_asked_for_again(here, provider):
    provider.answers["/token"] = lambda handler: handler.send({"error": "invalid_grant"}, 400)
    assert outcome(here, provider) == WRONG
    assert provider.asked.count("/token") == 1


# ------------------------------------------------------------------------------------------------ userinfo


def with_userinfo(provider, answer):
    provider.claims.pop("FrEduRneResp", None)
    provider.answers["/userinfo"] = answer


def test_userinfo_is_read_when_the_token_has_no_schools(here, provider):
    with_userinfo(provider, lambda handler: handler.send({"sub": "someone", "FrEduRneResp": here.uai, "name": "M. Autre"}))
    assert outcome(here, provider) == "Mme Vraie"  # what the ID token says comes first


@pytest.mark.parametrize("sub", ["other", None, 1])
def test_userinfo_of_somebody_else(here, provider, sub):
    with_userinfo(provider, lambda handler: handler.send({"sub": sub, "FrEduRneResp": here.uai}))
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("claims, expected", [
    ({}, "Mme Vraie"), ({"iss": "https://ailleurs.example"}, WRONG), ({"aud": "somebody"}, WRONG), ({"exp": 1}, WRONG)])
def test_userinfo_that_is_signed(here, provider, claims, expected):
    def send(handler):
        body = {"sub": "someone", "FrEduRneResp": here.uai, "iss": provider.issuer, "aud": "preau", **claims}
        handler.send(signed(provider.keys["ec"], {"alg": "ES256", "kid": "ec"}, body).encode(), content_type="application/jwt")

    with_userinfo(provider, send)
    assert outcome(here, provider) == expected


def test_userinfo_that_is_signed_by_nobody(here, provider):
    token = f"{encoded({'alg': 'none'})}.{encoded({'sub': 'someone', 'FrEduRneResp': here.uai})}."
    with_userinfo(provider, lambda handler: handler.send(token.encode(), content_type="application/jwt"))
    assert outcome(here, provider) == WRONG


# ------------------------------------------------------------------------------------------------ answers


def slow(handler):
    time.sleep(BOUND + 2)


def trickle(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(3 * BOUND):
        handler.wfile.write(b" ")
        time.sleep(0.5)


def huge(handler):
    handler.send(b'{"x": "' + b"a" * 400000 + b'"}')


def endless(handler):
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"a" * 10000)
    handler.close_connection = True


@pytest.mark.parametrize("answer, expected", [
    (slow, AWAY), (trickle, AWAY), (huge, WRONG), (endless, WRONG),
    (lambda handler: handler.send({}, 500), AWAY), (lambda handler: handler.send({}, 503), AWAY),
    (lambda handler: handler.send({}, 401), WRONG), (lambda handler: handler.send([]), WRONG), (lambda handler: handler.send(b"<html>"), WRONG),
    (lambda handler: handler.send({}), WRONG), (lambda handler: handler.send({"access_token": 1, "id_token": {}}), WRONG),
    (lambda handler: handler.send({}, 302, Location="https://127.0.0.1:1/elsewhere"), WRONG),
    (lambda handler: handler.connection.close(), AWAY),
])
def test_answers_that_are_none(here, provider, answer, expected):
    provider.answers["/token"] = answer
    begun = time.monotonic()
    assert outcome(here, provider) == expected
    assert time.monotonic() - begun < BOUND + 2.5


@pytest.mark.parametrize("answer, expected", [
    (slow, AWAY), (huge, WRONG), (lambda handler: handler.send({}, 503), AWAY), (lambda handler: handler.send({}), WRONG),
    (lambda handler: handler.send(b"<html>"), WRONG)])
def test_keys_that_are_none(here, provider, answer, expected):
    provider.answers["/jwks"] = answer
    forget(here)
    way = Way(here)
    provider.claims["nonce"] = way.query["nonce"]
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        way.back()
    assert refused.value.code == expected and time.monotonic() - begun < BOUND + 2.5


def test_a_redirection_is_not_followed(here, provider):
    provider.answers["/token"] = lambda handler: handler.send({}, 307, Location=f"{provider.issuer}/stolen")
    assert outcome(here, provider) == WRONG
    assert "/stolen" not in provider.asked


def begin(here, portal="faux"):
    return here.bus.refusal("link", "BeginPortalSignIn", portal=portal, browser=secrets.token_urlsafe(32), address="192.0.2.1")


def forget(here):
    """linkd, that has read nothing of the provider yet."""
    here.restart("preau-linkd")


@pytest.mark.parametrize("metadata", [
    {"issuer": "https://ailleurs.example"}, {"token_endpoint": "http://127.0.0.1/token"}, {"token_endpoint": None},
    {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "https://a b"}, {"jwks_uri": "file:///etc/passwd"},
    {"authorization_endpoint": "https://x\r\nSet-Cookie: a=b"}, {"userinfo_endpoint": "https://" + "x" * 600}])
def test_metadata_that_lead_elsewhere(here, provider, metadata):
    provider.metadata = metadata  # first: linkd reads them from its start, to tell how the portal is
    forget(here)
    assert begin(here) == WRONG


def test_metadata_are_read_once_for_a_while(here, provider):
    forget(here)
    provider.asked.clear()  # of the linkd before
    for _ in range(4):
        assert begin(here) is None
    # once for sign-ins, and once to tell how the portal is
    assert provider.asked.count("/.well-known/openid-configuration") <= 2


def test_an_issuer_of_another_path_is_another(here, provider):
    """Its metadata are asked for below its own path; what answers there is of the other issuer."""
    provider.answers["/autre/.well-known/openid-configuration"] = provider.answers["/.well-known/openid-configuration"]
    assert begin(here, "ailleurs") == WRONG


def test_a_certificate_of_nobody_known_is_refused(here, provider):
    assert begin(here, "inconnue") == AWAY
    assert "/.well-known/openid-configuration" not in provider.asked, "what is asked first; keys are asked for those who are known"


def test_keys_are_not_read_without_end(here, provider):
    outcome(here, provider)
    time.sleep(1.1)
    provider.asked.clear()
    provider.token = lambda claims: signed(provider.keys["unknown"], {"alg": "RS256", "kid": secrets.token_hex(4)}, claims)
    begun = time.monotonic()
    for _ in range(10):
        assert outcome(here, provider) == WRONG
    assert provider.asked.count("/jwks") <= 2 + (time.monotonic() - begun)  # one a second at most, as configured


def test_a_slow_provider_does_not_keep_linkd(here, provider):
    provider.answers["/.well-known/openid-configuration"] = slow  # before linkd looks at it, a moment after its start
    forget(here)
    way = time.monotonic()
    assert here.bus.refusal("link", "SignInAdministrator", login="x", password="y", address="192.0.2.2") == "wrong_credentials"
    assert time.monotonic() - way < 2
    assert begin(here) == AWAY


# ------------------------------------------------------------------------------------------------ the way back itself


@pytest.mark.parametrize("error, expected", [
    ("access_denied", "portal_cancelled"), ("login_required", "portal_cancelled"), ("server_error", AWAY),
    ("temporarily_unavailable", AWAY), ("invalid_request", WRONG), ("<script>", WRONG)])
def test_errors_of_the_provider(here, provider, error, expected):
    assert outcome(here, provider, code="", error=error) == expected
    assert "<script>" not in here.log("preau-linkd")


def test_without_code_and_error_it_is_nothing(here, provider):
    assert outcome(here, provider, code="") == WRONG


def test_a_browser_without_cookie_begins_nothing(here, provider):
    assert here.bus.refusal("link", "BeginPortalSignIn", portal="faux", browser="", address="x") == "malformed"
    assert outcome(here, provider, browser="") == "portal_sign_in_over"


def test_ways_out_are_counted_by_address(here, provider):
    here.restart("preau-linkd", PREAU_LINK_ATTEMPTS_ADDRESS="10", PREAU_LINK_ATTEMPTS_DELAY="1s")
    try:
        codes = [begin(here) for _ in range(12)]
        assert codes[0] is None and codes[-1] == "too_many_attempts"
    finally:
        with here.psql() as database:
            database.execute("delete from preau.attempt")
        here.restart("preau-linkd")


# ------------------------------------------------------------------------------------------------ configuration


@pytest.mark.parametrize("changes, told", [
    ({"academy": "Atlantide"}, "academy"), ({"issuer": "http://127.0.0.1"}, "issuer"), ({"client_id": ""}, "client_id"),
    ({"client_secret_file": ""}, "client_secret_file"), ({"client_authentication": "private_key_jwt"}, "client_key_file"),
    ({"functions": ["DIR=directeur"]}, "function_claim"), ({"function_claim": "f"}, "functions"),
    ({"function_claim": "f", "functions": ["DIR=chef"]}, "functions"),
    ({"function_claim": "f", "functions": ["DSI=integrateur"]}, "wide_roles"),
    ({"function_claim": "f", "functions": ["X=exploitant"], "wide_roles": "oui"}, "operators"),
    ({"second_factor": ["otp"]}, "second_factor")])
def test_a_portal_that_cannot_be_so_is_told_at_the_start(here, provider, tmp_path, changes, told):
    extra = tmp_path / "extra.conf"
    extra.write_text(configuration_text({'academy_portal "essai"': {**provider.section(ACADEMY), **changes}}))
    done = subprocess.run([here.program("preau-linkd"), "--config", here.config, "--config", extra], capture_output=True,
                          text=True, timeout=30, env={**os.environ, "PREAU_STATUS_LINK": "127.0.0.1:0"})
    assert done.returncode == 1 and told in done.stderr and "essai" in done.stderr, done.stderr
