"""Text that is longer than the screen: in the pager of the user's choice."""

import os
import shlex
import shutil
import signal
import subprocess
import sys

TAKE_LINE = ("less", "more")
"""Pagers that open at a line when told `+LINE`."""


def pager() -> list[str]:
    """The words of `PAGER`, else of `less -R`; none where there is no terminal or no pager."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        return []
    try:
        words = shlex.split(os.environ.get("PAGER") or "less -R")
    except ValueError:  # a quotation mark that nothing closes
        return []
    return words if words and shutil.which(words[0]) else []


def page(words: list[str], text: str, line: int = 1) -> None:
    """Show `text` from a line on, counted from 1; Ctrl-C is the pager's until it ends."""
    at = [f"+{line}"] if os.path.basename(words[0]) in TAKE_LINE and line > 1 else []
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        subprocess.run([*words, *at], input=text, text=True, encoding="utf-8", check=False)
    finally:
        signal.signal(signal.SIGINT, before)
