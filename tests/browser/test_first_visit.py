"""The first visit of the sign-in page at 3G speed, by Chromium's own emulation: what comes over the line, never how fast."""

import json

import pytest

REQUESTS_MAX, BYTES_MAX = 8, 60_000
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 20_000, "connectionType": "cellular3g"}


@pytest.fixture
def browser_words():
    return ("--disable-background-networking",)


@pytest.fixture
def network(browser):
    """Tells what came: [(address, bytes on the line, "blocking" if it was waited for)]."""
    driver = browser.driver
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", SLOW)
    return lambda: driver.execute_script("""
        return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .map((one) => [one.name, one.transferSize, one.renderBlockingStatus])""")


def test_the_sign_in_is_usable_after_few_small_answers(browser, network):
    browser.open("/connexion")
    came = network()
    addresses = [address for address, *_ in came]
    assert any(address.endswith("/dsfr.css") for address in addresses) and all(address.startswith(browser.url) for address in addresses)
    assert len(came) <= REQUESTS_MAX, json.dumps(came, indent=1)
    assert sum(size for _, size, _ in came) <= BYTES_MAX, json.dumps(came, indent=1)
    browser.fill(identifiant="n.personne", mot_de_passe="personne ne devine cela 7")
    browser.click("#se-connecter")
    assert browser.has("#erreur")
    again = {address: size for address, size, _ in network() if address in addresses and "/assets/" in address}
    assert len(again) > 2 and not any(again.values()), "kept by the browser"
