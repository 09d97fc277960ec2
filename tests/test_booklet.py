"""The booklet: the pages of a built site on paper, in the order of the menu, with contents, numbers and sources."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html as lxml_html
from patientguide.export import booklet, chromium
from patientguide.project import load
from pypdf import PdfReader
from support.project import MINI, ROOT

DAY = "2026-11-21"


def run(site: Path, to: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    content = ["--content", str(MINI / "content"), "--as-of", DAY]
    command = [sys.executable, "-m", "patientguide", "booklet", str(site), "--to", str(to), *content, *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "hooks"), **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


@pytest.fixture(scope="module")
def draft(mini_site: Path) -> booklet.Booklet:
    guide, _ = load(MINI / "content", date.fromisoformat(DAY))
    assert guide is not None
    pages = [(one, (mini_site / one.file).read_text()) for one in booklet.chapters(guide)]
    return booklet.Booklet(guide, pages, f"{mini_site.as_uri()}/")


def test_it_has_the_pages_of_the_menu_but_for_those_of_no_use_on_paper(draft: booklet.Booklet) -> None:
    files = [chapter.file for chapter, _ in draft.pages]
    assert "therapies/tablets/index.html" in files
    assert not {"my-path/index.html", "appointment/index.html", "a-z/index.html", "references/index.html"} & set(files)


def test_each_link_leads_into_the_booklet_or_to_an_address(draft: booklet.Booklet) -> None:
    document = lxml_html.document_fromstring(draft.html())
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    inside = [href[1:] for href in document.xpath("//a/@href") if href.startswith("#")]
    assert inside
    assert set(inside) <= set(ids)
    assert {href for href in document.xpath("//a/@href") if not re.match(r"#|https?:|tel:|mailto:", href)} == set()


def test_a_note_has_its_whole_reference_and_nothing_that_only_a_screen_can_use(draft: booklet.Booklet) -> None:
    document = lxml_html.document_fromstring(draft.html())
    assert document.xpath("//*[@class='footnote']//*[@class='pg-rest']")
    assert document.xpath("//button | //script | //noscript | //*[@hidden] | //details[not(@open)]") == []
    assert not document.xpath("//*[contains(@class, 'pg-words') or contains(@class, 'headerlink')]")


def test_numbers_that_a_reader_may_not_want_to_see_stay_folded(draft: booklet.Booklet) -> None:
    folds = (
        '<details class="note pg-fold"><summary>Numbers</summary></details><details><summary>Open</summary></details>'
    )
    pages = [(chapter, text.replace("</article>", f"{folds}</article>")) for chapter, text in draft.pages]
    document = lxml_html.document_fromstring(replace(draft, pages=pages).html())
    closed = {fold.text_content() for fold in document.xpath("//details[not(@open)]")}
    assert closed == {"Numbers"}


def test_the_cover_says_who_wrote_it_and_that_nobody_reviewed_it(draft: booklet.Booklet) -> None:
    cover = (
        lxml_html.document_fromstring(draft.html()).xpath("//section[contains(@class, 'pg-cover')]")[0].text_content()
    )
    assert "Drafted by machine. Not yet reviewed by a clinician." in cover
    assert "does not replace your own team" in cover


def test_a_title_cannot_end_its_style() -> None:
    assert booklet._css("a </style> b") == '"a \\3c /style\\3e  b"'


def test_without_a_browser_it_says_how_to_get_one(mini_site: Path, tmp_path: Path) -> None:
    done = run(mini_site, tmp_path / "guide.pdf", PATH=str(tmp_path))
    assert (done.returncode, (tmp_path / "guide.pdf").exists()) == (2, False)
    assert "Install Chromium" in done.stderr


@pytest.mark.browser
@pytest.mark.skipif(chromium.find() is None, reason="needs Chromium")
def test_it_is_printed_with_numbers_that_are_right(mini_site: Path, tmp_path: Path) -> None:
    done = run(mini_site, tmp_path / "guide.pdf", "--sheet", "A4")
    assert done.returncode == 0, done.stderr
    pdf = (tmp_path / "guide.pdf").read_bytes()
    reader = PdfReader(io.BytesIO(pdf))
    assert done.stdout == f"Wrote {tmp_path}/guide.pdf: {len(reader.pages)} pages of A4 paper.\n"
    numbers, texts = booklet.printed(pdf).numbers, [page.extract_text() for page in reader.pages]
    contents = {
        line.rsplit(" ", 1)[0]: line.rsplit(" ", 1)[1]
        for text in texts[1:3]
        for line in text.splitlines()
        if re.search(r" \d+$", line)
    }
    chapters = {name: number for name, number in numbers.items() if "-" not in name}
    assert len(chapters) > 5
    for number in chapters.values():
        assert re.search(rf"^{number}$", texts[number - 1], re.MULTILINE)
        assert str(number) in contents.values() or number < 3
    assert run(mini_site, tmp_path / "again.pdf", "--sheet", "A4").returncode == 0
    assert PdfReader(tmp_path / "again.pdf").metadata == reader.metadata


def test_what_a_browser_cannot_print_is_said(tmp_path: Path) -> None:
    script = tmp_path / "chromium"
    script.write_text("#!/bin/sh\necho 'no screen' >&2\nexit 1\n")
    script.chmod(0o755)
    with pytest.raises(chromium.PrintError, match="no screen"):
        chromium.to_pdf(str(script), "<p>x</p>")
