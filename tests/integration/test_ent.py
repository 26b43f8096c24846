"""The transition (guide 1.1, second degree): a pupil or a guardian who is signed in at an ENT or at ATEN opens the account by it. A real
LemonLDAP::NG over CAS, SAML and OpenID Connect, npm's oidc-provider, real linkd and portald."""

import base64
import re
import time
import urllib.parse
from xml.etree import ElementTree

import pytest
import requests

from peers.arabic import arabic, reads
from peers.identity import IdentityProvider
from peers.lemonldap import PASSWORD as ENT_PASSWORD
from peers.lemonldap import EntVisitor, LemonLdap, body_of
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, PortalVisitor, add_head, sign_in, sign_in_head
from peers.site import Site
from peers.web import Visitor

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
OPENING = "/ouverture/ent"
OTHER = 12


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, settings={"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000",
                                           "provider_timeout": "20s"}})
    site.ent = LemonLdap(folder / "lemonldap", site.portal_url)
    site.openid = IdentityProvider(folder / "identity", site.portal_url, {}, portals=(), ents=("openid", "cle"))
    site.settings.update({**site.ent.section("ecollege", ACADEMY, "cas", label="ENT Écollège", key_pattern="AC-ESSAI[$]([0-9]+)"),
                          **site.ent.section("aten", ACADEMY, "cas", label="ATEN", origin="aten", key_pattern="AC-ESSAI[$]([0-9]+)"),
                          **site.ent.section("ailleurs", OTHER, "cas", label="ENT d’ailleurs", key_pattern="AC-ESSA[I][$]([0-9]+)"),
                          **site.ent.section("elycee", ACADEMY, "saml", label="ENT Élycée", key_pattern="AC-ESSAI[$]([0-9]+)"),
                          **site.ent.section("ouvert", ACADEMY, "oidc", label="ENT Ouvert", key_pattern="AC-ESSAI[$]([0-9]+)"),
                          **site.openid.ent_sections("openid", ACADEMY, label="ENT OpenID", key_pattern="AC-ESSAI[$]([0-9]+)"),
                          **site.openid.ent_sections("cle", ACADEMY, authentication="client_secret_post", label="ENT signé",
                                                     key_pattern="AC-ESSAI[$]([0-9]+)")})
    try:
        site.ent.start()
        site.openid.start()
        site.start_peers()
        for name in DAEMONS:
            site.launch(name)
        site.town = Town(site, ACADEMY)
        site.college, site.ecole = site.town.school(2), site.town.school(1)
        yield site
    finally:
        site.openid.stop()
        site.ent.stop()
        site.remove()


def pupil(here, login, prenom="Léa", **at_the_ent):
    lea = here.town.pupil(here.college, prenom, "Entelle", "2010-04-03", account=True)
    return known(here, lea, login, **at_the_ent)


def known(here, person, login, key=None):
    """To the ENT too, which names it by its AAF key."""
    person.ent = login
    here.ent.person(login, login, key or f"AC-ESSAI${person.aaf_id}")
    return person


def arrives(here, person, start="/ent/ecollege"):
    visitor = EntVisitor(here, here.ent)
    visitor.page = visitor.go(start, person.ent)
    return visitor


def choose(visitor, password=PASSWORD, again=None):
    visitor.page = visitor.submit(visitor.page.form(OPENING), nouveau=password, confirmation=again or password)
    return visitor


def events(here, person):
    with here.psql() as database:
        return database.execute("select action, actor, detail from preau.account_event where (academy, account_id) = (%s, %s) order by id",
                                person.account).fetchall()


def standing(person):
    row = person.row()
    return row["state"], row["origin"], row["password"]


def test_the_sign_in_page_leads_to_the_peers_by_academy(here):
    visitor = Visitor(here.portal_url)
    assert visitor.get("/connexion").link("Ouvrez votre compte avec votre ENT") == "/ent"
    page = visitor.get("/ent")
    assert page.status == 200 and page.link("ENT Écollège") == "/ent/ecollege" and page.link("ATEN") == "/ent/aten"
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", page.content.decode())
    assert len(headings) == 2 and page.text.index("ATEN") < page.text.index("ENT d’ailleurs")


