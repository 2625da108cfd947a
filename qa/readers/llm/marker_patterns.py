"""What markers, lists of sources and the ends of sentences look like. Pure, linear.

Each function looks at most so far ahead as its constant says, and answers None where more of the
text must be seen; so any way of cutting a text into pieces gives the same.
"""

import unicodedata

OPENING = {"[": "]", "【": "】", "［": "］"}
ENDS = ".!?…。！？"
LAST_WORD = 60
"""Characters that tell whether a sentence is over."""

_DEEPEST = 3
"""Brackets inside each other that still make one marker, as in [[1]]."""

_MARKER_CHARS = 64
"""A bracket that is not closed within so many characters is no marker."""

_MOST_NUMBERS = 16
_LONGEST_RANGE = 10
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_SEPARATORS = (*",;、，；&/", " and ")
_WORDS = (
    *("sentences", "sentence", "sources", "source", "references", "reference", "refs", "ref"),
    *("articles", "article", "citations", "citation", "no", "s", "^", "#"),
)
_LINK_CHARS = 512
"""A link behind a marker that is not closed within so many characters is text."""

_LINKS = ("http", "www.", "#", "/", "mailto:", "source", "citation")
_CLOSERS = "\"'”’»)*_"
_HEADER_CHARS = 48
_HEADERS = frozenset({"source", "sources", "references", "citations", "quellen", "fuentes"})
_LISTED = "-*•–"
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "gen", "sen", "rep", "gov", "st", "lt", "col", "no", "vs"}
    | {"corp", "inc", "ltd", "co", "mt", "jr", "sr", "dept", "approx", "est", "fig", "messrs"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)


def marker(text: str, at: int, last: bool) -> tuple[list[int], int] | None:
    """The numbers of the marker at an opening bracket, and its length with a link behind it.

    ([], 0) if there is no marker, ([], n) for one that was cut off. `last`: the text ends here.
    """
    window = text[at : at + _MARKER_CHARS]
    opening = window[0]
    depth = next((n for n in range(1, _DEEPEST) if window[n : n + 1] != opening), _DEEPEST)
    close = window.find(OPENING[opening], depth)
    if close < 0:
        more = not last and len(window) < _MARKER_CHARS
        return None if more else ([], _cut_off(window, last))
    numbers = _numbers(window[depth:close])
    if numbers is None:
        return [], 0
    end = close + 1
    while end - close < depth and window[end : end + 1] == OPENING[opening]:
        end += 1
    link = _link(text, at + end, last)
    return None if link is None else (numbers, end + link)


def _cut_off(window: str, last: bool) -> int:
    """The length of a marker that the end of its line, or of the text, cut off; 0 if it is none."""
    line, newline, _ = window.partition("\n")
    if not (newline or (last and len(window) < _MARKER_CHARS)):
        return 0
    inside = _bare(line.lstrip(window[0]).casefold())
    return len(line) if all(_is_of_marker(char) for char in inside) else 0


def _is_of_marker(char: str) -> bool:
    return char.isdecimal() or char in _DASHES or char in _SEPARATORS or char == " "


def _link(text: str, at: int, last: bool) -> int | None:
    """The length of a link's address in parentheses, 0 if there is none."""
    if at >= len(text):
        return 0 if last else None
    if text[at] != "(":
        return 0
    window = text[at : at + _LINK_CHARS]
    close = window.find(")")
    if close < 0 and len(window) < _LINK_CHARS and not last:
        return None
    return close + 1 if close > 0 and window[1:].casefold().startswith(_LINKS) else 0


def _numbers(inside: str) -> list[int] | None:
    """The numbers in a marker: `7`, `7, 9`, `7-9`, `S7`, `Source 7`, `7:0†source`; else None."""
    words, dagger, _ = inside.strip(" []^\\").casefold().partition("†")
    if dagger:
        words = words.partition(":")[0]
    for separator in _SEPARATORS:
        words = words.replace(separator, ",")
    numbers: list[int] = []
    for part in words.split(","):
        found = _range(_bare(part))
        if found is None:
            return None
        numbers += found
    return numbers[:_MOST_NUMBERS]


def _bare(part: str) -> str:
    """Without the word before the number."""
    words = part.strip()
    for word in _WORDS:
        words = words.removeprefix(word).strip(" :.")
    return words


def _range(part: str) -> list[int] | None:
    for dash in (*_DASHES, " to "):
        first, separator, second = part.partition(dash)
        if separator:
            start, stop = _digits(first.strip()), _digits(_bare(second))
            if start is None or stop is None or not start <= stop:
                return None
            return list(range(start, min(stop, start + _LONGEST_RANGE - 1) + 1))
    number = _digits(part)
    return None if number is None else [number]


def _digits(text: str) -> int | None:
    """A number, in the digits of any script."""
    values = [unicodedata.decimal(char, None) for char in text]
    if not values or None in values:
        return None
    return int("".join(str(value) for value in values))


def heads_sources(text: str, at: int, last: bool) -> bool | None:
    """Whether a list of sources begins with the line at `at`."""
    window = text[at : at + _HEADER_CHARS]
    whole = last or len(window) == _HEADER_CHARS
    line = window.lstrip("#*_ ")
    word = "".join(_letters(line)).casefold()
    rest = line[len(word) :].lstrip("*_ ")
    if not rest and not whole:
        return None if any(one.startswith(word) for one in _HEADERS) else False
    if word not in _HEADERS:
        return False
    if rest[:1] != ":":
        return not rest or rest[0] == "\n"
    follows = rest[1:].lstrip("*_ \t")[:1]
    if not follows:
        return True if whole else None
    return follows in ("\n", *OPENING, *_LISTED) or follows.isdecimal()


def _letters(text: str) -> str:
    end = next((at for at, char in enumerate(text) if not char.isalpha()), len(text))
    return text[:end]


def is_over(text: str) -> bool:
    """Whether a sentence ends with `text`, of which the last LAST_WORD characters count."""
    words = text[-LAST_WORD:].rstrip(_CLOSERS)
    if not words or words[-1] not in ENDS:
        return False
    if words[-1] != ".":
        return True
    *before, last = words.split()
    last = last.rstrip(ENDS).casefold()
    is_listed = last.isdecimal() and not "".join(before).strip(_LISTED)
    is_short = last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())
    return not (is_listed or is_short or _is_initials(last))


def _is_initials(word: str) -> bool:
    """u.s, e.g and the like."""
    parts = word.split(".")
    return len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part in parts)
