"""Administrators who sign in by the OpenID Connect portal of their academy: a real provider over HTTPS, real linkd and
portald, and the pages that a browser without JavaScript sees."""

import concurrent.futures
import time
import urllib.parse

import pytest
import requests
from jwcrypto import jwk

from peers import totp
from peers.deeds import tries
from peers.identity import IdentityProvider
from peers.people import Town
from peers.portal import ACADEMY, SECOND_FACTOR, PortalVisitor as PortalVisitorOf, add_administrator, enrol, forget_step, sign_in_head
from peers.site import Site
from peers.trail import written
from peers.web import Page

OTHER_ACADEMY = 12
SIGN_IN, MINE = "/administration/connexion", "/administration/mon-compte"


def rne(uai):
    """As the academies' directories write it."""
    return f"{uai}$UAJ$PU$N$T3$COL$340"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, with_kannel=False, settings={
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000", "provider_keys_interval": "1s"}})
    key = jwk.JWK.generate(kty="EC", crv="P-256", kid="client", alg="ES256", use="sig")
    site.provider = IdentityProvider(
        folder / "identity", site.portal_url, {}, portals=("aude", "post", "clef", "fonctions", "large", "voisine"),
        client_keys=[key.export_public(as_dict=True)])
    key_file = folder / "client-key.json"
    key_file.write_text(key.export())
    key_file.chmod(0o600)
    functions = {"function_claim": "FrEduFonctAdm", "functions": ["DIR=directeur", "ADF=delegue"]}
    wide = {"function_claim": "FrEduFonctAdm", "functions": ["DIR=directeur", "DSI=integrateur"], "wide_roles": "oui",
            "second_factor": ["amr=otp", "acr=eidas2"]}
    section = site.provider.section
    site.settings.update({
        'academy_portal "aude"': section(ACADEMY),
        'academy_portal "post"': section(ACADEMY, "client_secret_post", label="Portail par formulaire", userinfo="always"),
        'academy_portal "clef"': section(ACADEMY, "private_key_jwt", client_key_file=key_file),
        'academy_portal "fonctions"': section(ACADEMY, **functions),
        'academy_portal "large"': section(ACADEMY, **wide),
        'academy_portal "voisine"': section(OTHER_ACADEMY, label="Académie voisine"),
    })
    try:
        site.start_peers()
        site.town = Town(site, ACADEMY)
        site.schools = [site.town.school(2) for _ in range(3)]
        site.elsewhere = Town(site, OTHER_ACADEMY).school(2)
        uais = [school[0] for school in site.schools]
        site.provider.people.update({
            "girard": {"name": "Mme Girard", "preferred_username": "MGirard", "email": "m.girard@ac-aude.example",
                       "FrEduRneResp": [rne(uais[0]), uais[1], "X", "0000000Z"], "FrEduFonctAdm": "DIR"},
            "petit": {"given_name": "Paul", "family_name": "Petit", "preferred_username": "mgirard",
                      "FrEduRneResp": rne(uais[0]), "FrEduFonctAdm": ["ENS$UAJ", "ADF"]},
            "ailleurs": {"name": "M. Ailleurs", "preferred_username": "ailleurs", "FrEduRneResp": [site.elsewhere[0]]},
            "sans": {"name": "M. Sans", "preferred_username": "sans", "FrEduRneResp": "X", "FrEduFonctAdm": "ENS"},
            "dsi": {"name": "Mme Dsi", "preferred_username": "dsi", "FrEduFonctAdm": "DSI", "amr": ["pwd", "otp"]},
            "faible": {"name": "M. Faible", "preferred_username": "faible", "FrEduFonctAdm": "DSI", "amr": ["pwd"]},
            "hostile": {"name": "<b>Éva</b>\u202e \"x\"", "preferred_username": "admin:x", "FrEduRneResp": [uais[0]]},
        })
        site.provider.start()
        for name in ("preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald"):
            site.launch(name)
        yield site
    finally:
        site.provider.stop()
        site.remove()


class PortalVisitor(PortalVisitorOf):
    def __init__(self, site):
        super().__init__(site.portal_url, site.provider.authority)


@pytest.fixture
def visitor(here):
    return PortalVisitor(here)


def administrator(here, login):
    found = [one for one in here.ctl("admin", "list", json_answer=True)["administrators"] if one["login"] == login]
    return found[0] if found else None


def scopes(here, login):
    with here.psql() as database:
        return {row[0] for row in database.execute(
            "select uai from preau.administrator_scope s join preau.administrator a on a.id = s.administrator_id where login = %s", (login,))}


# ------------------------------------------------------------------------------------------------ signing in


def test_the_sign_in_page_offers_the_portals_beside_the_form(here, visitor):
    page = visitor.get(SIGN_IN)
    assert page.link("Académie de Montpellier") and page.link("Portail par formulaire") == "/portail/post"
    assert page.form(SIGN_IN).fields
    assert here.provider.issuer not in page.text


def test_a_picture_of_a_strangers_page_begins_no_way(here):
    for headers, status in (({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
                            ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 303)):
        assert requests.get(here.portal_url + "/portail/aude", headers=headers, allow_redirects=False, timeout=20).status_code == status


def test_a_head_signs_in_by_the_portal_and_has_the_schools_that_it_tells(here, visitor):
    page = visitor.go("aude", "girard")
    assert page.status == 200 and "Mme Girard" in page.text
    for school in here.schools[:2]:
        assert visitor.get(f"/etablissements/{school[0]}/responsables").status == 200
    assert visitor.get(f"/etablissements/{here.schools[2][0]}/responsables").status == 404
    assert scopes(here, "aude:mgirard") == {school[0] for school in here.schools[:2]}
    assert here.metrics("preau-linkd")['preau_link_sign_ins_total{who="portal",outcome="right"}'] >= 1
    # the portal's certificate is watched before it ends
    assert here.metrics("preau-linkd")['preau_certificate_end_timestamp_seconds{peer="aude"}'] > time.time()


def test_nothing_of_the_person_is_in_the_logs(here, visitor):
    visitor.go("aude", "girard")
    for name in ("preau-linkd", "preau-portald"):
        log = here.log(name)
        assert "irard" not in log and "ac-aude" not in log and "code=" not in log


def test_the_same_person_is_the_same_administrator(here):
    for _ in range(2):
        PortalVisitor(here).go("aude", "girard")
    with here.psql() as database:
        assert database.execute("select count(*) from preau.administrator where login = 'aude:mgirard'").fetchone() == (1,)


@pytest.mark.parametrize("portal", ["post", "clef"])
def test_the_other_ways_to_make_oneself_known_and_other_algorithms(here, visitor, portal):
    """post: ES256, and userinfo as a signed token; clef: private_key_jwt, and PS256."""
    assert "Mme Girard" in visitor.go(portal, "girard").text


def test_a_login_that_passed_to_another_person_is_not_taken_over(here, visitor):
    visitor.go("aude", "girard")
    assert "Paul Petit" in PortalVisitor(here).go("aude", "petit").text
    with here.psql() as database:
        logins = [row[0] for row in database.execute("select login from preau.administrator where login like 'aude:mgirard%' order by 1")]
    assert len(logins) == 2 and logins[0] == "aude:mgirard" and logins[1].startswith("aude:mgirard#")


def test_a_local_account_of_that_login_is_another(here, visitor):
    add_administrator(here, "mgirard", "directeur", "--school", here.schools[2][0], name="M. Local")
    assert "Mme Girard" in visitor.go("aude", "girard").text
    assert scopes(here, "mgirard") == {here.schools[2][0]}
    assert sign_in_head(here, "aude:mgirard", "").page.status != 200


def test_what_the_portal_told_before_is_replaced(here, visitor):
    person = here.provider.people["girard"]
    before = person["FrEduRneResp"]
    visitor.go("aude", "girard")
    open_session = visitor.get(f"/etablissements/{here.schools[0][0]}/responsables")
    assert open_session.status == 200
    with here.psql() as database:  # given by an operator: the portal has no say in it
        database.execute("insert into preau.administrator_scope (administrator_id, academy, uai) "
                         "select id, %s, %s from preau.administrator where login = 'aude:mgirard'", (ACADEMY, here.schools[2][0]))
    try:
        person["FrEduRneResp"] = [here.schools[1][0]]
        here.provider.stop()
        here.provider.start()
        PortalVisitor(here).go("aude", "girard")
        assert scopes(here, "aude:mgirard") == {here.schools[1][0], here.schools[2][0]}
        assert visitor.get(f"/etablissements/{here.schools[0][0]}/responsables").status == 404  # a session of before too
    finally:
        person["FrEduRneResp"] = before
        with here.psql() as database:
            database.execute("delete from preau.administrator_scope where uai = %s and not by_portal", (here.schools[2][0],))
        here.provider.stop()
        here.provider.start()


def test_a_hostile_name_is_escaped(here, visitor):
    page = visitor.go("aude", "hostile")
    assert "<b>Éva</b>" in page.text and "\u202e" not in page.text
    assert "aude:compte" in {one["login"] for one in here.ctl("admin", "list", json_answer=True)["administrators"]}


# ------------------------------------------------------------------------------------------------ who is refused


def refused(page, words):
    assert page.path.endswith("/retour") and words in page.text, page.text
    assert page.form(SIGN_IN) and page.link("Académie de Montpellier")  # the next step is on the page
    return page.status


def test_a_school_of_another_academy_is_never_given(here, visitor):
    assert refused(visitor.go("aude", "ailleurs"), "aucun établissement connu") == 403
    assert administrator(here, "aude:ailleurs") is None
    assert visitor.get("/etablissements").path == SIGN_IN


def test_the_same_school_is_given_by_its_own_academys_portal(here, visitor):
    assert "M. Ailleurs" in visitor.go("voisine", "ailleurs").text


def test_one_without_a_school_is_refused(here, visitor):
    assert refused(visitor.go("aude", "sans"), "aucun établissement connu") == 403


def test_a_function_without_a_role_is_refused(here, visitor):
    assert refused(visitor.go("fonctions", "sans"), "votre fonction ne donne pas accès") == 403


def test_functions_give_their_role(here):
    PortalVisitor(here).go("fonctions", "petit")
    PortalVisitor(here).go("fonctions", "girard")
    with here.psql() as database:
        roles = dict(database.execute("select a.name, role::text from preau.administrator a join preau.administrator_identity i "
                                      "on i.administrator_id = a.id where name in ('Paul Petit', 'Mme Girard')").fetchall())
    assert roles == {"Paul Petit": "delegue", "Mme Girard": "directeur"}
    PortalVisitor(here).go("aude", "petit")  # as the others expect


def test_a_wide_role_wants_a_second_factor_the_portals_or_ours(here, visitor):
    assert visitor.go("large", "faible").path == "/administration/double-authentification"
    assert visitor.get("/imports").path == "/administration/double-authentification"  # nothing else, until it is set up
    assert PortalVisitor(here).go("large", "dsi").path == "/imports"
    assert scopes(here, "large:dsi") == {None}


def test_a_head_of_a_portal_has_no_password_here_and_proves_the_second_factor_by_its_codes(here, visitor):
    """Set up by choice from an open session; then a code, or a recovery code, stands where others give their password."""
    visitor.go("fonctions", "girard")
    page = visitor.get(MINE)
    assert "se change là-bas" in page.text and "/administration/mot-de-passe" not in [href for _, href in page.links]
    visitor.page = visitor.get(SECOND_FACTOR)
    assert "actuel" not in dict(visitor.page.form(SECOND_FACTOR).fields)
    secret, codes = enrol(visitor)
    assert len(codes) == 10
    try:
        page = visitor.get(MINE)
        assert "Code actuel, ou code de secours" in page.text
        wrong = visitor.submit(page.form("/administration/codes-de-secours"), actuel="000000")
        assert wrong.status == 422 and len(visitor.get(MINE).forms) == len(page.forms)
        renewed = visitor.submit(page.form("/administration/codes-de-secours"), actuel=codes[0])
        assert renewed.status == 200 and codes[1] not in renewed.text
        again = visitor.submit(visitor.get(MINE).form("/administration/codes-de-secours"), actuel=codes[1])
        assert again.status == 422  # of those before
        forget_step(here, "fonctions:mgirard")
        page = visitor.submit(visitor.get(MINE).form(SECOND_FACTOR + "/retrait"), actuel=totp.code(secret))
        assert page.path == MINE and "retirée" in page.text
    finally:
        here.ctl("admin", "reset-totp", "fonctions:mgirard")


def test_a_head_to_whom_more_was_given_here_wants_one_too(here):
    with here.psql() as database:
        database.execute("insert into preau.administrator_scope (administrator_id, academy) select administrator_id, %s "
                         "from preau.administrator_identity where subject = 'girard'", (ACADEMY,))
    try:
        assert PortalVisitor(here).go("aude", "girard").path == "/administration/double-authentification"
    finally:
        with here.psql() as database:
            database.execute("delete from preau.administrator_scope where uai is null and not by_portal")


def test_one_who_was_disabled_is_refused(here, visitor):
    visitor.go("aude", "girard")
    with here.psql() as database:
        (login,) = database.execute("select login from preau.administrator a join preau.administrator_identity i "
                                    "on i.administrator_id = a.id where subject = 'girard'").fetchone()
    assert "désactivé" in here.ctl("admin", "disable", login.upper())
    try:
        assert refused(PortalVisitor(here).go("aude", "girard"), "a été fermé") == 403
        assert visitor.get("/etablissements").path == SIGN_IN
    finally:
        here.ctl("admin", "enable", login)
    assert "Mme Girard" in PortalVisitor(here).go("aude", "girard").text
    done = here.run_ctl("admin", "password", login)
    assert done.returncode != 0 and "portail de son académie" in done.stdout + done.stderr


def test_one_who_gives_up_is_told_what_to_do(here, visitor):
    page = visitor.get("/portail/aude")
    page = visitor.get(urllib.parse.urljoin(page.address, f"{page.path}/abort"))
    assert refused(page, "Vous n’avez pas terminé") == 403


def test_an_unknown_portal_is_told(here, visitor):
    page = visitor.get("/portail/inconnu")
    assert page.status == 404 and "n’est pas raccordé" in page.text
    assert visitor.get("/portail/In.connu").status == 404


# ------------------------------------------------------------------------------------------------ the way back


def way_back(visitor, login="girard", portal="aude"):
    """The address that the provider sends the browser back to, not yet followed."""
    page = visitor.get(f"/portail/{portal}")
    address = urllib.parse.urljoin(page.address, f"{page.path}/as/{login}")
    while not address.startswith(visitor.url):
        response = visitor.session.get(address, allow_redirects=False, timeout=20)
        address = urllib.parse.urljoin(address, response.headers["Location"])
    return address


def changed(address, **parameters):
    parts = urllib.parse.urlsplit(address)
    query = {**dict(urllib.parse.parse_qsl(parts.query)), **parameters}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})))


