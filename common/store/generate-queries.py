#!/usr/bin/env python3
"""Makes queries.h and queries.c from the .sql files: generate-queries.py OUT.h OUT.c FILE.sql…

A block:
    -- :query name          begins it
    -- A sentence or more that says what it answers.
    -- :role portal link    the daemons that may run it (preau_portal …)
    -- :scans               its plan may read a whole large table
    -- :changes             it writes by way of a function (insert, update, delete are seen by themselves): what writes is
                            not asked again when the connection broke
    -- :plain               run as it is, not prepared (COPY, temporary tables); no parameters
    -- $1 name type         one line per parameter
    the SQL
Refused: a block without sentence or role, parameters undeclared, unused or out of order, a name given twice.
"""

import pathlib
import re
import sys

ROLES = {"import", "notify", "link", "stats", "portal", "ctl"}


class Block:
    def __init__(self, place, name):
        self.place, self.name = place, name
        self.sentence, self.roles, self.parameters, self.sql = [], [], [], []
        self.scans = self.plain = self.changes = False

    def take(self, line):
        if self.sql or not line.startswith("--"):
            if line.strip() or self.sql:
                self.sql.append(line)
            return
        text = line[2:].strip()
        if text == ":scans":
            self.scans = True
        elif text == ":plain":
            self.plain = True
        elif text == ":changes":
            self.changes = True
        elif text.startswith(":role "):
            self.roles += text.split()[1:]
        elif match := re.fullmatch(r"\$(\d+) (\w+) (\S.*)", text):
            self.parameters.append((int(match[1]), match[2], match[3]))
        elif text.startswith((":", "$")):
            self.refuse(f"not understood: {text}")
        else:
            self.sentence.append(text)

    def refuse(self, why):
        sys.exit(f"{self.place}: query {self.name}: {why}")

    def finish(self):
        self.text = "\n".join(self.sql).strip()
        if not self.sentence:
            self.refuse("say what it answers")
        if not self.roles or not set(self.roles) <= ROLES:
            self.refuse(f"say the roles that run it, of {' '.join(sorted(ROLES))}")
        if not self.text.endswith(";") or ";" in re.sub(r"'[^']*'", "", self.text[:-1]):
            self.refuse("one statement that ends with a semicolon")
        self.text = self.text[:-1]
        used = {int(n) for n in re.findall(r"\$(\d+)", self.text)}
        declared = [n for n, _, _ in self.parameters]
        if declared != list(range(1, len(declared) + 1)) or used != set(declared):
            self.refuse(f"parameters declared {declared}, used {sorted(used)}")
        if self.plain and declared:
            self.refuse("a plain statement has no parameters")
        writes = re.search(r"\b(insert|update|delete|merge|copy|create|truncate|nextval)\b", self.text, re.I)
        self.changes = self.changes or bool(writes)


def blocks(path):
    block = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := re.fullmatch(r"-- :query ([a-z][a-z0-9_]*)", line):
            if block:
                block.finish()
                yield block
            block = Block(f"{path.name}:{number}", match[1])
        elif block:
            block.take(line)
    if block:
        block.finish()
        yield block


def quoted(text):
    lines = (line.replace("\\", "\\\\").replace('"', '\\"') for line in text.splitlines())
    return "\n        ".join(f'"{line}\\n"' for line in lines)


def main(header, source, *files):
    every = [block for name in files for block in blocks(pathlib.Path(name))]
    seen = {}
    for block in every:
        if block.name in seen:
            block.refuse(f"also at {seen[block.name]}")
        seen[block.name] = block.place
    enum = "".join(f"    QUERY_{b.name.upper()}, /* {b.sentence[0]} */\n" for b in every)
    pathlib.Path(header).write_text(
        "/* Made by generate-queries.py from the .sql files. */\n#pragma once\n\nenum query {\n"
        + enum + "    QUERY_COUNT\n};\n", encoding="utf-8")
    rows = "".join(
        f'    {{\n        .name = "{b.name}",\n        .roles = "{" ".join(b.roles)}",\n'
        f'        .types = "{", ".join(t for _, _, t in b.parameters)}",\n'
        f"        .parameters = {len(b.parameters)},\n        .changes = {str(b.changes).lower()},\n"
        f"        .plain = {str(b.plain).lower()},\n        .scans = {str(b.scans).lower()},\n"
        f"        .text =\n        {quoted(b.text)},\n    }},\n" for b in every)
    pathlib.Path(source).write_text(
        '/* Made by generate-queries.py from the .sql files. */\n#include "store/query_table.h"\n\n'
        "/* what the standard asks of every compiler is less than what ours take */\n"
        '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
        "const struct query_row query_table[QUERY_COUNT] = {\n" + rows + "};\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
