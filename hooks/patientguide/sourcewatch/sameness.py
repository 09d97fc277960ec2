"""Is a work the one that a source names? Title, first author and year, as far as both sides know them.

A number that exists but names another paper is the commonest mistake of copying: the form of the number cannot show it.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz

from patientguide.csl import Reference
from patientguide.sourcewatch.tidy import TAKEN_BACK, folded, plain

SAME_TITLE = 90.0  # of 100: how much of two titles' words must agree (rapidfuzz token_sort_ratio)
SAME_TRIAL = 60.0  # registries have a short and an official title, and people write a third
YEARS_APART = 1  # online and in print
SHORTEST_TITLE = 4  # words a title must have to stand for one that goes on with a subtitle


@dataclass(frozen=True)
class Facts:
    """What a service knows of a work; empty is unknown. Titles are the ways the work may be called."""

    titles: tuple[str, ...]
    author: str = ""
    year: str = ""


def is_same(reference: Reference, facts: Facts) -> bool:
    """Whether a source and the facts of a service can be the same work.

    The title decides. When the project is not sure of its title, first author and year decide instead; when the title
    is the same, only an author and a year that both differ speak against it (a series, an editorial).
    """
    same_title = any(titles_agree(reference.title, title) for title in facts.titles)
    same_author = authors_agree(reference, facts.author)
    if same_title:
        return same_author or years_agree(reference, facts.year)
    if reference.custom.title_confirmed:
        return not facts.titles
    return same_author and years_agree(reference, facts.year)


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles are the same but for a few letters, the order of words, or a subtitle that one leaves out.

    What a publisher writes before the title of a work that was retracted is no part of the title.
    """
    bare = (folded(TAKEN_BACK.sub("", plain(title), 1)) for title in (one, other))
    first, second = sorted(bare, key=len)
    if fuzz.token_sort_ratio(first, second) >= SAME_TITLE:
        return True
    return first.count(" ") + 1 >= SHORTEST_TITLE and second.startswith(f"{first} ")


def trials_agree(title: str, titles: tuple[str, ...]) -> bool:
    """Whether the title of a source can be that of a trial: most of the words of one stand in the other."""
    return any(fuzz.token_set_ratio(folded(title), folded(other)) >= SAME_TRIAL for other in titles if other)


def authors_agree(reference: Reference, author: str) -> bool:
    """Whether the first author can be the same; an organization, or nobody, is not compared."""
    family = folded(reference.author[0].family or "") if reference.author else ""
    name = folded(author)
    return not family or not name or name.startswith(family) or family.startswith(name) or name.endswith(f" {family}")


def years_agree(reference: Reference, year: str) -> bool:
    """Whether the years are at most one apart; an unknown year is not compared."""
    if not reference.issued or not year[:4].isdigit():
        return True
    return abs(int(reference.issued[:4]) - int(year[:4])) <= YEARS_APART
