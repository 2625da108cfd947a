"""The catalog's tables (SQLAlchemy Core).

articles    the current version of each article and what is known of it
versions    every text an article ever had, with where its sentences end
passages    of current versions only: a passage that is not here is never shown
vectors     one a passage, float32 little-endian, whatever the vector index holds
changes     the change log; `first_passage` and `passage_count` name the block of passage ids
            that the change added or removed
former_vectors  the passages whose vector was made by the encoder before the one of `settings`
followers   how far each index has come in the change log
settings    what the stored data depends on: encoder, dimension, passage sizes
old_ids     the articles of a catalog from before ids were made of where an article lies; `came_as`
            is the id under which one has come again
migrations  which migrations of the schema were applied (`index.catalog.migrations`)
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("published_at", BigInteger, nullable=True, comment="seconds since 1970, UTC"),
    Column("language", String, nullable=False),
    Column("first_passage", BigInteger, nullable=False),
    Column("passage_count", Integer, nullable=False),
    ForeignKeyConstraint(["id", "version"], ["versions.article_id", "versions.version"]),
    Index("articles_newest_first", text("published_at DESC"), "id"),
    Index("articles_by_source", "source"),
    Index("articles_by_passage", "first_passage", "passage_count"),
)

versions = Table(
    "versions",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("sentence_ends", LargeBinary, nullable=False, comment="uint32 little-endian"),
    Column("added_at", BigInteger, nullable=False, comment="nanoseconds since 1970, UTC"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Index("passages_of_article", "article_id"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("passage_id", BigInteger, primary_key=True, autoincrement=False),
    Column("vector", LargeBinary, nullable=False),
)

former_vectors = Table(
    "former_vectors",
    metadata,
    Column("passage_id", BigInteger, primary_key=True, autoincrement=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(7), nullable=False, comment="added or removed"),
    Column("article_id", String, nullable=False),
    Column("version", String(64), nullable=False),
    Column("first_passage", BigInteger, nullable=False),
    Column("passage_count", Integer, nullable=False),
    Index("changes_by_kind", "kind", "seq"),
    sqlite_autoincrement=True,
)

followers = Table(
    "followers",
    metadata,
    Column("name", String, primary_key=True),
    Column("generation", String, nullable=False),
    Column("seq", Integer, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

migrations = Table(
    "migrations",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("applied_at", BigInteger, nullable=False, comment="nanoseconds since 1970, UTC"),
)

old_ids = Table(
    "old_ids",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("came_as", String, nullable=True, unique=True),
)
old_ids.add_is_dependent_on(articles)
event.listen(
    old_ids,
    "after_create",
    DDL("INSERT INTO old_ids (article_id) SELECT id FROM articles"),  # type: ignore[no-untyped-call]
)
