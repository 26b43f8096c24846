"""nginx before a site's portal, as deploy/nginx/preau.conf has it: only names, ports and paths are others.

    front = Front(folder)
    with Site.of(…, settings=front.settings) as site:
        with front.before(site):
            requests.get(front.url + "/connexion", verify=front.authority)
"""

import contextlib
import os
import pathlib
import subprocess

from . import certificates, ports
from .process import Process

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNPACKED = pathlib.Path(os.environ.get("PREAU_NGINX", ROOT / ".dev/nginx"))  # of `./dev test`
NGINX = UNPACKED / "usr/sbin/nginx"
# what Debian's own nginx.conf has around conf.d, its account and folders aside
FRAME = """
{user}daemon off; worker_processes 2; pid {folder}/master.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/preau.conf;
}}
"""


class Front:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.authority, self.key, self.certificate = certificates.make(self.folder)
        self.ports = ports.remember(self.folder / "ports.json", ("https", "http"), {})
        self.process = Process("nginx", self.folder)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.ports['https']}"

    @property
    def settings(self):
        """Of the site behind it: what docs/operators/mandataire.md asks for."""
        return {"portal": {"public_url": self.url, "secure_cookie": "oui"}}

    def _configuration(self, portal):
        text = (ROOT / "deploy/nginx/preau.conf").read_text()
        for shipped, here in (
            ("listen 80;", f"listen 127.0.0.1:{self.ports['http']};"),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.ports['https']} ssl http2;"),
            ("https://compte.exemple.fr$request_uri", f"{self.url}$request_uri"),
            ("server 127.0.0.1:8080;", f"server {portal};"),
            ("/etc/ssl/preau/certificat.pem", str(self.certificate)),
            ("/etc/ssl/preau/clef.pem", str(self.key)),
            ("root /etc/nginx/preau;", f"root {ROOT}/deploy/nginx;"),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("/var/log/nginx/preau.log", f"{self.folder}/access.log"),
        ):
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        return text.replace("server_name compte.exemple.fr;", "server_name 127.0.0.1;")

    @contextlib.contextmanager
    def before(self, site, portal=None):
        """portal: where it listens, as nginx writes it; None: on its port."""
        (self.folder / "preau.conf").write_text(self._configuration(portal or f"127.0.0.1:{site.ports['portal']}"))
        file = self.folder / "nginx.conf"
        file.write_text(FRAME.format(folder=self.folder, user="user root; " if os.getuid() == 0 else ""))
        tried = subprocess.run([NGINX, "-t", "-c", file, "-e", self.folder / "error.log"], capture_output=True, text=True)
        assert tried.returncode == 0 and "[warn]" not in tried.stderr, tried.stderr
        self.process.start(NGINX, "-c", file, "-e", self.folder / "error.log")
        try:
            self.process.until(lambda: ports.answers(self.ports["https"]), 15, "listening")
            yield self
        finally:
            self.process.stop()
