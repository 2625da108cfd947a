"""Raw text to canonical text: once, before any offset exists. Pure."""

import re

_DROPPED = re.compile("[\x00\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""NUL and lone surrogates break stores; bidi controls make a quote read as what it is not."""

_LINE_END = re.compile(r"(?<!\r)\r++\n")


def canonical(text: str) -> str:
    """`text` with CRLF as LF, and without NUL, lone surrogates and bidi controls.

    Idempotent, and nothing else is ever changed: every offset indexes the result.
    """
    return _LINE_END.sub("\n", _DROPPED.sub("", text))