def test_a_pupil_opens_the_account_by_the_ent_and_is_in(here):
    lea = pupil(here, "lea")
    visitor = arrives(here, lea)
    assert visitor.page.path == OPENING and lea.login in visitor.page.text and "Léa Entelle" in visitor.page.text
    choose(visitor)
    assert visitor.page.status == 200 and "est prêt" in visitor.page.text and lea.login in visitor.page.text, visitor.page.text
    assert standing(lea) == ("active", "ent", "chosen") and lea.row()["activated_at"]
    assert events(here, lea)[-1] == ("open_ent", "person", {"peer": "ecollege"})
    assert visitor.get("/guichet").status == 200, "the browser is signed in"
    assert "depuis un ENT" in visitor.get("/guichet/historique").text
    assert sign_in(here, lea, PASSWORD).page.path == "/guichet"
    assert here.metrics("preau-linkd")['preau_link_actions_total{action="open_ent",outcome="done"}'] == 1


def test_a_guardian_who_had_begun_opens_it_by_aten(here):
    """The letter of before and the address that was never confirmed count no more."""
    child = here.town.pupil(here.college, "Tom", "Entame", "2010-04-03", account=True)
    anne = known(here, here.town.guardian("Anne", "Entame", [child], mail="fiche.entame@example.org"), "anne")
    anne.hand_out()
    with here.psql() as database:
        database.execute("update preau.account set state = 'en_cours', password = 'chosen', email = 'entame@example.org' where (academy, id) = (%s, %s)",
                         anne.account)
    visitor = arrives(here, anne, "/ent/aten")
    choose(visitor)
    assert "est prêt" in visitor.page.text, visitor.page.text
    assert standing(anne) == ("active", "aten", "chosen") and anne.row()["email"] is None
    assert events(here, anne)[-1][0] == "open_aten"
    assert sign_in(here, anne).page.status == 401, "the provisional password opens nothing"
    text = text_of(here.mail.wait("fiche.entame@example.org")[-1])
    assert anne.login in text and "que vous avez choisi" in text, "mailed where the school would have notified"
    assert here.mail.mails("entame@example.org") == [], "and not to an address that nobody confirmed"


def origin_shown(head, here, person):
    page = head.get("/etablissements/%s/comptes/%d-%d" % (here.college[0], *person.account))
    return re.search(r'id="origine">([^<]*)</dd>', page.content.decode())[1]


def test_the_head_sees_by_which_ent_an_account_was_opened(here):
    lea, luc = pupil(here, "loupe"), pupil(here, "loupe2", "Luc")
    add_head(here, "loupe", here.college)
    head = sign_in_head(here, "loupe")
    assert origin_shown(head, here, lea) == "Non renseigné"
    choose(arrives(here, lea))
    choose(arrives(here, luc, "/ent/aten"))
    assert origin_shown(head, here, lea) == "ENT – ENT Écollège"
    assert origin_shown(head, here, luc) == "ATEN", "known by that name: it is not said twice"
    with here.psql() as database:
        database.execute("update preau.account_event set detail = '{\"peer\": \"ancien\"}' where action = 'open_ent' and (academy, account_id) = (%s, %s)",
                         lea.account)
    assert origin_shown(head, here, lea) == "ENT", "one that is no longer configured"


def test_a_password_that_is_no_good_is_asked_for_again(here):
    lea = pupil(here, "lou")
    visitor = arrives(here, lea)
    for password, again, words in (("court", None, "trop court"), (PASSWORD, "autre chose 12 nuages", "ne sont pas les mêmes")):
        choose(visitor, password, again)
        assert visitor.page.status == 422 and words in visitor.page.text and lea.login in visitor.page.text
    choose(visitor)
    assert standing(lea)[:2] == ("active", "ent")


