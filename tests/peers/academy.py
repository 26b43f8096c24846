"""Generated academies before the real preau-importd: making them, taking them in, and what the store then holds against
what their truth says."""

import collections
import io
import json
import pathlib
import shutil
import subprocess
import tarfile
from types import SimpleNamespace
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMPORTD = "preau-importd"
ACADEMY = 10
# no mail or number of an odd shape, unless a test asks: what is told is then what the test put there
PLAIN = ("--seed", "import", "--academies", str(ACADEMY), "--schools", "1,1,0", "--people", "500", "--rate", "wrong-mail=0",
         "--rate", "odd-phone=0")
APPLIED, REFUSED, FAILED, HELD, CHECKED, REPEATED = "applied", "refused", "failed", "held", "checked", "repeated"


def generate(folder, *options):
    """.archives by degree, .truth rows, .manifest rows."""
    folder.mkdir(parents=True)
    truth, manifest = folder / "truth.jsonl", folder / "manifest.jsonl"
    subprocess.run([ROOT / "tests/data/generate-aaf", "--quiet", "--truth", truth, "--manifest", manifest, *PLAIN, *options,
                    folder / "aaf"], check=True)
    archives = {2 if "2D" in path.name else 1: path for path in sorted((folder / "aaf").iterdir())}
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    wrong = [json.loads(line) for line in manifest.read_text().splitlines()] if manifest.exists() else []
    return SimpleNamespace(archives=archives, truth=rows, manifest=wrong)


def drop(site, archive):
    """By its name only once it is whole."""
    begun = site.inbox(ACADEMY) / f".{archive.name}"
    shutil.copy(archive, begun)
    return begun.rename(begun.with_name(archive.name))


def is_put_away(site, dropped):
    """Neither in the inbox nor among the claimed ones."""
    return not dropped.exists() and not list((site.folder / "inbox/.taken").glob("*/*"))


def take(site, *archives, seconds=60):
    """The runs of these archives, one after the other."""
    runs = []
    for archive in archives:
        drop(site, archive)
        # it ends with another status when an archive was refused
        done = site.run_ctl("import", "run", "--academy", ACADEMY, "--wait", "--json", timeout=seconds)
        runs += json.loads(done.stdout)["runs"]
    return runs


def rows(site, statement, *values):
    with site.psql() as database:
        return database.execute(statement, values or None).fetchall()


def expected_people(truth):
    """{(degree, id): what the store holds}: contacts too, who may be a pupil's legal guardian tomorrow."""
    people = {}
    for row in truth:
        if row["type"] == "pupil":
            people[row["degree"], row["id"]] = ("eleve", row["name"], row["first"], row["birth"])
        elif row["type"] == "guardian":
            people[row["degree"], row["id"]] = ("responsable", row["name"], row["first"], None)
    return people


def expected_accounts(truth):
    """Whom an account is made for: legal guardians, and pupils of the second degree."""
    return {(row["degree"], row["id"]) for row in truth if row["type"] == "guardian" and row["legal"]
            or row["type"] == "pupil" and row["degree"] == 2}


def stored_people(site):
    return {(degree, aaf_id): (profile, nom, prenom, birth and birth.isoformat()) for degree, aaf_id, profile, nom, prenom, birth
            in rows(site, "select degree, aaf_id, profile::text, nom, prenom, birth_date from preau.person "
                          "where departed_at is null")}


def expected_heads(truth):
    """One a school, which both attributes name."""
    return {(row["degree"], row["head"]["id"], tidied(row["head"]["name"]), tidied(row["head"]["first"]), row["head"]["mail"],
             row["id"], row["uai"]) for row in truth if row["type"] == "school"}


def stored_heads(site):
    return set(rows(site, "select h.degree, h.aaf_id, h.nom, h.prenom, coalesce(h.mail, ''), k.number, k.uai from preau.aaf_head h join "
                          "preau.structure k on (k.academy, k.degree) = (h.academy, h.degree) and k.number = any (h.functions) "
                          "and k.number = any (h.directs) and k.departed_at is null"))


def expected_links(truth):
    return {(row["degree"], row["id"], one["id"]) for row in truth if row["type"] == "pupil"
            for one in row["guardians"] if one["legal"]}


