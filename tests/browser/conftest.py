"""Headless Chromium before a whole site. Pictures are kept in PREAU_ARTIFACTS (default: artifacts/ of the build)."""

import contextlib
import os
import pathlib
import re

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from peers import axe
from peers.process import SLOWER
from peers.site import Site

DAEMONS = ("preau-importd", "preau-linkd", "preau-notifyd", "preau-statsd", "preau-portald")
WIDE, NARROW = 1280, 320
CHEAP = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}


@pytest.fixture(scope="session")
def artifacts():
    build = pathlib.Path(os.environ.get("PREAU_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
    folder = pathlib.Path(os.environ.get("PREAU_ARTIFACTS", build / "artifacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=CHEAP, with_kannel=True) as site:
        yield site


class Browser:
    """Chromium, with the few gestures that the tests make."""

    def __init__(self, driver, url, artifacts, has_scripts=True):
        self.driver, self.url, self.artifacts, self.has_scripts = driver, url, artifacts, has_scripts
        self.resize(WIDE)

    def resize(self, width, height=900):
        self.width = width
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, path):
        self.driver.get(self.url + path)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def has(self, selector):
        return bool(self.all(selector))

    def text(self, selector="main"):
        return self.find(selector).text.replace("\u00a0", " ").replace("\u202f", " ")

    def sentence(self, selector):
        """Its words as one line."""
        return " ".join(self.text(selector).split())

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.find(f'[name="{name}"]')
            if field.tag_name == "select":
                field.find_element(By.CSS_SELECTOR, f'option[value="{value}"]').click()
            else:
                field.clear()
                field.send_keys(value)

    def reach(self, selector, steps=150):
        """By the Tab key alone; what has the focus is seen."""
        self.driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
        has_focus = "return document.activeElement.matches(arguments[0]) && document.activeElement.checkVisibility()"
        for _ in range(steps):
            ActionChains(self.driver).send_keys(Keys.TAB).perform()
            if self.driver.execute_script(has_focus, selector):
                return
        raise AssertionError(f"{self.path}: Tab does not lead to {selector}")

    def press(self, selector):
        """By the keyboard alone, and the page that follows."""
        self.reach(selector)
        self._leave(lambda: ActionChains(self.driver).send_keys(Keys.ENTER).perform())

    def unfold(self, selector):
        """Opens a <details> by the keyboard alone."""
        self.reach(f"{selector} > summary")
        ActionChains(self.driver).send_keys(Keys.ENTER).perform()
        self.wait(lambda: self.has(f"{selector}[open]"))

    def click(self, selector):
        """And the page that follows. A page that follows its progress may replace what was just found."""
        self._leave(lambda: WebDriverWait(self.driver, SLOWER * 20, ignored_exceptions=[StaleElementReferenceException]).until(
            lambda _: self.find(selector).click() is None))

    def _leave(self, gesture):
        self.driver.execute_script("window.isThePageBefore = true")
        gesture()
        arrived = "return !window.isThePageBefore && document.readyState === 'complete'"
        # between two pages the driver has no document to ask, and says so in words of its own
        WebDriverWait(self.driver, SLOWER * 20, ignored_exceptions=[WebDriverException]).until(
            lambda driver: driver.execute_script(arrived))

    def wait(self, condition, seconds=30):
        return WebDriverWait(self.driver, SLOWER * seconds).until(lambda _: condition())

    @property
    def path(self):
        return self.driver.execute_script("return location.pathname")

    def picture(self, name):
        """Wide and narrow; no page is wider than its window, and axe-core finds nothing against it."""
        wide = self.width
        for width in (WIDE, NARROW):
            self.resize(width)
            overflow = self.driver.execute_script("return document.documentElement.scrollWidth") - width
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            self.resize(width, max(600, min(height, 3000)))
            self.driver.save_screenshot(str(self.artifacts / f"{name}-{width}.png"))
            found = axe.violations(self.driver) if self.has_scripts else []  # axe is one
            assert not found, f"{name} at {width} px:\n" + "\n".join(found)
            assert overflow <= 0, f"{name} is {overflow} px wider than {width} px"
        self.resize(wide)

    def complaints(self):
        """What the browser found wrong with pages, answers that say no, or not now, aside."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if not re.search(r"the server responded with a status of (4|503)", entry["message"])]


@pytest.fixture
def browser_words():
    """Of the command line, besides: for a file of tests that wants others."""
    return ()


@contextlib.contextmanager
def chromium(site, artifacts, profile, words=(), with_scripts=True):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1",
                 "--lang=fr", f"--user-data-dir={profile}", *words):
        options.add_argument(word)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's own refuses root
    if not with_scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.add_argument("--accept-lang=fr-FR,fr")  # as families' are; else pages speak the machine's language
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        browser = Browser(driver, site.portal_url, artifacts, with_scripts)
        yield browser
        assert browser.complaints() == []
    finally:
        with contextlib.suppress(OSError):
            driver.quit()


@pytest.fixture
def browser(site, artifacts, tmp_path, browser_words):
    with chromium(site, artifacts, tmp_path / "profile", browser_words) as browser:
        yield browser


@pytest.fixture
def browser_without_scripts(site, artifacts, tmp_path):
    with chromium(site, artifacts, tmp_path / "profile", with_scripts=False) as browser:
        yield browser
