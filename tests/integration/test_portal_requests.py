"""Forms from elsewhere, headers of every answer, what is sent back of what was sent, where one is led: for every route of the map."""

import re
from html.parser import HTMLParser

import pytest
import requests

from peers.everyone import Everyone
from peers.hostile_identity import HostileProvider
from peers.portal import ACADEMY, HEAD_PASSWORD
from peers.routes import PORTAL, asked_names, filled, led, routes
from peers.site import Site
from peers.web import Page, Visitor

SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "1000", "attempts_address": "100000"}}
DAEMONS = ("preau-importd", "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald")
# somebody whom each kind of access lets in
KEPT = ("/assets/*", "/donnees-ouvertes/comptes.csv")  # by browsers and whatever is between: the same for everybody
FIT = {"ANYONE": "nobody", "UNASKED": "nobody", "SIGNED_IN": "guardian", "FAMILY": "guardian", "OPENING": "opening", "PASSWORD": "new_password",
       "CODE": "halfway", "OWN_PASSWORD": "directeur", "SECOND_FACTOR": "directeur", "ADMINISTRATOR": "directeur", "SCHOOL": "directeur", "DELIVERIES": "exploitant"}
ELSEWHERE = {"https://formulaire.defenseurdesdroits.fr", "https://www.defenseurdesdroits.fr/saisir/delegues",
             "https://www.cnil.fr/fr/plaintes", "https://franceconnect.gouv.fr/"}  # what pages link to outside
MARK = "\"'><zq onclick=zq>{{zq}}"
EVIL = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:evil.example")
CRLF = "a\r\nX-Evil: 1\r\n\r\n<zq>"


def declared(provider):
    """FranceConnect, an academy's portal and an ENT, of the name that addresses have (SOMETHING), so that their routes lead out and back."""
    own = provider.section(ACADEMY)
    return {"franceconnect": {key: value for key, value in own.items() if key != "academy"}, 'academy_portal "lyon"': own,
            'ent "lyon"': {"protocol": "cas", "label": "ENT d’essai", "academy": ACADEMY, "key_pattern": "([0-9]+)",
                           "address": f"{provider.issuer}/cas", "ca_file": provider.authority},
            'sms_provider "nobody"': {"url": "http://127.0.0.1:9/cgi-bin/sendsms"}, "sms": {"reports": "127.0.0.1:0"}}  # FranceConnect wants one


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with HostileProvider(tmp_path_factory.mktemp("provider")) as provider:
        with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings={**SETTINGS, **declared(provider)}) as site:
            site.peer = provider.issuer
            yield site


@pytest.fixture(scope="module")
def everyone(here):
    return Everyone(here)


@pytest.fixture(scope="module")
def fit(everyone):
    """The visitors of FIT by kind of access, signed in once."""
    visitors = {who: everyone.come(who) for who in set(FIT.values())}
    return {access: visitors[who] for access, who in FIT.items()}


@pytest.fixture(scope="module")
def values(everyone, fit):
    style = re.search(r'href="/assets/([^"]+)"', fit["ANYONE"].page.content.decode())[1]
    return {**everyone.own.values(), "*": style}


def of_method(method):
    return [route for route in routes() if route.method == method]


def named(route):
    return route.name


def send(visitor, url, method, **options):
    return visitor.session.request(method, url, allow_redirects=False, timeout=20, **options)


# ------------------------------------------------------------------------------------------------ forms from elsewhere


# what a page of an ENT sends, of another site: it bears no token of ours, and its state is taken once (test_ent_lies.py)
FROM_ELSEWHERE = ("POST /ent/:portail/retour", "POST /ent/:portail/suite")


@pytest.mark.parametrize("route", [route for route in of_method("POST") if route.name not in FROM_ELSEWHERE], ids=named)
def test_a_form_without_the_right_token_is_refused(here, everyone, fit, values, route):
    visitor, other = fit[route.access], everyone.come(FIT[route.access])
    url = here.portal_url + filled(route.pattern, values)
    before = everyone.own.trace()
    flipped = visitor.csrf[:-1] + ("A" if visitor.csrf[-1] != "A" else "B")
    tokens = [None, "", "x", "A" * len(visitor.csrf), flipped, visitor.csrf.swapcase(), visitor.csrf + "A", visitor.csrf[:-1], other.csrf]
    answers = [send(visitor, url, "POST", data={} if token is None else {"csrf": token}) for token in tokens]
    answers.append(send(visitor, f"{url}?csrf={visitor.csrf}", "POST", data={}))
    answers.append(send(visitor, url, "POST", json={"csrf": visitor.csrf}))
    answers.append(send(visitor, url, "POST", files={"csrf": (None, visitor.csrf)}))
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert all("Ce formulaire n’est plus valable" in answer.text for answer in answers)
    assert everyone.own.trace() == before


