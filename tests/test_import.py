"""What editors have already becomes files of the guide: every row is written whole, or reported with its line."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patientguide.authoring import bibtex, csl_json, csv_table, references, ris
from patientguide.authoring.csv_table import medicine_files
from patientguide.cli.main import main
from patientguide.project import load, read_guide
from support import libraries
from support.project import ROOT

DAY = "2026-11-21"
EXPORTS = {"json": (libraries.csl, 200), "bib": (libraries.bibtex, 150), "ris": (libraries.ris, 150)}


def run(file: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["import", str(file), "--as-of", DAY, *more])


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(mini)
    return mini


def sources(guide: Path) -> set[str]:
    return {path.stem for path in (guide / "content" / "references").iterdir()}


def written(guide: Path, key: str) -> dict[str, Any]:
    return yaml.safe_load((guide / "content" / "references" / f"{key}.yml").read_text())


@pytest.mark.parametrize("form", EXPORTS)
def test_every_reference_of_an_export_is_written_or_reported(form: str, guide: Path, tmp_path: Path) -> None:
    make, count = EXPORTS[form]
    file = tmp_path / f"library.{form}"
    file.write_text(make(count), encoding="utf-8")
    before = sources(guide)
    done = run(file)
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    new = sources(guide) - before
    refused = set(re.findall(rf"library\.{form}:(\d+):\d+: error", done.output))
    summary = re.search(r"^(\d+) of (\d+) references written, (\d+) reported\.$", done.output, re.MULTILINE)
    assert summary
    kept, total, reported = map(int, summary.groups())
    assert (kept, total, kept + reported) == (len(new), count, count)
    assert reported >= count // 6
    assert kept >= count // 2
    assert len(refused) >= reported * 0.8, "a field of a row may stand on a line of its own"
    again, problems = read_guide(guide / "content", date.fromisoformat(DAY))
    assert again
    assert not again.unread
    assert new <= again.references.keys()
    assert not [p for p in problems if p.severity == "error" and p.code != "to-do"]
    assert not any(path.name.startswith("x") for path in tmp_path.rglob("*.yml") if "references" not in path.parts)


def test_five_hundred_references_in_all() -> None:
    assert sum(count for _, count in EXPORTS.values()) == 500


def test_the_same_list_is_not_imported_twice(guide: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.bib"
    file.write_text("@article{a-b, title={One}, year=2020, doi={10.1000/one}}", encoding="utf-8")
    assert run(file).exit_code == 0
    text = (guide / "content" / "references" / "a-b.yml").read_text()
    done = run(file)
    assert done.exit_code == 1
    assert "import-duplicate" in done.output
    assert "[@a-b]" in done.output
    assert (guide / "content" / "references" / "a-b.yml").read_text() == text


CASES = yaml.safe_load((ROOT / "tests" / "imports" / "references.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES)
def test_a_field_becomes_what_the_table_says(case: str, guide: Path, tmp_path: Path) -> None:
    wanted = CASES[case]
    file = tmp_path / f"library.{wanted['format']}"
    file.write_text(wanted["text"], encoding="utf-8")
    before = sources(guide)
    done = run(file, *wanted.get("options", []))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    new = sources(guide) - before
    if "refused" in wanted:
        assert done.exit_code in (1, 2)
        assert new == set()
        place, code = wanted["refused"].split(" ")
        assert f"library.{wanted['format']}:{place}: error[{code}]" in done.output, done.output
        return
    assert done.exit_code == 0, done.output
    assert new == {wanted["key"]}, done.output
    data = written(guide, wanted["key"])
    assert {name: data.get(name) for name in wanted["fields"]} == wanted["fields"]
    assert {name: data["custom"].get(name) for name in wanted.get("custom", {})} == wanted.get("custom", {})
    for code in wanted.get("remarks", []):
        assert f"warning[{code}]" in done.output, done.output


def test_the_kind_of_evidence_is_a_to_do_that_check_names_once_it_is_cited(guide: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.bib"
    file.write_text("@article{a-b, title={One}, year=2020, doi={10.1000/one}}", encoding="utf-8")
    assert run(file).exit_code == 0
    entry = next((guide / "content" / "therapies").glob("*.md"))
    entry.write_text(entry.read_text().replace("[@pollen-trial#words]", "[@pollen-trial#words; @a-b]", 1))
    _, problems = load(guide / "content", date.fromisoformat(DAY))
    assert [p.code for p in problems if p.place.path.endswith("a-b.yml") and p.severity == "error"] == ["to-do"]
    other = tmp_path / "other.bib"
    other.write_text("@article{c-d, title={Two}, year=2020, doi={10.1000/two}}", encoding="utf-8")
    assert run(other, "--evidence", "trial").exit_code == 0
    assert written(guide, "c-d")["custom"] == {"evidence": "trial"}


def test_a_dry_run_writes_nothing(guide: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.json"
    file.write_text(libraries.csl(20), encoding="utf-8")
    before = sources(guide)
    done = run(file, "--dry-run")
    assert "references would be written" in done.output
    assert sources(guide) == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", "term;text\nNöse;x\n".encode("cp1252"), "2:2: error[import-encoding]"),
        ("a.json", b"[{]", "a.json:1:3: error[import-file]"),
        ("a.json", b"[" * 100_000, "import-file"),
        ("a.json", b"{}", "import-file"),
        ("a.txt", b"hello", "say what it is with --as"),
        ("a.csv", b"name,words\nx,y\n", "say what it is with --as"),
        ("a.csv", b"generic,generic\nx,y\n", "two columns"),
        ("a.csv", b"term,forms\nx,y\n", "no column 'text'"),
    ],
)
def test_a_file_that_is_none_is_refused(name: str, data: bytes, said: str, guide: Path, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    before = {path: path.read_bytes() for path in (guide / "content").rglob("*") if path.is_file()}
    done = run(file)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert before == {path: path.read_bytes() for path in (guide / "content").rglob("*") if path.is_file()}


def test_a_folder_that_leads_elsewhere_is_not_written_to(guide: Path, tmp_path: Path) -> None:
    folder = guide / "content" / "references"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    file = tmp_path / "library.bib"
    file.write_text("@article{a-b, title={One}, year=2020, doi={10.1000/one}}", encoding="utf-8")
    assert run(file).exit_code == 1
    assert not (tmp_path / "elsewhere" / "a-b.yml").exists()


WORDS = """\ufeffterm;text;source;forms;also
Rhinitis;"A nose that runs;
or is blocked";pollen-trial;rhinitis; x
Pollen count;How much pollen there is [@pollen-trial#words].;;"pollen count; pollen counts";
No source;It says something.;;;
Unknown source;It says something.;nobody;;
Broken;#NAME?;pollen-trial;;
Rhinitis;The same again.;pollen-trial;;
Short
"""


def test_words_are_added_at_the_end_of_the_glossary(guide: Path, tmp_path: Path) -> None:
    glossary = guide / "content" / "glossary.yml"
    before = f"# Keep this remark.\n{glossary.read_text()}"
    glossary.write_text(before)
    file = tmp_path / "words.csv"
    file.write_text(WORDS, encoding="utf-8")
    done = run(file)
    assert done.exit_code == 1, done.output
    assert "2 of 7 words written, 5 reported." in done.output
    for said in ("5:1: error[import-source]", "6:1: error[unknown-citation]", "7:1: error[import-cell]"):
        assert f"words.csv:{said}" in done.output, done.output
    for said in ("8:1: error[import-there]", "9:1: error[import-cell]", "1:1: warning[import-column]"):
        assert f"words.csv:{said}" in done.output, done.output
    after = glossary.read_text()
    assert after.startswith("# Keep this remark.\n")
    old, new = yaml.safe_load(before)["terms"], yaml.safe_load(after)["terms"]
    assert new[: len(old)] == old
    assert new[len(old)] == {
        "id": "rhinitis",
        "term": "Rhinitis",
        "text": "A nose that runs; or is blocked [@pollen-trial].",
        "forms": ["rhinitis"],
    }
    assert new[len(old) + 1]["forms"] == ["pollen count", "pollen counts"]
    _, problems = load(guide / "content", date.fromisoformat(DAY))
    assert not [p for p in problems if p.severity == "error"]
    assert run(file).output.count("import-there") == 3


def test_words_are_not_added_where_the_list_is_not_last(guide: Path, tmp_path: Path) -> None:
    glossary = guide / "content" / "glossary.yml"
    data = yaml.safe_load(glossary.read_text())
    data["terms"] = data.pop("terms")
    glossary.write_text(yaml.safe_dump({"terms": data.pop("terms"), **data}, sort_keys=False))
    before = glossary.read_text()
    file = tmp_path / "words.csv"
    file.write_text("term,text\nRhinitis,A nose that runs [@pollen-trial#words].\n", encoding="utf-8")
    done = run(file)
    assert done.exit_code == 2
    assert "Nothing was written" in done.output
    assert glossary.read_text() == before


def test_medicines_become_starting_files(guide: Path, tmp_path: Path) -> None:
    therapy = next((guide / "content" / "therapies").glob("*.md")).stem
    there = next((guide / "content" / "medications").glob("*.md")).stem
    file = tmp_path / "medicines.csv"
    file.write_text(
        "generic,brands,class,given,therapies\n"
        f'Loratadine,"Claritin; Clarityne",Antihistamine,"By mouth, once a day [@label#words].",{therapy}\n'
        f"{there},,x,,\n"
        "Other,,x,,nothing-like-it\n"
        "../../up,,x,,\n",
        encoding="utf-8",
    )
    done = run(file)
    assert done.exit_code == 1
    assert "2 of 4 medicines written, 2 reported." in done.output
    assert "medicines.csv:3:1: error[import-there]" in done.output
    assert "medicines.csv:4:1: error[import-name]" in done.output
    text = (guide / "content" / "medications" / "loratadine.md").read_text()
    assert 'brands: ["Claritin", "Clarityne"]' in text
    assert "draft: true" in text
    assert (guide / "content" / "medications" / "up.md").is_file()
    found, problems = load(guide / "content", date.fromisoformat(DAY))
    assert found, [p for p in problems if p.severity == "error"]
    assert "loratadine" not in {entry.id for entry in found.medications}


def test_the_columns_are_listed(guide: Path) -> None:  # noqa: ARG001
    done = CliRunner().invoke(main, ["import", "--columns"])
    assert done.exit_code == 0
    assert "brands (several; in one cell): Brand names" in done.output


READERS = {"json": csl_json.read, "bib": bibtex.read, "ris": ris.read}
PIECES = st.one_of(
    st.text(max_size=20),
    st.sampled_from([*libraries.HOSTILE, "@article{a,", "title={", "}", ",\n", "\\", "$", "TY  - JOUR\n", "ER  - \n"]),
    st.sampled_from(["TI  - x\n", "AU  - ,\n", '[{"title":', '"x"', "]}", "author = {and {", "year = 2020", "%", '"']),
)
VALUES = st.recursive(st.one_of(st.none(), st.integers(), st.text(max_size=20)), lambda x: st.lists(x, max_size=3))
ITEMS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "type", "title", "author", "issued", "DOI", "URL", "ISBN", "accessed", "note", "odd"]),
        st.one_of(VALUES, st.just("article-journal"), st.dictionaries(st.text(max_size=9), VALUES, max_size=2)),
    ),
    max_size=3,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(st.text(max_size=9), st.sampled_from(['"', ";", ",", "\n", "\r", "../x", "#REF!"])), max_size=30)
)
def test_no_table_breaks_its_reader_or_names_a_file_elsewhere(pieces: list[str]) -> None:
    guide, _ = read_guide(ROOT / "tests" / "mini" / "content", date.fromisoformat(DAY))
    assert guide
    for head, kind in (("term;text;id\n", "glossary"), ("generic,brands,id,class\n", "medications")):
        rows, _ = csv_table.read(head + "".join(pieces), "x", csv_table.KINDS[kind])
        if kind == "medications":
            texts = medicine_files(rows, guide, (), date.fromisoformat(DAY))
            assert len(texts) == sum(not row.is_refused for row in rows)
            assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_) for id_ in texts)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=12), ITEMS)
def test_no_text_breaks_a_reader_or_names_a_file_elsewhere(pieces: list[str], items: list[Any]) -> None:
    guide, _ = read_guide(ROOT / "tests" / "mini" / "content", date.fromisoformat(DAY))
    assert guide
    for form, text in (*((form, "".join(pieces)) for form in READERS), ("json", json.dumps(items))):
        rows, _ = READERS[form](text, "x")
        texts = references.files(rows, references.KnownSources(guide, {"label"}, DAY))
        assert len(texts) == sum(not row.is_refused for row in rows)
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) and key != "label" for key in texts)
