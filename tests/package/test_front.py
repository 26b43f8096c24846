"""docs/operators/mandataire.md followed word for word: our configuration of nginx inside Debian's own, before the portal of the package."""

import re
import shutil
import time

import pytest
import requests

from peers import certificates, ports
from peers.documents import ROOT, chapter

PAGE = ROOT / "docs/operators/mandataire.md"


@pytest.fixture
def front(installed, tmp_path):
    """Its address and the authority of its certificate; on ports of this test's own, once Debian's nginx has found all right as it is."""
    authority, key, certificate = certificates.make(tmp_path)
    installed.path("/etc/ssl/preau").mkdir()
    shutil.copy(key, installed.path("/etc/ssl/preau/clef.pem"))
    shutil.copy(certificate, installed.path("/etc/ssl/preau/certificat.pem"))
    for command in (line for block in chapter(PAGE, "Mettre nginx en place") for line in block):
        installed.run(command)
    chosen = ports.remember(tmp_path / "ports.json", ("http", "https"), {})
    for file in ("/etc/nginx/conf.d/preau.conf", "/etc/nginx/sites-available/default"):
        text = installed.path(file).read_text()
        text = re.sub(r"(listen (?:\[::\]:)?)80\b", rf"\g<1>{chosen['http']}", text)
        installed.path(file).write_text(re.sub(r"(listen (?:\[::\]:)?)443\b", rf"\g<1>{chosen['https']}", text))
    installed.run("nginx")
    yield f"https://127.0.0.1:{chosen['https']}", authority
    installed.run("nginx -s quit")


def test_a_family_comes_through_debians_nginx(front, installed):
    address, authority = front
    page = requests.get(f"{address}/connexion", headers={"Host": "compte.exemple.fr"}, verify=authority, timeout=20)
    assert page.status_code == 200 and "Identifiant" in page.text
    log, end = installed.path("/var/log/nginx/preau.log"), time.monotonic() + 20
    while " GET /connexion 200 " not in log.read_text():  # written once the answer is on its way
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