@pytest.mark.parametrize("route", routes(), ids=named)
def test_an_address_answers_to_its_own_method_alone(here, fit, values, route):
    other = "GET" if route.method == "POST" else "POST"
    url = here.portal_url + filled(route.pattern, values)
    answer = send(fit[route.access], url, other, data={"csrf": fit[route.access].csrf} if other == "POST" else None)
    has_both = any((one.method, one.pattern) == (other, route.pattern) for one in routes())
    is_led = other == "GET" and route.pattern in led()
    assert has_both or answer.status_code == (303 if is_led else 405)
    assert {send(fit[route.access], url, method).status_code for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")} == {501}


def test_a_session_that_a_stranger_chose_is_not_taken(here, everyone):
    """Whoever plants a cookie before the sign-in knows nothing of the session after it."""
    visitor = Visitor(here.portal_url)
    visitor.session.cookies.set("preau", "A" * 43, domain="127.0.0.1", path="/")
    page = visitor.get("/administration/connexion")
    visitor.submit(page.form("/administration/connexion"), identifiant="directeur", mot_de_passe=HEAD_PASSWORD)
    assert {cookie.value for cookie in visitor.session.cookies if cookie.name == "preau"} != {"A" * 43}
    planted = requests.get(here.portal_url + "/etablissements", cookies={"preau": "A" * 43}, allow_redirects=False, timeout=20)
    assert planted.headers["Location"].startswith("/administration/connexion")


# ------------------------------------------------------------------------------------------------ headers


def check_headers(answer, is_kept=False):
    """What every answer says to the browser. is_kept: a file that is the same for everybody."""
    headers = answer.headers
    policy = dict(part.split(None, 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"] and "*" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin" and headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "public" in headers["Cache-Control"] if is_kept else headers["Cache-Control"] == "no-store"
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(headers)
    if answer.content and headers["Content-Type"].startswith("text/"):
        assert "charset=utf-8" in headers["Content-Type"]


@pytest.mark.parametrize("route", of_method("GET"), ids=named)
def test_every_page_has_the_headers(here, fit, values, route):
    url = here.portal_url + filled(route.pattern, values)
    for method in ("GET", "HEAD"):
        answer = send(fit[route.access], url, method)
        assert answer.status_code in (200, 303, 400, 404, 410)  # 410: a proof or a way that is over
        check_headers(answer, is_kept=route.pattern in KEPT)


def test_every_refusal_has_the_headers(here, fit, values, everyone):
    head = fit["SCHOOL"]
    school = f"/etablissements/{everyone.own.uai}"
    tag = send(head, f"{here.portal_url}/assets/{values['*']}", "GET").headers["ETag"]
    cases = [
        (404, "GET", "/nulle-part", {}), (404, "GET", f"/etablissements/{everyone.foreign.uai}/responsables", {}),
        (404, "GET", "/assets/x", {}), (404, "GET", "/assets/x/y.css", {}), (404, "GET", f"{school}/comptes/16-999999", {}),
        (405, "GET", "/deconnexion", {}), (405, "POST", "/", {}), (400, "GET", "/?a=%00", {}), (400, "GET", "/%ff", {}),
        (403, "POST", f"{school}/apercu", {"data": {}}), (303, "POST", f"{school}/apercu", {"data": {"csrf": head.csrf, "action": "reset", "profil": "responsable"}}),
        (400, "POST", f"{school}/apercu", {"data": {"csrf": head.csrf}}), (303, "GET", "/guichet", {}),
    ]
    for status, method, path, options in cases:
        answer = send(head, here.portal_url + path, method, **options)
        assert answer.status_code == status, (method, path)
        check_headers(answer)
    kept = send(head, f"{here.portal_url}/assets/{values['*']}", "GET", headers={"If-None-Match": tag})
    assert kept.status_code == 304
    check_headers(kept, is_kept=True)


def test_when_another_daemon_is_away_the_answer_has_the_headers(here, fit, everyone):
    here.kill("preau-notifyd")
    try:
        answer = send(fit["SCHOOL"], f"{here.portal_url}/etablissements/{everyone.own.uai}/envois", "GET")
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        check_headers(answer)
    finally:
        here.launch("preau-notifyd")


# ------------------------------------------------------------------------------------------------ what is sent back


class Tags(HTMLParser):
    """Tags, attributes and addresses, as a browser reads them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.names, self.addresses = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        self.tags.add(tag)
        self.names |= {name for name, _ in pairs}
        self.addresses |= {value or "" for name, value in pairs if name in ("href", "src", "action", "formaction", "content", "srcset")}


def sent_names():
    fields = {name for page in (PORTAL / "pages").glob("*.html") for name in re.findall(r'\bname="([\w-]+)"', page.read_text())}
    return sorted({*asked_names("query"), *asked_names("form"), *fields, "next", "url", "retour", "redirect"} - {"csrf", "robots", "viewport"})


def answers_to(here, fit, values, route, value):
    """The answers to that value in every parameter at once and, for a page, in each alone."""
    url, visitor = here.portal_url + filled(route.pattern, values), fit[route.access]
    every = {name: value for name in sent_names()}
    if route.method == "POST":
        yield send(visitor, url, "POST", data={**every, "csrf": visitor.csrf}, params=every)
        return
    yield send(visitor, url, "GET", params=every)
    for name in asked_names("query"):
        yield send(visitor, url, "GET", params={name: value})


STAYING = [route for route in routes() if route.name != "POST /deconnexion"]  # the session


@pytest.mark.parametrize("route", STAYING, ids=named)
def test_what_was_sent_comes_back_as_text_only(here, fit, values, route):
    for value in (MARK, CRLF):
        for answer in answers_to(here, fit, values, route, value):
            assert answer.status_code < 500
            assert "X-Evil" not in answer.headers and not any("zq" in held for held in answer.headers.values() if "<" in held)
            if "html" in answer.headers.get("Content-Type", ""):
                tags = Tags(answer.text)
                assert "zq" not in tags.tags and not {name for name in tags.names if name.startswith("on")}


OUT = ("GET /franceconnect", "GET /guichet/franceconnect", "GET /portail/:portail", "GET /ent/:portail")  # to a peer, as it is declared


@pytest.mark.parametrize("route", STAYING, ids=named)
def test_nobody_is_led_elsewhere(here, fit, values, route):
    for value in EVIL:
        for answer in answers_to(here, fit, values, route, value):
            location = answer.headers.get("Location", "")
            assert "evil" not in location or location.startswith("/"), location
            if route.name in OUT:
                assert answer.status_code == 303 and location.startswith(here.peer + "/"), (answer.status_code, location)
            else:
                assert re.fullmatch(r"(/([^/\\].*)?)?", location), location
            if "html" in answer.headers.get("Content-Type", ""):
                outside = {one for one in Tags(answer.text).addresses if re.match(r"\s*(\w+:|//|/\\)", one)
                           and not one.startswith("otpauth:")}
                assert outside - ELSEWHERE == set()


def test_the_host_that_a_request_names_leads_nowhere(here, fit, everyone):
    for path in ("/etablissements", "/guichet", "/", f"/etablissements/{everyone.own.uai}"):
        answer = send(fit["SCHOOL"], here.portal_url + path, "GET",
                      headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp", "Forwarded": "host=evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)


# ------------------------------------------------------------------------------------------------ over HTTPS


def test_over_https_cookies_are_the_hosts_own_and_https_is_kept_to(here):
    """Last: the daemon is started again as behind a proxy that holds TLS."""
    here.settings = {**here.settings, "portal": {"secure_cookie": "oui"}}
    here.config.write_text(here._configuration())
    here.restart("preau-portald")
    first = requests.get(here.portal_url + "/administration/connexion", timeout=20)
    form_cookie = first.headers["Set-Cookie"]
    token = dict(Page(first).form("/administration/connexion").fields)["csrf"]
    signed_in = requests.post(
        here.portal_url + "/administration/connexion", allow_redirects=False, timeout=20,
        headers={"Cookie": form_cookie.partition(";")[0]},
        data={"csrf": token, "identifiant": "directeur", "mot_de_passe": HEAD_PASSWORD})
    assert signed_in.status_code == 303
    cookies = [form_cookie, *signed_in.raw.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-preau", "__Host-preau-formulaire", "__Host-preau-poste"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"path=/", "httponly", "secure", "samesite=lax"} <= attributes and not any(one.startswith("domain") for one in attributes)
    for answer in (first, signed_in, requests.get(here.portal_url + "/nulle-part", timeout=20)):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        check_headers(answer)
