"""The portal's edge before strangers who are slow, silent, endless or speak no HTTP: others' pages go on meanwhile.

The times and numbers are settings, shorter here than an operator's."""

import contextlib
import pathlib
import re
import socket
import threading
import time

import pytest
import requests

from peers.site import Site

CONNECTIONS, OF_ONE_ADDRESS, TIMEOUT = 60, 20, 2
BOUND = 2.0  # seconds for an ordinary page while it goes on, on two busy cores
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"},
            "portal": {"connections_max": CONNECTIONS, "address_connections_max": OF_ONE_ADDRESS, "request_timeout": f"{TIMEOUT}s"}}
FORM = b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PAGE = b"GET /connexion HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-portald", settings=SETTINGS) as site:
        yield site


def dial(here, source="127.0.0.1", buffer=None):
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.bind((source, 0))
    client.settimeout(10)
    client.connect(("127.0.0.1", here.ports["portal"]))
    return client


def ordinary(here):
    """Seconds that a page takes somebody else."""
    start = time.monotonic()
    answer = requests.get(here.portal_url + "/connexion", timeout=20, headers={"Connection": "close"})
    assert answer.status_code == 200
    return time.monotonic() - start


def say(here, *pieces, end=True):
    """All that the server says to these bytes until it closes."""
    with contextlib.closing(dial(here)) as client:
        with contextlib.suppress(OSError):
            for piece in pieces:
                client.sendall(piece)
            if end:
                client.shutdown(socket.SHUT_WR)
        heard = b""
        with contextlib.suppress(OSError):
            while piece := client.recv(65536):
                heard += piece
        return heard


def statuses(heard):
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", heard)]


def is_shown_out(client, seconds):
    """The server closes it within that time."""
    client.settimeout(seconds)
    try:
        while client.recv(65536):
            pass
    except socket.timeout:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def going_on(step):
    """step() is called again and again in another thread."""
    over = threading.Event()

    def run():
        while not over.is_set():
            step()
            time.sleep(0.05)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def drip(clients, byte):
    for client in clients:
        with contextlib.suppress(OSError):
            client.send(byte)


# ------------------------------------------------------------------------------------------------ slow and silent


def test_more_silent_connections_than_there_are_places_keep_nobody_out(here):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(dial(here)) for _ in range(5 * CONNECTIONS)]
        assert max(ordinary(here) for _ in range(5)) < BOUND
        assert all(is_shown_out(client, TIMEOUT + 4) for client in clients)
    assert here.metrics("preau-portald")['preau_http_refused_total{reason="connections"}'] >= 4 * CONNECTIONS


@pytest.mark.parametrize("start", [b"", PAGE + b"X: ", FORM + b"Content-Length: 1000\r\n\r\n", FORM + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"],
                         ids=["request line", "header", "body", "chunk"])
def test_one_byte_now_and_then_is_no_way_to_stay(here, start):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(dial(here)) for _ in range(CONNECTIONS - 10)]
        for client in clients:
            client.sendall(start)
        with going_on(lambda: drip(clients, b"a")):
            assert max(ordinary(here) for _ in range(5)) < BOUND
            assert all(is_shown_out(client, TIMEOUT + 4) for client in clients)


def test_who_never_reads_the_answer_is_shown_out_too(here):
    page = requests.get(here.portal_url + "/", timeout=20).text
    style = re.search(r'href="(/assets/[^"]+dsfr\.css)"', page)[1]
    asking = f"GET {style} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(dial(here, buffer=4096)) for _ in range(CONNECTIONS // 2)]
        for client in clients:
            client.sendall(asking)
        assert max(ordinary(here) for _ in range(5)) < BOUND
        here.wait(lambda: here.metrics("preau-portald")["preau_http_connections"] < 5, seconds=5 * TIMEOUT + 5, what="all shown out")


def test_a_connection_kept_open_and_unused_is_closed(here):
    with contextlib.closing(dial(here)) as client:
        client.sendall(PAGE + b"\r\n")
        assert is_shown_out(client, TIMEOUT + 4)


