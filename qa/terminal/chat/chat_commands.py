"""What one can do in a chat: a method `cmd_x` is the command `/x`, its docstring is its help."""

import difflib
import inspect
import os
import shlex
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from index.errors import InputError
from index.model import Filters
from qa.answer import Event
from qa.terminal.chat.conversation import Chat
from qa.terminal.chat.filters import check_known, filter_words, parse_filters
from qa.terminal.chat.screen import Screen
from qa.terminal.rendering import passage_lines

SHOWN = 16
"""Passages that /why and /search show: as many as the engine chooses from
(`qa.engine.FOUND_TO_RERANK`, which is slow to import)."""


class Commands:
    """Questions and commands over one chat, told on one screen."""

    def __init__(self, chat: Chat, screen: Screen) -> None:
        self._chat = chat
        self._screen = screen
        self.left = False
        """Whether /quit was said."""
        self.unsaid = False
        """Whether the articles did not say something that was asked."""

    def take(self, line: str) -> None:
        """Do what one line says: a command, or a question."""
        words = line.encode(errors="replace").decode().strip()  # a terminal may send anything
        if words.startswith("/"):
            name, _, rest = words[1:].partition(" ")
            if name not in commands():
                raise InputError(f"there is no command /{name}", _nearest_command(name))
            getattr(self, f"cmd_{name}")(rest.strip())
        elif words in ("quit", "exit"):
            self.left = True
        elif words:
            self._answer(self._chat.ask(words))

    def stopped(self) -> None:
        """Say that Ctrl-C has ended what the last line began."""
        again = "; /retry asks again" if self._chat.unanswered else ""
        self._screen.line((f"stopped{again}", "dim"))

    def resume(self, number: int) -> None:
        """Go on with a conversation, showing its last turn."""
        self._chat.resume(number)
        last = self._chat.last.answer
        count = len(self._chat.turns)
        more = f", {count} turns; /sources lists all that they cite" if count > 1 else ""
        self._screen.line((f"conversation {number}{more}", "dim"))
        self._screen.lines(f"> {last.question}", "title")
        self._screen.replay(last)
        self._screen.line()

    def cmd_source(self, words: str) -> None:
        """/source N: open the article behind citation N, at the sentence that is cited

        T.N is a citation of turn T, ~N one of the nearest passages, and an article's id opens
        the article. The sentence is marked. PAGER names the pager, `less` without it; where there
        is none, the sentence is printed with its neighbours.
        """
        if not words:
            raise InputError("/source needs a number", "/sources lists what is cited")
        place = self._chat.place(words)
        service = self._chat.background.service
        article = service.article(place.article_id, place.version)
        changed = place.version and service.article(place.article_id).version != place.version
        self._screen.article(article, place.span, *([_CHANGED] if changed else []))

    def cmd_sources(self, words: str) -> None:
        """/sources: list all that this conversation cites, quotes in full"""
        for turn, kept in enumerate(self._chat.turns, 1):
            self._screen.line((f"{turn}. {kept.answer.question}", "title"))
            for citation in kept.answer.citations:
                self._screen.citation(citation, "" if kept is self._chat.last else f"{turn}.")

    def cmd_why(self, words: str) -> None:
        """/why: show how each passage for the last answer was ranked, and what became of it

        The passages are looked up anew for the question that was looked up then, with the filters
        of then. cosine is the nearness in meaning; terms, pairs and window are the shares of the
        question's words, of its neighbouring words, and of its words that stand close together.
        dense and lexical are the ranks in the two indexes, - where one did not find the passage.
        """
        from qa.terminal.chat.ranking_report import why_lines

        kept = self._chat.last
        answer = kept.answer
        with self._screen.waiting("searching…"):
            found = self._chat.background.asked.search(
                answer.standalone_question, SHOWN, kept.filters
            )
        self._screen.lines(f"looked up: {answer.standalone_question}")
        if kept.filters != Filters():
            self._screen.lines(f"among: {filter_words(kept.filters)}")
        for line in why_lines(answer, found.passages, self._screen.columns):
            self._screen.line(*line)
        took = ", ".join(f"{name} {ms:.0f} ms" for name, ms in answer.timings_ms.items())
        self._screen.lines(f"read by {answer.reader}; {took}", "dim")

    def cmd_search(self, words: str) -> None:
        """/search WORDS: show the passages found, and how each index ranked them"""
        if not words:
            raise InputError("/search needs words", "/search key bridge")
        with self._screen.waiting("searching…"):
            found = self._chat.background.asked.search(words, SHOWN, self._chat.filters)
        for notice in found.notices:
            self._screen.lines(f"note: {notice}", "warning")
        for row in found.passages:
            for line in passage_lines(row, self._screen.columns):
                self._screen.line(*line)
        if not found.passages:
            self._screen.line(("nothing found", "dim"))

    def cmd_filter(self, words: str) -> None:
        """/filter KEY:VALUE...: answer from some articles only; `off` clears it

        source:NAME, article:ID, after:DATE and before:DATE, in UTC, before exclusive. Names with
        blanks go in quotation marks. `/filter` alone shows what is set.
        """
        filters = self._chat.filters
        if words:
            filters = parse_filters("" if words == "off" else words)
        set_now = filter_words(filters)
        rows = list(self._chat.background.service.articles()) if set_now else []
        if words:
            check_known(filters, {row.source for row in rows}, {row.id for row in rows})
            self._chat.filters = filters
        if not set_now:
            self._screen.line(("all articles count", "dim"))
            return
        count = sum(map(self._chat.passes, rows))
        self._screen.lines(
            f"{count} of {len(rows)} articles: {set_now}", "" if count else "warning"
        )

    def cmd_add(self, words: str) -> None:
        """/add PATH|URL...: add .txt .md .html .pdf .jsonl files, folders, or pages of the web"""
        from index.sources import Skipped, read_any
        from qa.terminal.output import embed, progress, tell_added, tell_embedded, tell_skipped

        named = _words(words)
        if not named:
            raise InputError("/add needs a path or an address", "/add FOLDER")
        service, counts, skipped = self._chat.background.asked, dict[str, int](), Skipped()
        items = read_any(named, skipped=skipped)
        for row in service.add(progress(items, "reading", False)):
            counts[row.outcome] = counts.get(row.outcome, 0) + 1
            tell_added(row, as_json=False)
        tell_skipped(skipped, as_json=False)
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        self._screen.line((told or "nothing to add there", ""))
        tell_embedded(embed(service, quiet=False))
        self._chat.background.look_again()

    def cmd_articles(self, words: str) -> None:
        """/articles [WORDS]: list the articles, newest first; those with WORDS in their line"""
        from qa.terminal.output import headline

        lines = [headline(row) for row in self._chat.background.service.articles()]
        shown = [line for line in lines if words.casefold() in line.casefold()]
        self._screen.paged(shown or ["no articles" if not words else f"no article has {words!r}"])

    def cmd_save(self, words: str) -> None:
        """/save FILE: write the conversation to FILE, .md with footnotes or .json"""
        from qa.terminal.chat.transcript import to_json, to_markdown

        paths = _paths(words)
        if len(paths) != 1 or paths[0].suffix not in (".md", ".json"):
            raise InputError("/save needs one file that ends in .md or .json", "/save chat.md")
        if not self._chat.turns:
            raise InputError("there is nothing to save yet", "ask something")
        answers = [kept.answer for kept in self._chat.turns]
        text = to_json(answers) if paths[0].suffix == ".json" else to_markdown(answers)
        try:
            with paths[0].open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError as error:
            raise InputError(f"{paths[0]} is there already", "name another file") from error
        except OSError as error:
            raise InputError(f"{paths[0]} cannot be written: {error.strerror}") from error
        self._screen.line((f"saved in {paths[0]}", "dim"))

    def cmd_reader(self, words: str) -> None:
        """/reader [NAME]: show who can read, or choose who does"""
        readers = self._chat.background.asked.readers
        if words and words not in readers:
            raise InputError(f"there is no reader {words!r}", f"there is {', '.join(readers)}")
        self._chat.reader = words or self._chat.reader
        for name in readers:
            chosen = name == (self._chat.reader or readers[0])
            self._screen.line(("* " if chosen else "  ", "number"), (name, ""))

    def cmd_strictness(self, words: str) -> None:
        """/strictness [0-1]: show or choose how likely right an answer has to be to be given

        Below it, passages that come close are shown instead. /retry asks again with it.
        """
        if words:
            self._chat.strictness = _strictness(words)
        chosen = self._chat.strictness
        shown = "as the settings have it" if chosen is None else f"{chosen:g}"
        self._screen.line((shown, ""))

    def cmd_retry(self, words: str) -> None:
        """/retry: ask the last question again, with the reader, strictness and filters of now"""
        self._answer(self._chat.retry())

    def cmd_new(self, words: str) -> None:
        """/new: begin a new conversation; filters, reader and strictness stay"""
        self._chat.begin()
        self._screen.line(("a new conversation", "dim"))

    def cmd_chats(self, words: str) -> None:
        """/chats [ID]: list the conversations, or go on with one"""
        if words:
            if not words.isdecimal():
                raise InputError(f"{words!r} is no conversation", "/chats lists them")
            self.resume(int(words))
            return
        for row in self._chat.chats.listed():
            here = "* " if row.chat == self._chat.number else "  "
            when = f"{row.asked_at.astimezone():%Y-%m-%d %H:%M}"
            turns = f"{row.turns} turn" + ("s" if row.turns > 1 else "")
            self._screen.line(
                (here, "number"), (f"{row.chat:>3}  {when}  {turns:>9}  {row.question}", "")
            )

    def cmd_help(self, words: str) -> None:
        """/help [COMMAND]: what there is, or all about one command"""
        known = commands()
        name = words.removeprefix("/")
        if name and name not in known:
            raise InputError(f"there is no command /{name}", _nearest_command(name))
        if name:
            self._screen.lines(known[name])
            return
        for text in known.values():
            usage, _, what = text.partition("\n")[0].partition(": ")
            self._screen.line((f"{usage:<20} ", "number"), (what, ""))
        self._screen.lines(_KEYS, "dim")

    def cmd_quit(self, words: str) -> None:
        """/quit: leave; so does Ctrl-D"""
        self.left = True

    def _answer(self, events: Generator[Event, None, None]) -> None:
        if not self._chat.background.is_warm:
            with self._screen.waiting("opening the library…"):
                _ = self._chat.background.asked
        with closing(events):
            answer = self._screen.answer(events)
        if answer and not answer.answerable:
            self.unsaid = True
            if next(self._chat.background.service.articles(), None) is None:
                self._screen.line(("the library is empty; /add PATH fills it", "warning"))
        self._screen.line()


