"""The generator of AAF archives: each option has the effect it says, and the people are as documented."""

import collections
import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import tarfile
import time
import xml.etree.ElementTree as ElementTree
import zipfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = HERE / "generate-aaf"
DTD = HERE / "ficAlimMENESR.dtd"
SMALL = ("--people", "2500")


def generate(out, *arguments, status=0):
    """Runs the command; its standard output as JSON lines."""
    done = subprocess.run([COMMAND, *map(str, arguments), out], capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def folder(out, *arguments):
    generate(out, "--container", "folder", *arguments)
    return out


def digests(out):
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.rglob("*")) if path.is_file()}


def requests(out, degree, mode="Complet", day="*"):
    """(operation, category, id, {attribute: values}) of every request, in the order of the files."""
    name = "ENT1D" if degree == 1 else "ENT2DVA"
    for path in sorted(out.glob(f"{name}.{day}.{mode}/*.xml")):
        for element in ElementTree.parse(path).getroot():
            category = element.findtext("operationalAttributes/attr/value")
            attributes = {one.get("name"): [value.text or "" for value in one] for one in (*element.iterfind("attributes/attr"),
                          *element.iterfind("modifications/modification"))}
            yield element.tag.removesuffix("Request"), category, element.findtext("identifier/id"), attributes


def records(out, degree, category, **where):
    return {number: attributes for _, one, number, attributes in requests(out, degree, **where) if one == category}


def truth(path):
    found = collections.defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found[one["type"]].append(one)
    return found


def xmllint(*arguments):
    return subprocess.run(["xmllint", "--nonet", *map(str, arguments)], capture_output=True, text=True, errors="replace",
                          check=False)


def dtd_errors(paths):
    return xmllint("--noout", "--dtdvalid", DTD, *paths)


@pytest.fixture(scope="session")
def large(tmp_path_factory):
    """Enough people for proportions."""
    out = tmp_path_factory.mktemp("large")
    began = time.monotonic()
    generate(out, "--people", 16000, "--academies", "10,24", "--container", "folder", "--truth", out / "truth.jsonl",
             "--rate", "border=0.01")
    count = sum(map(len, truth(out / "truth.jsonl").values()))
    print(f"\ngenerate-aaf: {count / (time.monotonic() - began):.0f} records/s")
    return out


@pytest.fixture(scope="session")
def large_truth(large):
    return truth(large / "truth.jsonl")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample")
    folder(out, "--preset", "sample", "--truth", out / "truth.jsonl")
    return out


def test_the_same_seed_and_options_give_the_same_bytes(tmp_path):
    for out in ("one", "two"):
        generate(tmp_path / out, *SMALL, "--truth", tmp_path / out / "truth", "--jobs", 1 if out == "one" else 2)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    generate(tmp_path / "other", *SMALL, "--seed", "another")
    assert not set(digests(tmp_path / "one").values()) & set(digests(tmp_path / "other").values())


@pytest.mark.parametrize("container, extension", [("zip", ".zip"), ("tar.gz", ".tar.gz"), ("tgz", ".tgz")])
def test_archives_hold_the_same_files_as_the_folder(tmp_path, container, extension):
    folder(tmp_path / "folder", *SMALL, "--inside", "dedans")
    generate(tmp_path / "packed", *SMALL, "--container", container, "--inside", "dedans")
    for packed in (tmp_path / "packed").iterdir():
        assert packed.name.endswith(extension)
        if container == "zip":
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(tmp_path / "out" / packed.name.removesuffix(extension))
        else:
            with tarfile.open(packed) as archive:
                archive.extractall(tmp_path / "out" / packed.name.removesuffix(extension))
    assert digests(tmp_path / "out") == digests(tmp_path / "folder")


def test_every_file_follows_the_dtd(sample):
    done = dtd_errors(sorted(sample.glob("*/*.xml")))
    assert done.returncode == 0, done.stderr


