"""A guardian opens an account by SMS in a real browser, wide and narrow: each step, and what is refused."""

import re

import pytest

from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth

CODE = re.compile(r"code est (\d{6})")


@pytest.fixture(scope="module")
def family(site):
    town = Town(site, ACADEMY)
    children = [town.pupil(town.school(2), "Zoé", "Portable", "2011-06-07", class_label="5A", account=True),
                town.pupil(town.school(2), "Tom", "Portable", "2013-11-30", class_label="6A")]
    anne = town.guardian("Anne-Marie", "Portable", children)
    anne.children, anne.mobile = children, "+33612999901"
    with site.psql() as database:
        database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (anne.mobile, *anne.account))
    return anne


def test_a_guardian_opens_an_account_by_sms(browser, site, family):
    browser.open("/connexion")
    browser.press('main a[href="/inscription"]')
    browser.picture("inscription")
    browser.fill(nom="portable", prenom="Anne Marie", mobile="01 23 45 67 89")
    browser.click("#recevoir")
    assert "téléphone mobile" in browser.text()
    browser.picture("inscription-mobile-refuse")
    browser.fill(mobile="06 12 99 99 01")
    browser.click("#recevoir")
    assert browser.path == "/inscription/code"
    browser.picture("inscription-code")
    code = CODE.search(site.sms.wait(family.mobile)[-1]["text"])[1]
    browser.fill(code=f"{(int(code) + 1) % 1000000:06}")
    browser.click("#continuer")
    assert "Ce code n’est pas le bon" in browser.text()
    browser.picture("inscription-code-refuse")
    browser.fill(code=f"{code[:3]} {code[3:]}")
    browser.click("#continuer")
    assert browser.path == "/inscription/enfants"
    browser.picture("inscription-enfants")
    zoe, tom = (f"naissance-{ACADEMY}-{child.degree}-{child.aaf_id}" for child in family.children)
    browser.fill(**{zoe: birth(family.children[0]), tom: "30/11/2012"})
    browser.click("#continuer")
    assert "Établissement" in browser.text()
    browser.picture("inscription-enfants-refuse")
    browser.fill(**{tom: birth(family.children[1])})
    browser.click("#continuer")
    assert browser.path == "/inscription/mot-de-passe" and family.login in browser.text()
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD)
    browser.picture("inscription-mot-de-passe")
    browser.click("#ouvrir")
    assert family.login in browser.text() and family.row()["state"] == "active"
    browser.picture("inscription-fin")
    browser.press("#guichet")
    assert browser.path == "/guichet" and "Zoé" in browser.text() and "Tom" in browser.text()
