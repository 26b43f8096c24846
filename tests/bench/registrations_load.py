"""Guardians who open their account without the school, as many at once as asked for, in a process of their own: by SMS, or by FranceConnect.

Each is a browser at an address of its own with nothing of anyone before it, which asks for each page and fills in its form, and a
telephone: the fake operator behind a real Kannel, whose log is read as it grows.
"""

import contextlib
import http.client
import html
import multiprocessing
import re
import ssl
import threading
import time
import urllib.parse
from dataclasses import dataclass

from peers import kannel
from peers.registering import CODE, typed

PASSWORD = "un dimanche à la campagne"
BIRTH_DATE = "06/05/2012"  # of all pupils of portal_store
LOOK_SECONDS = 0.002  # so much may be added to what an SMS takes
PAGES = "pages"
SMS_STEPS = (PAGES, "names and mobile", "SMS", "code", "children", "password")
FRANCECONNECT_STEPS = ("FranceConnect", PAGES, "mobile", "SMS", "code", "children", "link")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
BIRTH_FIELDS = re.compile(r'name="(naissance[^"]*)"')
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Guardian:
    number: int
    nom: str
    prenom: str
    mobile: str  # +33612345678


class Telephones:
    """The codes that came, by number."""

    def __init__(self, log):
        self.log, self.codes, self.came = log, {}, threading.Condition()

    def follow(self, over):
        with self.log.open(errors="replace") as lines:
            lines.seek(0, 2)
            rest = ""
            while not over.is_set():
                *whole, rest = (rest + lines.read()).split("\n")
                self._take(filter(None, map(kannel.SENT.search, whole)))
                time.sleep(LOOK_SECONDS)

    def _take(self, messages):
        for message in messages:
            with self.came:
                self.codes[message[3]] = CODE.search(kannel.text_of(message[4], message[5]))[1]
                self.came.notify_all()

    def code(self, mobile, seconds=60):
        with self.came:
            if not self.came.wait_for(lambda: mobile in self.codes, seconds):
                raise RuntimeError(f"no SMS after {seconds} s")
            return self.codes.pop(mobile)


