"""The families' pages in other languages: every sentence has its translation, with what stands in it."""

import re

import pytest

from peers.catalogues import PORTAL, translate

HELD = re.compile(r"\{\{[A-Z_]+\}\}|</?\d>|%d|\|")  # values, elements, a number, words of a list


@pytest.fixture(scope="module")
def sentences():
    return {**translate.page_sentences(), **translate.c_sentences()}


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_no_sentence_stays_french(language, sentences):
    """After a change of the French: ninja -C build update-po, then fill in what is empty."""
    said = translate.catalogue(language)
    missing = [f"{french}  ({', '.join(where)})" for french, where in sentences.items() if french not in said]
    assert not missing, f"po/{language}.po:\n" + "\n".join(missing)
    assert not set(said) - set(sentences), "no longer said anywhere"


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_translation_holds_what_the_french_holds(language):
    for french, said in translate.catalogue(language).items():
        assert sorted(HELD.findall(french)) == sorted(HELD.findall(said)), said
        assert said == said.strip() and not re.search(r"[<>](?![/\d])(?<!\d>)", re.sub(r"</?\d>", "", said)), said


# what another word says already, or in another person than the rest: whoever looks for the one is not to meet the other
NOT_SAID = {"ar": r"كلم(?:ة|تي) (?:ال)?سرّ?ه?(?!\w)|معرّف(?!ت)|(?:حساب|جلس|لدي|ل)كم\b|أنتم", "tr": r"(?i)parola", "en": r"(?i)\busername"}


@pytest.mark.parametrize("language", NOT_SAID)
def test_one_thing_has_one_name(language):
    french = [french for french, said in translate.catalogue(language).items() if re.search(NOT_SAID[language], said)]
    assert not french, french
    mails = (PORTAL.parent / "notify/mails" / language).glob("*.*")
    assert not [mail.name for mail in mails if re.search(NOT_SAID[language], mail.read_text())]


def test_numbers_of_a_right_to_left_language_keep_their_order():
    """Groups of digits would be set out from right to left: a mobile from its end."""
    said = translate.translated('<p>Exemple : 06 12 34 56 78, ou 4 {{COUNT}}</p><input class="x" name="mobile" type="tel">'
                                '<input type="hidden" name="csrf"><input name="nom" autocomplete="family-name">', lambda text: text, True)
    assert said == ('<p>Exemple : \u206606 12 34 56 78\u2069, ou 4 <bdi>{{COUNT}}</bdi></p><input dir="ltr" class="x" name="mobile" type="tel">'
                    '<input type="hidden" name="csrf"><input name="nom" autocomplete="family-name">')
    assert translate.numbers_isolated("le 03/04/2015 à +41 79 123") == "le \u206603/04/2015\u2069 à \u2066+41 79 123\u2069"
    for french, words in translate.catalogue("ar").items():
        assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", words), f"{french}: digits are Latin ones, as the pages' values are"


def test_french_comes_out_as_it_went_in():
    for page in translate.PAGES:
        text = (PORTAL / "pages" / f"{page}.html").read_text()
        assert translate.translated(text, lambda french: french).split() == text.split(), page


def test_the_build_looks_at_what_is_translated():
    build = (PORTAL / "meson.build").read_text()
    for source in translate.SOURCES:
        assert f"'{source}'" in build.split("said_sources")[1].split(")")[0], source
    for language in translate.LANGUAGES:
        assert f"po/{language}.po" in build