def test_the_files_say_what_the_truth_says(sample):
    said = truth(sample / "truth.jsonl")
    for degree, name, first, mail, mobile in ((1, "ENTPersonNom", "ENTPersonPrenom", "ENTPersonMail", "ENTPersRelEleveTelMobile"),
                                              (2, "sn", "givenName", "mail", "mobile")):
        pupils, guardians = records(sample, degree, "Eleve"), records(sample, degree, "PersRelEleve")
        assert len(pupils) == sum(one["degree"] == degree for one in said["pupil"])
        assert len(guardians) == sum(one["degree"] == degree for one in said["guardian"])
        for one in said["pupil"]:
            if one["degree"] == degree:
                got = pupils[str(one["id"])]
                assert (got[name], got[first], got["ENTEleveINE"]) == ([one["name"]], [one["first"]], [one["ine"]])
                assert datetime.datetime.strptime(got["ENTPersonDateNaissance"][0], "%d/%m/%Y").date().isoformat() == one["birth"]
                links = got["ENTEleveAutoriteParentale" if degree == 1 else "ENTElevePersRelEleve"]
                assert [link.split("$")[0] for link in links if link] == [str(link["id"]) for link in one["guardians"]]
        for one in said["guardian"]:
            if one["degree"] == degree:
                got = guardians[str(one["id"])]
                assert (got[name], got[first], got[mail], got[mobile]) == (
                    [one["name"]], [one["first"]], [one["mail"]], [one["mobile"]])


def test_links_and_back_links_mirror_each_other(large):
    for degree, link, back in ((1, "ENTEleveAutoriteParentale", "ENTPersRelEleveEleve"),
                               (2, "ENTElevePersRelEleve", "ENTAuxPersRelEleveEleve")):
        for academy in ("10", "24"):
            forth = {(value.split("$")[0], number) for number, one in records(large / academy, degree, "Eleve").items()
                     for value in one[link] if value}
            returned = {(number, pupil) for number, one in records(large / academy, degree, "PersRelEleve").items()
                        for pupil in one[back]}
            assert forth == returned and forth


def test_numbers_are_one_space_and_ascend_in_each_file(large):
    seen = collections.Counter()
    for degree in (1, 2):
        for path in large.glob(f"10/ENT{degree}D*/*.xml"):
            numbers = re.findall(r"<id>(\d+)</id>", path.read_text(encoding="utf-8"))
            assert [int(one) for one in numbers] == sorted(map(int, numbers))
            if "Eleve_" in path.name:
                seen.update(numbers)
    assert max(seen.values()) == 1


def check_letter(uai):
    return "ABCDEFGHJKLMNPRSTUVWXYZ"[int(uai[:7]) % 23]


def test_every_uai_is_valid_and_stays_in_its_academy(large, large_truth):
    places = {10: {"001", "042", "069"}, 24: {"077", "093", "094"}}
    uais = collections.Counter()
    for one in large_truth["school"] + large_truth["service"]:
        assert re.fullmatch(r"\d{7}[A-Z]", one["uai"]) and one["uai"][7] == check_letter(one["uai"])
        assert one["uai"][:3] in places[one["academy"]]
        uais[one["uai"], one["degree"]] += 1
    assert max(uais.values()) == 1


def test_every_school_has_one_head_with_a_mail(large, large_truth):
    assert all(one["head"]["mail"].endswith((".org", ".net", ".fr")) for one in large_truth["school"])
    for degree in (1, 2):
        heads = collections.Counter()
        for one in records(large / "10", degree, "PersEducNat").values():
            directed = one["ENTEnsFonctionDir"][0]
            if directed:
                heads[directed] += 1
                assert any(value.startswith(f"{directed}$DIR$") for value in one["ENTPersonFonctions"])
        assert set(heads) == {str(one["id"]) for one in large_truth["school"] if (one["academy"], one["degree"]) == (10, degree)}
        assert set(heads.values()) == {1}