def test_the_form_sent_twice_opens_once_and_answers_twice(here):
    lea = pupil(here, "line")
    visitor = arrives(here, lea)
    form = visitor.page.form(OPENING)
    for _ in range(2):
        assert "est prêt" in visitor.submit(form, nouveau=PASSWORD, confirmation=PASSWORD).text or visitor.get("/guichet").status == 200
    assert [action for action, _, _ in events(here, lea)].count("open_ent") == 1


def test_an_account_that_is_open_says_how_to_sign_in(here):
    lea = pupil(here, "lia")
    choose(arrives(here, lea))
    page = arrives(here, lea).page
    assert page.status == 409 and "déjà activé" in page.text and page.link("Se connecter") == "/connexion"
    assert page.link("Mot de passe oublié") == "/aide/mot-de-passe"


def test_whoever_is_nobody_here_is_told_so_and_what_to_do(here):
    lea = pupil(here, "luc")
    tom = here.town.pupil(here.ecole, "Tom", "Entecole", "2017-04-03")
    for login, key, words in (("prof", None, "ne nous a pas dit qui vous êtes"), ("inconnu", "AC-ESSAI$999999", "Personne ne correspond"),
                              ("autre", f"AC-AUTRE${lea.aaf_id}", "Personne ne correspond"),
                              ("tom", f"AC-ESSAI${tom.aaf_id}", "réservée au second degré")):
        here.ent.person(login, login, key)
        page = EntVisitor(here, here.ent).go("/ent/ecollege", login)
        assert page.status == 403 and words in page.text, page.text
        assert page.link("ENT Écollège"), "the ways are offered anew"
        assert page.link("Aide pour cette étape") == "/aide#ent"
    page = EntVisitor(here, here.ent).go("/ent/ailleurs", "luc")
    assert "Personne ne correspond" in page.text, "the same key, in another academy"
    assert page.link("Que faire") == "/aide#ent" and EntVisitor(here, here.ent).get("/aide").link("avec mon ENT") == "#ent"
    assert EntVisitor(here, here.ent).get("/aide").link("ouvrir leur compte avec leur ENT") == "#ent", "also to whose password is over"
    assert standing(lea) == ("non_distribue", "non_renseigne", "provisional")


def test_what_is_wrong_at_an_ent_is_told_in_arabic(here):
    lea = pupil(here, "lea.arabe", key="AC-ESSAI$99999999")
    visitor = arabic(EntVisitor(here, here.ent))
    page = visitor.go("/ent/ecollege", lea.ent)
    reads(page, "Personne ne correspond à votre compte ENT parmi les élèves et les responsables de cette académie.", 403)


def test_who_comes_with_a_password_that_is_over_is_led_to_the_ent_before_the_school(here):
    lea = pupil(here, "lea.tard")
    lea.hand_out(-1)
    page = sign_in(here, lea).page
    assert page.status == 403 and page.link("Ouvrez votre compte avec votre ENT") == "/ent"
    assert page.text.index("compte ENT") < page.text.index("en donner un nouveau")
    choose(arrives(here, lea))
    assert standing(lea) == ("active", "ent", "chosen")


def test_who_has_a_record_of_another_academy_too_is_not_opened_by_one_of_them(here):
    """One account of two records: this academy's peer answers for a part only."""
    child = here.town.pupil(here.college, "Nour", "Entredeux", "2010-04-03", account=True)
    sami = known(here, here.town.guardian("Sami", "Entredeux", [child]), "sami")
    there = Town(here, OTHER)
    other = there.guardian("Sami", "Entredeux", [there.pupil(there.school(2), "Ali", "Entredeux", "2011-05-06", account=True)])
    with here.psql() as database:
        database.execute("update preau.person set (account_academy, account_id) = (%s, %s) where (account_academy, account_id) = (%s, %s)",
                         (*sami.account, *other.account))
    page = arrives(here, sami).page
    assert page.status == 403 and "Personne ne correspond" in page.text and standing(sami)[0] == "non_distribue"


