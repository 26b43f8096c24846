"""Academies, their départements, and invented towns and streets."""

from .chance import pick

# BCN number: label as AAF writes it, départements
ACADEMIES = {
    1: ("PARIS", "75"), 2: ("AIX-MARSEILLE", "04 05 13 84"), 3: ("BESANCON", "25 39 70 90"),
    4: ("BORDEAUX", "24 33 40 47 64"), 6: ("CLERMONT-FERRAND", "03 15 43 63"), 7: ("DIJON", "21 58 71 89"),
    8: ("GRENOBLE", "07 26 38 73 74"), 9: ("LILLE", "59 62"), 10: ("LYON", "01 42 69"),
    11: ("MONTPELLIER", "11 30 34 48 66"), 12: ("NANCY-METZ", "54 55 57 88"), 13: ("POITIERS", "16 17 79 86"),
    14: ("RENNES", "22 29 35 56"), 15: ("STRASBOURG", "67 68"), 16: ("TOULOUSE", "09 12 31 32 46 65 81 82"),
    17: ("NANTES", "44 49 53 72 85"), 18: ("ORLEANS-TOURS", "18 28 36 37 41 45"), 19: ("REIMS", "08 10 51 52"),
    20: ("AMIENS", "02 60 80"), 22: ("LIMOGES", "19 23 87"), 23: ("NICE", "06 83"), 24: ("CRETEIL", "77 93 94"),
    25: ("VERSAILLES", "78 91 92 95"), 27: ("CORSE", "2A 2B"), 28: ("LA REUNION", "974"), 31: ("MARTINIQUE", "972"),
    32: ("GUADELOUPE", "971"), 33: ("GUYANE", "973"), 43: ("MAYOTTE", "976"), 70: ("NORMANDIE", "14 27 50 61 76"),
}
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

FRONTS = """Saint-Aubin Sainte-Orge Villeneuve Châteauneuf Montclair Beauvallon Roquebrune Vieux-Moulin Bourg-l'Étang Pierrefeu
Longpré Hautecombe Fontvieille Clairegoutte Neuvéglise Ormeaux Sablonnières Rochemaure-le-Vieux Grandlieu Trois-Tilleuls""".split()
BACKS = """sur-Orle lès-Vignes en-Brenne le-Haut la-Forêt sous-Bois des-Prés aux-Moines l'Abbaye sur-Vanne en-Marche du-Lac
les-Bains le-Château""".split()
STREETS = ("RUE DES LILAS", "AVENUE DE LA GARE", "CHEMIN DU MOULIN", "RUE DE L'ÉCOLE", "PLACE DU MARCHÉ", "RUE DES ÉCOLES",
           "IMPASSE DES CERISIERS", "BOULEVARD DU LEVANT", "ROUTE DE L'ÉTANG", "ALLÉE DES TILLEULS", "RUE DE LA FONTAINE",
           "QUAI DES PÊCHEURS", "RUE HAUTE", "CÔTE DE LA CHAPELLE", "RUE DU 19 MARS 1962", "LOTISSEMENT L'ORÉE DU BOIS")
SECOND_LINES = ("BÂTIMENT B", "APPARTEMENT 12", "ESCALIER 3", "RÉSIDENCE L'OLIVERAIE", "CHEZ M. OU MME HÔTE", "BAT A ETG 4")
ABROAD = (("1204", "GENEVE", "SUISSE"), ("B-1000", "BRUXELLES", "BELGIQUE"), ("D-66111", "SARREBRUCK", "ALLEMAGNE"),
          ("L-1111", "LUXEMBOURG", "LUXEMBOURG"), ("", "", "PAYS INCONNU"))


def departments(academy):
    return ACADEMIES[academy][1].split()


def pair_of(academy):
    """Academies go by two for the families that have children in both: the pair's number, and the place in it."""
    place = list(ACADEMIES).index(academy)
    return place // 2, place % 2


def uai_prefix(department):
    return {"2A": "620", "2B": "720"}.get(department) or department.rjust(3, "0")


def uai(department, number):
    """Numbers from 5000 up, which the real schools of a département do not reach."""
    digits = f"{uai_prefix(department)}{(5000 + number) % 10000:04d}"
    return digits + UAI_LETTERS[int(digits) % 23]


def town(rng):
    return f"{pick(rng, FRONTS)}-{pick(rng, BACKS)}"


def postal_code(rng, department):
    start = {"2A": "20", "2B": "20"}.get(department, department)
    return f"{start}{int(rng.random() * 90) * 10:03d}"[:5] if len(start) == 2 else f"{start}{int(rng.random() * 90):02d}"


def address(rng, sector):
    """(four lines parted by $, postal code, town, country)"""
    draw = rng.random()
    street = f"{int(rng.random() * 180) + 1}{' BIS' if draw < 0.05 else ''} {pick(rng, STREETS)}"
    second = pick(rng, SECOND_LINES) if draw > 0.75 else ""
    if draw < 0.008:
        return (f"$$${street}", *pick(rng, ABROAD))
    code, name = pick(rng, sector.towns)
    return (f"${second}${street}$", code, name, "FRANCE")
