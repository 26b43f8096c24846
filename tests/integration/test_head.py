"""What a head finds on arriving: the choice of the school, its home page, and the page of one account, over HTTP."""

import re

import pytest

from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_administrator, add_head, opening_fields, sign_in, sign_in_head
from peers.site import Site


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "20", "attempts_address": "1000",
                         "birth_date_attempts": "20"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


def spaced(page):
    return page.text.replace("\u00a0", " ").replace("\u202f", " ")


# ---------------------------------------------------------------------- choice of the school (guide 4.1)

SCHOOLS = (("ECOLE ELEMENTAIRE SAINT-EXUPÉRY", "CARCASSONNE"), ("Collège Émile Zola", "L'ISLE-D'ALBEAU"), ("Lycée Cœur-de-Lion", "Narbonne"),
           ("ECOLE MATERNELLE STE ANNE", "ST HILAIRE"), ("100% NATURE", "CARCASSONNE"))


@pytest.fixture(scope="module")
def schools(here, town):
    """Those above and sixty more; all the academy's are the assistance's."""
    added = {}
    for name, city in SCHOOLS + tuple((f"Groupe {number:02}", "Zuytpeene") for number in range(60)):
        uai, degree = town.school(1)
        added[name] = uai
        with here.psql() as database:
            database.execute("update preau.school set name = %s, city = %s where uai = %s", (name, city, uai))
    add_administrator(here, "assistance", "assistance", "--academy", ACADEMY)
    return added


@pytest.fixture
def assistance(here, schools):
    return sign_in_head(here, "assistance")


@pytest.mark.parametrize("words, found", [
    ("exupery", "ECOLE ELEMENTAIRE SAINT-EXUPÉRY"), ("Carcassonne st exupéry", "ECOLE ELEMENTAIRE SAINT-EXUPÉRY"),
    ("zola emile", "Collège Émile Zola"), ("isle d albeau", "Collège Émile Zola"), ("COEUR", "Lycée Cœur-de-Lion"),
    ("lion cœur de", "Lycée Cœur-de-Lion"), ("sainte-anne", "ECOLE MATERNELLE STE ANNE"),
    ("saint hilaire anne", "ECOLE MATERNELLE STE ANNE"), ("100%", "100% NATURE"),
])
def test_a_school_is_found_however_it_is_written(assistance, words, found):
    page = assistance.get("/etablissements", params={"q": words})
    assert [row[0] for row in page.rows[1:]] == [found]
    assert "1 établissement" in spaced(page) and f'value="{words}"'.encode() in page.content


def test_a_school_is_found_by_its_uai_whole_or_in_part(assistance, schools):
    uai = schools["Collège Émile Zola"]
    for words in (uai, uai.lower(), uai[:7] + " zola"):
        assert [row[2] for row in assistance.get("/etablissements", params={"q": words}).rows[1:]] == [uai]


@pytest.mark.parametrize("words", ["rien de tel", "%", "_", "zola carcassonne", "' or 1=1 --", "<script>", "é" * 100])
def test_what_no_school_has_is_not_found(assistance, words):
    page = assistance.get("/etablissements", params={"q": words})
    if not re.search(r"[^\W_]", words):  # nothing to look for: all of them
        assert len(page.rows) > 50
    else:
        assert page.status == 200 and "Aucun établissement ne correspond" in page.text
    assert b"<script>" not in page.content


def test_many_schools_are_paged_and_counted(assistance):
    first = assistance.get("/etablissements?q=groupe")
    second = assistance.get(first.link("Page suivante"))
    names = [row[0] for row in first.rows[1:] + second.rows[1:]]
    assert "60 établissements" in spaced(first) and len(first.rows) - 1 == 50
    assert names == [f"Groupe {number:02}" for number in range(60)]
    assert second.link("Page précédente") == "/etablissements?q=groupe&page=1"
    assert len(assistance.get("/etablissements?q=groupe&page=99").rows) - 1 == 50
    assert "Tous" not in first.text and first.link("Voir tous les établissements") == "/etablissements"