def test_the_next_at_the_same_computer_has_nothing_of_the_one_before(here):
    lea, luc = pupil(here, "poste1"), pupil(here, "poste2", "Luc")
    visitor = arrives(here, lea)
    assert lea.login in visitor.page.text
    page = visitor.submit(visitor.page.form("/ouverture/ent/quitter"))
    assert page.path == "/ent" and visitor.get(OPENING).path == "/ent"
    visitor = arrives(here, lea)  # and who goes without a word
    visitor.session.get(here.portal_url + "/ent/ecollege", allow_redirects=False, timeout=20)
    assert visitor.get(OPENING).path == "/ent", "whoever begins anew ends what was under way"
    assert standing(lea)[0] == standing(luc)[0] == "non_distribue"


def test_who_is_vouched_for_is_no_try_even_when_the_account_is_open(here):
    """A whole school takes this way each morning, from one address."""
    lea = pupil(here, "matin")
    choose(arrives(here, lea))
    with here.psql() as database:
        before = database.execute("select coalesce(sum(failures), 0) from preau.attempt").fetchone()
        assert arrives(here, lea).page.status == 409
        here.wait(lambda: database.execute("select coalesce(sum(failures), 0) from preau.attempt").fetchone() == before, what="given back")


def test_one_server_of_two_academies_is_told_apart_by_its_keys(here, tmp_path):
    kept = dict(here.settings)
    here.settings.update(here.ent.section("ailleurs", OTHER, "cas", label="ENT d’ailleurs", key_pattern="AC-ESSAI[$]([0-9]+)"))
    here.configure()
    try:
        here.stop_daemon("preau-linkd")
        here.launch("preau-linkd", ready=False)
        here.wait(lambda: here.daemons["preau-linkd"].pid is None or "is that of" in here.log("preau-linkd"), what="refused")
        assert 'key_pattern: is that of' in here.log("preau-linkd")
    finally:
        here.settings.clear()
        here.settings.update(kept)
        here.configure()
        here.stop_daemon("preau-linkd")
        here.launch("preau-linkd")


def way_back(visitor, page, form, login):
    """The address that the ENT sends the browser back to, not yet followed."""
    fields = {**dict(form.fields), "user": login, "password": ENT_PASSWORD}
    response = visitor.session.post(urllib.parse.urljoin(page.url, form.action), data=fields, allow_redirects=False, timeout=20)
    address = urllib.parse.urljoin(response.url, response.headers["Location"])
    while not address.startswith(visitor.url):
        response = visitor.session.get(address, allow_redirects=False, timeout=20)
        address = urllib.parse.urljoin(address, response.headers["Location"])
    return address.removeprefix(visitor.url)


def test_the_address_of_the_way_back_serves_one_browser_once(here):
    lea = pupil(here, "lila")
    visitor = EntVisitor(here, here.ent)
    page = visitor.get("/ent/ecollege")
    form = next(form for form in page.forms if any(name == "password" for name, _ in form.fields))
    back = way_back(visitor, page, form, lea.ent)
    page = Visitor(here.portal_url).get(back)
    assert page.status == 410 and "autre navigateur" in page.text
    page = visitor.get(back)
    assert page.path == OPENING and lea.login in page.text
    assert visitor.get(back).path == OPENING, "loaded again it leads on"


def test_saml_lands_without_a_cookie_and_is_sent_on_from_here(here):
    """The peer's form comes from another site: nothing is done before the page of ours sends it again."""
    visitor = Visitor(here.portal_url)
    response = visitor.session.post(here.portal_url + "/ent/ecollege/retour", data={"SAMLResponse": "PHg+\"<b>", "RelayState": "x\"<i>"}, timeout=20)
    assert response.status_code == 200
    page = visitor.get("/ent/ecollege/suite")
    assert page.path == "/ent"
    assert "PHg+&quot;&lt;b&gt;" in response.text and "x&quot;&lt;i&gt;" in response.text and 'action="/ent/ecollege/suite"' in response.text
    response = visitor.session.post(here.portal_url + "/ent/ecollege/suite", data={"SAMLResponse": "PHg+", "RelayState": "x"}, timeout=20)
    assert response.status_code == 410


