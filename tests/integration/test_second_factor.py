"""An administrator's second factor over HTTP: set up, given, lost, taken away; and what a sign-in that is not complete
reaches, which is nothing."""

import collections
import concurrent.futures
import re
import time

import pytest
import requests

from peers import totp
from peers.portal import (ACADEMY, CODE, HEAD_PASSWORD, SECOND_FACTOR, add_administrator, enrol, forget_step, give_password,
                          secret_on, secrets_of, sign_in_head)
from peers.routes import SOMETHING, filled, routes
from peers.site import Site
from peers.web import Page, Visitor

MINE, OWN_PASSWORD = "/administration/mon-compte", "/administration/mot-de-passe"
OTHER_PASSWORD = "hibou dans le grenier 41"
TRIES = 5


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": str(TRIES),
                         "attempts_address": "1000", "attempts_delay": "1h"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-importd", "preau-linkd", "preau-portald", settings=settings) as site:
        with site.psql() as database:
            database.execute("insert into preau.academy (code, name) values (%s, 'Essai')", (ACADEMY,))
            database.execute("insert into preau.school (academy, uai, degree, name, kind, city) values"
                             " (%s, '0110001S', 2, 'Collège', 'COLLEGE', 'Ville')", (ACADEMY,))
        yield site


class Administrators:
    """Each with a login of its own: tries are counted by it."""

    def __init__(self, site):
        self.site, self.count = site, 0

    def add(self, role="directeur"):
        self.count += 1
        login = f"{role}{self.count}"
        scope = {"exploitant": ("--nation",), "integrateur": ("--academy", ACADEMY), "assistance": ("--academy", ACADEMY)}
        add_administrator(self.site, login, role, *scope.get(role, ("--school", "0110001S")))
        return login


@pytest.fixture(scope="module")
def administrators(here):
    return Administrators(here)


@pytest.fixture
def enrolled(here, administrators):
    """The login of a head who has set the second factor up, and its recovery codes."""
    login = administrators.add()
    _, codes = set_up(here, login)
    return login, codes


def set_up(here, login):
    """By choice, from the page of one's own account: the visitor and the recovery codes."""
    visitor = sign_in_head(here, login)
    visitor.page = visitor.get(SECOND_FACTOR)
    secret, codes = enrol(visitor, actuel=HEAD_PASSWORD)
    assert len(codes) == 10, visitor.page.text
    secrets_of(here)[login] = secret
    return visitor, codes


def settled():
    """Away from the end of a step, so that what is computed now is still of it when it comes."""
    while time.time() % totp.STEP > totp.STEP - 6:
        time.sleep(0.5)


def give(visitor, code):
    return visitor.submit(visitor.get(CODE).form(CODE), code=code)


def code_of(here, login, **at):
    return totp.code(secrets_of(here)[login], **at)


def is_in(visitor):
    return visitor.get(MINE).path == MINE


# ------------------------------------------------------------------------------------------------ set up


@pytest.mark.parametrize("role", ["exploitant", "integrateur", "assistance"])
def test_who_reaches_further_than_a_school_sets_it_up_at_the_first_sign_in(here, administrators, role):
    login = administrators.add(role)
    visitor = give_password(here, login)
    assert visitor.page.path == SECOND_FACTOR
    assert visitor.get("/etablissements").path == SECOND_FACTOR and visitor.get("/imports").path == SECOND_FACTOR
    secret, codes = enrol(visitor)
    assert len(set(codes)) == 10 and "ne seront plus montrés" in visitor.page.text
    assert is_in(visitor)
    again = give_password(here, login)
    assert again.page.path == CODE and not is_in(again)
    forget_step(here, login)
    assert give(again, totp.code(secret)).path.startswith(("/etablissements", "/imports")) and is_in(again)


def test_a_head_is_in_by_the_password_and_may_choose_more(here, administrators):
    login = administrators.add()
    visitor = sign_in_head(here, login)
    assert is_in(visitor) and "Mettre en place" in visitor.get(MINE).text
    set_up(here, login)
    assert give_password(here, login).page.path == CODE


