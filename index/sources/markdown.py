"""Markdown as readers see it: without its comments. Pure, linear."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)(?P<info>[^\n]*+)|<!--|`|\n", re.MULTILINE)
_CLOSE = "-->"


def without_comments(text: str) -> str:
    """The text without `<!-- comments -->`, but for those in code; one that is never closed is no
    comment. A line that held nothing else goes with it."""
    kept, at = [], 0
    for start, end in _comments(text):
        kept.append(text[at:start])
        line_is_empty = not kept[-1].rpartition("\n")[2].strip() and (at < start or not at)
        at = end + (line_is_empty and text.startswith("\n", end))
    return "".join((*kept, text[at:]))


def _comments(text: str) -> Iterator[tuple[int, int]]:
    """Where each comment starts and ends."""
    fence, in_code, at = "", False, 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token["fence"]:
            fence = _fence(fence, token)
        elif token[0] == "\n":
            in_code = False
        elif token[0] == "`":
            in_code = not in_code
        elif not (fence or in_code):
            close = text.find(_CLOSE, at)
            if close < 0:
                return
            at = close + len(_CLOSE)
            yield token.start(), at


def _fence(fence: str, token: re.Match[str]) -> str:
    """The fence that code is in after this line, "" outside of code."""
    if not fence:
        return token["fence"]
    closes = token["fence"].startswith(fence) and not token["info"].strip()
    return "" if closes else fence
