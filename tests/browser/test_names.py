"""Names that no form would take, in the store as an import would leave them, on every page that shows them: they are read as they are
written, nothing of them runs, nothing is wider than its window."""

import csv
import io
import re
import unicodedata
import urllib.parse

import pytest

from peers.everyone import Place, wear
from peers.portal import add_administrator, add_head, sign_in, sign_in_head
from peers.routes import filled, routes

ACADEMY, DEPARTMENT = 22, 87
RUN = "window.zq = 1"  # what a script among them would do
NAMES = {
    "script": f"<script>{RUN}</script>",
    "image": f"\"><img src=x onerror='{RUN}'>",
    "attribute": f"' onmouseover='{RUN}' autofocus onfocus='{RUN}' x='",
    "end of all": "</title></select></textarea></table></form></main><svg onload=zq()>",
    "comment": "<!-- --!> ]]> <![CDATA[",
    "template": "{{CSRF}}{{/ROW}}{{#ROW}}{{>BODY}}{{%AUTOESCAPE}}",
    "address": "javascript:window.zq=1//",
    "entity": "&lt;b&gt; &amp;amp; &#60;i&#62; &nbsp;",
    "formula": "=HYPERLINK(A1)+cmd|' /C calc'!A0",
    "format": "%s%n%d%%00 ../../etc/passwd $1 \\x00 \\0",
    "control": "Li\x01se\x1b[31m\x07\x7f\x85Tab\x0bX",
    "right to left": "Zo\u202eeiraM\u202c \u2067abc\u2069 \u05d0\u05d1",
    "combining": "Z" + "\u0300\u0301\u0302\u0323" * 6 + "oé e\u0301 ﬁ Ångström",
    "invisible": "A\u200bn\u00adn\ufeffe\u2028x",
    "emoji": "Léo 👩‍👧‍👦 𝔘𝔫𝔦",
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 3,
    "quotes": "L’O\"Brien d'«Œuvre» `x` ;,",
}
SEEN = """
window.looked = true;
return {text: document.body.textContent, zq: window.zq, scripts: [...document.scripts].map((one) => one.getAttribute('src')),
        handlers: [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
        odd: document.querySelectorAll('svg[onload],img[src=x],body i,body b').length,
        values: [...document.querySelectorAll('option,input')].map((one) => one.value)};
"""


def clean(text):
    """As a page has it: without control characters and blanks, in one case since names are shown in their own."""
    return "".join(one for one in text if unicodedata.category(one) != "Cc" and not one.isspace() and one != "\ufffd").casefold()


@pytest.fixture(scope="module")
def place(site):
    """A school where everything has such a name; its class, its mails and its city too."""
    place = Place(site, "Noms", ACADEMY, DEPARTMENT)
    town = place.town
    place.people = {}
    for kind, name in NAMES.items():
        if kind == "control":
            continue  # the import leaves none in a name; its report shows them as signs that cannot be shown
        child = town.pupil(place.school, name, f"Enfant {name}", "2012-05-06", class_label=name, account=True)
        person = town.guardian(name, f"Parent {name}", [child], mail=f"{name[:60]}@example.org")
        place.people[kind] = person, child
    with site.psql() as database:
        database.execute("update preau.school set name = %s, city = %s where uai = %s",
                         (f"École {NAMES['script']}{NAMES['image']}", NAMES["attribute"], place.uai))
        database.execute("update preau.person set mobile = '+33600000000', ville = %s where academy = %s", (NAMES["script"], ACADEMY))
        for number, name in enumerate(NAMES.values(), 1):
            database.execute(
                "insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value)"
                " values (%s, %s, %s, 7, 'Eleve', '1', 'ENTEleveINE', 'ine_invalid', %s)", (place.run, number, name, name))
        database.execute("update preau.import_run set archive = %s where id = %s", (NAMES["script"] + NAMES["long"], place.run))
    place.print_sheets()
    add_administrator(site, "noms", "assistance", "--academy", ACADEMY, name=NAMES["image"])
    other = town.school(2, DEPARTMENT)
    add_head(site, "noms.deux", place.school, other, name=NAMES["script"])
    return place


