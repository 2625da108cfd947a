"""Articles over HTTP: added, listed, read, found, forgotten."""

from urllib.parse import quote

import pytest

from index.library import Library
from qa.api.routes.articles import MAX_FILES
from tests.api_server import Serve, Served
from tests.conftest import SAMPLES

IDS = [
    "plain",
    "https://example.org/a?b=1&c=2#d",
    "50% off/ü 👍",
    "a//b/",
    "%2F",
    "..\\x",
    "a+b;c",
]


@pytest.fixture
def writable(serve: Serve, library: Library) -> Served:
    return serve(library=library)


def test_pages_go_through_all_articles_once(served: Served) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        params = {"limit": 7, "cursor": cursor}
        page = served.http.get("/articles", params=params).json()
        assert page["total"] == 32
        seen += [row["id"] for row in page["articles"]]
        cursor = page["next"]
    assert seen == [row.id for row in served.service.articles()]
    assert len(set(seen)) == 32


def test_undated_articles_are_on_the_last_page(writable: Served) -> None:
    dates = {"a": None, "b": "2024-01-02", "c": None, "d": "2024-01-02", "e": "2024-01-03"}
    for id_, date in dates.items():
        body = {"id": id_, "text": f"Text of {id_}.", "published_at": date}
        assert writable.http.post("/articles", json=body).status_code == 200
    ids, cursor = "", ""
    while cursor is not None:
        page = writable.http.get("/articles", params={"limit": 1, "cursor": cursor}).json()
        ids, cursor = ids + page["articles"][0]["id"], page["next"]
    assert ids == "ebdac"


def test_a_date_that_nobody_can_tell_loses_no_article_and_is_said(writable: Served) -> None:
    body = {"id": "a", "text": "It sank.", "published_at": "12/11/2023"}
    (row,) = writable.http.post("/articles", json=body).json()["articles"]
    assert row["outcome"] == "added"
    assert row["notices"][0].startswith("a: left out: published_at: '12/11/2023' may be two dates")
    assert writable.http.get("/articles/a").json()["published_at"] is None


@pytest.mark.parametrize("article_id", IDS)
def test_any_id_works_when_it_is_encoded(writable: Served, article_id: str) -> None:
    path = f"/articles/{quote(article_id, safe='')}"
    body = {"id": article_id, "text": "The ship sank. All were saved.", "title": "Ship"}
    (row,) = writable.http.post("/articles", json=body).json()["articles"]
    assert (row["article_id"], row["outcome"]) == (article_id, "added")
    article = writable.http.get(path).json()
    assert (article["id"], article["text"]) == (article_id, body["text"])
    assert [body["text"][a:b] for a, b in article["sentences"]] == [
        "The ship sank. ",
        "All were saved.",
    ]
    assert writable.http.delete(path).status_code == 204
    assert writable.http.get(path).status_code == 404
    assert writable.http.delete(path).status_code == 404


@pytest.mark.parametrize("article_id", [".", ".."])
def test_an_id_that_no_address_can_end_with_is_refused(writable: Served, article_id: str) -> None:
    response = writable.http.post("/articles", json={"id": article_id, "text": "It sank."})
    assert (response.status_code, "id cannot be" in response.text) == (422, True)


def test_a_form_is_known_by_any_spelling(writable: Served) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        b"The ship sank.\r\n--b--\r\n"
    )
    headers = {"Content-Type": "Multipart/Form-Data; boundary=b"}
    response = writable.http.post("/articles", content=body, headers=headers)
    assert [row["article_id"] for row in response.json()["articles"]] == ["a.txt"]


def test_old_versions_stay_readable(writable: Served) -> None:
    for text in ("Ten were saved.", "Twelve were saved."):
        writable.http.post("/articles", json={"id": "a", "text": text})
    first, second = writable.http.get("/articles/a").json()["versions"]
    read = [writable.http.get("/articles/a", params={"version": v[:12]}).json()["text"]
            for v in (first, second)]  # fmt: skip
    assert read == ["Ten were saved.", "Twelve were saved."]
    assert writable.http.get("/articles/a", params={"version": "0" * 64}).status_code == 404