def lands_from_elsewhere(here, response="PHg+", state="x"):
    """As a browser sends another site's form: without our cookies."""
    return requests.post(here.portal_url + "/ent/elycee/retour", data={"SAMLResponse": response, "RelayState": state}, timeout=20)


def test_what_lands_from_another_site_takes_no_cookie_from_the_browser(here):
    """A fresh one would be in the place of the one that the forms in its other windows were made with."""
    landed = lands_from_elsewhere(here)
    assert landed.status_code == 200 and "Set-Cookie" not in landed.headers
    visitor = Visitor(here.portal_url)
    form = visitor.get("/connexion").form("/connexion")
    visitor.session.post(here.portal_url + "/ent/elycee/retour", data={"SAMLResponse": "PHg+", "RelayState": "x"}, timeout=20)
    assert visitor.submit(form, identifiant="personne", mot_de_passe="rien").status == 401, "its form is as good as before"


def test_what_is_larger_than_any_answer_is_not_shown_again(here):
    assert lands_from_elsewhere(here, "A" * 102400).status_code == 200, "as much as linkd reads"
    for response, state in (("A" * 102401, "x"), ("A" * 300000, "x"), ("PHg+", "x" * 129)):
        landed = lands_from_elsewhere(here, response, state)
        assert landed.status_code == 502 and len(landed.content) < 50000 and "Set-Cookie" not in landed.headers
        assert "n’a pas pu être vérifié" in landed.text


@pytest.mark.parametrize("headers, status", [
    ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403), ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
    ({"Sec-Fetch-Mode": "cors"}, 403), ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 303), ({}, 303)])
def test_a_picture_or_a_frame_of_a_strangers_page_begins_no_way(here, headers, status):
    with here.psql() as database:
        count = "select (select count(*) from preau.provider_sign_in), (select coalesce(sum(failures), 0) from preau.attempt)"
        before = database.execute(count).fetchone()
        response = requests.get(here.portal_url + "/ent/ecollege", headers=headers, allow_redirects=False, timeout=20)
        assert response.status_code == status
        assert (database.execute(count).fetchone() == before) == (status == 403), "neither a try nor a way"
        assert ("Set-Cookie" in response.headers and "preau-ent" in response.headers["Set-Cookie"]) == (status == 303)


# --- SAML ---

SAML = "/ent/elycee"


def answered(here, person):
    """A visitor with the form of the ENT's that comes back to us, not yet sent: .form."""
    visitor = EntVisitor(here, here.ent)
    visitor.form = visitor.form_back(visitor.sign_in(visitor.get(SAML), person.ent))
    assert visitor.form, "the ENT answers by a form"
    return visitor


def lands(visitor, **fields):
    """The form sent, with other fields, and that of our own page after it."""
    landed = visitor.submit(visitor.form, **fields)
    return visitor.submit(landed.form(SAML + "/suite"))


def test_a_pupil_opens_the_account_by_saml_and_is_in(here):
    mia = pupil(here, "mia", "Mia")
    visitor = arrives(here, mia, SAML)
    assert visitor.page.path == OPENING and mia.login in visitor.page.text, visitor.page.text
    choose(visitor)
    assert "est prêt" in visitor.page.text, visitor.page.text
    assert standing(mia) == ("active", "ent", "chosen")
    assert events(here, mia)[-1] == ("open_ent", "person", {"peer": "elycee"})
    assert visitor.get("/guichet").status == 200