def test_a_search_shows_no_school_out_of_scope(here, town, schools):
    add_head(here, "deux", (schools["Collège Émile Zola"],), (schools["Lycée Cœur-de-Lion"],))
    head = sign_in_head(here, "deux")
    assert len(head.page.rows) - 1 == 2 and head.page.path == "/etablissements"
    assert "Aucun établissement ne correspond" in head.get("/etablissements?q=exupery").text
    home = head.get(head.page.link("Zola"))
    assert home.path == f"/etablissements/{schools['Collège Émile Zola']}" and home.link("Changer d’établissement") == "/etablissements"


# ---------------------------------------------------------------------- the home page of a school


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    add_head(here, "college", school)
    return school


@pytest.fixture
def head(here, college):
    return sign_in_head(here, "college")


def todo(page, code):
    """The sentence of a thing to do, "" if there is none, and where its link leads."""
    found = re.search(rf'id="{code}">.*?href="([^"]*)"[^>]*>(.*?)</a>', page.content.decode(), re.S)
    words = " ".join(re.sub(r"<[^>]*>", " ", found[2]).split()) if found else ""
    return words, found and found[1].replace("&amp;", "&")


def test_a_school_without_an_account_says_when_they_come(here, town):
    school = town.school(2)
    add_head(here, "vide", school)
    text = spaced(sign_in_head(here, "vide").page)
    assert text.count("Aucun compte n’est encore arrivé") == 2 and "Prochaine intégration :" in text
    assert "Rien à faire" not in text


def test_a_password_that_was_reset_runs_out_before_the_heads_eyes(here, town):
    """Of an account that is active too: its page, its list and the home agree."""
    school = town.school(2)
    add_head(here, "remis", school)
    guardian = town.guardian("Anne", "Remis", [town.pupil(school, "Zoé", "Remis", "2012-05-06")], mail="remis@example.org")
    guardian.hand_out()
    with here.psql() as database:
        for move in ("email = 'moi@example.net', state = 'en_cours', password = 'chosen'", "state = 'active', activated_at = now()",
                     "password = 'provisional', notification_expires_at = now() - interval '1 day'"):
            database.execute(f"update preau.account set {move} where (academy, id) = (%s, %s)", guardian.account)
    head = sign_in_head(here, "remis")
    assert todo(head.page, "responsables-echeance-passee")[0].startswith("1 mot de passe provisoire")
    page = head.get(todo(head.page, "responsables-echeance-passee")[1])
    assert "délai dépassé" in page.row("REMIS Anne")[8]
    account = head.get(page.link("REMIS"))
    text = spaced(account)
    assert "n’est plus valable depuis la fin des trois mois" in text and "Afficher le mot de passe" not in text.split("Aider cette personne")[1]
    assert account.link("Revenir à la liste") == page.path + "?" + page.query  # the very list, with its filter


def test_a_home_says_the_share_as_the_statistics_do(here, town):
    """Rounded, and 100 % of all only."""
    school = town.school(1)
    add_head(here, "part", school)
    people = town.families(school, 3)
    head = sign_in_head(here, "part")
    for active, said in ((0, "3 comptes, 0 % activés"), (2, "3 comptes, 67 % activés"), (3, "3 comptes, 100 % activés")):
        with here.psql() as database:
            for person in people[:active]:
                database.execute("update preau.account set state = 'active', origin = 'responsable', password = 'chosen', activated_at = now()"
                                 " where (academy, id) = (%s, %s) and state <> 'active'", person.account)
        text = spaced(head.get(f"/etablissements/{school[0]}"))
        assert said in text


def test_a_school_without_a_task_says_so(here, town, head, college):
    child = town.pupil(college, "Léa", "Tranquille", "2012-05-06", account=True)
    child.hand_out()
    guardian = town.guardian("Anne", "Tranquille", [child], mail="tranquille@example.org")
    page = head.get(f"/etablissements/{college[0]}")
    assert spaced(page).count("Rien à faire pour le moment") == 1
    assert todo(page, "responsables-a-notifier-courriel") == (
        "1 compte jamais notifié, avec une adresse de courriel – Responsables",
        f"/etablissements/{college[0]}/responsables?etat=non_distribue&courriel=avec")
    guardian.hand_out()
    assert spaced(head.get(f"/etablissements/{college[0]}")).count("Rien à faire pour le moment") == 2