@pytest.mark.parametrize("state", ["", "x", "A" * 43, None])
def test_another_state_is_refused(here, visitor, state):
    assert refused(visitor.get(changed(way_back(visitor), state=state)), "n’est plus valable") == 410


def test_the_way_back_is_of_the_browser_that_began(here, visitor):
    address = way_back(visitor)
    stranger = PortalVisitor(here)
    assert refused(stranger.get(address), "n’est plus valable") == 410
    assert "Mme Girard" in visitor.get(address).text  # the stranger did not use it up


def test_an_address_counts_once(here, visitor):
    address = way_back(visitor)
    assert visitor.get(address).status == 200
    cookies = requests.utils.dict_from_cookiejar(visitor.session.cookies)
    again = visitor.get(address)  # loaded again: who is signed in goes home
    assert again.status == 200 and again.path.startswith("/etablissements")
    stranger = PortalVisitor(here)
    stranger.session.cookies.set("preau-portail", cookies.get("preau-portail", ""))
    assert refused(stranger.get(address), "n’est plus valable") == 410


def test_of_many_at_once_one_counts(here, visitor):
    address = way_back(visitor)
    cookies = requests.utils.dict_from_cookiejar(visitor.session.cookies)
    mine = {name: value for name, value in cookies.items() if name.startswith("preau")}

    def ask(_):
        return requests.get(address, cookies=mine, allow_redirects=False, timeout=20).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [303] + [410] * 7


