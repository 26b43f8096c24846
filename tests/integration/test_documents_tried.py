"""Commands, queries and configurations that the operators' pages write, before a whole site: what tests/architecture/test_docs.py only reads."""

import os
import pathlib
import re
import subprocess

import pytest

from peers.documents import ROOT, USERS, blocks, codes, is_configuration, lines_of, words_of

# what asks and changes nothing, or what may be done at any time
HARMLESS = ("status", "admin list", "admin aaf-heads", "account joined", "import list", "import merges", "mail list", "mail preview", "audit verify",
            "audit show", "statistics compute", "config check", "config show", "database init --print-settings")
BLOCKS = [block for page in USERS for block in blocks(page)]


def written():
    """{words of preauctl: where}, of blocks and of sentences, that say nothing to fill in."""
    found = {}
    for page in USERS:
        lines = [line for block in blocks(page) if not is_configuration(block) and block.word != "json" for line in lines_of(block)]
        for line in [*lines, *codes(page)]:
            if line.startswith("preauctl ") and not re.search(r"…|[A-Z]{2,}|\[", line):
                found.setdefault(tuple(words_of(line)[1:]), page.name)
    return {words: page for words, page in found.items() if " ".join(words).startswith(HARMLESS) and words[-1] != "--anchor"}


def test_commands_that_ask_are_answered(site):
    asked = written()
    assert len(asked) > 12
    for words, page in asked.items():
        if words == ("mail", "preview"):
            continue  # its name, not a line to type
        done = site.run_ctl(*words)
        assert done.returncode == 0, f"{page}: preauctl {' '.join(words)}: {done.stderr}{done.stdout[-500:]}"


def test_a_query_is_answered(site):
    queries = [block for block in BLOCKS if block.word == "sql"]
    assert queries
    with site.psql() as database:
        for block in queries:
            assert database.execute(block.text).description, str(block)


def daemons_of(block):
    """Those that read a section of the block."""
    rows = re.findall(r'\{\s*"preau-(\w+)",.*?\(const char \*const\[\]\)\s*\{(.*?)\}', (ROOT / "daemons/ctl/house.c").read_text(), re.S)
    named = set(re.findall(r'^(\w+)(?: "[^"\n]+")? \{', block.text, re.M))
    return [name for name, sections in rows if named & set(re.findall(r'"(\w+)"', sections))]


# what these pages name must be keys, passwords, certificates: test_keys.py, tests/package and test_several_hosts.py start daemons by them
WHOLE = ("cles.md", "plusieurs-machines.md")


@pytest.mark.parametrize("block", [block for block in BLOCKS if is_configuration(block) and block.page.name not in WHOLE], ids=str)
def test_a_configuration_is_taken_by_the_daemons_that_read_it(site, tmp_path, block):
    """Laid over the site's own; files that it names are there."""
    text = block.text
    for path in set(re.findall(r'"(/(?:etc|var/lib)/preau/[^"]+)"', text)):
        there = tmp_path / pathlib.Path(path).name
        if there.suffix or "retours" not in path and "images" not in path:
            there.write_text("de l’exemple\n")
            there.chmod(0o600)
        else:
            there.mkdir()
        text = text.replace(f'"{path}"', f'"{there}"')
    for name in re.findall(r'"credential:([^"]+)"', text):
        (tmp_path / name).write_text("de l’exemple\n")
    (tmp_path / "page.conf").write_text(text)
    readers = daemons_of(block)
    assert readers, f"{block}: no daemon reads it"
    for name in readers:
        folder = {"importd": "import", "notifyd": "notify", "linkd": "link", "statsd": "stats", "portald": "portal"}[name]
        done = subprocess.run([site.build / f"daemons/{folder}/preau-{name}", "--config", site.config, "--config", tmp_path / "page.conf", "--check-config"],
                              text=True, capture_output=True, timeout=30, env={**os.environ, "CREDENTIALS_DIRECTORY": tmp_path})
        assert done.returncode == 0, f"{block}: preau-{name}: {done.stderr}"