def test_an_ecole_has_nothing_to_do_with_pupils(here, town):
    school = town.school(1)
    add_head(here, "ecole", school)
    town.guardian("Anne", "Ecole", [town.pupil(school, "Zoé", "Ecole", "2018-05-06")], mail="ecole@example.org").hand_out()
    page = sign_in_head(here, "ecole").page
    assert page.path == f"/etablissements/{school[0]}" and "Élèves" not in page.text
    assert page.text.count("Rien à faire pour le moment") == 1


def test_what_is_to_be_done_is_counted_once_for_each_account(here, town):
    school = town.school(2)
    add_head(here, "compte", school)
    children = [town.pupil(school, "Zoé", f"Compte{letter}", "2012-05-06", account=True) for letter in "abcd"]
    both = town.guardian("Anne", "Comptea", children[:2], mail="a@example.org")  # of two children: one account
    paper = town.guardian("Jean", "Compteb", children[:1])
    soon, late, far = (town.guardian("Luc", f"Compte{letter}", children[2:3], mail=f"{letter}@example.org") for letter in "cde")
    for person, interval in ((soon, "13 days"), (late, "-1 day"), (far, "15 days")):
        person.hand_out()
        with here.psql() as database:
            database.execute("update preau.account set notification_expires_at = now() + %s::interval where (academy, id) = (%s, %s)",
                             (interval, *person.account))
    page = sign_in_head(here, "compte").page
    assert [todo(page, f"responsables-{code}")[0][:1] for code in (
        "a-notifier-courriel", "a-notifier-feuille", "echeance-proche", "echeance-passee", "en-cours", "courriel-revenu", "sans-contact")] \
        == ["1", "1", "1", "1", "", "", "1"]
    assert todo(page, "eleves-a-notifier-feuille")[0] == "4 comptes jamais notifiés, sans adresse de courriel – Élèves"
    assert not todo(page, "eleves-sans-contact")[0]
    with here.psql() as database:  # a mobile is a contact; who left, or is closed, is counted nowhere
        database.execute("update preau.person set mobile = '+33612345678' where account_id = %s", (paper.account[1],))
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", both.account)
    page = sign_in_head(here, "compte").page
    assert not todo(page, "responsables-sans-contact")[0] and not todo(page, "responsables-a-notifier-courriel")[0]


@pytest.mark.parametrize("state, ago, words", [
    ("applied", "3 hours", "À jour"), ("applied", "40 hours", "En retard"), ("refused", "3 hours", "Aucune encore"),
])
def test_the_age_of_the_academys_data_is_told(here, town, head, college, state, ago, words):
    with here.psql() as database:
        database.execute("delete from preau.import_run")
        database.execute("insert into preau.import_run (academy, degree, archive, state, started_at, finished_at) values"
                         " (%s, 2, 'x.tgz', %s, now() - %s::interval, now() - %s::interval)", (ACADEMY, state, ago, ago))
        database.execute("insert into preau.import_run (academy, degree, archive, state, started_at, finished_at) values"
                         " (%s, 1, 'y.tgz', 'applied', now(), now())", (ACADEMY,))
    try:
        page = head.get(f"/etablissements/{college[0]}")
        assert words in page.text
        assert re.search(r"Prochaine \d\d/\d\d/\d{4} à 8 h 20", spaced(page))
    finally:
        with here.psql() as database:
            database.execute("delete from preau.import_run")


# ---------------------------------------------------------------------- the page of one account


@pytest.fixture
def two_schools(here, town):
    """One guardian with a child in each of two schools, by two records of one account; and their heads."""
    one, other = town.school(1), town.school(2)
    here_child = town.pupil(one, "Luc", "Ici", "2016-01-02")
    there_child = town.pupil(other, "Eva", "Ailleurs", "2012-01-02", account=True)
    anne = town.guardian("Anne", "Ici", [here_child], mail="ici@example.org")
    record = town.guardian("Anne", "Ailleurs", [there_child], mail="ailleurs@example.org")
    with here.psql() as database:
        database.execute("update preau.person set account_academy = %s, account_id = %s, mobile = '+33698989898', ville = 'VILLE-AILLEURS'"
                         " where (academy, degree, aaf_id) = (%s, 2, %s)", (*anne.account, ACADEMY, record.aaf_id))
    anne.one, anne.other = one, other
    for school, login, name in ((one, f"ici{anne.aaf_id}", "Mme Ici"), (other, f"ailleurs{anne.aaf_id}", "M. Ailleurs")):
        add_head(here, login, school, name=name)
    anne.heads = [sign_in_head(here, f"ici{anne.aaf_id}"), sign_in_head(here, f"ailleurs{anne.aaf_id}")]
    return anne