def test_one_address_cannot_take_all_places(here):
    """127.0.0.1 is a trusted proxy by default, whose connections are those of everybody; 127.0.0.9 is a stranger."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(dial(here, "127.0.0.9")) for _ in range(2 * OF_ONE_ADDRESS)]
        clients[0].sendall(PAGE + b"\r\n")  # one of the first: asked at once, since an unused place is taken back before long
        here.wait(lambda: here.metrics("preau-portald").get('preau_http_refused_total{reason="address"}', 0) >= OF_ONE_ADDRESS,
                  what="the address's share taken")
        assert ordinary(here) < BOUND
        assert statuses(clients[0].recv(4096)) == [200]


# ------------------------------------------------------------------------------------------------ endless, malformed


HOSTILE = {
    "long address": ((b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",), {400, 413, 414, 431}),
    "long header": ((PAGE + b"X: " + b"a" * 20_000 + b"\r\n\r\n",), {400, 413, 431}),
    "many headers": ((PAGE + b"".join(b"X-%d: 1\r\n" % n for n in range(3000)) + b"\r\n",), {400, 413, 431}),
    "endless header": ((PAGE, *[b"X: " + b"a" * 9000 + b"\r\n"] * 50), {400, 413, 431}),
    "long cookie": ((PAGE + b"Cookie: " + b"a=b; " * 5000 + b"\r\n\r\n",), {400, 413, 431}),
    "large body": ((FORM + b"Content-Length: 2000000\r\n\r\n" + b"a" * 2_000_000,), {413}),
    "large body announced": ((FORM + b"Content-Length: 99999999999999\r\n\r\n",), {400, 413}),
    "large chunk": ((FORM + b"Transfer-Encoding: chunked\r\n\r\n200000\r\n" + b"a" * 0x200000 + b"\r\n0\r\n\r\n",), {400, 413}),
    "many chunks": ((FORM + b"Transfer-Encoding: chunked\r\n\r\n", *[b"4000\r\n" + b"a" * 0x4000 + b"\r\n"] * 100), {400, 413}),
    "many fields": ((FORM + b"Content-Length: 6000\r\nConnection: close\r\n\r\n" + b"a=b&ab" * 1000,), {400}),
    "long field": ((FORM + b"Content-Length: 900002\r\nConnection: close\r\n\r\na=" + b"b" * 900_000,), {403, 413}),
    "two lengths": ((FORM + b"Content-Length: 3\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd",), {400}),
    "length and chunks": ((FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",), {400}),
    "negative length": ((FORM + b"Content-Length: -1\r\n\r\n",), {400, 413}),
    "length in words": ((FORM + b"Content-Length: four\r\n\r\nabcd",), {400, 413}),
    "chunk that is none": ((FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",), {400, 413}),
    "negative chunk": ((FORM + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nab\r\n0\r\n\r\n",), {400, 413}),
    "chunk of all memory": ((FORM + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab\r\n0\r\n\r\n",), {400, 413}),
    "NUL": ((b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",), {400, 404}),
    "NUL in a header": ((PAGE + b"Cookie: preau=\0\r\nConnection: close\r\n\r\n",), {200, 400}),
    "control characters": ((b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n",), {400, 404}),
    "another protocol": ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),), {400}),
    "HTTP/2": ((b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",), {400, 501, 505}),
    "HTTP/0.9": ((b"GET /connexion\r\n\r\n",), {400}),
    "whole address": ((b"GET http://evil.example/connexion HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",), {200, 400, 404}),
    "CONNECT": ((b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",), {400, 501}),
    "blank before the colon": ((PAGE + b"X : y\r\nConnection: close\r\n\r\n",), {400}),
    "nothing": ((b"\r\n" * 10_000,), {400}),
}


@pytest.mark.parametrize("pieces, wanted", HOSTILE.values(), ids=HOSTILE)
def test_what_is_too_much_or_no_request_is_refused_at_once(here, pieces, wanted):
    start = time.monotonic()
    heard = say(here, *pieces, end=False)
    seen = statuses(heard)
    assert not seen or seen[0] in wanted, heard[:300]
    assert len(seen) <= 1 and time.monotonic() - start < 2 * TIMEOUT + 4
    assert b"evil.example" not in heard and b"<script" not in heard.replace(b"<script type=\"module\"", b"")
    assert ordinary(here) < BOUND


@pytest.mark.parametrize("pieces", [
    (FORM + b"Content-Length: 100\r\n\r\nidentifiant=a",), (FORM + b"Transfer-Encoding: chunked\r\n\r\n64\r\nidentifiant=a",),
    (FORM + b"Content-Le",), (b"GET",), (b"",),
], ids=["body", "chunk", "header", "request line", "nothing"])
def test_a_request_that_is_cut_off_is_dropped(here, pieces):
    before = here.metrics("preau-portald").get('preau_portal_requests_total{route="public",status="2xx"}', 0)
    assert statuses(say(here, *pieces)) in ([], [400])
    assert here.metrics("preau-portald").get('preau_portal_requests_total{route="public",status="2xx"}', 0) == before


def test_requests_one_behind_the_other_are_answered_in_order(here):
    first, last = b"GET /nulle-part HTTP/1.1\r\nHost: x\r\n\r\n", PAGE + b"Connection: close\r\n\r\n"
    assert statuses(say(here, first + PAGE + b"\r\n" + first + last, end=False)) == [404, 200, 404, 200]


def test_a_body_in_chunks_is_read_like_any_other(here):
    heard = say(here, FORM + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\ncsrf=\r\n3\r\nabc\r\n0\r\n\r\n", end=False)
    assert statuses(heard) == [403]


def test_after_a_refused_body_nothing_of_it_is_taken_for_a_request(here):
    """The rest of what was refused is no second request."""
    hidden = b"GET /nulle-part HTTP/1.1\r\nHost: x\r\n\r\n"
    body = b"a" * 1_200_000 + hidden
    heard = say(here, FORM + b"Content-Length: %d\r\n\r\n" % len(body) + body, end=False)
    assert statuses(heard) in ([], [413])


def test_after_all_that_it_holds_no_more_memory_than_a_few_pages_need(here):
    status = pathlib.Path(f"/proc/{here.daemons['preau-portald'].pid}/status").read_text()
    assert int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) < 150_000
    assert here.http_status("preau-portald", "/livez") == 200
