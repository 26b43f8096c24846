"""Runs every test: `./dev test [PATTERN]` is `python3 -m runner ROOT FOLDER [PATTERN]`.

Builds go to FOLDER/gcc and FOLDER/clang (AddressSanitizer, UndefinedBehaviorSanitizer, fuzzers), logs to FOLDER/log,
screenshots to FOLDER/artifacts. Each check counts as one test, each test of a unit executable or of pytest as one. The last
line is `N passed, N failed`; the exit status is 1 when one failed or when a runner broke down.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

PYTEST_ROOMS = ("architecture", "data", "store", "integration", "browser")
SHOWN_LINES = 60


class Runner:
    def __init__(self, root, folder, pattern):
        self.root, self.folder, self.pattern = root, folder, pattern
        self.passed = self.failed = 0
        self.log = folder / "log"
        self.log.mkdir(parents=True, exist_ok=True)

    # one step

    def run(self, name, command, **environment):
        """True when it ended well; what it says goes to its log."""
        log = self.log / f"{name.replace(' ', '-')}.log"
        start = time.monotonic()
        with open(log, "wb") as out:
            out.write((" ".join(shlex.quote(str(word)) for word in command) + "\n").encode())
            out.flush()
            code = subprocess.run([str(word) for word in command], cwd=self.root, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, env={**os.environ, **environment}).returncode
        print(f"{time.monotonic() - start:6.1f} s {name}{'' if code == 0 else f': failed ({code})'}", flush=True)
        if code != 0:
            print("\n".join(log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]), flush=True)
        return code == 0

    def count(self, passed, failed):
        self.passed += passed
        self.failed += failed

    def check(self, name, command, **environment):
        """A step that is one test."""
        well = self.run(name, command, **environment)
        self.count(well, not well)
        return well

    # builds

    def build(self, name, *options, **environment):
        folder = self.folder / name
        if not (folder / "build.ninja").exists():
            command = ["meson", "setup", folder, self.root, "-Dwerror=true", *options]
            if not self.run(f"setup {name}", command, **environment):
                self.count(0, 1)
                return False
        well = self.run(f"build {name}", ["ninja", "-C", folder])
        self.count(well, not well)
        return well

    # tests

    def units(self, name):
        """The unit executables of a build."""
        folder = self.folder / name
        results = folder / "meson-logs" / "testlog.json"
        results.unlink(missing_ok=True)
        command = ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs"]
        if self.pattern:
            listed = subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--list"], text=True, capture_output=True)
            chosen = [line.rpartition(" / ")[2] for line in listed.stdout.splitlines() if self.pattern in line]
            if not chosen:
                return
            command += chosen
        well = self.run(f"unit tests {name}", command, ASAN_OPTIONS="abort_on_error=0", UBSAN_OPTIONS="halt_on_error=1")
        lines = results.read_text().splitlines() if results.exists() else []
        for line in lines:
            self.count(*counts_of_unit(json.loads(line)))
        if not lines or (not well and self.failed == 0):
            self.count(0, 1)

    def pytest(self, room, build):
        folder = self.root / "tests" / room
        if not folder.is_dir():
            return
        report = self.log / f"{room}.xml"
        report.unlink(missing_ok=True)
        command = ["/usr/bin/python3", "-m", "pytest", "-c", self.root / "tests/pytest.ini", "-q", "--junitxml", report,
                   f"--basetemp={self.folder / 'tmp' / room}", folder]
        if self.pattern:
            command[-1:-1] = ["-k", self.pattern]
        (self.folder / "tmp").mkdir(exist_ok=True)
        self.run(f"tests {room}", command, PREAU_BUILD=str(build), PREAU_ARTIFACTS=str(self.folder / "artifacts"))
        self.count(*counts_of_report(report, self.pattern is not None))


def counts_of_unit(result):
    """Of one executable; one without cmocka's lines is one test."""
    said = result.get("stdout", "")
    passed = said.count("[       OK ]")
    if result["result"] == "OK":
        return passed or 1, 0
    return passed, max(1, said.count("[  FAILED  ] ") // 2)


def counts_of_report(report, may_be_empty):
    """Of a run of pytest. A skipped test is a failed one: what it needs can be installed."""
    try:
        suites = list(xml.parse(report).getroot().iter("testsuite"))
    except (OSError, xml.ParseError):
        return 0, 1
    total, bad = (sum(int(suite.get(key, 0)) for suite in suites for key in keys)
                  for keys in (("tests",), ("failures", "errors", "skipped")))
    return (total - bad, bad) if total or may_be_empty else (0, 1)


def run_all(runner):
    if not runner.pattern:
        runner.check("format", [runner.root / "dev", "format", "--check"])
    if not runner.build("gcc"):
        return
    gcc = runner.folder / "gcc"
    runner.units("gcc")
    if runner.build("clang", "-Db_sanitize=address,undefined", "-Db_lundef=false", CC="clang-14", CXX="clang++-14"):
        runner.units("clang")
        if not runner.pattern:  # clang's own command lines: it refuses gcc's warnings
            clang = runner.folder / "clang"
            runner.check("clang-tidy", ["run-clang-tidy-14", "-quiet", "-p", clang, "(common|daemons)/.*\\.c$"])
    for room in PYTEST_ROOMS:
        runner.pytest(room, gcc)


def main():
    root, folder = (pathlib.Path(one) for one in sys.argv[1:3])
    runner = Runner(root, folder, sys.argv[3] if len(sys.argv) > 3 else None)
    try:
        run_all(runner)
    except Exception as broken:  # the last line must be there whatever happens
        print(f"runner: {type(broken).__name__}: {broken}", flush=True)
        runner.count(0, 1)
    print(f"{runner.passed} passed, {runner.failed} failed", flush=True)
    sys.exit(1 if runner.failed or not runner.passed else 0)


if __name__ == "__main__":
    main()