def test_an_article_is_searchable_when_it_is_added(writable: Served) -> None:
    body = {"id": "z", "text": "The lighthouse of Zmeinyi fell.", "source": "Wire"}
    assert writable.http.post("/articles", json=body).json()["backlog"] == 1
    found = writable.http.get("/search", params={"q": "lighthouse Zmeinyi"}).json()
    assert [row["article_id"] for row in found["passages"]] == ["z"]
    assert found["passages"][0]["lexical_rank"] == 1
    other = {"q": "lighthouse Zmeinyi", "source": "Another"}
    response = writable.http.get("/search", params=other)
    assert (response.status_code, response.json()["detail"]) == (
        404,
        "there is no source 'Another'",
    )


def test_files_of_every_kind_are_uploaded(writable: Served) -> None:
    rows = b'{"id": "r1", "text": "One."}\n{"id": "r2", "text": "Two."}\nnonsense\n'
    pdf = SAMPLES / "baltimore-settlement-2024-10.pdf"
    files = [
        ("file", ("note.md", b"---\ntitle: Note\n---\nIt rained.\n")),
        ("file", ("page.html", b"<html><body><article><p>" + b"It snowed. " * 30)),
        ("file", ("rows.jsonl", rows)),
        ("file", (pdf.name, pdf.read_bytes())),
        ("file", ("binary.exe", b"MZ")),
    ]
    response = writable.http.post("/articles", files=files, data={"source": "Desk"})
    told = [(row["article_id"], row["outcome"]) for row in response.json()["articles"]]
    assert told == [
        ("note.md", "added"),
        ("page.html", "added"),
        ("r1", "added"),
        ("r2", "added"),
        ("rows.jsonl", "failed"),
        ("baltimore-settlement-2024-10", "added"),
        ("binary.exe", "failed"),
    ]
    assert writable.http.get("/articles/note.md").json()["source"] == "Desk"
    assert writable.http.get("/info").json()["articles"] == 5


def test_files_of_one_name_are_not_taken_for_one(writable: Served) -> None:
    files = [("file", ("index.txt", text)) for text in (b"It rained.", b"It snowed.")]
    first, second = writable.http.post("/articles", files=files).json()["articles"]
    assert (first["outcome"], second["outcome"]) == ("added", "failed")
    assert "id 'index.txt' is already that of index.txt" in second["error"]
    assert writable.http.get("/articles/index.txt").json()["text"] == "It rained."


def test_an_upload_is_named_by_its_file_whatever_it_says_of_its_address(writable: Served) -> None:
    page = (
        b"<head><link rel=canonical href='https://a.org/story'></head><p>It rained in %s all day."
    )
    files = [("file", (f"{name}.html", page % name.encode())) for name in ("Ayr", "Rye")]
    rows = writable.http.post("/articles", files=files).json()["articles"]
    assert [row["outcome"] for row in rows] == ["added", "added"]
    assert writable.http.get("/articles/Rye.html").json()["url"] == "https://a.org/story"


def test_nothing_stored_is_a_problem(writable: Served) -> None:
    upload = writable.http.post("/articles", files={"file": ("a.exe", b"MZ")})
    assert upload.status_code == 422
    assert upload.json()["errors"] == [
        {"where": "a.exe", "message": "a.exe: .exe files are not read"}
    ]
    empty = writable.http.post("/articles", json={"text": " "})
    assert (empty.status_code, empty.json()["type"]) == (422, "/docs#InvalidRequest")
    other = {"file": ("a.txt", b"It rained."), "sourec": b"Wire"}
    refused = writable.http.post("/articles", files=other)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "sourec")
    assert writable.http.post("/articles", content=b"{").status_code == 422
    many = [("file", (f"{n}.txt", b"x")) for n in range(MAX_FILES + 1)]
    assert writable.http.post("/articles", files=many).status_code == 400
    assert writable.http.get("/info").json()["articles"] == 0


def test_what_is_too_large_is_refused(writable: Served) -> None:
    chunks = (b" " * 2**20 for _ in range(70))
    response = writable.http.post("/articles", content=chunks)
    assert response.status_code == 413
    assert response.json()["type"] == "/docs#TooLarge"


def test_a_cursor_that_is_none_is_refused(served: Served) -> None:
    response = served.http.get("/articles", params={"cursor": "bm9uc2Vuc2U"})
    assert (response.status_code, response.json()["detail"]) == (400, "this is no cursor")