def test_an_issuer_that_is_not_the_provider_is_a_mix_up(here, visitor):
    assert refused(visitor.get(changed(way_back(visitor), iss="https://ailleurs.example")), "n’a pas pu être vérifiée") == 502
    silent = PortalVisitor(here)
    assert refused(silent.get(changed(way_back(silent), iss=None)), "n’a pas pu être vérifiée") == 502


def test_a_way_back_to_another_portal_is_none(here, visitor):
    address = way_back(visitor).replace("/portail/aude/", "/portail/post/")
    assert refused(visitor.get(address), "n’est plus valable") == 410


def test_a_code_of_somebody_else_is_refused(here, visitor):
    """The attacker's code in the victim's way back: PKCE and the nonce do not fit."""
    attacker = way_back(PortalVisitor(here), "petit")
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(attacker).query))["code"]
    assert refused(visitor.get(changed(way_back(visitor), code=code)), "n’a pas pu être vérifiée") == 502


def test_linkd_may_be_restarted_between_the_way_out_and_the_way_back(here, visitor):
    address = way_back(visitor)
    here.restart("preau-linkd")
    here.wait_ready("preau-portald")
    assert "Mme Girard" in visitor.get(address).text


def test_one_who_took_too_long_begins_again(here, visitor):
    address = way_back(visitor)
    with here.psql() as database:
        database.execute("update preau.provider_sign_in set expires_at = now() - interval '1 second'")
    assert refused(visitor.get(address), "n’est plus valable") == 410


