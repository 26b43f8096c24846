"""More sign-ins than hashes can be calculated: those beyond the queue are told at once when to come back, everybody else is answered,
and it goes on afterwards."""

import requests

import pytest

from peers.flood import flood
from peers.portal import PASSWORD, sign_in
from peers.self_help import Families
from peers.site import Site

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "argon2_threads": "1", "argon2_queue": "2"}}
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=settings) as site:
        yield site


def test_a_flood_is_told_when_to_come_back_and_does_no_harm(here):
    anne = Families(here).active("anne@example.net")
    pid = here.daemons["preau-linkd"].pid
    with flood(here.portal_url, 16) as told:
        here.wait(lambda: {status for status, _ in told} >= {401, 503} and len(told) > 100, seconds=60, what="flooded")
        assert requests.get(f"{here.portal_url}/connexion", timeout=20).status_code == 200, "pages go on"
    assert {status for status, _ in told} == {401, 503}
    assert all(int(headers["Retry-After"]) > 0 for status, headers in told if status == 503)
    assert not any("Retry-After" in headers for status, headers in told if status == 401)
    assert here.daemons["preau-linkd"].pid == pid and here.metrics("preau-linkd")
    visitor = sign_in(here, anne, PASSWORD)
    assert visitor.page.path == "/guichet"
