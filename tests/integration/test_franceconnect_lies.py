"""A FranceConnect that lies, signs wrongly, is slow or answers garbage: linkd signs nobody in, links nobody, and says what is wrong.

Each test changes one thing of answers that are right otherwise (peers/hostile_identity.py). What is the same for any provider is in
test_portal_lies.py; here is what FranceConnect alone must say, and what it must not be asked.
"""

import os
import re
import secrets
import subprocess
import threading
import time
import urllib.parse

import pytest

from peers import hostile_identity
from peers.bus import Bus, Refused
from peers.hostile_identity import HostileProvider, encoded, signed
from peers.site import Site, configuration_text

WRONG, AWAY, OVER, CANCELLED = ("franceconnect_answer_wrong", "franceconnect_unavailable", "franceconnect_over",
                                "franceconnect_cancelled")
UNKNOWN = 2  # FRANCECONNECT_OUTCOME_UNKNOWN: right, and linked to nobody
BOUND = 3  # seconds, of a step
FAILURES = 3  # of sign-ins in a row, of which the status tells
EC = {"alg": "ES256", "kid": "ec"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, with_kannel=False, settings={
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "10000", "provider_timeout": f"{BOUND}s",
                 "provider_keys_interval": "1s", "provider_check_interval": "1s"},
        "daemon": {"stop_timeout": f"{BOUND - 1}s"},  # over before who hangs is given up
        'sms_provider "nobody"': {"url": "http://127.0.0.1:9/cgi-bin/sendsms"}, "sms": {"reports": "127.0.0.1:0"}})
    with HostileProvider(folder / "provider") as provider:
        site.provider = provider
        section = provider.section(0)
        del section["academy"]
        site.settings["franceconnect"] = section
        try:
            site.start_peers()
            site.launch("preau-linkd")
            site.bus = Bus(site)
            yield site
        finally:
            site.remove()


@pytest.fixture
def provider(here):
    provider = here.provider
    provider.reset()
    provider.claims = {"acr": "eidas1"}
    provider.person = {"sub": "someone", "given_name": "Lou", "family_name": "ESSAI"}
    provider.userinfo_without = ()

    def userinfo(handler):
        claims = {**provider.right_claims(), **provider.person}
        provider.seen = handler.headers.get("Authorization")
        handler.send(provider.userinfo({name: value for name, value in claims.items() if name not in provider.userinfo_without}),
                     content_type="application/jwt")

    provider.token = lambda claims: signed(provider.keys["ec"], EC, claims)
    provider.userinfo = lambda claims: signed(provider.keys["ec"], EC, claims).encode()
    provider.answers["/userinfo"] = userinfo
    return provider


class Way:
    """A way out and back."""

    def __init__(self, here):
        self.here = here
        self.browser = secrets.token_urlsafe(32)
        self.url = here.bus.ask("link", "BeginFranceConnect", browser=self.browser, address="192.0.2.1").url
        self.query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query))

    def back(self, **changes):
        fields = {"browser": self.browser, "state": self.query["state"], "code": "a code", "issuer": self.here.provider.issuer,
                  "address": "192.0.2.1", **changes}
        return self.here.bus.ask("link", "FinishFranceConnect", **fields)


def outcome(here, provider, **changes):
    """What became of it, or the code of the refusal. The nonce is right unless the claims say another."""
    way = Way(here)
    if "nonce" not in provider.claims:
        provider.claims["nonce"] = way.query["nonce"]
    try:
        return way.back(**changes).outcome
    except Refused as refused:
        return refused.code


def check(here):
    one = next(one for one in here.status("preau-linkd")["checks"] if one["name"] == "franceconnect")
    return one["state"], one["cause"]


def looked_at(here, provider):
    """linkd has looked how the provider is, from beginning to end, since this was called."""
    path = "/.well-known/openid-configuration"
    before = provider.asked.count(path)
    here.wait(lambda: provider.asked.count(path) >= before + 2, what="looked at", seconds=30)


