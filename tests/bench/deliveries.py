"""What a bench imports: sets of invented people made by tests/data/generate-aaf, kept between runs when a folder is given."""

import hashlib
import pathlib
import shutil
import subprocess

from peers.site import ROOT

GENERATOR = ROOT / "tests/data/generate-aaf"
GZIP_LEVEL = "-4"  # as generate-aaf packs


def generator_version():
    """A set made by another generator is another one."""
    sources = sorted((ROOT / "tests/data/aaf").glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


class Set:
    """One academy on one day: a delivery of the first degree and one of the second."""

    def __init__(self, folder, form):
        self.folders = sorted(path for path in folder.iterdir() if path.is_dir())
        self.deliveries = self.folders if form == "folder" else [packed(path) for path in self.folders]
        self.files = sorted(file for path in self.folders for file in path.glob("*.xml"))
        self.xml_bytes = sum(file.stat().st_size for file in self.files)

    def read(self):
        """Into the page cache: whoever reads next is not the one who waits for the disk."""
        for file in {*self.files, *(path for path in self.deliveries if path.is_file())}:
            with open(file, "rb") as opened:
                while opened.read(1 << 20):
                    pass


def packed(folder):
    """The archive of a delivery, beside it."""
    archive = folder.with_name(folder.name + ".tgz")
    if not archive.exists():
        begun = folder.with_name(f".{archive.name}")
        subprocess.run(f"tar -C '{folder}' -cf - . | gzip {GZIP_LEVEL} > '{begun}'", shell=True, check=True)
        begun.rename(archive)
    return archive


class Deliveries:
    def __init__(self, keep, form, change_rate, tell):
        self.keep, self.form, self.change_rate, self.tell = pathlib.Path(keep), form, change_rate, tell
        self.version = generator_version()

    def get(self, people, academy, day):
        folder = self.keep / f"aaf-{self.version}" / f"{people}-{self.change_rate:g}" / f"{academy}-day{day}"
        if not folder.exists():
            self.tell(f"files: {people} people, academy {academy}, day {day}")
            begun = folder.with_name(f".{folder.name}")
            shutil.rmtree(begun, ignore_errors=True)
            subprocess.run(
                [GENERATOR, "--quiet", "--people", str(people), "--academies", str(academy), "--degree", "both",
                 "--day", str(day), "--change-rate", str(self.change_rate), "--container", "folder", begun], check=True)
            begun.rename(folder)
        return Set(folder, self.form)
