"""The release before this one, as deploy/PREVIOUS_RELEASE names it, built from the history of the tree.

    before = previous.release()            # made once, kept under PREAU_PREVIOUS
    with Site.of(folder, build=before.build, settings=before.settings) as site: …

Without optimization and what a debugger wants: its programs are tried for what they say, not for how fast, and half of the time is saved.
"""

import os
import pathlib
import re
import subprocess
from types import SimpleNamespace

from .site import DAEMONS, ROOT

TARGETS = ["daemons/ctl/preauctl", *(f"daemons/{folder}/{name}" for name, (folder, _) in DAEMONS.items()),
           "daemons/portal/pages.stamp", "daemons/portal/assets.stamp", "config/known-passwords"]


def told():
    """What PREVIOUS_RELEASE says: .commit, .schema (the number of its last migration), .patch (a file, or None)."""
    lines = dict(re.findall(r"^(commit|schema|patch) (\S+)$", (ROOT / "deploy/PREVIOUS_RELEASE").read_text(), re.M))
    return SimpleNamespace(commit=lines["commit"], schema=int(lines["schema"]), patch=ROOT / lines["patch"] if "patch" in lines else None)


def _do(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n"
                           + (done.stdout[-4000:] + done.stderr[-4000:]).decode(errors="replace"))
    return done.stdout


def _history_of(commit):
    """A clone may be shallow: it is then asked for from where it came."""
    def is_there():
        return subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True).returncode == 0

    if not is_there():
        subprocess.run(["git", "fetch", "--quiet", "--depth=1", "origin", commit], cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL,
                       env={**os.environ, "GIT_TERMINAL_PROMPT": "0"}, timeout=120)
    if not is_there():
        raise RuntimeError(f"this clone does not hold {commit}, the release before (deploy/PREVIOUS_RELEASE): git fetch --unshallow")


def of_before(path):
    """A file as that release had it."""
    commit = told().commit
    _history_of(commit)
    return _do("git", "show", f"{commit}:{path}", cwd=ROOT)


def files_of_before(folder):
    """The names of the files that it had in a folder."""
    commit = told().commit
    _history_of(commit)
    return _do("git", "ls-tree", "--name-only", f"{commit}:{folder}", cwd=ROOT).decode().split()


def version():
    return version_in(of_before("meson.build").decode())


def version_in(build):
    """Of a project, whose meson.build this is."""
    return re.search(r"^  version: '([^']+)',$", build, re.M)[1]


def _source(release, source):
    _history_of(release.commit)
    source.mkdir(parents=True, exist_ok=True)
    _do("tar", "-x", "-C", source, input=_do("git", "archive", release.commit, cwd=ROOT))
    if release.patch:
        _do("patch", "-p1", "--directory", source, "--input", release.patch)


def release():
    """As told(), and .build (meson's folder), .settings (of a Site whose daemons are all of it)."""
    release = told()
    folder = pathlib.Path(os.environ.get("PREAU_PREVIOUS", ROOT / ".dev/previous")) / release.commit
    source, build = folder / "source", folder / "build"
    if not (folder / "unpacked").exists():
        _do("rm", "-rf", folder)
        _source(release, source)
        (folder / "unpacked").touch()
    if not (build / "build.ninja").exists():
        _do("meson", "setup", build, source, "-Doptimization=0", "-Ddebug=false")
    _do("ninja", "-C", build, *TARGETS)
    release.build, release.settings = build, {"notify": {"template_directory": source / "daemons/notify/mails"}}
    return release
