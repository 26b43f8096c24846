"""Every address of the portal's map, asked by everybody: on their own school, on somebody else's, with somebody else's things.

The map is read from the code (peers/routes.py). A route that RIGHT does not know, an access or a place that is new, fail here:
say what the right answer is, and to whom."""

import re

import pytest

from peers.everyone import ADMINISTRATORS, EVERYBODY, FAMILIES, Everyone
from peers.routes import filled, routes
from peers.site import Site

SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "1000", "attempts_address": "10000"}}
DAEMONS = ("preau-importd", "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald")

HOMES = {"guardian": "/guichet", "pupil": "/guichet", "opening": "/ouverture", "new_password": "/nouveau-mot-de-passe",
         "integrateur": "/imports", "halfway": "/administration/code"}
FAMILY_SIGN_IN, HEAD_SIGN_IN = "/connexion", "/administration/connexion"
FOLLOW_DELIVERIES = ("integrateur", "assistance", "exploitant")
READ_JOURNAL = ("directeur", "assistance", "exploitant")
IN, NONE = "in", "none"  # let in; there is no such page

# who is let in by each kind of access, and where others are led
ACCESS = {
    "ANYONE": (EVERYBODY, None),
    "UNASKED": (EVERYBODY, None),
    "SIGNED_IN": ((*FAMILIES, *ADMINISTRATORS, "halfway"), FAMILY_SIGN_IN),
    "FAMILY": (("guardian", "pupil"), FAMILY_SIGN_IN),
    "OPENING": (("opening",), FAMILY_SIGN_IN),
    "PASSWORD": (("guardian", "pupil", "new_password"), FAMILY_SIGN_IN),
    "ADMINISTRATOR": (ADMINISTRATORS, HEAD_SIGN_IN),
    "CODE": (("halfway",), HEAD_SIGN_IN),  # more of what is not reached halfway: test_second_factor.py
    "OWN_PASSWORD": (ADMINISTRATORS, HEAD_SIGN_IN),
    "SECOND_FACTOR": (ADMINISTRATORS, HEAD_SIGN_IN),
    "DELIVERIES": (ADMINISTRATORS, HEAD_SIGN_IN),
    "SCHOOL": (ADMINISTRATORS, HEAD_SIGN_IN),
}

# what the right answer is on one's own: statuses, and for a POST what is sent beside the token
SEEN, LED, WRONG = {200}, {303}, {400, 401, 422}


def selected(place):
    return {"action": "sheet", "profil": "responsable", "compte": "%d-%d" % place.guardian.account}


def confirmed(place):
    return {**selected(place), "demande": "6f1e3d1c-0000-4000-8000-000000000001", "comptes": "%d-%d" % place.guardian.account}


def exported(place):
    return {**selected(place), "format": "csv"}


