"""Mails and telephone numbers that can belong to nobody: reserved domains, and the blocks kept for fiction."""

from .chance import pick
from .names import ascii_of

DOMAINS = ("example.org", "example.net", "example.fr")
MISTYPED = ("htomail.example", "gmial.example", "orang.example", "yaho.example")
NICKNAMES = ("soleil", "loulou", "famille", "ptitchat", "maison", "les3mousses", "papillon", "coccinelle")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# ARCEP keeps these for works of fiction
FIXED = ("19900", "26191", "35301", "46571", "53649")
MOBILE = "63998"
# blocks of the overseas plans that no operator holds (by libphonenumber's patterns)
OVERSEAS = {"971": "69100", "972": "69658", "973": "69450", "974": "69398", "976": MOBILE}
ODD_MOBILES = ("0{0}", "{0}", "+33{0}", "0033{0}", "+33 (0){1}", "0{2}", "0{3}", "0{1}", "0{1} (bureau)", "0000000000", "016",
               "9999999999 -", "voir le père", "+33 6 39 98")


def base36(number):
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
        if number == 0:
            return text


def mail(rng, first, name, unique):
    """A mail that no other person has: `unique` is the person's number."""
    first, name = (ascii_of(text).lower().replace(" ", "").replace("'", "").replace("--", "-") for text in (first, name))
    draw = rng.random()
    if draw < 0.55:
        local = f"{first}.{name}"
    elif draw < 0.8:
        local = f"{first[:1]}{name}"
    else:
        local = f"{pick(rng, NICKNAMES)}_{first}"
    text = f"{local[:40].strip('.-')}{'.' if draw < 0.4 else ''}{base36(unique)}@{pick(rng, DOMAINS)}"
    if draw < 0.03:
        return text.upper()
    return text.title() if draw < 0.08 else text


def mistyped(rng, text):
    local, _, domain = text.partition("@")
    shapes = (f"{local}@{pick(rng, MISTYPED)}", f"{local}{domain}", f"{local}@{domain}.", f"{local} @{domain}",
              f"{local}@{domain.replace('.', ',')}", f"{local}@@{domain}", f"{local}é@{domain}", f"{local}@", "neant", "a@b")
    return pick(rng, shapes)


def spaced(national, separator=" "):
    """Nine digits as people group them: `6 39 98 12 34`."""
    return separator.join((national[0], national[1:3], national[3:5], national[5:7], national[7:9]))


def draw_four(rng):
    return f"{int(rng.random() * 10000):04d}"


def foreign(rng):
    """Blocks that other countries keep for fiction: British, American, German, Swedish."""
    three = f"{int(rng.random() * 1000):03d}"
    shapes = (f"+447700900{three}", f"+120255501{three[:2]}", f"+493023125{three}", f"+467017406{10 + int(three) % 90}")
    return pick(rng, shapes)


def mobile(rng, rates, department):
    draw = rng.random()
    if draw < rates.foreign_phone:
        return foreign(rng)
    draw -= rates.foreign_phone
    if draw < rates.odd_phone:
        national = MOBILE + draw_four(rng)
        grouped = spaced(national)
        return pick(rng, ODD_MOBILES).format(national, grouped, spaced(national, "."), spaced(national, "\u00a0"))
    draw -= rates.odd_phone
    if department in OVERSEAS and draw < 0.9:
        return "+33 " + spaced(OVERSEAS[department] + draw_four(rng))
    if draw < rates.overseas_phone:
        return "+33 " + spaced(OVERSEAS[pick(rng, list(OVERSEAS))] + draw_four(rng))
    if draw > 0.996:
        return fixed(rng)
    return "+33 " + spaced(MOBILE + draw_four(rng))


def fixed(rng):
    return "+33 " + spaced(pick(rng, FIXED) + draw_four(rng))
