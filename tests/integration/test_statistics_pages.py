"""The pages of statistics: of a school, an academy, the nation; what they offer to keep; what anybody may have."""

import csv
import datetime
import io
import subprocess

import pytest

from peers.days import today
from peers.people import Town
from peers.portal import add_administrator, add_head, sign_in_head
from peers.site import Site
from peers.web import Visitor

DAEMONS = ("preau-importd", "preau-linkd", "preau-statsd", "preau-portald")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}
ACADEMY, ELSEWHERE = 11, 16
HOSTILE = '=HYPERLINK("http://x");6B'


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=SETTINGS) as site:
        yield site


def activate(town, people):
    with town.database() as database:
        for person in people:
            database.execute("update preau.account set state = 'active', origin = 'responsable', password = 'chosen', activated_at = now()"
                             " where (academy, id) = (%s, %s)", person.account)


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    """Eight guardians in two classes, one of which a spreadsheet would run; six are active, and the five pupils of one are not handed out."""
    school = town.school(2)
    activate(town, [person for person in town.families(school, 6, "6A & <b>")])
    town.families(school, 2, HOSTILE)
    for number in range(5):
        town.pupil(school, "Luc", f"Élève{'abcde'[number]}", "2012-01-02", class_label="6A & <b>", account=True)
    return school


@pytest.fixture(scope="module")
def ecole(town):
    """Nobody is active: it lags."""
    school = town.school(1)
    town.families(school, 30)
    return school


@pytest.fixture(scope="module")
def computed(here, college, ecole):
    """Snapshots of today, of yesterday and of three days before, when nobody was active yet."""
    other = Town(here, ELSEWHERE)
    activate(other, other.families(other.school(1, 31), 40))
    here.ctl("statistics", "compute")
    with here.psql() as database:
        for days in (1, 4):
            database.execute("insert into preau.statistics_day select day - %s, computed_at - make_interval(days => %s) from preau.statistics_day"
                             " where day = (select max(day) from preau.statistics_day)", (days, days))
            for table in ("statistics", "statistics_area"):
                columns = [row[0] for row in database.execute(
                    "select column_name from information_schema.columns where (table_schema, table_name) = ('preau', %s)"
                    " and column_name not in ('day', 'state', 'origin') order by ordinal_position", (table,))]
                names = ", ".join(columns)
                database.execute(f"insert into preau.{table} (day, state, origin, {names}) select distinct on (academy, profile, day) day - {days},"
                                 f" 'non_distribue', 'non_renseigne', {names} from preau.{table} where day = (select max(day) from preau.{table})"
                                 + (" and (academy, uai) = (%s, %s)" if table == "statistics" else " and academy = %s"),
                                 (ACADEMY, college[0]) if table == "statistics" else (ACADEMY,))
    return today()


@pytest.fixture(scope="module")
def head(here, college, computed):
    add_head(here, "chef", college)
    return sign_in_head(here, "chef")


@pytest.fixture(scope="module")
def path(college):
    return f"/etablissements/{college[0]}/statistiques"


def hrefs(page):
    return [href for _, href in page.links]


def row(page, label):
    """Of that very heading, its spaces as those of a keyboard."""
    (found, *_) = [cells for cells in page.rows if cells and cells[0] == label]
    return [cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in found]


def rows_of(answer):
    assert answer.status == 200, answer.text
    text = answer.content.decode()
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


# ------------------------------------------------------------------------------------------------ a school


def test_a_school_sees_states_by_origin_in_a_table_and_a_chart(head, path):
    page = head.get(path)
    assert f"Relevé du {today():%d/%m/%Y}" in page.text and "Il est refait chaque nuit" in page.text
    assert row(page, "Responsable")[-1] == "6" and row(page, "Non renseigné")[-1] == "2"
    text = page.content.decode()
    assert text.count('role="img"') == 3, "two of states, one of the curve"
    assert "Activé\u00a0: 6 (75\u00a0%)" in text, "what the chart shows is said"
    assert "style=" not in text.split("<main")[1], "the content security policy refuses it"


