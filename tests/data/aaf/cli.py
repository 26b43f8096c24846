"""The command: options in, archives out, one line for each on standard error."""

import argparse
import concurrent.futures
import dataclasses
import datetime
import json
import os
import shutil
import sys
import tempfile

from . import delta, faults, places, rates, xml
from .archive import EXTENSIONS
from .generate import generate_set
from .options import Options

# the academy of ./dev run: a few thousand people in two écoles, a collège and a lycée of Lyon's academy
PRESETS = {"sample": {"seed": "sample", "academies": "10", "schools": "2,1,1", "people": 3000}}
EPILOG = "Everything about the model, and what each option promises: tests/data/README.md"


def parser():
    self = argparse.ArgumentParser(prog="generate-aaf", description="Makes AAF archives of invented people.", epilog=EPILOG)
    self.add_argument("out", nargs="?", help="folder that the archives go to (made if missing); with several academies, "
                      "into a folder of each, named by its two digits")
    size = self.add_argument_group("what and how much")
    size.add_argument("--preset", choices=PRESETS, help="a named set of the options of this group")
    size.add_argument("--seed", help="any text (default: preau)")
    size.add_argument("--academies", metavar="CODES", help="BCN numbers, `10` or `10,24` (default: 10)")
    size.add_argument("--degree", choices=("1D", "2D", "both"), default="both")
    size.add_argument("--people", type=int, metavar="N", help="about N pupils and guardians per academy, over the degrees written")
    size.add_argument("--schools", metavar="E,C,L", help="écoles, collèges, lycées of each academy; the size of schools follows "
                      "--people, or is common")
    size.add_argument("--rate", action="append", default=[], metavar="NAME=VALUE", help="sets a rate of --list; may be repeated")
    time = self.add_argument_group("time")
    time.add_argument("--date", type=datetime.date.fromisoformat, help="of day 0 (default: 2025-09-15)")
    time.add_argument("--first-year", type=int, default=0, metavar="YEAR", help="school year that the people are drawn for "
                      "(default: that of --date); a --date one or two years later shows the same people grown older")
    time.add_argument("--day", type=int, default=0, metavar="N", help="the state N days after --date")
    time.add_argument("--delta", action="store_true", help="the difference of --day N from day N-1, not the complete set")
    time.add_argument("--change-rate", type=float, default=0.005, metavar="R", help="share of records that a day changes (0.005)")
    time.add_argument("--anomalies", metavar="KINDS", help="odd requests in the delta: `all`, or kinds of --list")
    shape = self.add_argument_group("shape of the files")
    shape.add_argument("--generation", type=int, choices=xml.VERSIONS, default=2024, help="of the 2D attributes and headers")
    shape.add_argument("--link", choices=("old", "new"), help="2D link codes (default: old before 2018, else new)")
    shape.add_argument("--legacy", choices=("none", "both", "only"), help="2D attributes before ENTElevePersRelEleve: absent, "
                       "beside it, in its place (default: both before 2018, else none)")
    shape.add_argument("--part-size", type=int, default=3400, metavar="N", help="records in a numbered part (3400)")
    shape.add_argument("--encoding", choices=xml.PYTHON_NAME, default="utf-8", help="none: UTF-8 bytes, no declaration")
    shape.add_argument("--declared", default="", metavar="ENCODING", help="declare this one, whatever the bytes are in")
    shape.add_argument("--accents", choices=("raw", "references", "entities", "bare-entities"), default="references",
                       help="bytes, &#233;, &amp;eacute;, or &eacute;")
    shape.add_argument("--newline", choices=("lf", "crlf"), default="lf")
    shape.add_argument("--naming", default="reference", help="of the files",
                       choices=("reference", "full", "underscored", "school", "undated", "baddate", "bare"))
    shape.add_argument("--order", choices=("category", "alphabetical", "reversed"), default="category", help="in the archive")
    shape.add_argument("--inside", default="", metavar="NAME", help="folder inside the archive")
    shape.add_argument("--container", choices=EXTENSIONS, default="tgz")
    shape.add_argument("--level", type=int, default=4, choices=range(1, 10), metavar="1-9", help="of compression (4)")
    shape.add_argument("--bad", metavar="KINDS", help="faults to put in: kinds of --list, `kind:3` for three of them, or "
                       "`records` for one of each kind that leaves the XML well-formed")
    out = self.add_argument_group("what else to write")
    out.add_argument("--truth", metavar="FILE", help="what the files say, as JSON lines")
    out.add_argument("--manifest", metavar="FILE", help="the faults and anomalies put in, as JSON lines (default: standard output)")
    out.add_argument("--list", action="store_true", help="tell rates, faults and anomalies, and stop")
    out.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes; the bytes are the same")
    out.add_argument("--quiet", action="store_true", help="tell nothing on standard error")
    return self


def faults_asked(text):
    if not text:
        return ()
    broken = ("forbidden-character", "invalid-bytes")
    kinds = [one for one in faults.RECORD_FAULTS if one not in broken] if text == "records" else text.split(",")
    for one in kinds:
        if one.partition(":")[0] not in faults.KINDS:
            raise ValueError(f"no fault is called {one}; see --list")
    return tuple(kinds)


