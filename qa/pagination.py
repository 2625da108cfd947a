"""Where a page of articles ends, as a word for an address. Pure."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from index.errors import InputError
from index.model import Article, epoch_seconds

_NO_PLACE = (ValueError, TypeError, OverflowError, OSError, AttributeError, RecursionError)


def cursor(article: Article) -> str:
    """A word that names the place of an article among all, newest first."""
    moment = article.published_at
    place = [None if moment is None else epoch_seconds(moment), article.id]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(word: str) -> Article:
    """An article with the date and the id that a cursor names. InputError if it is none."""
    try:
        seconds, id_ = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        id_.encode()  # no lone surrogates
        moment = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
        return Article(id=id_, text="", published_at=moment)
    except _NO_PLACE as error:
        raise InputError("this is no cursor", "take `next` of the page before") from error
