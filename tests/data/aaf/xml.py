"""AAF's XML: requests, headers, accents, bytes."""

import functools
import html.entities
import re

# which operational attribute, and its value, head each record of a category
OPERATIONAL = {
    "EtabEducNat": ("categorieStructure", "EtabEducNat"), "Eleve": ("categoriePersonne", "Eleve"),
    "PersRelEleve": ("categoriePersonne", "PersRelEleve"), "PersEducNat": ("categoriePersonne", "PersEducNat"),
    "MefEducNat": ("categorieMef", "MefEducNat"), "MatiereEducNat": ("categorieMatiere", "MatEducNat"),
}
BYTES_MARK, NAMED_MARK = "@@BYTES@@", "\x02"
VERSIONS = {2013: ("AAF-VE1301", "", ""), 2018: ("AAF-VE1803", "6.1", "6.1"), 2024: ("AAF-VE2407", "6.4", "6.3"),
            2025: ("AAF-VE2507", "6.4", "6.3")}
PYTHON_NAME = {"utf-8": "utf-8", "none": "utf-8", "iso-8859-1": "iso-8859-1", "iso-8859-15": "iso-8859-15"}


def escape(text):
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text or ">" in text:
        text = text.replace("<", "&lt;").replace(">", "&gt;")
    if "'" in text:
        text = text.replace("'", "&apos;")
    return text


def values(value):
    """One `<value>` for each; an empty attribute has one that is empty."""
    if type(value) is list:
        return "".join(f"<value>{escape(one)}</value>" for one in value)
    return f"<value>{escape(value)}</value>" if value else "<value/>"


@functools.lru_cache
def operational(category):
    name, value = OPERATIONAL[category]
    return f'<operationalAttributes><attr name="{name}"><value>{value}</value></attr></operationalAttributes>'


def add_request(category, identifier, attributes):
    body = "".join([f'<attr name="{name}">{values(value)}</attr>\n' for name, value in attributes])
    return (f"<addRequest>\n{operational(category)}\n<identifier><id>{identifier}</id></identifier>\n"
            f"<attributes>\n{body}</attributes>\n</addRequest>\n")


def modify_request(category, identifier, attributes):
    body = "".join([f'<modification name="{name}" operation="replace">{values(value)}</modification>\n'
                    for name, value in attributes])
    return (f"<modifyRequest>\n{operational(category)}\n<identifier><id>{identifier}</id></identifier>\n"
            f"<modifications>\n{body}</modifications>\n</modifyRequest>\n")


def delete_request(category, identifier, attributes=None):
    return f"<deleteRequest>\n{operational(category)}\n<identifier><id>{identifier}</id></identifier>\n</deleteRequest>\n"


REQUESTS = {"add": add_request, "modify": modify_request, "delete": delete_request}


def header(options, academy, degree):
    lines = []
    encoding = options.declared or options.encoding
    if encoding != "none":
        lines.append(f'<?xml version="1.0" encoding="{encoding.upper()}"?>')
    lines += ['<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">', "<ficAlimMENESR>"]
    version, second, first = VERSIONS[options.generation]
    lines.append(f'<!-- versionAF="{version}" -->')
    if second:
        annex = f"Annexe 4bis version {second}" if degree == 2 else f"Annexe 1 version {first}"
        lines.append(f'<!-- versionSDET="{annex}" -->')
    if options.generation >= 2024:
        lines += [f'<!-- codeAcademieExport="{academy:02d}" -->', f'<!-- degre="{degree}D" -->',
                  f'<!-- dateGenerationExport="{options.export_date:%d/%m/%Y}" -->']
    return "\n".join(lines) + "\n"


FOOTER = "</ficAlimMENESR>\n"


def named_entity(match, mark):
    name = html.entities.codepoint2name.get(ord(match[0]))
    return f"{mark}{name};" if name else match[0]


def to_bytes(options, text):
    """The text in the asked encoding and shape of accents; what an encoding lacks becomes a reference."""
    if options.newline == "crlf":
        text = text.replace("\n", "\r\n")
    if options.accents in ("entities", "bare-entities"):
        mark = "&amp;" if options.accents == "entities" else "&"
        text = re.sub(r"[^\x00-\x7f]", lambda match: named_entity(match, mark), text)
    encoding = "ascii" if options.accents != "raw" else PYTHON_NAME[options.encoding]
    return text.encode(encoding, "xmlcharrefreplace").replace(BYTES_MARK.encode(), b"\xc3\x28\xff")
