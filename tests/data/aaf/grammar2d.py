"""Records of the second degree (source SIECLE): LDAP-like attributes, "Annexe 4bis", in their generations."""

from . import people, places
from .grammar1d import date, flag
from .people import OLD_CODES
from .schools import KINDS, LEVELS

CATEGORIES = ("EtabEducNat", "MatiereEducNat", "MefEducNat", "Eleve", "PersRelEleve", "PersEducNat")
DIETS = ("DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT", "EXTERNE LIBRE", "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT 4",
         "DEMI-PENSIONNAIRE AU TICKET", "INTERNE DANS L'ETABLISSEMENT", "EXTERNE SURVEILLE", "INTERNE 5 JOURS",
         "INTERNE HEBERGE")
SUBJECTS = (("020700", "FRANCAIS"), ("061300", "MATHEMATIQUES"), ("030201", "ANGLAIS LV1"), ("043700", "HISTOIRE-GEOGRAPHIE"),
            ("062900", "SCIENCES VIE & TERRE"), ("100100", "EDUCATION PHYSIQUE ET SPORTIVE"), ("030602", "ESPAGNOL LV2"),
            ("030102", "ALLEMAND LV2"), ("080000", "EDUCATION MUSICALE"), ("090300", "ARTS PLASTIQUES"),
            ("063100", "PHYSIQUE-CHIMIE"), ("070900", "TECHNOLOGIE"), ("020100", "LETTRES CLASSIQUES"))


def links(options, family, child):
    """[(adult, guardian's number, flags as written, link)]"""
    found = []
    legal_rank = 0
    for link in child.links:
        adult = family.adult(link.slot)
        number = family.adult_id(adult, family.record_for(adult, child))
        lien, legal = link.lien, link.legal
        if options.link == "old":
            # responsible persons were numbered, and a person in charge was not known
            lien = OLD_CODES.get(lien, 6)
            legal_rank += legal == 1
            legal = min(legal_rank, 2) if legal == 1 else 0
        found.append((adult, number, f"{number}${lien}${link.financial}${legal}${link.contact}${link.paid}", link))
    return found


def is_legal(link):
    return link.legal == 1


def legacy(found):
    """What was written before ENTElevePersRelEleve, and beside it for some years."""
    legal = [(number, link) for _, number, _, link in found if is_legal(link)]
    parents = [(number, link) for number, link in legal if link.lien in (people.FATHER, people.MOTHER)]
    others = [(number, link) for _, number, _, link in found if not is_legal(link)] + [None, None]
    written = [("ENTEleveParents", [str(number) for number, _ in parents] or "")]
    for name, lien in (("ENTElevePere", people.FATHER), ("ENTEleveMere", people.MOTHER)):
        written.append((name, next((str(number) for number, link in parents if link.lien == lien), "")))
    written.append(("ENTEleveAutoriteParentale", [str(number) for number, _ in legal][:2] or ""))
    for rank in (0, 1):
        other = others[rank]
        written.append((f"ENTElevePersRelEleve{rank + 1}", str(other[0]) if other else ""))
        quality = ("FINANCIER" if other[1].financial else "CONTACT") if other else ""
        written.append((f"ENTEleveQualitePersRelEleve{rank + 1}", quality))
    return written