def test_a_school_learns_nothing_of_another_through_a_guardian_of_both(here, two_schools):
    ici, ailleurs = two_schools.heads
    path = "/etablissements/%s/comptes/%d-%d"
    there = ailleurs.get(path % (two_schools.other[0], *two_schools.account))
    assert "ailleurs@example.org" in there.text and "ici@example.org" not in there.text
    two_schools.hand_out()
    there = ailleurs.get(there.path)
    shown = ailleurs.submit(there.form(there.path + "/mot-de-passe"))
    assert "M. Ailleurs" in shown.text
    page = ici.get(path % (two_schools.one[0], *two_schools.account))
    assert page.status == 200 and "Luc ICI" in page.text and "ici@example.org" in page.text
    assert "Mot de passe provisoire affiché (l’administration)" in spaced(page)
    for word in ("Ailleurs", "AILLEURS", "ailleurs", "Eva", "EVA", "98 98", two_schools.other[0]):
        assert word not in page.content.decode(), word


def test_a_pupil_of_two_schools_shows_each_its_own_guardians(here, town):
    one, other = town.school(2), town.school(2)
    pupil = town.pupil(one, "Eva", "Double", "2012-01-02", account=True)
    second = town.pupil(other, "Eva", "Double", "2012-01-02", account=True)
    town.guardian("Anne", "Premier", [pupil])
    town.guardian("Jean", "Second", [second])
    with here.psql() as database:
        database.execute("update preau.person set account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (pupil.account[1], ACADEMY, second.aaf_id))
    add_head(here, "double", one)
    page = sign_in_head(here, "double").get(f"/etablissements/{one[0]}/comptes/%d-%d" % pupil.account)
    assert "Anne PREMIER" in page.text and "SECOND" not in page.text


def test_a_guardian_of_two_records_at_one_school_has_both_shown(here, town, college, head):
    first = town.pupil(college, "Léa", "Deux", "2010-01-02")
    second = town.pupil(college, "Tom", "Deux", "2012-01-02")
    anne = town.guardian("Anne", "Deux", [first], mail="fiche-un@example.org")
    other = town.guardian("Anne", "Deux", [second], mail="fiche-deux@example.org")
    with here.psql() as database:
        database.execute("update preau.person set account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (anne.account[1], ACADEMY, other.aaf_id))
    page = head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % anne.account)
    assert "fiche 1 sur 2" in page.text and "fiche 2 sur 2" in page.text
    assert "fiche-un@example.org" in page.text and "fiche-deux@example.org" in page.text
    assert "Léa DEUX" in page.text and "Tom DEUX" in page.text


def test_names_and_addresses_are_text_whatever_they_hold(here, town, college, head):
    child = town.pupil(college, "<b>Léa</b>", "O'<script>alert(1)</script>", "2012-01-02", account=True)
    anne = town.guardian("\"><img src=x>", "{{LOGIN}}", [child], mail="a'\"<b>@example.org")
    with here.psql() as database:
        database.execute("update preau.person set adresse = '<i>1$$</i>', ville = '&lt;', mobile = 'javascript:1' where account_id = %s",
                         (anne.account[1],))
    page = head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % anne.account)
    text = page.content.decode()
    assert page.status == 200 and "<script>alert" not in text and "<img src=x" not in text and "<i>1" not in text
    assert "{{LOGIN}}" in text or "{{login}}" in text.lower()
    home = head.get(f"/etablissements/{college[0]}")
    assert home.status == 200 and "<script>alert" not in home.content.decode()


def test_a_refused_date_is_told_to_the_school_and_not_which(here, town, college, head):
    child = town.pupil(college, "Léa", "Refus", "2012-01-02")
    anne = town.guardian("Anne", "Refus", [child])
    anne.hand_out()
    for typed in ("04/03/2012", "31/02/2012"):  # the second is no date, and was no try
        visitor = sign_in(here, anne)
        visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [typed]), nouveau=PASSWORD, confirmation=PASSWORD,
                       courriel="refus@example.net")

    def events():
        with here.psql() as database:
            return database.execute("select actor, detail::text from preau.account_event where account_id = %s and action ="
                                    " 'birth_date_refused'", (anne.account[1],)).fetchall()

    assert here.wait(events, what="the refusal remembered") == [("person", "{}")]
    assert "Anne REFUS" in head.get(f"/etablissements/{college[0]}").text