def test_the_curve_is_a_table_too_and_a_day_without_snapshot_is_a_gap(head, path):
    page = head.get(path)
    days = [row for row in page.rows if len(row) == 3 and row[0].endswith(f"/{today():%Y}")]
    school_year = datetime.date(today().year if today().month >= 9 else today().year - 1, 9, 1)
    wanted = [day for day in (today() - datetime.timedelta(days) for days in (4, 1, 0)) if day >= school_year]
    assert [row[0] for row in days] == [f"{day:%d/%m/%Y}" for day in wanted]
    assert days[-1][1].replace("\u00a0", " ") == "75 % (6 sur 8)"
    assert page.content.decode().count("<polyline") == 2, "a line a profile; the day alone is a mark"


def test_a_school_stands_beside_its_academy_and_the_nation(head, path):
    page = head.get(path)
    assert row(page, "Cet établissement")[1:] == ["75 % (6 sur 8)", "0 % (0 sur 5)"]
    assert row(page, "Académie de Montpellier")[1] == "16 % (6 sur 38)"
    assert row(page, "France")[1] == "59 % (46 sur 78)"
    assert "L’établissement est en avance sur son académie" in page.text


def test_each_class_leads_to_its_list(head, path, college):
    page = head.get(path)
    assert row(page, "6A & <b>")[1].startswith("100 % (6 sur 6")
    (list_of_class,) = [href for href in hrefs(page) if "/responsables?classe=6A" in href]
    assert "6 comptes" in head.get(list_of_class).text.replace("\u00a0", " ")
    assert row(page, HOSTILE)[1].startswith("0 %")


def test_who_was_let_in_for_pupils_sees_pupils_only(here, path, college, computed):
    with here.psql() as database:
        add_administrator(here, "aide", "delegue", "--school", college[0])
        database.execute("update preau.administrator_scope s set profile = 'eleve', from_at = now(), until_at = now() + interval '1 hour',"
                         " giver_id = (select id from preau.administrator where login = 'chef') from preau.administrator a"
                         " where a.id = s.administrator_id and a.login = 'aide'")
    clerk = sign_in_head(here, "aide")
    page = clerk.get(path)
    assert "Élèves" in page.text and "Responsables" not in page.text
    assert {row["Profil"] for row in rows_of(clerk.get(path + ".csv"))} == {"Élèves"}
    assert "Responsables" not in words(clerk.get(path + ".pdf"))


def test_a_spreadsheet_has_a_row_a_figure_and_runs_nothing(head, path, college):
    answer = head.get(path + ".csv")
    rows = rows_of(answer)
    assert f'filename="statistiques-{college[0]}-{today():%Y-%m-%d}.csv"' in answer.headers["Content-Disposition"]
    assert {row["Relevé du"] for row in rows} == {f"{today():%d/%m/%Y}"}
    total = {(row["Profil"], row["État"], row["Origine"]): int(row["Comptes"]) for row in rows if row["Ensemble"] == "Établissement"}
    assert total == {("Responsables", "Activé", "Responsable"): 6, ("Responsables", "Non distribué", "Non renseigné"): 2,
                     ("Élèves", "Non distribué", "Non renseigné"): 5}
    assert {row["Classe"] for row in rows if row["Ensemble"] == "Classe"} == {"6A & <b>", "'" + HOSTILE}
    points = rows_of(head.get(path + ".csv?table=courbe"))
    assert points[-1]["Relevé du"] == f"{today():%d/%m/%Y}" and {row["Profil"] for row in points} == {"Élèves", "Responsables"}
    assert [row["Activés"] for row in points if row["Profil"] == "Responsables"][-2:] == ["0", "6"]


def words(answer):
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/pdf", answer.text
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    return done.stdout.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_the_paper_says_what_the_page_says(head, path, college):
    answer = head.get(path + ".pdf")
    text = words(answer)
    for said in (college[0], f"Relevé du {today():%d/%m/%Y}", "Responsables : 8 comptes", "Élèves : 5 comptes", "Académie de Montpellier",
                 "59 % (46 sur 78)", "6A & <b>", HOSTILE, "page 1/"):
        assert said in text, said
    assert f'filename="statistiques-{college[0]}-{today():%Y-%m-%d}.pdf"' in answer.headers["Content-Disposition"]
    fonts = subprocess.run(["pdffonts", "-"], input=answer.content, capture_output=True, check=True).stdout.decode().splitlines()[2:]
    assert fonts and all(line.split()[-5] == "yes" for line in fonts), "embedded"


# ------------------------------------------------------------------------------------------------ an academy, the nation


@pytest.fixture(scope="module")
def helper(here, computed):
    add_administrator(here, "assistance", "assistance", "--academy", ACADEMY)
    return sign_in_head(here, "assistance")


