"""The link of who forgot the password: once, for a time, for the password that it was made for, and only by a form."""

import os
import re

import pytest

from peers.bus import Bus
from peers.mail import text_of
from peers.portal import PASSWORD, sign_in
from peers.sealing import link_token
from peers.self_help import Families, Stranger, ask, help_site, is_answered, link_in

OTHER = "trois canards dorment 88"
FORGOTTEN = "/aide/mot-de-passe"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture
def anne(here, families, request):
    """Active, with a link in hand: .link"""
    address = re.sub(r"\W", "", request.node.name)[-40:] + "@example.net"
    person = families.active(address)
    person.address = address
    person.link = mailed(here, person)
    return person


def mailed(here, person):
    """Another link."""
    here.mail.clear()
    ask(here, FORGOTTEN, person.login)
    (mail,) = here.mail.wait(person.address)
    assert "valable 60\u00a0min" in text_of(mail) and not mail.defects
    return link_in(text_of(mail))


def choose(here, link, password=OTHER, visitor=None, again=None):
    visitor = visitor or Stranger(here)
    page = visitor.get(link)
    if page.status != 200:
        return page
    return visitor.submit(page.forms[-1], nouveau=password, confirmation=again or password)


def test_another_password_is_chosen_and_the_person_is_told(here, families, anne):
    elsewhere = sign_in(here, anne, PASSWORD)
    assert elsewhere.page.path == "/guichet"
    here.mail.clear()
    page = choose(here, anne.link)
    assert page.status == 200 and "Votre mot de passe est changé" in page.text
    assert elsewhere.get("/guichet").path == "/connexion", "sessions end"
    assert sign_in(here, anne, PASSWORD).page.status == 401
    assert sign_in(here, anne, OTHER).page.path == "/guichet"
    row = anne.row()
    assert (row["state"], row["origin"], row["password"], row["email"]) == ("active", "etablissement", "chosen", anne.address)
    (mail,) = here.mail.wait(anne.address)
    assert "a été modifié" in mail["Subject"]
    assert families.events(anne)[-1] == ("recover_password", "person")


def test_looking_at_it_uses_nothing_up(here, anne):
    for _ in range(3):
        assert Stranger(here).get(anne.link).status == 200
    assert anne.row()["password"] == "chosen" and sign_in(here, anne, PASSWORD).page.path == "/guichet"
    assert choose(here, anne.link).status == 200


def test_it_serves_once(here, anne):
    visitor, late = Stranger(here), Stranger(here)
    shown = late.get(anne.link)
    assert choose(here, anne.link, visitor=visitor).status == 200
    assert visitor.get(anne.link).status == 410
    page = late.submit(shown.forms[-1], nouveau="hibou dans le grenier 41", confirmation="hibou dans le grenier 41")
    assert page.status == 410 and "Demander un nouveau lien" in page.text
    assert sign_in(here, anne, OTHER).page.path == "/guichet"


def test_a_repeat_of_the_same_form_is_told_the_same(here, anne):
    visitor = Stranger(here)
    form = visitor.get(anne.link).forms[-1]
    pages = [visitor.submit(form, nouveau=OTHER, confirmation=OTHER) for _ in range(2)]
    assert [page.status for page in pages] == [200, 200] and anne.row()["state"] == "active"


def test_a_password_that_is_refused_leaves_the_link_good(here, anne):
    page = choose(here, anne.link, "court")
    assert page.status == 422 and "trop court" in page.text
    assert choose(here, anne.link, f"{anne.nom} {anne.nom} {anne.nom}").status == 422, "the policy of any chosen password"
    assert choose(here, anne.link, again="tout autre chose 5").status == 422
    assert choose(here, anne.link).status == 200


def over(here, anne):
    with here.psql() as database:
        database.execute("update preau.confirmation set expires_at = now() - interval '1 second' where (academy, account_id) = (%s, %s)",
                         anne.account)


def closed(here, anne):
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", anne.account)


def moved(here, anne):
    with here.psql() as database:
        database.execute("update preau.account set email = 'ailleurs@example.net' where (academy, id) = (%s, %s)", anne.account)


def changed_from_the_desk(here, anne):
    visitor = sign_in(here, anne, PASSWORD)
    page = visitor.get("/nouveau-mot-de-passe")
    page = visitor.submit(page.form("/nouveau-mot-de-passe"), actuel=PASSWORD, nouveau="hibou dans le grenier 41",
                          confirmation="hibou dans le grenier 41")
    assert page.path == "/guichet"


@pytest.mark.parametrize("deed", [over, closed, moved, changed_from_the_desk, lambda here, anne: anne.reset()],
                         ids=["over", "closed", "moved", "changed", "reset"])
def test_it_ends_with_what_it_was_made_for(here, anne, deed):
    visitor = Stranger(here)
    shown = visitor.get(anne.link)
    deed(here, anne)
    before = anne.row()["version"]
    assert Stranger(here).get(anne.link).status == 410
    assert visitor.submit(shown.forms[-1], nouveau=OTHER, confirmation=OTHER).status == 410
    assert anne.row()["version"] == before