def anomalies_asked(text):
    kinds = delta.ANOMALIES if text == "all" else tuple(filter(None, (text or "").split(",")))
    for one in kinds:
        if one not in delta.ANOMALIES:
            raise ValueError(f"no anomaly is called {one}; see --list")
    return kinds


def schools_asked(text):
    counts = tuple(int(one) for one in text.split(",")) if text else ()
    if counts and (len(counts) != 3 or min(counts) < 0 or not any(counts)):
        raise ValueError("--schools takes three numbers: écoles, collèges, lycées")
    return counts


def options_of(given):
    """The Options asked for; ValueError says what is wrong."""
    preset = PRESETS.get(given.preset, {})
    academies = tuple(int(one) for one in (given.academies or preset.get("academies", "10")).split(","))
    for one in academies:
        if one not in places.ACADEMIES:
            raise ValueError(f"no academy has the number {one}")
    schools = schools_asked(given.schools or preset.get("schools"))
    people = given.people if given.people is not None else preset.get("people", 0)
    if people <= 0 and not schools:
        raise ValueError("how many? --people, --schools or --preset is missing")
    if given.delta and given.day < 1:
        raise ValueError("--delta needs --day 1 or later")
    if given.anomalies and not given.delta:
        raise ValueError("--anomalies goes with --delta")
    if given.day < 0 or given.part_size < 1 or given.jobs < 1 or not 0 <= given.change_rate <= 0.1:
        raise ValueError("--day, --part-size, --jobs or --change-rate is out of bounds")
    old = given.generation < 2018
    asked = Options(
        seed=given.seed or preset.get("seed", "preau"), academies=academies, people=people, schools=schools,
        degrees={"1D": (1,), "2D": (2,), "both": (1, 2)}[given.degree], day=given.day, delta=given.delta,
        date=given.date or Options.date, first_year=given.first_year, change_rate=given.change_rate,
        generation=given.generation, link=given.link or ("old" if old else "new"),
        legacy=given.legacy or ("both" if old else "none"), part_size=given.part_size, encoding=given.encoding,
        declared=given.declared, accents=given.accents, newline=given.newline, naming=given.naming, order=given.order,
        inside=given.inside, container=given.container, level=given.level, bad=faults_asked(given.bad),
        anomalies=anomalies_asked(given.anomalies), rates=rates.Rates().with_changes(given.rate))
    if not 0 <= asked.school_year - asked.population_year <= 2:
        raise ValueError("--date may be in the school year of --first-year or in one of the two after it")
    return asked


def lines_of_list():
    yield "rates (--rate name=value):"
    yield from ("  " + line for line in rates.rate_lines())
    yield "faults (--bad) and what a sound importer does:"
    yield from (f"  {kind:22} {entry[0]:12} {entry[2]}" for kind, entry in faults.KINDS.items())
    yield "anomalies of deltas (--anomalies) and what a sound importer does:"
    yield from (f"  {kind:22} {expected}" for kind, expected in faults.ANOMALIES_EXPECT.items())


def tasks(options, out, folder):
    """(academy, degree, folder of the archive, file of its truth) of each set."""
    for academy in options.academies:
        place = os.path.join(out, f"{academy:02d}") if len(options.academies) > 1 else out
        for degree in options.degrees:
            yield academy, degree, place, os.path.join(folder, f"{academy:02d}-{degree}")


def run(options, out, truth, jobs, told):
    """Makes every archive; calls `told` with what each became, in a fixed order."""
    os.makedirs(out, exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory(prefix=".aaf-truth-", dir=out) as folder:
        asked = list(tasks(options, out, folder))
        with concurrent.futures.ProcessPoolExecutor(min(jobs, len(asked))) as pool:
            begun = [pool.submit(generate_set, options, academy, degree, place, part if truth else None)
                     for academy, degree, place, part in asked]
            for one in begun:
                results.append(one.result())
                told(results[-1])
        if truth:
            with open(truth, "wb") as whole:
                for *_, part in asked:
                    with open(part, "rb") as file:
                        shutil.copyfileobj(file, whole)
    return results


def tell(result):
    counts = result["records"]
    total, seconds = sum(counts.values()), max(result["seconds"], 1e-6)
    kinds = ", ".join(f"{category} {count}" for category, count in counts.items())
    print(f"{result['path']}: {kinds}; {result['files']} files, {result['xml_bytes'] / 1e6:.1f} MB of XML, "
          f"{seconds:.1f} s, {total / seconds:.0f} records/s", file=sys.stderr)


def write_manifest(results, path):
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for result in results for line in result["manifest"])
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines)
    else:
        sys.stdout.write(lines)


def main(arguments=None):
    the_parser = parser()
    given = the_parser.parse_args(arguments)
    if given.list:
        print("\n".join(lines_of_list()))
        return 0
    if not given.out:
        the_parser.error("the folder to write to is missing")
    try:
        options = options_of(given)
        results = run(options, given.out, given.truth, given.jobs, (lambda _: None) if given.quiet else tell)
    except ValueError as wrong:
        the_parser.error(str(wrong))
    if options.bad or options.anomalies or given.manifest:
        write_manifest(results, given.manifest)
    left = [f"{kind} ({result['degree']}D)" for result in results for kind in result["left"]]
    if left:
        print("no record was fit for: " + ", ".join(left), file=sys.stderr)
    return 1 if left else 0
