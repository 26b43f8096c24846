"""Records of the first degree (source ONDE): attributes and their order as in "Annexe 1" exports."""

from . import people, places
from .schools import KINDS, LEVELS

CATEGORIES = ("EtabEducNat", "Eleve", "PersRelEleve", "PersEducNat")


def flag(salt, shift, share=4):
    return "O" if (salt >> shift) % share == 0 else "N"


def date(birth):
    return f"{birth[2]:02d}/{birth[1]:02d}/{birth[0]:04d}"


def links(family, child):
    """Holders of parental authority only: this grammar has no flag to say that someone is not."""
    found = {}
    for link in child.links:
        if link.legal == 1:
            adult = family.adult(link.slot)
            found.setdefault(family.adult_id(adult, family.record_for(adult, child)), (adult, link))
    return found


def pupil(options, family, child):
    school, one = child.school, child.school_class
    level = LEVELS[child.level]
    entered = f"{school.id}$01/09/{options.school_year}${one.number}"
    number = family.child_id(child, 1)
    # the late and the early sit with others of their level
    group = f"{school.id}$40$REGROUPEMENT${one.number + 500000}$Groupe {level[1]}" if school.id % 5 == 0 else ""
    salt = child.salt
    return number, [
        ("ENTPersonJointure", str(number)),
        ("ENTEleveINE", child.ine),
        ("ENTPersonDateNaissance", date(child.birth)),
        ("ENTPersonCivilite", "Mme" if child.sex == "F" else "M."),
        ("ENTPersonNomPatro", child.birth_name),
        ("ENTPersonNom", child.name),
        ("ENTPersonPrenom", child.first),
        ("ENTPersonAutresPrenoms", " ".join(child.others[1:])),
        ("ENTPersonStructRattach", str(school.id)),
        ("ENTEleveAutoriteParentale",
         [f"{guardian}${link.lien}" for guardian, (_, link) in links(family, child).items()] or ""),
        ("ENTEleveRestaurantScolaire", flag(salt, 3, 2)),
        ("ENTEleveTransport", flag(salt, 5, 6)),
        ("ENTEleveGarderieMatin", flag(salt, 7)),
        ("ENTEleveGarderieSoir", flag(salt, 9)),
        ("ENTEleveEtudesSurveillees", flag(salt, 11)),
        ("ENTEleveNiveau", f"{level[0]}${level[1]}"),
        ("ENTEleveCycle", f"{level[2]}$CYCLE {'I' * level[2]}"),
        ("ENTEleveTypeClasse", "11$ORDINAIRE"),
        ("ENTEleveDateEntreeClasses", entered),
        ("ENTEleveDateSortieClasses", ""),
        ("ENTPersonClasses", f"{school.id}$11$ORDINAIRE${one.number}${one.label}"),
        ("ENTPersonGroupes", group),
    ]


def guardian(options, family, adult, record, pupils):
    number = family.adult_id(adult, record)
    entry = adult.entries[record]
    lines, code, town, country = family.addresses[adult.address]
    if adult.salt % 1000 >= options.rates.postcode_1d * 1000:
        code = ""
    return number, [
        ("ENTPersonJointure", str(number)),
        ("ENTPersonCivilite", adult.title),
        ("ENTPersRelEleveEleve", [str(one) for one in pupils]),
        ("ENTPersonAdresse", lines),
        ("ENTPersonCodePostal", code),
        ("ENTPersonVille", town),
        ("ENTPersonPays", country),
        ("ENTPersonAdresseDiffusion", flag(adult.salt, 10, 2)),
        ("ENTPersonTelPerso", entry.home),
        ("ENTPersRelEleveTelMobile", entry.mobile),
        ("ENTPersRelEleveTelPro", entry.work),
        ("ENTPersonMail", entry.mail),
        ("ENTPersonNomPatro", entry.birth_name),
        ("ENTPersonNom", entry.name),
        ("ENTPersonPrenom", entry.first),
        ("ENTPersonAutresPrenoms", ""),
    ]


def structure(options, academy, one, parent):
    label, type_code, start = KINDS[one.kind]
    code, town = one.town
    sector = ".PR" if one.private else ".PU"
    school = one.is_school
    return one.id, [
        ("ENTStructureJointure", str(one.id)),
        ("ENTStructureUAI", one.uai),
        ("ENTStructureSIREN", one.siret),
        ("ENTStructureNomCourant", f"{start + sector if school else start}${one.name}${town}"),
        ("ENTStructureTypeStruct", label),
        ("ENTStructureCodeTypeStruct", type_code),
        ("ENTEcoleMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE"),
        ("ENTEcoleCodeMinistereTutelle", "06"),
        ("ENTEcoleSecteur", sector[1:]),
        ("ENTEcoleCirconscription", str(one.circonscription) if school else ""),
        ("ENTEcoleCommune", f"{code}${town.upper()}${one.department.rjust(3, '0')}"),
        ("ENTEcoleRPI", f"{one.id}$RPI {town}${one.department.rjust(3, '0')}" if school and one.number % 9 == 0 else ""),
        ("ENTServAcAcademie", places.ACADEMIES[academy][0]),
        ("ENTServAcCodeAcademie", f"{academy:03d}"),
        ("ENTStructureAdresse", f"$${one.street}$"),
        ("ENTStructureBoitePostale", ""),
        ("ENTStructureCodePostal", code),
        ("ENTStructureVille", town),
        ("ENTStructureTelephone", one.phone),
        ("ENTStructureFax", ""),
        ("ENTStructureMailSI", one.mail),
    ]


def staff(options, person):
    return person.id, [
        ("ENTPersonJointure", str(person.id)),
        ("ENTPersonDateNaissance", date(person.birth)),
        ("ENTPersonCivilite", person.title),
        ("ENTPersonStructRattach", str(person.school.id) if person.attached else ""),
        ("ENTPersonFonctions", [f"{school}${person.function}" for school in person.schools]),
        ("ENTPersonCategorieEnseignant", "O" if person.teaches else "N"),
        ("ENTEnsFonctionDir", str(person.school.id) if person.head else ""),
        ("ENTEnsSpecialites", person.subject),
        ("ENTPersonNomPatro", person.name),
        ("ENTPersonNom", person.name),
        ("ENTPersonPrenom", person.first),
        ("ENTPersonAutresPrenoms", ""),
        ("ENTPersonMail", person.mail),
    ]


def pupils_of(family, records):
    """(adult, record) of each guardian that the records name, with the pupils of each."""
    found = {}
    for child in records:
        for adult, link in links(family, child).values():
            found.setdefault((adult.slot, family.record_for(adult, child)), []).append(family.child_id(child, 1))
    return found


RECORDS = (people.RECORD_1D, people.SECOND_1D)
