"""Field types of the models, and the description of each field for editors."""

import ast
import inspect
import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from patientguide.core import dates, i18n
from patientguide.core.text import is_blank
from patientguide.model import identifiers, roles
from patientguide.model.roles import Role

# Types of text: plain text is shown as written; prose may contain citations and links.


ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Authored(BaseModel):
    """The base of all models of files: strict, frozen, and without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True, str_strip_whitespace=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Require a role for every text. Raises TypeError."""
        super().__pydantic_init_subclass__(**kwargs)
        roles.require(cls)


def refuse(message: str, advice: str) -> PydanticCustomError:
    """The error to raise in a validator, with message and advice."""
    # Pydantic would read curly brackets as fields of a template.
    return PydanticCustomError("authored", "{message}", {"message": message, "advice": advice})


def _is_months(number: int) -> int:
    if not 1 <= number <= 120:
        raise refuse(f"{number} is not a number of months", "Write a number from 1 to 120.")
    return number


def _is_date(text: str) -> str:
    try:
        if len(text) > len("2018-05-11"):
            raise ValueError(f"'{text[:40]}' is not a date")
        dates.parts(text)
    except ValueError as error:
        raise refuse(str(error), "Write a day like 2018-05-11, a month like 2018-05 or a year like 2018.") from None
    return text


def _at_most_three_sentences(text: str) -> str:
    # CDC Clear Communication Index, items 1 to 3: one main message, at the top, short.
    if len(re.findall(r"[.?!](?: \[@[^\]]*\])? +(?=[A-Z{])", text)) > 2:
        raise refuse("this has more than three sentences", "Keep the one thing to remember.")
    return text


def _by(rule: Callable[[str], tuple[str, str] | None]) -> AfterValidator:
    """A validator for a function that returns message and advice for a wrong text, or None."""

    def validate(text: str) -> str:
        if fault := rule(text):
            raise refuse(*fault)
        return text

    return AfterValidator(validate)


_BLOCK = re.compile(r"#|!!!|\?\?\?|:::|[-+*>|:] |[\u2022\u2023\u25aa\u25cf\u25e6] ?|[0-9]+[.)] |~~~|```|=+$|-+$")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if _BLOCK.match(line):
        raise refuse(f"this starts with '{line[:3]}', which would become a heading, list or box", "Start with a word.")
    return line


def _is_seen(text: str) -> str:
    if not any(unicodedata.category(sign)[0] in "LNPS" and not is_blank(sign) for sign in text):
        raise refuse("this has no letter or sign that can be seen", "Write what readers should see.")
    return text


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80), Role.CODE]
"""Lower-case letters, digits and single hyphens."""

Plain = Annotated[
    str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^<>{}`\[\]\n]+$"), AfterValidator(_is_seen)
]
"""A name or label: no citation, no Markdown, none of < > { } [ ] and `."""

Printed = Annotated[
    str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^<>{}`\n]+$"), AfterValidator(_is_seen)
]
"""Text as it is printed in a source, which may have square brackets."""

QUOTED_WORDS = 40


def _is_short(text: str) -> str:
    if (count := len(text.split())) > QUOTED_WORDS:
        raise refuse(
            f"this quotes {count} words, and {QUOTED_WORDS} is the most", "Keep the words that bear the statement out."
        )
    return text


Quotation = Annotated[
    str, StringConstraints(min_length=1, max_length=600, pattern=r"^[^\n]+$"), AfterValidator(_is_short)
]
"""At most 40 words as printed in a source, with all their signs."""

Words = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^<>{}`\[\]\n]+$"), AfterValidator(_is_seen)
]
"""A few words that search or the picture uses."""

Prose = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000),
    AfterValidator(_one_line),
    AfterValidator(_is_seen),
    Role.MARKDOWN,
]
"""A sentence or more, with citations such as [@key]."""

MainMessage = Annotated[Prose, AfterValidator(_at_most_three_sentences)]
"""At most three sentences, with citations."""


# Screen readers take their voice from it.
def _is_language(text: str) -> str:
    if not i18n.is_language(text[:2]):
        raise refuse(f"'{text}' is not a language", "Write a code such as en, de or pt-BR.")
    return text


Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"), AfterValidator(_is_language), Role.CODE]
"""The code of a language, with or without a country."""

Date = Annotated[str, AfterValidator(_is_date), Role.CODE]
"""A date in quotes: 2018, 2018-05 or 2018-05-11."""

Months = Annotated[int, AfterValidator(_is_months)]
"""A number of months, from 1 to 120."""

Url = Annotated[str, StringConstraints(max_length=500), _by(identifiers.address_fault), Role.CODE]
"""An address that starts with https:// and contains no tracking."""

Doi = Annotated[str, _by(identifiers.doi), Role.CODE]
"""A DOI alone."""

Pmid = Annotated[str, _by(identifiers.pmid), Role.CODE]
"""A PubMed number."""

Pmcid = Annotated[str, _by(identifiers.pmcid), Role.CODE]
"""A PubMed Central number."""

TrialNumber = Annotated[str, _by(identifiers.nct), Role.CODE]
"""A number at ClinicalTrials.gov."""

Isbn = Annotated[str, _by(identifiers.isbn), Role.CODE]
"""A book number of 10 or 13 digits."""

Orcid = Annotated[str, _by(identifiers.orcid), Role.CODE]
"""The number of a researcher."""


# Descriptions of fields come from their docstrings. Pydantic could read them (`use_attribute_docstrings`), but would
# do so for every model in every run.


@cache
def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """The descriptions of the fields of a model, by field name."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and not kind.__module__.startswith("pydantic."):
            written = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
            lines = [line for node in written if isinstance(node, ast.ClassDef) for line in node.body]
            for field, after in pairwise(lines):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    found |= _sentence(field.target.id, after)
    return found


def _sentence(name: str, node: ast.stmt) -> dict[str, str]:
    value = node.value if isinstance(node, ast.Expr) else None
    text = value.value if isinstance(value, ast.Constant) else None
    return {name: inspect.cleandoc(text)} if isinstance(text, str) else {}
