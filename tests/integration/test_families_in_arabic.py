"""What the browser's walk in Arabic does not meet: pages and refusals of families, read as they are sent. Nothing is left in French."""

import re

import pytest

from peers.arabic import arabic, reads
from peers.franceconnect import FranceConnectVisitor, site_with_franceconnect
from peers.mail import text_of
from peers.portal import PASSWORD
from peers.registering import Families as Mobiles
from peers.registering import code_to, typed
from peers.self_help import Families, Stranger, link_in

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "provider_keys_interval": "1s"}, "notify": {"scan_interval": "200ms"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with site_with_franceconnect(tmp_path_factory.mktemp("site"), SETTINGS, DAEMONS) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(scope="module")
def mobiles(here):
    return Mobiles(here)


def come(here, person, password=None):
    visitor = arabic(Stranger(here))
    visitor.page = visitor.submit(visitor.get("/connexion").form("/connexion"), identifiant=person.login, mot_de_passe=password or person.password)
    return visitor


def mailed(here, address, path):
    return link_in(text_of(here.mail.wait(address)[-1]), path)


# ------------------------------------------------------------------------------------------------ children


def test_who_is_no_guardian_of_a_child_says_so(here, families):
    anne = families.handed_out()
    visitor = come(here, anne)
    page = visitor.get(next(href for _, href in visitor.page.links if "pas-responsable" in href))
    reads(page, "Je ne suis pas responsable légal de cet élève")
    reads(visitor.submit(page.form("/ouverture/pas-responsable")), "Votre compte n’a pas à être ouvert")


def test_a_child_is_given_a_password(here, families):
    anne = families.active("arabe.enfant@example.net")
    visitor = come(here, anne, PASSWORD)
    place = f"/guichet/enfants/{anne.child.account[0]}-{anne.child.account[1]}/mot-de-passe"
    page = reads(visitor.submit(visitor.get(place).form(place)), "Nouveau mot de passe provisoire")
    assert re.search(r"<bdi>[^<]*\d{4}</bdi>", page.content.decode()), "the day until which it is good is isolated"


# ------------------------------------------------------------------------------------------------ mailed links


def test_links_of_mails_and_those_that_are_over(here, families):
    anne = families.active("arabe.lien@example.net")
    visitor = arabic(Stranger(here))
    page = visitor.submit(visitor.get("/aide/mot-de-passe").form("/aide/mot-de-passe"), identifiant=anne.login)
    reads(page, "Regardez votre messagerie")
    here.wait(lambda: any("/mot-de-passe/" in text_of(mail) for mail in here.mail.mails()), what="mailed")
    link = mailed(here, "arabe.lien@example.net", "mot-de-passe")
    path = re.search(r"/mot-de-passe/.*", link)[0]
    page = reads(visitor.get(link), "Choisir un autre mot de passe")
    reads(visitor.submit(page.form(path), nouveau=PASSWORD + " 2", confirmation=PASSWORD + " 2"), "Votre mot de passe est changé")
    reads(visitor.get(link), "Ce lien ne permet pas de choisir un mot de passe", 410)
    visitor = come(here, anne, PASSWORD + " 2")
    here.mail.clear()
    form = visitor.get("/guichet/adresse").form("/guichet/adresse")
    reads(visitor.submit(form, courriel="arabe.neuve@example.net", actuel=PASSWORD + " 2"), "Il reste à confirmer votre nouvelle adresse")
    link = mailed(here, "arabe.neuve@example.net", "adresse")
    page = reads(visitor.get(link), "Confirmer mon adresse")
    reads(visitor.submit(page.forms[-1]), "Votre adresse est confirmée")
    dead = "/adresse/" + "A" * 43
    page = visitor.get(dead)
    reads(visitor.submit(page.form(dead)), "Votre adresse n’a pas pu être confirmée", 404)
    dead = "/activation/" + "A" * 43
    reads(visitor.submit(visitor.get(dead).form(dead)), "Recevoir un autre lien d’activation", 404)


# ------------------------------------------------------------------------------------------------ two accounts


def test_accounts_that_are_not_joined(here, families):
    anne, other = families.active("arabe.une@example.net"), families.active("arabe.autre@example.net")
    visitor = come(here, anne, PASSWORD)

    def join(login, password=PASSWORD):
        return visitor.submit(visitor.get("/guichet/autre-compte").form("/guichet/autre-compte"), identifiant=login, mot_de_passe=password)

    reads(join(anne.login), "Cet identifiant est celui du compte avec lequel vous êtes connecté.", 422)
    reads(join(other.login), "Le nom ou le prénom de cet autre compte n’est pas le vôtre : les deux comptes ne sont pas réunis.", 403)
    reads(join(other.login, "ce n'est pas lui 77"), "L’identifiant ou le mot de passe est incorrect.", 401)


# ------------------------------------------------------------------------------------------------ by SMS


def begun(here, who):
    visitor = arabic(Stranger(here))
    visitor.page = visitor.submit(visitor.get("/inscription").form("/inscription"), nom=who[0], prenom=who[1], mobile=typed(who[2]))
    return visitor


def over(here, mobile):
    with here.psql() as database:
        database.execute("update preau.registration set expires_at = now() where mobile = %s", (mobile,))


def test_registrations_that_end(here, mobiles):
    who, _, _ = mobiles.family()
    visitor = begun(here, who)
    form = visitor.page.form("/inscription/code")
    over(here, who[2])
    reads(visitor.submit(form, code="123456"), "Cette inscription n’est plus valable : trop de temps ou trop d’essais.", 410)
    who = mobiles.person("Jean")
    lea = mobiles.child(who[0])
    for _ in range(2):
        mobiles.guardian(who, [lea])
    visitor = begun(here, who)
    reads(visitor.submit(visitor.page.form("/inscription/code"), code=code_to(here, who[2])),
          "L’école ou l’établissement connaît deux responsables sous ce nom et ce numéro : rien ne dit lequel vous êtes.", 409)


def test_who_has_no_child(here, mobiles):
    who, anne, lea = mobiles.family()
    visitor = begun(here, who)
    with here.psql() as database:
        database.execute("delete from preau.guardianship where pupil_id = %s", (lea.aaf_id,))
    reads(visitor.submit(visitor.page.form("/inscription/code"), code=code_to(here, who[2])),
          "Aucun élève n’est rattaché à votre nom aujourd’hui.", 409)


def test_a_mobile_whose_code_is_over(here, families):
    anne = families.active("arabe.mobile@example.net")
    visitor = come(here, anne, PASSWORD)
    page = visitor.submit(visitor.get("/guichet/mobile").form("/guichet/mobile"), mobile="06 12 88 88 01", actuel=PASSWORD)
    over(here, "+33612888801")
    reads(visitor.submit(page.form("/guichet/mobile/code"), code="123456"), "Ce code n’est plus valable : trop de temps ou trop d’essais.", 410)


# ------------------------------------------------------------------------------------------------ FranceConnect, ENT


@pytest.mark.parametrize("how, says, status", [
    ("error/access_denied", "Vous n’avez pas terminé la connexion par FranceConnect.", 403),
    ("error/server_error", "FranceConnect ne répond pas.", 503),
    ("lost", "Cette connexion par FranceConnect n’est plus valable : elle a déjà servi, a trop attendu, ou vient d’un autre navigateur.", 410),
])
def test_what_went_wrong_at_franceconnect(here, how, says, status):
    here.franceconnect.person("arabophone", "Lou", "ESSAI")
    reads(arabic(FranceConnectVisitor(here)).choose(how), says, status)


def test_who_opened_by_franceconnect_chooses_a_password_first(here, mobiles):
    who, _, _ = mobiles.family()
    here.franceconnect.person(who[0].lower(), who[1], who[0].upper())
    visitor = arabic(FranceConnectVisitor(here))
    page = reads(visitor.go(who[0].lower()), "Votre téléphone mobile")
    page = visitor.submit(page.form("/inscription/mobile"), mobile=typed(who[2]))
    page = visitor.submit(page.form("/inscription/code"), code=code_to(here, who[2]))
    form = page.form("/inscription/enfants")
    page = visitor.submit(form, {name: "29/02/2012" for name, _ in form.fields if name.startswith("naissance")})
    reads(page, "Lier FranceConnect à votre compte")
    reads(visitor.submit(page.form("/inscription/franceconnect")), "Votre compte est prêt")
    for place in ("adresse", "mobile", "mobile/retrait"):
        reads(visitor.get(f"/guichet/{place}"), "Choisir d’abord un mot de passe")


def test_an_ent_that_is_not_there(here):
    reads(arabic(Stranger(here)).get("/ent"), "Cet ENT n’est pas raccordé à ce service.", 404)