def share(items, condition):
    return sum(map(condition, items)) / len(items)


def test_contacts_are_filled_at_the_documented_rates(large_truth):
    def near(degree, legal, key, expected, margin=0.03):
        people = [one for one in large_truth["guardian"] if one["degree"] == degree and one["legal"] == legal]
        assert share(people, lambda one: bool(one[key])) == pytest.approx(expected, abs=margin)

    near(1, True, "mail", 0.32)
    near(1, True, "mobile", 0.76)
    near(1, True, "home", 0.13)
    near(1, True, "work", 0.09)
    near(2, True, "mail", 0.58)
    near(2, True, "mobile", 0.97)
    near(2, True, "home", 0.66)
    near(2, False, "mail", 0.12, margin=0.07)
    unlinked = [one for one in large_truth["pupil"] if one["degree"] == 2]
    assert share(unlinked, lambda one: not one["guardians"]) == pytest.approx(0.042, abs=0.015)
    assert len(large_truth["guardian"]) / len(large_truth["pupil"]) == pytest.approx(1.46, abs=0.1)


def test_rates_can_be_set(tmp_path):
    folder(tmp_path, *SMALL, "--truth", tmp_path / "truth", "--rate", "mail-1d=1", "--rate", "mobile-2d=0")
    said = truth(tmp_path / "truth")["guardian"]
    assert share([one for one in said if one["degree"] == 1], lambda one: bool(one["mail"])) > 0.95
    assert not any(one["mobile"] for one in said if one["degree"] == 2)


def test_addresses_and_numbers_can_belong_to_nobody(large, large_truth):
    mails = {one["mail"] for kind in ("guardian", "pupil") for one in large_truth[kind] if "@" in one["mail"]}
    assert not [one for one in mails if not re.search(r"@\S*example|@$|@b$", one, re.I)]
    fictional = re.compile(r"^(\+33|0033)?0?(63998|19900|26191|35301|46571|53649|69100|69658|69450|69398)\d{4}$|^0000000000$"
                           r"|^\+(447700900|120255501|493023125|467017406)\d+$|^016$|^9999999999-$|^\+3363998$")
    numbers = {re.sub(r"[ .()\u00a0]|\(0\)|bureau", "", one[key].replace("(0)", ""))
               for one in large_truth["guardian"] for key in ("mobile", "home", "work") if one[key]}
    assert not {one for one in numbers if not fictional.match(one)} - {"voirlepère"}


def test_families_of_every_kind_are_met(large_truth):
    liens = collections.Counter(link["lien"] for one in large_truth["pupil"] for link in one["guardians"])
    assert {10, 20, 37, 38, 39, 50, 51, 70, 90} <= set(liens)
    assert any(link["in_charge"] for one in large_truth["pupil"] for link in one["guardians"])
    assert any(not guardian["legal"] for guardian in large_truth["guardian"])
    shapes = "".join(one["name"] for one in large_truth["guardian"])
    assert "--" in shapes and "'" in shapes and re.search("[À-Ý]", shapes)
    couples = [[link["lien"] for link in one["guardians"] if link["legal"]] for one in large_truth["pupil"]]
    assert [10, 10] in couples and [20, 20] in couples and [10] in couples
    twins = collections.Counter((one["school"], one["birth"], one["name"], one["person"][:-1]) for one in large_truth["pupil"])
    assert max(twins.values()) >= 2
    people = collections.defaultdict(set)
    for one in large_truth["guardian"]:
        people[one["academy"], one["name"], one["first"]].add(one["person"])
    assert any(len(persons) > 1 for persons in people.values()), "no homonyms"


