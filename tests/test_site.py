"""A large guide as built: which pages it has, and what they show. For what any guide keeps, see test_guide.py."""

import re
from collections import Counter
from copy import copy
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from patientguide.core import i18n
from patientguide.core.problems import Severity
from patientguide.model.guide import Guide, full_title
from patientguide.pages import lists
from patientguide.project import load
from support.project import FROZEN

CONTRACT = {
    "phases": "preoperative-therapy surgery adjuvant-therapy",
    "therapies": "chemotherapy hormone-therapy her2-targeted-therapy cdk4-6-inhibitors parp-inhibitors immunotherapy "
    "antibody-drug-conjugates radiation-therapy surgery bone-strengthening-therapy supportive-care",
    "medications": "tamoxifen letrozole anastrozole exemestane fulvestrant goserelin-leuprolide elacestrant "
    "imlunestrant palbociclib ribociclib abemaciclib capivasertib alpelisib inavolisib everolimus olaparib talazoparib "
    "trastuzumab pertuzumab trastuzumab-emtansine trastuzumab-deruxtecan tucatinib neratinib lapatinib margetuximab "
    "sacituzumab-govitecan datopotamab-deruxtecan pembrolizumab paclitaxel nab-paclitaxel docetaxel doxorubicin "
    "cyclophosphamide carboplatin capecitabine eribulin vinorelbine gemcitabine zoledronic-acid denosumab",
    "for": "hormone-receptor-positive her2-positive her2-low triple-negative brca-mutation stage-iii stage-iv",
}
RESULTS, STAGES = CONTRACT["for"].split()[:-2], CONTRACT["for"].split()[-2:]
ADDRESSES = [f"{folder}/{name}/" for folder, names in CONTRACT.items() for name in names.split()] + [
    ".",
    "about-ibc/",
    "stage-iv/",
    "when-to-call/",
    "how-we-work/",
    "accessibility/",
    "clinical-trials/",
    "phases/",
    "therapies/",
    "medications/",
    "for/",
    "faq/",
    "questions/",
    "my-path/",
    "appointment/",
    "glossary/",
    "references/",
    "a-z/",
    "changes/",
    *(f"for/{result}/{stage}/" for result in RESULTS for stage in STAGES),
    *("es/", "es/when-to-call/", "es/phases/", "es/faq/", "es/glossary/"),
    *(f"es/phases/{name}/" for name in CONTRACT["phases"].split()),
]


@pytest.fixture(scope="module")
def guide() -> Guide:
    guide, problems = load(FROZEN / "content", date(2026, 11, 21))
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    assert guide is not None
    return guide


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "lxml")


def language(path: Path) -> str:
    tag = page(path).html
    assert tag is not None
    return str(tag["lang"])


def article(path: Path) -> Tag:
    """A copy of what a page says, free to be cut."""
    found = copy(page(path).article)
    assert found is not None
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_of_the_contract_exists(site: Path, address: str) -> None:
    assert (site / address / "index.html").is_file()


def test_no_page_but_those(site: Path) -> None:
    built = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    assert built == {address.rstrip("/") or "." for address in ADDRESSES}


def test_every_page_says_that_nobody_reviewed_it(site: Path) -> None:
    for path in site.rglob("index.html"):
        tree, said = page(path).article, i18n.catalog(language(path))
        assert tree is not None, path
        text = tree.get_text(" ")
        drafted, unread = said("Drafted by machine."), said("Not yet reviewed by a clinician.")
        assert f"{drafted} {unread}" in text, path
        nobody = f"{said('Reviewed by:')} {said('nobody yet. No clinician has checked this page.')}"
        assert nobody in re.sub(r"\s+", " ", text).replace(" :", ":"), path


def test_titles_of_the_faq_hold_what_was_asked_for(guide: Guide) -> None:
    titles = [faq.front.title for faq in guide.faqs]
    assert len(titles) >= 15
    assert "What is maintenance therapy, and when is it used?" in titles


def test_attributes_stand_only_where_html_has_room_for_them(site: Path) -> None:
    for path in (*sorted(site.rglob("index.html")), site / "404.html"):
        assert not page(path).select("[type=checkbox][autocomplete], table:not([role]) :is(tr, th, td)[role]"), path


def test_edit_links_lead_to_the_source_file(site: Path) -> None:
    def edit(name: str) -> str:
        link = page(site / name / "index.html").select_one("a[rel~=edit]")
        assert link is not None, name
        return str(link["href"])

    base = "https://example.org/guide/edit/main/"
    assert edit("therapies/surgery") == base + "content/therapies/surgery.md"
    assert edit("glossary") == base + "content/glossary.yml"
    assert page(site / "references" / "index.html").select_one("a[rel~=edit]") is None
    assert edit("about-ibc") == base + "docs/about-ibc.md"


def test_the_picture_of_the_pathway_has_a_text_for_it(site: Path, guide: Guide) -> None:
    for name in ("index.html", "phases/index.html"):
        picture = page(site / name).select_one("figure.pg-pathway svg[role=img]")
        assert picture is not None
        named = str(picture["aria-labelledby"]).split()
        words = " ".join(page(site / name).select_one(f"#{id_}").get_text() for id_ in named)
        for phase in guide.phases:
            assert phase.front.short_title in words
            assert phase.front.everyone_short in words


def test_menu_and_contract_agree(guide: Guide) -> None:
    settings = yaml.safe_load((FROZEN / "content" / "guide.yml").read_text())
    assert [value["id"] for facet in settings["facets"] for value in facet["values"]] == CONTRACT["for"].split()
    for kind in ("phases", "therapies"):
        assert [entry.id for entry in getattr(guide, kind)] == CONTRACT[kind].split()


NO_EFFECT = "\N{EN DASH}"


def test_medicines_for_a_result_stand_side_by_side(site: Path, guide: Guide) -> None:
    compared = 0
    for value in guide.facet_values.values():
        named = [m for m in guide.medications if any(value.id in values for values in m.front.facets.values())]
        table = page(site / "for" / value.id / "index.html").select_one(".pg-compare")
        assert bool(table) == (1 < len(named) <= lists.MOST_COMPARED), value.id
        if table is None:
            continue
        rows = {row.th.a.get_text(): row.select("td") for row in table.select("tbody tr")}
        assert list(rows) == [full_title(one) for one in sorted(named, key=lambda one: one.front.title)]
        for medicine in named:
            for urgency, cell in zip(guide.settings.urgency, rows[full_title(medicine)][1:], strict=False):
                effects = [one.effect for one in medicine.front.side_effects if one.act == urgency.id]
                assert cell.get_text().endswith(f": {'; '.join(effects) or NO_EFFECT}"), medicine.id
        compared += 1
    assert compared


def test_the_list_from_a_to_z_has_what_somebody_would_look_up(site: Path, guide: Guide) -> None:
    rows = {row.get_text().strip(): row for row in page(site / "a-z" / "index.html").select("article > ul > li")}
    effects = Counter(one.effect for entry in guide.outlined for one in entry.front.side_effects)
    named = {text.partition(":")[0] for text in rows} & effects.keys()
    names = {entry.front.title for entry in guide.entries} | {
        term for one in guide.terms for term in (one.term, *one.lay)
    }
    assert all(effects[name] > 1 for name in named - names)
    for medicine in guide.medications:
        assert [text for text in rows if text.startswith(full_title(medicine))], medicine.id
    # A row never leads to a page of its own name behind a colon.
    assert [text for text in rows if re.fullmatch(r"(.+): \1", text)] == []