_CHANGED = "the article has changed since; this is the text that was cited"

_KEYS = """
Alt-Enter, or a backslash at the end, begins another line. Ctrl-C stops an answer or clears the
line, Ctrl-D leaves."""


def commands() -> dict[str, str]:
    """The help of each command, by name: `usage: what it does`, then more of it."""
    methods = inspect.getmembers(Commands, inspect.isfunction)
    return {
        name.removeprefix("cmd_"): inspect.getdoc(method) or ""
        for name, method in methods
        if name.startswith("cmd_")
    }


def _strictness(words: str) -> float:
    try:
        level = float(words)
    except ValueError:
        level = -1.0
    if not 0 <= level <= 1:
        raise InputError(f"{words!r} is not between 0 and 1", "/strictness 0.4 answers more")
    return level


def _nearest_command(name: str) -> str:
    near = difflib.get_close_matches(name, commands(), 1, 0.4)
    return f"did you mean /{near[0]}?" if near else "/help lists them"


def _paths(words: str) -> list[Path]:
    """Paths as in a shell; `~` is home."""
    return [Path(os.path.expanduser(word)) for word in _words(words)]


def _words(words: str) -> list[str]:
    """Words as in a shell: quotation marks and backslashes keep blanks."""
    try:
        return shlex.split(words)
    except ValueError as error:
        raise InputError("a quotation mark is not closed") from error
