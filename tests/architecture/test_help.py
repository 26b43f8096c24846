"""The families' help page: what leads to one of its questions finds it, there and as a family is offered it."""

import pathlib
import re

import pytest

from peers.catalogues import translate

PORTAL = pathlib.Path(__file__).resolve().parents[2] / "daemons/portal"
HELP = (PORTAL / "pages/aide.html").read_text()
# what decides that a question is there; its name in help.c
OFFERED = {"sms": {"BY_SMS"}, "franceconnect": {"BY_FRANCECONNECT"}, "ent": {"BY_ENT"}, "mobile": {"BY_MOBILE"}}
# pages that a family reaches where the same is offered, and what each is about
ONLY_WHERE_OFFERED = {"sms": {"inscription.html"}, "franceconnect": {"franceconnect-refus.html"}, "ent": {"ent.html", "ent-mot-de-passe.html"},
                      "mobile": {"inscription-code.html", "inscription-mobile.html"}}


def conditions(pattern):
    """{id: what it depends on} of what the pattern finds, in order."""
    found, within = {}, []
    for match in re.finditer(r"\{\{([#/])(\w+)\}\}|" + pattern, HELP):
        if match[1] == "#":
            within.append(match[2])
        elif match[1] == "/":
            within.pop()
        elif match[3]:
            found.setdefault(match[3], set(within))
    return found


QUESTIONS = conditions(r'<section id="([a-z-]+)"')


def links():
    """(page, question) of every link to a question, from other pages."""
    return [(page.name, topic) for page in sorted((PORTAL / "pages").glob("*.html")) if page.name != "aide.html"
            for topic in re.findall(r'href="/aide#([a-z-]+)"', page.read_text())]


def test_the_contents_lead_to_each_question_in_order():
    contents = conditions(r'<li><a class="fr-link" href="#([a-z-]+)"')
    assert list(contents.items()) == list(QUESTIONS.items()) and len(QUESTIONS) > 12
    assert {topic: within for topic, within in QUESTIONS.items() if within} == OFFERED


def test_a_question_is_asked_in_the_same_words_where_it_is_answered():
    for topic, words in re.findall(r'<li><a class="fr-link" href="#([a-z-]+)">([^<]+)</a></li>', HELP):
        assert f'<section id="{topic}">' in HELP
        assert re.search(rf'<section id="{topic}">\n<h2[^>]*>([^<]+)</h2>', HELP)[1] == words


def test_a_link_of_a_page_leads_to_a_question_that_is_there():
    found = links()
    assert len(found) > 12
    for page, topic in found:
        assert topic in QUESTIONS, f"{page}: no question {topic}"
        assert topic not in OFFERED or page in ONLY_WHERE_OFFERED[topic], f"{page} leads to {topic}, which may not be offered"


def test_a_refusal_leads_to_a_question_that_is_there():
    source = (PORTAL / "help_topic.c").read_text()
    topics = set(re.findall(r'= "([a-z-]+)",', source))
    assert topics <= set(QUESTIONS) and len(topics) > 8
    named = set(re.findall(r'\[REFUSAL_(\w+)\] = "', source))
    assert named - set(translate.FAMILIES_REFUSALS) == {"NOT_DISTRIBUTED"}, "a family is told, in its language; of that one page_form_error speaks"


@pytest.mark.parametrize("section", sorted(set().union(*OFFERED.values())))
def test_what_a_site_offers_is_what_the_page_is_told(section):
    assert f'view_show(body, "{section}")' in (PORTAL / "help.c").read_text()
