"""What is told of imports, and to whom: reports on the command line, on the integrators' pages and in spreadsheets; the
operator's word on what is held. Runs that a night would need are written straight into the database."""

import csv
import getpass
import io
import json
import os
import re
import subprocess
import time

import pytest

from peers import calc
from peers.bus import Bus
from peers.people import Town
from peers.portal import add_administrator, add_head, sign_in_head
from peers.site import ROOT, Site

LYON, NICE, STRASBOURG, NANTES = 10, 23, 15, 17
COLUMNS = ["fichier", "ligne", "catégorie", "identifiant", "attribut", "code", "valeur", "constat", "à faire"]
HOSTILE = ['=HYPERLINK("http://x";"y")', "+33", "-1", "@SUM(A1)", "\tx", "\x7f\u0085é", "<script>alert(1)</script>", 'a;b "c"']
# control characters are shown as what cannot be shown
SHOWN = [value.replace("\t", "\ufffd").replace("\x7f\u0085", "\ufffd\ufffd") for value in HOSTILE]
FIGURES = {"Eleve": {"read": 1200, "added": 7, "unchanged": 1000, "departed": 185, "refused": 8},
           "PersRelEleve": {"read": 2000, "unchanged": 2000}, "account": {"added": 12}}
BEFORE = {"Eleve": {"read": 1385, "unchanged": 1385, "departed": 2}, "PersRelEleve": {"read": 2000}}
REASON = "185 élèves sur 1 385 seraient partis : 13 %, plus que les 5 % de import.departed_share_max."


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "20", "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-importd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module", autouse=True)
def towns(here):
    return {academy: Town(here, academy) for academy in (LYON, NICE)}


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def people(here):
    """{login: number}; the head has a school of Lyon."""
    add_head(here, "tete", ("0010002X", 1))
    listed = here.ctl("admin", "list", json_answer=True)["administrators"]
    return {
        "tete": next(one["administrator"] for one in listed if one["login"] == "tete"),
        "lyon": add_administrator(here, "lyon", "integrateur", "--academy", LYON),
        "nice": add_administrator(here, "nice", "integrateur", "--academy", NICE),
        "ecole": add_administrator(here, "ecole", "integrateur", "--school", "0010002X"),
        "aide": add_administrator(here, "aide", "assistance", "--academy", LYON),
        "tous": add_administrator(here, "tous", "exploitant", "--nation"),
    }


def written_run(site, academy=LYON, state="applied", counters=FIGURES, refused=(), schools=(), **columns):
    """The number of a run; refused: (file, line, category, aaf_id, attribute, code, value)."""
    columns = {"academy": academy, "state": state, "counters": json.dumps(counters), "archive": "ENT2DVA.Complet.tgz",
               "degree": 2, "kind": "complete", "generated_on": "2025-09-01", "finished_at": "2026-09-17 06:20:13+00",
               "started_at": "2026-09-17 06:20:01+00", **columns}
    with site.psql() as database:
        (run,) = database.execute(
            f"insert into preau.import_run ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))}) returning id",
            list(columns.values())).fetchone()
        cursor = database.cursor()
        cursor.executemany(
            "insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", [(run, number, *one) for number, one in enumerate(refused, 1)])
        cursor.executemany("insert into preau.import_school_counter (run_id, uai, category, what, count)"
                           " values (%s, %s, %s, %s, %s)", [(run, *one) for one in schools])
    return run


def held_run(site, **columns):
    return written_run(site, **{"state": "held", "refusal": "import_held", "explanation": REASON, "finished_at": None,
                                "claim": f"1-{os.urandom(4).hex()}.tgz", **columns})


def row_of(site, run):
    with site.psql() as database:
        return database.execute("select state, refusal, decision, decided_by, decided_at is not null, finished_at is not null"
                                " from preau.import_run where id = %s", (run,)).fetchone()


def records(count, code="ine_invalid"):
    return [("Eleve_0000.xml", 10 + number, "Eleve", str(number), "ENTEleveINE", code, f"v{number}") for number in range(count)]


@pytest.fixture(scope="module")
def full(here, towns):
    """A run with all that a report may have: 2,300 records of two codes, hostile values, schools, a run before it."""
    before = written_run(here, counters=BEFORE, started_at="2026-09-16 06:20:01+00")
    uai, _ = towns[LYON].school(2)
    hostile = [("Eleve_0001.xml", 0, "Eleve", "7", "ENTEleveINE", "link_invalid", value) for value in HOSTILE]
    schools = [(uai, "Eleve", "departed", 4), (uai, "Eleve", "read", 100), (uai, "PersRelEleve", "departed", 3),
               ("0690001X", "Eleve", "refused", 9), ("0690002Y", "Eleve", "read", 5)]
    run = written_run(here, previous_id=before, refused=[*hostile, *records(2292)], schools=schools)
    return {"run": run, "before": before, "uai": uai, "total": 2300}