def test_one_person_has_records_in_both_degrees(large_truth):
    found = collections.defaultdict(list)
    for one in large_truth["guardian"]:
        found[one["person"]].append(one)
    both = [group for group in found.values() if {one["degree"] for one in group} == {1, 2}]
    same = [group for group in both if len({(one["name"], one["first"], one["mail"], one["mobile"]) for one in group}) == 1
            and group[0]["mail"] and group[0]["mobile"]]
    assert len(same) > 50 and len(both) > len(same) + 50
    assert not any({one["academy"] for one in group} == {10, 24} for group in found.values())  # no pair: 10 goes with 11


def test_pairs_of_academies_share_families_and_pupils_move_between_them(tmp_path):
    arguments = ("--people", 4000, "--rate", "border=0.05")
    ines = {}
    for day in (0, 20):
        said = {}
        for academy in (10, 11):
            generate(tmp_path / f"{day}-{academy}", *arguments, "--academies", academy, "--day", day, "--truth",
                     tmp_path / "truth", "--container", "folder")
            said[academy] = truth(tmp_path / "truth")
        persons = [{one["person"] for one in said[academy]["guardian"]} for academy in (10, 11)]
        assert persons[0] & persons[1]
        ines[day] = {academy: {one["ine"] for one in said[academy]["pupil"]} for academy in (10, 11)}
        assert not ines[day][10] & ines[day][11]
    assert ines[0][10] & ines[20][11] or ines[0][11] & ines[20][10]


def test_the_sample_has_what_the_family_walk_needs(sample):
    said = truth(sample / "truth.jsonl")
    kinds = collections.Counter(one["kind"] for one in said["school"])
    assert kinds["college"] == kinds["lycee"] == 1 and sum(kinds.values()) == 4
    assert 2000 < len(said["pupil"]) + len(said["guardian"]) < 5000
    schools = {one["id"]: one["kind"] for one in said["school"]}
    pupils = {(one["degree"], one["id"]): one for one in said["pupil"]}
    by_identity = collections.defaultdict(set)
    for one in said["guardian"]:
        if one["mail"] and one["mobile"] and one["legal"]:
            for pupil in one["pupils"]:
                kind = schools[pupils[one["degree"], pupil]["school_id"]]
                by_identity[one["name"], one["first"], one["mail"], one["mobile"]].add(kind)
    assert any("college" in kinds and kinds & {"primaire", "elementaire"} for kinds in by_identity.values())
    assert any(len({pupils[one["degree"], pupil]["school"] for pupil in one["pupils"]}) == 1 and len(one["pupils"]) > 1
               for one in said["guardian"])
    assert any(one["mail"] for one in said["pupil"] if one["degree"] == 2)
    assert any(not one["mail"] and one["legal"] for one in said["guardian"])


def final(state, delta):
    """A set of records after the requests of a delta, as the reference tells them to be read."""
    state = dict(state)
    for operation, category, number, attributes in delta:
        key = category, number
        if operation == "delete":
            state.pop(key, None)
        elif operation == "add" or key in state or len(attributes) > 1:
            state[key] = {**state.get(key, {}), **attributes}
    return state


def as_state(out, degree, day):
    return {(category, number): attributes for _, category, number, attributes in requests(out, degree, day=day)}


@pytest.mark.parametrize("anomalies", [(), ("--anomalies", "all")])
def test_a_delta_leads_from_one_day_to_the_next(tmp_path, anomalies):
    arguments = ("--people", 9000, "--change-rate", 0.02)
    for day in (3, 4):
        folder(tmp_path, *arguments, "--day", day)
    folder(tmp_path, *arguments, "--day", 4, "--delta", "--manifest", tmp_path / "manifest", *anomalies)
    for degree in (1, 2):
        before, after = as_state(tmp_path, degree, "20250918"), as_state(tmp_path, degree, "20250919")
        delta = list(requests(tmp_path, degree, "Delta", "20250919"))
        assert before != after
        assert final(before, delta) == after
        persons = [one for one in delta if one[1] in ("Eleve", "PersRelEleve")]
        assert {operation for operation, *_ in persons} == {"add", "modify", "delete"}
        changed = len({number for _, _, number, _ in persons})
        assert changed / sum(category in ("Eleve", "PersRelEleve") for category, _ in before) == pytest.approx(0.02, abs=0.01)
    done = dtd_errors(sorted(tmp_path.glob("*.Delta/*.xml")))
    assert done.returncode == 0, done.stderr
    told = {json.loads(line)["kind"] for line in (tmp_path / "manifest").read_text().splitlines()}
    assert len(told) == (6 if anomalies else 0)


