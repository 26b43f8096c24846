"""check_preau by the rules of the Monitoring Plugins, against real daemons and against what is none."""

import contextlib
import pathlib
import re
import socket
import subprocess
import threading

import pytest

from peers.site import DAEMONS

# one label=value[unit];[warning];[critical];[least];[most], as their guidelines have it
MEASURE = r"[a-z0-9_]+=-?[0-9.]+(s|B)?(;[-@~:.0-9]*){0,2}(;[-.0-9]*){0,2}"
LINE = re.compile(rf"PREAU (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \|( {MEASURE})+)?\n")
CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


def check(site, *words):
    """(its code, its line): each end is by the rules."""
    done = subprocess.run([site.build / "daemons/ctl/check_preau", *map(str, words)], text=True, capture_output=True, timeout=60)
    match = LINE.fullmatch(done.stdout)
    assert match, done.stdout
    assert done.returncode == CODES[match.group(1)] and done.stderr == ""
    return done.returncode, done.stdout


def at(site, name):
    host, _, port = site.status_address(name).partition(":")
    return "-H", host, "-p", port


@contextlib.contextmanager
def answering(answer):
    """A port where whoever asks gets these bytes; None: nothing, ever."""
    stop = threading.Event()

    def serve():
        with contextlib.suppress(OSError):
            while not stop.is_set():
                peer, _ = listening.accept()
                threading.Thread(target=talk, args=(peer,), daemon=True).start()

    def talk(peer):
        with peer, contextlib.suppress(OSError):
            peer.recv(4096)
            if answer is None:
                stop.wait(60)
            else:
                peer.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()


def http(body, status="200 OK"):
    body = body.encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize("name", DAEMONS)
def test_a_daemon_that_is_well(site, name):
    code, line = check(site, *at(site, name))
    assert code == 0 and f"{name} " in line and " : prêt" in line
    assert "time=" in line
    assert check(site, "-u", f"http://{site.status_address(name)}")[0] == 0
    assert "database ok" in check(site, *at(site, name), "-v")[1]


def test_a_measure_against_thresholds(site):
    notifyd = at(site, "preau-notifyd")
    code, line = check(site, *notifyd, "-m", "mails_oldest_seconds", "-w", "~:1000000", "-c", "~:2000000")
    assert code == 0 and re.search(r" mails_oldest_seconds=\d+s;~:1000000;~:2000000;0( |\n)", line)
    assert check(site, *notifyd, "-m", "mails_oldest_seconds", "-w", "@0:1000000", "-c", "~:2000000")[0] == 1
    assert check(site, *notifyd, "-m", "mails_oldest_seconds", "-w", "1", "-c", "@0:1000000")[0] == 2
    assert check(site, *notifyd, "-m", "pigeons_waiting", "-w", "1")[0] == 3


def test_the_age_of_an_academy(site, academy):
    importd = at(site, "preau-importd")
    code, line = check(site, *importd, "-a", academy.code, "-w", 93600, "-c", 129600)
    assert code == 0 and f"academy_{academy.code}_age_seconds=" in line and ";93600;129600;0" in line
    assert check(site, *importd, "-a", academy.code, "-w", "1:", "-c", "99999999:")[0] == 2
    code, line = check(site, *importd, "-a", academy.code)
    assert code == 0 and "en retard" not in line and f"academy_{academy.code}_age_seconds=" in line
    assert check(site, *importd, "-a", 31, "-w", 1)[0] == check(site, *importd, "-a", 31)[0] == 3
    folder = site.inbox(11)  # waited for, and never integrated
    try:
        site.wait(lambda: any(row["academy"] == 11 for row in site.status("preau-importd")["lists"]["academies"]),
                  seconds=30, what="expected")
        assert check(site, *importd, "-a", 11, "-w", 1)[0] == check(site, *importd, "-a", 11)[0] == 2
    finally:
        folder.rmdir()


def test_a_daemon_that_is_dead(site):
    site.kill("preau-statsd")
    try:
        code, line = check(site, *at(site, "preau-statsd"))
    finally:
        site.restart("preau-statsd")
    assert code == 2 and "|" not in line


