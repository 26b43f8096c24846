"""What the documents say to type: their blocks, by what these are, and the commands and names in their sentences."""

import dataclasses
import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]
# for users; those of developers and of decisions speak of what was, too
USERS = sorted([page for folder in ("heads", "integrators", "operators") for page in (ROOT / "docs" / folder).glob("*.md")])
EVERY = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
SECTION = re.compile(r'^(?:#.*\n)*(\w+)(?: "[^"\n]+")? \{\n', re.M)


@dataclasses.dataclass
class Block:
    page: pathlib.Path
    line: int
    word: str  # after the ```
    text: str

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page):
    """Indented ones too, of lists."""
    text = page.read_text()
    return [Block(page, text[:found.start()].count("\n") + 1, found[2], re.sub(rf"^{found[1]}", "", found[3], flags=re.M))
            for found in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```$", text, re.M | re.S)]


def keys():
    """{section: names} of a configuration."""
    found = {}
    for section, name in re.findall(r"^KEY\((\w+), (\w+),", (ROOT / "common/runtime/config_keys.def").read_text(), re.M):
        found.setdefault(section.lower(), set()).add(name.lower())
    return found


def is_configuration(block):
    found = SECTION.match(block.text)
    return found is not None and found[1] in keys()


def lines_of(block):
    """Commands of a shell block: without comments, prompts and what a transcript shows below."""
    text = re.sub(r"\\\n\s*", " ", block.text)
    shown = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if any(line.startswith("$ ") for line in shown):
        shown = [line[2:] for line in shown if line.startswith("$ ")]
    return [line.strip() for line in shown]


def words_of(line):
    """One command's words, without a comment behind it nor where its output goes."""
    return [word for word in shlex.split(re.sub(r"\s+>+ .*$", "", line), comments=True)]


def chapter(page, title):
    """The commands of a chapter of a page, as they are to be typed: a list for each block of sh."""
    text = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page.read_text(), re.M | re.S)[1]
    return [block.splitlines() for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)]


def codes(page):
    """`…` of a page's sentences, with blocks left out; a table's \\| is |."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.M | re.S)
    return [found.replace("\\|", "|") for found in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)]