def test_schools_move_and_no_pupil_s_record_changes(tmp_path):
    states = {}
    for rate in (0, 0.7):
        folder(tmp_path / str(rate), *SMALL, "--schools", "1,3,0", "--day", 2, "--rate", f"school-moves={rate}")
        states[rate] = as_state(tmp_path / str(rate), 2, "20250917")
    differ = {key for key in states[0] if states[0][key] != states[0.7][key]}
    assert states[0].keys() == states[0.7].keys()
    assert differ and {category for category, _ in differ} == {"EtabEducNat"}


def test_a_year_later_the_same_pupils_are_one_level_higher(tmp_path):
    levels = []
    for date in ("2025-09-15", "2026-09-15"):
        folder(tmp_path / date, *SMALL, "--date", date, "--first-year", 2025, "--truth", tmp_path / date / "truth")
        levels.append({one["ine"]: (one["level"], one["degree"]) for one in truth(tmp_path / date / "truth")["pupil"]})
    stay = levels[0].keys() & levels[1].keys()
    assert len(stay) > 0.8 * len(levels[0])
    assert share(sorted(stay), lambda ine: levels[1][ine][0] == levels[0][ine][0] + 1) > 0.97  # the others repeat CP
    assert any((levels[0][ine][1], levels[1][ine][1]) == (1, 2) for ine in stay)


def test_old_links_number_the_legal_guardians_and_come_with_legacy_attributes(tmp_path):
    folder(tmp_path, *SMALL, "--degree", "2D", "--link", "old", "--legacy", "both")
    seen = collections.Counter()
    for one in records(tmp_path, 2, "Eleve").values():
        legal = [link.split("$") for link in one["ENTElevePersRelEleve"] if link]
        assert all(len(link) == 6 and len(link[1]) == 1 for link in legal)
        holders = [link[0] for link in legal if link[3] in "12"]
        assert set(filter(None, one["ENTEleveAutoriteParentale"])) <= set(holders)
        seen.update(link[3] for link in legal)
        father = [link[0] for link in legal if link[1] == "1" and link[3] != "0"]
        assert one["ENTElevePere"][0] == (father[0] if father else "")
    assert seen["1"] and seen["2"] and seen["0"]
    folder(tmp_path / "only", *SMALL, "--degree", "2D", "--legacy", "only")
    assert all("ENTElevePersRelEleve" not in one and "ENTElevePere" in one
               for one in records(tmp_path / "only", 2, "Eleve").values())


def test_generations_differ_in_headers_and_attributes(tmp_path):
    names, heads = {}, {}
    for generation in (2013, 2018, 2024, 2025):
        out = folder(tmp_path / str(generation), *SMALL, "--degree", "2D", "--generation", generation)
        names[generation] = {category: set(next(iter(records(out, 2, category).values())))
                             for category in ("Eleve", "PersRelEleve", "PersEducNat")}
        heads[generation] = next(out.glob("*/*Eleve_0000.xml")).read_text()[:500]
        done = dtd_errors(sorted(out.glob("*/*.xml")))
        assert done.returncode == 0, done.stderr
    assert "ENTEleveINE" not in names[2013]["Eleve"] and "mobile" not in names[2013]["PersRelEleve"]
    assert "ENTEleveINE" in names[2018]["Eleve"] and "mobile" in names[2018]["PersRelEleve"]
    assert "ENTPersonSTSId" in names[2025]["PersEducNat"] - names[2024]["PersEducNat"]
    assert "versionSDET" not in heads[2013] and 'versionAF="AAF-VE1301"' in heads[2013]
    assert 'codeAcademieExport="10"' in heads[2024] and 'degre="2D"' in heads[2024]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "iso-8859-15", "none"])
