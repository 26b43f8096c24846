"""What preauctl knows of the daemons from outside is what they say of themselves."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = {"importd": "import", "notifyd": "notify", "linkd": "link", "statsd": "stats", "portald": "portal"}


def sections(text):
    return re.findall(r'"(\w+)"', text)


def rows():
    text = (ROOT / "daemons/ctl/house.c").read_text()
    return re.findall(r'\{\s*"preau-(\w+)",\s*"([\w-]+)",\s*"(\w+)",.*?\(const char \*const\[\]\)\s*\{(.*?)\}', text, re.S)


def test_every_daemon_has_its_row():
    assert [row[0] for row in rows()] == list(FOLDERS)


def test_a_row_says_what_the_daemon_and_its_unit_say():
    for name, account, role, named in rows():
        folder = FOLDERS[name]
        main = (ROOT / f"daemons/{folder}/{folder}.c").read_text()
        assert sections(named) == sections(re.search(r"\.sections =\s*\(const char \*const\[\]\)\s*\{(.*?)\}", main, re.S)[1]), name
        assert re.search(r'\.role = "(\w+)"', main)[1] == role
        unit = (ROOT / f"deploy/systemd/preau-{name}.service").read_text()
        assert re.search(r"^User=(.*)$", unit, re.M)[1] == account


def test_doctor_looks_at_the_rights_of_every_secret_that_a_key_names():
    keys = re.findall(r"^KEY\((\w+), (\w*(?:SECRET|PASSWORD|KEY)_FILE), (?:FILE|TEXT)", (ROOT / "common/runtime/config_keys.def").read_text(), re.M)
    looked_at = (ROOT / "daemons/ctl/doctor_files.c").read_text()
    assert len(keys) >= 8
    assert [one for one in (f"CONFIG_{section}_{name}" for section, name in keys) if one not in looked_at] == []


def test_every_check_of_doctor_is_documented_and_tried():
    checks = dict(re.findall(r'\{"(\w+)",\s*"([^"]+)",\s*doctor_\w+', (ROOT / "daemons/ctl/doctor.c").read_text()))
    page = (ROOT / "docs/operators/depannage.md").read_text()
    tests = (ROOT / "tests/integration/test_doctor.py").read_text()
    assert len(checks) > 20
    for name, label in checks.items():
        assert f"`{name}`" in page, name
        assert label in page or label.startswith("preau-"), label
        assert f'"{name}"' in tests or label.startswith("preau-"), f"{name}: a test that breaks it is wanted"