def table_of(text):
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";", strict=True))
    assert all(len(row) == len(COLUMNS) for row in rows)
    return rows


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# ------------------------------------------------------------------------------------------------ the report, to programs


def test_a_report_says_figures_schools_codes_and_what_to_correct(here, full):
    report = here.ctl("import", "report", full["run"], json_answer=True)
    assert report["run"]["state"] == "applied" and report["run"]["kind"] == "complete"
    assert report["run"]["generated_on"] == "2025-09-01" and report["run"]["check"] is False
    assert report["run"]["previous"] == report["previous"]["run"] == full["before"]
    assert {"category": "Eleve", "what": "departed", "count": 185} in report["run"]["counters"]
    assert {"category": "Eleve", "what": "departed", "count": 2} in report["previous"]["counters"]
    schools = {one["uai"]: one for one in report["schools"]}
    assert set(schools) == {full["uai"], "0690001X", "0690002Y"}
    assert schools[full["uai"]]["name"].startswith("Établissement") and schools["0690001X"]["name"] == ""
    assert {"category": "PersRelEleve", "what": "departed", "count": 3} in schools[full["uai"]]["counters"]
    assert [(one["code"], one["count"]) for one in report["codes"]] == [("ine_invalid", 2292), ("link_invalid", 8)]
    assert report["codes"][0]["what"] == "Ce numéro INE n’est pas valable."
    assert report["codes"][0]["todo"] == report["refused"][10]["todo"] == "Corrigez-le dans ONDE ou SIECLE."


def test_records_come_in_pieces_and_whole_when_asked(here, full):
    first = here.ctl("import", "report", full["run"], json_answer=True)
    assert (len(first["refused"]), first["refused_total"]) == (1000, full["total"])
    whole = here.ctl("import", "report", full["run"], "--all", json_answer=True)
    assert [one["value"] for one in whole["refused"]] == SHOWN + [f"v{number}" for number in range(2292)]


def test_a_list_that_stops_at_its_limit_says_so(here, people, full):
    run = written_run(here)
    with here.psql() as database:
        database.execute("insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, code) select %s, n,"
                         " 'Eleve_0000.xml', n, 'Eleve', n::text, 'ine_invalid' from generate_series(1, 100000) n", (run,))
    for one, is_cut in ((run, True), (full["run"], False)):
        assert here.ctl("import", "report", one, json_answer=True)["refused_cut"] is is_cut
        assert ("La liste s’arrête à 100000 fiches" in here.ctl("import", "report", one)) is is_cut
        page = sign_in_head(here, "tous").get(f"/imports/{one}")
        assert ("La liste s’arrête à 100 000 fiches" in plain(page.text)) is is_cut


def test_records_of_one_code(here, full):
    report = here.ctl("import", "report", full["run"], "--code", "link_invalid", json_answer=True)
    assert report["refused_total"] == len(HOSTILE) and [one["value"] for one in report["refused"]] == SHOWN
    assert len(report["codes"]) == 2
    assert here.ctl("import", "report", full["run"], "--code", "dance", json_answer=True)["refused"] == []


def test_schools_are_told_once_not_with_every_piece(bus, full):
    assert len(bus.ask("import", "GetReport", operator=True, run=full["run"], offset=1000).schools) == 0
    assert len(bus.ask("import", "GetReport", operator=True, run=full["run"], limit=1).schools) == 5


def test_a_report_is_for_programs_or_for_spreadsheets(here, full):
    done = here.run_ctl("import", "report", full["run"], "--csv", "--json")
    assert done.returncode == 2 and json.loads(done.stdout)["error"]["code"] == "usage"


# ------------------------------------------------------------------------------------------------ to spreadsheets


