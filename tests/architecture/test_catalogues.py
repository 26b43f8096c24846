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
