"""What to say of a source or an article that is not there: its likely spellings. Pure."""

import difflib
from collections.abc import Iterable

from index.errors import NotFound, UnknownFilter

_MOST = 3


def no_source(name: str, known: Iterable[str]) -> UnknownFilter:
    """`known` are the sources that there are."""
    return UnknownFilter(f"there is no source {name!r}", _near(name, known, "`qa info` shows them"))


def no_article(name: str, known: Iterable[str], kind: type[NotFound] = NotFound) -> NotFound:
    """`known` are ids of articles that there are."""
    return kind(f"there is no article {name!r}", _near(name, known, "`qa list` shows the ids"))


def _near(name: str, known: Iterable[str], otherwise: str) -> str:
    """A question whether one of the names most like this one is meant, small letters or capital;
    of ids that end with it, as the path of a file does with its name, those."""
    folded = {one.casefold(): one for one in known}
    wanted = name.casefold()
    ending = [one for one in folded if one.endswith(f"/{wanted}")][:_MOST]
    near = ending or difflib.get_close_matches(wanted, folded, _MOST)
    return f"did you mean {' or '.join(repr(folded[one]) for one in near)}?" if near else otherwise