def test_what_is_stored_of_it_opens_nothing(here, visitor):
    address = way_back(visitor)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))["state"]
    with here.psql() as database:
        rows = database.execute("select row_to_json(s)::text from preau.provider_sign_in s").fetchall()
    assert rows and all(state not in row[0] for row in rows)


def test_keys_that_were_renewed_are_read_again(here, visitor):
    assert "Mme Girard" in visitor.go("aude", "girard").text
    here.provider.renew_keys()
    here.wait(lambda: "Mme Girard" in PortalVisitor(here).go("aude", "girard").text, what="a sign-in by the new keys")


def test_a_provider_that_is_down_is_told(here, visitor):
    here.provider.stop()
    try:
        here.restart("preau-linkd")  # that knows nothing of it
        here.wait_ready("preau-portald")
        page = visitor.get("/portail/aude")
        assert page.status == 503 and "ne répond pas" in page.text and page.form(SIGN_IN)
    finally:
        here.provider.start()
    assert "Mme Girard" in visitor.go("aude", "girard").text


# ------------------------------------------------------------------------------------------------ signing out


def sign_out(visitor):
    return visitor.submit(visitor.page.form("/deconnexion"))


def test_signing_out_here_offers_to_sign_out_there(here, visitor):
    visitor.go("aude", "girard")
    page = sign_out(visitor)
    assert page.path == "/fin-de-session" and "encore ouverte" in page.text
    at_portal = visitor.get(page.link("Se déconnecter aussi du portail"))
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(at_portal.address).query))
    assert query["post_logout_redirect_uri"] == f"{here.portal_url}/fin-de-session" and query["id_token_hint"]
    form = at_portal.forms[0]
    response = visitor.session.post(form.action, data=[*form.fields, ("logout", "yes")], timeout=20)
    back = Page(response)
    assert back.path == "/fin-de-session" and "aussi déconnecté du portail" in back.text
    assert "Qui êtes-vous" in visitor.get("/portail/aude").text  # the portal asks again