def test_the_way_out_has_what_franceconnect_takes_and_nothing_else(here, provider):
    query = Way(here).query
    assert set(query) == {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values"}
    assert query["acr_values"] == "eidas1" and query["scope"] == "openid given_name family_name preferred_username"
    assert query["redirect_uri"].endswith("/franceconnect/retour")
    other = Way(here).query
    for name in ("state", "nonce"):
        assert len(query[name]) == 43 and query[name].isalnum() and query[name].isascii() and query[name] != other[name]


def test_a_right_answer_is_taken_and_the_secret_is_in_the_form(here, provider):
    forms = []
    right = provider.answers["/token"]
    provider.answers["/token"] = lambda handler: (forms.append((handler.form, handler.headers.get("Authorization"))), right(handler))
    assert outcome(here, provider) == UNKNOWN
    form, authorization = forms[0]
    assert dict(urllib.parse.parse_qsl(form))["client_secret"] == hostile_identity.SECRET and authorization is None
    assert set(dict(urllib.parse.parse_qsl(form))) == {"grant_type", "code", "redirect_uri", "client_id", "client_secret"}
    assert provider.asked.count("/token") == 1 and provider.seen == "Bearer access"


def test_rs256_is_taken(here, provider):
    provider.token = lambda claims: signed(provider.keys["rsa"], {"alg": "RS256", "kid": "rsa"}, claims)
    provider.userinfo = lambda claims: signed(provider.keys["rsa"], {"alg": "RS256", "kid": "rsa"}, claims).encode()
    assert outcome(here, provider) == UNKNOWN


# ------------------------------------------------------------------------------------------------ the ID token


@pytest.mark.parametrize("claims", [
    {"iss": "https://ailleurs.example/api/v2"}, {"aud": "another"}, {"aud": ["preau", "another"]}, {"nonce": "n" * 43}, {"nonce": ""},
    {"exp": 1}, {"iat": 99999999999}, {"acr": "eidas2"}, {"acr": ""}, {"sub": ""}, {"sub": "x" * 300}, {"sub": 1},
])
def test_a_claim_that_is_not_right_is_refused(here, provider, claims):
    provider.claims.update(claims)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "nonce", "acr", "sub"])
def test_a_claim_that_is_missing_is_refused(here, provider, claim):
    provider.without = (claim,)
    assert outcome(here, provider) == WRONG


# ------------------------------------------------------------------------------------------------ userinfo


@pytest.mark.parametrize("change", [{"sub": "another"}, {"iss": "https://ailleurs.example"}, {"aud": "another"}, {"exp": 1}])
def test_userinfo_of_somebody_else_or_another_time_is_refused(here, provider, change):
    provider.person.update(change)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "sub"])
def test_userinfo_that_does_not_say_whose_it_is_is_refused(here, provider, claim):
    provider.userinfo_without = (claim,)
    assert outcome(here, provider) == WRONG


def test_userinfo_that_is_not_signed_is_refused(here, provider):
    provider.answers["/userinfo"] = lambda handler: handler.send(provider.person)
    assert outcome(here, provider) == WRONG


@pytest.mark.parametrize("token", [
    lambda provider, claims: f"{encoded({'alg': 'none'})}.{encoded(claims)}.",
    lambda provider, claims: signed(hostile_identity.SECRET.encode(), {"alg": "HS256", "kid": "ec"}, claims),
    lambda provider, claims: signed(provider.keys["unknown"], {"alg": "RS256", "kid": "rsa"}, claims),
    lambda provider, claims: signed(provider.keys["unknown"], {"alg": "RS256", "kid": "unknown"}, claims),
    lambda provider, claims: signed(provider.keys["ec"], {**EC, "crit": ["urn:x"], "urn:x": 1}, claims),
])
@pytest.mark.parametrize("which", ["token", "userinfo"])
def test_what_is_not_signed_by_franceconnect_is_refused(here, provider, token, which):
    made = (lambda claims: token(provider, claims)) if which == "token" else (lambda claims: token(provider, claims).encode())
    setattr(provider, which, made)
    assert outcome(here, provider) == WRONG


