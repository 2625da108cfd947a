"""Plain text and Markdown source, which may begin with front matter."""

from pathlib import PurePath

from index.model import Article
from index.sources import titles
from index.sources.decoding import decode
from index.sources.fields import Fields, article
from index.sources.front_matter import split
from index.sources.markdown import without_comments

PLAIN = frozenset({".txt", ".text"})


def read(data: bytes, name: str, defaults: Fields) -> Article:
    """The article in `data`; its text is the body as written, Markdown less its comments.

    `name` is the file's (or "-"), for errors, the kind of text and the last resort of a title.
    ArticleError if it is no text, empty, or its front matter is broken.
    """
    given, body = split(decode(data, name), name)
    is_plain = PurePath(name).suffix.lower() in PLAIN
    body = body if is_plain else without_comments(body)
    title = titles.from_text(body) if is_plain else titles.from_markdown(body)
    return article(body, given, {**defaults, "title": title or titles.from_name(name)}, name)
