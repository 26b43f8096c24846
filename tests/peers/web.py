"""A visitor of the portal without JavaScript: follows links, fills in forms by the names of their fields.

    head = Visitor(site.portal_url)
    page = head.get("/administration/connexion")
    page = head.submit(page.form("/administration/connexion"), identifiant="…", mot_de_passe="…")
    page.text, page.status, page.path, page.link("Élèves")
"""

import urllib.parse
from html.parser import HTMLParser

import requests


class Form:
    def __init__(self, attributes):
        self.method = attributes.get("method", "get").lower()
        self.action = attributes.get("action", "")
        self.fields = []  # (name, value) as a browser would send it untouched
        self.boxes = []  # (name, value) of what may be ticked
        self.buttons = []  # [words, (name, value), where it posts to]

    def values(self, name):
        """What a box or a choice of that name may send."""
        return [value for known, value in self.boxes if known == name]


class Page(HTMLParser):
    def __init__(self, response):
        super().__init__()
        self.status, self.headers, self.content = response.status_code, response.headers, response.content
        self.url = response.url
        self.path, self.query = urllib.parse.urlsplit(response.url)[2:4]
        self.forms, self.links, self.words, self.rows = [], [], [], []
        self._form = self._select = self._link = self._cell = self._button = None
        self._hidden = 0
        if "html" in response.headers.get("Content-Type", ""):
            self.feed(response.text)
            self.close()

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def form(self, action):
        """The form that posts to this path."""
        found = [form for form in self.forms if urllib.parse.urlsplit(form.action).path == action]
        assert found, f"{self.path}: no form to {action}, but {[form.action for form in self.forms]}: {self.text[:500]}"
        return found[0]

    def link(self, words):
        """Where the link with these words leads."""
        found = [href for text, href in self.links if words in text]
        assert found, f"{self.path}: no link {words!r}: {self.links}"
        return found[0]

    def row(self, words):
        """The cells of the first row of a table that has these words."""
        found = [row for row in self.rows if any(words in cell for cell in row)]
        assert found, f"{self.path}: no row with {words!r}: {self.rows}"
        return found[0]

    def handle_starttag(self, tag, pairs):
        attributes = {name: value or "" for name, value in pairs}
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag == "a":
            self._link = ["", attributes.get("href", "")]
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._cell = self.rows[-1]
        elif self._form is not None:
            self._field(tag, attributes)

    def _field(self, tag, attributes):
        name = attributes.get("name")
        if tag == "select":
            self._select = [name, None]
        elif tag == "option" and self._select:
            value = attributes.get("value", "")
            self._form.boxes.append((self._select[0], value))
            if self._select[1] is None or "selected" in attributes:
                self._select[1] = value
        elif tag in ("input", "button") and name:
            value, kind = attributes.get("value", ""), attributes.get("type", "text")
            if kind in ("checkbox", "radio"):
                self._form.boxes.append((name, value or "on"))
                if "checked" in attributes:
                    self._form.fields.append((name, value or "on"))
            elif kind not in ("submit", "button") and tag == "input":
                self._form.fields.append((name, value))
        if tag == "button":
            self._button = ["", (name, attributes.get("value", "")), attributes.get("formaction", self._form.action)]
            self._form.buttons.append(self._button)

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._hidden -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            self._form.fields.append(tuple(self._select))
            self._select = None
        elif tag == "a" and self._link:
            self.links.append((" ".join(self._link[0].split()), self._link[1]))
            self._link = None
        elif tag == "button":
            self._button = None
        elif tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data):
        if self._hidden:
            return
        self.words.append(data)
        if self._link:
            self._link[0] += data
        if self._button:
            self._button[0] += data
        if self._cell:
            self._cell[-1] = " ".join(f"{self._cell[-1]} {data}".split())


class Visitor:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.headers["Connection"] = "close"  # so that nothing is left open when a test forgets the visitor

    def get(self, path, **options):
        return Page(self.session.get(urllib.parse.urljoin(self.url, path), timeout=20, **options))

    def send(self, form, changes=(), **fields):
        """The response to a form; fields replace those of the page, a list sends several; None leaves one out."""
        given = {**dict(changes), **fields}
        data = [(name, value) for name, value in form.fields if name not in given]
        for name, value in given.items():
            values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
            data += [(name, one) for one in values]
        address = urllib.parse.urljoin(self.url, form.action)
        if form.method == "post":
            return self.session.post(address, data=data, timeout=20)
        return self.session.get(address, params=data, timeout=20)

    def press(self, page, words, changes=(), **fields):
        """The page that follows the button with these words, whatever its form is filled with."""
        found = [(form, button) for form in page.forms for button in form.buttons if words in button[0]]
        assert found, f"{page.path}: no button {words!r}: {[button[0] for form in page.forms for button in form.buttons]}"
        form, (_, (name, value), action) = found[0]
        pressed = Form({"method": form.method, "action": action})
        pressed.fields = form.fields
        return self.submit(pressed, {**dict(changes), **({name: value} if name else {})}, **fields)

    def submit(self, form, changes=(), **fields):
        """The page that follows."""
        return Page(self.send(form, changes, **fields))