def test_it_counts_only_once_a_code_of_it_was_given(here, administrators):
    login = administrators.add("exploitant")
    visitor = give_password(here, login)
    secret = secret_on(visitor.page)
    wrong = f"{(int(totp.code(secret)) + 1) % 10**6:06}"
    page = visitor.submit(visitor.page.form(SECOND_FACTOR), code=wrong)
    assert page.status == 422 and "n’est pas le bon" in page.text
    assert secret_on(page) == secret, "the one that the application has by now"
    assert give_password(here, login).page.path == SECOND_FACTOR
    with here.psql() as database:
        assert database.execute("select totp_sealed from preau.administrator where login = %s", (login,)).fetchone() == (None,)


def test_another_session_is_shown_another_secret(here, administrators):
    """What a thief of the password was shown is not what the owner sets up."""
    login = administrators.add("exploitant")
    thief, owner = give_password(here, login), give_password(here, login)
    stolen = secret_on(thief.page)
    assert secret_on(owner.page) != stolen
    enrol(owner)
    assert thief.submit(thief.page.form(SECOND_FACTOR), code=totp.code(stolen)).path == "/administration/connexion"


def test_the_image_holds_the_secret_and_is_for_this_session_only(here, administrators):
    login = administrators.add("exploitant")
    visitor = give_password(here, login)
    image = visitor.session.get(here.portal_url + SECOND_FACTOR + "/qr.svg", timeout=20)
    assert image.headers["Content-Type"] == "image/svg+xml" and image.text.startswith("<svg") and "no-store" in image.headers["Cache-Control"]
    assert requests.get(here.portal_url + SECOND_FACTOR + "/qr.svg", allow_redirects=False, timeout=20).status_code == 303


def test_the_store_holds_neither_the_secret_nor_a_recovery_code(here, enrolled):
    login, codes = enrolled
    secret = secrets_of(here)[login].replace(" ", "")
    with here.psql() as database:
        rows = str(database.execute("select totp_sealed, (select array_agg(digest) from preau.administrator_recovery r"
                                    " where r.administrator_id = a.id) from preau.administrator a where login = %s", (login,)).fetchone())
    assert secret not in rows and not any(code.replace("-", "") in rows.upper() for code in codes)
    assert secret not in here.log("preau-linkd") + here.log("preau-portald")


