"""What a run keeps of a question, and what it is the record of."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.question_sets import read_set
from eval.run import Record, reader_key, run
from index.library import Library
from index.search.retriever import Hit
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.settings import Settings
from tests.conftest import SAMPLES


def backwards(question: str, hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, rank=rank) for rank, hit in enumerate(reversed(hits), 1)]


def test_what_was_found_is_what_the_reader_got(samples: Library) -> None:
    questions = read_set(SAMPLES.parent).located(samples.catalog.version)[:1]
    engine = Engine(samples, ExtractiveReader(samples.encoder), rerank=backwards)

    def places(engine: Engine | None) -> list[tuple[str, int, int]]:
        record: Record
        (record,) = run(questions, samples, engine, "r", None, 1, 1, lambda: None)
        return [(one.article_id, one.start, one.end) for one in record.found]

    hits = samples.retrieve(questions[0].case.question, 16).hits
    laid = [hit.record.passage for hit in reversed(hits)][:8]
    assert places(engine) == [(one.article_id, one.span.start, one.span.end) for one in laid]
    assert places(None) == places(Engine(samples, ExtractiveReader(samples.encoder)))


def test_a_record_is_of_a_reader_with_its_settings_and_files(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    weights = tmp_path / "reader.onnx"
    weights.write_bytes(b"1")
    first = reader_key("extractive", settings, [weights])
    assert reader_key("extractive", replace(settings, data=tmp_path / "other"), [weights]) == first
    (tmp_path / "answer.jinja").write_text("{{ question }}")
    others = [
        reader_key("extractive", replace(settings, **change), [weights])
        for change in (
            {"reader": "small"},
            {"strictness": 0.5},
            {"rerank": False},
            {"llm_window": 4_096},
            {"embeddings": "e"},
            {"base_url": "http://127.0.0.1/v1"},
            {"deadline_seconds": 5.0},
            {"prompts": tmp_path},
        )
    ]
    weights.write_bytes(b"2")
    others.append(reader_key("extractive", settings, [weights]))
    assert len({first, *others}) == 10
