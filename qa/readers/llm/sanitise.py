"""A model's words as plain words: no link, image, HTML, control token or escape. Pure, linear.

A model may have obeyed what an article told it to write. A link that it wrote could carry the
conversation away, and a terminal or a page could act on the rest; so none of it is let through.
"""

import re
import unicodedata

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]{0,60}[ -/]{0,9}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?)")
_LABELLED = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,2000}(?:\s[^()]{0,300})?\)?")
_TOKEN = re.compile(r"<\|[^<>|]{0,60}\|>|</?s>|\[/?INST\]|<</?SYS>>")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>")
_OPEN_TAG = re.compile(r"<(?=[A-Za-z!?/|])")
_ADDRESS = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,15}:/{1,3}[^\s]*|\b(?:javascript|data|mailto|vbscript|tel):[^\s]+"
    r"|www\.[^\s]+|\b(?:[a-z0-9-]{1,63}\.){1,8}(?-i:[a-z]{2,24})(?::\d{1,5})?[/?][^\s]+",
    re.IGNORECASE,
)
_MONTHS = (
    "january february march april may june july august september october november december "
    "januar jänner februar märz mai juni juli oktober dezember "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
).replace(" ", "|")
_HEAD = re.compile(
    r"^\s{0,8}(?:#{1,6}\s|[-*•–]\s|>\s(?!\s*\d)|\d{1,2}\)\s"
    rf"|\d{{1,2}}\.\s(?!\s*(?:{_MONTHS})\b))+",
    re.IGNORECASE,
)
"""Marks of lists and quotations, but not "> 50" or "10. Mai"."""

_BLANK_BEFORE_STOP = re.compile(r" \.(?!\S)")
_EMPHASIS = re.compile(r"\*{2,3}|(?<!\w)_{2}(?=\S)|(?<=\S)_{2}(?!\w)")
_JOINERS = "\u200c\u200d"


def sanitise(text: str) -> str:
    """The words of one statement. Links keep their label, emphasis goes, markup is left out."""
    text = "".join(char for char in _ESCAPE.sub("", text) if _shown(char))
    for kind in (_TOKEN, _TAG, _EMPHASIS):
        text = kind.sub("", text)
    text = _ADDRESS.sub("", _LABELLED.sub(r"\1", text))
    text = _HEAD.sub("", _OPEN_TAG.sub("‹", text))
    for whole, parted in (("://", ": "), ("](", "] ("), ("![", "! [")):
        text = text.replace(whole, parted)
    return _BLANK_BEFORE_STOP.sub(".", " ".join(text.split()))


def has_markup(text: str) -> bool:
    """Whether more than emphasis and list marks has to go."""
    return any(kind.search(text) for kind in (_LABELLED, _TOKEN, _TAG, _OPEN_TAG, _ADDRESS))


def _shown(char: str) -> bool:
    return char in _JOINERS or char.isspace() or unicodedata.category(char)[0] != "C"
