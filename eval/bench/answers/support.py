"""Does the support check catch planted errors, and leave true statements alone?

True statements are people's answers to questions of `clapnq_dev`, resting on the sentences that
they named, and, in the form `cited`, the gold sentences of `qed_dev` themselves, which rest on
themselves. Each in turn gets one error: a number, date or name of another one in the place of its
own, another unit behind a number, a word's opposite, a denial more or less, or the citation of
another sentence. An error is caught when the
statement is marked, or, of a wrong citation, pointed at the right sentence again. Wanted: 0.95 of
numbers and dates, 0.85 of names, false alarms under 0.05. The last row is how many sentences of
`mtrag_un`, answers of models without citations, are given one that carries them.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.bench.labelled_passages import Case, as_context, clapnq, qed
from eval.bench.library_data import progress, reading_parser, rows, show
from index.sentences import sentences
from qa.checks.fact_extraction import facts
from qa.checks.support_check import Checker
from qa.context.numbered_sentences import Context
from qa.readers import lexical_features


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement, the context that it was written from, and the numbers that it cites."""

    text: str
    context: Context
    numbers: tuple[int, ...]
    right: tuple[int, ...] = ()
    """What it should cite, where that is not what it cites."""


def main() -> None:
    """Print a row a kind of error."""
    options = reading_parser(__doc__)
    options.add_argument("--tell", action="store_true", help="print what is judged wrongly")
    arguments = options.parse_args()
    found = []
    for name, made in (("clapnq_dev", _clapnq), ("qed_dev, cited", _qed)):
        found += figures(name, list(made(arguments.data)), arguments.tell)
    show([*found, uncited(list(_mtrag(arguments.data)))], arguments.json)


def figures(name: str, stated: Sequence[Stated], tell: bool) -> list[dict[str, str | float]]:
    """False alarms, then of each kind of error how many were planted and caught."""
    alarms = [one for one in progress(stated, name) if not _passes(one)]
    if tell:
        for one in alarms:
            print(Checker(one.context).check(one.text, one.numbers).missing, one.text)
    shown = [_row(name, "none (false alarms)", len(stated), len(alarms))]
    true = [one for one in stated if _passes(one)]
    for kind, plant in PLANTS.items():
        planted = [made for one in true if (made := plant(one, true, random.Random(one.text)))]
        missed = [one for one in planted if _passes(one)]
        if tell:
            for one in missed:
                print(kind, "|", one.text)
        shown.append(_row(name, kind, len(planted), len(planted) - len(missed)))
    return shown


def uncited(stated: Sequence[Stated]) -> dict[str, str | float]:
    """How many statements without a citation are given one."""
    given = sum(_passes(one) for one in progress(stated, "mtrag_un"))
    return _row("mtrag_un", "no citation (given one)", len(stated), given)


def _row(name: str, kind: str, planted: int, marked: int) -> dict[str, str | float]:
    share = marked / planted if planted else 0.0
    return {"set": name, "error": kind, "statements": planted, "marked": share}


def _passes(one: Stated) -> bool:
    verdict = Checker(one.context).check(one.text, one.numbers)
    if one.right:
        return verdict.supported and not set(verdict.numbers) & set(one.right)
    return verdict.supported


def _number(one: Stated, others: Sequence[Stated], chance: random.Random) -> Stated | None:
    own = [number.text for number in facts(one.text).numbers]
    theirs = [n.text for other in others for n in facts(other.text).numbers if n.text[0].isdigit()]
    return _swapped(one, [text for text in own if text[0].isdigit()], theirs, chance)


def _date(one: Stated, others: Sequence[Stated], chance: random.Random) -> Stated | None:
    own = [date.text for date in facts(one.text).dates]
    theirs = [date.text for other in others for date in facts(other.text).dates]
    return _swapped(one, own, theirs, chance)


def _name(one: Stated, others: Sequence[Stated], chance: random.Random) -> Stated | None:
    return _swapped(one, _names(one.text), [n for o in others for n in _names(o.text)], chance)


def _name_near(one: Stated, _: Sequence[Stated], chance: random.Random) -> Stated | None:
    """A name of the same context: the hardest, as it may stand beside the cited sentence."""
    near = [name for row in one.context.sentences for name in _names(row.text)]
    return _swapped(one, _names(one.text), near, chance)


