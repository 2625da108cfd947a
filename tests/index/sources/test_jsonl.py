"""JSON lines: an article a row, and each bad row by its line."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest

from index.errors import ArticleError
from index.model import Article
from index.sources import jsonl
from index.sources.decoding import MAX_FILE_BYTES


def test_every_field(article):
    row = {
        "id": 7,
        "title": "The\nbridge",
        "url": "https://example.org/a",
        "source": "Example",
        "author": ["Ann", "Ben"],
        "published_at": 1733184000,
        "language": "uk",
        "text": "Body.\r\n ",
        "unknown": {"key": [1, None]},
    }
    found = article("rows.jsonl", json.dumps(row), source="Ignored")
    assert found == Article(
        id="7",
        text="Body.\r\n ",
        title="The bridge",
        url="https://example.org/a",
        source="Example",
        author="Ann, Ben",
        published_at=datetime(2024, 12, 3, tzinfo=UTC),
        language="uk",
    )


def test_nulls_are_absent(article):
    row = '{"text": "Body.", "id": null, "title": null, "published_at": null}'
    found = article("rows.ndjson", row, source="S")
    assert (found.title, found.source, found.published_at) == ("", "S", None)


def test_a_row_without_id_keeps_its_name_when_rows_move(outcomes):
    (alone,) = outcomes("rows.jsonl", '{"text": "One."}')
    _, moved = outcomes("rows.jsonl", '{"text": "Zero."}\n\n{"text": "One."}')
    assert alone.id == moved.id
    assert alone.id.endswith("rows.jsonl#70277bfc409b")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{'text': 1}", "not JSON: Expecting property name enclosed in double quotes in column 2"),
        (b'{"text": "a"', "not JSON: Expecting ',' delimiter in column 13"),
        (b'["a"]', 'not an object; write {"text": "..."}, one a line'),
        (b'"a"', 'not an object; write {"text": "..."}, one a line'),
        (b'{"title": "a"}', "text is missing"),
        (b'{"text": 5}', "text is not a string"),
        (b'{"text": null}', "text is not a string"),
        (b'{"text": " \\n"}', "text is empty"),
        (b'{"content": 5}', "content is not a string"),
        (b'{"text": NaN}', "text is not a string"),
        (b'{"text": "a", "text": "b"}', "text is given twice"),
        (b'{"text": "a", "id": "x", "id": "y"}', "id is given twice"),
        (b'{"text": "a", "id": true}', "id is not text"),
        (b'{"text": "caf\xe9"}', "not UTF-8: byte 0xe9 in column 14"),
        (b"[" * 100_000, "JSON is nested too deeply"),
        (b'{"text": "a", "id": ' + b"9" * 5_000 + b"}", "not JSON: Exceeds the limit"),
        (b'{"text": "a", "id": ' + b"[" * 500 + b"]" * 500 + b"}", "id is not text"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_read(outcomes, row, reason):
    first, bad, last = outcomes("r.jsonl", b'{"text": "One."}\n\n' + row + b'\n{"text": "Two."}')
    assert (first.text, last.text) == ("One.", "Two.")
    assert bad.reason.startswith(reason)
    assert bad.message.endswith(f"r.jsonl:3: {bad.reason}")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('"published_at": "x"', "published_at: 'x' is not a date; write it as"),
        ('"published_at": 1e400', "published_at: inf is not a date"),
        ('"title": {}', "title is not text"),
        ('"title": "a", "title": "b"', "title is given twice"),
        ('"date": "2024-05-01", "date": "2024-05-02"', "date is given twice"),
        ('"author": 1e400', "author is not text"),
        ('"link": "javascript:x"', "link is no http or https address: 'javascript:x'"),
    ],
)
def test_a_bad_field_loses_no_row_and_is_said_with_its_line(article, row, told):
    found = article("r.jsonl", f'\n{{"text": "One.", "source": "S", {row}}}')
    assert (found.text, found.source, found.published_at) == ("One.", "S", None)
    (notice,) = found.notices
    assert f"r.jsonl:2: left out: {told}" in notice


@pytest.mark.parametrize("row", ['"author": NaN', '"x": -Infinity', '"x": {"a": 1, "a": 2}'])
def test_no_value_is_no_fault(article, row):
    found = article("r.jsonl", f'{{"text": "One.", {row}}}')
    assert (found.text, found.author, found.notices) == ("One.", "", ())


@pytest.mark.parametrize(
    "row",
    [
        '"content": "One."',
        '"body": "One."',
        '"articleBody": "One."',
        '"text": "", "content": "One."',
        '"text": null, "body": "One."',
        '"content": "Two.", "text": "One."',
    ],
)
def test_the_text_by_other_names(article, row):
    assert article("r.jsonl", f"{{{row}}}").text == "One."


def test_an_id_given_twice(outcomes):
    first, again = outcomes("r.jsonl", '{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}')
    assert first.origin.endswith("r.jsonl:1")
    assert again.message.endswith(f"r.jsonl:2: id '1' is already that of {first.origin}")


def test_lone_surrogates_come_through(article):
    found = article("r.jsonl", '{"text": "a\\ud800b", "title": "t\\udfff"}')
    assert (found.text, found.title) == ("a\ud800b", "t")


def test_marks(outcomes):
    rows = '{"text": "Перший."}\n{"text": "Другий."}\n'
    for charset in ("utf-8-sig", "utf-16"):
        assert [found.text for found in outcomes("r.jsonl", rows.encode(charset))] == [
            "Перший.",
            "Другий.",
        ]


def test_binary(fault):
    assert fault("r.jsonl", b'{"text"\0\n' * 3).reason == "is binary, not text"


def test_a_line_too_long_is_skipped():
    long = b'{"text": "' + b"a" * (MAX_FILE_BYTES + 10) + b'"}\n'
    first, second, third = jsonl.read(
        BytesIO(b'{"text": "a"}\n' + long + b'{"text": "b"}'), "r", {}
    )
    assert isinstance(second, ArticleError)
    assert second.message == "r:2: the line is longer than 67,108,864 bytes"
    assert (first.text, third.text) == ("a", "b")


def test_rows_are_read_one_at_a_time():
    stream = BytesIO(b'{"text": "a"}\n' * 100_000)
    next(jsonl.read(stream, "r", {}))
    assert stream.tell() == len(b'{"text": "a"}\n')