def test_setting_it_up_or_anew_asks_for_the_password_and_ends_the_other_sessions(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    mine, other = sign_in_head(here, login), sign_in_head(here, login)
    mine.page = mine.get(SECOND_FACTOR)
    secret = secret_on(mine.page)
    refused = mine.submit(mine.page.form(SECOND_FACTOR), code=totp.code(secret), actuel="ce n’est pas lui")
    assert refused.status == 401 and is_in(other)
    mine.page = mine.get(SECOND_FACTOR)
    renewed, codes = enrol(mine, actuel=HEAD_PASSWORD)
    assert renewed == secret and len(codes) == 10
    assert is_in(mine) and not is_in(other)
    before = give_password(here, login)
    assert give(before, code_of(here, login)).status == 422, "the secret before counts no more"


# ------------------------------------------------------------------------------------------------ given


def test_a_code_counts_once(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    settled()
    code = code_of(here, login)
    first, second = give_password(here, login), give_password(here, login)
    assert give(first, code).status == 200 and is_in(first)
    page = give(second, code)
    assert page.status == 422 and "il a déjà servi" in page.text and not is_in(second)


def test_of_many_at_once_with_one_code_one_is_let_in(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    visitors = [give_password(here, login) for _ in range(TRIES)]
    forms = [visitor.page.form(CODE) for visitor in visitors]
    settled()
    code = code_of(here, login)
    with concurrent.futures.ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(lambda pair: pair[0].submit(pair[1], code=code), zip(visitors, forms)))
    assert [is_in(visitor) for visitor in visitors].count(True) == 1


def test_a_step_around_is_accepted_and_never_one_that_lies_before_the_last(here, enrolled):
    login, _ = enrolled
    visitor = give_password(here, login)
    for steps, is_good in ((-2, False), (2, False), (-1, True), (0, True), (1, True), (0, False), (-1, False)):
        if steps == -1 and is_good:
            forget_step(here, login)
        settled()
        visitor = give_password(here, login)
        give(visitor, code_of(here, login, steps=steps))
        assert is_in(visitor) is is_good, steps


def test_the_code_of_another_is_none(here, administrators, enrolled):
    login, _ = enrolled
    other = administrators.add()
    set_up(here, other)
    visitor = give_password(here, login)
    settled()
    assert give(visitor, code_of(here, other)).status == 422 and not is_in(visitor)


def test_guesses_are_bounded_however_they_are_made(here, enrolled):
    """Codes, recovery codes and new sign-ins in between: one count, which the right password does not begin anew."""
    login, codes = enrolled
    told = collections.Counter()
    for number in range(3 * TRIES):
        visitor = give_password(here, login)
        assert visitor.page.path == CODE
        told[give(visitor, f"{number:06}" if number % 2 else "AAAA-BBBB-CCCC-DDDD").status] += 1
    assert told == {422: TRIES, 429: 2 * TRIES}
    forget_step(here, login)
    visitor = give_password(here, login)
    assert give(visitor, code_of(here, login)).status == 429 and give(visitor, codes[0]).status == 429
    assert not is_in(visitor)


def test_guesses_side_by_side_are_not_more_than_in_a_row(here, enrolled):
    login, _ = enrolled
    visitors = [give_password(here, login) for _ in range(3 * TRIES)]
    forms = [visitor.page.form(CODE) for visitor in visitors]
    with concurrent.futures.ThreadPoolExecutor(len(visitors)) as pool:
        pages = list(pool.map(lambda one: visitors[one].submit(forms[one], code=f"{one:06}"), range(len(visitors))))
    assert collections.Counter(page.status for page in pages) == {422: TRIES, 429: 2 * TRIES}


def test_the_password_asked_for_anew_is_counted_with_the_codes(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    visitor = sign_in_head(here, login)
    statuses = [visitor.submit(visitor.get(MINE).form("/administration/codes-de-secours"), actuel="non non non 77").status
                for _ in range(TRIES + 1)]
    assert statuses == [401] * TRIES + [429]
    assert give(give_password(here, login), "000000").status == 429


def test_a_recovery_code_counts_once_and_others_stay(here, enrolled):
    login, codes = enrolled
    first = give_password(here, login)
    page = give(first, codes[3].lower().replace("-", " "))
    assert page.path == MINE and "code de secours" in page.text and "9 codes de secours" in page.text
    again = give_password(here, login)
    assert give(again, codes[3]).status == 422
    assert give(again, codes[4]).path == MINE


def test_new_recovery_codes_end_the_old_ones(here, enrolled):
    login, codes = enrolled
    forget_step(here, login)
    visitor = sign_in_head(here, login)
    page = visitor.submit(visitor.get(MINE).form("/administration/codes-de-secours"), actuel=HEAD_PASSWORD)
    fresh = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", page.text)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert give(give_password(here, login), codes[0]).status == 422
    assert give(give_password(here, login), fresh[0]).path == MINE


# ------------------------------------------------------------------------------------------------ taken away


def test_a_head_may_take_it_away_with_the_password_and_other_sessions_end(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    mine, other = sign_in_head(here, login), sign_in_head(here, login)
    page = mine.submit(mine.get(MINE).form(SECOND_FACTOR + "/retrait"), actuel=HEAD_PASSWORD)
    assert page.path == MINE and "retirée" in page.text
    assert is_in(mine) and not is_in(other)
    assert give_password(here, login).page.path.startswith("/etablissements")


def test_who_must_have_it_may_not_take_it_away(here, administrators):
    visitor = sign_in_head(here, administrators.add("exploitant"))
    page = visitor.get(MINE)
    assert not [form for form in page.forms if form.action.endswith("/retrait")]
    form = page.form("/administration/codes-de-secours")
    form.action = SECOND_FACTOR + "/retrait"
    refused = visitor.submit(form, actuel=HEAD_PASSWORD)
    assert refused.status == 409 and "exige la double authentification" in refused.text


def test_the_operator_resets_it_and_it_is_set_up_anew(here, administrators):
    login = administrators.add("exploitant")
    visitor = sign_in_head(here, login)
    here.ctl("admin", "reset-totp", login)
    assert not is_in(visitor)
    assert give_password(here, login).page.path == SECOND_FACTOR


def test_a_sign_in_seals_it_by_the_newest_key(here, enrolled):
    login, _ = enrolled

    def key():
        with here.psql() as database:
            sealed = database.execute("select totp_sealed from preau.administrator where login = %s", (login,)).fetchone()[0]
        return int.from_bytes(sealed[1:5], "big")

    before = key()
    here.ctl("key", "generate", "sealing")
    here.restart("preau-linkd")
    assert is_in(sign_in_head(here, login))
    assert key() == before + 1
    assert is_in(sign_in_head(here, login)), "it is the same secret"


# ------------------------------------------------------------------------------------------------ a sign-in that is not complete


@pytest.fixture(scope="module")
def halfway(here, administrators):
    """A visitor at each step of a sign-in, and where that step is."""
    coded, fresh, wide = administrators.add(), administrators.add(), administrators.add("exploitant")
    set_up(here, coded)
    generated = here.ctl("admin", "password", fresh, json_answer=True)["password"]
    return {"CODE": (give_password(here, coded), CODE), "OWN_PASSWORD": (give_password(here, fresh, generated), OWN_PASSWORD),
            "SECOND_FACTOR": (give_password(here, wide), SECOND_FACTOR)}


@pytest.mark.parametrize("stage", ["CODE", "OWN_PASSWORD", "SECOND_FACTOR"])
@pytest.mark.parametrize("method, pattern, access", [route[:3] for route in routes() if route.access not in ("ANYONE", "UNASKED", "SIGNED_IN")])
def test_halfway_through_nothing_else_is_reached(here, halfway, stage, method, pattern, access):
    visitor, place = halfway[stage]
    assert visitor.page.path == place
    if access == stage:
        return
    data = {"csrf": dict(visitor.page.form(place).fields)["csrf"]}
    response = visitor.session.request(method, here.portal_url + filled(pattern, SOMETHING), timeout=20,
                                       data=data if method == "POST" else None, allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (303, place)


def test_each_step_has_a_cookie_of_its_own(here, enrolled):
    login, _ = enrolled
    forget_step(here, login)
    visitor = give_password(here, login)
    before = visitor.session.cookies["preau"]
    give(visitor, code_of(here, login))
    assert visitor.session.cookies["preau"] != before
    stale = requests.get(here.portal_url + CODE, cookies={"preau": before}, allow_redirects=False, timeout=20)
    assert stale.headers["Location"] == "/administration/connexion?session=finie"


def test_a_step_waits_half_an_hour(here, enrolled):
    login, _ = enrolled
    visitor = give_password(here, login)
    with here.psql() as database:
        (left,) = database.execute("select extract(epoch from s.expires_at - now()) from preau.session s join preau.administrator a"
                                   " on a.id = s.administrator_id where a.login = %s and s.stage = 'code'"
                                   " order by s.created_at desc limit 1", (login,)).fetchone()
    assert 1700 < left <= 1800 and visitor.page.path == CODE


# ------------------------------------------------------------------------------------------------ one's own password


def choose(visitor, chosen, **fields):
    page = visitor.get(OWN_PASSWORD)
    return visitor.submit(page.form(OWN_PASSWORD), nouveau=chosen, confirmation=chosen, **fields)


def test_a_generated_password_is_replaced_at_the_first_sign_in(here, administrators):
    login = administrators.add()
    generated = here.ctl("admin", "password", login, json_answer=True)["password"]
    visitor = give_password(here, login, generated)
    assert visitor.page.path == OWN_PASSWORD and "créé par quelqu’un d’autre" in visitor.page.text
    assert choose(visitor, generated).status == 422, "the same again"
    assert choose(visitor, "court").status == 422
    assert choose(visitor, OTHER_PASSWORD).path.startswith("/etablissements") and is_in(visitor)
    assert is_in(give_password(here, login, OTHER_PASSWORD))
    assert give_password(here, login, generated).page.status == 401


def test_another_password_asks_for_the_present_one_and_ends_the_other_sessions(here, administrators):
    login = administrators.add()
    mine, other = sign_in_head(here, login), sign_in_head(here, login)
    assert choose(mine, OTHER_PASSWORD, actuel="ce n’est pas lui").status == 401
    assert choose(mine, OTHER_PASSWORD, actuel="").status == 401
    assert choose(mine, HEAD_PASSWORD, actuel=HEAD_PASSWORD).status == 422
    assert is_in(other)
    page = choose(mine, OTHER_PASSWORD, actuel=HEAD_PASSWORD)
    assert page.path == MINE and "mot de passe est changé" in page.text
    assert is_in(mine) and not is_in(other)


def test_a_code_page_that_was_open_is_worth_nothing_once_the_password_is_another(here, enrolled):
    login, codes = enrolled
    thief = give_password(here, login)
    file = here.folder / "other.password"
    file.write_text(OTHER_PASSWORD)
    file.chmod(0o600)
    here.ctl("admin", "password", login, "--password-file", file)
    assert thief.submit(thief.page.form(CODE), code=codes[0]).path == "/administration/connexion"
    assert give(give_password(here, login, OTHER_PASSWORD), codes[0]).path == MINE


# ------------------------------------------------------------------------------------------------ sessions


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(here, administrators):
    login = administrators.add()
    mine, *others = [sign_in_head(here, login) for _ in range(4)]
    others[0].session.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    others[0].page = others[0].get("/administration/connexion")
    others[0].submit(others[0].page.form("/administration/connexion"), identifiant=login, mot_de_passe=HEAD_PASSWORD)
    page = mine.get(MINE)
    assert "4 connexions" in page.text and page.text.count("Ce navigateur") == 1 and "127.0.0.1" in page.text
    assert "Firefox sur Windows" in page.text
    forms = [form for form in page.forms if form.action == MINE + "/sessions" and dict(form.fields).get("numero")]
    assert len(forms) == 3
    page = mine.submit(forms[0])
    assert "3 connexions" in page.text and [is_in(one) for one in others].count(False) == 1
    (all_others,) = [form for form in page.forms if form.action == MINE + "/sessions" and "numero" not in dict(form.fields)]
    page = mine.submit(all_others)
    assert "1 connexion" in page.text and is_in(mine) and not any(is_in(one) for one in others)


def test_the_session_of_another_is_not_ended(here, administrators):
    mine, other = sign_in_head(here, administrators.add()), sign_in_head(here, administrators.add())
    with here.psql() as database:
        numbers = [row[0] for row in database.execute("select number from preau.session").fetchall()]
    form = mine.get(MINE).form("/deconnexion")
    form.action = MINE + "/sessions"
    for number in numbers:
        mine.submit(form, numero=str(number))
    assert is_in(other) and not is_in(mine)


def test_an_unknown_login_is_told_the_same_in_about_the_same_time(here, administrators):
    known = administrators.add("exploitant")
    answers, times = [], collections.defaultdict(list)
    for _ in range(4):
        for login in (known, "personne.de.tel"):
            visitor = Visitor(here.portal_url)
            form = visitor.get("/administration/connexion").form("/administration/connexion")
            begun = time.monotonic()
            response = visitor.send(form, identifiant=login, mot_de_passe="non non non 77")
            times[login].append(time.monotonic() - begun)
            answers.append(Page(response).text.replace(login, ""))
    assert len(set(answers)) == 1
    assert min(times["personne.de.tel"]) > 0.3 * min(times[known])