def tidied(name):
    return " ".join(name.split())


def check_is_truth(site, truth):
    """People, schools, links, enrolments and accounts are those of the truth, no more and no less."""
    people = {key: (profile, tidied(nom), tidied(prenom), birth)
              for key, (profile, nom, prenom, birth) in expected_people(truth).items()}
    assert stored_people(site) == people
    assert set(rows(site, "select g.degree, g.pupil_id, g.guardian_id from preau.guardianship g join preau.person p on "
                          "(p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.pupil_id) where p.departed_at is null")
               ) == expected_links(truth)
    assert set(rows(site, "select e.degree, e.pupil_id, e.uai, e.class from preau.enrolment e join preau.person p on "
                          "(p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, e.pupil_id) where p.departed_at is null")
               ) == {(row["degree"], row["id"], row["school"], tidied(row["class"])) for row in truth if row["type"] == "pupil"}
    assert {uai for uai, in rows(site, "select uai from preau.school where departed_at is null")} == {
        row["uai"] for row in truth if row["type"] == "school"}
    assert stored_heads(site) == expected_heads(truth)
    with_account = {(degree, aaf_id) for degree, aaf_id in rows(
        site, "select p.degree, p.aaf_id from preau.person p join preau.account a on (a.academy, a.id) = "
              "(p.account_academy, p.account_id) where p.departed_at is null and a.profile = p.profile")}
    assert with_account >= expected_accounts(truth)
    assert not {key for key in with_account - expected_accounts(truth) if people[key][0] == "eleve"}
    detached = {(degree, aaf_id) for degree, aaf_id in rows(
        site, "select p.degree, p.aaf_id from preau.person p join preau.account a on (a.academy, a.id) = "
              "(p.account_academy, p.account_id) where a.detached_at is not null")}
    assert not detached & expected_accounts(truth), "somebody who is there has lost the account"
    assert not {key for key in with_account - expected_accounts(truth) - detached if not shares_account(site, key)}


def shares_account(site, key):
    """Another record of the same person keeps the account attached."""
    return len(rows(site, "select 1 from preau.person p join preau.person o on (o.account_academy, o.account_id) = "
                          "(p.account_academy, p.account_id) where (p.degree, p.aaf_id) = (%s, %s)", *key)) > 1


def snapshot(site):
    """All that a run may write, without its own row and the times."""
    statements = (
        "select academy, uai, degree, name, kind, city, mail, departed_at is null from preau.school",
        "select academy, degree, number, uai, name, kind, city, mail, departed_at is null from preau.structure",
        "select academy, degree, aaf_id, profile::text, nom, prenom, search_name, birth_date, mail, mobile, adresse, digest, "
        "departed_at is null, account_id is null from preau.person",
        "select * from preau.enrolment", "select * from preau.guardianship",
        "select academy, aaf_id, degree, nom, prenom, mail, functions, directs from preau.aaf_head",
        "select profile::text, state::text, origin::text, password::text, login, version from preau.account",
        "select login from preau.identifier", "select action, actor, count(*) from preau.account_event group by 1, 2",
        "select count(*) from preau.credential where sealed is not null and hash is null",
    )
    return [sorted(map(repr, rows(site, statement))) for statement in statements]


def accounts_of_people(site):
    return {(degree, aaf_id): account for degree, aaf_id, account in rows(
        site, "select degree, aaf_id, account_id from preau.person")}


def counters(run):
    return {(one["category"], one["what"]): one["count"] for one in run["counters"]}


def owned(site):
    """All that AAF says of those who are there, and nothing that is the house's own."""
    statements = (
        "select degree, uai, name, kind, city, mail from preau.school where departed_at is null",
        "select degree, number, uai, name, kind, city, mail from preau.structure where departed_at is null",
        "select degree, aaf_id, profile::text, ine, civilite, nom, prenom, search_name, birth_date, mail, mobile, adresse, "
        "code_postal, ville, pays, match_key from preau.person where departed_at is null",
        "select e.* from preau.enrolment e join preau.person p on (p.academy, p.degree, p.aaf_id) = (e.academy, e.degree, "
        "e.pupil_id) where p.departed_at is null",
        "select g.* from preau.guardianship g join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, "
        "g.pupil_id) where p.departed_at is null",
        "select degree, aaf_id, nom, prenom, mail, functions, directs from preau.aaf_head",
    )
    return [sorted(map(repr, rows(site, statement))) for statement in statements]