def test_the_spreadsheet_has_every_record_and_no_formula(here, full):
    done = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", here.config, "import", "report", str(full["run"]),
                           "--csv"], capture_output=True, timeout=60, check=True)
    rows = table_of(done.stdout.decode("utf-8"))
    assert rows[0] == COLUMNS and len(rows) == full["total"] + 1
    assert [row[6] for row in rows[1:9]] == [f"'{value}" if value[0] in "=+-@" else value for value in SHOWN]
    assert rows[9] == ["Eleve_0000.xml", "10", "Eleve", "0", "ENTEleveINE", "ine_invalid", "v0",
                       "Ce numéro INE n’est pas valable.", "Corrigez-le dans ONDE ou SIECLE."]
    assert rows[1][1] == ""
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for row in rows for cell in row)


def test_a_spreadsheet_of_nothing_is_its_heading(here):
    done = here.run_ctl("import", "report", written_run(here), "--csv")
    assert done.returncode == 0 and table_of(done.stdout.replace("\n", "\r\n")) == [COLUMNS]


def figures_of(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";", strict=True))


def test_figures_are_a_spreadsheet_of_their_own_the_same_on_the_page(here, people, full):
    done = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", here.config, "import", "report", str(full["run"]),
                           "--figures"], capture_output=True, timeout=60, check=True)
    heading, *rows = figures_of(done.stdout.decode("utf-8"))
    assert heading == ["intégration", "début", "durée en secondes", "intégration précédente", "UAI", "établissement", "catégorie",
                       "compteur", "libellé", "nombre", "nombre précédent"]
    assert {tuple(row[:4]) for row in rows} == {(str(full["run"]), "2026-09-17 08:20:01", "12,0", str(full["before"]))}
    whole = [row[6:] for row in rows if row[4] == ""]
    assert whole[:2] == [["Eleve", "read", "Élèves, lues", "1200", "1385"], ["Eleve", "added", "Élèves, ajoutées", "7", "0"]]
    assert ["account", "added", "Comptes, créés", "12", "0"] in whole
    name, = {row[5] for row in rows if row[4] == full["uai"]}
    assert name.startswith("Établissement")
    assert [row[4:] for row in rows if row[4] == "0690002Y"] == [["0690002Y", "", "Eleve", "read", "Élèves, lues", "5", ""]]
    assert len(rows) == len(whole) + 5
    page = sign_in_head(here, "tous").get(f"/imports/{full['run']}")
    sheet = sign_in_head(here, "tous").get(page.link("Chiffres, aussi par établissement"))
    assert sheet.content == done.stdout
    assert sheet.headers["Content-Disposition"] == f'attachment; filename="integration-{full["run"]}-chiffres.csv"'


def test_figures_of_what_is_not_over_have_no_duration_and_no_previous(here):
    rows = figures_of(here.run_ctl("import", "report", held_run(here, counters={"Eleve": {"read": 2}}), "--figures").stdout)
    assert [row[2:5] + row[9:] for row in rows[1:]] == [["", "", "", "2", ""]]


@pytest.mark.parametrize("forms", [("--figures", "--csv"), ("--figures", "--json")])
def test_figures_are_a_form_of_their_own(here, full, forms):
    assert here.run_ctl("import", "report", full["run"], *forms).returncode == 2


@pytest.mark.parametrize("form", ["--csv", "--figures"])
def test_a_spreadsheet_opens_in_calc_cell_by_cell(here, full, tmp_path, form):
    sheet = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", here.config, "import", "report", str(full["run"]),
                            form], capture_output=True, timeout=60, check=True).stdout
    shown = calc.cells(tmp_path, sheet)
    written = figures_of(sheet.decode("utf-8"))
    assert len(shown) == len(written) > 10
    # Calc takes a leading apostrophe for its own mark of a text; what is said is the same
    assert [[cell.removeprefix("'") for cell in row] for row in shown] == \
        [[cell.removeprefix("'") for cell in row] for row in written]


# ------------------------------------------------------------------------------------------------ to people


def test_a_report_for_people_puts_yesterday_beside_today(here, full):
    text = plain(here.ctl("import", "report", full["run"]))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == f"Intégration {full['run']} : intégrée"
    assert "Livraison ENT2DVA.Complet.tgz, académie 10 (Lyon), second degré, export complet du 01/09/2025" in lines
    assert "Début 17/09/2026 08:20:01, durée 12,0 s" in lines
    assert f"Chiffres cette fois n° {full['before']} différence" in lines
    eleves = lines.index("Élèves")
    assert lines[eleves + 1:eleves + 4] == ["lues 1 200 1 385 −185", "ajoutées 7 0 +7", "inchangées 1 000 1 385 −385"]
    assert "lues 2 000 2 000 =" in lines and "créés 12 0 +12" in lines
    assert any(line.startswith(f"{full['uai']} élèves partis 4, responsables partis 3, fiches refusées 0") for line in lines)
    assert "2 292 × ine_invalid : Ce numéro INE n’est pas valable." in lines
    assert "Eleve_0000.xml:10 : ine_invalid Eleve 0 ENTEleveINE = « v0 »" in lines
    assert "… et 2250 autres ; « --all » les dit toutes" in lines
    assert "v2291" in here.ctl("import", "report", full["run"], "--all")


