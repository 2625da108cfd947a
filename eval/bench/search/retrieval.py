"""Is the passage that answers among the first? Whole articles.

A set is a folder in our form or BEIR's, or SQuAD 2.0 JSON (`eval/bench/set_formats.py`). Each is
asked in a library of its own ("alone"); the folders of `natural` also in one of them all ("all in
one") and, with `--others N`, in that among N other passages of real text
(`eval/bench/search/others.py`).

A question counts as answered at k if one of the first k passages overlaps a gold place: for
squad2_dev the paragraph it was written on, elsewhere any of its evidence that answers. Wanted: 0.92
at 5 for squad2_dev. MRR and nDCG look at the first ten and at the first passage that overlaps.
"product" is the order of `Library.retrieve`, "dense" and "lexical" are those of one index alone. A
follow-up is asked as the rules write it (`qa/conversation.py`).

To compare two encoders or rankings, `--save` the ranks of one run and give them to the next one
with `--against`: it prints the gain at 3 and 8 by the same questions, with its 95 % interval.
"""

import argparse
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from eval.bench.library_data import Question, filled, progress, show
from eval.bench.library_data import reading_parser as parser
from eval.bench.search.encoder import Other
from eval.bench.search.others import DOCUMENTATION, add_others
from eval.bench.set_formats import Corpus, read
from eval.metrics import mean
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from index.search.retriever import CANDIDATES, Hit

CUTS = (1, 3, 5, 8, 10, 16, 50)
DEPTH = 10
"""How many MRR and nDCG look at."""

COMPARED = (3, 8)
INDEXES = ("product", "dense", "lexical")
ALL_FOUND = 2 * CANDIDATES
"""As many as both indexes can find together."""

Ranks = Mapping[str, int | None]
"""The rank, from 1, of the first right passage in the order of each of INDEXES."""


class Asked(NamedTuple):
    """A question of a set in a library, and what came of it."""

    set: str
    library: str
    question: Question
    ranks: Ranks

    @property
    def key(self) -> str:
        """What names the same question of another run."""
        return f"{self.library}, {self.set}, {self.question.id}"


def main() -> None:
    """Print a row a set, library and index."""
    wanted = _options().parse_args()
    encoder = Other(wanted.encoder) if wanted.encoder else MiniLM()
    done = list(_all(wanted, encoder))
    if wanted.save:
        held = {one.key: dict(one.ranks) for one in done}
        wanted.save.write_text(json.dumps(held, indent=0), encoding="utf-8")
    before = json.loads(wanted.against.read_text(encoding="utf-8")) if wanted.against else None
    show(list(figures(done, before, by_type=wanted.types or wanted.json)), wanted.json)


def _options() -> argparse.ArgumentParser:
    options = parser(__doc__)
    options.add_argument("--sets", nargs="+", help="default: squad2_dev and natural/*")
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    options.add_argument("--others", type=int, default=0, metavar="N", help="passages beside")
    options.add_argument("--texts", nargs="+", type=Path, default=DOCUMENTATION, metavar="FOLDER")
    options.add_argument("--encoder", type=Path, metavar="FILE", help="in place of minilm.onnx")
    options.add_argument("--types", action="store_true", help="also by type of question")
    options.add_argument("--save", type=Path, metavar="FILE", help="the rank of each question")
    options.add_argument("--against", type=Path, metavar="FILE", help="ranks to compare with")
    return options


def _all(wanted: argparse.Namespace, encoder: MiniLM) -> Iterator[Asked]:
    folders = sorted(wanted.data.glob("natural/*/"))
    together = {f"natural/{folder.name}": read(folder) for folder in folders}
    sets = {
        name: together.get(name) or read(wanted.data / name)
        for name in wanted.sets or ["squad2_dev", *together]
    }
    for name, corpus in sets.items():
        with _library(wanted, encoder, name, corpus.articles) as library:
            yield from ask(library, name, "alone", corpus, wanted.every)
    shared = {name: apart(name, corpus) for name, corpus in together.items()}
    held = [article for corpus in shared.values() for article in corpus.articles]
    for others in sorted({0, wanted.others}):
        if chosen := [name for name in sets if name in shared]:
            label = f"among {others:,} others" if others else "all in one"
            with _library(wanted, encoder, label, held) as library:
                if others:
                    add_others(library, wanted.data, wanted.texts, held, others)
                    _embed(library)
                for name in chosen:
                    yield from ask(library, name, label, shared[name], wanted.every)


