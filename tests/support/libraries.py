"""Libraries of references as programs export them, made from a seed: what is ordinary, and what goes wrong."""

import json
import random
from typing import Any

FAMILIES = [
    "Müller",
    "O'Neill",
    "Nguyễn",
    "Çelik",
    "van den Berg",
    "Ó Súilleabháin",
    "李",
    "Smith-Jones",
    "Łukasiewicz",
]
GIVEN = ["Jörg", "A. B.", "Zoë", "José María", "N.", "小明"]
WORDS = ["pollen", "nose", "sneeze", "meadow", "grass", "spring", "birch", "window", "garden", "water", "honey"]
HOSTILE = ["../../x", "con", "a: b # c", "- {[*&!%@`", "'; rm -rf /", "\u202eevil", "tab\there", "null", "1e3", "{{x}}"]


class Library:
    """Records with a title, authors, date and number each, and every so many an oddity of the list."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed

    def record(self, number: int) -> dict[str, Any]:
        """An ordinary article; no two have the same title or DOI."""
        pick = self.random.choice
        return {
            "key": f"{pick(WORDS)}{self.seed}-{number}",
            "title": f"{pick(WORDS).capitalize()} and {pick(WORDS)}: study {number} of list {self.seed}",
            "authors": [(pick(FAMILIES), pick(GIVEN)) for _ in range(self.random.randint(1, 9))],
            "journal": f"Journal of {pick(WORDS)}",
            "year": str(1950 + number % 75),
            "doi": f"10.1000/list{self.seed}.{number}",
            "pages": f"{number}-{number + 9}",
        }


def csl(count: int) -> str:
    """A file of Zotero."""
    library = Library(1)
    return json.dumps([_csl_item(library.record(n), n) for n in range(count)], ensure_ascii=False, indent=1)


def _csl_item(record: dict[str, Any], number: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": f"http://zotero.org/users/1/items/{number}",
        "citation-key": record["key"],
        "type": "article-journal",
        "title": record["title"],
        "author": [{"family": family, "given": given} for family, given in record["authors"]],
        "container-title": record["journal"],
        "issued": {"date-parts": [[record["year"], number % 12 + 1]]},
        "DOI": record["doi"],
        "page": record["pages"],
        "abstract": "We looked.\nWe saw.",
    }
    item.update(CSL_ODDITIES.get(number % 25, {}))
    return {name: value for name, value in item.items() if value is not None}


CSL_ODDITIES: dict[int, dict[str, Any]] = {
    1: {"title": "<i>Betula</i> &amp; H<sub>2</sub>O in <b>noses</b>", "issued": {"date-parts": [[2001]]}},
    2: {"type": "patent"},
    3: {"title": None},
    4: {"issued": {"literal": "in press"}},
    5: {"issued": None},
    6: {"DOI": "https://doi.org/10.1000/zotero.6"},
    7: {"DOI": None, "URL": "http://example.org/not-secure"},
    8: {
        "type": "webpage",
        "DOI": None,
        "URL": "https://example.org/page-8",
        "accessed": {"date-parts": [[2020, 5, 4]]},
    },
    9: {"author": [{"literal": "World Health Organization"}]},
    10: {"citation-key": "../../x"},
    11: {"note": "PMID: 29721054\nPMCID: PMC5929089\nshelf 4"},
    12: {"author": [{"family": "Berg", "given": "A", "non-dropping-particle": "van den", "suffix": "Jr"}]},
    13: {"title": 'a: b # c "quoted" \\ back \u0007 bell {curly} `tick`'},
    14: {"issued": {"date-parts": [[2021]], "season": "1"}},
    15: {"DOI": "10.1000/"},
    16: {"citation-key": None},
    17: {"issued": {"date-parts": [[2020, 13, 40]]}},
    18: {"publisher": ["no", "text"]},
    19: {"title": "A\u202e hidden turn", "volume": 12, "unknown-field": "x"},
    20: {"title": "Long " * 200},
}


def bibtex(count: int) -> str:
    """A file of BibTeX."""
    library = Library(2)
    head = '% exported by hand\n@comment{jabref-meta: x}\n@string{jon = "Journal of Noses"}\n'
    return head + "\n".join(_bib_entry(library.record(n), n) for n in range(count))


def _bib_entry(record: dict[str, Any], number: int) -> str:
    authors = " and ".join(f"{family}, {given}" for family, given in record["authors"])
    fields = {
        "title": f"{{{record['title']}}}",
        "author": f"{{{authors}}}",
        "journal": f"{{{record['journal']}}}",
        "year": record["year"],
        "month": "mar",
        "doi": f"{{{record['doi']}}}",
        "pages": f"{{{record['pages'].replace('-', '--')}}}",
        "keywords": "{nose, pollen}",
    }
    type_, key, odd = BIB_ODDITIES.get(number % 25, ("article", "", {}))
    fields = {name: value for name, value in (fields | odd).items() if value}
    body = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    broken = "" if number % 25 == 24 else "}"
    return f"@{type_}{{{key or record['key']},\n{body}\n{broken}\n"


BIB_ODDITIES: dict[int, tuple[str, str, dict[str, str]]] = {
    1: ("article", "", {"title": r"{The {DNA} of {\"U}ber {\ss} \& $\alpha$-blockers: 5\% of 50% at H$_2$O}"}),
    2: ("article", "", {"author": "{{World Health Organization} and others}"}),
    3: ("article", "", {"author": r"{M{\"u}ller, J{\"o}rg and de la Cruz, Jr., Ana and Ludwig van Beethoven}"}),
    4: ("misc", "", {}),
    5: ("online", "", {"doi": "", "url": r"{https://example.org/a\_b%20c}", "urldate": "{2024-02-30}"}),
    6: ("article", "", {"journal": "jon"}),
    7: ("article", "", {"year": "{in press}", "month": ""}),
    8: ("article", "", {"title": "{}"}),
    9: ("article", "Müller:2021_a/b", {}),
    10: ("article", "same-key", {}),
    11: ("article", "", {"year": "", "month": "", "date": "{2020/2021}"}),
    12: ("book", "", {"isbn": "{978-0-306-40615-7 0-306-40615-2}", "publisher": "{Barn \\& Co}", "edition": "{2}"}),
    13: ("article", "", {"doi": r"{https://doi.org/10.1000/bib\_13}"}),
    14: ("inproceedings", "", {"journal": "", "booktitle": "{Proc. of Noses}", "crossref": "{other}"}),
    15: ("article", "", {"author": "{A, B, C, D, E and F}"}),
    16: ("article", "", {"author": "{and and and}"}),
    17: ("book", "", {"isbn": "{123}", "doi": ""}),
    18: ("article", "", {"title": r"{\textit{Unclosed \foo{bar} \begin{x}}}"}),
    19: ("article", "../../etc/passwd", {"title": "{null: [x] - # & *}"}),
    20: ("article", "", {"eprinttype": "{pubmed}", "eprint": "{29721055}"}),
}


def ris(count: int) -> str:
    """A file of RIS."""
    library = Library(3)
    return "stray line\n" + "\n".join(_ris_record(library.record(n), n) for n in range(count))


def _ris_record(record: dict[str, Any], number: int) -> str:
    tags: dict[str, Any] = {
        "TY": "JOUR",
        "AU": [f"{family}, {given}" for family, given in record["authors"]],
        "TI": record["title"],
        "JF": record["journal"],
        "PY": f"{record['year']}/04/05/",
        "DO": record["doi"],
        "SP": record["pages"].split("-")[0],
        "EP": record["pages"].split("-")[1],
        "ID": record["key"],
        "KW": ["nose", "pollen"],
    }
    tags |= RIS_ODDITIES.get(number % 25, {})
    lines = [f"{tag}  - {one}" for tag, value in tags.items() for one in ([value] if isinstance(value, str) else value)]
    return "\n".join([*lines, "" if number % 25 == 24 else "ER  - ", ""])


RIS_ODDITIES: dict[int, dict[str, Any]] = {
    1: {"PY": "2021/spring"},
    2: {"PY": "2021///"},
    3: {"PY": []},
    4: {"PY": "n.d."},
    5: {"TY": "GEN"},
    6: {"TI": "Goes on\n   over two lines"},
    7: {"AU": ["World Health Organization", "King, Martin L., Jr."]},
    8: {"UR": ["https://example.org/ris-a-8", "https://example.org/ris-b-8"]},
    9: {"DO": "doi:10.1000/ris.9.", "UR": "https://dx.doi.org/10.1000/ris.9"},
    10: {"TY": "ELEC", "DO": [], "UR": "https://192.168.0.1/x"},
    11: {"TY": "CHAP", "T2": "A book", "SN": "9780306406157", "XX": "odd tag"},
    12: {"ID": "same-key"},
    13: {"ID": "con"},
    14: {"TI": "<script>alert(1)</script> & {{ x }}"},
    15: {"PY": "2021/02/31"},
    16: {"DO": "not a doi"},
    17: {"TI": [], "T1": "Old title tag", "PY": [], "Y1": "1999//"},
    18: {"N1": "PMID: 29721056", "AU": []},
    19: {"AU": ["\u0000Null, N", ",", "Only,"]},
}
