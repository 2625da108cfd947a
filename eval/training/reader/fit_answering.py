"""Fits how sure the large reader is, on the folder that chooses; writes `answering.json`.

    python -m eval.training.reader.fit_answering --data D

Each question of the folder is asked as the product asks it, in a library of the folder alone and
in one of all folders. The first regression learns which of the sentences that were read are gold,
the second whether the best sentence by the first is; both from questions with an answer and
without. Prints how the folder itself comes out, story by story left out of the fit
(`python -m eval.bench natural` measures other folders).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.answers.natural import libraries, places
from eval.bench.library_data import progress, reading_parser, rows, show
from eval.metrics import auroc
from eval.question_sets import Place
from index.library import Library
from qa.answer import Turn
from qa.context.numbered_sentences import number_sentences
from qa.engine import FOUND_TO_RERANK, PASSAGES
from qa.readers.scores import is_sentence
from qa.readers.trained.answering import (
    BEST,
    MODEL,
    SENTENCE,
    WEIGHTS,
    LargeReader,
    PassageReading,
    best_features,
    sentence_features,
)
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.trained_scorer import relevance, reranked
from qa.settings import Settings
from qa.standalone_questions import by_rules

Floats = NDArray[np.float64]

CHOOSE = "g"

PENALTY = 2.0
"""L2, of the sum of losses over all rows, of columns scaled to a standard deviation of 1."""

FOLDS = 5

STRICT = 0.8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the passages that were read for it. right: of each sentence, in order."""

    story: str
    answerable: bool
    question: str
    reads: Sequence[PassageReading]
    right: NDArray[np.bool_]

    @property
    def features(self) -> Floats:
        """See `sentence_features`."""
        return sentence_features(self.question, self.reads)


def main() -> None:
    """Fit anew and write answering.json."""
    options = reading_parser(__doc__)
    options.add_argument("--model", type=Path, default=MODEL)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    wanted = options.parse_args()
    done = [*ask(wanted.data, wanted.cache, wanted.model, wanted.every)]
    show([*held_out(done)], wanted.json)
    sentence, best = fit(done)
    held = {"sentence": _named(SENTENCE, sentence), "best": _named(BEST, best)}
    wanted.out.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")


def ask(data: Path, cache: Path | None, model: Path, every: int) -> Iterator[Asked]:
    """Every question of the folder, in both libraries."""
    small, large = CrossEncoder(), LargeReader(model=model, weights=None)
    questions = [*rows(data / "natural" / CHOOSE / "questions.jsonl")][::every]
    for together in (False, True):
        for _, library in libraries(data, [CHOOSE], together, cache, Settings(Path())):
            for row in progress(questions, "together" if together else "alone"):
                if (one := _asked(library, small, large, row)).reads:
                    yield one


def _asked(
    library: Library, small: CrossEncoder, large: LargeReader, row: Mapping[str, Any]
) -> Asked:
    history = [Turn(question=t["question"], answer=t["answer"]) for t in row.get("history") or ()]
    question = by_rules(row["question"], history, 0.0) if history else row["question"]
    found = library.retrieve(question, FOUND_TO_RERANK).hits
    hits = reranked(found, relevance(small, question, found))[:PASSAGES]
    table = number_sentences(hits, library.catalog.version)
    reads = large.read(question, [one for one in table.sentences if is_sentence(one.text)])
    gold = places(row, "gold")
    sentences = [Place(one.article.id, one.span) for read in reads for one in read.sentences]
    right = np.array([any(one.overlaps(place) for place in gold) for one in sentences], dtype=bool)
    story = gold[0].article_id if gold else row["id"]
    return Asked(story, row["answerable"], question, reads, right)


def fit(done: Sequence[Asked]) -> tuple[Floats, Floats]:
    """Weights, bias last, of the sentences and of the best of them."""
    features = np.concatenate([one.features for one in done])
    sentence = logistic(features, np.concatenate([one.right for one in done]))
    found = [_best(one, sentence) for one in done]
    best = logistic(np.stack([f for f, _ in found]), np.array([right for _, right in found]))
    return sentence, best


def _best(one: Asked, sentence: Floats) -> tuple[Floats, bool]:
    logits = one.features @ sentence[:-1] + sentence[-1]
    return best_features(one.reads, logits), bool(one.right[logits.argmax()])


def held_out(done: Sequence[Asked]) -> Iterator[dict[str, Any]]:
    """How questions come out whose stories had no part in the fit."""
    stories = sorted({one.story for one in done})
    folds = {story: place % FOLDS for place, story in enumerate(stories)}
    sure, right, answerable = [], [], []
    for fold in range(FOLDS):
        sentence, best = fit([one for one in done if folds[one.story] != fold])
        for one in (one for one in done if folds[one.story] == fold):
            features, first = _best(one, sentence)
            sure.append(1 / (1 + np.exp(-(features @ best[:-1] + best[-1]))))
            right.append(first)
            answerable.append(one.answerable)
    chance, hit, has = np.array(sure), np.array(right), np.array(answerable)
    for level in (0.5, 0.6, 0.7, STRICT, 0.9):
        given = chance >= level
        yield {
            "strictness": level,
            "precision": float(hit[given].mean()) if given.any() else 0.0,
            "right": float((given & hit)[has].mean()),
            "refused": float((~given)[~has].mean()),
            "best sentence right": float(hit[has].mean()),
            "AUROC": auroc(chance.tolist(), hit.tolist()) or 0.0,
        }


def logistic(features: Floats, right: NDArray[np.bool_]) -> Floats:
    """Logistic regression by Newton's method; weights of the columns as they are, bias last."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    full = np.concatenate([(features - mean) / scale, np.ones((len(features), 1))], axis=1)
    penalty = PENALTY * np.diag([1.0] * features.shape[1] + [0.0])
    weights = np.zeros(full.shape[1])
    for _ in range(50):
        chosen = 1 / (1 + np.exp(-np.clip(full @ weights, -30, 30)))
        gradient = full.T @ (chosen - right) + penalty @ weights
        spread = np.maximum(chosen * (1 - chosen), 1e-6)
        weights -= np.linalg.solve((full * spread[:, None]).T @ full + penalty, gradient)
    own = weights[:-1] / scale
    return np.append(own, weights[-1] - own @ mean)


def _named(columns: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 5) for name, w in zip([*columns, "bias"], weights, strict=True)}


if __name__ == "__main__":
    main()