def test_there_is_no_way_without_userinfo(here, provider):
    provider.answers["/.well-known/openid-configuration"] = lambda handler: handler.send(
        {name: value for name, value in provider.right_metadata().items() if name != "userinfo_endpoint"})
    here.restart("preau-linkd")
    try:
        assert outcome(here, provider) in (WRONG, AWAY)
    finally:
        provider.reset()
        here.restart("preau-linkd")


# ------------------------------------------------------------------------------------------------ the way back


@pytest.mark.parametrize("changes, code", [
    ({"issuer": "https://ailleurs.example"}, WRONG), ({"issuer": ""}, WRONG), ({"code": ""}, WRONG),
    ({"state": "undefined"}, OVER), ({"state": ""}, OVER), ({"browser": "B" * 43}, OVER),
    ({"error": "access_denied", "code": ""}, CANCELLED), ({"error": "access_denied"}, CANCELLED),
    ({"error": "temporarily_unavailable", "code": ""}, AWAY), ({"error": "server_error", "code": ""}, AWAY),
    ({"error": "invalid_acr", "code": ""}, WRONG), ({"error": "<script>", "code": ""}, WRONG),
])
def test_what_comes_back_is_told_apart(here, provider, changes, code):
    assert outcome(here, provider, **changes) == code


def test_a_way_back_counts_once(here, provider):
    way = Way(here)
    provider.claims["nonce"] = way.query["nonce"]
    assert way.back().outcome == UNKNOWN
    with pytest.raises(Refused) as refused:
        way.back()
    assert refused.value.code == OVER and provider.asked.count("/token") == 1


def test_a_code_of_another_way_does_not_fit(here, provider):
    """The attacker's code in the victim's way back: the nonce is another's, there being no PKCE."""
    attacker = Way(here)
    provider.claims["nonce"] = attacker.query["nonce"]
    assert outcome(here, provider) == WRONG


def test_to_link_one_must_be_the_account(here, provider):
    message = here.bus.message("link", "BeginFranceConnectRequest", browser="B" * 43, address="192.0.2.1")
    message.account.academy, message.account.id = 11, 7
    with pytest.raises(Refused) as refused:
        here.bus.ask("link", "BeginFranceConnect", message)
    assert refused.value.code == "not_allowed"


# ------------------------------------------------------------------------------------------------ slow, down, garbage


@pytest.mark.parametrize("answer, code", [
    (lambda handler: handler.send({"error": "invalid_grant"}, 400), WRONG),
    (lambda handler: handler.send({"error": "invalid_client"}, 401), WRONG),
    (lambda handler: handler.send({}, 503), AWAY),
    (lambda handler: handler.send(b"<html>maintenance</html>", content_type="text/html"), WRONG),
    (lambda handler: handler.send(b"", content_type="application/json"), WRONG),
    (lambda handler: handler.send({"access_token": "access"}), WRONG),
    (lambda handler: handler.send(b"[" * 100000), WRONG),
    (lambda handler: handler.send(b"x" * 3000000), WRONG),
    (lambda handler: handler.connection.close(), AWAY),
])
@pytest.mark.parametrize("path", ["/token", "/userinfo"])
def test_what_is_no_answer_is_told(here, provider, path, answer, code):
    provider.answers[path] = answer
    assert outcome(here, provider) == code


def publish(here, provider, answer):
    """In the place of keys, to a linkd that knows none."""
    provider.answers["/jwks"] = answer
    here.restart("preau-linkd")


