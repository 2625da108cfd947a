"""How the passages for an answer were ranked, and what became of each. Pure."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.search.ranking import WEIGHTS
from qa.answer import Answer, Citation, Laid, Place
from qa.terminal.rendering import Fragment, cut

if TYPE_CHECKING:
    from qa.results import PassageRow

HEADING = "  #  score cosine terms pairs window dense lexical"

_INDENT = " " * 5


def why_lines(
    answer: Answer, passages: "Sequence[PassageRow]", columns: int
) -> Iterator[list[Fragment]]:
    """Two lines a passage: its ranks and what it matched, then where it is and what it says.

    `columns` as in `qa.terminal.rendering.cut`.
    """
    yield [(HEADING, "dim")]
    for row in passages:
        cited = [citation.n for citation in answer.citations if _within(citation, row)]
        yield [
            (_figures(row), ""),
            (_fate(row, cited, answer.read), "number" if cited else "dim"),
        ]
        where = f"{row.title or row.article_id} {row.start}-{row.end}"
        shown = cut(f"{where} “{row.text}”", columns and columns - len(_INDENT))
        yield [(_INDENT + shown, "dim")]
    for citation in answer.citations:
        if not any(_within(citation, row) for row in passages):
            yield [(f"[{citation.n}] is not found any more: the articles have changed", "warning")]
    weights = " + ".join(f"{w:g} {name}" for name, w in WEIGHTS._asdict().items())
    yield [(f"score = {weights}", "dim")]


def _figures(row: "PassageRow") -> str:
    match = row.match
    matched = f"{match.cosine:6.2f} {match.terms:5.2f} {match.pairs:5.2f} {match.window:6.2f}"
    ranks = f"{row.dense_rank or '-':>5} {row.lexical_rank or '-':>7}"
    return f"{row.rank:>3}  {row.score:5.3f} {matched} {ranks}  "


def _fate(row: "PassageRow", cited: Sequence[int], read: Laid) -> str:
    if cited:
        return "cited " + "".join(f"[{n}]" for n in cited)
    if read.passages and not read.places:
        return "not cited"  # an answer of an earlier version, which does not tell what was read
    place = Place(article_id=row.article_id, version=row.version, start=row.start, end=row.end)
    return "read, not cited" if place in read.places else f"left out: only {read.passages} are read"


def _within(citation: Citation, row: "PassageRow") -> bool:
    same = (citation.article_id, citation.version) == (row.article_id, row.version)
    return same and citation.start < row.end and row.start < citation.end
