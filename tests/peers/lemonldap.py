"""A real LemonLDAP::NG of Debian in the place of an ENT: CAS server, SAML identity provider and OpenID Connect provider, over HTTPS.

    ent = LemonLdap(site.folder / "lemonldap", site.portal_url)
    site.settings.update({**ent.section("ecollege", 10, "cas"), **ent.section("elycee", 10, "saml")})
    ent.person("lea", "Léa MARTIN", "4711")            # before or after the start
    ent.start()
    visitor = EntVisitor(site, ent); visitor.page = visitor.go("/ent/ecollege", "lea")

Starman runs the portal of the packages, which `./dev` unpacks to .dev/lemonldap (PREAU_LEMONLDAP) and does not install, for they
would bring a server of the host. Sessions are files, people are rows of SQLite.
"""

import json
import os
import pathlib
import sqlite3
import urllib.parse

import requests

from . import certificates, ports
from .portal import PortalVisitor
from .process import Process
from .web import Page

HERE = pathlib.Path(__file__).resolve().parent
UNPACKED = pathlib.Path(os.environ.get("PREAU_LEMONLDAP", HERE.parents[1] / ".dev/lemonldap"))
PASSWORD = "mot de passe pour ENT"  # ASCII: what its form brings is bytes, what its base holds is characters
KEY_ATTRIBUTE = "ENTPersonJointure"
CLIENT, SECRET = "preau", "un secret de client pour ENT"  # ASCII, and by POST: it does not decode what stands in HTTP Basic
COLUMNS = ("uid", "password", "cn", "mail", "profile", "jointure")
EXPORTED = {"uid": "uid", "cn": "cn", "mail": "mail", "ENTPersonProfils": "profile", KEY_ATTRIBUTE: "jointure"}
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

INI = """\
[all]
logLevel = {level}
[configuration]
type = File
dirName = {folder}/configuration
localStorage = Cache::FileCache
localStorageOptions = {{ 'namespace' => 'configuration', 'default_expires_in' => 600, 'cache_root' => '{folder}/cache', 'cache_depth' => 1 }}
[portal]
checkTime = 1
staticPrefix = /static
templateDir = {unpacked}/usr/share/lemonldap-ng/portal/templates
languages = fr, en
"""

APPLICATION = """\
use strict;
use Lemonldap::NG::Portal::Main;
Lemonldap::NG::Portal::Main->run({});
"""

SP_METADATA = """\
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{back}"/>
</SPSSODescriptor></EntityDescriptor>
"""


