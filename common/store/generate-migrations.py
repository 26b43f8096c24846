#!/usr/bin/env python3
"""Makes migrations.c from the numbered .sql files: generate-migrations.py OUT.c FILE.sql…"""

import hashlib
import pathlib
import re
import sys


def main(source, *files):
    rows = []
    for expected, path in enumerate(sorted(map(pathlib.Path, files)), 1):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
        if not match or int(match[1]) != expected:
            sys.exit(f"{path.name}: migration {expected:04d}_… is wanted here")
        data = path.read_bytes()
        text = ", ".join(map(str, data))
        rows.append((
            f"static const char text_{expected}[] = {{{text}, 0}};\n",
            f'    {{{expected}, "{match[2]}", "{hashlib.sha256(data).hexdigest()}", text_{expected}}},\n'))
    pathlib.Path(source).write_text(
        '/* Made by generate-migrations.py. */\n#include "store/migration_table.h"\n\n'
        + "".join(text for text, _ in rows)
        + "\nconst struct migration migration_table[] = {\n" + "".join(row for _, row in rows) + "};\n"
        + f"const int migration_count = {len(rows)};\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
