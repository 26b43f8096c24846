"""The portal's pages and the mails as templates: nothing is written unescaped, everything stands where it can be escaped, and what
stands there is French as it is printed."""

import html
import pathlib
import re
from html.parser import HTMLParser

import pytest

from peers.catalogues import PORTAL, translate

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "daemons/portal/pages").glob("*.html"))
MAILS = sorted((ROOT / "daemons/notify/mails").glob("*.html"))
TEXTS = sorted((ROOT / "daemons/notify/mails").glob("*.txt"))
OTHERS = sorted((ROOT / "daemons/notify/mails").glob("*/*.*"))  # in second languages
MARKER = re.compile(r"\{\{(.*?)\}\}", re.S)
ADDRESSES = ("href", "src", "action", "formaction", "cite", "poster", "srcset", "data", "background")
# {{NAME:none}} that somebody wanted, with the reason; a file and what stands in it
UNESCAPED = {}
NO_PLURAL = {"LISTED_MAX"}  # a constant, far from one
SIGNS, SPACES = ":;?!»%", "\u00a0\u202f"


def names(files):
    return [file.name for file in files]


def visible(text):
    """What a reader sees: texts and the attributes that are read out, markers as the letter x."""
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__(convert_charrefs=True)
            self.said, self.hidden = [""], 0

        def handle_starttag(self, tag, pairs):
            self.hidden += tag in ("script", "style")
            self.said += [value for name, value in pairs if name in ("title", "aria-label", "alt", "placeholder", "data-label") and value]
            if tag not in ("strong", "a", "span", "em", "b"):
                self.said.append("")

        def handle_endtag(self, tag):
            self.hidden -= tag in ("script", "style")
            if tag not in ("strong", "a", "span", "em", "b"):
                self.said.append("")

        def handle_data(self, data):
            if not self.hidden:
                self.said[-1] += data

    reader = Reader()
    reader.feed(MARKER.sub(lambda found: "" if found[1][0] in "#/!>%" else "x", text))
    return [" ".join(re.split(r"[ \n\t]+", one)) for one in reader.said if one.strip()]


# ------------------------------------------------------------------------------------------------ escaping


@pytest.mark.parametrize("file", [*PAGES, *MAILS, *TEXTS, *OTHERS], ids=lambda file: file.name)
def test_a_marker_is_a_plain_name(file):
    """No modifier: none switches escaping off, h or others would say that the context is not enough."""
    found = [marker for marker in MARKER.findall(file.read_text()) if not re.fullmatch(r"[#/>]?[A-Z][A-Z0-9_]*", marker)]
    assert found == UNESCAPED.get(file.name, [])


@pytest.mark.parametrize("file", [*PAGES, *MAILS, *OTHERS], ids=lambda file: file.name)
def test_a_value_stands_in_a_text_or_in_a_quoted_attribute(file):
    """Nowhere else is a page safe whatever the value: not in a script, a style, a comment, a tag's or an attribute's name."""
    text = file.read_text()
    assert not re.search(r"<!--[^>]*\{\{", text), "in a comment"
    for part in re.findall(r"<(?:script|style)\b[^>]*>(.*?)</(?:script|style)>", text, re.S):
        assert part.strip() == "", "in a script or a style"
    sections = re.compile(r"\{\{[#/][A-Z0-9_]+\}\}")
    for tag in re.findall(r"<[a-zA-Z](?:[^<>{}]|\{\{.*?\}\})*>", text):
        bare = re.sub(r'"[^"]*"', '""', sections.sub("", tag))
        assert "{{" not in bare, f"outside of quotes: {tag}"
        assert "'" not in bare, f"single quotes: {tag}"
        for name, value in re.findall(r'([\w-]+)="([^"]*)"', sections.sub("", tag)):
            assert not name.startswith("on") and name != "srcdoc", f"inline code: {tag}"
            assert name != "style" or (file in [*MAILS, *OTHERS] and "{{" not in value), f"inline style: {tag}"
            if "{{" in value and name in ADDRESSES and not value.startswith("mailto:"):
                assert re.match(r"\{\{[A-Z_]+\}\}|/|#", value), f"an address begins with its whole value or with a path: {tag}"


def test_each_mark_of_an_opened_part_is_closed_in_its_order():
    for file in [*PAGES, *MAILS, *TEXTS, *OTHERS]:
        open_parts = []
        for marker in MARKER.findall(file.read_text()):
            if marker[0] == "#":
                open_parts.append(marker[1:])
            elif marker[0] == "/":
                assert open_parts and open_parts.pop() == marker[1:], f"{file.name}: {marker}"
        assert open_parts == [], file.name


def test_a_second_language_says_what_the_french_does():
    """The same values and the same parts in each file, whatever their order."""
    for file in OTHERS:
        french = file.parent.parent / file.name
        assert set(MARKER.findall(file.read_text())) == set(MARKER.findall(french.read_text())), file


# ------------------------------------------------------------------------------------------------ French


