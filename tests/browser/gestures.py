"""What several tests do in a browser."""

from peers import totp
from peers.portal import CODE, HEAD_PASSWORD, SECOND_FACTOR, forget_step, secrets_of


def sign_in_administrator(site, browser, login, password=HEAD_PASSWORD):
    """Signed in, second factor included where the role has one: set up the first time."""
    browser.open("/administration/connexion")
    browser.fill(identifiant=login, mot_de_passe=password)
    browser.click("#se-connecter")
    if browser.path == SECOND_FACTOR:
        secrets_of(site)[login] = browser.find("#cle").text
        browser.fill(code=totp.code(secrets_of(site)[login]))
        browser.click("#enregistrer")
        browser.click("#suite")
    elif browser.path == CODE:
        forget_step(site, login)
        browser.fill(code=totp.code(secrets_of(site)[login]))
        browser.click("#continuer")
