"""FranceConnect's stand-in (openid/franceconnect.mjs): the engine that it runs, set up and guarded as it is (version 2).

    franceconnect = FranceConnect(site.folder / "franceconnect", site.portal_url)
    site.settings.update(franceconnect.sections())
    franceconnect.start()
    franceconnect.person("anne", given_name="Anne Marie", family_name="MARTIN")
    visitor = FranceConnectVisitor(site); visitor.page = visitor.go("anne")
"""

import contextlib
import hashlib
import json
import re
import urllib.parse

from .identity import OpenIdPeer
from .portal import PortalVisitor
from .site import Site
from .web import Page

SECRET = "secret de client de FranceConnect, bien long"
CLIENT = "preau-essai"


def subject_of(name):
    """As FranceConnect writes them: 64 hexadecimal digits and "v1"."""
    return hashlib.sha256(name.encode()).hexdigest() + "v1"


def claims_of(given_name, family_name, subject, **claims):
    return {"sub": subject, "given_name": given_name, "given_name_array": given_name.split(),
            **({"family_name": family_name} if family_name else {}), "birthdate": "1980-01-01", "gender": "female", **claims}


class FranceConnect(OpenIdPeer):
    script = "franceconnect.mjs"
    secret = SECRET

    def __init__(self, folder, portal_url, outlives=False, algorithm="ES256"):
        super().__init__(folder, portal_url, {}, "franceconnect", outlives)
        self.algorithm = algorithm
        self.issuer = f"https://127.0.0.1:{self.port}/api/v2"
        self.people_file = self.folder / "people.json"
        self.people = json.loads(self.people_file.read_text()) if self.people_file.exists() else {}

    def person(self, name, given_name, family_name=None, subject=None, **claims):
        """As RNIPP has it: given names apart by blanks, the name at birth. subject: of FranceConnect, another for a corrected civil
        status."""
        self.know({name: claims_of(given_name, family_name, subject or subject_of(name), **claims)})

    def know(self, people):
        """Many at once: {name: claims}."""
        self.people.update(people)
        new = self.people_file.with_suffix(".new")
        new.write_text(json.dumps(self.people))
        new.replace(self.people_file)

    def sections(self, **keys):
        return {"franceconnect": {"issuer": self.issuer, "client_id": CLIENT, "client_secret_file": self.secret_file(),
                                  "ca_file": self.authority, **keys}}

    def configuration(self):
        self.people_file.touch()
        if not self.people_file.read_text():
            self.people_file.write_text(json.dumps(self.people))
        return {"issuer": self.issuer, "people": str(self.people_file), "client": {
            "client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [f"{self.portal_url}/franceconnect/retour"],
            "post_logout_redirect_uris": [f"{self.portal_url}/franceconnect/fin"], "subject_type": "pairwise",
            "token_endpoint_auth_method": "client_secret_post", "scope": "openid given_name family_name preferred_username",
            "id_token_signed_response_alg": self.algorithm, "userinfo_signed_response_alg": self.algorithm}}


def changed(address, **parameters):
    """The address with other parameters; None: without it."""
    parts = urllib.parse.urlsplit(address)
    query = {**dict(urllib.parse.parse_qsl(parts.query)), **parameters}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})))


class FranceConnectVisitor(PortalVisitor):
    """Goes to FranceConnect too, at a network of its own."""

    def __init__(self, site, network=None):
        super().__init__(site.portal_url, site.franceconnect.authority)
        if network:
            self.session.headers["X-Forwarded-For"] = network

    def choose(self, what, start="/franceconnect"):
        """At FranceConnect: as/anne, error/access_denied … ; the page that comes in the end."""
        page = self.get(start)
        assert "/interaction/" in page.path, page.text
        self.page = self.get(urllib.parse.urljoin(page.address, f"{page.path}/{what}"))
        return self.page

    def go(self, name, start="/franceconnect"):
        return self.choose(f"as/{name}", start)

    def way_back(self, name, start="/franceconnect"):
        """The address that FranceConnect sends the browser back to, not yet followed."""
        page = self.get(start)
        address = urllib.parse.urljoin(page.address, f"{page.path}/as/{name}")
        while not address.startswith(self.url):
            response = self.session.get(address, allow_redirects=False, timeout=20)
            address = urllib.parse.urljoin(address, response.headers["Location"])
        return address

    def leave(self):
        """Signs out here, and there as the browser does by itself: what it is told in the end."""
        home = self.get("/guichet")
        page = self.submit(home.form("/deconnexion"))
        self.left = page
        return self.leave_there()

    def leave_there(self):
        response = self.session.get(self.url + "/franceconnect/deconnexion", timeout=20)
        form = re.search(r'action="([^"]*)".*?name="xsrf" value="([^"]*)"', response.text, re.S)
        self.page = Page(self.session.post(form[1], data={"xsrf": form[2], "logout": "yes"}, timeout=20))
        return self.page


@contextlib.contextmanager
def site_with_franceconnect(folder, settings, daemons):
    """A site, of these daemons and with Kannel, and the stand-in beside it: .franceconnect."""
    site = Site(folder, settings={section: dict(keys) for section, keys in settings.items()}, with_kannel=True)
    site.franceconnect = FranceConnect(folder / "franceconnect", site.portal_url)
    site.settings.update(site.franceconnect.sections())
    try:
        site.franceconnect.start()
        site.start_peers()
        for name in daemons:
            site.launch(name)
        yield site
    finally:
        site.franceconnect.stop()
        site.remove()
