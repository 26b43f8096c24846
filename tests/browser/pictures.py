"""Pictures of pages and of printed sheets that the documents show (docs/images).

A run of the tests makes them among its artifacts; with PREAU_PICTURES=docs/images they take the place of those that the
documents show. They are not compared with these: dates and fonts would differ. What a page shows is checked instead, at
each run, by a heading, which the text that stands for the picture in the document has too (tests/architecture/test_pictures.py)."""

import base64
import os
import pathlib
import subprocess

WIDTH, LISTS_WIDTH, QUALITY, MARGIN = 1000, 1280, 60, 16  # legible in a page of text; some 40 kB
PAPER_DPI = 64


def folder_of(artifacts):
    folder = pathlib.Path(os.environ.get("PREAU_PICTURES", artifacts / "documents"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def illustrate(browser, name, heading, top="body", until="main", width=WIDTH, only=None):
    """The page from the element `top` down to the bottom of the element `until`, or the element `only`, as docs/images/NAME.webp."""
    wide = browser.width
    browser.resize(width)
    headings = [one.text.replace("\u00ad", "").replace("\u00a0", " ") for one in browser.all(f"{only or 'main'} :is(h1, h2)")]
    assert any(one.startswith(heading) for one in headings), f"{name}: the page's headings are {headings}"
    box = browser.driver.execute_script(
        "scrollTo(0, 0); document.activeElement.blur(); const [top, until, only, width] = arguments;"
        "const [first, last] = [only || top, only || until].map((one) => document.querySelector(one).getBoundingClientRect());"
        "return {x: only ? first.left : 0, y: first.top, width: only ? first.width : width, height: last.bottom - first.top}", top, until, only, width)
    box["height"] += 0 if only else MARGIN
    shot = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {
        "format": "webp", "quality": QUALITY, "captureBeyondViewport": True, "clip": {**box, "scale": 1}})
    (folder_of(browser.artifacts) / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))
    browser.resize(wide)


def illustrate_paper(artifacts, name, words, document):
    """The first page of a PDF that has these words, as docs/images/NAME.png."""
    text = subprocess.run(["pdftotext", "-l", "1", document, "-"], check=True, capture_output=True, text=True).stdout
    assert words in text.replace("\u00a0", " "), f"{name}: {words!r} is not on the first page"
    subprocess.run(["pdftoppm", "-r", str(PAPER_DPI), "-l", "1", "-gray", "-png", "-singlefile", document, folder_of(artifacts) / name], check=True)
