"""A real OpenID Connect provider in the place of an academy's portal or an ENT: npm's oidc-provider, over HTTPS.

    provider = IdentityProvider(site.folder / "identity", site.portal_url, people={"girard": {…claims…}})
    site.settings.update(provider.sections("lyon", academy=10))
    provider.start()

PREAU_OPENID names the folder where npm put it (`./dev` brings it to .dev/openid).
"""

import json
import os
import pathlib

from . import certificates, ports
from .process import Process

HERE = pathlib.Path(__file__).resolve().parent
INSTALLED = pathlib.Path(os.environ.get("PREAU_OPENID", HERE.parents[1] / ".dev/openid"))
SECRET = "un secret de client & long : 7*f%+"
AUTHENTICATIONS = {"client_secret_basic": "basic", "client_secret_post": "post", "private_key_jwt": "jwt"}


class OpenIdPeer:
    """One of the programs of openid/, over HTTPS, with what it keeps in its folder."""

    script = None
    secret = SECRET

    def __init__(self, folder, portal_url, people, name, outlives=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.portal_url, self.people = portal_url, people
        self.port = ports.remember(self.folder / "ports.json", (name,), {})[name]
        self.authority, self.key, self.certificate = certificates.make(self.folder / "tls")
        self.process = Process(name, self.folder, outlives)

    def secret_file(self):
        file = self.folder / "client-secret"
        file.write_text(self.secret + "\n")
        file.chmod(0o600)
        return file

    def configuration(self):
        """What the program wants to know besides."""
        raise NotImplementedError

    def start(self):
        configuration = self.folder / "provider.json"
        configuration.write_text(json.dumps({
            "folder": str(INSTALLED), "port": self.port, "key": str(self.key), "certificate": str(self.certificate),
            "keys": str(self.folder / "signing-keys.json"), **self.configuration()}))
        self.process.start("node", HERE / "openid" / self.script, configuration, environment={"NODE_ENV": "production"})
        self.process.until(lambda: ports.answers(self.port), 30, "listening")

    def stop(self):
        self.process.stop(5)

    def renew_keys(self):
        """Other keys from now on; whoever signed with those of before is not known any more."""
        self.stop()
        (self.folder / "signing-keys.json").unlink()
        self.start()


class IdentityProvider(OpenIdPeer):
    script = "provider.mjs"

    def __init__(self, folder, portal_url, people, portals=("lyon",), ents=(), id_token_claims=False, client_keys=(), outlives=False):
        """people: {login: claims}. portals, ents: names of the sections that come back to it. id_token_claims: else all claims
        are userinfo's. client_keys: public JWKs of the client that signs (private_key_jwt)."""
        super().__init__(folder, portal_url, people, "identity", outlives)
        self.portals, self.ents, self.id_token_claims, self.client_keys = portals, ents, id_token_claims, client_keys
        self.issuer = f"https://127.0.0.1:{self.port}"

    # as the configuration has it

    def section(self, academy, authentication="client_secret_basic", **keys):
        secret = {} if authentication == "private_key_jwt" else {"client_secret_file": self.secret_file()}
        return {"academy": academy, "issuer": self.issuer, "ca_file": self.authority,
                "client_id": f"preau-{AUTHENTICATIONS[authentication]}", "client_authentication": authentication,
                "scopes": ["openid", "profile", "email", "ecole"], **secret, **keys}

    def sections(self, name, academy, **keys):
        return {f'academy_portal "{name}"': self.section(academy, **keys)}

    def ent_sections(self, name, academy, **keys):
        return {f'ent "{name}"': self.section(academy, **{"protocol": "oidc", "scopes": ["openid", "ent"], **keys})}

    # running

    def _clients(self):
        returns = [f"{self.portal_url}/portail/{name}/retour" for name in self.portals]
        returns += [f"{self.portal_url}/ent/{name}/retour" for name in self.ents]
        for method, name in AUTHENTICATIONS.items():
            by_key = method == "private_key_jwt"
            if by_key and not self.client_keys:
                continue
            yield {
                "client_id": f"preau-{name}", "redirect_uris": returns, "token_endpoint_auth_method": method,
                "post_logout_redirect_uris": [f"{self.portal_url}/fin-de-session"], "scope": "openid profile email ecole ent",
                # each client another algorithm of those that are taken
                "id_token_signed_response_alg": {"basic": "RS256", "post": "ES256", "jwt": "PS256"}[name],
                **({"userinfo_signed_response_alg": "ES256"} if name == "post" else {}),
                **({"jwks": {"keys": list(self.client_keys)}} if by_key else {"client_secret": self.secret}),
            }

    def configuration(self):
        return {"issuer": self.issuer, "clients": list(self._clients()), "people": self.people, "idTokenClaims": self.id_token_claims}