def pages(place):
    school = f"/etablissements/{place.uai}"
    accounts = [f"{school}/comptes/%d-%d" % person.account for people in place.people.values() for person in people]
    read = [filled(route.pattern, place.values()) for route in routes()
            if route.method == "GET" and route.access in ("SCHOOL", "DELIVERIES", "ADMINISTRATOR") and not {":fiches", ":releve"} & set(route.places)]
    return [*read, *accounts]


def check(browser, path):
    seen = browser.driver.execute_script(SEEN)
    assert seen["zq"] is None and seen["handlers"] == [] and seen["odd"] == 0, path
    assert all(source and source.startswith("/assets/") for source in seen["scripts"]), path
    for width in (1280, 320):
        browser.resize(width)
        over = browser.driver.execute_script("return document.documentElement.scrollWidth") - width
        assert over <= 0, f"{path}: {over} px wider than {width}"
    browser.resize(1280)
    return clean(seen["text"])


def test_names_are_read_as_they_are_and_nothing_of_them_runs(browser, place, site):
    wear(browser.driver, browser.url, sign_in_head(site, "noms"))
    texts = {}
    for path in pages(place):
        browser.open(path)
        texts[path] = check(browser, path)
    school = f"/etablissements/{place.uai}"
    for kind, (person, child) in place.people.items():
        shown = clean(NAMES[kind])
        for one in (person, child):
            assert shown in texts[f"{school}/comptes/%d-%d" % one.account], (kind, "account")
        assert shown in texts[f"{school}/responsables"], (kind, "guardians")
        assert shown in texts[f"{school}/eleves"], (kind, "pupils")
    for kind, name in NAMES.items():
        assert clean(name) in texts[f"/imports/{place.run}"], (kind, "report")


def test_names_stay_names_through_a_filter_a_preview_and_a_batch(browser, place, site):
    wear(browser.driver, browser.url, sign_in_head(site, "noms.deux"))
    school = f"/etablissements/{place.uai}"
    browser.open("/etablissements")
    assert clean(NAMES["attribute"]) in check(browser, "/etablissements")
    for name in NAMES.values():
        query = urllib.parse.urlencode({"nom": name, "classe": name})
        browser.open(f"{school}/responsables?{query}")
        check(browser, f"{school}/responsables?{query}")
    browser.open(f"{school}/responsables")
    browser.find('[name="compte"]').click()
    browser.fill(action="reset")
    browser.click("#continuer")
    check(browser, "apercu")
    browser.click("#confirmer")
    check(browser, "bilan")


def test_families_with_such_names_come_in(browser, place, site):
    for kind, (person, _) in place.people.items():
        person.reset()  # the head of another test may have
        wear(browser.driver, browser.url, sign_in(site, person))
        browser.open("/ouverture")
        assert clean(NAMES[kind]) in check(browser, "/ouverture"), kind


def test_a_spreadsheet_has_the_names_and_runs_nothing(site, place):
    visitor = sign_in_head(site, "noms")
    answer = visitor.session.get(f"{site.portal_url}/imports/{place.run}.csv", timeout=20)
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', answer.headers["Content-Disposition"])
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    cells = {cell for row in rows for cell in row}
    assert not [cell for cell in cells if any(unicodedata.category(one) == "Cc" for one in cell)]
    for name in (name for kind, name in NAMES.items() if kind != "control"):
        wanted = {name, "'" + name} if name[0] not in "=+-@\t\r" else {"'" + name}
        assert wanted & cells, name
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_a_document_is_named_by_numbers_alone(site, place):
    visitor = sign_in_head(site, "noms")
    answer = visitor.session.get(f"{site.portal_url}/etablissements/{place.uai}/envois/{place.batch}/fiches/1.pdf", timeout=20)
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+\.pdf"', answer.headers["Content-Disposition"])
    assert answer.content.startswith(b"%PDF")
