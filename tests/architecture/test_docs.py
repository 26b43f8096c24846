"""The documents against the product: each command that they write is one, each name that they give exists, each link leads
somewhere, and no block of theirs is of a kind that nobody tries."""

import functools
import json
import os
import pathlib
import re
import subprocess
import unicodedata

import pytest

from peers.documents import EVERY, ROOT, USERS, blocks, codes, is_configuration, keys, lines_of, words_of

BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))
PREAUCTL = BUILD / "daemons/ctl/preauctl"
# followed word for word, each by a test of its own
FOLLOWED = {"docs/operators/installation.md": "tests/package/conftest.py", "docs/operators/sauvegarde.md": "tests/integration/test_restore.py",
            "docs/operators/cles.md": "tests/integration/test_keys.py", "docs/operators/mise-a-jour.md": "tests/package/test_upgrade.py",
            "docs/operators/livraisons.md": "tests/package/test_deliveries.py", "docs/integrators/depot.md": "tests/package/test_deliveries.py",
             "docs/operators/mandataire.md": "tests/package/test_front.py",
            "docs/operators/plusieurs-machines.md": "tests/integration/test_several_hosts.py"}
BLOCKS = [block for page in USERS for block in blocks(page)]
# programs that are not ours, in blocks; what is ours among their words is checked
STRANGERS = {"apt-get", "mkdir", "cp", "install", "postfix", "systemctl", "openssl", "journalctl"}
# of these no cluster carries out any: kubectl reads each line in tests/architecture/test_kubernetes_page.py
CLUSTER, BESIDE_IT = {"kubectl", "buildah"}, {"./dev", "sed"}
ICINGA = "object CheckCommand"
# names with a _ that are others'
FOREIGN = {
    "access_token", "add_header", "agentConnect", "archive_command", "archive_mode", "archive_timeout", "blackbox_exporter", "bounce_size_limit", "check_command",
    "default_destination_rate_delay", "error_log", "fe_sendauth", "id_token", "identite_pivot", "invalid_grant", "invalid_scope", "log_statement",
    "node_exporter", "pg_terminate_backend", "postgres_exporter", "pg_hba", "pg_ident", "pg_dump", "sched_setattr", "shared_memory_size_in_huge_pages", "wal_compression",
}

# of the database
ROLES = {f"preau_{name}" for name in ("import", "notify", "link", "stats", "portal", "ctl", "owner")}
# names that the program puts together from pieces
COMPOSED = {"key_sealing_written", "key_tokens_written", "key_curve_written"}