RIGHT = {
    "GET /": (SEEN,),
    "GET /assets/*": (SEEN,),
    "GET /images/*": ({404},),  # no service is declared here: test_desk.py
    "GET /etat": (SEEN,),
    "GET /.well-known/security.txt": ({404},),  # nobody is named here: test_security_text.py
    "GET /accessibilite": (SEEN,),
    "GET /mentions-legales": (SEEN,),
    "GET /donnees-personnelles": (SEEN,),
    "GET /donnees-ouvertes": (SEEN,),
    "GET /donnees-ouvertes/comptes.csv": (SEEN,),
    "GET /connexion": (SEEN,),
    "POST /connexion": (WRONG, {"identifiant": "personne", "mot_de_passe": "x"}),
    "GET /activation/:jeton": (SEEN,),
    "POST /activation/:jeton": ({404}, {}),
    "GET /aide": (SEEN,),
    "GET /aide/identifiant": (SEEN,),
    "POST /aide/identifiant": (SEEN, {"courriel": "personne@example.org"}),
    "GET /aide/mot-de-passe": (SEEN,),
    "POST /aide/mot-de-passe": (SEEN, {"identifiant": "z.personne"}),
    "GET /aide/activation": (SEEN,),
    "POST /aide/activation": (SEEN, {"identifiant": "z.personne"}),
    "GET /aide/sms": ({404},),  # no gateway is configured here: test_own_mobile.py
    "POST /aide/sms": ({404}, {"nom": "Personne", "prenom": "Anne", "mobile": "0612345678"}),
    "GET /aide/sms/code": (LED,),
    "POST /aide/sms/code": ({410}, {"code": "123456"}),
    "GET /aide/sms/mot-de-passe": (LED,),
    "POST /aide/sms/mot-de-passe": (LED | {410}, {"nouveau": "jardin violet sous la pluie 7", "confirmation": "jardin violet sous la pluie 7"}),
    "GET /inscription": ({404},),  # no gateway is configured here: test_registration.py
    "POST /inscription": ({404}, {"nom": "Personne", "prenom": "Anne", "mobile": "0612345678"}),
    "GET /inscription/code": (LED,),
    "POST /inscription/code": ({410}, {"code": "123456"}),
    "GET /inscription/enfants": (LED,),
    "POST /inscription/enfants": ({410}, {}),
    "GET /inscription/mot-de-passe": (LED,),
    "POST /inscription/mot-de-passe": (LED | {410}, {"nouveau": "jardin violet sous la pluie 7", "confirmation": "jardin violet sous la pluie 7"}),
    "GET /inscription/mobile": (LED,),
    "POST /inscription/mobile": ({410}, {"mobile": "0612345678"}),
    "GET /inscription/franceconnect": (LED,),
    "POST /inscription/franceconnect": ({410}, {}),
    "GET /franceconnect": ({404},),  # FranceConnect is not configured here: test_franceconnect.py
    "GET /franceconnect/retour": ({404},),
    "GET /franceconnect/fin": (SEEN | LED,),
    "GET /ent": ({404},),  # no ENT is configured here: test_ent.py
    "GET /ent/:portail": ({404},),
    "GET /ent/:portail/retour": ({404},),
    "POST /ent/:portail/retour": (SEEN, {"SAMLResponse": "x", "RelayState": "x"}),
    "GET /ent/:portail/metadata": ({404},),
    "POST /ent/:portail/suite": ({404}, {"SAMLResponse": "x", "RelayState": "x"}),
    "GET /ouverture/ent": (LED,),
    "POST /ouverture/ent": (LED, {"nouveau": "x", "confirmation": "x"}),
    "POST /ouverture/ent/quitter": (LED, {}),
    "GET /franceconnect/deconnexion": (LED,),
    "GET /guichet/enfant-manquant": (SEEN | {403},),  # a pupil has no child
    "POST /guichet/enfant-manquant": ({403, 404}, {"mobile": "0612345678"}),  # no gateway is configured here: test_joining.py
    "GET /guichet/enfant-manquant/code": (LED,),
    "POST /guichet/enfant-manquant/code": ({403, 410}, {"code": "123456"}),
    "GET /guichet/enfant-manquant/enfants": (LED,),
    "POST /guichet/enfant-manquant/enfants": ({403, 410}, {}),
    "GET /guichet/autre-compte": (SEEN,),
    "POST /guichet/autre-compte": ({401, 403}, {"identifiant": "x", "mot_de_passe": "x"}),
    "GET /guichet/autre-compte/:jeton": ({410},),
    "POST /guichet/autre-compte/:jeton": ({410}, {}),
    "GET /guichet/franceconnect": ({404},),
    "GET /guichet/franceconnect/retrait": (SEEN,),
    "POST /guichet/franceconnect/retrait": ({403, 422}, {"actuel": "x"}),
    "GET /mot-de-passe/:jeton": ({404},),
    "POST /mot-de-passe/:jeton": (WRONG | {404}, {}),
    "GET /guichet/enfants": (SEEN,),
    "POST /guichet/enfants/rattachement": (WRONG | {404}, {}),
    "GET /guichet/enfants/:compte/mot-de-passe": ({404},),  # as the next
    "POST /guichet/enfants/:compte/mot-de-passe": ({404}, {}),  # the place's people are nobody's children here
    "GET /ouverture": (SEEN,),
    "POST /ouverture": (WRONG, {}),
    "GET /ouverture/pas-responsable": ({404},),  # without a child
    "POST /ouverture/pas-responsable": (WRONG | {404}, {}),
    "GET /nouveau-mot-de-passe": (SEEN,),
    "POST /nouveau-mot-de-passe": (WRONG, {}),
    "GET /guichet": (SEEN,),
    "GET /guichet/compte": (SEEN,),
    "GET /guichet/historique": (SEEN,),
    "GET /guichet/adresse": (SEEN,),
    "POST /guichet/adresse": (WRONG, {}),
    "POST /guichet/adresse/annulation": (LED, {}),
    "GET /guichet/mobile": ({404},),  # no gateway is configured here: test_own_mobile.py
    "POST /guichet/mobile": ({404}, {"mobile": "0612345678", "actuel": "x"}),
    "GET /guichet/mobile/code": (LED,),
    "POST /guichet/mobile/code": ({410}, {"code": "123456"}),
    "GET /guichet/mobile/retrait": (SEEN,),
    "POST /guichet/mobile/retrait": ({403, 422}, {"actuel": "x"}),
    "POST /guichet/connexions": (LED, {"numero": "999999"}),
    "POST /guichet/donnees": (SEEN, {}),
    "GET /adresse/:jeton": (SEEN,),
    "POST /adresse/:jeton": ({404}, {}),
    "POST /deconnexion": (LED, {}),
    "GET /administration": (SEEN | LED,),
    "GET /administration/connexion": (SEEN,),
    "POST /administration/connexion": (WRONG, {"identifiant": "personne", "mot_de_passe": "x"}),
    "GET /administration/code": (SEEN,),
    "POST /administration/code": (WRONG, {}),
    "GET /administration/mot-de-passe": (SEEN,),
    "POST /administration/mot-de-passe": (WRONG, {}),
    "GET /administration/double-authentification": (SEEN | LED,),
    "POST /administration/double-authentification": (WRONG | LED, {}),
    "GET /administration/double-authentification/qr.svg": (SEEN | {404},),
    "POST /administration/double-authentification/retrait": (WRONG | {403, 409}, {}),
    "POST /administration/codes-de-secours": (WRONG | {403, 409}, {}),
    "GET /administration/mon-compte": (SEEN,),
    "POST /administration/mon-compte/sessions": (WRONG | LED, {}),
    "POST /administration/mon-compte/rappel": (WRONG, {"jours": "demain"}),
    "GET /portail/:portail": ({404},),  # none is connected here: test_academy_portal.py
    "GET /portail/:portail/retour": ({404},),
    "GET /fin-de-session": (SEEN | LED,),
    "GET /fin-de-session/portail": (LED,),
    "GET /imports": (SEEN,),
    "GET /imports/:integration": (SEEN,),
    "GET /imports/:releve": (SEEN,),
    "GET /statistiques": (SEEN,),
    "GET /statistiques.csv": (SEEN | {404},),  # whose nation it is
    "GET /statistiques.pdf": (SEEN | {404},),
    "GET /journal": (SEEN,),
    "GET /etablissements": (SEEN | LED,),
    "GET /etablissements/:uai": (SEEN,),
    "GET /etablissements/:uai/responsables": (SEEN,),
    "POST /etablissements/:uai/responsables": (LED, {}),
    "GET /etablissements/:uai/eleves": (SEEN,),
    "POST /etablissements/:uai/eleves": (LED, {}),
    "GET /etablissements/:uai/responsables/liste": (WRONG,),  # without a format
    "GET /etablissements/:uai/eleves/liste": (WRONG,),
    "POST /etablissements/:uai/liste": (SEEN, exported),
    "GET /etablissements/:uai/apercu": (WRONG,),  # without an action
    "POST /etablissements/:uai/apercu": (LED, selected),
    "POST /etablissements/:uai/envoi": (LED, confirmed),
    "GET /etablissements/:uai/envois": (SEEN,),
    "GET /etablissements/:uai/envois/:envoi": (SEEN,),
    "GET /etablissements/:uai/envois/:envoi/fiches/:fiches": (SEEN,),
    "POST /etablissements/:uai/envois/:envoi/annulation": (LED, {"demande": "6f1e3d1c-0000-4000-8000-000000000003"}),
    "POST /etablissements/:uai/envois/:envoi/reprise": (LED, {"quoi": "echecs"}),
    "GET /etablissements/:uai/comptes/:compte": (SEEN,),
    "POST /etablissements/:uai/comptes/:compte/mot-de-passe": (SEEN, {}),
    "POST /etablissements/:uai/comptes/:compte/renvoi": ({409}, {"demande": "6f1e3d1c-0000-4000-8000-000000000002", "adresse": "a@example.org"}),
    "POST /etablissements/:uai/comptes/:compte/rattachement": ({404}, {"declaration": "1"}),  # nobody said so here
    "GET /etablissements/:uai/delegations": (SEEN | {404},),
    "POST /etablissements/:uai/delegations": (WRONG | {403, 404}, {}),
    "POST /etablissements/:uai/delegations/retrait": (WRONG | {403, 404}, {}),
    "POST /etablissements/:uai/delegations/mot-de-passe": (WRONG | {403, 404, 409}, {}),
    "GET /etablissements/:uai/statistiques": (SEEN,),
    "GET /etablissements/:uai/statistiques.csv": (SEEN,),
    "GET /etablissements/:uai/statistiques.pdf": (SEEN,),
}
ENDS = ("POST /deconnexion",)  # the session: tried last


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=SETTINGS) as site:
        yield site