@pytest.mark.parametrize("file", [*PAGES, *MAILS, *TEXTS], ids=lambda file: file.name)
def test_signs_stand_as_french_prints_them(file):
    text = file.read_text()
    lines = text.removeprefix("Objet : ").splitlines()  # which the program knows the subject by
    said = visible(text) if file.suffix == ".html" else [MARKER.sub("x", line) for line in lines]
    for one in said:
        words = re.sub(r"\bhttps?:\S+|\b\d\d:\d\d\b", "x", html.unescape(one))
        wrong = re.findall(rf".{{0,20}}[^{SPACES}:;?!][{SIGNS}](?![\w/]).{{0,10}}|.{{0,10}}«[^{SPACES}].{{0,20}}", words)
        assert not wrong, f"no space that does not break before {SIGNS} or after «: {wrong}"
        assert not re.search(r"\w'\w", words), f"a straight apostrophe: {one}"
        assert "..." not in words and '"' not in words, f"dots, quotation marks: {one}"
        assert not re.search(r" [-] ", words), f"a hyphen for a dash: {one}"


@pytest.mark.parametrize("file", [*PAGES, *MAILS, *TEXTS], ids=lambda file: file.name)
def test_a_number_brings_its_noun_so_that_it_agrees(file):
    """"1 compte", "2 comptes": the program writes both words; neither "(s)" nor a plural after a marker."""
    text = file.read_text()
    assert not re.search(r"\((?:s|e|es|x)\)", text)
    counted = re.findall(r"\{\{(\w*(?:COUNT|TOTAL|MAX|NUMBER)\w*)\}\}[ \u00a0](\w+s)\b", text)
    assert [name for name, _ in counted if name not in NO_PLURAL] == []


# ------------------------------------------------------------------------------------------------ form


@pytest.mark.parametrize("file", [file for file in PAGES if "<h1" in file.read_text()], ids=lambda file: file.name)
def test_headings_follow_one_another(file):
    """A page's own begins with its h1; no level is left out on the way down."""
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", file.read_text())]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:]))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_each_field_and_each_table_has_its_name(file):
    text = file.read_text()
    for tag in re.findall(r"<(?:input|select|textarea)\b(?:[^<>{}]|\{\{.*?\}\})*>", text):
        if 'type="hidden"' in tag or "aria-label=" in tag:
            continue
        known = re.search(r'\bid="([^"]+)"', tag)
        wrapped = re.search(r"<label[^>]*>(?:(?!</label>).)*" + re.escape(tag), text, re.S)
        assert wrapped or (known and f'for="{known[1]}"' in text), f"no label: {tag}"
    assert len(re.findall(r"<table\b", text)) == len(re.findall(r"<caption\b", text))
    assert not re.search(r"<th(?![^>]*\bscope=)\b[^>]*>", text.replace("<thead", "<xhead")), "a heading without its scope"
    assert not re.search(r"<img(?![^>]*\balt=)", text)


# ------------------------------------------------------------------------------------------------ what browsers fill in

# what a form of a family's page asks for, by the name of its field; WHATWG's words for it
COMPLETED = {"identifiant": "username", "mot_de_passe": "current-password", "actuel": "current-password", "nouveau": "new-password",
             "confirmation": "new-password", "code": "one-time-code", "naissance": "bday", "courriel": "email", "mobile": "tel",
             "nom": "family-name", "prenom": "given-name", "{{FIELD}}": "off"}
OF_ANOTHER = {("autre-compte.html", "identifiant"): "off", ("autre-compte.html", "mot_de_passe"): "off",  # whose browser it is has its own kept
              ("enfants.html", "naissance"): "off"}
NEW_PASSWORD = ("ouverture", "nouveau-mot-de-passe", "mot-de-passe-lien", "inscription-mot-de-passe", "ent-mot-de-passe")


def inputs_of(page):
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, pairs):
            if tag == "input":
                found.append({name: value or "" for name, value in pairs})

    Reader().feed(re.sub(r"\{\{[#/].*?\}\}", "", page.read_text()))
    return found


@pytest.mark.parametrize("file", [page for page in PAGES if page.stem in translate.PAGES], ids=lambda file: file.name)
def test_each_field_of_a_family_says_what_may_be_filled_in(file):
    for field in inputs_of(file):
        if field.get("type") != "hidden":
            wanted = OF_ANOTHER.get((file.name, field["name"]), COMPLETED.get(field["name"]))
            assert field.get("autocomplete") == wanted, f"{file.name}: {field}"


def test_a_present_password_has_its_identifier_beside_it():
    """In its own form: of which account a browser is to give it, and not in an input that it does not heed."""
    asked = []
    for page in (page for page in PAGES if page.stem in translate.PAGES):
        for form in re.findall(r"<form\b.*?</form>", page.read_text(), re.S):
            if "current-password" in form or "{{PROOF_COMPLETION}}" in form:
                asked.append(page.stem)
                (field,) = re.findall(r'<input[^>]*autocomplete="username"[^>]*>', form) or [""]
                assert 'type="hidden"' not in field and 'name="identifiant"' in field, page.name
    assert {"connexion", "ouverture-suite", "adresse", "mobile"} <= set(asked)


@pytest.mark.parametrize("page", NEW_PASSWORD)
def test_a_new_password_has_its_identifier_beside_it(page):
    """Not in an input of type hidden: browsers and what keeps passwords do not heed it."""
    (field,) = [field for field in inputs_of(PORTAL / f"pages/{page}.html") if field.get("autocomplete") == "username"]
    assert field["type"] == "text" and field["value"] in ("{{LOGIN}}", "{{OWN_LOGIN}}") and "hidden" in field and "readonly" in field
