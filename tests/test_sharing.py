"""What other programs show of a link to a page: its own title and summary, and whole addresses or none."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from patientguide.core.i18n import Words
from support.movedhouse import pages

ADDRESS = "https://guide.example.org/g/"


def head(site: Path, name: str) -> BeautifulSoup:
    html = (site / name).read_text(encoding="utf-8")
    return BeautifulSoup(html[: html.index("</head>")], "html.parser")


def shared(page: BeautifulSoup) -> dict[str, str]:
    return {str(one["property"]).removeprefix("og:"): str(one["content"]) for one in page.select("meta[property]")}


def address(page: BeautifulSoup, relation: str) -> list[str]:
    return [str(one["href"]) for one in page.select(f"link[rel={relation}]")]


def test_every_page_says_what_it_is_with_its_whole_address(mini_site: Path) -> None:
    names = [name for name in pages(mini_site) if name != "404.html"]
    assert len(names) > 10
    for name in names:
        page, url = head(mini_site, name), ADDRESS + name.removesuffix("index.html")
        found = shared(page)
        assert page.title is not None
        assert page.title.text == f"{found['title']} - Hay fever", name
        assert {**found, "title": ""} == {
            "type": "website" if name == "index.html" else "article",
            "title": "",
            "site_name": "Hay fever",
            "description": str(page.select_one("meta[name=description]")["content"]),  # type: ignore[index]
            "locale": "en_US",
            "url": url,
        }
        assert address(page, "canonical") == [url]


def test_a_title_is_that_of_its_page(mini_site: Path) -> None:
    found = shared(head(mini_site, "phases/first-step/index.html"))
    assert (found["title"], found["description"]) == ("First step", "You stay indoors.")


def test_the_page_for_a_wrong_address_is_not_to_be_shared(mini_site: Path) -> None:
    page = head(mini_site, "404.html")
    assert (shared(page), address(page, "canonical")) == ({}, [])


def test_without_an_address_no_page_gives_one(site: Path) -> None:
    for name in pages(site):
        page = head(site, name)
        assert "url" not in shared(page), name
        assert address(page, "canonical") == []
        assert page.select("link[hreflang]") == []
    spanish = shared(head(site, "es/index.html"))
    assert (spanish["type"], spanish["locale"]) == ("website", "es_ES")


@pytest.mark.parametrize(
    ("language", "name"), [("en", "en_US"), ("es", "es_ES"), ("en-GB", "en_GB"), ("pt-BR", "pt_BR"), ("xx", "")]
)
def test_a_language_has_a_country(language: str, name: str) -> None:
    assert Words(language).locale_name == name
