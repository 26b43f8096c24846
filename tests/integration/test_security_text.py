"""Whom to tell of a weakness: /.well-known/security.txt (RFC 9116), of portal.security_contact."""

import datetime
import subprocess

import pytest
import requests

from peers.site import Site

PORTALD = "preau-portald"
MAIL = "mailto:securite@exemple.fr"


def asked(site):
    return requests.get(f"{site.portal_url}/.well-known/security.txt", timeout=20)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), PORTALD, settings={"portal": {"security_contact": MAIL}}) as site:
        yield site


def test_it_says_whom_to_tell_and_until_when(here):
    answer = asked(here)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in answer.headers and "Set-Cookie" not in answer.headers
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == MAIL and fields["Preferred-Languages"] == "fr, en"
    assert fields["Canonical"] == f"{here.portal_url}/.well-known/security.txt"
    left = datetime.datetime.fromisoformat(fields["Expires"].replace("Z", "+00:00")) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=80) < left < datetime.timedelta(days=365), "RFC 9116 advises less than a year"


@pytest.mark.parametrize("wrong", ["securite@exemple.fr", "mailto:personne", "mailto: securite@exemple.fr", "http://exemple.fr/faille", "https://exemple.fr/é"])
def test_what_nobody_could_write_to_is_a_wrong_configuration(here, tmp_path, wrong):
    (tmp_path / "wrong.conf").write_text(f'portal {{ security_contact = "{wrong}" }}\n')
    done = subprocess.run([here.build / "daemons/portal/preau-portald", "--config", here.config, "--config", tmp_path / "wrong.conf", "--check-config"],
                          capture_output=True, text=True)
    assert done.returncode == 1 and "portal.security_contact" in done.stderr and "https://" in done.stderr


def test_a_page_of_the_web_is_a_contact_too(here, tmp_path):
    (tmp_path / "right.conf").write_text('portal { security_contact = "https://exemple.fr/faille" }\n')
    done = subprocess.run([here.build / "daemons/portal/preau-portald", "--config", here.config, "--config", tmp_path / "right.conf", "--check-config"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
