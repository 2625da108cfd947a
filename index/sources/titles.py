"""A title for a text that names none: its heading, its headline, or its file's name."""

import re
from pathlib import PurePath

from index.sources.fields import squeeze

HEADLINE_WORDS = range(3, 31)
HEADLINE_CHARS = 300
PROSE_WORDS = 12
LINES_LOOKED_AT = 10
BEGINNING = 20_000
"""How far, in code points, a heading or headline is looked for."""

_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}#[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_SENTENCE_END = re.compile(r"[.!?…:;,。\uff01\uff1f][\"'”\u2019»)\]]*$")
_RESIDUE = re.compile(
    r"""skip\ (to|navigation)\b.* | (menu|image|images|photo|video|share|listen|search|home)
      | share\ (this|on|via)\b.*
      | [·•|]?\s*\d+[\ -]min(ute)?s?(\ (read|ago))?
      | advert(isement|ising)?s?(\ -.*)? | (story|article)\ continues\ below\b.*
      | (we|this\ (web)?site)\ uses?\ cookies\b.* | accept\ (all\ )?cookies\b.*
      | (sign\ (in|up)|log\ in|subscribe|please\ enable|get\ our\ newsletter)\b.*
      | by(\ (and|(?-i:[A-Z])\S*)){1,6} | image\ (source|caption|credit)\b.*
      | ((first|last)\ )?(published|updated|posted)(:|\ (on|at|[a-z]*\ ?\d)).*
      | .*\s[>»\u203a]\s.*
      | ((mon|tues|wednes|thurs|fri|satur|sun)day,?\ )?\d{1,2}\ [a-z]+\.?,?\ \d{4}\b.{0,20}
      | [a-z]+\.?\ \d{1,2},\ \d{4}\b.{0,20}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What a saved web page has around its article."""


def from_markdown(text: str) -> str:
    """The first `# heading` outside a code block, else the headline, else ""."""
    in_code = False
    for line in text[:BEGINNING].splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and (heading := _HEADING.fullmatch(line)):
            title = squeeze(heading["title"])
            if 0 < len(title) <= HEADLINE_CHARS:
                return title
    return from_text(text)


def from_text(text: str) -> str:
    """The first of the ten first lines that reads as a headline; "" once prose has begun."""
    lines = [line.strip() for line in text[:BEGINNING].splitlines()]
    filled = [number for number, line in enumerate(lines) if line][:LINES_LOOKED_AT]
    for number in filled:
        line = squeeze(lines[number].strip("#*_ \t"))
        if _RESIDUE.fullmatch(line):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _is_prose(line, following):
            return ""
        if _is_headline(line):
            return line
    return ""


def from_name(name: str) -> str:
    """A file's stem with its hyphens and underlines as spaces; "" for "-"."""
    return squeeze(re.sub(r"[-_]", " ", PurePath(name).stem))


def _is_headline(line: str) -> bool:
    return (
        len(line.split()) in HEADLINE_WORDS
        and len(line) <= HEADLINE_CHARS
        and not _SENTENCE_END.search(line)
    )


def _is_prose(line: str, following: str) -> bool:
    """A long line, a long sentence, or a line that goes on in the next, is running text."""
    words = len(line.split())
    if words >= HEADLINE_WORDS.stop:
        return True
    is_sentence = words > PROSE_WORDS and _SENTENCE_END.search(line) is not None
    return is_sentence or (words in HEADLINE_WORDS and following[:1].islower())