def refuse_date(here, person, at="clock_timestamp()"):
    """As linkd remembers it."""
    with here.psql() as database:
        database.execute("insert into preau.account_event (academy, account_id, action, actor, at)"
                         f" values (%s, %s, 'birth_date_refused', 'person', {at})", person.account)


def test_tries_that_are_spent_are_the_school_s_to_give_again(here, town, college, head):
    """The head sees it however long ago they were; a notification, and the person goes on."""
    child = town.pupil(college, "Zoé", "Epuisée", "2012-01-02", account=True)
    anne = town.guardian("Anne", "Epuisée", [child], mail="epuisee@example.net")
    home = f"/etablissements/{college[0]}"
    account = f"{home}/comptes/%d-%d" % anne.account
    for person in (anne, child):
        person.hand_out()
    for _ in range(19):
        refuse_date(here, anne, "now() - interval '40 days'")
    assert "Anne EPUISÉE" not in head.get(home).text, "that was long ago"
    assert sign_in(here, anne).page.path == "/ouverture"
    refuse_date(here, anne, "now() - interval '40 days'")
    text = spaced(head.get(home))
    assert "Anne EPUISÉE" in text and "Essais épuisés : la personne ne peut plus recommencer." in text
    page = sign_in(here, anne).page
    with here.psql() as database:
        (school,) = database.execute("select name from preau.school where uai = %s", (college[0],)).fetchone()
    assert page.path == "/ouverture" and page.status == 403 and "L’établissement doit vous aider" in page.text and school in page.text
    assert b'name="nouveau"' not in page.content
    preview = head.submit(head.get(account).form(f"{home}/apercu"), action="mail")
    assert head.submit(preview.form(f"{home}/envoi")).status == 200
    here.wait(lambda: sign_in(here, anne).page.status == 200, what="opened again")
    assert "Anne EPUISÉE" not in head.get(home).text


def test_of_an_account_that_was_opened_what_was_refused_before_is_past_and_what_comes_after_is_told(here, town, college, head):
    home = f"/etablissements/{college[0]}"
    anne = town.guardian("Anne", "Après", [town.pupil(college, "Zoé", "Après", "2012-01-02")])
    anne.hand_out()
    refuse_date(here, anne)
    assert "Anne APRÈS" in head.get(home).text
    for state in ("en_cours", "active"):
        with here.psql() as database:
            database.execute("update preau.account set state = %s, password = 'chosen', email = 'apres@example.net', activated_at = case when %s = 'active' then clock_timestamp() end"
                             " where (academy, id) = (%s, %s)", (state, state, *anne.account))
        assert "Anne APRÈS" not in head.get(home).text, state
    refuse_date(here, anne)
    assert "Anne APRÈS" in head.get(home).text
    with here.psql() as database:
        database.execute("insert into preau.account_event (academy, account_id, action, actor, at)"
                         " values (%s, %s, 'accounts_joined', 'person', clock_timestamp())", anne.account)
    assert "Anne APRÈS" not in head.get(home).text, "a right date came after"


def test_spent_tries_of_an_account_that_waits_for_its_address_are_told(here, town, college, head):
    anne = town.guardian("Anne", "Attend", [town.pupil(college, "Zoé", "Attend", "2012-01-02")])
    anne.hand_out()
    with here.psql() as database:
        database.execute("update preau.account set state = 'en_cours', password = 'chosen', email = 'attend@example.net' where (academy, id) = (%s, %s)", anne.account)
    for _ in range(20):
        refuse_date(here, anne)
    assert "Anne ATTEND" in head.get(f"/etablissements/{college[0]}").text


