"""An authority of one's own, and a certificate of it for this host or another, by the openssl command."""

import pathlib
import subprocess

DAYS = "3650"


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make(folder, name="server", names="IP:127.0.0.1,DNS:localhost"):
    """(authority, key, certificate): PEM files of the folder, made once. names: of the host, as openssl writes them."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-x509", "-days", DAYS)
    if not authority.exists():
        openssl("req", *curve, "-keyout", authority_key, "-out", authority, "-subj", "/CN=Autorité d’essai", "-utf8",
                "-addext", "basicConstraints=critical,CA:true")
    if not certificate.exists():
        openssl("req", *curve, "-keyout", key, "-out", certificate, "-subj", "/CN=127.0.0.1", "-CA", authority,
                "-CAkey", authority_key, "-addext", f"subjectAltName={names}",
                "-addext", "basicConstraints=critical,CA:false")
    return authority, key, certificate
