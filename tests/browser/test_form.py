"""Every page of the map in Chromium: wide, at 200 % and narrow, with and without scripts, with the keyboard alone."""

import collections
import re

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from peers import axe
from peers.everyone import Everyone, wear
from peers.routes import filled, routes

FIT = {"ANYONE": "nobody", "FAMILY": "guardian", "OPENING": "opening", "PASSWORD": "new_password", "ADMINISTRATOR": "exploitant",
       "CODE": "halfway", "OWN_PASSWORD": "directeur", "SECOND_FACTOR": "directeur", "SCHOOL": "directeur", "DELIVERIES": "exploitant"}
WIDTHS = (1280, 640, 320)  # 640: what is left of 1280 at 200 %
FILES = ("*", ":fiches", ":releve")
LOOK = """
const shown = (one) => one.checkVisibility();
return {
  title: document.title, lang: document.documentElement.lang, path: location.pathname,
  headings: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(shown).map((one) => [Number(one.tagName[1]), one.textContent.trim()]),
  landmarks: ['header', 'main', 'footer'].map((name) => document.querySelectorAll(name).length),
  navigations: [...document.querySelectorAll('nav')].map((one) => one.getAttribute('aria-label')),
  twice: [...document.querySelectorAll('[id]')].map((one) => one.id).filter((id, at, all) => all.indexOf(id) !== at),
  unknown: [...document.querySelectorAll('[for],[aria-describedby],[aria-labelledby],[aria-controls]')].flatMap((one) =>
    ['for', 'aria-describedby', 'aria-labelledby', 'aria-controls'].flatMap((name) => (one.getAttribute(name) || '').split(' ')))
    .filter((id) => id && !document.getElementById(id)),
  links: [...document.links].filter(shown).map((one) =>  // in a table, the row says the rest
    [one.closest('tr') && one.closest('tr').textContent.trim() + one.textContent.trim() || one.textContent.trim() || one.getAttribute('aria-label'),
     one.href]),
};
"""
# the words that are on the page by a script alone: those of the same page as it was sent are taken from them
SCRIPTED = """
const words = (root) => root.body.textContent.match(/[\\p{L}]+/gu);
const sent = new Set(words(new DOMParser().parseFromString(arguments[0], 'text/html')));
return [...new Set(words(document))].filter((word) => !sent.has(word));
"""
FOCUS = """
const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
const around = one.closest('.fr-enlarge-link') || one;
return {tag: one.tagName, name: one.name, value: one.value, words: one.textContent.trim(), href: one.getAttribute('href'),
        isShown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        isMarked: [style, getComputedStyle(around), getComputedStyle(one, '::before'), getComputedStyle(one, '::after')].some(
          (each) => (each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0))};
"""


@pytest.fixture(scope="module")
def everyone(site):
    everyone = Everyone(site)
    site.ctl("statistics", "compute")
    return everyone


def pages(everyone):
    """(who, path) of every page that is read, once."""
    values = everyone.own.values()
    found = [(FIT[route.access], filled(route.pattern, values)) for route in routes()
             if route.method == "GET" and route.access in FIT and not set(route.places) & set(FILES)
             and "." not in route.pattern]
    school = f"/etablissements/{everyone.own.uai}"
    return [*found, ("nobody", "/nulle-part"), ("nobody", "/connexion?session=finie"), ("nobody", "/?fin=1"), ("directeur", f"{school}/responsables?nom=personne"),
            ("directeur", f"{school}/comptes/{'%d-%d' % everyone.own.pupil.account}"), ("exploitant", "/imports?academie=4")]


def in_order(pages):
    """By visitor, so that each signs in once."""
    by_visitor = collections.defaultdict(list)
    for who, path in pages:
        if path not in by_visitor[who]:
            by_visitor[who].append(path)
    return by_visitor.items()


def check_document(seen):
    levels = [level for level, _ in seen["headings"]]
    assert seen["lang"] == "fr" and re.fullmatch(r".{3,} – Préau", seen["title"]), seen["title"]
    assert levels.count(1) == 1 and levels[0] == 1, seen["headings"]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), seen["headings"]
    assert seen["landmarks"] == [1, 1, 1] and seen["twice"] == [] and seen["unknown"] == []
    assert None not in seen["navigations"] and len(set(seen["navigations"])) == len(seen["navigations"])
    where = collections.defaultdict(set)
    for words, href in seen["links"]:
        assert words, f"a link without words: {href}"
        where[words].add(href)
    assert {words for words, places in where.items() if len(places) > 1} - {"Contenu"} == set(), "the same words lead to several places"


def test_every_page_reads_well_at_every_width(browser, everyone):
    titles, wrong = {}, []
    for who, paths in in_order(pages(everyone)):
        visitor = everyone.come(who)
        wear(browser.driver, browser.url, visitor)
        for path in paths:
            browser.resize(WIDTHS[0])
            browser.open(path)
            seen = browser.driver.execute_script(LOOK)
            try:
                check_document(seen)
            except AssertionError as failed:
                wrong.append(f"{path}: {str(failed).splitlines()[0]}")
            # not by fetch, which is no link that is followed: ways out to providers answer it with a refusal
            sent = visitor.get(browser.driver.current_url).content.decode()
            scripted = set(browser.driver.execute_script(SCRIPTED, sent)) - {"aucun"}
            if scripted:
                wrong.append(f"{path}: only by a script: {scripted}")
            titles.setdefault(seen["title"], set()).add((seen["path"], seen["headings"][0][1]))
            for width in WIDTHS:
                browser.resize(width)
                over = browser.driver.execute_script("return document.documentElement.scrollWidth") - width
                if over > 0:
                    wrong.append(f"{path}: {over} px wider than {width}")
                if width != 640:
                    wrong += [f"{path} at {width}: {found}" for found in axe.violations(browser.driver)]
    assert not wrong, "\n".join(wrong)
    assert {title: found for title, found in titles.items() if len({heading for _, heading in found}) > 1} == {}


