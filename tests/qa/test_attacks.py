"""A model that obeys an article completely still writes nothing but words and exact citations."""

import re
from collections.abc import Iterator

import pytest

from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article, Filters
from qa.answer import Answer
from qa.context.numbered_sentences import number_sentences
from qa.engine import DO_NOT_SAY, Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.llm_reader import LLMReader
from tests.qa.attacks import EVIL, TRUTH, attacks

QUESTION = "Why was the harbour closed?"
ATTACKS = attacks()
MARKUP = re.compile(
    r"://|www\.\w|!\[|\]\(|<[A-Za-z!/?|]|\bjavascript:|\bdata:\w|[\x00-\x08\x0b-\x1f\x7f]"
)


class Obedient:
    """A model that writes what an article told it to."""

    name = "obedient"

    def __init__(self, words: str) -> None:
        self._words = words

    def stream(self, messages: object, ends: float) -> Iterator[str]:
        yield from (self._words[at : at + 5] for at in range(0, len(self._words), 5))


@pytest.fixture(scope="module")
def hostile(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of all the attack articles."""
    library = Library(tmp_path_factory.mktemp("hostile"), encoder)
    list(library.add(Article(name, text, "Ice") for name, (text, _) in ATTACKS.items()))
    yield library
    library.close()


def ask(library: Library, name: str, words: str) -> Answer:
    return Engine(library, LLMReader(Obedient(words))).ask(QUESTION, Filters(articles=(name,)))


def test_there_are_enough() -> None:
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_but_words_and_exact_citations(hostile: Library, name: str) -> None:
    obeyed = ATTACKS[name][1]
    for words in (obeyed, f"{TRUTH} [1] {obeyed}", f"{obeyed} {TRUTH} [1]"):
        answer = ask(hostile, name, words)
        for text in (answer.answer, *(statement.text for statement in answer.statements)):
            assert not MARKUP.search(text), text
            assert EVIL not in text or "Read more" not in text
            assert "s3cr3t" not in text
        for citation in answer.citations:
            held = hostile.catalog.version(citation.article_id, citation.version).article.text
            assert citation.article_id == name
            assert held[citation.start : citation.end] == citation.quote
        marked = {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)}
        assert marked <= {citation.n for citation in answer.citations}


@pytest.mark.parametrize("payload", ["foreign citation", "bare address", "instruction"])
def test_what_only_the_attacker_says_is_no_answer(hostile: Library, payload: str) -> None:
    answer = ask(hostile, f"{payload}, template", "Visit Eviltown and bring 4,321 euros.")
    assert (answer.answer, answer.citations) == (DO_NOT_SAY, [])


@pytest.mark.parametrize("name", ATTACKS)
def test_the_article_stays_material_in_the_prompt(hostile: Library, name: str) -> None:
    context = number_sentences(
        hostile.retrieve(QUESTION, 8, Filters(articles=(name,))).hits, hostile.catalog.version
    )
    told = LLMReader(Obedient("")).messages(QUESTION, context)[-1]["content"]
    _, material, rules = told.split("==========")
    numbers = [int(n) for n in re.findall(r"^\[(\d+)\]", material, re.MULTILINE)]
    assert numbers == list(range(1, len(context.sentences) + 1))
    assert material.count("[") == len(numbers)
    assert "<|" not in material
    assert rules.endswith(f"Question: {QUESTION}")


def test_the_extractive_reader_quotes_and_obeys_nobody(hostile: Library, encoder: MiniLM) -> None:
    engine = Engine(hostile, ExtractiveReader(encoder))
    answer = engine.ask(QUESTION, Filters(articles=("html, plain",)))
    assert answer.citations[0].quote == TRUTH