class Browser:
    """Connections are the client's, kept for its next guardian; cookies are this one's."""

    def __init__(self, portal, connections, address):
        self.portal, self.connections, self.address = portal, connections, address
        self.cookies, self.took, self.page, self.busy = {}, {}, "", 0

    def _connection(self, origin):
        if origin not in self.connections:
            parts = urllib.parse.urlsplit(origin)
            if parts.scheme == "https":  # the stand-in's: who it is, linkd looks at
                made = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60, context=ssl._create_unverified_context())
            else:
                made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
            self.connections[origin] = made
        return self.connections[origin]

    def _answer(self, origin, *request):
        """On the connection that is kept; as browsers do, on another one when that was closed meanwhile. A form that is sent again does
        nothing twice."""
        is_kept = origin in self.connections
        try:
            return self._send(origin, *request)
        except (ConnectionError, http.client.RemoteDisconnected):
            if not is_kept:
                raise
            self.connections.pop(origin).close()
            return self._send(origin, *request)

    def _send(self, origin, method, path, body, headers):
        connection = self._connection(origin)
        connection.request(method, path, body=body, headers=headers)
        return connection.getresponse()

    def _ask(self, method, address, body=None):
        """(status, where it leads); the body is .page"""
        parts = urllib.parse.urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        cookies = self.cookies.setdefault(origin, {})
        headers = {"X-Forwarded-For": self.address, **(FORM_TYPE if body is not None else {})}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = self._answer(origin, method, urllib.parse.urlunsplit(("", "", parts.path, parts.query, "")), body, headers)
        self.page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value
        return answer.status, urllib.parse.urljoin(address, answer.getheader("Location") or "")

    @contextlib.contextmanager
    def step(self, name):
        start = time.perf_counter()
        yield
        self.took[name] = self.took.get(name, 0.0) + time.perf_counter() - start

    def get(self, path):
        with self.step(PAGES):
            status, _ = self._ask("GET", self.portal + path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")

    def follow(self, path):
        """Through as many redirections as there are: the address of the page that comes in the end."""
        address, status, ahead = self.portal + path if path.startswith("/") else path, 303, None
        while status in (302, 303):
            address = ahead or address
            status, ahead = self._ask("GET", address)
        if status != 200:
            raise RuntimeError(f"{address}: {status}")
        return address

    def give(self, name, path, then, **fields):
        """Fills in the form of the page: then is the page that is to follow, "" for one that is answered at once."""
        form = re.search(rf'<form[^>]* action="{re.escape(path)}".*?</form>', self.page, re.S)[0]
        given = {**{name: html.unescape(value) for name, value in HIDDEN.findall(form)}, **fields}
        if fields.pop("naissance", None):
            del given["naissance"]
            given.update(dict.fromkeys(BIRTH_FIELDS.findall(form), BIRTH_DATE))
        with self.step(name):
            while (answer := self._ask("POST", self.portal + path, urllib.parse.urlencode(given)))[0] == 503:
                self.busy += 1
                time.sleep(0.5)  # sooner than Retry-After says; the same form again
        status, ahead = answer
        if (status, ahead) != ((303, self.portal + then) if then else (200, self.portal + path)):
            raise RuntimeError(f"{path}: {status} {ahead}")
        if then:
            self.get(then)


def _prove(browser, guardian, telephones, last):
    with browser.step("SMS"):
        code = telephones.code(guardian.mobile)
    browser.give("code", "/inscription/code", "/inscription/enfants", code=code)
    browser.give("children", "/inscription/enfants", last, naissance=True)


def by_sms(browser, guardian, telephones):
    browser.get("/inscription")
    browser.give("names and mobile", "/inscription", "/inscription/code", nom=guardian.nom, prenom=guardian.prenom, mobile=typed(guardian.mobile))
    _prove(browser, guardian, telephones, "/inscription/mot-de-passe")
    browser.give("password", "/inscription/mot-de-passe", "", nouveau=PASSWORD, confirmation=PASSWORD)


def by_franceconnect(browser, guardian, telephones):
    with browser.step("FranceConnect"):
        choice = browser.follow("/franceconnect")
        came = browser.follow(f"{choice}/as/{guardian.number}")
    if came != browser.portal + "/inscription/mobile":
        raise RuntimeError(f"FranceConnect led to {came}")
    browser.give("mobile", "/inscription/mobile", "/inscription/code", mobile=typed(guardian.mobile))
    _prove(browser, guardian, telephones, "/inscription/franceconnect")
    browser.give("link", "/inscription/franceconnect", "")


def address_of(number):
    """One of 198.18.0.0/15, which are for benches: so many guardians are not at one address."""
    return f"198.{18 + number // 62500 % 2}.{number // 250 % 250}.{number % 250 + 1}"


def _flood(portal, log, way, guardians, clients, done, over, results):
    """results: [(when it ended, {step: seconds}, answers that said to come back)], or what went wrong."""
    telephones, ended, wrong, left = Telephones(log), [], [], iter(guardians)
    taking, all_over = threading.Lock(), threading.Event()

    def go():
        connections = {}
        while not over.is_set() and not wrong:
            with taking:
                guardian = next(left, None)
            if guardian is None:
                return
            browser = Browser(portal, connections, address_of(guardian.number))
            try:
                way(browser, guardian, telephones)
            except Exception as failure:  # told by the process that asked
                wrong.append(f"{type(failure).__name__}: {failure}")
                return
            ended.append((time.monotonic(), browser.took, browser.busy))
            with done.get_lock():
                done.value += 1

    reader = threading.Thread(target=telephones.follow, args=(all_over,))
    threads = [threading.Thread(target=go) for _ in range(clients)]
    for one in (reader, *threads):
        one.start()
    for one in threads:
        one.join()
    all_over.set()
    reader.join()
    results.send((ended, wrong[:1]))


class Flood:
    """Guardians who register one after the other at each of so many browsers, until none is left or it is enough."""

    def __init__(self, site, way, guardians, clients):
        context = multiprocessing.get_context("fork")
        self._done, self._over = context.Value("q", 0), context.Event()
        self._results, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_flood, daemon=True, args=(
            site.portal_url, site.sms.smsc.log, way, guardians, clients, self._done, self._over, theirs))

    @contextlib.contextmanager
    def running(self):
        self._process.start()
        try:
            yield self
        finally:
            self._over.set()
            self._process.join(5)
            if self._process.exitcode is None:
                self._process.kill()

    @property
    def pid(self):
        return self._process.pid

    def wait(self, count, seconds=300):
        """Until so many are registered; or something went wrong, which finish tells."""
        end = time.monotonic() + seconds
        while self._done.value < count and not self._results.poll():
            if time.monotonic() > end:
                raise RuntimeError(f"{count} registrations take more than {seconds} s")
            time.sleep(0.01)

    def finish(self, is_enough=True):
        """is_enough: who is left may go, else all are waited for. What ended: [(monotonic time, {step: seconds}, answers that said to come back)]"""
        if is_enough:
            self._over.set()
        ended, wrong = self._results.recv()
        if wrong:
            raise RuntimeError(f"a registration failed: {wrong[0]}")
        return ended
