"""The pictures of the documents: each is made by the browser tests, of a page that has what the document says, and none lies unused."""

import re

from peers.documents import EVERY, ROOT

IMAGES = ROOT / "docs/images"
BYTES_MAX, ALL_BYTES_MAX = 100_000, 1_500_000
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def made():
    """{file: what the page has} of the pictures that browser tests make."""
    text = "\n".join(file.read_text() for file in sorted((ROOT / "tests/browser").glob("test_*.py")))
    return {f"{name}.{'png' if paper else 'webp'}": words
            for paper, name, words in re.findall(r'illustrate(_paper)?\(\w+, "([\w-]+)", "([^"]+)"', text)}


def shown():
    """(page, its text, file) of the pictures of all documents."""
    return [(page, text, (page.parent / target).resolve()) for page in EVERY for text, target in SHOWN.findall(page.read_text())]


def test_a_picture_of_a_document_is_made_by_a_browser_test_and_says_what_it_shows():
    pictures, found = made(), shown()
    assert len(found) > 12
    for page, text, file in found:
        where = f"{page.relative_to(ROOT)}: {file.name}"
        assert file.parent == IMAGES and file.exists(), f"{where} is not in docs/images"
        assert file.name in pictures, f"{where} is made by no test"
        assert pictures[file.name] in text.replace("\u00a0", " "), f"{where}: {pictures[file.name]!r} is checked there, the document says {text!r}"
        assert len(text) > 40, f"{where}: whoever does not see it reads {text!r}"


def test_no_picture_lies_there_unused():
    used = {file.name for _, _, file in shown()}
    assert {file.name for file in IMAGES.iterdir()} == used == set(made())


def test_pictures_are_small():
    sizes = {file.name: file.stat().st_size for file in IMAGES.iterdir()}
    assert [name for name, size in sizes.items() if size > BYTES_MAX] == [] and sum(sizes.values()) < ALL_BYTES_MAX


def test_each_chapter_for_heads_has_a_picture():
    without = [page.name for page in (ROOT / "docs/heads").glob("*.md") if not SHOWN.search(page.read_text())]
    assert without == []
