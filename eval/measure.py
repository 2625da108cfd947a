"""One set measured: its articles laid in a library, its questions asked, the answers scored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from eval import gate
from eval.judge import Judge
from eval.question_sets import Place, Question, QuestionSet
from eval.recordings import RecordingModel, ReplayModel
from eval.report import Report, places
from eval.run import prepared, reader_key, run
from eval.score import Result, judged, result, summaries
from index.errors import InputError, QAError
from index.library import Library
from qa.build import make_encoder, make_engine, make_llm_engine, make_model
from qa.engine import Engine
from qa.readers.extractive.relevance import FILE as RELEVANCE
from qa.readers.trained.answering import MODEL as LARGE
from qa.readers.trained.answering import WEIGHTS
from qa.readers.trained.cross_encoder import CALIBRATION, MODEL
from qa.settings import Settings

Step = Callable[[int, int], None]
"""Told how many questions have been asked, and of how many."""


class Articles:
    """What scoring looks up, from a library. See `eval.score.Held`."""

    def __init__(self, library: Library) -> None:
        self._catalog = library.catalog
        self.text = cache(self._text)
        self.passages = cache(self._passages)

    def _text(self, article_id: str, version: str) -> str:
        return self._catalog.version(article_id, version).article.text

    def _passages(self, article_id: str) -> Sequence[Place]:
        return [Place(article_id, span) for span in self._catalog.passages(article_id)]


def measured(
    settings: Settings,
    chosen_set: QuestionSet,
    floors: Mapping[str, float],
    base: gate.Baseline | None,
    chosen: Mapping[str, Any],
    step: Step,
) -> Report:
    """Run one set as the options of the command say, and hold it against floors and baseline."""
    settings = _reading(settings, chosen)
    encoder = make_encoder(settings)
    folder = settings.data.parent / "eval" / f"{chosen_set.name}@{encoder.name.replace('/', '-')}"
    with prepared(chosen_set, folder, encoder) as library:
        engine = _engine(settings, library, chosen)
        reader = engine.readers[0] if engine else "retrieval only"
        questions = _tagged(chosen_set, library, chosen["tags"])
        judge = _judge(settings, chosen["judge"])
        results = _asked(settings, questions, library, engine, reader, chosen, step)
        failure = ""
        if judge:
            results, failure = _judged(results, judge)
            reader += f", judged by {judge.name}"
        found = summaries(results)
        verdict = gate.compare(found, results, base) if base else gate.Verdict()
        failures = (*gate.check_floors(found, floors), *verdict.failures)
        names = {place.article_id for one in results for side in places(one) for place in side}
        versions = {name: library.catalog.version(name) for name in names}
    verdict = replace(verdict, failures=failures)
    return Report(chosen_set.name, reader, results, found, verdict, versions, failure)


def _tagged(chosen_set: QuestionSet, library: Library, tags: Sequence[str]) -> list[Question]:
    """The questions with one of the tags, all without tags, their quotes found."""
    located = chosen_set.located(library.catalog.version)
    questions = [one for one in located if not tags or set(tags) & set(one.case.tags)]
    if not questions:
        raise InputError(f"{chosen_set.file}: no question has a tag of {sorted(tags)}")
    return questions


def _asked(
    settings: Settings,
    questions: Sequence[Question],
    library: Library,
    engine: Engine | None,
    reader: str,
    chosen: Mapping[str, Any],
    step: Step,
) -> list[Result]:
    """Ask each question as often as wanted and score what came of it."""
    key = reader_key(reader, settings, list(_files(settings, chosen["replay"])))
    repeated = [question for question in questions for _ in range(chosen["repeat"])]
    counted = count(1)
    records = run(
        questions,
        library,
        engine,
        key,
        chosen["answers"],
        chosen["repeat"],
        chosen["workers"],
        lambda: step(next(counted), len(repeated)),
    )
    held = Articles(library)
    return [result(q, r, held) for q, r in zip(repeated, records, strict=True)]


def _judge(settings: Settings, model: str | None) -> Judge | None:
    if not model:
        return None
    return Judge(make_model(replace(settings, llm=model)), settings.prompts)


def _judged(results: Sequence[Result], judge: Judge) -> tuple[list[Result], str]:
    """With the judge's scores, up to where it fails, and why it did: the run is kept."""
    done: list[Result] = []
    try:
        for one in results:
            done.append(judged(one, judge.scores))
    except QAError as error:
        told = f"the judge failed after {len(done)} of {len(results)} answers: {error.message}"
        return [*done, *results[len(done) :]], told
    return done, ""


def _by_model(chosen: Mapping[str, Any]) -> bool:
    return bool(chosen["live"] or chosen["record"] or chosen["replay"])


def _reading(settings: Settings, chosen: Mapping[str, Any]) -> Settings:
    """The settings as the reader that was asked for goes by them."""
    return settings if _by_model(chosen) else settings.without_llm()


def _files(settings: Settings, replay: Path | None) -> Iterator[Path]:
    """What a reader goes by besides its prompts."""
    small = (MODEL, CALIBRATION)
    yield from {"large": (*small, LARGE, WEIGHTS), "small": small}.get(
        settings.reader, (RELEVANCE,)
    )
    if replay:
        yield replay


def _engine(settings: Settings, library: Library, chosen: Mapping[str, Any]) -> Engine | None:
    """The engine that was asked for; no fallback, as that would hide a model's failures."""
    if chosen["retrieval_only"]:
        return None
    if not _by_model(chosen):
        return make_engine(settings, library)
    if chosen["replay"]:
        return make_llm_engine(settings, library, ReplayModel(chosen["replay"]), None)
    if not settings.llm:
        raise InputError("--live needs a language model", "name one with QA_LLM")
    model = make_model(settings)
    recorded = RecordingModel(model, chosen["record"]) if chosen["record"] else model
    return make_llm_engine(settings, library, recorded, None)
