"""What is wrong with a library: the catalog's rows as they are, then an index against them.

Nothing that is read here is trusted, so the rows are not made into values first. Each problem is
a line that ends with what mends it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.catalog.database import Database, slices
from index.catalog.tables import articles, passages, vectors, versions
from index.model import version_name

UNIT = 1e-3
"""How far from 1 a vector's length may be."""

_AGAIN = "remove the article and add it again"
_REBUILD = "run `qa rebuild`"


def catalog_problems(database: Database, dimension: int) -> Iterator[str]:
    """What is wrong with versions, passages and vectors; `dimension` is the encoder's."""
    yield from _version_problems(database)
    yield from _passage_problems(database)
    if bad := unusable_vectors(database, dimension):
        yield f"{len(bad)} vectors are not of {dimension} numbers and length 1; {_REBUILD}"


def index_problems(
    name: str, held: Iterable[int], due: Iterable[int], waiting: Iterable[int]
) -> Iterator[str]:
    """The ids that an index holds and those that it has to hold, but for `waiting`: passages
    of changes that it has not come to yet."""
    missing, extra = set(due).difference(held, waiting), set(held).difference(due, waiting)
    if missing or extra:
        lacks = f"lacks {len(missing)} passages and has {len(extra)} extra"
        yield f"the {name} index {lacks}; {_REBUILD}"


def unusable_vectors(database: Database, dimension: int) -> list[int]:
    """The ids of passages whose vector nothing can be compared with, ascending."""
    wrong: list[int] = []
    with database.reading() as connection:
        ids = list(connection.scalars(sa.select(vectors.c.passage_id).order_by("passage_id")))
        for part in slices(ids):
            query = sa.select(vectors).where(vectors.c.passage_id.in_(part))
            rows = connection.execute(query).mappings()
            wrong += [r["passage_id"] for r in rows if not _is_unit(r["vector"], dimension)]
    return sorted(wrong)


def _is_unit(stored: bytes, dimension: int) -> bool:
    if len(stored) != 4 * dimension:
        return False
    length = np.linalg.norm(np.frombuffer(stored, dtype="<f4").astype(np.float64))
    return bool(abs(length - 1) < UNIT)


def _version_problems(database: Database) -> Iterator[str]:
    with database.reading() as connection:
        for row in connection.execute(sa.select(versions)).mappings():
            text, name = row["text"], row["version"]
            whose = f"{row['article_id']!r}, version {name[:12]}"
            if version_name(text) != name:
                yield f"the text of {whose}, is not the one that its version names; {_AGAIN}"
            if not _tile(_ends(row["sentence_ends"]), len(text)):
                yield f"the sentences of {whose}, do not tile its text; {_AGAIN}"


def _ends(packed: bytes) -> NDArray[np.uint32]:
    """Where sentences end; none if the bytes are no whole numbers."""
    return np.frombuffer(packed if len(packed) % 4 == 0 else b"", dtype="<u4")


def _tile(ends: NDArray[np.uint32], length: int) -> bool:
    """Whether spans that end there, each starting where the one before ends, cover it all."""
    bounds = [0, *map(int, ends)]
    return bounds[-1] == length and all(start < end for start, end in pairwise(bounds))


def _passage_problems(database: Database) -> Iterator[str]:
    ours = (versions.c.article_id == articles.c.id) & (versions.c.version == articles.c.version)
    texts = sa.select(articles, versions.c.text, versions.c.sentence_ends)
    with database.reading() as connection:
        for row in connection.execute(texts.join(versions, ours)).mappings():
            query = sa.select(passages).where(passages.c.article_id == row["id"])
            spans = connection.execute(query.order_by(passages.c.id)).mappings().all()
            if not _are_passages(row, spans):
                yield f"the passages of {row['id']!r} are not whole sentences in order; {_AGAIN}"
        gone = passages.c.article_id.not_in(sa.select(articles.c.id))
        if orphans := connection.scalar(sa.select(sa.func.count()).where(gone)):
            yield f"{orphans} passages are of no article; restore the catalog from a backup"


def _are_passages(article: sa.RowMapping, spans: Iterable[sa.RowMapping]) -> bool:
    """Whether spans tile a text, ending where sentences do, under the ids set aside for them."""
    first, count = article["first_passage"], article["passage_count"]
    held = [(row["id"], row["start"], row["end"]) for row in spans]
    ends = [end for _, _, end in held]
    starts = [0, *ends[:-1]]
    return (
        [id_ for id_, _, _ in held] == list(range(first, first + count))
        and [start for _, start, _ in held] == starts[: len(held)]
        and set(ends) <= set(map(int, _ends(article["sentence_ends"])))
        and all(start < end for start, end in zip(starts, ends, strict=False))
        and ends[-1:] == [len(article["text"])]
    )
