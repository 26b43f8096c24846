"""What a first visit costs: no page of families' weighs over 100 kB without cache, the design system's own files aside; and those are
cut to what is used, and packed."""

import re

import pytest
import requests

from peers.everyone import FAMILIES, Everyone
from peers.routes import filled, routes
from peers.site import Site

DAEMONS = ("preau-importd", "preau-linkd", "preau-notifyd", "preau-statsd", "preau-portald")
FIT = {"ANYONE": "nobody", "UNASKED": "nobody", "FAMILY": "guardian", "OPENING": "opening", "PASSWORD": "new_password"}
PAGE_MAX, DESIGN_MAX, DESIGN_PACKED_MAX = 100_000, 130_000, 25_000
PARTS = re.compile(r'(?:src|href)="(/(?:assets|services)/[^"]+)"')


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def everyone(here):
    return Everyone(here)


def parts(here, page):
    """{address: bytes as they are sent to who packs nothing} of what a page asks for."""
    found = {}
    for address in set(PARTS.findall(page.content.decode())):
        answer = requests.get(here.portal_url + address, headers={"Accept-Encoding": "identity"}, timeout=20)
        assert answer.status_code == 200, address
        found[address] = len(answer.content)
    return found


def is_of_the_design_system(address):
    return address.endswith("/dsfr.css") or "/icons/" in address


def test_no_page_of_families_is_heavy(here, everyone):
    """Not even unpacked."""
    values, seen, visitors = everyone.own.values(), {}, {}
    for route in routes():
        if route.method == "GET" and route.access in FIT and "*" not in route.pattern:
            who = FIT[route.access]
            visitor = visitors.setdefault(who, everyone.come(who))
            page = visitor.get(filled(route.pattern, values))
            if "html" in page.headers["Content-Type"]:
                own = sum(size for address, size in parts(here, page).items() if not is_of_the_design_system(address))
                seen[route.pattern] = len(page.content) + own
    assert len(seen) > 20 and set(visitors) - {"nobody"} <= set(FAMILIES)
    assert {path: size for path, size in seen.items() if size > PAGE_MAX} == {}


def test_the_design_system_is_cut_and_packed(here):
    page = requests.get(here.portal_url + "/connexion", timeout=20).text
    address = here.portal_url + re.search(r'href="(/assets/[0-9a-f]{16}/dsfr\.css)"', page)[1]
    plain = requests.get(address, headers={"Accept-Encoding": "identity"}, timeout=20)
    packed = requests.get(address, headers={"Accept-Encoding": "gzip, deflate, br"}, timeout=20)
    assert packed.headers["Content-Encoding"] == "gzip" and packed.content == plain.content
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding" and "Content-Encoding" not in plain.headers
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert len(plain.content) < DESIGN_MAX and int(packed.headers["Content-Length"]) < DESIGN_PACKED_MAX
