"""Takes a model's reasoning out of its text while it streams. Pure, linear.

Servers differ in what they make of a model that reasons aloud: some send the reasoning apart
(`reasoning_content`, which nobody here reads), some between tags, and some only with the closing
tag, as their template wrote the opening one.
"""

from collections.abc import Iterable, Iterator

_TAGS = {
    **{f"<{name}>": f"</{name}>" for name in ("think", "thinking", "thought", "reasoning")},
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|channel|>analysis<|message|>": "<|channel|>final<|message|>",
    "<|channel|>commentary<|message|>": "<|channel|>final<|message|>",
}
_CLOSING = tuple(dict.fromkeys(_TAGS.values()))
_MARKS = (*_TAGS, *_CLOSING)
_FIRST = frozenset(mark[0] for mark in _MARKS)
_LONGEST = max(map(len, _MARKS))


def without_reasoning(pieces: Iterable[str]) -> str:
    """All that is said in a text that comes in pieces, without the reasoning."""
    reasoning_filter, said = ReasoningFilter(), ""
    for piece in pieces:
        for part in reasoning_filter.feed(piece):
            said = "" if part is None else said + part
    for part in reasoning_filter.end():
        said = "" if part is None else said + part
    return said


class ReasoningFilter:
    """Feed it a model's text piece by piece; it gives what is said, without the reasoning."""

    def __init__(self) -> None:
        self._buffer = ""
        self._closing = ""

    def feed(self, piece: str, last: bool = False) -> Iterator[str | None]:
        """What is said; None where all that was said before turns out to have been reasoning."""
        self._buffer += piece
        said: list[str] = []
        at = 0
        while at < len(self._buffer):
            mark = self._mark(at, last)
            if mark is None:
                break
            if mark in _TAGS and not self._closing:
                self._closing = _TAGS[mark]
            elif mark and mark == (self._closing or mark):
                if not self._closing:
                    said.clear()
                    yield None
                self._closing = ""
            elif not self._closing:
                said.append(self._buffer[at])
                mark = ""
            at += len(mark) or 1
        self._buffer = self._buffer[at:]
        if said:
            yield "".join(said)

    def end(self) -> Iterator[str | None]:
        """What is left when the text is over; reasoning that was not closed is left out."""
        return self.feed("", last=True)

    def _mark(self, at: int, last: bool) -> str | None:
        """The mark that stands at `at`, "" if none does, None if more must be seen."""
        if self._buffer[at] not in _FIRST:
            return ""
        window = self._buffer[at : at + _LONGEST]
        found = next((mark for mark in _MARKS if window.startswith(mark)), "")
        if found or last or not any(mark.startswith(window) for mark in _MARKS):
            return found
        return None