def _names(text: str) -> list[str]:
    return [name.text for name in facts(text).names if not name.opens]


def _swapped(
    one: Stated, own: Sequence[str], theirs: Sequence[str], chance: random.Random
) -> Stated | None:
    """With one of its own replaced by one of theirs that it does not have."""
    strange = [text for text in theirs if text.casefold() not in one.text.casefold()]
    if not own or not strange:
        return None
    return replace(one, text=one.text.replace(chance.choice(own), chance.choice(strange)))


def _unit(one: Stated, _: Sequence[Stated], chance: random.Random) -> Stated | None:
    return _exchanged(one, UNITS, chance)


def _opposite(one: Stated, _: Sequence[Stated], chance: random.Random) -> Stated | None:
    return _exchanged(one, OPPOSITES, chance)


def _exchanged(one: Stated, pairs: Mapping[str, str], chance: random.Random) -> Stated | None:
    """With one of these words replaced by its other."""
    both = {**pairs, **{other: word for word, other in pairs.items()}}
    held = [word for word in both if re.search(rf"\b{word}\b", one.text)]
    if not held:
        return None
    word = chance.choice(held)
    return replace(one, text=re.sub(rf"\b{word}\b", both[word], one.text, count=1))


def _denial(one: Stated, _: Sequence[Stated], chance: random.Random) -> Stated | None:
    for verb in (" is ", " was ", " are ", " were ", " has ", " had ", " can ", " will "):
        if verb in one.text and not lexical_features.negated(one.text):
            return replace(one, text=one.text.replace(verb, f"{verb}not ", 1))
    return None


def _source(one: Stated, _: Sequence[Stated], chance: random.Random) -> Stated | None:
    """Another sentence of the context, not beside one that it cites."""
    far = [
        row.number
        for row in one.context.sentences
        if all(abs(row.number - number) > 1 for number in one.numbers)
    ]
    return replace(one, numbers=(chance.choice(far),), right=one.numbers) if far else None


UNITS = {
    "percent": "dollars",
    "miles": "kilometers",
    "days": "weeks",
    "hours": "minutes",
    "months": "years",
}
OPPOSITES = {
    "increased": "decreased",
    "rose": "fell",
    "won": "lost",
    "before": "after",
    "first": "last",
    "most": "least",
    "more": "less",
    "largest": "smallest",
    "began": "ended",
    "northern": "southern",
    "western": "eastern",
    "opened": "closed",
    "accepted": "rejected",
}

PLANTS = {
    "number": _number,
    "unit": _unit,
    "date": _date,
    "opposite": _opposite,
    "name, of another text": _name,
    "name, of the same text": _name_near,
    "denial": _denial,
    "source": _source,
}


def _clapnq(data: Path) -> Iterator[Stated]:
    answers = [row["answers"] for row in rows(data / "clapnq_dev" / "questions.jsonl")]
    for case, told in zip(clapnq(data), answers, strict=True):
        for text in _sentences(told[0]) if case.gold else ():
            yield Stated(text, case.context, _gold(case))


def _qed(data: Path) -> Iterator[Stated]:
    for case in qed(data):
        numbers = _gold(case)
        if len(numbers) == 1 and (row := case.context.sentence(numbers[0])):
            yield Stated(row.text, case.context, numbers)


def _gold(case: Case) -> tuple[int, ...]:
    return tuple(row.number for row in case.context.sentences if case.right(row))


def _mtrag(data: Path) -> Iterator[Stated]:
    texts = {row["id"]: row["text"] for row in rows(data / "mtrag_un" / "articles.jsonl")}
    for row in rows(data / "mtrag_un" / "questions.jsonl"):
        if row["type"] == "answerable" and row["evidence"]:
            names = dict.fromkeys(at["article_id"] for at in row["evidence"])
            context = as_context("", "\n\n".join(texts[name] for name in names))
            for text in _sentences(row["answers"][0]):
                yield Stated(text, context, ())


def _sentences(text: str) -> Iterator[str]:
    for span in sentences(text, "en", lambda words: True):
        if words := " ".join(span.of(text).split()):
            yield words


if __name__ == "__main__":
    main()