@pytest.mark.parametrize("accents", ["raw", "references"])
def test_each_encoding_reads_as_the_same_text(tmp_path, sample, encoding, accents):
    folder(tmp_path, "--preset", "sample", "--encoding", encoding, "--accents", accents, "--newline", "crlf", "--degree", "2D",
           "--schools", "2,1,1")
    paths = sorted(tmp_path.glob("*/*.xml"))
    assert dtd_errors(paths).returncode == 0
    data = next(path for path in paths if "PersRelEleve" in path.name).read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n")
    assert (max(data) < 128) == (accents == "references")
    assert (b"<?xml" in data) == (encoding != "none")
    if encoding == "none":
        data = b'<?xml version="1.0" encoding="UTF-8"?>' + data
    text = xmllint("--xpath", "string(//attr[@name='ENTPersonAdresse'][contains(., 'CÔTE')])",
                   *[path for path in paths if "PersRelEleve" in path.name]).stdout
    assert "CÔTE" in text


def test_entities_are_escaped_twice_or_bare(tmp_path):
    for accents, mark in (("entities", b"&amp;eacute;"), ("bare-entities", b"&eacute;")):
        folder(tmp_path / accents, *SMALL, "--degree", "1D", "--accents", accents)
        data = next((tmp_path / accents).glob("*/*PersRelEleve_0000.xml")).read_bytes()
        assert mark in data and max(data) < 128


def test_a_declaration_may_lie(tmp_path):
    folder(tmp_path, *SMALL, "--degree", "1D", "--encoding", "iso-8859-1", "--accents", "raw", "--declared", "utf-8")
    path = next(tmp_path.glob("*/*PersRelEleve_0000.xml"))
    assert b'encoding="UTF-8"' in path.read_bytes()
    assert xmllint("--noout", path).returncode != 0


def test_parts_hold_the_asked_number_of_records(tmp_path):
    folder(tmp_path, *SMALL, "--degree", "1D", "--part-size", 100)
    paths = sorted(tmp_path.glob("*/*_Eleve_*.xml"))
    counts = [path.read_text().count("<addRequest>") for path in paths]
    assert len(counts) > 3 and set(counts[:-1]) == {100}
    assert [path.name[-8:-4] for path in paths] == [f"{number:04d}" for number in range(len(paths))]


@pytest.mark.parametrize("naming, pattern", [
    ("reference", r"ENT1D_LYON_Complet_20250915_\w+_0000\.xml"), ("full", r"FULL_ENTTSSERVICES_Complet_20250915_\w+_0000\.xml"),
    ("underscored", r"ENT_TS_SERVICES_10_Complet_20250915_\w+_0000\.xml"), ("undated", r"ENT_Complet_\w+_0000\.xml"),
    ("school", r"ENT_\d{7}[A-Z]_Complet_20250915_\w+_0000\.xml"), ("bare", r"_[A-Za-z]+_\.xml"),
    ("baddate", r"ENTTSSERVICES-lyon_Complet_202509015_\w+_0000\.xml")])
def test_files_are_named_as_asked(tmp_path, naming, pattern):
    folder(tmp_path, *SMALL, "--degree", "1D", "--naming", naming)
    names = [path.name for path in tmp_path.glob("*/*.xml")]
    assert len(names) == 4 and all(re.fullmatch(pattern, name) for name in names)


