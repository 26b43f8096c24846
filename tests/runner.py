"""Runs everything that `./dev test` promises and counts it: `python3 -m runner ROOT FOLDER [PATTERN]`.

Each check counts as one test, as does each test of a unit executable and of pytest, by what meson and pytest leave for
machines; a runner that ended badly without saying which test failed counts as one failure. PATTERN keeps the unit tests and test files whose name holds it, and leaves the checks out.
The last line is `N passed, N failed`; the exit code is 1 when something failed.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as xml

FIRST = ("architecture",)  # seconds, and worth knowing at once
# They wait half of their time: what only computes has the processors meanwhile.
BESIDE = ("data", "store", "integration", "browser")
ALONE = ("bench", "package")  # what is measured has the machine for itself
AS_ROOT = ("package",)  # a machine of its own is made and entered
WORKERS = {"architecture": 1, "store": 1, "integration": 2, "browser": 1}  # for each processor, by file: their sites share nothing, and they wait
LONG = ("test_previous_release", "test_restore")  # one test of minutes each: they begin first, or all wait for them at the end
SANITIZED = {"CC": "clang-14", "CXX": "clang++-14"}
SANITIZER_SETTINGS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}
JOBS = os.cpu_count() or 1
TAIL = 60


class Tally:
    def __init__(self):
        self.passed, self.failed, self.failures = 0, 0, []
        self.lock = threading.Lock()

    def add(self, what, seconds, code, counts):
        """counts: (passed, names of failed) or None."""
        passed, failed = counts if counts is not None else (int(code == 0), [what] if code else [])
        if code != 0 and not failed:
            failed = [f"{what}: ended with {code}"]
        with self.lock:
            self.passed += passed
            self.failed += len(failed)
            self.failures += [name if name.startswith(what) else f"{what}: {name}" for name in failed]
        print(f"{seconds:6.1f} s {what}: {passed} passed, {len(failed)} failed", flush=True)


def junit_counts(file):
    """A skipped test is none that passed: it counts as failed, since nothing here may be skipped."""
    try:
        cases = xml.parse(file).getroot().iter("testcase")
    except (OSError, xml.ParseError):
        return None
    passed, failed = 0, []
    for case in cases:
        bad = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        if bad:
            failed.append(f"{case.get('classname', '')}::{case.get('name')} ({bad[0]})")
        else:
            passed += 1
    return passed, failed


def meson_counts(file):
    """Of executables by cmocka, each of their tests; of others, one each."""
    try:
        results = [json.loads(line) for line in file.read_text().splitlines()]
    except (OSError, ValueError):
        return None
    passed, failed = 0, []
    for result in results:
        said, name = result.get("stdout", ""), result["name"]
        bad = sorted(set(re.findall(r"^\[  FAILED  \] (\w+)$", said, re.M)))
        well = result["result"] == "OK"
        passed += max(said.count("[       OK ]"), int(well))
        failed += [f"{name}: {one}" for one in bad] or ([] if well else [f"{name} ({result['result']})"])
    return passed, failed


def worth_telling(lines):
    """Of a log: what compilers and clang-tidy found, else its end."""
    found = [line for line in lines if re.search(r": (\x1b\[[0-9;]*m)*(error|warning|fatal error): ", line)]
    return [*found[:TAIL], "…", *lines[-TAIL // 3:]] if found else lines[-TAIL:]


class Runner:
    def __init__(self, root, folder, pattern):
        self.root, self.folder, self.pattern = root, folder, pattern
        self.build, self.sanitized = folder / "build", folder / "build-sanitized"
        self.results = folder / "results"
        self.tally = Tally()
        self.running, self.is_stopping = set(), False
        shutil.rmtree(self.results, ignore_errors=True)
        self.results.mkdir(parents=True)

    def run(self, what, command, count=None, environment=None, limit=900, counted=True):
        """One line; what it said only when it failed. True when all is well. count: gives what Tally.add takes."""
        if self.is_stopping:
            return False
        start = time.monotonic()
        log = self.results / f"{what.replace(' ', '-').replace('/', '-')}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.root,
                                       env={**os.environ, **(environment or {})}, start_new_session=True)
            self.running.add(process)
            try:
                code = process.wait(limit)
            except BaseException as error:
                self.end(process)
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
                code = 124
            finally:
                self.running.discard(process)
        counts = count() if count else None
        if code != 0:
            print("\n".join(worth_telling(log.read_text(errors="replace").splitlines())), flush=True)
        if counted or code != 0:
            self.tally.add(what, time.monotonic() - start, code, counts)
        else:
            print(f"{time.monotonic() - start:6.1f} s {what}", flush=True)
        return code == 0

    def end(self, process):
        """pytest, interrupted, stops its daemons and says what failed until then: it alone is told, its workers are its own matter."""
        for tell in (lambda: process.send_signal(signal.SIGINT), lambda: os.killpg(process.pid, signal.SIGTERM)):
            tell()
            try:
                process.wait(30)
                return
            except subprocess.TimeoutExpired:
                continue
        os.killpg(process.pid, signal.SIGKILL)

    def stop(self):
        """Whatever still runs ends, and nothing more begins: nothing does when all went its way."""
        self.is_stopping = True
        for process in list(self.running):
            if process.poll() is None:
                self.end(process)

    # building

    def build_in(self, what, folder, *options, environment=None):
        if not (folder / "build.ninja").exists():
            setup = ["meson", "setup", folder, self.root, "-Dwerror=true", *options]
            if not self.run(f"{what}: setup", setup, environment=environment, counted=False):
                return False
        return self.run(f"{what}: build, warnings are errors", ["ninja", "-C", folder], environment=environment, limit=3600)

    # the checks

    def check_format(self):
        self.run("clang-format", [self.root / "dev", "format", "--check"])

    def check_tidy(self):
        """Over clang's own commands: gcc's know options that clang does not."""
        self.run("clang-tidy", ["run-clang-tidy-14", "-quiet", "-p", self.sanitized, "-j", str(JOBS), "^(?!.*/build).*/(common|daemons)/.*\\.c$"], limit=3600)

    # the tests

    def unit(self, what, folder, environment=None):
        listed = subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--list"], text=True, capture_output=True).stdout
        names = [line.rpartition(" / ")[2] for line in listed.splitlines() if " / " in line]
        names = [name for name in names if not self.pattern or self.pattern in name]
        if not names and self.pattern:
            return
        results = folder / "meson-logs" / "testlog.json"
        results.unlink(missing_ok=True)
        self.run(what, ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "--timeout-multiplier", "10", *(names if self.pattern else [])],
                 lambda: meson_counts(results), environment, limit=1800)

    def pytest(self, name):
        folder = self.root / "tests" / name
        files = sorted((path for path in folder.glob("test_*.py") if not self.pattern or self.pattern in path.stem),
                       key=lambda path: (path.stem not in LONG, path))
        by_name = []
        if self.pattern and not files:
            files = sorted(path for path in folder.glob("test_*.py") if self.pattern in path.read_text())
            by_name = ["-k", self.pattern]
        if not files:
            return
        junit = self.results / f"{name}.xml"
        workers = ["-n", str(JOBS * WORKERS[name]), "--dist", "loadfile"] if name in WORKERS and len(files) > 1 else []
        as_root = ["sudo", "--preserve-env"] if name in AS_ROOT and os.geteuid() != 0 else []
        self.run(f"tests/{name}", [
            *as_root, sys.executable, "-m", "pytest", "-q", "--tb=short", f"--junit-xml={junit}", f"--basetemp={self.folder / 'tmp' / name}",
            *workers, *by_name, *files], lambda: junit_counts(junit), {
                "PREAU_BUILD": str(self.build), "PREAU_ARTIFACTS": str(self.folder / "artifacts")}, limit=3600)

    def analysis(self):
        """What clang finds, on the way and in the tests: only in what time the tests beside it leave, since those have a clock.
        Its thread ends with it, for no thread takes a priority back."""
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        sanitized = self.build_in("clang, sanitizers", self.sanitized, "-Db_sanitize=address,undefined", "-Db_lundef=false",
                                  environment=SANITIZED)
        if not self.pattern and sanitized:
            self.check_tidy()
        if sanitized:
            self.unit("unit tests under ASan and UBSan", self.sanitized, SANITIZER_SETTINGS)

    def everything(self):
        if not self.pattern:
            self.check_format()
        if not self.build_in("gcc", self.build):
            return
        self.unit("unit tests", self.build)
        for name in FIRST:
            self.pytest(name)
        beside = threading.Thread(target=self.guarded, args=[self.analysis])
        beside.start()
        for name in BESIDE:
            self.pytest(name)
        beside.join()
        for name in ALONE:
            self.pytest(name)

    def guarded(self, part):
        """A fault of the runner itself is a failure too, in any thread."""
        start = time.monotonic()
        try:
            part()
        except Exception as broken:
            self.tally.add(f"runner ({type(broken).__name__}: {broken})", time.monotonic() - start, 1, None)


def main(root, folder, pattern=""):
    start = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(folder)
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    (folder / "artifacts").mkdir(exist_ok=True)
    runner = Runner(pathlib.Path(root), folder, pattern)
    tally = runner.tally
    try:
        runner.guarded(runner.everything)  # the last line is there whatever happens
    finally:
        runner.stop()
    for failure in tally.failures:
        print(f"FAILED {failure}")
    print(f"{time.monotonic() - start:6.1f} s in all; logs in {runner.results}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
