"""What a person must look at first: deliveries that depart too far from what is known. And checks, which change nothing."""

import datetime
import json
import os
import shutil
import tarfile

import pytest

from peers.academy import (
    ACADEMY, APPLIED, CHECKED, HELD, IMPORTD, REFUSED, archive_of, codes, counters, drop, emptied, generate, guardian, owned, pupil,
    record, report, rows, school, snapshot, take)
from peers.deeds import tries
from peers.site import Site

PUPILS = 60


@pytest.fixture(scope="module")
def shift(tmp_path_factory):
    return tmp_path_factory.mktemp("clock") / "shift"


@pytest.fixture(scope="module")
def standing(tmp_path_factory, shift):
    shift.write_text("0")
    with Site.of(tmp_path_factory.mktemp("site"), IMPORTD, environment={"PREAU_CLOCK_FILE": str(shift)}) as started:
        yield started


@pytest.fixture
def site(standing, shift):
    shift.write_text("0")
    emptied(standing)
    return standing


def people(count=PUPILS, **more):
    return {"EtabEducNat": [school()],
            "Eleve": [pupil(1000 + n, [5000 + n], **more) for n in range(count)],
            "PersRelEleve": [guardian(5000 + n, [1000 + n]) for n in range(count)]}


def complete(folder, day, files=None, name=None):
    date = f"202509{day:02}"
    return archive_of(folder / (name or f"ENT2DVA.{date}.Complet.tgz"), files or people(), date=date)


