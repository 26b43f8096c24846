"""A guardian who opens an account says not to be a pupil's legal guardian: what becomes of it, and what nobody else can do by it."""

import json
import os

import pytest

from peers.bus import Bus
from peers.deeds import tries
from peers.portal import PASSWORD, add_administrator, birth, opening_fields, sign_in, sign_in_head
from peers.self_help import Families, help_site
from peers.trail import written

DISCLAIM = "/ouverture/pas-responsable"
NOBODY = "Aucun élève n’est rattaché à votre compte"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def head(here, families):
    return add_administrator(here, "girard", "directeur", "--school", families.school[0], name="Mme Girard")


def message(bus, guardian, child, academy=None):
    request = bus.message("link", "DisclaimChildRequest")
    request.account.CopyFrom(bus.reference(guardian.account))
    request.child.academy, request.child.degree, request.child.aaf_id = academy or guardian.account[0], child.degree, child.aaf_id
    return request


def disclaim(bus, guardian, child):
    bus.ask("link", "DisclaimChild", message(bus, guardian, child), account=guardian.account)


def refusal(bus, guardian, child, **caller):
    return bus.refusal("link", "DisclaimChild", message(bus, guardian, child), **(caller or {"account": guardian.account}))


def asked_for(bus, guardian):
    request = bus.message("link", "GetOpeningRequest")
    request.account.CopyFrom(bus.reference(guardian.account))
    return {child.aaf_id for child in bus.ask("link", "GetOpening", request, account=guardian.account).children}


def claims(here, guardian):
    """(claim, pupil, dismissed)"""
    with here.psql() as database:
        return database.execute("select claim, pupil_id, dismissed_at is not null from preau.disclaimed_child"
                                " where (academy, guardian_id) = (%s, %s) order by claim", (guardian.account[0], guardian.aaf_id)).fetchall()


def restoration(bus, families, guardian, claim):
    return bus.message("notify", "RestoreChildRequest", academy=families.town.academy, uai=families.school[0],
                       account=bus.reference(guardian.account), claim=claim)