@pytest.mark.parametrize("answer, code", [
    (lambda handler: handler.send({}, 503), AWAY), (lambda handler: handler.send(b"x" * 3000000), WRONG),
    (lambda handler: handler.send(b"<html>maintenance</html>", content_type="text/html"), WRONG),
    (lambda handler: handler.send({}), WRONG), (lambda handler: handler.connection.close(), AWAY)])
def test_keys_that_are_none_are_told(here, provider, answer, code):
    publish(here, provider, answer)
    assert outcome(here, provider) == code


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/jwks"])
def test_who_is_slow_is_not_waited_for(here, provider, path):
    if path == "/jwks":
        publish(here, provider, lambda handler: time.sleep(10 * BOUND))
    else:
        provider.answers[path] = lambda handler: time.sleep(10 * BOUND)
    begun = time.monotonic()
    assert outcome(here, provider) == AWAY
    assert time.monotonic() - begun < 9 * BOUND
    provider.reset()


def test_linkd_stops_in_order_while_franceconnect_hangs(here, provider):
    way, hangs, refused = Way(here), threading.Event(), []
    provider.answers["/token"] = lambda handler: (hangs.set(), time.sleep(10 * BOUND))

    def ask():
        with pytest.raises(Exception) as told:
            way.back()
        refused.append(told.value)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert hangs.wait(30)
        here.stop_daemon("preau-linkd")
        assert 'event=stopped' in here.log("preau-linkd").splitlines()[-1], here.log("preau-linkd")[-2000:]
    finally:
        provider.reset()
        here.launch("preau-linkd")
        asking.join(60)
    assert refused and not asking.is_alive()


def test_what_browsers_bring_back_is_no_news_of_the_provider(here, provider):
    """Else anybody could have the status say that FranceConnect is down."""
    assert outcome(here, provider) == UNKNOWN
    provider.answers["/token"] = lambda handler: handler.send({}, 503)
    assert outcome(here, provider) == AWAY
    refusals = [({"error": "invalid_grant"}, 400, WRONG), ({"error": "slow_down"}, 429, AWAY), ({"error": "invalid_grant"}, 200, WRONG)]
    for body, status, code in refusals * FAILURES:
        provider.answers["/token"] = lambda handler, body=body, status=status: handler.send(body, status)
        assert outcome(here, provider, code="forged") == code
    provider.answers["/token"] = lambda handler: handler.send({}, 503)
    asked = provider.asked.count("/token")
    for changes, code in [({"state": "undefined"}, OVER), ({"issuer": "https://ailleurs.example"}, WRONG), ({"code": "é"}, WRONG),
                          ({"code": "", "error": "server_error"}, AWAY)] * FAILURES:
        assert outcome(here, provider, **changes) == code
    assert provider.asked.count("/token") == asked, "what no provider makes is not even sent"
    looked_at(here, provider)
    assert check(here) == ("ok", "")