def held_run(site, folder, day=16, files=None):
    run, = take(site, complete(folder, day, files or people(PUPILS // 2)))
    assert (run["state"], run["refusal"]) == (HELD, "import_held")
    return run


def decide(site, verb, run):
    return site.run_ctl("import", verb, run["run"], "--by", "test")


def state(site, run_number):
    return report(site, run_number)["run"]["state"]


def ended(site):
    """The runs, once none goes on."""
    site.wait(lambda: not rows(site, "select 1 from preau.import_run where state = 'running'")
              and site.status(IMPORTD)["numbers"]["runs"] == 0, 30, "ended")
    return [tuple(row) for row in rows(site, "select state, refusal from preau.import_run order by id")]


def taken_folder(site):
    return [path.name for path in (site.folder / "inbox/.taken").glob("*/*")]


def test_a_set_cut_short_is_held_with_its_reasons_and_changes_nothing(site, tmp_path):
    take(site, complete(tmp_path, 15))
    before = snapshot(site)
    run = held_run(site, tmp_path)
    assert snapshot(site) == before
    assert "30 des 60 élèves" in run["explanation"] and "0695001L" in run["explanation"]
    assert counters(run)["Eleve", "read"] == 30
    assert len(taken_folder(site)) == 1
    site.restart(IMPORTD)
    assert state(site, run["run"]) == HELD and len(taken_folder(site)) == 1


def test_a_held_delivery_that_is_approved_is_integrated(site, tmp_path):
    take(site, complete(tmp_path, 15))
    run = held_run(site, tmp_path)
    assert decide(site, "approve", run).returncode == 0
    site.wait(lambda: (APPLIED, None) in ended(site)[1:], 30, "integrated")
    assert rows(site, "select count(*) from preau.person where departed_at is not null") == [(PUPILS,)]
    assert not taken_folder(site)
    told = report(site, run["run"])["run"]
    assert (told["decision"], told["decided_by"]) == ("approved", "test")
    assert decide(site, "approve", run).returncode != 0  # it was decided


def test_a_held_delivery_that_is_rejected_is_put_away(site, tmp_path):
    take(site, complete(tmp_path, 15))
    before = snapshot(site)
    run = held_run(site, tmp_path)
    assert decide(site, "reject", run).returncode == 0
    site.wait(lambda: not taken_folder(site), 30, "put away")
    assert state(site, run["run"]) == REFUSED
    assert report(site, run["run"])["run"]["refusal"] == "import_rejected"
    assert snapshot(site) == before


def folder_of(archive):
    """The same delivery as a folder."""
    folder = archive.with_name(archive.name.removesuffix(".tgz"))
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    return folder


def pupils_of(folder):
    return next(folder.rglob("*_Eleve_0000.xml"))


def hold_with_link(site, tmp_path, as_folder):
    """A held run, and a link to what was delivered that its sender kept; as root, it is of another account too."""
    take(site, complete(tmp_path, 15))
    archive = complete(tmp_path, 16, people(PUPILS // 2))
    sent = folder_of(archive) if as_folder else archive
    dropped = site.inbox(ACADEMY) / f".{sent.name}"
    (shutil.copytree if as_folder else shutil.copy)(sent, dropped)
    kept = site.folder / "kept"
    kept.unlink(missing_ok=True)
    kept.hardlink_to(pupils_of(dropped) if as_folder else dropped)
    if os.geteuid() == 0:
        for path in (dropped, *dropped.rglob("*")):
            os.chown(path, 65534, 65534)
    dropped.rename(dropped.with_name(sent.name))
    run, = json.loads(site.run_ctl("import", "run", "--academy", ACADEMY, "--wait", "--json").stdout)["runs"]
    assert run["state"] == HELD
    return run, kept


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_link_that_was_kept_does_not_change_what_was_approved(site, tmp_path, as_folder):
    run, kept = hold_with_link(site, tmp_path, as_folder)
    assert len(taken_folder(site)) == 1
    kept.write_bytes(b"swapped after the report was read")
    taken, = (site.folder / "inbox/.taken").glob("*/*")
    assert {path.stat().st_uid for path in (taken, *taken.rglob("*"))} == {os.geteuid()}
    assert decide(site, "approve", run).returncode == 0
    site.wait(lambda: (APPLIED, None) in ended(site)[1:], 30, "integrated")
    assert rows(site, "select count(*) from preau.person where departed_at is not null") == [(PUPILS,)]
    assert not taken_folder(site)


def test_a_folder_that_changed_after_its_report_is_held_again(site, tmp_path):
    take(site, complete(tmp_path, 15))
    before = snapshot(site)
    sent = folder_of(complete(tmp_path, 16, people(PUPILS // 2)))
    begun = site.inbox(ACADEMY) / ".coming"
    shutil.copytree(sent, begun).rename(begun.with_name(sent.name))
    run, = json.loads(site.run_ctl("import", "run", "--academy", ACADEMY, "--wait", "--json").stdout)["runs"]
    taken, = (site.folder / "inbox/.taken").glob("*/*")
    fewer = folder_of(complete(tmp_path, 17, people(PUPILS // 3)))
    shutil.copy(pupils_of(fewer), pupils_of(taken))
    assert decide(site, "approve", run).returncode == 0
    site.wait(lambda: ended(site)[1:] == [(HELD, "import_held")] * 2 or len(ended(site)) > 2, 30, "judged again")
    assert [one[0] for one in ended(site)[1:]].count(APPLIED) == 0
    assert snapshot(site) == before


def audited(site, action):
    """(who, what) of the operator's deeds of a kind, the last one first."""
    entries = site.ctl("audit", "show", "--academy", ACADEMY, "--action", action, json_answer=True)["entries"]
    return [(entry["actor"], entry["detail"]) for entry in entries]


@tries("Import/RunImports", "import_asked")
@tries("Import/DecideRun", "import_approved")
@tries("Import/DecideRun", "import_rejected")
@pytest.mark.parametrize("verb, action", [("approve", "import_approved"), ("reject", "import_rejected")])
def test_each_decision_is_once_in_the_audit_trail(site, tmp_path, verb, action):
    before = audited(site, action)
    take(site, complete(tmp_path, 15))
    asked = audited(site, "import_asked")
    run = held_run(site, tmp_path)
    assert len(audited(site, "import_asked")) == len(asked) + 1
    assert decide(site, verb, run).returncode == 0 and decide(site, verb, run).returncode == 1
    assert decide(site, verb, {"run": 999999}).returncode == 1
    assert audited(site, action) == [("test", {"run": run["run"]}), *before]
    ended(site)


def test_what_nobody_decided_in_time_ends_and_is_erased(site, tmp_path, shift):
    """As long as any archive is kept: its report stays, and says why."""
    take(site, complete(tmp_path, 15))
    before = snapshot(site)
    run = held_run(site, tmp_path)
    shift.write_text(f"+{29 * 86400}")
    assert ended(site)[1:] == [(HELD, "import_held")] and len(taken_folder(site)) == 1
    shift.write_text(f"+{31 * 86400}")
    assert ended(site)[1:] == [(HELD, "import_held")] and len(taken_folder(site)) == 1, "by this host's clock alone nothing is erased"
    with site.psql() as database:
        database.execute("update preau.import_run set started_at = now() - interval '31 days' where id = %s", (run["run"],))
    site.wait(lambda: not taken_folder(site), 30, "erased")
    assert ended(site)[1:] == [(REFUSED, "import_expired")]
    assert not list((site.folder / f"archive/{ACADEMY}").glob(f"{run['run']}-*"))
    assert report(site, run)["run"]["explanation"] == run["explanation"] and snapshot(site) == before
    assert decide(site, "approve", run).returncode == 1
    assert site.log(IMPORTD).count("import_expired") >= 1


def check_is_replaced(site, held, by):
    """It went by itself, says by what, and nothing is to be decided of it any more."""
    site.wait(lambda: not taken_folder(site), 30, "put away")
    assert ended(site) == [(APPLIED, None), (REFUSED, "import_superseded"), (APPLIED, None)]
    assert [path.name for path in (site.folder / f"archive/{ACADEMY}").glob(f"{held['run']}-*")] == [f"{held['run']}-{held['archive']}"]
    assert report(site, held)["run"]["explanation"] == f"Remplacée par l’intégration {by['run']}.\n{held['explanation']}"
    for verb in ("approve", "reject"):
        told = decide(site, verb, held)
        assert told.returncode == 1 and f"Remplacée par l’intégration {by['run']}." in told.stdout
        assert "une plus récente l’a remplacée" in told.stdout + told.stderr
    assert rows(site, "select count(*) from preau.person where departed_at is not null") == [(0,)]


def test_a_better_set_replaces_the_held_one(site, tmp_path):
    take(site, complete(tmp_path, 15))
    held = held_run(site, tmp_path)
    run, = take(site, complete(tmp_path, 17))
    check_is_replaced(site, held, run)


def test_the_corrected_set_of_the_same_day_replaces_it_too(site, tmp_path):
    take(site, complete(tmp_path, 15))
    held = held_run(site, tmp_path)
    run, = take(site, complete(tmp_path, 16, name="ENT2DVA.corrige.20250916.Complet.tgz"))
    check_is_replaced(site, held, run)


def test_what_was_replaced_is_put_away_after_a_crash_too(site, tmp_path):
    take(site, complete(tmp_path, 15))
    held = held_run(site, tmp_path)
    site.restart(IMPORTD, PREAU_FAULT="import_ended:1")
    drop(site, complete(tmp_path, 17))
    site.run_ctl("import", "run", "--academy", ACADEMY)
    site.wait_dead(IMPORTD)
    site.restart(IMPORTD)
    check_is_replaced(site, held, {"run": held["run"] + 1})


def test_a_set_replaces_neither_a_later_one_nor_one_of_the_other_degree_nor_what_was_approved(site, tmp_path):
    take(site, complete(tmp_path, 15))
    held = held_run(site, tmp_path, day=18)
    with site.psql() as database:
        database.execute("insert into preau.import_run (academy, degree, kind, generated_on, archive, state, decision, "
                         "decided_at, decided_by) values (10, 1, 'complete', '2025-09-15', 'x', 'held', null, null, null), "
                         "(10, 2, 'complete', '2025-09-15', 'x', 'held', 'approved', now(), 'x')")
    run, = take(site, complete(tmp_path, 17))
    assert run["state"] == APPLIED
    assert ended(site) == [(APPLIED, None), (HELD, "import_held"), (HELD, None), (HELD, None), (APPLIED, None)]
    assert decide(site, "approve", held).returncode == 0
    site.wait(lambda: not taken_folder(site), 30, "integrated")
    assert ended(site)[-1] == (APPLIED, None)


def test_a_delta_waits_for_the_word_on_the_one_before(site, tmp_path):
    take(site, complete(tmp_path, 15))
    held = held_run(site, tmp_path)
    late = archive_of(tmp_path / "ENT2DVA.20250917.Delta.tgz", {"Eleve": [pupil(1000, [5000], mail="un@example.org")]},
                      date="20250917", kind="Delta")
    run, = take(site, late)
    assert (run["state"], run["refusal"]) == (HELD, "follows_held")
    decide(site, "reject", held)
    decide(site, "approve", run)
    site.wait(lambda: not taken_folder(site), 30, "put away")
    assert rows(site, "select mail from preau.person where aaf_id = 1000") == [("un@example.org",)]


def test_a_delta_that_deletes_a_city_is_held(site, tmp_path):
    take(site, complete(tmp_path, 15))
    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250916.Delta.tgz", {
        "Eleve": [record("Eleve", 1000 + n, {}, "delete") for n in range(40)]}, date="20250916", kind="Delta"))
    assert run["state"] == HELD and "40 des 60 élèves" in run["explanation"]


def test_schools_that_are_missing_are_held(site, tmp_path):
    files = people()
    other = school(491, "0695002M")
    files["Eleve"] = [pupil(1000 + n, [5000 + n], structure=490 if n % 2 else 491) for n in range(PUPILS)]
    take(site, complete(tmp_path, 15, {**files, "EtabEducNat": [school(), other]}))
    run, = take(site, complete(tmp_path, 16, files))
    assert run["state"] == HELD and "30 des 120 personnes connues" in run["explanation"]
    assert rows(site, "select count(*) from preau.school where departed_at is not null") == [(0,)]


def test_an_approval_outlives_the_process(site, tmp_path):
    take(site, complete(tmp_path, 15))
    run = held_run(site, tmp_path)
    site.restart(IMPORTD, PREAU_FAULT="import_given:1")
    decide(site, "approve", run)
    site.wait_dead(IMPORTD)
    site.restart(IMPORTD)
    site.wait(lambda: not taken_folder(site), 30, "put away")
    assert [one for one, _ in ended(site)] == [APPLIED, HELD, "failed", APPLIED]


def test_names_that_are_broken_are_held(site, tmp_path):
    take(site, complete(tmp_path, 15))
    run, = take(site, complete(tmp_path, 16, people(givenName="L?u")))
    assert run["state"] == HELD and "60" in run["explanation"]


def test_a_first_load_and_small_changes_are_never_held(site, tmp_path):
    few = people(10)
    run, = take(site, complete(tmp_path, 15, few))
    assert run["state"] == APPLIED
    run, = take(site, complete(tmp_path, 16, people(3)))
    assert run["state"] == APPLIED and counters(run)["Eleve", "departed"] == 7


def test_september_s_upheaval_is_not_held_and_november_s_is(site, shift, tmp_path):
    take(site, complete(tmp_path, 15))
    left = people(PUPILS * 2 // 3)  # a third leaves, as after the last class of a school
    days = (datetime.date(datetime.date.today().year + 1, 9, 20) - datetime.date.today()).days
    shift.write_text(f"+{days * 86400}")
    run, = take(site, complete(tmp_path, 16, left))
    assert run["state"] == APPLIED
    shift.write_text(f"+{(days + 60) * 86400}")
    run, = take(site, complete(tmp_path, 17, people(PUPILS // 3)))
    assert run["state"] == HELD


# ------------------------------------------------------------------------------------------------ what it would do


WITH = {"mail": lambda n: f"p{n}@example.org", "mobile": lambda n: f"06399{n:05}"}


def families(guardians_of=lambda n: [5000 + n], structure_of=lambda n: 490, schools=None, contacts=("mail", "mobile"), born="03/04/2012",
             count=PUPILS):
    """The usual people, and what is otherwise about them; a guardian's record stays whatever the pupils say."""
    return {"EtabEducNat": schools or [school()],
            "Eleve": [pupil(1000 + n, guardians_of(n), structure_of(n), ENTPersonDateNaissance=born) for n in range(count)],
            "PersRelEleve": [guardian(5000 + n, [1000 + n], **{what: WITH[what](n) for what in contacts}) for n in range(count)]}


TWO = [school(490, "0695001L"), school(491, "0695002M")]
SWAPPED = [school(490, "0695002M"), school(491, "0695001L")]
HALVES = {"structure_of": lambda n: 490 + n % 2, "schools": TWO}
ABNORMAL = {
    "links_lost": ({}, {"guardians_of": lambda n: []}, "60 des 60 élèves", "changent de responsable légal"),
    "links_permuted": ({}, {"guardians_of": lambda n: [5000 + (n + 1) % PUPILS]}, "60 des 60 élèves", "changent de responsable légal"),
    "links_added": ({}, {"guardians_of": lambda n: [5000 + n, 5000 + (n + 1) % PUPILS]}, "60 des 60 élèves",
                    "changent de responsable légal"),
    "uai_swapped": (HALVES, {**HALVES, "schools": SWAPPED}, "60 des 60 élèves", "changent d’établissement"),
    "half_moved": ({"schools": TWO}, HALVES, "30 des 60 élèves", "changent d’établissement"),
    "structure_moved": ({"schools": [school()]}, {"schools": [school(490, "0695002M")]}, "60 des 60 élèves", "changent d’établissement"),
    "mails_gone": ({}, {"contacts": ("mobile",)}, "60 des 120 personnes connues", "n’ont plus d’adresse de messagerie"),
    "mobiles_gone": ({}, {"contacts": ("mail",)}, "60 des 120 personnes connues", "n’ont plus de numéro de mobile"),
}


@pytest.mark.parametrize("before, after, figures, words", ABNORMAL.values(), ids=ABNORMAL)
def test_what_harms_many_is_held(site, tmp_path, before, after, figures, words):
    take(site, complete(tmp_path, 15, families(**before)))
    stands = snapshot(site)
    run, = take(site, complete(tmp_path, 16, families(**after)))
    assert (run["state"], run["refusal"]) == (HELD, "import_held"), run
    assert any(figures in line and words in line for line in run["explanation"].splitlines()), run["explanation"]
    assert snapshot(site) == stands


def test_what_changes_for_few_is_not_held(site, tmp_path):
    """Nineteen of each: below the number under which nothing is held."""
    take(site, complete(tmp_path, 15, families(schools=TWO)))
    few = families(lambda n: [] if n < 10 else [5000 + n + 1] if n < 19 else [5000 + n], lambda n: 491 if n < 19 else 490, TWO)
    few["PersRelEleve"][:19] = [guardian(5000 + n, [1000 + n]) for n in range(19)]
    run, = take(site, complete(tmp_path, 16, few))
    assert run["state"] == APPLIED, run


def test_who_comes_and_goes_with_the_guardian_s_record_is_no_change_of_links(site, tmp_path):
    """Sixty families of two: the second parent comes, then leaves; no pupil is given to somebody who was there already."""
    take(site, complete(tmp_path, 15, families()))
    two = families(lambda n: [5000 + n, 7000 + n])
    run, = take(site, complete(tmp_path, 16, {**two, "PersRelEleve": two["PersRelEleve"] + [
        guardian(7000 + n, [1000 + n]) for n in range(PUPILS)]}))
    assert run["state"] == APPLIED, run
    run, = take(site, complete(tmp_path, 17, families()))
    assert run["state"] == HELD and "60 des 120 responsables" in run["explanation"]
    assert "responsable légal" not in run["explanation"]


@pytest.mark.parametrize("after, words", [
    ({"structure_of": lambda n: 490 + (n < 25)}, "25 des 50 élèves (50 %) changent d’établissement"),
    ({"guardians_of": lambda n: [5000 + (n + 1) % 20 if n < 20 else 5000 + n]}, "20 des 50 élèves (40 %) changent de responsable légal"),
], ids=("moved", "links"))
def test_one_school_is_enough(site, tmp_path, after, words):
    """Of the academy it is little."""
    count = 600
    structures = [school(), school(491, "0695002M"), school(492, "0695003N")]
    usual = {"structure_of": lambda n: 490 if n < 50 else 492, "schools": structures, "count": count}
    take(site, complete(tmp_path, 15, families(**usual)))
    then = {**usual, **after}
    if "structure_of" in after:
        then["structure_of"] = lambda n: after["structure_of"](n) if n < 50 else 492
    run, = take(site, complete(tmp_path, 16, families(**then)))
    assert run["state"] == HELD, run
    line, = run["explanation"].replace("\u00a0", " ").splitlines()
    assert line.startswith(f"Établissement 0695001L : {words} ; "), line


def test_a_delta_that_permutes_families_is_held(site, tmp_path):
    take(site, complete(tmp_path, 15, families()))
    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250916.Delta.tgz", {
        "Eleve": [pupil(1000 + n, [5000 + n + 1], request="modify") for n in range(40)]}, date="20250916", kind="Delta"))
    assert run["state"] == HELD and "40 des 60 élèves" in run["explanation"], run


def test_a_first_load_of_which_most_is_refused_is_held(site, tmp_path):
    run, = take(site, complete(tmp_path, 15, families(born="31/02/2012")))
    assert run["state"] == HELD and "60 des 120 fiches lues" in run["explanation"], run
    run, = take(site, complete(tmp_path, 16, families(structure_of=lambda n: 490 + n % 2)))
    assert run["state"] == HELD and "30 des 120 fiches lues" in run["explanation"], run
    assert rows(site, "select count(*) from preau.person") == [(0,)]
    run, = take(site, complete(tmp_path, 17, families()))
    assert run["state"] == APPLIED


def test_small_losses_that_add_up_are_held_until_they_are_approved(site, tmp_path):
    def night(day, count):
        run, = take(site, complete(tmp_path, day, people(count)))
        return run

    assert [night(day, count)["state"] for day, count in ((1, 400), (2, 382), (3, 400), (4, 382))] == [APPLIED] * 4
    run = night(5, 365)
    assert run["state"] == HELD and "35 des 400 élèves" in run["explanation"] and "35 des 400 responsables" in run["explanation"], run
    assert "du plus grand export récent" in run["explanation"]
    assert decide(site, "approve", run).returncode == 0
    site.wait(lambda: not taken_folder(site), 30, "integrated")
    assert night(6, 349)["state"] == APPLIED  # of the 365 that were approved
    assert night(7, 333)["state"] == HELD
    with site.psql() as database:
        database.execute("update preau.import_run set started_at = started_at - interval '15 days' where started_at < "
                         "(select max(started_at) from preau.import_run where state = 'applied')")
    assert night(8, 333)["state"] == APPLIED  # what had 365 is forgotten


def test_generated_days_are_not_held(site, shift, tmp_path):
    """Changes of a night, those of a bad one; and, in the September that follows, everybody is a class further."""
    def taken(name, *options):
        made = generate(tmp_path / name, "--people", "3000", "--schools", "4,2,1", *options)
        for run in take(site, *made.archives.values()):
            assert run["state"] == APPLIED, run

    for day, rate in ((0, 0.005), (1, 0.005), (2, 0.06), (3, 0.06)):
        taken(f"{day}", "--day", str(day), "--change-rate", str(rate))
    days = (datetime.date(datetime.date.today().year + 1, 9, 20) - datetime.date.today()).days
    shift.write_text(f"+{days * 86400}")
    taken("rentree", "--date", "2026-09-15", "--first-year", "2025")


# ------------------------------------------------------------------------------------------------ checks


def check(site, archive):
    dropped = drop(site, archive)
    done = site.run_ctl("import", "check", "--academy", ACADEMY, "--json")
    return done, dropped, rows(site, "select id, state, mode, refusal from preau.import_run order by id desc limit 1")[0]


def test_a_check_tells_what_the_run_would_and_changes_nothing(site, tmp_path):
    take(site, complete(tmp_path, 15))
    before, sessions = snapshot(site), rows(site, "select count(*) from preau.identifier")
    people_after = people(PUPILS - 2)
    people_after["Eleve"] += [pupil(1900, [5900, 77]), pupil(1901, [5000], ENTPersonDateNaissance="31/02/2012")]
    people_after["PersRelEleve"] += [guardian(5900, [1900])]
    archive = complete(tmp_path, 16, people_after)
    done, dropped, (number, *ended_as) = check(site, archive)
    assert done.returncode == 0, done
    assert ended_as == [CHECKED, "check", None] and dropped.exists()
    assert snapshot(site) == before and rows(site, "select count(*) from preau.identifier") == sessions
    told = report(site, number)
    assert {one["code"] for one in told["refused"]} == {"guardian_unknown", "date_invalid"}
    run, = take(site, archive)
    assert counters(told["run"]) == counters(run)
    real = report(site, run)
    assert told["schools"] == real["schools"] and told["refused"] == real["refused"]


def test_a_check_says_what_would_be_held_or_refused(site, tmp_path):
    take(site, complete(tmp_path, 15))
    before = snapshot(site)
    done, dropped, (number, *ended_as) = check(site, complete(tmp_path, 16, people(20)))
    assert ended_as == [CHECKED, "check", "import_held"] and done.returncode == 1
    assert "40 des 60" in report(site, number)["run"]["explanation"]
    dropped.unlink()
    (tmp_path / "broken.tgz").write_bytes(b"\x1f\x8bnone")
    done, dropped, (_, *ended_as) = check(site, tmp_path / "broken.tgz")
    assert ended_as == [REFUSED, "check", "archive_unreadable"] and done.returncode == 1 and dropped.exists()
    dropped.unlink()
    assert snapshot(site) == before


def test_a_run_is_told_by_school_and_beside_the_one_before(site, tmp_path):
    first, = take(site, complete(tmp_path, 15))
    files = people(PUPILS - 1)
    files["Eleve"][0] = pupil(1000, [5000], mail="un@example.org")
    run, = take(site, complete(tmp_path, 16, files))
    told = report(site, run)
    assert told["run"]["previous"] == first["run"] and told["previous"]["run"] == first["run"]
    (here,) = told["schools"]
    assert here["uai"] == "0695001L"
    school_figures = {(one["category"], one["what"]): one["count"] for one in here["counters"]}
    assert school_figures == {("Eleve", "read"): 59, ("Eleve", "unchanged"): 58, ("Eleve", "changed"): 1,
                              ("Eleve", "departed"): 1, ("PersRelEleve", "departed"): 1,
                              ("PersRelEleve", "unchanged"): 59}
