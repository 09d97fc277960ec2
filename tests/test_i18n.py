"""The interface in each language: its catalogs, its dates, and the languages that a guide may be written in."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import catalog
import pytest
from patientguide.build.dependencies import Planner
from patientguide.core import i18n
from patientguide.core.cache import BuildCache
from patientguide.model.fields import Language
from patientguide.project import load
from pydantic import TypeAdapter, ValidationError

TODAY = date(2026, 11, 21)
CATALOGS = sorted(i18n.FOLDER.glob("*/LC_MESSAGES/patientguide.po"))
ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)


def ids(path: Path) -> dict[str, list[str]]:
    """The English texts of a template or a catalog, each with the files that have it."""
    return {message.id: sorted({file for file, _ in message.locations}) for message in catalog.read(path) if message.id}


def test_the_template_has_every_text_that_is_marked() -> None:
    wanted = {
        message.id: sorted({file for file, _ in message.locations})
        for message in catalog.template(datetime(2026, 11, 21, tzinfo=UTC))
        if message.id
    }
    assert len(wanted) > 100
    assert ids(catalog.TEMPLATE) == wanted, "Run make catalog."


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_a_catalog_translates_what_the_template_has(path: Path) -> None:
    assert set(ids(path)) - set(ids(catalog.TEMPLATE)) == set()
    for text, other in i18n.translations(path).items():
        assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", other)), text
        assert sorted(re.findall(r"<[^>]+>|#", text)) == sorted(re.findall(r"<[^>]+>|#", other)), text
        assert (text[0] == " ", text[-1] == " ") == (other[0] == " ", other[-1] == " "), text


def test_spanish_is_whole() -> None:
    """The language that the first guide is translated to."""
    assert set(ids(catalog.TEMPLATE)) == set(i18n.catalog("es").texts)


def test_what_a_page_asks_for_is_in_the_template(monkeypatch: pytest.MonkeyPatch, mini: Path) -> None:
    asked = set()

    def asking(_: i18n.Words, text: str, **values: object) -> str:
        asked.add(text)
        return text.format(**values) if values else text

    monkeypatch.setattr(i18n.Words, "__call__", asking)
    guide, problems = load(mini / "content", TODAY)
    assert guide is not None, problems
    planner = Planner(guide, (), BuildCache())
    for page in planner.pages():
        page.taken(planner.composer)
    assert len(asked) > 50
    assert asked - set(ids(catalog.TEMPLATE)) == set()


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('said("One")', ["One"]),
        ('f\'{self.said("One")} {said("Two", name=name)}\'', ["One", "Two"]),
        ('i18n.catalog(guide.settings.language)("One")', ["One"]),
        ('catalog(language)("One")', ["One"]),
        ('i18n.mark("One")', ["One"]),
        ("said(name)", []),
        ('i18n.catalog("en")', []),
        ('other("One")', []),
    ],
)
def test_what_python_marks(code: str, texts: list[str]) -> None:
    assert list(catalog.of_python(code)) == texts


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('{{ _("One") }} {{ _("Two {name}", name=name) }}', ["One", "Two {name}"]),
        ('{{ t["One"] or "One" }}', ["One"]),
        ('{% if a %}{{ join(_("One") if a else "") }}{% endif %}', ["One"]),
        ('{{ _({"a": "One", "b": "Two"}[state]) }}', ["One", "Two"]),
        ('{{ _("One" if a else "Two") }}', ["One", "Two"]),
        ("{{ _(name) }}{{ other['One'] }}", []),
    ],
)
def test_what_a_template_marks(code: str, texts: list[str]) -> None:
    assert list(catalog.of_template(code)) == texts


def test_what_a_translator_must_look_at_again_stays_english(tmp_path: Path) -> None:
    file = tmp_path / "patientguide.po"
    file.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Menu"\nmsgstr "Menü"\n\n'
        '#, fuzzy\nmsgid "Close"\nmsgstr "Schluss"\n\n'
        'msgid "Search"\nmsgstr ""\n\n'
        '#~ msgid "Gone"\n#~ msgstr "Weg"\n'
    )
    assert i18n.translations(file) == {"Menu": "Menü"}


def test_what_no_catalog_has_stays_english() -> None:
    assert i18n.catalog("de")("Back to source {number} in the text", number=3) == "Back to source 3 in the text"
    assert i18n.catalog("es")("No such text.") == "No such text."
    assert i18n.catalog("es-MX")("Menu") == i18n.catalog("es")("Menu") == "Menú"


@pytest.mark.parametrize(
    ("language", "day", "month", "year"),
    [
        ("en", "November 21, 2026", "November 2026", "2026"),
        ("en-US", "November 21, 2026", "November 2026", "2026"),
        ("en-GB", "21 November 2026", "November 2026", "2026"),
        ("es", "21 de noviembre de 2026", "noviembre de 2026", "2026"),
        ("es-MX", "21 de noviembre de 2026", "noviembre de 2026", "2026"),
        ("de", "21. November 2026", "November 2026", "2026"),
        ("pt-BR", "21 de novembro de 2026", "novembro de 2026", "2026"),
        ("ja", "2026年11月21日", "2026年11月", "2026年"),
        ("en-ZZ", "November 21, 2026", "November 2026", "2026"),
        ("av", "November 21, 2026", "November 2026", "2026"),  # CLDR has no dates of it
    ],
)
def test_a_date_follows_language_and_country(language: str, day: str, month: str, year: str) -> None:
    written = i18n.catalog(language).date
    assert [written(text) for text in ("2026-11-21", "2026-11", "2026")] == [day, month, year]


def test_a_date_is_as_exact_as_it_is_known_in_every_language() -> None:
    for language in ISO_639_1.split():
        written = i18n.catalog(language).date
        day, month, year = (written(text) for text in ("2026-11-21", "2026-11", "2026"))
        assert "21" in day, language
        assert not re.search(r"\b0?1\b|21", month), (language, month)
        assert "2026" in day, (language, day)
        assert "2026" in month, (language, month)
        assert re.sub(r"\D", "", year) == "2026", (language, year)


@pytest.mark.parametrize(("language", "name"), [("en-GB", "21 November 2026"), ("en", "November 21, 2026")])
def test_pages_write_dates_as_the_country_of_the_guide(
    language: str, name: str, change: Callable[..., Path], mini: Path
) -> None:
    change("content/guide.yml", 'language: "en"', f'language: "{language}"')
    for file in mini.glob("content/*/*.md"):
        file.write_text(re.sub(r'^changed: ".*"', 'changed: "2026-11-21"', file.read_text(), flags=re.MULTILINE))
    guide, problems = load(mini / "content", TODAY)
    assert guide is not None, problems
    planner = Planner(guide, (), BuildCache())
    (page,) = (draft for draft in planner.drafts.values() if draft.uri == "therapies/tablets.md")
    assert f"Text last changed:** {name}." in planner.composer.compose(page).markdown


@pytest.mark.parametrize(
    ("language", "own", "in_spanish"),
    [
        ("es", "Español", "español"),
        ("en", "English", "inglés"),
        ("en-GB", "English", "inglés"),
        ("de-AT", "Deutsch", "alemán"),
        ("ja", "日本語", "japonés"),
        ("av", "av", "avar"),
    ],
)
def test_a_language_has_a_name(language: str, own: str, in_spanish: str) -> None:
    assert (i18n.catalog(language).name, i18n.catalog("es").name_of(language)) == (own, in_spanish)


def test_months_in_english() -> None:
    assert (len(i18n.months()), i18n.months()[0], i18n.months()[-1]) == (12, "January", "December")


def test_a_guide_may_be_in_any_language_that_has_a_code() -> None:
    field: TypeAdapter[Any] = TypeAdapter(Language)
    for code in ISO_639_1.split():
        assert field.validate_python(code) == code
        assert field.validate_python(f"{code}-US") == f"{code}-US"
    for code in ("xx", "qq", "zz", "a ", "e", "eng", "EN", "en_GB", "../"):
        with pytest.raises(ValidationError):
            field.validate_python(code)