def test_a_list_says_what_is_held_what_was_only_checked_and_what_was_there_already(here):
    held, checked, same = held_run(here), written_run(here, state="checked", mode="check"), written_run(here, state="repeated")
    lines = {int(line.split()[0]): line for line in here.ctl("import", "list").splitlines() if line[0].isdigit()}
    assert "retenue" in lines[held] and "(import_held)" in lines[held] and REASON in lines[held]
    assert "vérifiée en 12,0 s" in lines[checked] and "déjà intégrée" in lines[same]
    listed = {one["run"]: one for one in here.ctl("import", "list", json_answer=True)["runs"]}
    assert listed[held]["state"] == "held" and listed[checked]["check"] is True and listed[checked]["state"] == "checked"


# ------------------------------------------------------------------------------------------------ what the operator decides


def test_what_is_held_is_shown_then_approved_once(here):
    run = held_run(here)
    text = plain(here.ctl("import", "approve", run, "--by", "Ève Martin"))
    assert REASON in plain(text) and "parties" in text and "Approuvée par Ève Martin" in text
    assert row_of(here, run) == ("held", "import_held", "approved", "Ève Martin", True, False)
    for word in ("approve", "reject"):
        done = here.run_ctl("import", word, run, "--json")
        assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "import_not_held"
    assert row_of(here, run)[2] == "approved"
    assert "approuvée par Ève Martin" in here.ctl("import", "report", run)


def test_what_is_rejected_ends_refused(here):
    run = held_run(here)
    told = here.ctl("import", "reject", run, json_answer=True)
    assert told == {"run": run, "decision": "rejected", "by": getpass.getuser()}
    assert row_of(here, run) == ("refused", "import_rejected", "rejected", getpass.getuser(), True, True)


