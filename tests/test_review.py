"""The review pack: what `patientguide diff` says of a change, in a real git repository."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from patientguide.changes import report
from patientguide.changes.compare import Side, compare
from patientguide.project import load
from patientguide.review import signoff
from support.pack import TODAY, commit, diff, git, page, summary

TABLETS = "content/therapies/tablets.md"
LONG = "They calm the irritated nose and the eyes. You take one tablet each day. " * 4
HARD = "Antagonists continuously inhibit inflammatory immunological mechanisms. " * 8
FORGED = "<script>alert(1)</script> x](javascript:alert(1)) a|b `code` @who #1 www.evil.org https://evil.org ::error::"
Change = Callable[..., Path]


@pytest.fixture
def repo(mini: Path) -> Path:
    """The small guide, committed."""
    git(mini, "init", "--quiet")
    commit(mini)
    return mini


def test_an_unchanged_guide(repo: Path) -> None:
    done = diff(repo)
    assert (done.exit_code, done.stdout.split("\n")[0]) == (0, "Nothing changed.")
    assert summary(repo) == ["- Nothing changed."]


def test_a_small_change_line_by_line(repo: Path, change: Change) -> None:
    change("content/references/label.yml", "once a day.", "once a day: 1,250 mg a day.")
    change("content/references/pollen-trial.yml", "exact:", 'derived: "1,500 mg a day", exact:')
    change(TABLETS, "Once a day [@label#words, p. 4]", "1,250 mg a day [@label#words, p. 4]")
    commit(repo)
    change(TABLETS, "1,250 mg a day [@label#words, p. 4]", "1,500 mg a day [@pollen-trial#words]")
    change(TABLETS, "- A list item [@pollen-trial#words].", "- A list item [@pollen-trial#words].\n- A second")
    done = diff(repo)
    assert done.exit_code == 1
    said = (
        "This states something without a source: 'A second' Add a citation such as &#91;&#64;&#8203;key&#93; after "
        "the words it supports, or move it under a heading of advice."
    )
    words = (
        "<del>1,250</del> <ins>1,500</ins> mg a day &#91;<del>&#64;&#8203;label</del> "
        "<ins>&#64;&#8203;pollen-trial</ins>&#35;&#8203;words<del>, p. 4</del>&#93;. (source added: pollen-trial) (source dropped: label)"
    )
    assert done.stdout.split("\n")[:7] == [line.removeprefix("- ") for line in summary(repo)[:7]]
    assert summary(repo) == [
        "- Entries: 0 added, 1 changed, 0 renamed, 0 removed.",
        "- Statements: 1 changed, 1 added, 0 removed, 0 moved.",
        "- Facts and other short texts: 0 changed, 0 added, 0 removed, 0 moved.",
        "- Sources and other files: 0 added, 0 changed, 0 removed.",
        "- Sign-offs voided: 0.",
        "- Problems: 1 new (errors: 1), 0 solved.",
        "- Sections that became harder to read by more than half a year of school: 0.",
        "## Problems",
        "### New: 1",
        "- **Error**, content/therapies/tablets.md, line 29, no-source: " + said,
        "## Entries",
        "### Tablets",
        "**Changed**, content/therapies/tablets.md",
        "- **Changed**, at&#95;a&#95;glance \u203a How often \u203a text, line 8: " + words,
        "- **Added**, How it works, line 29: <ins>&#45; A second</ins>",
        "## Pages affected",
        "- **Text changed:** /therapies/tablets/",
    ]
    marked = page(repo).select_one("#entries li p:nth-of-type(2)")
    assert str(marked).startswith(
        '<p><del><span class="said"> [removed: </span>1,250<span class="said">] </span></del>'
    )
    assert "Source added: pollen-trial. Source dropped: label." in page(repo).select_one("#entries").text


def test_entries_added_removed_and_renamed(repo: Path, change: Change) -> None:
    faq = repo / "content" / "faqs" / "what-next.md"
    (repo / "content" / "faqs" / "new.md").write_text(
        faq.read_text().replace(
            "Rest, then see", "Wash your eyes with cold water often before bed, wait some minutes, or"
        )
    )
    change(TABLETS, "[What next?](../faqs/what-next.md) and ", "")
    faq.unlink()
    medicines = repo / "content" / "medications"
    (medicines / "cetirizine.md").rename(medicines / "cetirizin.md")
    change("content/medications/cetirizin.md", "By mouth", "By nose")
    assert diff(repo).exit_code == 0
    lines = summary(repo)
    assert not any("### New" in line for line in lines)
    assert lines[0] == "- Entries: 1 added, 1 changed, 1 renamed, 1 removed."
    assert "**Renamed**, content/medications/cetirizin.md, was content/medications/cetirizine.md" in lines
    assert "**Removed**, content/faqs/what-next.md: 1 statement, 5 other texts" in lines
    assert lines[-3:-1] == ["- **Added:** /medications/cetirizin/", "- **Removed:** /medications/cetirizine/"]


def test_a_section_may_not_become_much_harder(repo: Path, change: Change) -> None:
    index = (
        change("docs/index.md", "{part:pathway}", f"## Why\n\n{LONG}[@label#words].\n\n{{part:pathway}}")
        / "docs/index.md"
    )
    change(TABLETS, "They block histamine", LONG)
    commit(repo)
    change(TABLETS, LONG, LONG.replace("each day. They", "each day and they", 1))
    index.write_text(index.read_text().replace("## Why", "## Why so").replace("each day. ", "unnecessarily. "))
    done = diff(repo)
    assert done.exit_code == 1
    assert "by more than half a year of school: 1.\n" in done.stdout
    said = "'Why so' went from 2.3 to 6.9 years of school."
    advice = "Use shorter sentences and words: above 6, a section may become at most half a year harder."
    assert f"- **Error**, docs/index.md, line 11, harder-to-read: {said} {advice}" in summary(repo)
    assert "Hay fever guide, Why so: 2.3 \u2192 6.9 (&#43;4.6) **too much harder**" in "\n".join(summary(repo))


def test_an_easy_section_may_become_harder(repo: Path, change: Change) -> None:
    change(TABLETS, "They block histamine", LONG)
    commit(repo)
    change(TABLETS, LONG, LONG.replace("each day. ", "immediately. "))
    assert diff(repo).exit_code == 0
    assert "harder-to-read" not in "\n".join(summary(repo))


def test_a_new_section_is_held_to_the_limit_only(repo: Path, change: Change) -> None:
    change("docs/index.md", "{part:pathway}", f"## Why\n\n{HARD}[@label#words].\n\n{{part:pathway}}")
    diff(repo)
    assert "harder-to-read" not in "\n".join(summary(repo))
    assert any("reading-grade" in line for line in summary(repo))


def test_a_renamed_file_does_not_escape_the_ratchet(repo: Path, change: Change) -> None:
    change("content/medications/cetirizine.md", "It blocks histamine", LONG)
    commit(repo)
    medicines = repo / "content" / "medications"
    text = (medicines / "cetirizine.md").read_text().replace("each day.", "unnecessarily.")
    (medicines / "cetirizine.md").unlink()
    (medicines / "cetirizin.md").write_text(text)
    assert diff(repo).exit_code == 1
    assert "harder-to-read" in "\n".join(summary(repo))


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (
            TABLETS,
            "order: 1",
            "order: one",
            "Not compared, because they cannot be read in the working tree: content/th",
        ),
        ("content/guide.yml", "language:", "tongue:", "content/guide.yml cannot be read in the working tree. That of"),
        ("content/glossary.yml", "terms:", "terms: [", "Not compared, because they cannot be read in the working tree"),
    ],
)
def test_an_error_still_gives_a_pack(repo: Path, change: Change, path: str, old: str, new: str, said: str) -> None:
    change(path, old, new)
    change("content/medications/cetirizine.md", "By mouth", "By nose")
    assert diff(repo).exit_code == 1
    text = "\n".join(summary(repo))
    assert said in text
    assert "By <del>mouth</del> <ins>nose</ins>" in text
    assert "### New: " in text
    assert "Solved" not in text
    assert said in page(repo).text


def test_a_base_that_breaks_the_rules_of_today(repo: Path, change: Change) -> None:
    change("content/guide.yml", 'language: "en"\n', "")
    commit(repo)
    change("content/guide.yml", "local:", 'language: "en"\nlocal:')
    change("content/medications/cetirizine.md", "By mouth", "By nose")
    assert diff(repo).exit_code == 0
    text = "\n".join(summary(repo))
    assert "BASE has 1 error under the rules of the working tree." in text
    assert "**Added**, language, line 5: <ins>en</ins>" in text
    assert "By <del>mouth</del> <ins>nose</ins>" in text


def test_facts_sources_words_and_people(repo: Path, change: Change) -> None:
    change(TABLETS, "act: now", "act: later")
    change("content/references/label.yml", "Label of cetirizine", "Label of a tablet")
    change("content/glossary.yml", "against allergy", "for allergy")
    change("content/guide.yml", 'emergency: "000"', 'emergency: "111"')
    interests = {"declared": "2026-11-01", "statement": "None."}
    person = {"id": "ann", "name": "Ann", "role": "nurse", "interests": interests}
    (repo / "content" / "people.yml").write_text(yaml.safe_dump([person]))
    diff(repo)
    lines = summary(repo)
    assert "- **Changed**, call \u203a 1 \u203a act, line 12: <del>now</del> <ins>later</ins>" in lines
    assert "- **Changed**, local \u203a emergency, line 7: <del>000</del> <ins>111</ins>" in lines
    assert any(
        line.startswith("- **Changed**, terms \u203a antihistamine \u203a text, line 6: A medicine <del>")
        for line in lines
    )
    assert "**Added**, content/people.yml: 0 statements, 1 other text" in lines
    cited = next(line for line in lines if line.startswith("Cited by: "))
    assert cited.endswith("Cetirizine (content/medications/cetirizine.md); content/glossary.yml.")


def test_sign_offs_voided(repo: Path, change: Change) -> None:
    person = {
        "id": "ann",
        "name": "Ann Lee",
        "role": "nurse",
        "interests": {"declared": "2026-11-01", "statement": "-"},
    }
    (repo / "content" / "people.yml").write_text(yaml.safe_dump([person]))
    guide, _ = load(repo / "content", TODAY)
    assert guide is not None
    names = ("therapies/tablets", "phases/first-step", "medications/cetirizine", "faqs/what-next")
    reviews = [signoff.sign(guide, name, guide.people[0], TODAY).model_dump() for name in names]
    (repo / "content" / "reviews.yml").write_text(yaml.safe_dump(reviews))
    commit(repo)
    change("content/faqs/what-next.md", "Rest, then", "Sleep, then")
    change("content/references/label.yml", "Label of cetirizine", "Label of a tablet")
    diff(repo)
    assert "- Sign-offs voided: 3." in summary(repo)
    start = summary(repo).index("## Sign-offs voided")
    assert summary(repo)[start + 1 : start + 4] == [
        "- **therapies/tablets**, signed by Ann Lee on 2026-11-21: The source 'label' changed.",
        "- **medications/cetirizine**, signed by Ann Lee on 2026-11-21: The source 'label' changed.",
        "- **faqs/what-next**, signed by Ann Lee on 2026-11-21: Its text or facts changed.",
    ]


def test_problems_solved_waived_and_moved_by_lines(repo: Path, change: Change) -> None:
    change("content/references/label.yml", "once a day.", "once a day by 50%.")
    change("content/references/pollen-trial.yml", "exact:", 'derived: "5%", exact:')
    change("docs/index.md", "You can feel better", "You can feel 5% better")
    change(TABLETS, "They block", "By 50% they block")
    commit(repo)
    change("docs/index.md", "You can feel 5% better", "You can feel better")
    waiver = '{rule: bare-number, words: "50%", until: "2027-01-01", reason: "The label | says so."}'
    change(TABLETS, "order: 1\n", f"order: 1\nwaivers: [{waiver}]\n")
    assert diff(repo).exit_code == 0
    text = "\n".join(summary(repo))
    assert "- Problems: 0 new (errors: 0), 1 solved." in text
    assert "Until 2027-01-01, because: The label &#124; says so." in text
    assert "Waived in this change: '50%' is written into the text" in page(repo).text


def test_no_entry_can_forge_anything(repo: Path, change: Change) -> None:
    change(TABLETS, 'title: "Tablets"', 'title: "a|b ::error::x *y* www.evil.org &amp;"')
    change(TABLETS, "They block histamine", FORGED + "\n\n\u202eHidden")
    assert diff(repo).exit_code == 1
    text, html = "\n".join(summary(repo)), page(repo)
    assert not any(sign in text for sign in ("<script", "](", "|", "`", "@", "www.", "://", "*y*", "::e", "\u202e"))
    shown = BeautifulSoup(text, "html.parser").text.replace("\u200b", "")
    assert FORGED in shown
    assert "### a|b ::error::x *y* www.evil.org &amp;" in shown
    assert html.find_all(["script", "img", "link", "iframe"]) == []
    assert all(link["href"].startswith("#") for link in html.find_all("a"))
    assert FORGED in html.text
    assert "(U+202E)Hidden" in html.text
    assert "default-src 'none'" in html.find("meta", attrs={"http-equiv": True})["content"]


def test_a_summary_is_cut_before_it_is_too_long(mini: Path) -> None:
    guide, problems = load(mini / "content", TODAY)
    found = compare(Side(guide, [], {}), Side(guide, problems, {f"docs/{number:0200}": "" for number in range(9000)}))
    text = report.markdown(found, "x", TODAY)
    assert 800_000 < len(text.encode()) <= report.MOST_BYTES
    assert text.endswith("The rest is in index.html.**\n")


def test_a_changed_statement_is_shown_beside_the_words_it_cites(repo: Path, change: Change) -> None:
    change(TABLETS, "They block histamine [@label#words].", "They stop histamine [@label#words; @pollen-trial].")
    diff(repo)
    found = [words.get_text(" ", strip=True) for words in page(repo).select("p.passage")]
    said = "Cetirizine blocks histamine. Do not take it if you cannot breathe. label, Page 4"
    assert found == [said]