def slug(heading):
    """As forges make anchors of headings."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "").lower()
    return "".join(one for one in plain if one.isalnum() or one in " -_" or unicodedata.category(one).startswith("M")).replace(" ", "-")


def anchors(page):
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.M | re.S)
    return {slug(heading.strip()) for heading in re.findall(r"^#+ (.*)$", text, re.M)}


@pytest.mark.parametrize("page", EVERY, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_to_a_page_and_a_chapter_that_are_there(page):
    text = re.sub(r"^ *```.*?^ *```$|`[^`\n]+`", "", page.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s\[]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"no such file: {target}"
        assert not anchor or there.suffix != ".md" or anchor in anchors(there), f"no such chapter: {target}"


@pytest.mark.parametrize("page", [page for page in USERS if page.parent.name == "operators"], ids=lambda page: page.name)
def test_an_operators_page_is_listed_by_the_first(page):
    assert f"(operators/{page.name})" in (ROOT / "docs/README.md").read_text()


def test_every_page_is_reached_from_the_first():
    """By links, from docs/README.md."""
    first, reached = ROOT / "docs/README.md", set()
    waiting = [first]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        waiting += [there for target in re.findall(r"\]\(([^)\s#]+\.md)", page.read_text()) if (there := (page.parent / target).resolve()).exists()]
    assert [str(page.relative_to(ROOT)) for page in EVERY if page not in reached and page != ROOT / "README.md"] == []


# --- blocks ---


def firsts_of_yaml(block):
    return set(re.findall(r"^(\w+):", block.text, re.M))


def kind_of(block):
    if str(block.page.relative_to(ROOT)) in FOLLOWED:
        return "followed"
    if is_configuration(block):
        return "configuration"
    if block.word in ("json", "sql"):
        return block.word
    if block.text.startswith(ICINGA) or block.text.startswith("apply Service"):
        return "icinga"
    if "main.cf" in block.text.splitlines()[0]:
        return "postfix"
    firsts = {words_of(line)[0] for line in lines_of(block)}
    if firsts <= STRANGERS | {"preauctl"}:
        return "shell"
    if firsts & CLUSTER and firsts <= CLUSTER | BESIDE_IT:
        return "cluster"
    if block.word == "yaml" and "scrape_configs" in firsts_of_yaml(block):
        return "prometheus"  # read by promtool there
    return None


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_of_a_kind_that_is_tried(block):
    """What needs a site (`sql`, commands that ask, what daemons say of a configuration) is run by tests/integration/test_documents_tried.py."""
    assert kind_of(block), f"{block}: say here what this is and how it is tried:\n{block.text}"


def test_what_is_said_to_be_followed_is():
    for page, test in FOLLOWED.items():
        text = (ROOT / test).read_text()
        assert page in text and re.search(r"(GUIDE|PAGE)\b.*", text), test


@pytest.mark.parametrize("block", [block for block in BLOCKS if kind_of(block) == "configuration"], ids=str)
def test_a_configuration_is_right(block, tmp_path):
    file = tmp_path / "preau.conf"
    file.write_text(block.text)
    done = subprocess.run([PREAUCTL, "--config", file, "config", "check"], text=True, capture_output=True)
    assert done.returncode == 0, f"{block}: {done.stderr}"


@functools.cache
def commands():
    """{name: its line of the help}"""
    told = subprocess.run([PREAUCTL, "--help"], text=True, capture_output=True, check=True).stdout
    lines = [line.strip() for line in told.splitlines() if re.match(r"  [a-z]", line)]
    return {" ".join(word for word in line.split()[:2] if re.fullmatch(r"[a-z-]+", word)): line for line in lines}


@functools.cache
def options_of(name):
    """What the help of a command offers."""
    told = subprocess.run([PREAUCTL, *name.split(), "--help"], text=True, capture_output=True, check=True).stdout
    return set(re.findall(r"--[a-z-]+", told))


def command_of(words):
    """The command's name that a line begins with; None: there is none."""
    return next((name for name in (" ".join(words[:2]), words[0]) if name in commands()), None)


@pytest.mark.parametrize("block", [block for block in BLOCKS if kind_of(block) in ("shell", "followed")], ids=str)
def test_a_command_of_a_block_is_read_as_it_is_written(block):
    """preauctl's own reading of the line, which --help behind it does not carry out."""
    for line in lines_of(block):
        words = words_of(line)
        if words[0] == "preauctl":
            done = subprocess.run([PREAUCTL, *words[1:], "--help"], text=True, capture_output=True)
            assert done.returncode == 0, f"{block}: {line}: {done.stderr}"
        for unit in re.findall(r"preau-\w+\.(?:service|socket|timer)", line):
            assert list((ROOT / "deploy").rglob(unit)), f"{block}: no unit {unit}"
        for path in re.findall(r"/usr/share/preau/([^\s']+)", line):
            assert any((ROOT / above / path).parent.glob(pathlib.Path(path).name) for above in ("deploy", "daemons")), f"{block}: {path}"
        if words[0] == "journalctl":
            for name in re.findall(r"-t (preau-\w+)", line):
                assert (ROOT / f"deploy/systemd/{name}.service").exists(), f"{block}: {name}"


def test_the_key_and_certificate_of_a_saml_peer_are_made(tmp_path):
    """By openssl, which is asked in a block."""
    lines = [line for block in BLOCKS for line in lines_of(block) if line.startswith("openssl ") and kind_of(block) == "shell"]
    assert lines
    for line in lines:
        inside = [re.sub(r"^/etc/preau/(?:\w+/)*", f"{tmp_path}/", word) for word in words_of(line)]
        subprocess.run(inside, check=True, capture_output=True)
        assert len(list(tmp_path.iterdir())) == 2


def test_what_icinga_calls_is_what_check_preau_takes():
    help_said = subprocess.run([BUILD / "daemons/ctl/check_preau", "--help"], text=True, capture_output=True, check=True).stdout
    asked = [option for block in BLOCKS if block.text.startswith(ICINGA) for option in re.findall(r'"(-\w)" =', block.text)]
    assert asked and all(re.search(rf"(^|\s){option}\b", help_said) for option in asked)


