"""The journal of actions in a real browser: a head finds who showed a password."""

import pytest

from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_head


@pytest.fixture(scope="module")
def school(site):
    town = Town(site, ACADEMY)
    school = town.school(2)
    add_head(site, "rousseau", school, name="Mme Rousseau")
    guardian = town.guardian("Anne", "Lenoir", [town.pupil(school, "Zoé", "Lenoir", "2012-05-06")])
    with site.psql() as database:
        (head,) = database.execute("select id from preau.administrator where login = 'rousseau'").fetchone()
        for number in range(60):
            database.execute("select preau.audit_write(%s, %s, null, 'batch_created', %s, null, null, %s, 'trace')",
                             (ACADEMY, head, school[0], f'{{"accounts": {number + 1}, "reset": 3, "channel": "sheet", "batch": {number}}}'))
        database.execute("select preau.audit_write(%s, %s, null, 'password_shown', %s, %s, %s, '{}', 'trace')",
                         (ACADEMY, head, school[0], *guardian.account))
    return school


def test_a_head_reads_the_journal(browser, school):
    browser.open("/administration/connexion")
    browser.fill(identifiant="rousseau", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    browser.click('.preau-places a[href="/journal"]')
    assert browser.path == "/journal" and "Affichage d’un mot de passe provisoire" in browser.text("#journal")
    browser.picture("journal")
    browser.click(".fr-pagination__link--next")
    assert browser.has(".fr-pagination__link--first") and "comptes : 1\n" in browser.text("#journal")
    browser.open("/journal")
    browser.fill(action="password_shown")
    browser.click("#filtrer")
    assert len(browser.all("#journal tbody tr")) == 1
    assert f"/etablissements/{school[0]}/comptes/" in browser.find("#journal tbody a").get_attribute("href")
