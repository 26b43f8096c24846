#!/usr/bin/env python3
"""Makes migrations.c from the numbered .sql files: generate-migrations.py OUT.c PREVIOUS_RELEASE FILE.sql…

A file is one step, in one transaction, unless lines of it begin others (docs/developers/adding.md):

    -- step                               another transaction
    -- step: repeated                     one statement, each time a transaction of its own, until it changes no row
    -- step: outside of a transaction     one `create index concurrently if not exists` or `drop index concurrently if exists`
"""

import hashlib
import pathlib
import re
import sys

KINDS = {"": "MIGRATION_TRANSACTION", "repeated": "MIGRATION_REPEATED", "outside of a transaction": "MIGRATION_OUTSIDE"}
MARK = re.compile(r"^-- step(?:: *([a-z ]+?))?[ \t]*$", re.M)
OUTSIDE = re.compile(r"create (?:unique )?index concurrently if not exists (\w+) on [^;]+;?|drop index concurrently if exists preau\.\w+;?", re.I)


def bare(text):
    """Without comments and blanks."""
    return " ".join(re.sub(r"--[^\n]*", "", text).split())


def steps_of(name, text):
    """[(kind, text, name of the index that it makes or "")]; SystemExit says what is wrong."""
    marks = list(MARK.finditer(text))
    for line in re.findall(r"^-- step\b.*$", text, re.M):
        if not MARK.fullmatch(line) or (MARK.fullmatch(line)[1] or "") not in KINDS:
            sys.exit(f"{name}: « {line} »: -- step, -- step: repeated, or -- step: outside of a transaction")
    ends = [mark.start() for mark in marks] + [len(text)]
    parts = [("", text[:ends[0]])] + [(mark[1] or "", text[mark.end():end]) for mark, end in zip(marks, ends[1:])]
    if marks and not bare(parts[0][1]):
        del parts[0]  # only what the whole is about
    steps = []
    for kind, part in parts:
        if not bare(part):
            sys.exit(f"{name}: a step without a statement")
        outside = OUTSIDE.fullmatch(bare(part)) if kind == "outside of a transaction" else None
        if kind == "outside of a transaction" and not outside:
            sys.exit(f"{name}: outside of a transaction stands one `create index concurrently if not exists NAME on …` or `drop index concurrently if exists preau.NAME`")
        if kind == "repeated" and ";" in bare(part).rstrip(";"):
            sys.exit(f"{name}: what is repeated is one statement")
        steps.append((KINDS[kind], part, (outside and outside[1]) or ""))
    return steps


def as_bytes(text):
    return ", ".join(map(str, text.encode()))


def serves(text, last):
    """The last migration of the previous release, whose programs work on our schema."""
    found = re.search(r"^schema (\d+)$", text, re.M)
    if not found or not 0 < int(found[1]) <= last:
        sys.exit(f"deploy/PREVIOUS_RELEASE: schema N, the number of a migration up to {last}")
    return int(found[1])


def main(source, previous, *files):
    texts, rows = [], []
    for expected, path in enumerate(sorted(map(pathlib.Path, files)), 1):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
        if not match or int(match[1]) != expected:
            sys.exit(f"{path.name}: migration {expected:04d}_… is wanted here")
        data = path.read_bytes()
        steps = steps_of(path.name, data.decode())
        for number, (_, text, _) in enumerate(steps, 1):
            texts.append(f"static const char text_{expected}_{number}[] = {{{as_bytes(text)}, 0}};\n")
        texts.append(f"static const struct migration_step steps_{expected}[] = {{\n" + "".join(
            f'    {{{kind}, text_{expected}_{number}, "{index}"}},\n' for number, (kind, _, index) in enumerate(steps, 1)) + "};\n")
        rows.append(f'    {{{expected}, "{match[2]}", "{hashlib.sha256(data).hexdigest()}", steps_{expected}, {len(steps)}}},\n')
    pathlib.Path(source).write_text(
        '/* Made by generate-migrations.py. */\n#include "store/migration_table.h"\n\n' + "".join(texts)
        + "\nconst struct migration migration_table[] = {\n" + "".join(rows) + "};\n"
        + f"const int migration_count = {len(rows)};\n"
        + f"const int migration_serves = {serves(pathlib.Path(previous).read_text(), len(rows))};\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
