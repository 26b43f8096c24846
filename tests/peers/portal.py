"""Signing in on the portal, as heads and families do, and their forms: for tests."""

from .web import Visitor

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


def sign_in_head(site, login, password=HEAD_PASSWORD):
    visitor = Visitor(site.portal_url)
    page = visitor.get("/administration/connexion")
    visitor.page = visitor.submit(page.form("/administration/connexion"), identifiant=login, mot_de_passe=password)
    return visitor


def sign_in(site, person, password=None):
    visitor = Visitor(site.portal_url)
    page = visitor.get("/connexion")
    visitor.page = visitor.submit(page.form("/connexion"), identifiant=person.login, mot_de_passe=password or person.password)
    return visitor


def opening_fields(page, dates):
    """{name: date} in the order of the page's children."""
    names = [name for name, _ in page.form("/ouverture").fields if name.startswith("naissance")]
    assert len(names) == len(dates)
    return dict(zip(names, dates))


def birth(person):
    year, month, day = person.birth_date.split("-")
    return f"{day}/{month}/{year}"