# ------------------------------------------------------------------------------------------------ the keyboard alone


class Keyboard:
    def __init__(self, browser):
        self.browser = browser

    def press(self, *keys):
        webdriver.ActionChains(self.browser.driver).send_keys(*keys).perform()

    @property
    def at(self):
        return self.browser.driver.execute_script(FOCUS)

    def go_to(self, selector, limit=200):
        """By Tab alone, round by the top if need be; whatever has the focus on the way can be seen to have it."""
        for _ in range(limit):
            self.press(Keys.TAB)
            at = self.at
            if at["tag"] == "BODY":
                continue
            assert at["isShown"] and at["isMarked"], f"the focus is not seen: {at}"
            if self.browser.driver.execute_script("return document.activeElement.matches(arguments[0])", selector):
                return
        raise AssertionError(f"{selector} is not reached")

    def follow(self, key=Keys.ENTER):
        self.browser.driver.execute_script("window.isThePageBefore = true")
        self.press(key)
        self.browser.wait(lambda: self.browser.driver.execute_script("return !window.isThePageBefore && document.readyState === 'complete'"))


def test_a_head_notifies_with_the_keyboard_alone(browser, everyone):
    wear(browser.driver, browser.url, everyone.come("directeur"))
    browser.open(f"/etablissements/{everyone.own.uai}/responsables")
    keyboard = Keyboard(browser)
    keyboard.go_to("main form[method=post] input[name=compte]")
    keyboard.press(Keys.SPACE)
    assert browser.driver.execute_script("return document.activeElement.checked")
    keyboard.go_to("#continuer")
    keyboard.follow()
    assert "1 compte sera" in browser.text()
    keyboard.go_to("#confirmer")
    keyboard.follow()
    assert "/envois/" in browser.path


def test_the_skip_link_is_first_and_leads_past_the_header(browser, everyone):
    wear(browser.driver, browser.url, everyone.come("directeur"))
    browser.open(f"/etablissements/{everyone.own.uai}/responsables")
    keyboard = Keyboard(browser)
    keyboard.press(Keys.TAB)
    assert keyboard.at["href"] == "#contenu" and keyboard.at["isShown"]
    keyboard.press(Keys.ENTER)
    keyboard.press(Keys.TAB)
    assert browser.driver.execute_script("return document.getElementById('contenu').contains(document.activeElement)")


# ------------------------------------------------------------------------------------------------ what is refused, what goes on


def test_what_is_wrong_is_said_first_and_leads_to_its_field(browser, everyone):
    wear(browser.driver, browser.url, everyone.come("opening"))
    browser.open("/ouverture")
    browser.fill(nouveau="court", confirmation="court", courriel="zoe@example.org")
    browser.all('[name^="naissance"]')[0].send_keys("11/11/2011")
    browser.click("#ouvrir")
    assert browser.driver.title.startswith("Erreur")
    field = browser.find("#nouveau")
    assert field.get_attribute("aria-invalid") == "true"
    assert "trop court" in browser.find("#" + field.get_attribute("aria-describedby")).text
    assert browser.find('[role="alert"]').is_displayed()
    browser.find('[role="alert"] a[href="#nouveau"]').click()
    assert browser.driver.execute_script("return document.activeElement.id") == "nouveau"


def test_a_refused_sign_in_is_announced(browser, everyone):
    wear(browser.driver, browser.url, None)
    browser.open("/connexion")
    browser.fill(identifiant="personne", mot_de_passe="x")
    browser.click("#se-connecter")
    assert "incorrect" in browser.find('[role="alert"]').text and browser.driver.title.startswith("Erreur")


# ------------------------------------------------------------------------------------------------ without scripts


@pytest.fixture
def plain(site, tmp_path):
    """Chromium whose user switched JavaScript off."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--disable-dev-shm-usage", "--lang=fr", "--no-sandbox", "--window-size=1280,900", f"--user-data-dir={tmp_path / 'plain'}"):
        options.add_argument(word)
    options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.add_argument("--accept-lang=fr-FR,fr")
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def patient(driver):
    """Between two pages the driver has no document to ask, and says so in words of its own."""
    return WebDriverWait(driver, 20, ignored_exceptions=[WebDriverException])


def follow(driver, element):
    """Clicks, and waits until the element is of a page before."""
    element.click()

    def is_gone(_):
        try:
            element.is_enabled()
        except StaleElementReferenceException:
            return True
        return False

    patient(driver).until(is_gone)


def test_without_scripts_a_head_notifies_and_follows(plain, site, everyone):
    wear(plain, site.portal_url, everyone.come("directeur"))
    plain.get(f"{site.portal_url}/etablissements/{everyone.own.uai}/responsables")
    assert plain.find_element(By.ID, "nombre").text == "aucun"
    assert not plain.find_element(By.ID, "toute-la-page").is_displayed()
    plain.find_element(By.CSS_SELECTOR, 'input[name="compte"]').click()
    follow(plain, plain.find_element(By.ID, "continuer"))
    assert "1 compte sera" in plain.find_element(By.TAG_NAME, "main").text.replace("\u00a0", " ")
    follow(plain, plain.find_element(By.ID, "confirmer"))
    assert "/envois/" in plain.current_url
    # the page loads itself again until it is over
    patient(plain).until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "[data-suite]"), "a batch that is over")