def test_the_opening_goes_on_with_the_other_child_and_the_desk_shows_that_one_alone(here, families, head):
    anne = families.handed_out()
    lea, leo = anne.child, families.sibling(anne)
    visitor = sign_in(here, anne)
    page = visitor.get(next(href for words, href in visitor.page.links if "pas responsable légal" in words and lea.prenom in words))
    assert lea.prenom in page.text and claims(here, anne) == [], "only asked"
    form = page.form(DISCLAIM)
    page = visitor.submit(form)
    assert page.path == "/ouverture" and "C’est noté" in page.text and lea.prenom not in page.text
    assert visitor.submit(form).path == "/ouverture" and len(claims(here, anne)) == 1, "a double click is one"
    visitor.submit(page.form("/ouverture"), opening_fields(page, [birth(leo)]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel="anne.autre@example.net")
    assert anne.row()["state"] == "en_cours"
    with here.psql() as database:
        database.execute("update preau.account set state = 'active', activated_at = now(), email_confirmed_at = now()"
                         " where (academy, id) = (%s, %s)", anne.account)
    visitor = sign_in(here, anne, PASSWORD)
    for place in ("/guichet", "/guichet/enfants"):
        text = visitor.get(place).text
        assert leo.prenom in text and lea.prenom not in text, place
    data = visitor.submit(visitor.get("/guichet/compte").form("/guichet/donnees")).content.decode()
    assert "Léo" in data and "Léa" not in data
    (claim,) = json.loads(data)["enfants_declares_non_rattaches"]
    assert claim["declare_le"].startswith("20") and claim["rattache_de_nouveau_le"] is None
    assert "pas être responsable légal" in visitor.get("/guichet/historique").text
    assert ("child_disclaimed", "person") in families.events(anne)


def test_without_any_child_left_the_opening_ends_in_plain_words(here, families, bus):
    anne = families.handed_out()
    visitor = sign_in(here, anne)
    page = visitor.get(visitor.page.link("pas responsable légal"))
    page = visitor.submit(page.form(DISCLAIM))
    assert page.status == 200 and NOBODY in page.text and not [form for form in page.forms if form.action == "/ouverture"]
    assert NOBODY in sign_in(here, anne).page.text and anne.row()["state"] == "distribue"


def test_the_head_is_told_and_gives_the_child_back_or_the_school_corrects(here, families, bus, head):
    anne = families.handed_out()
    disclaim(bus, anne, anne.child)
    home, page_of = f"/etablissements/{families.school[0]}", "%d-%d" % anne.account
    girard = sign_in_head(here, "girard")
    assert anne.nom.upper() in girard.get(home).text.upper() and "ne pas être responsables légaux" in girard.get(home).text
    page = girard.get(f"{home}/comptes/{page_of}")
    form = page.form(f"{home}/comptes/{page_of}/rattachement")
    with here.psql() as database:  # as the import does when AAF no longer attaches, and when it attaches again
        gone = database.execute("delete from preau.guardianship where (academy, guardian_id) = (%s, %s) returning *",
                                (anne.account[0], anne.aaf_id)).fetchone()
        assert anne.nom.upper() not in girard.get(home).text.upper(), "corrected: nothing is left to do"
        database.execute("insert into preau.guardianship values (%s, %s, %s, %s, %s)", gone)
    assert asked_for(bus, anne) == set(), "the claim outlives what AAF says"
    assert anne.nom.upper() in girard.get(home).text.upper(), "and is told again"

    page = girard.submit(form)
    assert "Le rattachement est maintenu" in page.text and anne.nom.upper() not in girard.get(home).text.upper()
    assert asked_for(bus, anne) == {anne.child.aaf_id} and ("child_restored", "administrator") in families.events(anne)
    disclaim(bus, anne, anne.child)
    assert [dismissed for _, _, dismissed in claims(here, anne)] == [True, False], "may be said anew, and is told anew"


RETURNED = "/guichet/enfants/rattachement"


def opened_without(here, families, bus, head):
    """Anne, whose account is open, and Léa, whom she disclaimed while opening it and the school gave back since."""
    anne = families.handed_out()
    leo = families.sibling(anne)
    disclaim(bus, anne, anne.child)
    request = bus.message("link", "OpenAccountRequest", password=PASSWORD, email=f"{os.urandom(4).hex()}@example.net")
    request.account.CopyFrom(bus.reference(anne.account))
    entry = request.children.add(birth_date=leo.birth_date)
    entry.child.academy, entry.child.degree, entry.child.aaf_id = anne.account[0], leo.degree, leo.aaf_id
    bus.ask("link", "OpenAccount", request, account=anne.account)
    with here.psql() as database:
        database.execute("update preau.account set state = 'active', activated_at = now(), email_confirmed_at = now()"
                         " where (academy, id) = (%s, %s)", anne.account)
    ((claim, _, _),) = claims(here, anne)
    bus.ask("notify", "RestoreChild", restoration(bus, families, anne, claim), administrator=head)
    return anne, anne.child


def proof(bus, guardian, child, date):
    request = bus.message("link", "ProveChildRequest", birth_date=date)
    request.account.CopyFrom(bus.reference(guardian.account))
    request.child.academy, request.child.degree, request.child.aaf_id = guardian.account[0], child.degree, child.aaf_id
    return request


def is_seen(here, guardian, child):
    with here.psql() as database:
        return database.execute("select exists (select from preau.acting_guardianship where (academy, guardian_id, pupil_id) = (%s, %s, %s))",
                                (guardian.account[0], guardian.aaf_id, child.aaf_id)).fetchone()[0]


def test_a_child_given_back_to_an_open_account_is_seen_once_its_birth_date_is_given(here, families, bus, head):
    anne, lea = opened_without(here, families, bus, head)
    visitor = sign_in(here, anne, PASSWORD)
    assert "vous a rattaché un élève" in visitor.page.text and lea.prenom not in visitor.page.text
    page = visitor.get(visitor.page.link("Donner sa date de naissance"))
    assert lea.prenom in page.text and lea.login not in page.text and "2012" not in page.text and not is_seen(here, anne, lea)
    form = page.form(RETURNED)
    page = visitor.submit(form, naissance="01/01/2001")
    assert page.status == 422 and "ne correspond pas" in page.text and lea.login not in page.text
    assert visitor.submit(form, naissance="hier").status == 422 and not is_seen(here, anne, lea)
    assert ("birth_date_refused", "person") in families.events(anne), "the school is told, as at the opening"
    girard = sign_in_head(here, "girard")
    home = f"/etablissements/{families.school[0]}"
    assert anne.nom.upper() in girard.get(home).text.upper(), "at the head's home"
    page = visitor.submit(form, naissance=birth(lea))
    assert page.path == "/guichet/enfants" and "L’enfant est dans votre compte" in page.text and lea.login in page.text
    assert not [one for one in page.forms if one.action == RETURNED] and is_seen(here, anne, lea)
    assert anne.nom.upper() not in girard.get(home).text.upper(), "nothing is left to do"
    assert visitor.submit(form, naissance=birth(lea)).path == "/guichet/enfants", "a double click is one"
    assert families.events(anne).count(("child_proved", "person")) == 1
    assert "date de naissance d’un élève" in visitor.get("/guichet/historique").text


def test_birth_dates_of_a_child_given_back_are_counted_with_the_openings(here, families, bus, head):
    anne, lea = opened_without(here, families, bus, head)
    said = [bus.refusal("link", "ProveChild", proof(bus, anne, lea, f"0{day}/01/2001"), account=anne.account) for day in range(1, 10)]
    assert said[0] == "birth_date_wrong" and said[-1] == "too_many_attempts"
    assert bus.refusal("link", "ProveChild", proof(bus, anne, lea, birth(lea)), account=anne.account) == "too_many_attempts"
    assert not is_seen(here, anne, lea)


def test_so_many_refused_dates_of_a_child_given_back_and_the_school_is_to_help(here, families, bus, head):
    anne, lea = opened_without(here, families, bus, head)
    with here.psql() as database:
        database.execute("insert into preau.account_event (academy, account_id, action, actor)"
                         " select %s, %s, 'birth_date_refused', 'person' from generate_series(1, 20)", anne.account)
    assert bus.refusal("link", "ProveChild", proof(bus, anne, lea, birth(lea)), account=anne.account) == "birth_dates_over"
    assert not is_seen(here, anne, lea)
    text = sign_in_head(here, "girard").get(f"/etablissements/{families.school[0]}").text
    assert anne.nom.upper() in text.upper() and "Essais épuisés" in text


def test_the_date_is_that_of_a_child_given_back_to_ones_own_account(here, families, bus, head):
    anne, lea = opened_without(here, families, bus, head)
    bob = families.active(f"{os.urandom(4).hex()}@example.net")
    for caller in ({"administrator": head}, {"operator": True}, {"account": bob.account}):
        assert bus.refusal("link", "ProveChild", proof(bus, anne, lea, birth(lea)), **caller) == "not_allowed"
    for guardian, child in ((bob, lea), (bob, bob.child), (anne, bob.child)):
        assert bus.refusal("link", "ProveChild", proof(bus, guardian, child, birth(child)), account=guardian.account) == "not_found"
    assert bus.refusal("link", "ProveChild", proof(bus, anne, lea, "30/02/2012"), account=anne.account) == "date_invalid"
    visitor = sign_in(here, anne, PASSWORD)
    form = visitor.get("/guichet/enfants").form(RETURNED)
    assert visitor.submit(form, csrf="x" * 43).status == 403 and visitor.submit(form, eleve="11-2-1x").status == 400
    assert visitor.submit(form, eleve="11-2-%d" % bob.child.aaf_id, naissance=birth(bob.child)).status == 404
    page = visitor.submit(form, eleve="11-2-%d" % bob.child.aaf_id, naissance="hier")
    assert page.status == 422 and 'id="erreur"' in page.content.decode(), "of no child in the list, and told nonetheless"
    assert not is_seen(here, anne, lea)


def test_a_child_given_back_before_the_opening_is_asked_for_by_it(here, families, bus, head):
    anne = families.handed_out()
    disclaim(bus, anne, anne.child)
    ((claim, _, _),) = claims(here, anne)
    bus.ask("notify", "RestoreChild", restoration(bus, families, anne, claim), administrator=head)
    assert asked_for(bus, anne) == {anne.child.aaf_id}
    assert bus.refusal("link", "ProveChild", proof(bus, anne, anne.child, birth(anne.child)), account=anne.account) == "not_found"


def named_by_sms(here, guardian, state, expires):
    """A registration whose code was given; confirmed: the dates too, and what is left is to choose the password."""
    academy, account = guardian.account if state == "confirmed" else (None, None)
    with here.psql() as database:
        ((name, mobile),) = database.execute(
            "update preau.person set mobile = '+336' || lpad((account_id %% 100000000)::text, 8, '0') where (account_academy, account_id) = (%s, %s)"
            " returning replace(search_name, ' ', ''), mobile", guardian.account).fetchall()
        database.execute("insert into preau.registration (request_id, purpose, match_name, mobile, state, confirmed_at, academy, account_id, expires_at)"
                         f" values (gen_random_uuid(), 'open', %s, %s, %s, case when %s = 'confirmed' then now() end, %s, %s, now() + interval '{expires}')",
                         (name, mobile, state, state, academy, account))


@pytest.mark.parametrize("state, expires, has_sibling, is_asked", [
    ("confirmed", "10 min", True, True), ("confirmed", "-1 min", True, False), ("confirmed", "10 min", False, False),
    ("proven", "10 min", True, True), ("proven", "-1 min", True, False), ("proven", "10 min", False, False)],
                         ids=["dates given", "over", "the child's own date was given", "dates being judged", "never judged", "no other child to judge by"])
def test_a_child_given_back_while_a_registration_is_under_way_is_proved_after_it(here, families, bus, head, state, expires, has_sibling, is_asked):
    """It was asked for the dates of the others alone."""
    anne = families.handed_out()
    if has_sibling:
        families.sibling(anne)
    disclaim(bus, anne, anne.child)
    named_by_sms(here, anne, state, expires)
    ((claim, _, _),) = claims(here, anne)
    bus.ask("notify", "RestoreChild", restoration(bus, families, anne, claim), administrator=head)
    with here.psql() as database:
        database.execute("update preau.account set state = 'active', origin = 'responsable', password = 'chosen', activated_at = now()"
                         " where (academy, id) = (%s, %s)", anne.account)
    assert is_seen(here, anne, anne.child) is not is_asked
    if is_asked:
        bus.ask("link", "ProveChild", proof(bus, anne, anne.child, anne.child.birth_date), account=anne.account)
        assert is_seen(here, anne, anne.child)


def test_the_head_reads_what_a_dismissal_does(here, families, bus, head):
    anne = families.handed_out()
    disclaim(bus, anne, anne.child)
    text = sign_in_head(here, "girard").get("/etablissements/%s/comptes/%d-%d" % (families.school[0], *anne.account)).text
    assert "avec une feuille trouvée" in text and "la date de naissance lui sera d’abord demandée" in text


@tries("Notify/RestoreChild", "child_restored")
def test_a_dismissal_is_one_entry_of_the_audit_trail(here, families, bus, head):
    anne = families.handed_out()
    disclaim(bus, anne, anne.child)
    ((claim, _, _),) = claims(here, anne)
    with written(here) as new:
        for _ in range(2):
            bus.ask("notify", "RestoreChild", restoration(bus, families, anne, claim), administrator=head)
    assert [(entry["action"], entry["administrator"], entry["uai"], (entry["academy"], entry["account"])) for entry in new] == [
        ("child_restored", head, families.school[0], anne.account)]


def test_a_claim_is_dismissed_by_the_schools_head_alone_and_by_its_own_account(here, families, bus, head):
    anne, bob = families.handed_out(), families.handed_out()
    disclaim(bus, anne, anne.child)
    ((claim, _, _),) = claims(here, anne)
    elsewhere = add_administrator(here, "ailleurs" + str(claim), "directeur", "--school", families.town.school(2)[0])
    for guardian, caller in ((anne, {"administrator": elsewhere}), (bob, {"administrator": head}), (anne, {"account": anne.account})):
        assert bus.refusal("notify", "RestoreChild", restoration(bus, families, guardian, claim), **caller) == "not_found"
    assert asked_for(bus, anne) == set()


def test_nobody_disclaims_for_another_nor_a_child_of_another(here, families, bus):
    anne, bob = families.handed_out(), families.handed_out()
    for caller in ({"administrator": 1}, {"operator": True}, {"account": bob.account}):
        assert refusal(bus, anne, anne.child, **caller) == "not_allowed"
    assert refusal(bus, anne, bob.child) == "not_found" and refusal(bus, anne, anne) == "not_found"
    assert refusal(bus, anne.child, anne.child) == "not_found", "a pupil"
    visitor = sign_in(here, anne)
    page = visitor.get(visitor.page.link("pas responsable légal"))
    form = page.form(DISCLAIM)
    assert visitor.submit(form, csrf="x" * 43).status == 403
    assert visitor.submit(form, eleve="11-2-%d" % bob.child.aaf_id).status == 404
    assert visitor.submit(form, eleve="11-2-1x").status == 400
    assert visitor.get(f"{DISCLAIM}?eleve=11-2-{bob.child.aaf_id}").status == 404
    assert claims(here, anne) == claims(here, bob) == []


def test_only_while_the_account_is_opened(here, families, bus):
    anne = families.active(f"{os.urandom(4).hex()}@example.net")
    assert refusal(bus, anne, anne.child) == "already_active" and claims(here, anne) == []


def test_a_disclaimed_pupil_is_helped_by_the_other_guardian_alone(here, families, bus):
    anne = families.active(f"{os.urandom(4).hex()}@example.net")
    other = families.town.guardian("Paul", anne.nom, [anne.child])
    leo = families.sibling(anne)
    with here.psql() as database:  # Paul has the younger one too
        database.execute("insert into preau.guardianship values (%s, 2, %s, %s, 10) on conflict do nothing",
                         (anne.account[0], leo.aaf_id, other.aaf_id))
    other.hand_out()
    disclaim(bus, other, anne.child)
    with here.psql() as database:
        for state in ("en_cours", "active"):
            database.execute("update preau.account set state = %s, password = 'chosen', activated_at = case when %s = 'active' then now() end,"
                             " email_confirmed_at = case when %s = 'active' then now() end, email = 'paul@example.net'"
                             " where (academy, id) = (%s, %s)", (state, state, state, *other.account))

    def help_of(guardian, child):
        request = bus.message("link", "ResetChildPasswordRequest")
        request.account.CopyFrom(bus.reference(guardian.account))
        request.child.CopyFrom(bus.reference(child.account))
        return bus.refusal("link", "ResetChildPassword", request, account=guardian.account)

    assert (help_of(other, anne.child), help_of(other, leo), help_of(anne, anne.child)) == ("not_found", None, None)