def test_postfix_knows_what_is_written_for_it():
    folder = pathlib.Path(os.environ["PREAU_POSTFIX"])
    libraries = ":".join(str(one) for one in (folder / "usr/lib/postfix", *folder.glob("usr/lib/*-linux-gnu")))
    told = subprocess.run([folder / "usr/sbin/postconf", "-d"], text=True, capture_output=True, check=True, env={"LD_LIBRARY_PATH": libraries}).stdout
    known = set(re.findall(r"^(\w+) =", told, re.M))
    written = [name for block in BLOCKS if kind_of(block) == "postfix" for name in re.findall(r"^(\w+) =", block.text, re.M)]
    assert written and set(written) <= known


def test_an_answer_in_json_is_one():
    for block in BLOCKS:
        if kind_of(block) == "json":
            assert json.loads(block.text)["error"]["code"] in refusals(), str(block)


def test_what_others_gave_us_has_one_place():
    """/etc/preau/secrets/DAEMON/NAME, which systemd gives to that daemon as secret_NAME: the page that writes the one says the other."""
    secrets = [(section, name) for section, names in keys().items() for name in names
               if re.fullmatch(r"(client_secret|client_key|secret|signing_key|smtp_password)_file", name)]
    assert len(secrets) >= 8
    found = 0
    for page in USERS:
        text = page.read_text()
        for name, value in re.findall(r'^ *(\w+) = "([^"\n]+)"', text, re.M):
            if name in {one for _, one in secrets}:
                given = re.fullmatch(r"credential:secret_([\w-]+(?:\.key)?)", value)
                assert given, f"{page.name}: {name} = {value}"
                assert re.search(rf"/etc/preau/secrets/(link|notify)/{re.escape(given[1])}(?![\w-])", text), f"{page.name}: where is {given[1]}?"
                found += 1
    assert found >= 6


# --- names ---


def refusals():
    return set(re.findall(r'REFUSAL\(\w+, "(\w+)"', (ROOT / "common/domain/refusal.def").read_text()))


def words_in(*folders, but=(".po", ".png", ".json")):
    """Every word with a _ of their files."""
    files = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, text=True, capture_output=True, check=True).stdout.split()
    words = set()
    for name in files:
        file = ROOT / name
        if file.is_file() and file.suffix not in but and "docs.py" not in name:
            words |= set(re.findall(r"\w*_\w+", file.read_text(errors="replace")))
    return words


SOURCES = ("common", "daemons", "deploy", "config", "proto", "meson.build", "dev")


@pytest.fixture(scope="session")
def known():
    """Of the sources; tests may name what is not."""
    words = words_in(*SOURCES)
    return words | {word.lower() for word in words}