def test_that_many_come_at_once_is_no_news_of_the_provider(here, provider):
    """Who waits behind others is over before FranceConnect could answer."""
    assert outcome(here, provider) == UNKNOWN
    ways, codes = [Way(here) for _ in range(24)], []
    provider.answers["/token"] = lambda handler: (time.sleep(0.5), handler.send({"error": "invalid_grant"}, 400))

    def come_back(way):
        with pytest.raises(Refused) as refused:
            way.back()
        codes.append(refused.value.code)

    threads = [threading.Thread(target=come_back, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(AWAY) > FAILURES and codes.count(WRONG) > 0, codes
    looked_at(here, provider)
    assert check(here) == ("ok", "") and "provider_away" not in here.log("preau-linkd").rpartition("event=started")[2]


@pytest.mark.parametrize("path, answer, cause", [
    ("/token", lambda handler: handler.send({"error": "server_error"}, 503), "token endpoint: status 503"),
    ("/token", lambda handler: handler.send(b"<html>maintenance</html>", content_type="text/html"), "token endpoint: no JSON object"),
    ("/token", lambda handler: time.sleep(BOUND + 1), "token endpoint: no whole answer in time"),
    ("/userinfo", lambda handler: handler.send(b"<html>maintenance</html>", content_type="text/html"), "userinfo: not signed"),
])
def test_an_endpoint_that_fails_one_after_the_other_is_told_until_it_serves_one(here, provider, path, answer, cause):
    """The description and the keys can be read all the while."""
    right = provider.answers[path]
    assert outcome(here, provider) == UNKNOWN
    provider.answers[path] = answer
    for _ in range(FAILURES - 1):
        del provider.claims["nonce"]
        assert outcome(here, provider) in (AWAY, WRONG)
    looked_at(here, provider)
    assert check(here) == ("ok", ""), "so few may be chance"
    del provider.claims["nonce"]
    assert outcome(here, provider) in (AWAY, WRONG)
    told = ("degraded", f"1 of 1 away; FranceConnect: {FAILURES} sign-ins in a row: {cause}")
    here.wait(lambda: check(here) == told, what=f"told as {told}", seconds=30)
    provider.answers[path] = right
    looked_at(here, provider)
    assert check(here) == told, "nobody was served since"
    del provider.claims["nonce"]
    assert outcome(here, provider) == UNKNOWN
    here.wait(lambda: check(here) == ("ok", ""), what="well again", seconds=30)


@pytest.mark.parametrize("answer, cause", [
    (lambda handler: handler.send({}, 503), "keys: status 503"), (lambda handler: handler.send(b"<html>"), "keys: no JSON object"),
    (lambda handler: handler.send({"keys": []}), "keys: none in what is published")])
def test_keys_that_cannot_be_read_are_told_with_nobody_there(here, provider, answer, cause):
    right = provider.answers["/jwks"]
    assert outcome(here, provider) == UNKNOWN
    provider.answers["/jwks"] = answer
    here.wait(lambda: check(here) == ("degraded", f"1 of 1 away; FranceConnect: {cause}"), what=f"told as {cause}", seconds=30)
    del provider.claims["nonce"]
    assert outcome(here, provider) == UNKNOWN, "those that are known still serve"
    provider.answers["/jwks"] = right
    here.wait(lambda: check(here) == ("ok", ""), what="well again", seconds=30)


# ------------------------------------------------------------------------------------------------ the configuration


@pytest.mark.parametrize("sections, told", [
    ({"franceconnect": {"issuer": "http://127.0.0.1/api/v2"}}, "franceconnect.issuer: is no https address"),
    ({"franceconnect": {"client_id": ""}}, "franceconnect.client_id: is to be given"),
    ({"franceconnect": {"client_secret_file": ""}}, "franceconnect.client_secret_file: is to be given"),
])
def test_what_cannot_work_is_said_at_the_start(here, tmp_path, sections, told):
    extra = tmp_path / "extra.conf"
    extra.write_text(configuration_text(sections))
    done = subprocess.run([here.program("preau-linkd"), "--config", here.config, "--config", extra], capture_output=True,
                          text=True, timeout=30, env={**os.environ, "PREAU_STATUS_LINK": "127.0.0.1:0"})
    assert done.returncode == 1 and told in done.stderr and "franceconnect.md" in done.stderr, done.stderr


def test_no_identity_is_linked_where_no_code_can_be_sent(here, tmp_path):
    config = tmp_path / "preau.conf"
    config.write_text(re.sub(r'sms_provider "\w+" \{.*?\n\}\n', "", here.config.read_text(), flags=re.DOTALL))
    done = subprocess.run([here.program("preau-linkd"), "--config", config], capture_output=True,
                          text=True, timeout=30, env={**os.environ, "PREAU_STATUS_LINK": "127.0.0.1:0"})
    assert done.returncode == 1 and "wants a section sms_provider" in done.stderr and "franceconnect.md" in done.stderr, done.stderr
