"""A new source from its number or address: valid, nothing guessed, never over a file, never twice."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.sources import cite, metadata
from patientguide.sources.cite import Pasted, recognize
from patientguide.sources.metadata import SourceFacts
from support.registry import Registry

DAY = "2026-11-21"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--as-of", DAY, *arguments[1:]])


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch, services: Registry) -> Path:  # noqa: ARG001
    monkeypatch.chdir(mini)
    (mini / "content" / "references" / "pollen-trial.yml").write_text(
        (mini / "content" / "references" / "pollen-trial.yml").read_text().replace("10.1000/sneeze.1", "10.1000/mine")
    )
    return mini


def written(guide: Path, key: str) -> dict[str, Any]:
    return yaml.safe_load((guide / "content" / "references" / f"{key}.yml").read_text())


CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    # what is pasted, the key it gets, and fields of the file
    "doi": (
        "10.1000/retracted",
        "biene-honey-2019",
        {"type": "article-journal", "title": "Honey cures hay fever", "issued": "2019", "DOI": "10.1000/retracted"},
    ),
    "doi-as-address": ("https://doi.org/10.1000/corrected", "gras-grass-2021", {"issued": "2021", "page": "10-19"}),
    "doi-with-tags": (
        "doi:10.1000/tags",
        "eclair-muller-effects-2023",
        {"title": "Effects of Betula & Alnus pollen: H2O, (dose) less than 5 'x' \"quoted\": A trial"},
    ),
    "many-authors": ("10.1000/many", "erste-authors-2024", {"issued": "2024-06-03"}),
    "book-without-author": (
        "10.1000/nobody",
        "barn-co-hay",
        {"type": "book", "publisher": "Barn & Co", "ISBN": "9780306406157"},
    ),
    "old-form": (
        "10.1000/sici(1)1:1<1::aid>3.0.co;2-#",
        "alt-forms-1999",
        {"DOI": "10.1000/sici(1)1:1<1::aid>3.0.co;2-#"},
    ),
    "another-agency": (
        "10.5000/datacite.1",
        "source",
        {"title": "To do: the title as printed", "DOI": "10.5000/datacite.1"},
    ),
    "pmid": ("44444444", "gras-grass-2021", {"container-title": "Journal of sneezing", "PMID": "44444444"}),
    "pmid-pasted": ("PMID: 22222222", "biene-honey-2019", {"issued": "2019-01", "DOI": "10.1000/retracted"}),
    "pmid-as-address": ("https://pubmed.ncbi.nlm.nih.gov/33333333/", "storch-migration-2011", {"PMID": "33333333"}),
    "translated": (
        "pmid:55555555",
        "nasengruppe-pollen-2018",
        {"title": "Pollen und Nasen", "author": [{"literal": "Nasengruppe"}], "issued": "2018"},
    ),
    "pmcid": ("pmc3333333", "storch-migration-2011", {"PMCID": "PMC3333333", "PMID": "33333333"}),
    "pmcid-without-pmid": ("PMC4444444", "gras-grass-2021", {"DOI": "10.1000/corrected", "PMCID": "PMC4444444"}),
    "trial": (
        "NCT00000001",
        "clinicaltrials-gov-randomized-2024",
        {
            "type": "webpage",
            "title": "A Randomized Trial of Sneeze Drops in Adults in Spring",
            "URL": "https://clinicaltrials.gov/study/NCT00000001",
            "issued": "2024-02-03",
        },
    ),
    "trial-as-address": (
        "https://clinicaltrials.gov/study/NCT00000004?tab=table",
        "clinicaltrials-gov-rinse-2024",
        {"title": "Salt Rinse"},
    ),
    "page": (
        "https://example.org/noses",
        "nose-foundation-your-2026",
        {"type": "webpage", "title": "Your nose & you", "publisher": "Nose Foundation", "issued": "2026-03-04"},
    ),
    "page-of-an-article": (
        "https://example.org/article",
        "nase-pollen-2022",
        {
            "type": "article-journal",
            "author": [{"family": "Nase", "given": "Nora"}, {"family": "Hals", "given": "Otto"}],
            "DOI": "10.1000/again",
            "PMID": "66666666",
            "page": "1-9",
            "issued": "2022-07-09",
        },
    ),
    "page-without-head": ("https://example.org/bare", "example-org", {"title": "To do: the title as printed"}),
    "hostile-page": ("https://example.org/hostile", "a-b-c-7", {"author": [{"literal": "a: b # c"}]}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_source_is_written_and_valid(case: str, guide: Path) -> None:
    pasted, key, fields = CASES[case]
    before = {path.name for path in (guide / "content" / "references").iterdir()}
    done = run("cite", pasted)
    assert done.exit_code == 0, done.output
    new = {path.name for path in (guide / "content" / "references").iterdir()} - before
    assert new == {f"{key}.yml"}
    data = written(guide, new.pop().removesuffix(".yml"))
    for name, value in fields.items():
        assert data[name] == value
    assert data["custom"]["evidence"] == "leaflet"
    checked = run("check")
    assert checked.exit_code == 0, checked.output
    codes = {line.partition("[")[2].partition("]")[0] for line in checked.output.split("\n") if "warning[" in line}
    assert codes <= {"unused-source"}


def test_what_a_person_has_to_do_is_said_and_stands_in_the_file(guide: Path) -> None:
    done = run("cite", "10.5000/datacite.1", "--key", "data")
    assert "Wrote content/references/data.yml. Cite it as [@data].\n" in done.output
    assert "- The DOI exists at DataCite, which is not asked here: fill in title, authors and date" in done.output
    assert "- Choose its kind of evidence: 'leaflet' is only the most careful one.\n" in done.output
    text = (guide / "content" / "references" / "data.yml").read_text()
    assert text.startswith("# To do: The DOI exists at DataCite")
    custom = written(guide, "data")["custom"]
    assert custom["title_confirmed"] is False
    assert custom["undated"] == "No date was found by machine on 2026-11-21."


def test_six_authors_and_then_et_al(guide: Path) -> None:
    run("cite", "10.1000/many")
    author = written(guide, "erste-authors-2024")["author"]
    assert [name.get("family") for name in author] == ["Erste", "Zweite", "Dritte", "Vierte", "Fünfte", "Sechste", None]
    assert author[-1] == {"literal": "et al."}


def test_a_retracted_work_is_marked_and_cannot_be_cited(guide: Path) -> None:
    done = run("cite", "10.1000/both")
    assert "There is a notice of retraction: nothing may rest on it." in done.output
    assert written(guide, "nessel-nettles-1998")["custom"]["status"] == "retracted"
    file = guide / "content" / "faqs" / "what-next.md"
    file.write_text(file.read_text() + "\nIt may help in one study [@nessel-nettles-1998].\n")
    assert "error[withdrawn-source]" in run("check").output


def test_evidence_and_key_can_be_given(guide: Path) -> None:
    assert run("cite", "44444444", "--key", "my-key", "--evidence", "trial").exit_code == 0
    assert written(guide, "my-key")["custom"]["evidence"] == "trial"


def test_a_key_that_is_taken_is_counted_on(guide: Path) -> None:
    for number, key in enumerate(["biene-honey-2019", "biene-honey-2019-2", "biene-honey-2019-3"], 1):
        (guide / "content" / "references" / f"{key}.yml").write_text("broken: [")
        done = run("cite", "10.1000/retracted")
        assert f"biene-honey-2019-{number + 1}.yml" in done.output
        (guide / "content" / "references" / f"biene-honey-2019-{number + 1}.yml").unlink()


@pytest.mark.parametrize(
    ("there", "pasted"),
    [
        ("DOI: 10.1000/SNEEZE.1", "10.1000/sneeze.1"),
        ("DOI: 10.1000/SNEEZE.1", "PMID 11111111"),
        ('PMID: "11111111"', "10.1000/sneeze.1"),
        ("PMCID: PMC1111111", "https://pubmed.ncbi.nlm.nih.gov/11111111/"),
        ("URL: https://www.example.org/noses/", "https://example.org/noses#top"),
        ("URL: https://example.org/x", "10.1000/sneeze.1"),
    ],
)
def test_a_work_that_is_there_is_named_and_not_written_again(there: str, pasted: str, guide: Path) -> None:
    (guide / "content" / "references" / "mine.yml").write_text(
        f'type: article-journal\ntitle: "Pollen and noses"\nissued: "2020-05"\n{there}\n'
        "custom: {evidence: trial, title_confirmed: true}\n"
    )
    (guide / "content" / "references" / "pollen-trial.yml").unlink()
    before = sorted((guide / "content" / "references").iterdir())
    done = run("cite", pasted)
    assert done.exit_code == 0
    assert done.output == "It is there already: cite it as [@mine]. Nothing was written.\n"
    assert sorted((guide / "content" / "references").iterdir()) == before


def test_an_article_about_a_trial_is_not_its_record(guide: Path) -> None:
    (guide / "content" / "references" / "mine.yml").write_text(
        'type: article-journal\ntitle: "Results"\nissued: "2020-05"\nDOI: 10.1000/x\n'
        "custom: {evidence: trial, title_confirmed: true, nct: NCT00000001}\n"
    )
    assert run("cite", "NCT00000001").output.startswith("Wrote ")
    again = run("cite", "nct00000001").output
    assert again.startswith("It is there already: cite it as [@clinicaltrials-gov-randomized-2024].")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hello",), "'hello' is no number or address of a source"),
        (("10.1/x",), "is no number or address"),
        (("http://example.org/x",), "is not secure"),
        (("https://localhost/x",), "is no public host"),
        (("https://127.0.0.1/x",), "is no public host"),
        (("https://169.254.169.254/latest/meta-data",), "is no public host"),
        (("https://intranet.local/x",), "is no public host"),
        (("https://user:pw@example.org/",), "holds a name or password"),
        (("https://bit.ly/x",), "hides where the link leads"),
        (("https://example.org/?utm_source=x",), "tells who followed it"),
        (("file:///etc/passwd",), "not a whole web address"),
        (("10.1000/no",), "There is no such record."),
        (("99999999",), "There is no such record."),
        (("PMC9999999",), "There is no such record."),
        (("NCT99999999",), "There is no such record."),
        (("https://example.org/gone",), "There is no such record."),
        (("44444444", "--evidence", "leaflt"), "Did you mean 'leaflet'?"),
        (("44444444", "--key", "Not A Key"), "small letters, digits and single hyphens"),
        (("44444444", "--key", "label"), "'label' is taken"),
        (("44444444", "--key", "../up"), "small letters, digits and single hyphens"),
    ],
)
def test_what_cannot_be_cited_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, guide: Path, services: Registry
) -> None:
    before = sorted(guide.rglob("*"))
    done = run("cite", *arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "Traceback" not in done.output
    assert sorted(guide.rglob("*")) == before
    assert said not in ("is no public host", "is not secure") or not services.log


ANY_PAGE = ("html*", "cut*")
"""Faults that a service has and a page cannot have: it may be any text."""


@pytest.mark.parametrize(
    ("service", "pasted", "fault"),
    [
        (service, pasted, fault)
        for service, pasted in (
            ("crossref", "10.1000/both"),
            ("pubmed", "44444444"),
            ("pages", "https://example.org/noses"),
        )
        for fault in (*ANY_PAGE, "stall*", "status:403*", "moved:https://elsewhere.example/*")
        if service != "pages" or fault not in ANY_PAGE
    ],
)
def test_when_a_service_does_not_answer_nothing_is_written(
    fault: str, service: str, pasted: str, guide: Path, services: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patientguide.sources.client.Client._pause", lambda *_: False)
    services.misbehave(service, fault)
    before = sorted(guide.rglob("*"))
    done = run("cite", pasted, "--deadline", "0.2")
    assert done.exit_code == 2
    assert "Nothing was written." in done.output
    assert sorted(guide.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("10.1056/NEJMoa1413513", ("DOI", "10.1056/NEJMoa1413513")),
        (" https://dx.doi.org/10.1000/a(b)c. ", ("DOI", "10.1000/a(b)c")),
        ("https://www.journal.example/doi/full/10.1000/NOSEoa1?query=x#sec-2", ("DOI", "10.1000/NOSEoa1")),
        ("https://journal.example/articles/10.1000/nose.2020.00001/full", ("DOI", "10.1000/nose.2020.00001")),
        ("https://journal.example/article/10.1000/s1-020-2/", ("DOI", "10.1000/s1-020-2")),
        ("https://journal.example/about?see=/10.1000/x", ("URL", "https://journal.example/about?see=/10.1000/x")),
        ("DOI: 10.1000/x;", ("DOI", "10.1000/x")),
        ("29721054", ("PMID", "29721054")),
        ("pubmed pmid: 29721054.", ("PMID", "29721054")),
        ("https://www.ncbi.nlm.nih.gov/pubmed/29721054", ("PMID", "29721054")),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC5929089/#abc", ("PMCID", "PMC5929089")),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/pmc5929089/", ("PMCID", "PMC5929089")),
        ("https://classic.example.org/a?b=c", ("URL", "https://classic.example.org/a?b=c")),
        ("https://www.clinicaltrials.gov/ct2/show/NCT03598257?term=x", ("NCT", "NCT03598257")),
        ("<https://example.org/a>", ("URL", "https://example.org/a")),
    ],
)
def test_what_is_pasted_is_recognized(text: str, known: tuple[str, str]) -> None:
    assert recognize(text) == Pasted(*known)


@pytest.mark.parametrize("text", ["", "0123", "PMC", "NCT123", "10.1000/", "x" * 5000, "doi:", "1" * 10])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert not isinstance(recognize(text), Pasted)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018 May 11", "2018-05-11"),
        ("2018 May-Jun", "2018-05"),
        ("2018 Spring", "2018"),
        ("2018", "2018"),
        ("2022/07/09", "2022-07-09"),
        ("2022-7", "2022-07"),
        ("2026-03-04T10:00:00Z", "2026-03-04"),
        ("2018 Feb 31", "2018"),
        ("May 2018", None),
        ("", None),
    ],
)
def test_dates_of_services(text: str, day: str | None) -> None:
    assert metadata.date_of(text) == day


def test_a_hostile_head_takes_no_time() -> None:
    start = time.process_time()
    for piece in ("<meta ", '<meta "', "<meta a='", "<title", "<meta content=x ", "<a "):
        metadata.from_meta_tags(piece * (2_000_000 // len(piece)), "https://example.org/x")
    assert time.process_time() - start < 5


def test_a_key_is_plain_letters_and_not_too_long() -> None:
    facts = SourceFacts({"title": "Über " + "langes" * 30, "author": [{"family": "Ñandú " * 30}], "issued": "2020-01"})
    key = cite.key_of(facts, [])
    assert len(key) <= 80
    assert key.startswith("nandu-nandu-")
    assert cite.key_of(SourceFacts({"title": "鼻", "author": []}), ["source"]) == "source-2"