def test_a_guardian_opens_the_account_by_saml_and_has_the_child(here):
    """Found by the AAF key alone: nobody is asked for a birth date here."""
    child = here.town.pupil(here.college, "Milo", "Entsaml", "2010-04-03", account=True)
    paul = known(here, here.town.guardian("Paul", "Entsaml", [child]), "paul")
    visitor = arrives(here, paul, SAML)
    assert visitor.page.path == OPENING and paul.login in visitor.page.text and child.login not in visitor.page.text, visitor.page.text
    choose(visitor)
    assert "est prêt" in visitor.page.text, visitor.page.text
    assert standing(paul) == ("active", "ent", "chosen") and standing(child)[0] == "non_distribue"
    assert events(here, paul)[-1] == ("open_ent", "person", {"peer": "elycee"})
    assert "Milo" in visitor.get("/guichet").text
    assert sign_in(here, paul, PASSWORD).page.path == "/guichet"


def test_our_metadata_are_those_that_the_ent_was_given(here):
    page = Visitor(here.portal_url).get(SAML + "/metadata")
    assert page.status == 200 and page.headers["Content-Type"].startswith("application/samlmetadata+xml")
    metadata = ElementTree.fromstring(page.content)
    assert metadata.get("entityID") == here.ent.entity("elycee")
    assert [one.get("Location") for one in metadata.iter() if one.tag.endswith("AssertionConsumerService")] == [here.ent.back("elycee")]
    assert [one.text for one in metadata.iter() if one.tag.endswith("X509Certificate")] == [body_of(here.ent.service_certificate)]
    assert Visitor(here.portal_url).get("/ent/ecollege/metadata").status == 404, "CAS has none"
    ends = 'preau_certificate_end_timestamp_seconds{peer="ent/elycee"}'
    here.wait(lambda: here.metrics("preau-linkd").get(ends, 0) > time.time(), 30, "told when our certificate ends")


def test_a_saml_answer_serves_one_browser_once(here):
    mona = pupil(here, "mona", "Mona")
    visitor = answered(here, mona)
    stranger = EntVisitor(here, here.ent)
    stranger.form = visitor.form
    page = lands(stranger)
    assert page.status == 410 and "autre navigateur" in page.text
    assert lands(visitor).path == OPENING
    stranger.get(SAML)  # on a way of its own, with another's answer
    page = lands(stranger)
    assert page.status == 410, page.text


def test_a_saml_answer_of_another_way_or_changed_is_refused(here):
    maud = pupil(here, "maud", "Maud")
    first, second = answered(here, maud), answered(here, maud)
    state = dict(second.form.fields)["RelayState"]
    second.form.fields = first.form.fields
    page = lands(second, RelayState=state)
    assert page.status == 502 and "n’a pas pu être vérifié" in page.text, page.text
    response, key = base64.b64decode(dict(first.form.fields)["SAMLResponse"]), f"AC-ESSAI${maud.aaf_id}<".encode()
    assert key in response
    page = lands(first, SAMLResponse=base64.b64encode(response.replace(key, b"AC-ESSAI$1<")).decode())
    assert page.status == 502, page.text
    assert standing(maud)[0] == "non_distribue"
    for reason in ("answers another request", "the signature is wrong"):
        assert reason in here.log("preau-linkd")


def test_who_has_no_key_in_the_ent_is_told_so_over_saml_too(here):
    here.ent.person("proviseur", "M. Proviseur", None)
    page = EntVisitor(here, here.ent).go(SAML, "proviseur")
    assert page.status == 403 and "ne nous a pas dit qui vous êtes" in page.text, page.text


def test_a_saml_answer_that_was_used_is_known_again_even_where_its_way_is(here):
    """The way back is taken once; should it ever stand there again, the answer itself is known."""
    may = pupil(here, "may", "May")
    visitor = answered(here, may)
    with here.psql() as database:
        ways = database.execute("select * from preau.provider_sign_in where provider = 'ent/elycee'").fetchall()
        page = lands(visitor)
        assert page.path == OPENING
        visitor.submit(page.form("/ouverture/ent/quitter"))
        with database.cursor() as cursor:
            cursor.executemany("insert into preau.provider_sign_in values (%s, %s, %s, %s, %s) on conflict do nothing", ways)
    page = lands(visitor)
    assert page.status == 410 and standing(may)[0] == "non_distribue", page.text
    assert "ent_answer_replayed" in here.log("preau-linkd")


