"""Families who sign in, as many at once as asked for, in a process of their own; one hash by libsodium alone; other pages meanwhile."""

import contextlib
import ctypes
import ctypes.util
import http.client
import multiprocessing
import re
import statistics
import threading
import time
import urllib.parse

FORM = "/connexion"
DESK = "/guichet"


def sodium():
    library = ctypes.CDLL(ctypes.util.find_library("sodium"))
    if library.sodium_init() < 0:
        raise RuntimeError("libsodium does not work here")
    return library


def hash_seconds(hash_text, password, count, side_by_side=1):
    """The median time of a verification, each of so many threads making `count` of them."""
    library, took = sodium(), []
    text, given = hash_text.encode(), password.encode()

    def verify():
        for _ in range(count):
            start = time.perf_counter()
            if library.crypto_pwhash_str_verify(text, given, len(given)) != 0:
                raise RuntimeError("not the hash of that password")
            took.append(time.perf_counter() - start)

    threads = [threading.Thread(target=verify) for _ in range(side_by_side)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(took) != count * side_by_side:
        raise RuntimeError("a verification failed")
    return statistics.median(took)


@contextlib.contextmanager
def hashing(hash_text, password, side_by_side):
    """As many threads of another process calculate all the time."""
    process = multiprocessing.get_context("fork").Process(target=hash_seconds, args=(hash_text, password, 10**6, side_by_side), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


class Client:
    """One browser, at an address of its own."""

    def __init__(self, port, number=0):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}
        status, answer, body = self.ask("GET", FORM)
        if status != 200:
            raise RuntimeError(f"{FORM}: {status}")
        self.headers["Cookie"] = answer.getheader("Set-Cookie").split(";")[0]
        self.csrf = re.search(rb'name="csrf" value="([^"]*)"', body)[1].decode()

    def ask(self, method, path, body=None, **headers):
        self.connection.request(method, path, body=body, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        return answer.status, answer, answer.read()

    def sign_in(self, login, password):
        """(status, the session's cookie)"""
        fields = urllib.parse.urlencode({"csrf": self.csrf, "identifiant": login, "mot_de_passe": password})
        status, answer, _ = self.ask("POST", FORM, fields, **{"Content-Type": "application/x-www-form-urlencoded"})
        if status == 303 and answer.getheader("Location") != DESK:
            raise RuntimeError(f"signed in to {answer.getheader('Location')}")
        return status, re.findall(r"\b(?:__Host-)?preau=[^;]+", answer.getheader("Set-Cookie") or "")

    def page_seconds(self, path, count):
        took = []
        for _ in range(count):
            start = time.perf_counter()
            status, _, _ = self.ask("GET", path)
            took.append(time.perf_counter() - start)
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
        return took


def signed_in(port, login, password):
    client = Client(port)
    status, cookies = client.sign_in(login, password)
    if status != 303:
        raise RuntimeError(f"{login}: {status}")
    client.headers["Cookie"] = cookies[-1]
    return client


def _flood(port, logins, password, clients, done, busy, over):
    def go(number):
        client, turn = Client(port, number), number
        while not over.is_set():
            status, _ = client.sign_in(logins[turn % len(logins)], password)
            turn += clients
            if status == 303:
                with done.get_lock():
                    done.value += 1
            elif status == 503:
                with busy.get_lock():
                    busy.value += 1
                time.sleep(0.5)  # sooner than Retry-After says
            else:
                raise RuntimeError(f"a sign-in was answered {status}")

    threads = [threading.Thread(target=go, args=(number,), daemon=True) for number in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


class Flood:
    """Who signs in again as soon as they are in; .done and .busy count."""

    def __init__(self, port, logins, password, clients):
        context = multiprocessing.get_context("fork")
        self._done, self._busy, self._over = context.Value("q", 0), context.Value("q", 0), context.Event()
        self._process = context.Process(target=_flood, daemon=True,
                                        args=(port, logins, password, clients, self._done, self._busy, self._over))

    @contextlib.contextmanager
    def running(self):
        self._process.start()
        try:
            yield self
        finally:
            self._over.set()
            self._process.join(60)
            if self._process.exitcode is None:
                self._process.kill()

    @property
    def pid(self):
        return self._process.pid

    @property
    def done(self):
        return self._done.value

    @property
    def busy(self):
        return self._busy.value

    def wait(self, count, seconds=600):
        """Until so many more are in."""
        until, end = self.done + count, time.monotonic() + seconds
        while self.done < until:
            if time.monotonic() > end:
                raise RuntimeError(f"{count} sign-ins take more than {seconds} s")
            time.sleep(0.01)
