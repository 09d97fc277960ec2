"""What the guard found on a page, as problems at the spots of the files where the words stand."""

from collections.abc import Iterable, Iterator

from patientguide.entry import Entry
from patientguide.fidelity import Loss
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.prepared import ContentError
from patientguide.problems import Place, Problem, worst_first
from patientguide.report import as_text
from patientguide.yamlfile import YamlFile, strings

CODE = "lost-words"
ADVICE = (
    "Write them in another way: 'times' instead of *, 'less than' instead of <, as many cells in a row as the table "
    "has headings, one kind of list at a time, and nothing between square brackets but sources and links."
)


class LostWordsError(ContentError):
    """The words that a page would lose. It is found while pages are made, so what was built is no whole site."""

    halfway = True

    def __init__(self, problems: Iterable[Problem]) -> None:
        """`problems` may name one text several times: it may stand on many pages."""
        listed = worst_first(problems)
        super().__init__(as_text(listed), listed)


def problems(guide: Guide, source: str, losses: Iterable[Loss]) -> Iterator[Problem]:
    """A problem for each text that a page of a guide would not show as it was written; `source` is its own file."""
    for loss in losses:
        said = " ... ".join(loss.words)
        message = f"The page would not show this as it is written: {said}"
        yield Problem(_place(guide, source, loss), CODE, message, ADVICE)


def _place(guide: Guide, source: str, loss: Loss) -> Place:
    """Where the first of the lost words stands, as near as can be told."""
    guides = [guide, guide.edition.source] if guide.edition else [guide]
    for path in (loss.path or source, *([] if loss.path else _others(guide, source))):
        for one in guides:
            found = _in_body(one.by_path.get(path), loss) if loss.path else None
            found = found or _in_fields(_fields(one, path), loss)
            if found:
                return found
    return Place(loss.path or source)


def _in_body(entry: Entry[Dated] | None, loss: Loss) -> Place | None:
    text = loss.text.strip()
    start = entry.body.find(text) if entry else -1
    if entry is None or start < 0:
        return None
    at = start + max(0, loss.start - (len(loss.text) - len(loss.text.lstrip())))
    first = loss.words[0].split()[0].rstrip(".,?!")
    return entry.body_place(max(entry.body.find(first, at, start + len(text)), at))


def _in_fields(file: YamlFile | None, loss: Loss) -> Place | None:
    wanted = " ".join(loss.text.split())
    for path, text in strings(file.data) if file else ():
        if " ".join(text.split()) == wanted and file:
            return file.place(path)
    return None


def _fields(guide: Guide, path: str) -> YamlFile | None:
    entry = guide.by_path.get(path)
    return entry.facts if entry else guide.records.get(path)


def _others(guide: Guide, source: str) -> Iterator[str]:
    """Files in which a name may stand that a page shows."""
    yield from (path for path in (*guide.by_path, *guide.records) if path != source)