def test_a_pupil_whose_tries_are_spent_reads_which_school(here, town, college):
    child = town.pupil(college, "Ali", "Epuisé", "2012-01-02", account=True)
    child.hand_out()
    for _ in range(20):
        refuse_date(here, child)
    page = sign_in(here, child).page
    with here.psql() as database:
        (school,) = database.execute("select name from preau.school where uai = %s", (college[0],)).fetchone()
    assert page.status == 403 and "L’établissement doit vous aider" in page.text and school in page.text


def test_a_refused_date_of_a_child_of_another_school_is_not_looked_for_here(here, town, two_schools):
    two_schools.hand_out()
    refuse_date(here, two_schools)
    ici = two_schools.heads[0]
    assert "Anne ICI" in ici.get(f"/etablissements/{two_schools.one[0]}").text
    page = ici.get("/etablissements/%s/comptes/%d-%d" % (two_schools.one[0], *two_schools.account))
    text = spaced(page)
    assert "Luc ICI : 02/01/2016" in text and "si elle est d’un enfant de votre établissement" in text
    assert "et 1 enfant scolarisé dans un autre établissement, dont la date se corrige là-bas" in text
    assert text.count("et 1 enfant scolarisé dans un autre établissement") == 2, "among the children too"
    for word in ("Eva", "EVA", "AILLEURS", "/2012", two_schools.other[0]):
        assert word not in page.content.decode(), word


def test_children_of_this_school_alone_are_counted_nowhere_else(town, college, head):
    anne = town.guardian("Anne", "Seule", [town.pupil(college, prenom, "Seule", "2012-01-02") for prenom in ("Léa", "Tom")])
    anne.hand_out()
    text = spaced(head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % anne.account))
    assert "Léa SEULE" in text and "dans un autre établissement" not in text and "se corrige là-bas" not in text


@pytest.fixture
def refusals(here, town):
    """Families of a school of their own whose date was refused, and the home of its head."""
    school = town.school(2)
    login = f"refus{school[0].lower()}"
    add_head(here, login, school)
    visitor = sign_in_head(here, login)

    def families(count):
        for number in range(count):
            lea = town.pupil(school, "Léa", f"Date{number:02}", "2012-01-02")
            anne = town.guardian("Anne", f"Date{number:02}", [lea])
            anne.hand_out()
            refuse_date(here, anne, f"clock_timestamp() - interval '{number + 1} min'")
        return anne, lea

    families.home = lambda: visitor.get(f"/etablissements/{school[0]}")
    return families


def test_a_record_changed_since_the_refusal_calls_for_the_family_and_not_for_a_correction(here, refusals):
    anne, lea = refusals(1)

    def change(person, at):
        with here.psql() as database:
            database.execute(f"update preau.person set changed_at = {at} where (academy, degree, aaf_id) = (%s, 2, %s)", (ACADEMY, person.aaf_id))

    change(lea, "now() - interval '1 day'")
    change(anne, "now()")  # no date of birth is in a guardian's record
    before = spaced(refusals.home())
    assert "Une date de naissance a été refusée" in before and "Fiche modifiée" not in before
    change(lea, "now()")
    text = spaced(refusals.home())
    assert re.search(r"Fiche modifiée le \d\d/\d\d/\d{4} : prévenez la personne qu’elle peut recommencer", text)


def test_many_refused_dates_are_told_in_the_plural_with_how_many_more(refusals):
    refusals(12)
    text = spaced(refusals.home())
    assert "Des dates de naissance ont été refusées" in text and "Une date de naissance" not in text
    assert "Les comptes n’ont pas pu être ouverts" in text and "et 2 autres" in text
    assert "DATE09" in text and "DATE10" not in text, "the newest"


def test_an_account_of_a_school_shows_its_dates(here, town, college, head):
    child = town.pupil(college, "Léa", "Dates", "2012-01-02", account=True)
    path = f"/etablissements/{college[0]}/comptes/%d-%d" % child.account
    page = head.get(path)
    assert "Dernière connexion Jamais" in page.text and "Date de naissance 02/01/2012" in page.text
    child.hand_out()
    visitor = sign_in(here, child)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, ["02/01/2012"]), nouveau=PASSWORD, confirmation=PASSWORD)
    page = head.get(path)
    assert "Activé" in page.text and re.search(r"Activation \d\d/\d\d/\d{4} à", page.text)
    assert re.search(r"Dernière connexion \d\d/\d\d/\d{4} à", page.text)
    assert "Première connexion" in page.text