def test_files_come_in_the_asked_order(tmp_path):
    orders = {}
    for order in ("category", "alphabetical", "reversed"):
        generate(tmp_path / order, *SMALL, "--degree", "2D", "--order", order)
        with tarfile.open(next((tmp_path / order).iterdir())) as archive:
            orders[order] = archive.getnames()
    categories = [name.split("_")[-2] for name in orders["category"]]
    assert categories == ["EtabEducNat", "MatiereEducNat", "MefEducNat", "Eleve", "PersRelEleve", "PersEducNat"]
    assert orders["alphabetical"] == sorted(orders["category"]) and orders["reversed"] == orders["category"][::-1]


def test_bad_records_are_put_in_and_told(tmp_path):
    manifest = generate(tmp_path, *SMALL, "--container", "folder", "--bad", "records")
    kinds = collections.Counter((one["kind"], one["degree"]) for one in manifest)
    assert set(kinds.values()) <= {1, 2} and len(kinds) > 40
    for path in tmp_path.glob("*/*.xml"):
        assert xmllint("--noout", path).returncode == 0
    for one in manifest:
        lines = (tmp_path / one["archive"] / one["file"]).read_text().splitlines()
        assert lines[one["line"] - 1] == "<addRequest>"
        assert one["kind"] == "not-a-number" or f"<id>{one['id']}</id>" in lines[one["line"] + 1]
    at = {(one["kind"], one["degree"]): str(one["id"]) for one in manifest}
    pupils, schools = records(tmp_path, 2, "Eleve"), records(tmp_path, 2, "EtabEducNat")
    assert "ENTPersonDateNaissance" not in pupils[at["missing-birth-date", 2]]
    assert pupils[at["impossible-date", 2]]["ENTPersonDateNaissance"] == ["31/02/2015"]
    assert pupils[at["jointure-mismatch", 2]]["ENTPersonJointure"] != [at["jointure-mismatch", 2]]
    assert pupils[at["dangling-guardian", 2]]["ENTElevePersRelEleve"][0].startswith("99999999$")
    assert pupils[at["dangling-school", 2]]["ENTPersonStructRattach"] == ["99999999"]
    assert "ENTEleveAttributNouveau" in pupils[at["unknown-attribute", 2]]
    assert len(pupils[at["over-long-value", 2]]["givenName"][0]) == 100_000
    uai = schools[at["invalid-uai", 2]]["ENTStructureUAI"][0]
    assert uai[7] != check_letter(uai)


@pytest.mark.parametrize("kind", ["forbidden-character", "invalid-bytes", "truncated-file", "empty-file"])
def test_broken_files_do_not_parse(tmp_path, kind):
    manifest = generate(tmp_path, *SMALL, "--degree", "1D", "--container", "folder", "--bad", kind)
    broken = [path.name for path in tmp_path.glob("*/*.xml") if xmllint("--noout", path).returncode != 0]
    assert broken == [manifest[0]["file"]]


def test_a_part_can_be_withheld(tmp_path):
    generate(tmp_path, *SMALL, "--degree", "1D", "--container", "folder", "--bad", "missing-part", "--part-size", 100)
    numbers = sorted(path.name[-8:-4] for path in tmp_path.glob("*/*_Eleve_*.xml"))
    assert numbers[0] == "0001"


def test_the_size_is_about_the_asked_one(tmp_path):
    for degree in ("1D", "2D", "both"):
        folder(tmp_path / degree, "--people", 20000, "--degree", degree, "--truth", tmp_path / degree / "truth")
        said = truth(tmp_path / degree / "truth")
        assert len(said["pupil"]) + len(said["guardian"]) == pytest.approx(20000, rel=0.05)


@pytest.mark.parametrize("wrong", [("--academies", 99), ("--bad", "nothing"), ("--rate", "x=1"), ("--delta",),
                                   ("--schools", "1,2"), ("--anomalies", "all")])
def test_a_wrong_option_is_told(tmp_path, wrong):
    generate(tmp_path / "out", *SMALL, *wrong, status=2)
    assert not (tmp_path / "out").exists()