@pytest.mark.parametrize("page", USERS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_of_a_page_exists(page, known):
    """Keys as section.key, metrics, words with a _ of whatever kind (codes, events, fields, columns), alerts."""
    sections = keys()
    every_key = {name for names in sections.values() for name in names if "_" in name}
    metrics = set(re.findall(r'^METRIC\(\w+, "(\w+)"', (ROOT / "common/runtime/metrics.def").read_text(), re.M))
    metrics |= set(re.findall(r'measure\("(\w+)"', (ROOT / "deploy/pgbackrest/mesures.jq").read_text()))
    alerts = set(re.findall(r"alert: (\w+)", (ROOT / "deploy/monitoring/alertes.yml").read_text()))
    for code in codes(page):
        for section, name in re.findall(r"(?<![\w./-])([a-z_]+)\.([a-z][a-z0-9_]*)(?![\w./-])", code):
            begins = re.search(rf"{section}\.{name}[…*]", code) and any(key.startswith(name) for key in sections.get(section, ()))
            assert section in sections or name not in every_key, f"no section {section} of {name}"
            if section in sections and not begins and name not in ("conf", "md", "pem", "key", "service", "c", "h"):
                assert name in sections[section], f"no key {section}.{name}"
        for word in re.findall(r"\bpreau_\w+", code):
            series = re.sub(r"_(bucket|sum|count)$", "", word)
            assert word in metrics or series in metrics or word in ROLES, f"no metric {word}"
        for word in re.findall(r"(?<![\w/.-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/-])", code):
            assert word in known or word in FOREIGN | COMPOSED, f"nothing is called {word}"
        for word in re.findall(r"\bPreau[A-Z]\w+", code):
            assert word in alerts, f"no alert {word}"


@pytest.mark.parametrize("page", EVERY, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_in_a_sentence_exists_with_its_options(page):
    groups = {name.split()[0] for name in commands()}
    for code in codes(page):
        words = code.split()
        if words[0] == "preauctl":
            words = words[1:]
        elif page.name != "preauctl.md" or words[0] not in groups or len(words) == 1:
            continue  # of that page's own, in whose first column no word goes before
        if words and words[0] in groups and len(words) > 1 or command_of([*words, ""]):
            name = command_of([*words, ""])
            assert name, f"no such command: {code}"
            assert set(re.findall(r"--[a-z-]+", code)) <= options_of(name), code
        else:  # any command, any of a group
            assert not words or words[0] in groups or words[0].isupper() or words[0].startswith("-"), f"no such command: {code}"


def test_the_manual_has_each_command_with_each_option():
    manual = (ROOT / "docs/operators/preauctl.md").read_text()
    assert len(commands()) > 30
    for name in commands():
        rows = [line for line in manual.splitlines() if line.startswith(f"| `{name}")]
        assert rows, f"no row for {name}"
        for option in options_of(name) - {"--config", "--json", "--help", "--version"}:
            assert any(option in row for row in rows), f"{name} {option}"


def test_each_code_of_a_fault_is_in_the_manual():
    named = set(re.findall(r'X\(\w+, "(\w+)"\)', (ROOT / "common/runtime/fault.h").read_text())) - {"none"} | {"usage"}
    manual = (ROOT / "docs/operators/preauctl.md").read_text()
    table = re.search(r"^\| panne \| sens \|\n\| --- \| --- \|\n((?:\|.*\n)+)", manual, re.M)[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == named


def test_each_command_of_the_house_is_on_a_page():
    """The programs that packages install."""
    pages = "\n".join(page.read_text() for page in USERS)
    for install in (ROOT / "deploy/debian").glob("*.install"):
        for program in re.findall(r"usr/s?bin/(\S+)", install.read_text()):
            assert program in pages, program


# --- what the house holds ---


def test_the_register_says_why_of_each_table_of_the_store():
    sources = [*(ROOT / "common/store/migrations").glob("*.sql"), ROOT / "common/store/migrate_apply.c"]
    made = {name for file in sources for name in re.findall(r"create (?:unlogged )?table (?:if not exists )?preau\.(\w+)", file.read_text())}
    chapter = re.search(r"^## Ce qui est gardé, et pourquoi\n(.*?)^## ", (ROOT / "docs/operators/donnees-personnelles.md").read_text(), re.M | re.S)[1]
    told = [name for row in re.findall(r"^\|.*\|([^|]*)\|$", chapter, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert set(told) == made


# --- what developers are sent to ---

GUIDES = sorted([*(ROOT / "docs/developers").glob("*.md"), *(page for top in ("common", "daemons", "proto", "config", "tests", "deploy") for page in
                                                              (ROOT / top).rglob("README.md") if "/." not in str(page)), ROOT / "README.md"])


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_that_developers_are_sent_to_is_there(page):
    """From the top, as a path without its end at most: `docs/decisions/0019`, `common/domain/audit`."""
    for code in codes(page):
        if re.fullmatch(r"(common|daemons|proto|config|deploy|tests|docs)/[\w./*-]+", code) and not re.search(r"NNNN|NAME|/x\.", code):
            assert list(ROOT.glob(code.rstrip("/."))) or list(ROOT.glob(code + "*")), f"no such file: {code}"


@pytest.fixture(scope="session")
def known_to_developers():
    """Of sources and tests, pages apart; and files, by their names."""
    everything = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    return words_in(*SOURCES, "tests", but=(".po", ".png", ".json", ".md")) | set(re.findall(r"\w*_\w+", everything)) | FOREIGN


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_that_developers_are_sent_to_exists(page, known_to_developers):
    """Functions, files, values, columns: words with a _. What goes on behind (`path_…`, `test_*`) is the beginning of names."""
    for code in codes(page):
        for word in re.findall(r"(?<![\w/.-])[A-Za-z]\w*_\w+(?![\w/*…-])", code):
            assert word in known_to_developers, f"nothing is called {word}"
