"""YAML front matter: the lines between two `---` at the beginning of a text.

python-frontmatter is not used: it strips the body, and citations count its characters; and it
builds YAML's own types, so an id of 007 would become 7. Here every value stays as written.
"""

import re

import yaml

from index.errors import ArticleError
from index.sources.fields import is_known

MAX_CHARS = 64 * 2**10
MAX_DEPTH = 20
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*\r?(\n|\Z)", re.MULTILINE)


def split(text: str, name: str) -> tuple[dict[str, object], str]:
    """The fields that front matter gives, and the body exactly as it is written.

    No fields and the whole text if there is no front matter, it is never closed, or what
    stands between two rules is prose. ArticleError for front matter that is broken.
    """
    opening = _OPENING.match(text)
    closing = opening and _CLOSING.search(text, opening.end())
    if not opening or not closing:
        return {}, text
    block = text[opening.end() : closing.start()]
    if len(block) > MAX_CHARS:
        reason = f"front matter is longer than {MAX_CHARS:,} characters: {len(block):,}"
        raise ArticleError(name, reason)
    body = text[closing.end() :].lstrip("\r\n")
    try:
        fields = _fields(block, name)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: "\UFFFFFFFF"
        raise _broken(error, block, name) from error
    return ({}, text) if fields is None else (fields, body)


def _fields(block: str, name: str) -> dict[str, object] | None:
    """The known keys of a YAML mapping, lower-cased; None if the block is plain prose."""
    _check_events(block, name)
    root = yaml.compose(block, Loader=yaml.BaseLoader)
    if root is None:
        return {}
    if isinstance(root, yaml.ScalarNode):
        return None
    if not isinstance(root, yaml.MappingNode):
        raise ArticleError(name, "front matter is a list, not `key: value` lines", line=2)
    fields: dict[str, object] = {}
    for key, value in root.value:
        field = str(key.value).lower()
        if field in fields:
            raise ArticleError(name, f"front matter gives {field} twice", _line(key))
        if is_known(field):
            fields[field] = _plain(value)
    return fields


def _check_events(block: str, name: str) -> None:
    """ArticleError for anchors and aliases, which can unfold without end, and deep nesting."""
    depth = 0
    for event in yaml.parse(block, Loader=yaml.BaseLoader):
        if getattr(event, "anchor", None):
            reason = "front matter uses a YAML anchor or alias (& or *); quote the value"
            raise ArticleError(name, reason, _line(event))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ArticleError(name, "front matter is nested too deeply", _line(event))


def _plain(node: yaml.Node) -> object:
    """A scalar as it is written, a list of scalars, or the node itself (which is no text)."""
    if isinstance(node, yaml.ScalarNode):
        is_null = node.style is None and node.value in NULLS
        return None if is_null else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node


def _line(where: yaml.Event | yaml.Node) -> int:
    """The line of the file, from 1; the block begins on line 2."""
    return where.start_mark.line + 2 if where.start_mark else 2


def _broken(error: Exception, block: str, name: str) -> ArticleError:
    hint = "quote values that hold a colon, or take the `---` lines off"
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 2
        return ArticleError(name, f"front matter is not YAML: {error.problem}", line, hint)
    if not isinstance(error, yaml.reader.ReaderError):
        return ArticleError(name, "front matter is not YAML: an escape for no character", 2, hint)
    line = block.count("\n", 0, error.position) + 2  # it has no line of its own
    return ArticleError(name, "front matter is not YAML: a control character", line, hint)
