"""Drafts of questions for a person to edit: a name or number of a sentence left out. Pure."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from index.canonical import canonical
from index.model import Article
from index.sentences import sentences

UNANSWERABLE_EVERY = 4
"""One draft in so many is asked of all articles but the one that answers it."""

_FACT = re.compile(r"(?<=[a-z,] )(?:[A-ZÀ-Þ][\w’-]+(?: [A-ZÀ-Þ][\w’-]+)*|\d[\d,.]*\d)(?=[ ,.;])")
_WORDS = range(8, 40)


def drafts(articles: Sequence[Article], count: int) -> list[dict[str, Any]]:
    """At most `count` questions, spread over the articles, always the same for the same ones."""
    found = [one for article in articles for one in _of(article)]
    chosen = random.Random(0).sample(found, min(count, len(found)))
    ids = [article.id for article in articles]
    return [_case(n, *one, ids) for n, one in enumerate(chosen, 1)]


def to_yaml(folder: str, cases: Sequence[dict[str, Any]]) -> str:
    """A question set as a file, of articles in `folder`. It begins with what is left to do."""
    held = {"name": "draft", "articles": folder, "questions": list(cases)}
    body = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=1000)
    return "# Drafts: put each question into words that the article does not use.\n" + body


def _of(article: Article) -> Iterator[tuple[str, str, str]]:
    """Article id, sentence, and the fact to ask for, which it has once; of sentences that stand
    there once."""
    text = canonical(article.text)
    for span in sentences(text, article.language, lambda words: True):
        sentence = " ".join(span.of(text).split())
        facts = _FACT.finditer(sentence)
        fact = next((one for one in facts if len(_standing(one.group(), sentence)) == 1), None)
        if fact and len(sentence.split()) in _WORDS and text.count(span.of(text).strip()) == 1:
            yield article.id, sentence, fact.group()


def _standing(fact: str, sentence: str) -> list[re.Match[str]]:
    """Where it stands as whole words."""
    return list(re.finditer(rf"(?<!\w){re.escape(fact)}(?!\w)", sentence))


def _case(n: int, article: str, sentence: str, fact: str, ids: Sequence[str]) -> dict[str, Any]:
    (place,) = _standing(fact, sentence)
    blank = f"{sentence[: place.start()]}____{sentence[place.end() :]}"
    asked = f"What is missing here: “{blank}”"
    case: dict[str, Any] = {"id": f"draft-{n}", "question": asked, "answerable": True}
    if n % UNANSWERABLE_EVERY == 0 and len(ids) > 1:
        others = [one for one in ids if one != article]
        return case | {"answerable": False, "filters": {"article": others}}
    return case | {"evidence": [{"article": article, "quote": sentence}], "answer": [fact]}
