"""What data for programs says of itself, so that no copy of the text loses it: who drafted it, and who reviewed it."""

from functools import lru_cache

from patientguide import drawing, signoff, words
from patientguide.guide import Guide
from patientguide.signoff import PageReview


def of(review: PageReview, language: str = "en") -> str:
    """Two sentences: who wrote it, and what its review is worth today."""
    return _of(review.drafted, review.state.value, language)


def of_guide(guide: Guide) -> str:
    """The same of a guide as a whole, and that it informs and does not advise."""
    review = signoff.page_review(guide, [entry.name for entry in guide.entries])
    return f"{of(review)} {_informs()}"


@lru_cache(maxsize=256)
def _of(drafted: str, state: str, language: str) -> str:
    template = drawing.environment().get_template("parts/notice.txt.j2")
    return template.render(drafted=drafted, state=state, _=words.of(language)).strip()


@lru_cache(maxsize=1)
def _informs() -> str:
    return drawing.environment().get_template("parts/informs.txt.j2").render().strip()
