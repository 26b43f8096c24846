"""Cuts a style sheet to what pages can ask for: rules whose classes nobody writes go, then custom properties that no rule reads.

A class counts as written when its name is a word anywhere in the sources given; one that is put together ("fr-alert--{{KIND}}")
keeps all that begin so. What is in doubt stays.
"""

import re

import tinycss2

WORD = re.compile(r"[A-Za-z_][\w-]*")
OTHER_SCHEMES = ("data-fr-theme=dark", "data-fr-scheme=dark")  # pages are light
NESTING = ("media", "supports", "layer")


class Words:
    def __init__(self, sources):
        words = {word for text in sources for word in WORD.findall(text)}
        self.whole = words
        self.beginnings = tuple(word for word in words if word.startswith("fr-") and word.endswith("-"))

    def hold(self, name):
        return name in self.whole or bool(self.beginnings) and name.startswith(self.beginnings)


def parted(tokens):
    """By the commas that are in no bracket."""
    parts = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def classes_of(selector):
    """Those that an element must have; what stands in a function, :not(.x), need not."""
    for before, token in zip(selector, selector[1:]):
        if before.type == "literal" and before.value == "." and token.type == "ident":
            yield token.value


def is_of_other_scheme(selector):
    brackets = [tinycss2.serialize(token.content).replace('"', "") for token in selector if token.type == "[] block"]
    return any(text in OTHER_SCHEMES for text in brackets)


def cut_selectors(prelude, words):
    kept = [part for part in parted(prelude) if not is_of_other_scheme(part) and all(words.hold(name) for name in classes_of(part))]
    return ",".join(tinycss2.serialize(part).strip() for part in kept)


def cut_rules(rules, words):
    """[(selectors or the at-rule's head, content: text, or such a list)]"""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = cut_selectors(rule.prelude, words)
            if selectors:
                kept.append((selectors, tinycss2.serialize(rule.content).strip()))
        elif rule.type == "at-rule" and rule.at_keyword in NESTING and rule.content is not None:
            inside = cut_rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words)
            if inside:
                kept.append((f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}", inside))
        elif rule.type == "at-rule" and rule.at_keyword != "font-face":  # of fonts that are not taken
            kept.append((None, tinycss2.serialize([rule])))
    return kept


def declarations(rules):
    for _, content in rules:
        if isinstance(content, str):
            yield from content.split(";")
        else:
            yield from declarations(content)


def read_properties(rules, others):
    """Custom properties that something reads, be it another one that is read."""
    values, wanted = {}, set(re.findall(r"var\(\s*(--[\w-]+)", others))
    for one in declarations(rules):
        name, _, value = one.partition(":")
        uses = re.findall(r"var\(\s*(--[\w-]+)", value)
        if name.strip().startswith("--"):
            values.setdefault(name.strip(), set()).update(uses)
        else:
            wanted.update(uses)
    todo = list(wanted)
    while todo:
        new = values.get(todo.pop(), set()) - wanted
        wanted |= new
        todo += new
    return wanted


def written(rules, read):
    text = ""
    for head, content in rules:
        if not isinstance(content, str):
            inside = written(content, read)
        elif head is None:
            text += content
            continue
        else:
            inside = ";".join(one for one in content.split(";") if not (name := one.partition(":")[0].strip()).startswith("--") or name in read)
        text += f"{head}{{{inside}}}" if inside else ""
    return text


def cut(css, sources, others):
    """sources: texts that write classes; others: style sheets that read custom properties of this one."""
    rules = cut_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), Words(sources))
    return written(rules, read_properties(rules, others))