@pytest.mark.parametrize("state", ["applied", "refused", "failed", "checked", "repeated"])
def test_nothing_is_decided_of_what_is_not_held(here, state):
    run = written_run(here, state=state)
    done = here.run_ctl("import", "approve", run, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "import_not_held"
    assert row_of(here, run)[0] == state and row_of(here, run)[2] is None


def test_of_what_was_replaced_that_is_the_answer(here):
    run = written_run(here, state="refused", refusal="import_superseded", explanation="Remplacée par l’intégration 3.")
    done = here.run_ctl("import", "approve", run, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "import_superseded"
    assert row_of(here, run)[0] == "refused" and row_of(here, run)[2] is None


def test_a_run_that_is_none_cannot_be_decided(here):
    done = here.run_ctl("import", "reject", 999999, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "not_found"


def test_a_decision_asked_again_is_the_same_decision(here, bus):
    run, number = held_run(here), os.urandom(16)
    for _ in range(2):
        bus.ask("import", "DecideRun", run=run, approve=True, by="x", operator=True, request_id=number)
    assert bus.refusal("import", "DecideRun", run=run, approve=True, by="x", operator=True) == "import_not_held"


@pytest.mark.parametrize("by", ["", "x" * 201])
def test_a_decision_is_somebody_s(here, bus, by):
    run = held_run(here)
    assert bus.refusal("import", "DecideRun", run=run, approve=True, by=by, operator=True) == "malformed"
    assert row_of(here, run)[2] is None


# ------------------------------------------------------------------------------------------------ merges


@pytest.fixture(scope="module")
def merges(here, towns):
    """One that holds, of Lyon; one that was undone, of Nice."""
    numbers = []
    for academy in (LYON, NICE):
        town = towns[academy]
        child = town.pupil(town.school(2), "Léa", "Réunie", "2012-02-03")
        one, other = (town.guardian("Anne", "Réunie", [child]) for _ in range(2))
        with here.psql() as database:
            (number,) = database.execute(
                "insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account,"
                " evidence, undone_at, undone_by) values (%s, 2, %s, %s, %s, %s, %s, 'same_contact', %s, %s) returning id",
                (academy, other.aaf_id, *other.account, *one.account, *((None, None) if academy == LYON else ("now()", "Ève"))),
            ).fetchone()
        numbers.append((number, other, one))
    return numbers


def test_merges_are_told_newest_first_and_by_academy(here, merges):
    told = here.ctl("import", "merges", json_answer=True)["merges"]
    assert [one["merge"] for one in told] == [merges[1][0], merges[0][0]]
    assert told[1] == {"merge": merges[0][0], "academy": LYON, "degree": 2, "aaf_id": merges[0][1].aaf_id,
                       "from_login": merges[0][1].login, "into_login": merges[0][2].login, "evidence": "same_contact",
                       "merged_at": told[1]["merged_at"], "undone_at": None, "undone_by": ""}
    assert told[0]["undone_by"] == "Ève" and told[0]["undone_at"]
    of_lyon = here.ctl("import", "merges", "--academy", LYON)
    assert f"{merges[0][1].login} → {merges[0][2].login}" in of_lyon and merges[1][1].login not in of_lyon
    assert "défaite le" in here.ctl("import", "merges", "--academy", NICE)


def test_a_merge_that_is_none_cannot_be_undone(here):
    done = here.run_ctl("import", "unmerge", 999999, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "not_found"


# ------------------------------------------------------------------------------------------------ who may see what


@pytest.fixture(scope="module")
def runs(here):
    return {academy: written_run(here, academy=academy) for academy in (LYON, NICE)}


@pytest.mark.parametrize("login, seen", [("lyon", {LYON}), ("nice", {NICE}), ("aide", {LYON}), ("tous", {LYON, NICE}),
                                         ("tete", set()), ("ecole", set()), ("preauctl", {LYON, NICE}),
                                         ("nobody", set())])
def test_runs_are_seen_by_those_whose_academy_it_is(bus, people, runs, login, seen):
    caller = {"preauctl": {"operator": True}, "nobody": {}}.get(login) or {"administrator": people.get(login, 0)}
    for academy, run in runs.items():
        wanted = None if academy in seen else "not_found"
        assert bus.refusal("import", "GetReport", run=run, **caller) == wanted
        assert bus.refusal("import", "ListRuns", academy=academy, **caller) == wanted
    if seen:
        assert {run.academy for run in bus.ask("import", "ListRuns", limit=200, **caller).runs} == seen
    else:
        assert bus.refusal("import", "ListRuns", **caller) == "not_found"


def test_a_family_sees_nothing(bus, towns, runs):
    town = towns[LYON]
    anyone = town.guardian("Anne", "Curieuse", [town.pupil(town.school(2), "Léa", "Curieuse", "2012-02-03")]).account
    for method, fields in (("ListRuns", {}), ("GetReport", {"run": runs[LYON]}), ("RunImports", {}), ("ListMerges", {}),
                           ("DecideRun", {"run": runs[LYON], "by": "x"}), ("UndoMerge", {"merge": 1, "by": "x"})):
        assert bus.refusal("import", method, account=anyone, **fields) == "not_found"


@pytest.mark.parametrize("login", ["lyon", "tous", "tete"])
def test_an_administrator_changes_nothing(here, bus, people, login):
    run = held_run(here)
    for method, fields in (("RunImports", {}), ("ListMerges", {}), ("DecideRun", {"run": run, "approve": True, "by": "x"}),
                           ("UndoMerge", {"merge": 1, "by": "x"})):
        assert bus.refusal("import", method, administrator=people[login], **fields) == "not_allowed"
    assert row_of(here, run)[2] is None


def test_one_who_is_disabled_sees_nothing_any_more(here, bus, runs):
    number = add_administrator(here, "parti", "integrateur", "--academy", LYON)
    assert bus.refusal("import", "GetReport", run=runs[LYON], administrator=number) is None
    with here.psql() as database:
        database.execute("update preau.administrator set disabled_at = now() where id = %s", (number,))
    assert bus.refusal("import", "GetReport", run=runs[LYON], administrator=number) == "not_found"


# ------------------------------------------------------------------------------------------------ the pages


@pytest.fixture
def integrator(here, people):
    return sign_in_head(here, "lyon")


def test_an_integrator_is_led_to_the_imports_of_the_academy(here, integrator, runs):
    page = integrator.page
    assert page.path == "/imports" and page.status == 200
    hrefs = {href for _, href in page.links}
    assert f"/imports/{runs[LYON]}" in hrefs and f"/imports/{runs[NICE]}" not in hrefs
    assert "Nice" not in page.text
    assert ("Préau", "/imports") in page.links
    for path in ("/administration", "/etablissements"):
        assert integrator.get(path).path == "/imports"


def test_the_list_says_state_and_figures(here, integrator):
    run = held_run(here)
    page = integrator.get("/imports")
    row = next(row for row in page.rows if any(f"(intégration {run})" in cell for cell in row))
    assert [plain(cell) for cell in row[1:]] == ["Lyon", "Second", "ENT2DVA.Complet.tgz", "retenue", "1 200", "12", "185", "8"]


def test_a_report_on_the_page(here, integrator, full):
    page = integrator.get(f"/imports/{full['run']}")
    text = plain(page.text)
    assert page.status == 200 and f"Intégration {full['run']}" in text
    assert [plain(cell) for cell in page.row("lues")] == ["lues", "1 200", "1 385", "−185"]
    assert page.row(full["uai"])[2:] == ["4", "3", "0"]
    assert "0690002Y" not in text
    code = page.row("Ce numéro INE")
    assert code[0] == "ine_invalid" and plain(code[1]) == "2 292" and code[3] == "Corrigez-le dans ONDE ou SIECLE."
    assert "2 300 fiches ou valeurs" in text and "1 / 46" in text
    assert page.row("Eleve_0000.xml, ligne 10") == ["Eleve_0000.xml, ligne 10", "ine_invalid", "Eleve", "0", "ENTEleveINE", "v0"]
    assert page.link(f"Intégration {full['before']}") == f"/imports/{full['before']}"


def test_records_are_paged_and_narrowed_to_a_code(integrator, full):
    first = integrator.get(f"/imports/{full['run']}")
    second = integrator.get(first.link("Page suivante"))
    assert second.status == 200 and "2 / 46" in second.text and second.row("v42") and "v41" not in second.text
    assert integrator.get(second.link("Page précédente")).row("v0")
    narrowed = integrator.get(first.link("link_invalid"))
    assert "8 fiches ou valeurs" in plain(narrowed.text) and not any("v0" in cell for row in narrowed.rows for cell in row)
    assert integrator.get(narrowed.link("Voir tous les codes")).row("v0")
    assert integrator.get(f"/imports/{full['run']}?code=%3Cb%3E&page=x").status == 200


def test_what_an_export_holds_is_text_on_the_page(integrator, full):
    page = integrator.get(f"/imports/{full['run']}?code=link_invalid")
    assert b"<script>alert" not in page.content and "<script>alert(1)</script>" in page.text


def test_the_page_s_spreadsheet_is_that_of_the_command_line(here, integrator, full):
    page = integrator.get(f"/imports/{full['run']}")
    for href in (page.link("Télécharger"), page.link("Télécharger") + "?code=link_invalid"):
        sheet = integrator.get(href)
        assert sheet.status == 200 and sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert sheet.headers["Content-Disposition"] == f'attachment; filename="integration-{full["run"]}.csv"'
        code = ("--code", "link_invalid") if "code" in href else ()
        told = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", here.config, "import", "report",
                               str(full["run"]), "--csv", *code], capture_output=True, timeout=60, check=True).stdout
        assert sheet.content == told
        assert len(table_of(told.decode())) == 1 + (len(HOSTILE) if code else full["total"])


def test_a_held_run_says_why_and_what_to_do(here, integrator):
    run = held_run(here)
    page = integrator.get(f"/imports/{run}")
    assert "Cette livraison est retenue" in page.text and plain(REASON) in plain(page.text)
    here.ctl("import", "reject", run, "--by", "Ève <b>")
    later = integrator.get(f"/imports/{run}")
    assert "Cette livraison est retenue" not in later.text and "Rejetée par Ève <b> le" in plain(later.text)
    assert "Déposez un export corrigé." in plain(later.text)


def test_a_run_that_goes_on_is_followed_without_a_script(here, integrator):
    run = written_run(here, state="running", finished_at=None, counters={})
    try:
        for path in ("/imports", f"/imports/{run}"):
            page = integrator.get(path)
            assert b'<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.content
            assert b"<progress" in page.content and "En préparation." in page.text
    finally:
        with here.psql() as database:
            database.execute("update preau.import_run set state = 'failed', finished_at = now() where id = %s", (run,))
    assert b"refresh" not in integrator.get("/imports").content


@pytest.mark.parametrize("path", ["/imports/{0}", "/imports/{0}.csv"])
def test_another_academy_s_report_does_not_exist(here, people, runs, full, path):
    nice = sign_in_head(here, "nice")
    assert nice.get(path.format(full["run"])).status == 404
    assert nice.get(path.format(999999)).status == 404
    assert nice.get(path.format(runs[NICE])).status == 200


@pytest.mark.parametrize("path", ["/imports", "/imports/{0}", "/imports/{0}.csv"])
def test_a_head_knows_no_imports(here, people, full, path):
    assert sign_in_head(here, "tete").get(path.format(full["run"])).status == 404


def test_an_integrator_knows_no_school(here, integrator, full):
    assert integrator.get(f"/etablissements/{full['uai']}/responsables").status == 404


def test_whoever_follows_the_nation_chooses_an_academy(here, people, runs):
    tous = sign_in_head(here, "tous")
    assert tous.page.path.startswith("/etablissements") and tous.page.link("Intégrations") == "/imports"
    page = tous.get("/imports")
    assert {href for _, href in page.links} >= {f"/imports/{run}" for run in runs.values()}
    narrowed = tous.submit(page.form("/imports"), academie=NICE)
    hrefs = {href for _, href in narrowed.links}
    assert f"/imports/{runs[NICE]}" in hrefs and f"/imports/{runs[LYON]}" not in hrefs


def test_an_integrator_without_an_academy_is_told_so(here, people):
    page = sign_in_head(here, "ecole").page
    assert page.path == "/imports" and page.status == 200 and "Aucune académie n’est confiée" in page.text


def test_without_importd_the_page_says_so(here, integrator):
    here.kill("preau-importd")
    try:
        assert integrator.get("/imports").status == 503
        assert integrator.get("/").status == 200
    finally:
        here.launch("preau-importd")
    assert integrator.get("/imports").status == 200


# ------------------------------------------------------------------------------------------------ whole imports


def generate(folder, *options):
    """The archive of a collège of Strasbourg."""
    subprocess.run([ROOT / "tests/data/generate-aaf", "--quiet", "--seed", "report", "--academies", str(STRASBOURG), "--schools",
                    "0,1,0", "--degree", "2D", "--rate", "wrong-mail=0", "--rate", "odd-phone=0", *options, folder],
                   check=True, stdout=subprocess.DEVNULL)
    archive, = folder.glob("*.tgz")
    return archive


def drop(site, archive):
    begun = site.inbox(STRASBOURG) / f".{archive.name}"
    begun.write_bytes(archive.read_bytes())
    return begun.rename(begun.with_name(archive.name))


def pupils(site):
    with site.psql() as database:
        return database.execute("select count(*) from preau.person where academy = %s and profile = 'eleve'"
                                " and departed_at is null", (STRASBOURG,)).fetchone()[0]


def checked(site, *options):
    """(exit code, reports)"""
    done = site.run_ctl("import", "check", "--academy", STRASBOURG, "--json", *options)
    return done.returncode, json.loads(done.stdout)["reports"]


def test_what_an_export_gets_wrong_is_told_on_all_three_ways(here, people, tmp_path):
    archive = generate(tmp_path, "--people", "300", "--bad", "empty-birth-date:3,bad-ine:2,missing-name:1")
    run, = here.import_archives(STRASBOURG, [archive])["runs"]
    report = here.ctl("import", "report", run["run"], json_answer=True)
    assert {one["code"]: one["count"] for one in report["codes"]}["ine_invalid"] == 2
    assert sum(one["code"] == "value_missing" for one in report["refused"]) == 4
    assert report["schools"]
    tous = sign_in_head(here, "tous")
    page = tous.get(f"/imports/{run['run']}?code=ine_invalid")
    rows = table_of(tous.get(f"/imports/{run['run']}.csv?code=ine_invalid").content.decode())[1:]
    assert len(rows) == 2
    for row in rows:
        assert page.row(f"{row[0]}, ligne {row[1]}")[1:] == [row[5], row[2], row[3], row[4], row[6] or "–"]


def test_how_far_a_run_is_is_the_same_on_status_on_the_page_and_on_the_command_line(here, people, tmp_path):
    archive = generate(tmp_path, "--people", "60", "--academies", str(NANTES))

    def run_seen():
        return here.status("preau-importd")["lists"]["runs"]

    assert run_seen() == []
    page = sign_in_head(here, "tous")
    start = time.monotonic()
    here.ctl("import", "list", "--academy", NANTES)
    asking = time.monotonic() - start  # what is left, told in the end, counts down meanwhile
    with here.psql() as first, here.psql() as second:
        first.autocommit = second.autocommit = False
        first.execute("lock table preau.structure in access exclusive mode")  # on the way to what is waited for below
        second.execute("select pg_advisory_xact_lock(1347568982)")  # identifiers are given by one at a time
        archive.rename(here.inbox(NANTES) / archive.name)
        here.ctl("import", "run", "--academy", NANTES)
        early = here.wait(lambda: [one for one in run_seen() if one["phase"] == "applying" and one["steps_done"]], 30, "writing")[0]
        time.sleep(min(3 + 4 * asking, 15))
        first.rollback()
        late = here.wait(lambda: [one for one in run_seen() if "seconds_left" in one and one["steps_done"] >= 150], 30,
                         "seconds left")[0]
        listed = here.ctl("import", "list", "--academy", NANTES, json_answer=True)["runs"][0]
        text = plain(page.get(f"/imports/{late['run']}").text)
        second.rollback()
    assert set(early) == {"run", "academy", "phase", "steps_done", "steps_total", "bytes_done", "bytes_total", "records"}
    assert (late["run"], late["academy"], late["steps_total"]) == (listed["run"], NANTES, 300)
    assert 0 < early["steps_done"] < late["steps_done"] == listed["steps_done"] < 200
    assert late["bytes_done"] == late["bytes_total"] > 0 and late["records"] == listed["records"] > 60
    assert 0 < listed["seconds_left"] <= late["seconds_left"] <= 20
    assert re.search(rf"Écriture : étape {late['steps_done']} sur 300, reste environ \d+,0 s\.", text)
    here.wait(lambda: run_seen() == [], 30, "the end")
    assert here.ctl("import", "list", "--academy", NANTES, json_answer=True)["runs"][0]["seconds_left"] == 0


def test_an_archive_is_checked_without_change_then_taken(here, tmp_path):
    archive = drop(here, generate(tmp_path, "--people", "320", "--day", "1"))
    before = pupils(here)
    assert checked(here, "--archive", "another.tgz") == (0, [])
    code, (report,) = checked(here, "--archive", archive.name)
    assert code == 0 and report["run"]["state"] == "checked" and report["run"]["check"] is True
    assert archive.exists() and pupils(here) == before
    assert "Tout serait intégré. Rien n’a été changé." in here.ctl("import", "check", "--academy", STRASBOURG)
    run, = here.ctl("import", "run", "--academy", STRASBOURG, "--wait", json_answer=True)["runs"]
    assert run["state"] == "applied" and run["counters"] == report["run"]["counters"]
    assert here.ctl("import", "report", run["run"], json_answer=True)["previous"]["run"] == run["previous"]


def test_a_check_that_finds_a_fault_says_no(here, tmp_path):
    archive = drop(here, generate(tmp_path, "--people", "320", "--day", "2", "--bad", "truncated-file"))
    try:
        code, (report,) = checked(here)
        assert code == 1 and report["run"]["refusal"] == "xml_invalid" and archive.exists()
        done = here.run_ctl("import", "check", "--academy", STRASBOURG)
        assert done.returncode == 1 and "Tout ne serait pas intégré." in done.stdout and "xml_invalid" in done.stdout
    finally:
        archive.unlink()


def test_a_set_cut_short_is_held_and_taken_once_approved(here, people, tmp_path):
    drop(here, generate(tmp_path, "--people", "60", "--day", "3"))
    before = pupils(here)
    code, (report,) = checked(here)
    assert code == 1 and (report["run"]["state"], report["run"]["refusal"]) == ("checked", "import_held")
    done = here.run_ctl("import", "run", "--academy", STRASBOURG, "--wait", "--json")
    run, = json.loads(done.stdout)["runs"]
    assert done.returncode == 1 and run["state"] == "held" and pupils(here) == before
    page = sign_in_head(here, "tous").get(f"/imports/{run['run']}")
    reasons = plain(run["explanation"]).splitlines()
    assert "Cette livraison est retenue" in page.text
    assert all(reason in plain(page.text) for reason in reasons)
    told = plain(here.ctl("import", "approve", run["run"], "--by", "Ève"))
    assert all(reason in told.splitlines()[4 + number] for number, reason in enumerate(reasons, 1))
    here.wait(lambda: pupils(here) < before, what="integrated")
    later = here.ctl("import", "list", "--academy", STRASBOURG, json_answer=True)["runs"][0]
    assert later["state"] == "applied" and later["run"] > run["run"] and row_of(here, run["run"])[2:4] == ("approved", "Ève")
