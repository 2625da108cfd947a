"""Asks the questions of a set and keeps what came of them, a line of JSON each."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.cases import Place, Question, QuestionSet
from index.errors import InputError, QAError
from index.library import Library
from index.model import Span, version_name
from index.sources import read
from index.vectors import Encoder
from qa.answer import Answer
from qa.conversation import by_rules
from qa.engine import PASSAGES, Engine


class Found(BaseModel):
    """A passage that was retrieved."""

    article_id: str
    start: int
    end: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.article_id, Span(self.start, self.end))


class Record(BaseModel):
    """What came of a question: passages best first, and the answer unless there was an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    asked: str
    """A hash of the question, so that an answer is not taken for that of another one."""
    repeat: int
    found: list[Found]
    answer: Answer | None
    error: str = ""
    milliseconds: float


@contextmanager
def prepared(chosen: QuestionSet, folder: Path, encoder: Encoder) -> Iterator[Library]:
    """A library in `folder` with the articles of the set, and no others. InputError if one fails.

    Kept from run to run: what did not change is not embedded again.
    """
    library = Library(folder, encoder)
    try:
        rows = list(library.add(read([chosen.articles])))
        if problems := [row.error.message for row in rows if row.error]:
            raise InputError("\n".join(problems))
        wanted = {row.article_id for row in rows}
        for article_id in [a.id for a, _, _ in library.catalog.articles() if a.id not in wanted]:
            library.remove(article_id)
        for _ in library.embed():
            pass
        yield library
    finally:
        library.close()


def run(
    questions: Sequence[Question],
    library: Library,
    engine: Engine | None,
    answers: Path | None,
    repeat: int,
    workers: int,
    done: Callable[[], None],
) -> list[Record]:
    """A record a question and repeat, in order; without an engine, retrieval only.

    Records that `answers` holds already are not asked again; new ones are added to it as they
    come, so a run that was interrupted goes on. `done` is called for each.
    """
    known = {(r.case, r.asked, r.repeat): r for r in _stored(answers)}
    wanted = [(question, n) for question in questions for n in range(repeat)]
    todo = [(q, n) for q, n in wanted if (q.case.id, _asked(q), n) not in known]
    for _ in range(len(wanted) - len(todo)):
        done()
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(_ask, library, engine, question, n) for question, n in todo]
        try:
            for future in as_completed(waiting):
                record = future.result()
                known[record.case, record.asked, record.repeat] = record
                _store(record, answers)
                done()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [known[q.case.id, _asked(q), n] for q, n in wanted]


def _ask(library: Library, engine: Engine | None, question: Question, repeat: int) -> Record:
    started = time.perf_counter()
    case, filters = question.case, question.case.filters.filters()
    found, answer, error = [], None, ""
    try:
        answer = engine.ask(case.question, filters, case.history) if engine else None
        asked = answer.standalone_question if answer else by_rules(case.question, case.history)
        for hit in library.retrieve(asked, PASSAGES, filters).hits:
            passage = hit.found.passage
            span = passage.span
            found.append(Found(article_id=passage.article_id, start=span.start, end=span.end))
    except QAError as failure:
        error = failure.message
    taken = answer.timings_ms["total"] if answer else (time.perf_counter() - started) * 1000
    return Record(
        case=question.case.id,
        asked=_asked(question),
        repeat=repeat,
        found=found,
        answer=answer,
        error=error,
        milliseconds=round(taken, 1),
    )


def _asked(question: Question) -> str:
    case = question.case
    told = case.model_dump_json(include={"question", "history", "filters"})
    return version_name(told)[:12]


def _stored(answers: Path | None) -> Iterable[Record]:
    if answers is None or not answers.exists():
        return
    for number, line in enumerate(answers.read_text(encoding="utf-8").split("\n"), 1):
        if line:
            try:
                record = Record.model_validate_json(line)
            except ValidationError as error:
                raise InputError(f"{answers}:{number}: no stored answer", "delete it") from error
            if not record.error:
                yield record


def _store(record: Record, answers: Path | None) -> None:
    if answers:
        with answers.open("a", encoding="utf-8") as file:
            file.write(record.model_dump_json() + "\n")