@pytest.fixture(scope="module")
def everyone(here):
    everyone = Everyone(here)
    here.ctl("statistics", "compute")
    return everyone


@pytest.fixture(scope="module")
def asset(everyone):
    """The path of a style sheet after /assets/."""
    page = everyone.come("nobody").page.content.decode()
    return re.search(r'href="/assets/([^"]+)"', page)[1]


def due(route, who, is_own):
    """IN, NONE, or the path that is led to."""
    let_in, sign_in = ACCESS[route.access]
    if who in let_in:
        return IN if is_let_in_here(route, who, is_own) else NONE
    if who in ("nobody", "disabled"):
        return sign_in
    return HEAD_SIGN_IN if who in FAMILIES and sign_in == HEAD_SIGN_IN else HOMES.get(who, "/etablissements")


def is_let_in_here(route, who, is_own):
    if route.access == "DELIVERIES":
        return who in FOLLOW_DELIVERIES and (is_own or who == "exploitant" or not route.places)
    if route.access == "SCHOOL":
        return who != "integrateur" and (is_own or who == "exploitant")
    return route.pattern != "/journal" or who in READ_JOURNAL


def ask(everyone, visitor, route, values, place):
    path = everyone.site.portal_url + filled(route.pattern, values)
    if route.method == "GET":
        return visitor.session.get(path, allow_redirects=False, timeout=20)
    fields = RIGHT[route.name][1]
    data = {"csrf": visitor.csrf, **(fields(place) if callable(fields) else fields)}
    return visitor.session.post(path, data=data, allow_redirects=False, timeout=20)


