"""An OpenID Connect provider over HTTPS that says whatever a test wants: signs wrongly, lies, is slow, is too large.

    with HostileProvider(folder) as provider:
        provider.claims["nonce"] = "…"          # over those of a right ID token
        provider.token = lambda claims: …       # in the place of a right token
        provider.answers["/token"] = lambda handler: …

Runs inside the test's process. After each test: provider.reset().
"""

import base64
import contextlib
import hmac
import http.server
import json
import pathlib
import ssl
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwcrypto import jwk

from . import certificates, ports

CLIENT, SECRET = "preau", "secret"


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature_of(key, algorithm, message):
    """key: a JWK; for HS256 the bytes that are taken for a shared secret."""
    if algorithm == "HS256":
        return hmac.digest(key, message, "sha256")
    private = key.get_op_key("sign")
    if algorithm == "ES256":
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    kinds = {"RS256": padding.PKCS1v15(), "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), 32)}
    return private.sign(message, kinds[algorithm], hashes.SHA256())


def signed(key, header, claims):
    """A token with a right signature, whatever its header says besides; with alg none it has none."""
    message = f"{encoded(header)}.{encoded(claims)}"
    signature = b"" if header["alg"] == "none" else signature_of(key, header["alg"], message.encode())
    return f"{message}.{encoded(signature)}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider = None

    def send(self, body, status=200, content_type="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.form = self.rfile.read(length).decode()
        path = self.path.partition("?")[0]
        self.provider.asked.append(path)
        with contextlib.suppress(OSError):
            self.provider.answers.get(path, lambda handler: handler.send({}, 404))(self)

    do_GET = do_POST = _answer

    def log_message(self, *_):
        """Nobody reads it."""


class HostileProvider:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority, key, certificate = certificates.make(self.folder / "tls")
        self.port = ports.remember(self.folder / "ports.json", ("hostile",), {})["hostile"]
        self.issuer = f"https://127.0.0.1:{self.port}"
        self.keys = {name: jwk.JWK.generate(**kind, kid=name, use="sig") for name, kind in {
            "rsa": {"kty": "RSA", "size": 2048}, "ec": {"kty": "EC", "crv": "P-256"}, "weak": {"kty": "RSA", "size": 1024},
            "unknown": {"kty": "RSA", "size": 2048}}.items()}
        self.reset()
        handler = type("HandlerOfThis", (Handler,), {"provider": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def section(self, academy, **keys):
        secret = self.folder / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        return {"academy": academy, "issuer": self.issuer, "ca_file": self.authority, "client_id": CLIENT,
                "client_secret_file": secret, **keys}

    # what is right, until a test says otherwise

    def reset(self):
        self.asked, self.claims, self.without = [], {}, ()
        self.published = ["rsa", "ec", "weak"]
        self.metadata = {}
        self.token = self.right_token
        self.answers = {
            "/.well-known/openid-configuration": lambda handler: handler.send({**self.right_metadata(), **self.metadata}),
            "/jwks": lambda handler: handler.send({"keys": [self.keys[name].export_public(as_dict=True) for name in self.published]}),
            "/token": lambda handler: handler.send({"access_token": "access", "token_type": "Bearer", "id_token": self.token(self.right_claims())}),
        }

    def right_metadata(self):
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/auth", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks", "userinfo_endpoint": f"{self.issuer}/userinfo",
                "authorization_response_iss_parameter_supported": True}

    def right_claims(self):
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "someone", "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        return {name: value for name, value in claims.items() if name not in self.without}

    def right_token(self, claims):
        return signed(self.keys["rsa"], {"alg": "RS256", "kid": "rsa"}, claims)