@pytest.mark.parametrize("first", ["older", "newer"])
def test_whoever_asks_again_takes_no_link_from_the_person_and_one_that_was_used_ends_the_other(here, anne, first):
    links = {"older": anne.link, "newer": mailed(here, anne)}
    assert Stranger(here).get(links["older"]).status == Stranger(here).get(links["newer"]).status == 200
    assert choose(here, links.pop(first)).status == 200
    assert Stranger(here).get(*links.values()).status == 410


def test_links_of_another_purpose_or_altered_ones_are_none(here, families, anne):
    token = anne.link.rpartition("/")[2]
    pending = families.opened("autrebut@example.net")
    (mail,) = here.mail.wait("autrebut@example.net")
    with here.psql() as database:
        (number,) = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)", anne.account).fetchone()
    folder, academy = here.folder / "keys", anne.account[0]
    wrong = [link_in(text_of(mail), "activation").rpartition("/")[2], token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1],
             token + "A", "x", link_token(folder, "activation", academy, number),
             link_token(folder, "email_change", academy, number), link_token(folder, "password", academy, number + 9999),
             link_token(folder, "password", academy + 1, number)]
    for one in wrong:
        page = Stranger(here).get(f"/mot-de-passe/{one}")
        assert page.status == 404, one
    visitor = Stranger(here)
    page = visitor.get(f"/activation/{token}")
    assert visitor.submit(page.forms[-1]).status == 404, "nor does it activate anything"
    assert pending.row()["state"] == "en_cours" and choose(here, anne.link).status == 200


def test_guesses_are_bounded_by_network(here, anne):
    stranger = Stranger(here)
    told = [stranger.get(f"/mot-de-passe/{'A' * 40}").status for _ in range(22)]
    assert told == [404] * 20 + [429] * 2
    assert stranger.get(anne.link).status == 429 and Stranger(here).get(anne.link).status == 200


def test_links_that_are_good_do_not_count(here, anne):
    stranger = Stranger(here)
    assert {stranger.get(anne.link).status for _ in range(25)} == {200}


def test_a_form_from_elsewhere_is_refused(here, anne):
    visitor = Stranger(here)
    form = visitor.get(anne.link).forms[-1]
    assert visitor.submit(form, csrf="", nouveau=OTHER, confirmation=OTHER).status == 403
    assert Stranger(here).submit(form, nouveau=OTHER, confirmation=OTHER).status == 403, "of a browser without its cookie"
    assert sign_in(here, anne, PASSWORD).page.path == "/guichet"


def test_who_is_signed_in_as_somebody_else_changes_the_link_s_account_alone(here, families, anne):
    bob = families.active("bob.autre@example.net")
    visitor = sign_in(here, bob, PASSWORD)
    before = bob.row()["version"]
    assert choose(here, anne.link, visitor=visitor).status == 200
    assert visitor.get("/guichet").path == "/guichet" and bob.row()["version"] == before
    assert sign_in(here, anne, OTHER).page.path == "/guichet" and sign_in(here, bob, PASSWORD).page.path == "/guichet"


def test_killed_after_it_was_done_the_same_request_is_told_so(here, anne):
    bus = Bus(here)
    ask_again = dict(token=anne.link.rpartition("/")[2], chosen=OTHER, address="192.0.2.77", request_id=os.urandom(16))
    here.stop_daemon("preau-linkd")
    here.launch("preau-linkd", PREAU_FAULT="link_choice_applied")
    try:
        with pytest.raises(Exception, match="no answer"):
            bus.ask("link", "RecoverPassword", seconds=3, **ask_again)
        here.wait_dead("preau-linkd")
    finally:
        here.restart("preau-linkd")
    bus.ask("link", "RecoverPassword", **ask_again)
    assert bus.refusal("link", "RecoverPassword", **{**ask_again, "request_id": os.urandom(16)}) == "link_expired"
    assert sign_in(here, anne, OTHER).page.path == "/guichet"


def test_an_account_without_a_password_is_sent_no_link(here, families):
    """A survivor of a merge, for one: there is nothing that a link could replace."""
    bob = families.active("sansmotdepasse@example.net")
    with here.psql() as database:
        database.execute("update preau.account set password = 'none' where (academy, id) = (%s, %s)", bob.account)
    ask(here, FORGOTTEN, bob.login)
    is_answered(here)
    assert families.owed(bob, "forgotten_password") == []


def test_what_keeps_passwords_is_told_whose_it_is(here, anne):
    page = Stranger(here).get(anne.link)
    assert ("identifiant", anne.login) in page.form(page.path).fields
    visitor = sign_in(here, anne, PASSWORD)
    for place in ("/nouveau-mot-de-passe", "/guichet/adresse"):
        assert ("identifiant", anne.login) in visitor.get(place).form(place).fields, place
