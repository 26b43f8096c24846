"""Pages of families as a visitor who reads Arabic gets them: for tests that need no browser.

    page = reads(arabic(Stranger(site)).get("/connexion"), "Mot de passe oublié")
"""

import re

from .catalogues import translate

SAID = translate.catalogue("ar")
HELD = re.compile(r"\{\{[A-Z_]+\}\}|</?\d>|%d|\|")
PIECES = [piece.strip(" .,:;–\u00a0") for french in SAID for piece in HELD.split(french)]
PIECES = [piece for piece in PIECES if len(piece) > 9 and " " in piece and "exemple.fr" not in piece]


def arabic(visitor):
    visitor.get("/connexion?langue=ar")
    return visitor


def plain(text):
    return " ".join(re.sub("[\u2066\u2069]", "", text).replace("\u202f", " ").split())


def reads(page, says, status=200):
    """The page in Arabic, whole; `says` is one of its sentences, in French."""
    html = page.content.decode()
    assert page.status == status and re.search(r'<html[^>]* lang="ar"[^>]* dir="rtl"|<html[^>]* dir="rtl"[^>]* lang="ar"', html), page.text
    text = plain(page.text)
    for piece in HELD.split(SAID[says]):
        assert plain(piece) in text, f"{piece!r} is not in: {text}"
    assert [piece for piece in PIECES if plain(piece) in text] == []
    return page
