"""The domain asks nothing of the world: what libdomain.a leaves undefined is a short list of memory and text functions.

No file, socket, clock, allocation, environment, locale or formatting function is on it. PREAU_BUILD names the build
directory (default: build/ of the checkout).
"""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))

ALLOWED = {
    "bcmp", "memchr", "memcmp", "memcpy", "memmove", "memset",
    "strchr", "strcmp", "strcspn", "strlen", "strncmp", "strpbrk", "strrchr", "strspn", "strstr",
    "__memcpy_chk", "__memmove_chk", "__memset_chk",
    "__assert_fail", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_",
}  # fmt: skip
# what sanitizers and coverage add to any code, and the data they add, which has no name of ours
INSTRUMENTATION = re.compile(r"__(asan|ubsan|sanitizer|gcov|llvm|lsan)_")
SANITIZER_DATA = re.compile(r"__unnamed_|\.L|__(asan|ubsan|gcov|llvm)|___asan")


def nm(*options):
    archive = BUILD / "common" / "domain" / "libdomain.a"
    assert archive.exists(), f"{archive}: build it first, or set PREAU_BUILD"
    run = subprocess.run(["nm", *options, str(archive)], capture_output=True, text=True, check=True)
    rows = (line.split() for line in run.stdout.splitlines())
    return [row for row in rows if len(row) >= 2 and not row[0].endswith(":")]


def test_the_domain_needs_nothing_from_outside_but_memory_and_text():
    defined = {row[-1] for row in nm("--defined-only")}
    wanted = {row[-1] for row in nm("--undefined-only")}
    assert len(defined) > 100, "the archive is not the domain's"
    outside = {name for name in wanted - defined - ALLOWED if not INSTRUMENTATION.match(name)}
    assert not outside, f"libdomain.a asks the world for {sorted(outside)}"


def test_the_domain_keeps_no_state():
    variables = [row[0].split("|")[0] for row in nm("--defined-only", "--format=sysv", "--no-demangle") if is_writable(row)]
    assert not variables, f"variables of the domain: {variables}"


def is_writable(row):
    section = row[-1].rsplit("|", 1)[-1]
    if SANITIZER_DATA.match(row[0]):
        return False
    return section.startswith((".data", ".bss")) and not section.startswith(".data.rel.ro")