@contextmanager
def _library(
    wanted: argparse.Namespace, encoder: MiniLM, name: str, articles: Iterable[Article]
) -> Iterator[Library]:
    cache = wanted.cache / encoder.name / name.replace("/", "-") if wanted.cache else None
    with filled(articles, encoder, cache) as library:
        yield library


def _embed(library: Library) -> None:
    for _ in progress(library.embed(), "embedding", -(-library.backlog // 64)):
        pass


def apart(name: str, corpus: Corpus) -> Corpus:
    """The same with ids that no other folder has."""
    articles = (replace(one, id=f"{name}/{one.id}") for one in corpus.articles)
    questions = (
        replace(one, gold=tuple((f"{name}/{id_}", span) for id_, span in one.gold))
        for one in corpus.questions
    )
    return Corpus(name, tuple(articles), tuple(questions))


def ask(library: Library, name: str, label: str, corpus: Corpus, every: int = 1) -> Iterator[Asked]:
    """The questions that have a gold place, each `every`-th of them."""
    asked = [question for question in corpus.questions if question.gold][::every]
    for question in progress(asked, f"{name}, {label}"):
        yield Asked(name, label, question, ranks(library, question))


def ranks(library: Library, question: Question) -> Ranks:
    """Where the first right passage is among all that both indexes find."""
    hits = library.retrieve(question.text, ALL_FOUND).hits
    right = [hit for hit in hits if is_right(hit, question)]
    return {
        "product": _first(hit.rank for hit in right),
        "dense": _first(hit.dense_rank for hit in right),
        "lexical": _first(hit.lexical_rank for hit in right),
    }


def _first(found: Iterable[int | None]) -> int | None:
    return min((rank for rank in found if rank), default=None)


def figures(
    done: Sequence[Asked], before: Mapping[str, Ranks] | None, *, by_type: bool
) -> Iterator[dict[str, Any]]:
    """A row for each set, library and index; and for each type of question, if there are."""
    groups: dict[tuple[str, str, str], list[Asked]] = {}
    for one in done:
        for kind in ("all", *([one.question.kind] if by_type and one.question.kind else [])):
            groups.setdefault((one.set, one.library, kind), []).append(one)
    for (name, library, kind), some in groups.items():
        for index in INDEXES:
            row: dict[str, Any] = {"set": name, "library": library, "type": kind, "by": index}
            row |= {"questions": len(some)}
            row |= measures([one.ranks[index] for one in some])
            yield row | (gains(some, before, index) if before is not None else {})


def measures(ranks: Sequence[int | None]) -> dict[str, float]:
    """Share found at each cut, mean reciprocal rank, and nDCG with one relevant passage."""
    found = {f"@{k}": fmean(bool(rank and rank <= k) for rank in ranks) for k in CUTS}
    seen = [rank if rank and rank <= DEPTH else None for rank in ranks]
    reciprocal = fmean(1 / rank if rank else 0.0 for rank in seen)
    gain = fmean(1 / math.log2(1 + rank) if rank else 0.0 for rank in seen)
    return found | {f"MRR@{DEPTH}": reciprocal, f"nDCG@{DEPTH}": gain}


def gains(some: Sequence[Asked], before: Mapping[str, Ranks], index: str) -> dict[str, str]:
    """By how much more is found than before, with its interval; "" if nothing was asked before."""
    pairs = [(one.ranks[index], before[one.key][index]) for one in some if one.key in before]
    told = {}
    for k in COMPARED:
        found = mean([[_is_in(now, k) - _is_in(was, k)] for now, was in pairs])
        known = found.value is not None
        told[f"@{k} gain"] = f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})" * known
    return told


def _is_in(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)


def is_right(hit: Hit, question: Question) -> bool:
    """Whether the passage overlaps a gold place."""
    passage = hit.record.passage
    return any(
        article_id == passage.article_id and span.overlap(passage.span) > 0
        for article_id, span in question.gold
    )


if __name__ == "__main__":
    main()
