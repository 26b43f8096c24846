"""Real daemons over real peers. PREAU_BUILD names the folder that meson built in.

`site`: one site for the whole session, with a small imported academy; a test leaves it as useful as it found it.
`importd_site`: one with importd alone, for the tests that empty it first; `empty_site`: the same, emptied.
`fresh_site`: a function that makes a site of the test's own, with the settings it wants.
`importer`: a site with preau-importd alone, where nobody is known yet; one for all the tests of a file.
"""

import json
import pathlib
import subprocess
from types import SimpleNamespace

import pytest

from peers.academy import IMPORTD, emptied
from peers.site import Site

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACADEMY = 10
SMALL = ("--seed", "integration", "--academies", str(ACADEMY), "--schools", "1,1,0", "--people", "400")


def logs_of(site):
    return "\n".join(f"--- {name}\n{process.log_end(25)}" for name, process in site.daemons.items())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What the daemons said last goes with a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for site in {id(one): one for one in item.funcargs.values() if isinstance(one, Site)}.values():
            report.sections.append(("logs of the daemons", logs_of(site)))


@pytest.fixture(scope="session")
def academy(tmp_path_factory):
    """A small academy: .archives (files), .truth (rows of tests/data/README.md)."""
    folder = tmp_path_factory.mktemp("aaf")
    truth = folder / "truth.jsonl"
    subprocess.run([ROOT / "tests/data/generate-aaf", *SMALL, "--quiet", "--truth", truth, folder], check=True)
    return SimpleNamespace(code=ACADEMY, archives=sorted(folder.glob("*.tgz")),
                           truth=[json.loads(line) for line in truth.read_text().splitlines()])


@pytest.fixture(scope="session")
def site(tmp_path_factory, academy):
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.start()
        site.import_archives(academy.code, academy.archives)
        yield site
    finally:
        site.remove()


@pytest.fixture(scope="session")
def importd_site(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("importd"), IMPORTD) as started:
        yield started


@pytest.fixture
def empty_site(importd_site):
    emptied(importd_site)
    return importd_site


@pytest.fixture
def fresh_site(tmp_path):
    """fresh_site(settings={…}, …) → a started Site, removed at the end of the test; options of peers.site.Site."""
    made = []

    def make(start=True, **options):
        site = Site(tmp_path / f"site{len(made)}", **{"with_kannel": False, **options})
        made.append(site)
        if start:
            site.start()
        return site

    yield make
    for site in made:
        site.remove()


@pytest.fixture(scope="module")
def standing_importer(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("importer"), IMPORTD) as started:
        yield started


@pytest.fixture
def importer(standing_importer):
    emptied(standing_importer)
    return standing_importer