def test_the_offer_counts_once_and_for_this_browser(here, visitor):
    visitor.go("aude", "girard")
    cookie = requests.utils.dict_from_cookiejar(visitor.session.cookies)["preau-portail"]
    sign_out(visitor)
    stranger = PortalVisitor(here)
    stranger.session.cookies.set("preau-portail", "A" * 43, domain="127.0.0.1")
    page = stranger.get("/fin-de-session/portail")
    assert page.path == "/fin-de-session" and "encore ouverte" not in page.text
    visitor.session.get(f"{here.portal_url}/fin-de-session/portail", allow_redirects=False, timeout=20)
    stranger.session.cookies.set("preau-portail", cookie, domain="127.0.0.1")
    assert stranger.get("/fin-de-session/portail").path == "/fin-de-session"


def test_a_local_sign_out_goes_home_as_before(here):
    add_administrator(here, "local", "directeur", "--school", here.schools[0][0])
    head = sign_in_head(here, "local")
    assert head.submit(head.page.form("/deconnexion")).path == "/"


# ------------------------------------------------------------------------------------------------ in the audit trail


def told(entries):
    return [(entry["action"], entry["chain"], entry["actor"], entry["detail"]) for entry in entries]


def tells(here, person, **claims):
    """What the portal tells of a person from now on."""
    here.provider.people[person].update(claims)
    here.provider.stop()
    here.provider.start()