def record(category, number, attributes, request="add"):
    """One request of AAF; attributes: {name: value or list of values}."""
    kind, inner = ("attributes", "attr") if request == "add" else ("modifications", "modification")
    operation = "" if request == "add" else ' operation="replace"'
    operational = "categorieStructure" if category == "EtabEducNat" else "categoriePersonne"
    lines = [f"<{request}Request>", f'<operationalAttributes><attr name="{operational}"><value>{category}</value></attr>'
             "</operationalAttributes>", f"<identifier><id>{number}</id></identifier>"]
    if request != "delete":
        lines.append(f"<{kind}>")
        for name, values in attributes.items():
            values = values if isinstance(values, list) else [values]
            lines.append(f'<{inner} name="{name}"{operation}>' + "".join(
                f"<value>{escape(value)}</value>" for value in values) + f"</{inner}>")
        lines.append(f"</{kind}>")
    return "\n".join([*lines, f"</{request}Request>"])


def archive_of(path, files, date="20250915", kind="Complet", head=""):
    """A tgz of hand-made files: {category, or whole name: requests, or text of the whole file}."""
    with tarfile.open(path, "w:gz") as archive:
        for category, requests in files.items():
            text = requests if isinstance(requests, (str, bytes)) else "\n".join(
                ['<?xml version="1.0" encoding="UTF-8"?>', '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">',
                 "<ficAlimMENESR>", head, *requests, "</ficAlimMENESR>"])
            data = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(
                category if category.endswith(".xml") else f"ENT2DVA_{kind}_{date}_{category}_0000.xml")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def school(number=490, uai="0695001L", **more):
    return record("EtabEducNat", number, {
        "ENTStructureJointure": str(number), "ENTStructureUAI": uai, "ENTStructureNomCourant": "CLG$DES TESTS$LYON",
        "ENTStructureTypeStruct": "COLLEGE", "ENTServAcAcademie": "LYON", **more})


def pupil(number, guardians=(), structure=490, request="add", **more):
    """guardians: numbers of legal ones."""
    return record("Eleve", number, {
        "ENTPersonJointure": str(number), "sn": f"ELEVE{'ABCDEFGHIJ'[number % 10]}", "givenName": "Lou",
        "ENTPersonDateNaissance": "03/04/2012", "ENTPersonStructRattach": str(structure),
        "ENTEleveClasses": f"{structure}$6A", "ENTElevePersRelEleve": [f"{one}$10$1$1$0$1" for one in guardians] or "",
        **more}, request)


def guardian(number, pupils=(), request="add", **more):
    return record("PersRelEleve", number, {
        "ENTPersonJointure": str(number), "sn": "PARENT", "givenName": f"Sam{'abcdefghij'[number % 10]}", "mail": "", "mobile": "",
        "ENTAuxPersRelEleveEleve": [str(one) for one in pupils] or "", **more}, request)


def report(site, run):
    """What preauctl tells of a run."""
    return site.ctl("import", "report", run["run"] if isinstance(run, dict) else run, json_answer=True)


def codes(site, run):
    """{code: how often}"""
    return collections.Counter(one["code"] for one in report(site, run)["refused"])


def emptied(site):
    """Nobody is known, nothing lies in the inbox: a standing site for the next test."""
    site.wait(lambda: site.status(IMPORTD)["numbers"]["runs"] == 0, 30, "idle")
    for folder in (site.folder / "inbox").iterdir():
        shutil.rmtree(folder)
    for folder in (site.folder / "archive").iterdir():
        shutil.rmtree(folder)
    with site.psql() as database:
        database.execute("truncate preau.import_run, preau.school, preau.person, preau.account, preau.identifier, "
                         "preau.academy, preau.account_merge, preau.import_reservation restart identity cascade")
