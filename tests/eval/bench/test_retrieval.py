"""The retrieval bench: each set alone, with the others, and among passages that answer nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from eval.bench.library_data import Question
from eval.bench.search.others import add_others
from eval.bench.search.retrieval import Asked, figures
from index.library import Library
from index.model import Article

DAM = "The dam at Orrin broke at noon. Mayor Ana Ruiz said that nobody had been hurt there."
SHIP = "The ship Marta sank off Kell. Her captain, Jon Dahl, was saved by a fishing boat at night."


def written(folder: Path, name: str, text: str, question: dict[str, Any], quote: str) -> None:
    """A set of one article and one question, which `quote` answers; the first sentence may stand
    beside it."""
    (folder / "natural" / name).mkdir(parents=True)
    spans = {"gold": quote, "also": text.partition(".")[0]}
    evidence = [
        {"article_id": "one", "start": text.index(words), "end": text.index(words) + len(words)}
        | {"role": role}
        for role, words in spans.items()
    ]
    row = {"id": "q", "type": "who", "answerable": True, "evidence": evidence} | question
    (folder / "natural" / name / "articles.jsonl").write_text(
        json.dumps({"id": "one", "title": name, "text": text})
    )
    (folder / "natural" / name / "questions.jsonl").write_text(json.dumps(row))


def printed(*words: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "eval.bench", "retrieval", "--json", *words]
    rows: list[dict[str, Any]] = json.loads(subprocess.run(command, stdout=-1, check=True).stdout)
    return rows


def test_every_library_and_index_has_its_row(tmp_path: Path) -> None:
    before = [{"question": "What happened to the dam at Orrin?", "answer": "It broke."}]
    asked = {"question": "and who is its mayor?", "history": before}
    written(tmp_path, "dam", DAM, asked, "Mayor Ana Ruiz")
    written(tmp_path, "ship", SHIP, {"question": "Who was the captain of the Marta?"}, "Jon Dahl")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "bread.txt").write_text("Bread is baked of flour, water and a little.")
    words = ["--data", str(tmp_path), "--texts", str(tmp_path / "texts"), "--others", "1"]
    ranks = tmp_path / "ranks"
    rows = printed(*words, "--sets", "natural/dam", "natural/ship", "--save", str(ranks))
    told = [(row["set"], row["library"], row["type"], row["by"]) for row in rows]
    assert told == [
        (f"natural/{name}", library, kind, by)
        for library in ("alone", "all in one", "among 1 others")
        for name in ("dam", "ship")
        for kind in ("all", "who")
        for by in ("product", "dense", "lexical")
    ]
    assert {row["@1"] for row in rows if row["library"] == "alone"} == {1.0}
    assert {row["@3"] for row in rows} == {1.0}
    again = printed(*words, "--sets", "natural/dam", "--against", str(ranks))
    assert {row["@3 gain"] for row in again} == {"+0.000 (+0.000 to +0.000)"}


def test_a_gain_is_counted_by_the_same_questions() -> None:
    def asked(id_: str, rank: int | None) -> Asked:
        ranks = {"product": rank, "dense": rank, "lexical": rank}
        return Asked("set", "alone", Question(id_, "?", True, ()), ranks)

    before = {asked(id_, None).key: {"product": 9, "dense": 9, "lexical": 9} for id_ in "ab"}
    done = [asked("a", 8), asked("b", None), asked("new", 1)]
    product = next(figures(done, before, by_type=False))
    assert product["@8 gain"].startswith("+0.500")
    assert product["@3 gain"].startswith("+0.000")


def test_no_passage_beside_is_there_twice_or_shares_a_sentence_with_gold(
    library: Library, tmp_path: Path
) -> None:
    gold = Article("gold", "Six workers died when the long bridge over the bay fell at night.")
    texts = {
        "a.txt": f"It is said: the news came early that day.\n\n{gold.text} The mayor wept.",
        "b.md": "This is what a licence says in every folder of every package.\n\nA page of its own"
        " that tells how the oven is to be heated before it is used.",
        "c.txt": "This is what a  LICENCE says in every folder of every package.",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert add_others(library, tmp_path / "none", [tmp_path], [gold], 99) == 2
    held = [library.catalog.version(a.id).article.text for a, _, _ in library.catalog.articles()]
    assert not any("workers" in text for text in held)
    assert sum("licence says" in text.lower() for text in held) == 1