# --- OpenID Connect ---

OPENID = "/ent/openid"


def known_to_openid(here, login, prenom, **claims):
    person = here.town.pupil(here.college, prenom, "Entouvert", "2010-04-03", account=True)
    here.openid.people[login] = {"name": f"{prenom} Entouvert", "ENTPersonJointure": f"AC-ESSAI${person.aaf_id}", **claims}
    here.openid.stop()
    here.openid.start()
    return person


class OpenIdVisitor(PortalVisitor):
    def __init__(self, here):
        super().__init__(here.portal_url, here.openid.authority)

    def asked(self, start=OPENID):
        self.page = self.get(start)
        assert "/interaction/" in self.page.path, self.page.text
        return self

    def address(self, login):
        """The address that the ENT sends the browser back to, not yet followed."""
        address = urllib.parse.urljoin(self.page.address, f"{self.page.path}/as/{login}")
        while not address.startswith(self.url):
            response = self.session.get(address, allow_redirects=False, timeout=20)
            address = urllib.parse.urljoin(address, response.headers["Location"])
        return address

    def arrive(self, login, start=OPENID):
        self.page = self.get(self.asked(start).address(login))
        return self


def test_a_pupil_opens_the_account_by_openid_connect_and_is_in(here):
    ona, ode = known_to_openid(here, "ona", "Ona"), known_to_openid(here, "ode", "Ode")
    assert Visitor(here.portal_url).get("/ent").link("ENT OpenID") == OPENID
    for person, login, start in ((ona, "ona", OPENID), (ode, "ode", "/ent/cle")):
        visitor = OpenIdVisitor(here).arrive(login, start)
        assert visitor.page.path == OPENING and person.login in visitor.page.text, visitor.page.text
        choose(visitor)
        assert "est prêt" in visitor.page.text, visitor.page.text
        assert standing(person) == ("active", "ent", "chosen")
        assert events(here, person)[-1] == ("open_ent", "person", {"peer": start.removeprefix("/ent/")})
        assert visitor.get("/guichet").status == 200
    assert OpenIdVisitor(here).arrive("ona").page.status == 409, "open already"
    assert here.metrics("preau-linkd")['preau_certificate_end_timestamp_seconds{peer="ent/openid"}'] > time.time()


def test_a_pupil_opens_the_account_by_lemonldaps_openid_connect(here):
    oya = pupil(here, "oya", "Oya")
    choose(visitor := arrives(here, oya, "/ent/ouvert"))
    assert "est prêt" in visitor.page.text and standing(oya) == ("active", "ent", "chosen"), visitor.page.text
    here.ent.person("principal", "M. Principal", None)
    page = EntVisitor(here, here.ent).go("/ent/ouvert", "principal")
    assert page.status == 403 and "ne nous a pas dit qui vous êtes" in page.text, page.text


def test_the_code_of_a_way_back_serves_one_browser_once(here):
    oria = known_to_openid(here, "oria", "Oria")
    visitor, stranger = OpenIdVisitor(here).asked(), OpenIdVisitor(here).asked()
    back = visitor.address("oria")
    page = stranger.get(back)
    assert page.status == 410 and "autre navigateur" in page.text
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(stranger.address("oria")).query))["state"]
    page = stranger.get(re.sub("state=[^&]*", f"state={state}", back))  # another's code on a way of its own
    assert page.status == 502 and "n’a pas pu être vérifié" in page.text, page.text
    assert standing(oria)[0] == "non_distribue" and "invalid_grant" in here.log("preau-linkd")


def test_who_gives_up_at_the_openid_ent_chooses_anew(here):
    visitor = OpenIdVisitor(here).asked()
    page = visitor.get(urllib.parse.urljoin(visitor.page.address, visitor.page.path + "/abort"))
    assert page.status == 403 and "pas terminé" in page.text and page.link("ENT OpenID") == OPENID