@tries("Link/FinishPortalSignIn", "signed_in")
@tries("Link/FinishPortalSignIn", "portal_scopes_replaced")
@tries("Link/FinishPortalSignIn", "sign_in_refused")
def test_a_sign_in_by_the_portal_is_in_the_trail_with_what_it_changed_and_who_is_refused(here):
    first, second = (school[0] for school in here.schools[:2])
    here.provider.people["leroy"] = {"name": "M. Leroy", "preferred_username": "leroy"}
    tells(here, "leroy", FrEduRneResp=[first, second], FrEduFonctAdm="DIR")
    with written(here, 2) as new:
        PortalVisitor(here).go("aude", "leroy")
    assert told(new) == [
        ("portal_scopes_replaced", ACADEMY, "aude:leroy", {"portal": "aude", "role": "directeur", "new_account": True, "added": 2}),
        ("signed_in", ACADEMY, "aude:leroy", {"portal": "aude"})]
    assert all(entry["trace"] and entry["administrator"] for entry in new)
    with written(here, 1) as new:
        PortalVisitor(here).go("aude", "leroy")
    assert told(new) == [("signed_in", ACADEMY, "aude:leroy", {"portal": "aude"})]
    tells(here, "leroy", FrEduRneResp=[])
    with written(here, 2) as new:
        PortalVisitor(here).go("aude", "leroy")
    assert told(new) == [
        ("portal_scopes_replaced", ACADEMY, "aude:leroy", {"portal": "aude", "role": "directeur", "removed": 2}),
        ("sign_in_refused", ACADEMY, "aude:leroy", {"portal": "aude", "reason": "portal_no_school"})]
    here.ctl("admin", "disable", "aude:leroy")
    tells(here, "leroy", FrEduRneResp=[first], FrEduFonctAdm="ENS")
    with written(here, 2) as new:
        PortalVisitor(here).go("aude", "leroy")
        PortalVisitor(here).go("fonctions", "leroy")
    assert sorted(told(new), key=str) == [
        ("sign_in_refused", ACADEMY, "aude:leroy", {"portal": "aude", "reason": "portal_disabled"}),
        ("sign_in_refused", ACADEMY, "aude:leroy", {"portal": "fonctions", "reason": "portal_function"})]


def test_who_still_owes_a_code_is_not_signed_in_yet(here):
    here.provider.people["tard"] = {"name": "M. Tard", "preferred_username": "tard", "FrEduFonctAdm": "DSI", "amr": ["pwd"]}
    tells(here, "tard")
    with written(here, 1) as new:
        assert PortalVisitor(here).go("large", "tard").path == "/administration/double-authentification"
    assert [entry["action"] for entry in new] == ["portal_scopes_replaced"]


def test_who_is_nobody_here_leaves_no_entry(here, visitor):
    here.provider.people["passage"] = {"name": "M. Passage", "preferred_username": "passage", "FrEduRneResp": [here.elsewhere[0]]}
    tells(here, "passage")
    with written(here) as new:
        refused(PortalVisitor(here).go("aude", "passage"), "aucun établissement connu")
        refused(visitor.get(changed(way_back(visitor), state="x")), "n’est plus valable")
    assert new == []


@tries("Link/EndPortalSession", "signed_out_of_portal")
def test_signing_out_there_is_in_the_trail_too_once(here, visitor):
    visitor.go("aude", "girard")
    with written(here, 2) as new:
        sign_out(visitor)
        for _ in range(2):
            visitor.session.get(f"{here.portal_url}/fin-de-session/portail", allow_redirects=False, timeout=20)
    assert [(entry["action"], entry["detail"]) for entry in new] == [
        ("signed_out", {}), ("signed_out_of_portal", {"portal": "aude"})]
    assert len({entry["actor"] for entry in new}) == 1 and all(entry["trace"] for entry in new)