@pytest.fixture(scope="module")
def operator(here, computed):
    add_administrator(here, "exploitant", "exploitant", "--nation")
    return sign_in_head(here, "exploitant")


@pytest.fixture(scope="module")
def integrator(here, computed):
    add_administrator(here, "integrateur", "integrateur", "--academy", ACADEMY)
    return sign_in_head(here, "integrateur")


def test_an_academy_shows_the_schools_that_lag_first(helper, college, ecole):
    page = helper.get("/statistiques")
    assert "Statistiques – Académie de Montpellier" in page.text
    schools = [row for row in page.rows if len(row) == 6 and row[2] in (college[0], ecole[0])]
    assert [row[2] for row in schools] == [ecole[0], college[0]]
    assert [cell.replace("\u00a0", " ") for cell in schools[0][3:]] == ["30", "0", "0 %"]
    assert f"/etablissements/{ecole[0]}/statistiques" in hrefs(page)
    assert helper.get(f"/etablissements/{ecole[0]}/statistiques").status == 200
    assert row(page, "Ville-Essai (11)")[1] == "2"


def test_who_may_not_open_a_school_sees_its_name_alone(integrator, ecole):
    page = integrator.get("/statistiques")
    assert ecole[0] in page.text and f"/etablissements/{ecole[0]}/statistiques" not in hrefs(page)
    assert "/statistiques" in hrefs(page) and "/imports" in hrefs(page), "both places are in the header"


def test_the_nation_shows_its_academies(operator):
    page = operator.get("/statistiques")
    assert "Statistiques – France" in page.text
    assert row(page, "Académie de Montpellier")[1] == "16 % (6 sur 38)"
    assert row(page, "Académie de Toulouse")[1] == "100 % (40 sur 40)"
    academy = operator.get(f"/statistiques?academie={ELSEWHERE}")
    assert "Statistiques – Académie de Toulouse" in academy.text


def test_an_academy_of_others_does_not_exist(helper, integrator, head):
    for visitor in (helper, integrator):
        for address in (f"/statistiques?academie={ELSEWHERE}", "/statistiques?academie=nulle", f"/statistiques.csv?academie={ELSEWHERE}",
                        "/statistiques.csv", "/statistiques.csv?academie=nulle"):
            assert visitor.get(address).status == 404, address
    assert head.get("/statistiques").status == head.get("/statistiques.csv").status == 404


def test_an_academy_and_the_nation_are_kept_as_spreadsheets(helper, operator, ecole, college):
    rows = rows_of(helper.get(f"/statistiques.csv?academie={ACADEMY}"))
    assert sum(int(row["Comptes"]) for row in rows if row["Ensemble"] == "Académie") == 43
    schools = rows_of(helper.get(f"/statistiques.csv?academie={ACADEMY}&table=etablissements"))
    assert [row["UAI"] for row in schools] == [ecole[0], college[0]]
    assert (schools[1]["Comptes"], schools[1]["Activés"]) == ("13", "6")
    cities = rows_of(helper.get(f"/statistiques.csv?academie={ACADEMY}&table=communes"))
    assert {(row["Commune"], row["Établissements"], row["Profil"], row["Comptes"], row["Activés"]) for row in cities} == {
        ("Ville-Essai", "2", "Responsables", "38", "6"), ("Ville-Essai", "2", "Élèves", "5", "0")}
    academies = rows_of(operator.get("/statistiques.csv?table=academies"))
    assert {(row["Académie"], row["Profil"], row["Comptes"], row["Activés"]) for row in academies} == {
        (str(ACADEMY), "Responsables", "38", "6"), (str(ACADEMY), "Élèves", "5", "0"), (str(ELSEWHERE), "Responsables", "40", "40")}
    assert [row["Académie"] for row in rows_of(operator.get("/statistiques.csv?table=etablissements"))] == [str(ACADEMY)] * 2 + [str(ELSEWHERE)]
    assert {row["Académie"] for row in rows_of(operator.get("/statistiques.csv?table=communes"))} == {str(ACADEMY), str(ELSEWHERE)}
    assert operator.get(f"/statistiques.csv?academie={ACADEMY}&table=academies").status == 404
    rows = rows_of(operator.get("/statistiques.csv"))
    assert sum(int(row["Comptes"]) for row in rows if row["Ensemble"] == "France") == 83
    assert rows_of(operator.get("/statistiques.csv?table=courbe"))[-1]["Relevé du"] == f"{today():%d/%m/%Y}"