def pupil(options, family, child):
    school, one, salt = child.school, child.school_class, child.salt
    level = LEVELS[child.level]
    number = family.child_id(child, 2)
    found = links(options, family, child)
    subjects = SUBJECTS[:7 + salt % 6]
    groups = [f"{school.id}${one.label} GR{salt % 2 + 1}", f"{school.id}${level[0]} LV2"] if school.id % 5 == 0 else ""
    attributes = [("ENTPersonJointure", str(number))]
    if options.generation >= 2018:
        attributes.append(("ENTEleveINE", child.ine))
    attributes += [
        ("ENTEleveStructRattachId", str(1000 + family.uid * people.CHILDREN_MAX % 900000 + child.slot) if salt % 40 else ""),
        ("ENTPersonDateNaissance", date(child.birth)),
        ("ENTPersonNomPatro", child.birth_name),
        ("sn", child.name),
        ("givenName", child.first),
        ("ENTPersonAutresPrenoms", list(child.others)),
        ("personalTitle", "Mme" if child.sex == "F" else "M."),
    ]
    if options.legacy != "only":
        attributes.append(("ENTElevePersRelEleve", [text for _, _, text, _ in found] or ""))
    if options.legacy != "none":
        attributes += legacy(found)
    attributes += [
        ("ENTEleveBoursier", flag(salt, 3)),
        ("ENTEleveTransport", flag(salt, 5)),
        ("ENTEleveRegime", DIETS[min((salt >> 7) % 16, 7 if child.level > 14 else 3)]),
    ]
    if options.generation >= 2018:
        attributes += pupil_address(family, child, found, salt)
    attributes += [
        ("ENTEleveStatutEleve", "APPRENTI" if child.level > 14 and salt % 50 == 0 else "SCOLAIRE"),
        ("ENTEleveMEF", level[3]),
        ("ENTEleveLibelleMEF", level[1]),
        ("ENTEleveNivFormation", level[0]),
        ("ENTEleveFiliere", "GENERAL" if child.level > 14 else "COLLEGE"),
        ("ENTEleveEnseignements", [label for _, label in subjects]),
        ("ENTEleveCodeEnseignements", [code for code, _ in subjects]),
        ("ENTPersonStructRattach", str(school.id)),
        ("ENTEleveClasses", f"{school.id}${one.label}"),
        ("ENTEleveGroupes", groups),
    ]
    if options.generation >= 2024:
        attributes += [
            ("ENTEleveDateEntreeClasses", f"{school.id}$01/09/{options.school_year}${one.label}"),
            ("ENTEleveDateSortieClasses", ""),
            ("ENTEleveDateEntreeStructRattach", f"01/09/{options.school_year - (child.level - 11) % 4}"),
            ("ENTEleveDateSortieStructRattach", ""),
            ("mail", child.mail),
        ]
    return number, attributes


def pupil_address(family, child, found, salt):
    lines, code, town, country = family.addresses[child.address] if salt % 12 else ("$$$", "", "", "")
    same = next((str(number) for adult, number, _, _ in found if adult.address == child.address), "")
    return [("ENTPersonAdresse", lines), ("ENTPersonCodePostal", code), ("ENTPersonVille", town),
            ("ENTPersonPays", country), ("ENTEleveAdresseRel", same)]


def guardian(options, family, adult, record, pupils):
    number = family.adult_id(adult, record)
    entry = adult.entries[record]
    lines, code, town, country = family.addresses[adult.address]
    if adult.salt % 1000 >= options.rates.address * 1000:
        lines, code, town, country = "$$$", "", "", ""
    attributes = [
        ("ENTPersonJointure", str(number)),
        ("ENTPersonDateNaissance", ""),
        ("ENTPersonNomPatro", entry.birth_name),
        ("sn", entry.name),
        ("givenName", entry.first),
        ("personalTitle", adult.title),
    ]
    if options.generation >= 2018:
        attributes.append(("ENTAuxPersRelEleveEleve", [str(one) for one in pupils]))
    else:
        lines = " ".join(filter(None, lines.split("$")))
    attributes += [
        ("homePhone", entry.home),
        ("telephoneNumber", entry.work),
        ("ENTPersonAdresse", lines),
        ("ENTPersonCodePostal", code),
        ("ENTPersonVille", town),
        ("ENTPersonPays", country),
        ("ENTPersonAdresseDiffusion", flag(adult.salt, 10, 2)),
    ]
    if options.generation >= 2018:
        attributes += [("mobile", entry.mobile), ("mail", entry.mail), ("ENTPersonMobileSMS", entry.sms)]
    return number, attributes


