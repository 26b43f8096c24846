"""The portal's map, as daemons/portal/routes.c has it: for tests that try every address."""

import re

from .site import ROOT

# accesses that only an administrator's session has
OF_ADMINISTRATORS = ("CODE", "OWN_PASSWORD", "SECOND_FACTOR", "ADMINISTRATOR", "DELIVERIES", "SCHOOL")


def routes():
    """(method, pattern, access) of each line."""
    text = (ROOT / "daemons/portal/routes.c").read_text()
    text = re.sub(r'(?<!_)SCHOOL( "|,)', lambda found: '"/etablissements/:uai' + ("" if '"' in found[1] else '",'), text)
    return re.findall(r'HTTP_(GET|POST),\s*"([^"]+)",\s*ACCESS_(\w+)', text)


def filled(pattern, uai, account):
    """The pattern with something at each of its places."""
    values = {":uai": uai, ":compte": "%d-%d" % account, ":envoi": "1", ":fiches": "1.pdf", ":integration": "1",
              ":releve": "1.csv", ":jeton": "abc", ":portail": "lyon", "*": "x/y"}
    return "/".join(values.get(part, part) for part in pattern.split("/"))