def make_rsa(folder, name):
    """(key, certificate), PEM files made once."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    if not certificate.exists():
        certificates.openssl("req", "-newkey", "rsa:2048", "-nodes", "-x509", "-days", certificates.DAYS, "-keyout", key, "-out",
                             certificate, "-subj", f"/CN={name}")
        key.chmod(0o600)
    return key, certificate


def body_of(pem):
    """What stands between its first and last line."""
    return "".join(line for line in pem.read_text().splitlines() if "-----" not in line)


class LemonLdap:
    def __init__(self, folder, portal_url, outlives=False, level="warn"):
        """level: of its log, "debug" shows all of an exchange."""
        self.folder = pathlib.Path(folder)
        for name in ("configuration", "sessions", "persistent", "locks", "cache"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.portal_url, self.level = portal_url, level
        self.port = ports.remember(self.folder / "ports.json", ("lemonldap",), {})["lemonldap"]
        self.url = f"https://127.0.0.1:{self.port}"
        self.authority, self.key, self.certificate = certificates.make(self.folder / "tls")
        self.own_key, self.own_certificate = make_rsa(self.folder, "identity-provider")
        self.service_key, self.service_certificate = make_rsa(self.folder, "service-provider")
        self.metadata = self.folder / "metadata.xml"
        self.process = Process("lemonldap", self.folder, outlives)
        self.peers = {}
        self.people = sqlite3.connect(self.folder / "people.db", isolation_level=None)
        self.people.execute(f"create table if not exists people ({', '.join(COLUMNS)}, primary key (uid))")

    def person(self, login, name, key, profile="National_ELV"):
        """key: of AAF, as this ENT writes it; None: it knows none. Signs in with PASSWORD."""
        self.people.execute("insert or replace into people values (?, ?, ?, ?, ?, ?)",
                            (login, PASSWORD, name, f"{login}@ent.test", profile, key))

    # as Préau's configuration has it

    def section(self, name, academy, protocol, **keys):
        self.peers[name] = protocol
        own = {"cas": {"address": f"{self.url}/cas", "ca_file": self.authority},
               "oidc": {"issuer": f"{self.url}/", "client_id": CLIENT, "client_authentication": "client_secret_post", "scopes": ["openid", "ent"],
                        "client_secret_file": self._secret_file(), "ca_file": self.authority},
               "saml": {"metadata_file": self.metadata, "signing_key_file": self.service_key,
                        "signing_certificate_file": self.service_certificate}}[protocol]
        return {f'ent "{name}"': {"label": f"ENT {name}", "academy": academy, "protocol": protocol, "key_attribute": KEY_ATTRIBUTE,
                                  **own, **keys}}

    def _secret_file(self):
        file = self.folder / "client-secret"
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
        return file

    def back(self, name):
        return f"{self.portal_url}/ent/{name}/retour"

    def entity(self, name):
        """What Préau calls itself before this peer."""
        return f"{self.portal_url}/ent/{name}/metadata"

    def named(self, protocol):
        return [name for name, spoken in self.peers.items() if spoken == protocol]

    # as its own configuration has it

    def _cas(self):
        return {
            "issuerDBCASActivation": 1, "casAccessControlPolicy": "error", "casAttr": "uid",
            "casAppMetaDataOptions": {name: {"casAppMetaDataOptionsService": self.back(name)} for name in self.named("cas")},
            "casAppMetaDataExportedVars": {name: {given: given for given in EXPORTED} for name in self.named("cas")},
        }

    def _saml(self):
        certificate = self.service_certificate
        return {
            "issuerDBSAMLActivation": 1, "samlEntityID": "#PORTAL#/saml/metadata",
            "samlServicePrivateKeySig": self.own_key.read_text(), "samlServicePublicKeySig": self.own_certificate.read_text(),
            "samlServiceSignatureMethod": "RSA_SHA256", "samlOrganizationName": "ENT", "samlOrganizationDisplayName": "ENT",
            "samlOrganizationURL": self.url,
            "samlSPMetaDataXML": {name: {"samlSPMetaDataXML": SP_METADATA.format(
                entity=self.entity(name), back=self.back(name), certificate=body_of(certificate))} for name in self.named("saml")},
            "samlSPMetaDataOptions": {name: {
                "samlSPMetaDataOptionsEncryptionMode": "none", "samlSPMetaDataOptionsSignSSOMessage": 1,
                "samlSPMetaDataOptionsCheckSSOMessageSignature": 1} for name in self.named("saml")},
            "samlSPMetaDataExportedAttributes": {name: {given: f"0;{given};{BASIC}" for given in EXPORTED} for name in self.named("saml")},
        }

    def _oidc(self):
        return {
            "issuerDBOpenIDConnectActivation": 1, "oidcServiceAllowAuthorizationCodeFlow": 1,
            "oidcServicePrivateKeySig": self.own_key.read_text(), "oidcServicePublicKeySig": self.own_certificate.read_text(),
            "oidcServiceKeyIdSig": "ent", "oidcServiceMetaDataIssuer": f"{self.url}/",
            "oidcRPMetaDataExportedVars": {name: {given: given for given in EXPORTED} for name in self.named("oidc")},
            "oidcRPMetaDataOptionsExtraClaims": {name: {"ent": KEY_ATTRIBUTE} for name in self.named("oidc")},
            "oidcRPMetaDataOptions": {name: {
                "oidcRPMetaDataOptionsClientID": CLIENT, "oidcRPMetaDataOptionsClientSecret": SECRET, "oidcRPMetaDataOptionsBypassConsent": 1,
                "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256", "oidcRPMetaDataOptionsIDTokenForceClaims": 1,
                "oidcRPMetaDataOptionsRedirectUris": self.back(name)} for name in self.named("oidc")},
        }

    def _configuration(self):
        def stored(name):
            return {"Directory": str(self.folder / name), "LockDirectory": str(self.folder / "locks"),
                    "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"}

        # its text as characters: as bytes it would be encoded twice
        database = f"dbi:SQLite(sqlite_unicode=>1):dbname={self.folder / 'people.db'}"
        return {
            "cfgNum": 1, "cfgAuthor": "tests", "cfgDate": 1, "portal": f"{self.url}/", "domain": "127.0.0.1", "securedCookie": 1,
            "cookieName": "lemonldap", "whatToTrace": "uid", "timeout": 72000, "authentication": "DBI", "userDB": "Same", "passwordDB": "Null",
            "dbiAuthChain": database, "dbiUserChain": database, "dbiAuthTable": "people", "dbiUserTable": "people", "dbiAuthLoginCol": "uid",
            "dbiAuthPasswordCol": "password", "userPivot": "uid", "dbiAuthPasswordHash": "", "dbiExportedVars": {column: column for column in COLUMNS if column != "password"},
            "exportedVars": {}, "macros": {given: f"${column}" for given, column in EXPORTED.items() if given != column}, "groups": {},
            "globalStorage": "Apache::Session::File", "globalStorageOptions": stored("sessions"),
            "persistentStorage": "Apache::Session::File", "persistentStorageOptions": stored("persistent"),
            "localSessionStorage": "Cache::FileCache",
            "localSessionStorageOptions": {"namespace": "sessions", "cache_root": str(self.folder / "cache"), "cache_depth": 1},
            "key": "une clef pour essais", "loginHistoryEnabled": 0, "portalDisplayLogout": 1, "captcha": "::Main::Plugin",
            "locationRules": {f"127.0.0.1:{self.port}": {"default": "accept"}}, "exportedHeaders": {}, "applicationList": {},
            **self._cas(), **self._saml(), **self._oidc(),
        }

    # running

    def start(self):
        """With the peers that section() was asked for so far; its metadata are a file then."""
        (self.folder / "configuration/lmConf-1.json").write_text(json.dumps(self._configuration()))
        (self.folder / "lemonldap-ng.ini").write_text(INI.format(folder=self.folder, unpacked=UNPACKED, level=self.level))
        (self.folder / "portal.psgi").write_text(APPLICATION)
        library = [UNPACKED / "usr/share/perl5", *UNPACKED.glob("usr/lib/*/perl5/*")]
        self.process.start(
            "starman", "--workers", 8, "--disable-keepalive", "--listen", f"127.0.0.1:{self.port}:ssl", "--enable-ssl", "--ssl-key", self.key, "--ssl-cert",
            self.certificate, "--env", "deployment", "--preload-app", self.folder / "portal.psgi",
            environment={"LLNG_DEFAULTCONFFILE": str(self.folder / "lemonldap-ng.ini"), "PERL5LIB": ":".join(map(str, library))})
        self.process.until(lambda: ports.answers(self.port), 60, "listening")
        if self.named("saml"):
            answer = requests.get(f"{self.url}/saml/metadata", verify=self.authority, timeout=30)
            answer.raise_for_status()
            self.metadata.write_bytes(answer.content)

    def stop(self):
        self.process.stop(10)


class EntVisitor(PortalVisitor):
    """Goes to the ENT too, and signs in there by its form; a form that a script would send is sent."""

    def __init__(self, site, ent, network=None):
        super().__init__(site.portal_url, ent.authority)
        self.ent = ent
        if network:
            self.session.headers["X-Forwarded-For"] = network

    def is_there(self, page):
        return page.url.startswith(self.ent.url)

    def go(self, start, login, password=PASSWORD):
        """From a link of ours to what follows the way back."""
        page = self.get(start)
        assert self.is_there(page), page.text
        return self.back(self.sign_in(page, login, password))

    def sign_in(self, page, login, password=PASSWORD):
        """Who is signed in there already is not asked."""
        found = [form for form in page.forms if any(name == "password" for name, _ in form.fields)]
        return self._sent(page, found[0], user=login, password=password) if found else page

    def back(self, page):
        """SAML comes back by a form, which a page of ours sends again."""
        form = self.form_back(page)
        if form is None:
            return page
        page = self._sent(page, form)
        again = [form for form in page.forms if form.action.endswith("/suite")]
        return self._sent(page, again[0]) if again else page

    def form_back(self, page):
        """The form by which SAML comes back to us; None: there is none."""
        found = [form for form in page.forms if self.is_there(page) and form.action.startswith(self.url)]
        return found[0] if found else None

    def _sent(self, page, form, **fields):
        form.action = urllib.parse.urljoin(page.url, form.action)
        return Page(self.send(form, **fields))