def structure(options, academy, one, parent):
    label, type_code, start = KINDS[one.kind]
    code, town = one.town
    name = f"{start}${one.name}${town}"
    if options.generation < 2018:
        name = f"{start}-{one.name.upper()}-ac-{places.ACADEMIES[academy][0]}"
    classes = [(LEVELS[age], entry) for age, entries in one.classes.items() for entry in entries]
    attributes = [
        ("ENTStructureJointure", str(one.id)),
        ("ENTStructureUAI", one.uai),
        ("ENTEtablissementUAI", one.uai),
        ("ENTStructureSIREN", one.siret),
        ("ENTStructureNomCourant", name),
        ("ENTStructureTypeStruct", label),
    ]
    if options.generation >= 2024:
        attributes.append(("ENTStructureCodeTypeStruct", type_code))
    attributes += [
        ("ENTEtablissementMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE"),
        ("ENTEtablissementCodeMinistereTutelle", "06"),
        ("ENTEtablissementContrat", "PR" if one.private else "PU"),
        ("postOfficeBox", ""),
        ("street", one.street),
        ("postalCode", code),
        ("l", town),
        ("telephoneNumber", one.phone),
        ("facsimileTelephoneNumber", ""),
    ]
    if options.generation >= 2018:
        attributes.append(("ENTStructureMailSI", one.mail))
    attributes += [
        ("ENTEtablissementStructRattachFctl", "" if one.kind == "rectorat" else str(parent)),
        ("ENTEtablissementBassin", f"{one.department.rjust(3, '0')}01$BASSIN {town.upper()}" if one.is_school else ""),
        ("ENTServAcAcademie", places.ACADEMIES[academy][0]),
    ]
    if options.generation >= 2024:
        attributes.append(("ENTServAcCodeAcademie", f"{academy:03d}"))
    attributes.append(("ENTStructureClasses", [f"{entry.label}${level[1]}${level[3]}" for level, entry in classes] or ""))
    groups = [f"{entry.label} GR{half}$GROUPE {half}${entry.label}" for _, entry in classes for half in (1, 2)]
    attributes.append(("ENTStructureGroupes", groups if groups and one.id % 5 == 0 else ""))
    return one.id, attributes


def staff(options, person):
    school = person.school.id
    classes = [f"{school}${label}" for label in person.classes] or ""
    code, subject = person.subject.split("$") if person.subject else ("", "")
    taught = [f"{one}${code}" for one in classes] if classes and code else ""
    attributes = [
        ("ENTPersonJointure", str(person.id)),
        ("ENTPersonDateNaissance", date(person.birth)),
        ("ENTPersonNomPatro", person.name),
        ("sn", person.name),
        ("givenName", person.first),
        ("ENTPersonAutresPrenoms", person.first),
        ("personalTitle", person.title),
        ("mail", person.mail),
        ("ENTPersonStructRattach", str(school) if person.attached else ""),
        ("ENTAuxEnsCategoDiscipline", f"{code[:2]}${subject}" if person.teaches else ""),
        ("ENTAuxEnsDisciplinesPoste", f"{subject}${code}" if person.teaches else ""),
        ("ENTAuxEnsMEF", ""),
        ("ENTAuxEnsMatiereEnseignEtab", f"{school}${subject}" if person.teaches else ""),
        ("ENTAuxEnsClasses", classes),
        ("ENTAuxEnsGroupes", ""),
        ("ENTAuxEnsClassesMatieres", taught),
        ("ENTAuxEnsGroupesMatieres", ""),
        ("ENTAuxEnsClassesPrincipal", classes[0] if classes and person.id % 3 == 0 else ""),
        ("ENTPersonFonctions", [f"{one}${person.function}" for one in person.schools]),
        ("ENTPersonCategorieEnseignant", "O" if person.teaches else "N"),
        ("PersEducNatPresenceDevantEleves", "O" if person.teaches else "N"),
        ("ENTEnsFonctionDir", str(school) if person.head else ""),
    ]
    if options.generation >= 2025:
        attributes += [
            ("ENTPersonSTSId", str(person.id % 100000)),
            ("ENTPersonStructRattachDate", f"{school}$01/09/{options.school_year}$" if person.attached else ""),
            ("ENTPersonFonctionsDate", [f"{one}${person.function}$01/09/{options.school_year}$" for one in person.schools]),
        ]
    return person.id, attributes


def subjects(options):
    later = [("ENTMatiereRattach", "")] if options.generation >= 2024 else []
    for code, label in sorted(SUBJECTS):
        yield code, [("ENTMatJointure", code), ("ENTLibelleMatiere", label), *later]


def courses(options):
    for age, (code, label, _, mef) in sorted(LEVELS.items()):
        if mef:
            later = [("ENTNivFormation", code), ("ENTFiliere", "GENERAL" if age > 14 else "COLLEGE")]
            yield mef, [("ENTMefJointure", mef), ("ENTLibelleMef", label), ("ENTMEFRattach", mef),
                        ("ENTMEFSTAT11", mef[:3] + "11000000"), *(later if options.generation >= 2018 else [])]


def pupils_of(options, family, children):
    found = {}
    for child in children:
        for adult, number, _, _ in links(options, family, child):
            pupils = found.setdefault((adult.slot, family.record_for(adult, child)), [])
            if family.child_id(child, 2) not in pupils:
                pupils.append(family.child_id(child, 2))
    return found


RECORDS = (people.RECORD_2D, people.SECOND_2D)
