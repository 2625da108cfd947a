"""Asks the questions of a set and keeps what came of them, a line of JSON each."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.json_lines import add, lines, mend
from eval.question_sets import Case, Place, Question, QuestionSet, articles_of
from index.errors import InputError, QAError
from index.indexes.vector_index import Encoder
from index.library import Library
from index.model import Span, version_name
from qa.answer import Answer
from qa.engine import PASSAGES, Engine
from qa.readers.llm.prompt_templates import PROMPTS
from qa.settings import Settings
from qa.standalone_questions import by_rules


class Found(BaseModel):
    """A passage that the reader got, or would, of the version that was the article's then."""

    article_id: str
    version: str
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
    reader: str
    """Who read, and with what; see `reader_key`."""
    repeat: int
    found: list[Found]
    answer: Answer | None
    error: str = ""
    milliseconds: float

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is the record of."""
        return self.case, self.asked, self.reader, self.repeat

    def texts(self) -> set[tuple[str, str]]:
        """Article and version of all that it points into."""
        found = {(one.article_id, one.version) for one in self.found}
        cited = self.answer.citations if self.answer else []
        return found | {(one.article_id, one.version) for one in cited}


OWN = "question-set"
"""The file that says that a folder is ours to delete articles from."""


@contextmanager
def prepared(chosen: QuestionSet, folder: Path, encoder: Encoder) -> Iterator[Library]:
    """A library in `folder` with the articles of the set, and no others. InputError if one fails,
    or if the folder holds something that is not such a library.

    Kept from run to run: what did not change is not embedded again.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / OWN).exists():
        raise InputError(f"{folder} is not a folder of `qa eval`", "move it, or name another set")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OWN).write_text(chosen.name + "\n", encoding="utf-8")
    library = Library(folder, encoder)
    try:
        rows = list(library.add(articles_of(chosen.articles)))
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


def reader_key(reader: str, settings: Settings, files: Sequence[Path]) -> str:
    """Names a reader, the settings and prompts that it reads with, and what the files hold that
    it goes by: recordings, or a network and its calibration."""
    own = {file.name: settings.prompts / file.name for file in PROMPTS.glob("*.jinja")}
    prompts = [one if one.is_file() else PROMPTS / name for name, one in sorted(own.items())]
    asking = [one for one in prompts if not one.name.startswith("judge_")]
    held = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (*asking, *files)]
    wanted = (
        *(settings.reader, settings.strictness, settings.rerank, settings.embeddings),
        *(settings.base_url, settings.llm_window, settings.deadline_seconds),
    )
    return f"{reader} {hashlib.sha256(repr((wanted, held)).encode()).hexdigest()[:12]}"


def run(
    questions: Sequence[Question],
    library: Library,
    engine: Engine | None,
    reader: str,
    answers: Path | None,
    repeat: int,
    workers: int,
    done: Callable[[], None],
) -> list[Record]:
    """A record a question and repeat, in order; without an engine, retrieval only.

    Records of this `reader` that `answers` holds already are not asked again, unless an article
    that they point into has changed; new ones are added to it as they come, so a run that was
    interrupted goes on. `done` is called for each.
    """
    today = {(article.id, name) for article, name, _ in library.catalog.articles()}
    known = {record.key: record for record in _stored(answers) if record.texts() <= today}
    wanted = [(question, n) for question in questions for n in range(repeat)]
    keys = [(q.case.id, _asked(q), reader, n) for q, n in wanted]
    todo = [one for one, key in zip(wanted, keys, strict=True) if key not in known]
    for _ in range(len(wanted) - len(todo)):
        done()
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(_ask, library, engine, reader, q, n) for q, n in todo]
        try:
            for future in as_completed(waiting):
                record = future.result()
                known[record.key] = record
                if answers:
                    add(answers, record.model_dump_json())
                done()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [known[key] for key in keys]


def _ask(
    library: Library, engine: Engine | None, reader: str, question: Question, repeat: int
) -> Record:
    started = time.perf_counter()
    case, filters = question.case, question.case.filters.filters()
    found, answer, error = list[Found](), None, ""
    try:
        answer = engine.ask(case.question, filters, case.history) if engine else None
        found = _laid(answer) if answer else _retrieved(library, case)
    except QAError as failure:
        error = failure.message
    taken = answer.timings_ms["total"] if answer else (time.perf_counter() - started) * 1000
    return Record(
        case=question.case.id,
        asked=_asked(question),
        reader=reader,
        repeat=repeat,
        found=found,
        answer=answer,
        error=error,
        milliseconds=round(taken, 1),
    )


def _laid(answer: Answer) -> list[Found]:
    """What the reader got."""
    return [Found.model_validate(place.model_dump()) for place in answer.read.places]


def _retrieved(library: Library, case: Case) -> list[Found]:
    """What the library finds for a reader."""
    asked = by_rules(case.question, case.history)
    hits = library.retrieve(asked, PASSAGES, case.filters.filters()).hits
    passages = [hit.record.passage for hit in hits]
    return [
        Found(
            article_id=one.article_id, version=one.version, start=one.span.start, end=one.span.end
        )
        for one in passages
    ]


def _asked(question: Question) -> str:
    case = question.case
    told = case.model_dump_json(include={"question", "history", "filters"})
    return version_name(told)[:12]


def _stored(answers: Path | None) -> Iterator[Record]:
    """The records of a file without those of a failure. The file is mended for what follows."""
    if answers is None or not answers.exists():
        return
    mend(answers)
    for number, line in lines(answers):
        try:
            record = Record.model_validate_json(line)
        except ValidationError as error:
            raise InputError(f"{answers}:{number}: no stored answer", "delete the line") from error
        if not record.error:
            yield record