def wrong(route, answer, wanted):
    """What is wrong with the answer, or None."""
    location = answer.headers.get("Location", "")
    got = f"{route.name}: {answer.status_code} {location}".strip()
    if wanted == IN:
        signs_in = location.partition("?")[0] in (FAMILY_SIGN_IN, HEAD_SIGN_IN)
        return None if answer.status_code in RIGHT[route.name][0] and not signs_in else f"{got}, not {sorted(RIGHT[route.name][0])}"
    if wanted == NONE:
        return None if answer.status_code == 404 else f"{got}, not 404"
    return None if (answer.status_code, location.partition("?")[0]) == (303, wanted) else f"{got}, not led to {wanted}"


def in_order():
    return sorted(routes(), key=lambda route: route.name in ENDS)


def test_every_route_and_access_has_a_rule_here():
    assert {route.name for route in routes()} == set(RIGHT)
    assert {route.access for route in routes()} == set(ACCESS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_on_ones_own_school_each_has_their_pages_and_no_others(everyone, asset, who):
    visitor = everyone.come(who)
    values = {**everyone.own.values(), "*": asset}
    found = [wrong(route, ask(everyone, visitor, route, values, everyone.own), due(route, who, True)) for route in in_order()]
    assert [one for one in found if one] == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_somebody_elses_school_does_not_exist(everyone, asset, who):
    visitor = everyone.come(who)
    values = {**everyone.foreign.values(), "*": asset}
    before = everyone.foreign.trace()
    found = []
    for route in in_order():
        if who == "exploitant" and route.method == "POST":
            continue  # whose scope is the nation: nothing here is somebody else's
        answer = ask(everyone, visitor, route, values, everyone.foreign)
        found.append(wrong(route, answer, due(route, who, False)))
        if who != "exploitant" and "Ailleurs" in answer.text:
            found.append(f"{route.name} tells of the other school")
    assert [one for one in found if one] == []
    assert everyone.foreign.trace() == before


@pytest.mark.parametrize("who", ("directeur", "assistance", "exploitant"))
def test_the_things_of_another_school_do_not_exist_in_ones_own(everyone, who):
    """Account, batch and sheets, one by one, under a school that is one's own: also for who may see both schools."""
    visitor = everyone.come(who)
    own, foreign = everyone.own.values(), everyone.foreign.values(fiches="99.pdf")
    before = everyone.foreign.trace()
    found = []
    for route in routes():
        for place in set(route.places) - {":uai"} if route.access == "SCHOOL" else ():
            answer = ask(everyone, visitor, route, {**own, place: foreign[place]}, everyone.foreign)
            found.append(wrong(route, answer, NONE))
            if "Ailleurs" in answer.text:
                found.append(f"{route.name} tells of the other school")
    assert len(found) >= 6 and [one for one in found if one] == []
    assert everyone.foreign.trace() == before


@pytest.mark.parametrize("action", ("mail", "sheet", "mail-reset", "sheet-reset", "reset"))
def test_an_account_of_another_school_in_a_form_is_left_out(everyone, action):
    head = everyone.come("directeur")
    account = "%d-%d" % everyone.foreign.guardian.account
    before = everyone.foreign.trace()
    for path in ("apercu", "envoi"):
        data = {"csrf": head.csrf, "action": action, "profil": "responsable", "compte": account, "comptes": account,
                "demande": f"6f1e3d1c-0000-4000-8000-{sum(action.encode()):012}"}
        answer = head.session.post(f"{everyone.site.portal_url}/etablissements/{everyone.own.uai}/{path}", data=data, timeout=20)
        assert answer.status_code == 200 and "n’est pas rattaché à cet établissement" in answer.text
        assert "Ailleurs" not in answer.text
    assert everyone.foreign.trace() == before


def test_a_role_that_is_taken_away_ends_at_once_what_it_let_in(everyone):
    """Who is disabled while signed in meets the sign-in at the next page; who loses the school, a page that does not exist."""
    visitor = everyone.come("delegue")
    path = f"/etablissements/{everyone.own.uai}/responsables"
    assert visitor.get(path).status == 200
    with everyone.site.psql() as database:
        rows = database.execute("delete from preau.administrator_scope using preau.administrator a where administrator_id = a.id"
                                " and a.login = 'delegue' returning administrator_scope.*").fetchall()
        try:
            assert visitor.get(path).status == 404
        finally:
            for row in rows:
                database.execute(f"insert into preau.administrator_scope overriding system value values ({', '.join(['%s'] * len(row))})", row)
    assert visitor.get(path).status == 200
