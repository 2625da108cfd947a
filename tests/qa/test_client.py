"""A library behind a server is the same library."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index import errors
from index.encoder.minilm import MiniLM
from index.errors import ArticleError, InputError, NotFound, ServiceUnavailable, Unauthorized
from index.library import Library
from index.model import Article, Filters
from index.sources import read
from qa.answer import DoneEvent, ErrorEvent, FinalEvent, Turn
from qa.client import BATCH_CHARS, Client, is_full
from qa.service import Service
from tests.api_server import Serve, Served, serving
from tests.conftest import SAMPLES
from tests.index.test_library import of_before
from tests.openai_server import OpenAIServer, Reply, refused

QUESTION = "What conditions did Zelenskyy propose?"
ALL = Filters()


@pytest.fixture(scope="module")
def far(samples: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(samples, tmp_path_factory.mktemp("far")) as served:
        yield served


@pytest.fixture
def client(far: Served) -> Iterator[Client]:
    with Client(far.url) as client:
        yield client


def answered(service: Service, question: str, filters: Filters = ALL) -> list:
    events = list(service.stream(question, filters, [Turn(question="Who?")]))
    return [e.model_copy(update={"answer": e.answer.model_copy(update={"timings_ms": {}})})
            if isinstance(e, FinalEvent) else e for e in events]  # fmt: skip


def test_it_gives_what_the_library_itself_gives(client: Client, far: Served) -> None:
    local = far.service
    assert answered(client, QUESTION) == answered(local, QUESTION)
    assert answered(client, " ") == answered(local, " ")
    filters = Filters(("Harbour Wire",), (), datetime(2024, 1, 1, tzinfo=UTC))
    assert client.search("NATO", 5, filters) == local.search("NATO", 5, filters)
    assert list(client.articles()) == list(local.articles())
    for row in local.articles():
        assert client.article(row.id, row.version[:9]) == local.article(row.id)
    assert client.info() == local.info()
    assert (client.readers, client.backlog) == (["extractive"], 0)
    assert list(client.embed()) == []


def test_errors_are_those_of_the_library(client: Client, far: Served) -> None:
    for ask in (client, far.service):
        with pytest.raises(NotFound, match="there is no article 'nothing'") as caught:
            ask.article("nothing")
        assert caught.value.hint == "`qa list` shows the ids"
        with pytest.raises(NotFound):
            ask.remove("nothing")


def test_half_a_character_is_no_text_to_either(client: Client, far: Served) -> None:
    for ask in (client, far.service):
        for asked in (lambda ask=ask: ask.article("\udcff"), lambda ask=ask: ask.remove("\udcff")):
            with pytest.raises(InputError, match="is not text"):
                asked()


@pytest.mark.parametrize("url", ["http://[::1", "http://a:b", "\udcff"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="is no address"):
        Client(url)


def test_articles_are_added_as_they_are(serve: Serve, library: Library) -> None:
    served = serve(library=library)
    items: list[Article | ArticleError] = [
        *read([SAMPLES]),
        ArticleError("x.exe", "is none"),
        Article("same", "First text."),
        Article("same", "Second text. \ud800 👍"),
        Article("blank", "\x85 \n"),
    ]
    with Client(served.url) as client:
        rows = list(client.add(iter(items)))
        told = {row.article_id: row.outcome for row in rows}
        assert [row.article_id for row in rows][32:] == ["x.exe", "same", "same", "blank"]
        assert [row.outcome for row in rows][32:] == ["failed", "added", "updated", "failed"]
        assert set(list(told.values())[:32]) == {"added"}
        for item in items[:32]:
            assert isinstance(item, Article)
            kept = library.catalog.version(item.id).article
            assert (kept.title, kept.source, kept.published_at, kept.language) == (
                item.title, item.source, item.published_at, item.language,
            )  # fmt: skip
        client.remove("same")
        assert {row.outcome for row in client.add(iter(items[:32]))} == {"unchanged"}
    assert "same" not in {row.id for row in served.service.articles()}


def test_an_id_of_before_is_found_again_behind_a_server(
    serve: Serve, encoder: MiniLM, tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("It rained.")
    of_before(tmp_path / "library", encoder, [Article(str(path), "It rained.", "note")])
    with closing(Library(tmp_path / "library", encoder)) as library:
        served = serve(library=library)
        with Client(served.url) as client:
            (row,) = client.add(read([path]))
            assert (row.article_id, row.outcome) == (str(path), "unchanged")


def test_what_was_left_out_before_an_upload_is_said(serve: Serve, library: Library) -> None:
    with Client(serve(library=library).url) as client:
        (row,) = client.add([Article("a", "It sank.", notices=("a.txt: left out: a date",))])
    assert (row.outcome, row.notices) == ("added", ["a.txt: left out: a date"])


def test_uploads_are_small_and_have_each_id_once() -> None:
    def batches(*items: Article) -> list[int]:
        sizes, batch = [], []
        for item in items:
            if is_full(batch, item):
                sizes, batch = [*sizes, len(batch)], []
            batch.append(item)
        return [*sizes, len(batch)]

    small = [Article(str(n), "Text.") for n in range(70)]
    large = [Article(str(n), "x" * (BATCH_CHARS // 2)) for n in range(5)]
    assert batches(*small) == [32, 32, 6]
    assert batches(*large) == [2, 2, 1]
    assert batches(small[0], small[1], small[0]) == [2, 1]
    assert batches(Article("huge", "x" * 3 * BATCH_CHARS), small[0]) == [1, 1]


def test_a_key_is_sent(serve: Serve) -> None:
    served = serve()
    secret = served.keys.add("joe", "ask")
    with Client(served.url, secret) as client:
        assert client.readers
    with Client(served.url) as client:
        with pytest.raises(Unauthorized):
            client.info()
        events = list(client.stream(QUESTION, ALL))
        assert [type(event) for event in events] == [ErrorEvent, DoneEvent]
        with pytest.raises(Unauthorized):
            raise events[0].error()


def test_uploads_wait_for_a_busy_server(serve: Serve, library: Library) -> None:
    served = serve(library=library)
    turns = served.app._app.state.dependencies.writing
    turns._most_waiting = 0
    threading.Timer(1.2, setattr, (turns, "_most_waiting", 32)).start()
    with Client(served.url) as client:
        assert [row.outcome for row in client.add([Article("a", "Text.")])] == ["added"]


def test_a_long_conversation_is_cut_and_a_key_that_is_none_refused(client: Client) -> None:
    events = list(client.stream(QUESTION, ALL, [Turn(question="Who?")] * 80))
    assert isinstance(events[-2], FinalEvent)
    with pytest.raises(InputError):
        Client("http://127.0.0.1:1", "ключ")


def test_nobody_there() -> None:
    with Client("http://127.0.0.1:1") as client:
        for attempt in (client.info, lambda: client.article("a"), lambda: client.remove("a")):
            with pytest.raises(ServiceUnavailable, match="cannot be reached"):
                attempt()
        event, _ = client.stream(QUESTION, ALL)
        assert isinstance(event, ErrorEvent)
        assert (event.kind, event.error().exit_code) == ("ServiceUnavailable", 6)
    with Client("nonsense") as client, pytest.raises(ServiceUnavailable):
        client.info()


def test_another_program_is_there(openai_server: OpenAIServer) -> None:
    openai_server.replies = [refused(500, "what?"), Reply((b"<html>",)), Reply((b"hello",), 418)]
    with Client(openai_server.url) as client:
        with pytest.raises(ServiceUnavailable):
            client.info()
        for _ in range(3):
            event, _ = client.stream(QUESTION, ALL)
            assert isinstance(event, ErrorEvent)
            assert event.kind == "ServiceUnavailable"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'event: meta\ndata: {"question":"x","standalone_question":"x","reader":"x"}\n\n',
        b'event: delta\ndata: {"text":"A"}\n\nevent: del',
        b"event: nonsense\ndata: {}\n\n",
        b"event: final\ndata: {}\n\n",
    ],
)
def test_a_stream_that_breaks_off_is_an_error(openai_server: OpenAIServer, body: bytes) -> None:
    openai_server.replies = [Reply((body,))]
    with Client(openai_server.url) as client:
        *_, error, done = client.stream(QUESTION, ALL)
    assert isinstance(error, ErrorEvent)
    assert isinstance(done, DoneEvent)
    assert error.kind == "ServiceUnavailable"


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that closes every connection."""
    with socket.create_server(("127.0.0.1", 0)) as bound:

        def accept() -> None:
            try:
                while True:
                    bound.accept()[0].close()
            except OSError:
                return

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        bound.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_server_that_hangs_up() -> None:
    with hanging_up() as url, Client(url) as client, pytest.raises(ServiceUnavailable):
        client.info()


def test_every_error_crosses_the_wire() -> None:
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.QAError):
            error = errors.error_named(kind.__name__, "what", "do")
            assert (type(error), error.message, error.hint) == (kind, "what", "do")
