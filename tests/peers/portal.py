"""Signing in on the portal, as heads and families do, and their forms: for tests."""

import re
import urllib.parse

from . import totp
from .web import Page, Visitor

PASSWORD = "jardin violet sous la pluie 7"
HEAD_PASSWORD = "tilleul et brouette 93"
ACADEMY = 11  # whose département 11 is its own: a school given by its UAI is of this academy


def add_head(site, login, *schools, name="Mme Girard"):
    add_administrator(site, login, "directeur", *(word for school in schools for word in ("--school", school[0])), name=name)


def add_administrator(site, login, role, *scopes, name="M. Petit"):
    """scopes: words of the command line, "--academy", "10"."""
    file = site.folder / f"{login}.password"
    file.write_text(HEAD_PASSWORD)
    file.chmod(0o600)
    return site.ctl("admin", "add", login, "--name", name, "--role", role, *scopes, "--password-file", file,
                    json_answer=True)["administrator"]


def give_password(site, login, password=HEAD_PASSWORD):
    """A visitor before what comes after the password: .page."""
    visitor = Visitor(site.portal_url)
    page = visitor.get("/administration/connexion")
    visitor.page = visitor.submit(page.form("/administration/connexion"), identifiant=login, mot_de_passe=password)
    return visitor


def sign_in_head(site, login, password=HEAD_PASSWORD):
    """Signed in, second factor included where the role has one: set up the first time."""
    visitor = give_password(site, login, password)
    if visitor.page.path == SECOND_FACTOR:
        secret, _ = enrol(visitor)
        secrets_of(site)[login] = secret
        visitor.page = visitor.get("/administration")
    elif visitor.page.path == CODE:
        forget_step(site, login)
        visitor.page = visitor.submit(visitor.page.form(CODE), code=totp.code(secrets_of(site)[login]))
    return visitor


SECOND_FACTOR, CODE = "/administration/double-authentification", "/administration/code"


def secrets_of(site):
    """{login: secret} of the second factors that were set up."""
    if not hasattr(site, "second_factors"):
        site.second_factors = {}
    return site.second_factors


def secret_on(page):
    return re.search(r'id="cle">([A-Z2-7 ]+)<', page.content.decode())[1]


def enrol(visitor, **fields):
    """Sets the second factor up from the page that asks for it: the secret, and the recovery codes."""
    secret = secret_on(visitor.page)
    visitor.page = visitor.submit(visitor.page.form(SECOND_FACTOR), code=totp.code(secret), **fields)
    return secret, re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", visitor.page.text)


def forget_step(site, login):
    """As if half a minute had gone by since the last code."""
    with site.psql() as database:
        database.execute("update preau.administrator set totp_step = 0 where login = %s", (login,))


def sign_in(site, person, password=None):
    visitor = Visitor(site.portal_url)
    page = visitor.get("/connexion")
    visitor.page = visitor.submit(page.form("/connexion"), identifiant=person.login, mot_de_passe=password or person.password)
    return visitor


class PortalVisitor(Visitor):
    """Goes to the portal of the academy too (identity.py), whose certificate is of an authority of its own."""

    def __init__(self, url, authority):
        super().__init__(url)
        self.session.trust_env = False  # an authority of the environment would come before ours
        self.session.verify = str(authority)

    def get(self, path, **options):
        response = self.session.get(urllib.parse.urljoin(self.url, path), timeout=20, **options)
        page = Page(response)
        page.address = response.url
        return page

    def go(self, portal, login):
        """To the portal, as that person; the page that comes in the end."""
        page = self.get(f"/portail/{portal}")
        assert "/interaction/" in page.path, page.text
        self.page = self.get(urllib.parse.urljoin(page.address, f"{page.path}/as/{login}"))
        return self.page


def opening_fields(page, dates):
    """{name: date} in the order of the page's children."""
    names = [name for name, _ in page.form("/ouverture").fields if name.startswith("naissance")]
    assert len(names) == len(dates)
    return dict(zip(names, dates))


def birth(person):
    year, month, day = person.birth_date.split("-")
    return f"{day}/{month}/{year}"