def test_an_academy_and_the_nation_on_paper(helper, operator, integrator, head, ecole, college):
    (link,) = [href for href in hrefs(helper.get("/statistiques")) if ".pdf" in href]
    answer = helper.get(link)
    text = words(answer)
    assert f'filename="statistiques-academie-{ACADEMY}-{today():%Y-%m-%d}.pdf"' in answer.headers["Content-Disposition"]
    for said in ("Académie de Montpellier", f"Relevé du {today():%d/%m/%Y}", "Responsables : 38 comptes", "16 % (6 sur 38)", "59 % (46 sur 78)",
                 "Établissements les moins avancés (2 sur 2)", "0 % (0 sur 30)", "page 1/"):
        assert said in text, said
    assert text.index(ecole[0]) < text.index(college[0])
    (link,) = [href for href in hrefs(operator.get("/statistiques")) if ".pdf" in href]
    text = words(operator.get(link))
    for said in ("France", "Académie de Toulouse", "100 % (40 sur 40)", "Responsables : 78 comptes", "Établissements les moins avancés (3 sur 3)"):
        assert said in text, said
    for visitor, address in ((helper, "/statistiques.pdf"), (integrator, f"/statistiques.pdf?academie={ELSEWHERE}"),
                             (operator, "/statistiques.pdf?academie=nulle"), (head, f"/statistiques.pdf?academie={ACADEMY}"),
                             (operator, "/statistiques.pdf?academie=70000")):
        assert visitor.get(address).status == 404, address


def test_pages_of_schools_and_communes_are_turned_apart(helper):
    for address in ("/statistiques?etablissements=9999", "/statistiques?communes=-3", "/statistiques?etablissements=x&communes=99999999999"):
        page = helper.get(address)
        assert page.status == 200 and "Statistiques – Académie de Montpellier" in page.text


# ------------------------------------------------------------------------------------------------ everybody


def test_anybody_may_have_the_open_figures(here, computed):
    nobody = Visitor(here.portal_url)
    page = nobody.get("/donnees-ouvertes")
    assert "au multiple de 10 inférieur" in page.text and "/donnees-ouvertes/comptes.csv" in hrefs(page)
    assert "/donnees-ouvertes" in hrefs(nobody.get("/mentions-legales"))
    answer = nobody.get("/donnees-ouvertes/comptes.csv")
    assert answer.headers["Cache-Control"] == "public, max-age=3600" and "Set-Cookie" not in answer.headers
    rows = rows_of(answer)
    assert all(int(row["comptes"]) % 10 == 0 and int(row["comptes"]) > 0 for row in rows)
    assert {row["code_academie"] for row in rows} == {str(ACADEMY), str(ELSEWHERE)}


def test_the_open_figures_are_kept_while_statsd_is_away(here, computed):
    nobody = Visitor(here.portal_url)
    before = nobody.get("/donnees-ouvertes/comptes.csv").content
    here.stop_daemon("preau-statsd")
    try:
        assert nobody.get("/donnees-ouvertes/comptes.csv").content == before
    finally:
        here.launch("preau-statsd")


# ------------------------------------------------------------------------------------------------ without a snapshot of last night


def test_a_snapshot_that_is_missing_is_said(here, head, helper, path):
    """First that of last night, then all. statsd makes up for it, but looks once a minute only: it has just looked."""
    here.restart("preau-statsd")
    here.wait(lambda: "statistics_age_seconds" in str(here.status("preau-statsd")), seconds=30, what="looked")
    with here.psql() as database:
        database.execute("update preau.statistics_day set computed_at = computed_at - interval '3 days'")
    for page in (head.get(path), helper.get("/statistiques")):
        assert "Le relevé de la nuit dernière manque" in page.text and "3 jours" in page.text.replace("\u00a0", " ")
    with here.psql() as database:
        database.execute("truncate preau.statistics_day, preau.statistics, preau.statistics_class, preau.statistics_level, preau.statistics_area")  # before the first night
    page = head.get(path)
    assert page.status == 200 and "pas encore été calculées" in page.text and "<svg" not in page.content.decode()
    assert head.get(path + ".pdf").status == head.get(path + ".csv").status == 404
    assert "Rien à montrer pour le moment" in helper.get("/statistiques").text
