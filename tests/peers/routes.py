"""The portal's map and what its handlers read of a request, from the code itself: what is new there is tried without anybody
thinking of it.

    for route in routes():
        route.method, route.pattern, route.access, route.handler, route.kind
    led()                     # patterns of addresses that take forms and lead elsewhere when they are only looked at
    filled("/etablissements/:uai/envois/:envoi", {":uai": "0111234A", ":envoi": "7"})
    asked_names("query")      # of all parameters that a handler asks for
"""

import pathlib
import re
from typing import NamedTuple

PORTAL = pathlib.Path(__file__).resolve().parents[2] / "daemons/portal"
MAP = PORTAL / "routes.c"
ROW = re.compile(r'\{\s*HTTP_(GET|POST)\s*,\s*((?:\w+|"[^"]*"|\s)+?)\s*,\s*ACCESS_(\w+)\s*,\s*"([^"]*)"\s*,\s*(\w+)\s*\}')

# a value of each place's form, of nobody
SOMETHING = {":uai": "0110001S", ":compte": "11-1", ":envoi": "1", ":fiches": "1.pdf", ":integration": "1", ":releve": "1.csv",
             ":jeton": "abc", ":portail": "lyon", "*": "x/y"}


class Route(NamedTuple):
    method: str
    pattern: str
    access: str
    handler: str
    kind: str  # its class, in the metrics

    @property
    def name(self):
        return f"{self.method} {self.pattern}"

    @property
    def places(self):
        return [part for part in self.pattern.split("/") if part[:1] in (":", "*")]


def _pattern(expression, text):
    words = dict(re.findall(r'^#define (\w+) "([^"]*)"$', text, re.M))
    return "".join(words[part] if part in words else part.strip('"') for part in re.findall(r'"[^"]*"|\w+', expression))


def led():
    text = MAP.read_text()
    rows = text.split("} forms[] = {", 1)[1].split("\n};", 1)[0]
    found = {_pattern(row, text) for row in re.findall(r'^    \{((?:\w+ )?"[^"]*"),', rows, re.M)}
    assert len(found) == rows.count("\n    {") > 10, "a row of the forms is not understood"
    return found


def routes():
    text = MAP.read_text()
    found = [Route(method, _pattern(expression, text), access, handler, kind) for method, expression, access, kind, handler in ROW.findall(text)]
    assert len(found) == len(re.findall(r"\bHTTP_(?:GET|POST)\s*,", text)) > 20, "a row of the map is not understood"
    assert all(route.pattern.startswith("/") for route in found)
    return found


def filled(pattern, values):
    """The path with each place taken from values; KeyError names a place that they do not know."""
    return "/".join(values[part] if part[:1] in (":", "*") else part for part in pattern.split("/"))


def asked_names(kind):
    """kind: "query" or "form"; the names of parameters that the portal's code asks for."""
    text = "".join(file.read_text() for file in PORTAL.glob("*.c"))
    return sorted(set(re.findall(r'\bhttp_%s(?:_at)?\([^,()]*(?:\([^()]*\))?[^,()]*,\s*"(\w+)"' % kind, text)))