def test_a_database_that_is_stopped(fresh_site):
    site = fresh_site()
    site.postgres.stop()
    code, line = site.wait(lambda: (found := check(site, *at(site, "preau-linkd")))[0] == 2 and found, seconds=30, what="told")
    assert "pas prêt" in line and "database failed : " in line
    assert check(site, *at(site, "preau-portald"), "-w", "1", "-m", "calls")[0] == 3
    site.postgres.start()
    site.wait(lambda: check(site, *at(site, "preau-linkd"))[0] == 0, seconds=30, what="over")


STATUS = '{"name": "preau-x%s", "version": "1", "state": "running", "ready": true, "checks": [%s], "numbers": {%s}, "lists": {}}'


@pytest.mark.parametrize("answer", [
    b"220 relay ESMTP\r\n", http("<html>"), http("[]"), http("{}"), http('{"name": 1}'), http(STATUS % ("", "", ""), "404 Not Found"),
    http("", "500 Internal Server Error"), http("x" * 400_000), b"", http("{" * 100_000)],
    ids=["mail server", "page", "list", "nothing in it", "a name that is none", "not found", "fault", "too large", "cut", "braces"])
def test_what_answers_is_no_daemon(site, answer):
    with answering(answer) as port:
        assert check(site, "-H", "127.0.0.1", "-p", port)[0] in (2, 3)


@pytest.mark.parametrize(("late", "code"), [(1, 2), (0, 0)])
def test_an_academy_that_is_late_by_the_daemons_own_rule(site, late, code):
    """Which knows the summer: an age of months is then no alert."""
    row = f'{{"academy": 10, "name": "Lyon", "age_seconds": 6000000, "late": {late}}}'
    with answering(http((STATUS % ("", "", "")).replace('"lists": {}', f'"lists": {{"academies": [{row}]}}'))) as port:
        found, line = check(site, "-H", "127.0.0.1", "-p", port, "-a", "10")
    assert found == code and (", en retard" in line) == bool(late) and "il y a 1666 h 40" in line


def test_a_hostile_answer_stays_in_its_line(site):
    rows = '{"name": "a|b\\nOK", "state": "failed\\u001b[2J", "required": true, "cause": "x|y=1\\nPREAU OK - z"}'
    with answering(http(STATUS % ("\\n|", rows, '"a b|c": 1, "good": 7, "huge": 1.5'))) as port:
        code, line = check(site, "-H", "127.0.0.1", "-p", port)
    assert code == 2 and line.count("\n") == 1 and line.count("|") == 1 and "\x1b" not in line
    assert " good=7;;;0" in line and "huge" not in line


def test_one_who_does_not_answer_is_given_up(site):
    with answering(None) as port:
        code, line = check(site, "-H", "127.0.0.1", "-p", port, "-t", "1")
    assert code == 2 and "délai" in line


@pytest.mark.parametrize("words", [
    (), ("-H", "127.0.0.1"), ("-p", "1"), ("-H", "a", "-p", "1", "-u", "http://a"), ("-u", "http://a", "-w", "1"),
    ("-u", "http://a", "-m", "calls"), ("-u", "http://a", "-m", "calls", "-w", "2:1"), ("-u", "http://a", "-m", "a b", "-w", "1"),
    ("-u", "http://a", "-m", "calls", "-a", "10", "-w", "1"), ("-u", "http://a", "-t", "0"), ("-H", "a", "-p", "70000"),
    ("-u", "http://a", "-a", "x", "-w", "1"), ("--colour",), ("-t",), ("-u", "http://a", "more"), ("-u", "file:///etc/passwd", "-t", "x")])
def test_a_wrong_command_line_is_unknown(site, words):
    assert check(site, *words)[0] == 3


def test_no_file_is_read_by_an_address(site):
    assert check(site, "-u", "file:///etc")[0] == 2


def test_help_and_version(site):
    program = site.build / "daemons/ctl/check_preau"
    help_said = subprocess.run([program, "--help"], text=True, capture_output=True, check=True).stdout
    version = subprocess.run([program, "-V"], text=True, capture_output=True, check=True).stdout
    assert re.fullmatch(r"check_preau [0-9.]+\S*\n", version)
    page = (pathlib.Path(__file__).parents[2] / "docs/operators/alertes.md").read_text()
    for option in re.findall(r"--[a-z]+", help_said):
        assert f"`{option}`" in page or option == "--help", option
    assert max(map(len, help_said.splitlines())) <= 140
