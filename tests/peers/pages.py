"""A read-only web page of the mails and SMS that a site sent, for the people who try it.

`python3 -m peers.pages FOLDER PORT`, started by class Pages as a process of its own.
"""

import html
import http.server
import pathlib
import re
import sys

from . import kannel, ports
from .mail import parse, text_of
from .process import Process

HERE = pathlib.Path(__file__).resolve().parent
FRAME = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd }}
pre {{ white-space: pre-wrap; background: #f6f6f6; padding: 1rem }}
</style></head><body><p><a href="/">Courriels</a> · <a href="/sms">SMS</a></p><h1>{title}</h1>{body}</body></html>"""
LINK = re.compile(r"https?://[^\s<>\"]+")


class Pages:
    def __init__(self, folder, port, outlives=False):
        """folder: the site's."""
        self.folder = pathlib.Path(folder)
        self.port = port
        self.process = Process("pages", self.folder / "logs", outlives)

    def start(self):
        self.process.start("/usr/bin/python3", "-m", "peers.pages", self.folder, self.port,
                           environment={"PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1"})
        self.process.until(lambda: ports.answers(self.port), 15, "listening")

    def stop(self):
        self.process.stop(5)


def escaped(text):
    return html.escape(str(text or ""))


def with_links(text):
    """Escaped, with what looks like an address of the web made a link."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        address = escaped(match[0])
        pieces += [escaped(text[end:match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*pieces, escaped(text[end:])])


def table(heads, rows):
    head = "".join(f"<th>{escaped(one)}</th>" for one in heads)
    return f"<table><tr>{head}</tr>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows) + "</table>"


def list_page(inbox):
    rows = []
    for path in sorted(inbox.glob("*.eml"), reverse=True)[:500]:
        mail = parse(path)
        link = f'<a href="/mail/{path.stem}">{escaped(mail["Subject"])}</a>'
        rows.append((escaped(mail["Date"]), escaped(mail["X-Envelope-To"]), link))
    return FRAME.format(title="Courriels", body=table(("date", "à", "objet"), rows))


def mail_page(inbox, stem):
    path = inbox / f"{stem}.eml"
    if not re.fullmatch(r"[0-9-]+", stem) or not path.exists():
        return None
    mail = parse(path)
    heads = table(("", ""), [(name, escaped(mail[name])) for name in ("From", "To", "Subject", "Date")])
    return FRAME.format(title="Courriel", body=heads + f"<pre>{with_links(text_of(mail))}</pre>")


def sms_page(messages):
    rows = [tuple(escaped(message[key]) for key in ("from", "to", "text")) for message in reversed(messages)]
    return FRAME.format(title="SMS", body=table(("de", "à", "texte"), rows))


class Handler(http.server.BaseHTTPRequestHandler):
    folder = None

    def do_GET(self):
        inbox = self.folder / "mail" / "mails"
        page = None
        if self.path == "/":
            page = list_page(inbox)
        elif self.path == "/sms":
            page = sms_page(kannel.Kannel(self.folder / "sms", {}).messages())
        elif self.path.startswith("/mail/"):
            page = mail_page(inbox, self.path.removeprefix("/mail/"))
        content = (page or FRAME.format(title="Cette page n’existe pas", body="")).encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nobody reads it."""


def main(folder, port):
    Handler.folder = pathlib.Path(folder)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
