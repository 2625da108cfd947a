"""The prompt of the chat: keys, history, completion and the line below. prompt_toolkit's work."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style

from index.errors import LibraryError
from qa.terminal.chat.chat_commands import commands
from qa.terminal.chat.conversation import Chat
from qa.terminal.chat.filters import KEYS, filter_words, quoted
from qa.terminal.rendering import cut

MOST_COMPLETIONS = 200

MENU_COLUMNS = 40
"""The longest value in the menu, so that what it stands for has room."""

_STYLE = Style.from_dict({"bottom-toolbar": "noreverse fg:ansibrightblack", "prompt": "bold"})


class Prompt:
    """Asks for lines until Ctrl-D."""

    def __init__(self, chat: Chat, history: Path) -> None:
        """`history` is a file of what was typed; without a place for it that goes with the chat."""
        self._chat = chat
        self._session: PromptSession[str] = PromptSession(
            multiline=True,
            history=_history(history),
            completer=Completions(chat),
            complete_while_typing=True,
            key_bindings=_keys(),
            bottom_toolbar=self._below,
            output=create_output(always_prefer_tty=True),
            prompt_continuation="  ",
            style=_STYLE,
        )

    def lines(self) -> Iterator[str]:
        """What was typed. Raises what opening the service raised, even while it waits."""
        while True:
            try:
                yield self._session.prompt([("class:prompt", "> ")], pre_run=self._watch)
            except EOFError:
                return

    def _watch(self) -> None:
        """From now on this prompt hears of what opens behind it, or has failed to already."""
        self._chat.background.when_open(self._tell)

    def _below(self) -> FormattedText:
        columns = self._session.app.output.get_size().columns
        return FormattedText([("", cut(status(self._chat), columns))])

    def _tell(self, error: BaseException | None) -> None:
        """From the thread that opens: draw anew, or end with what went wrong."""
        app = self._session.app
        if error is None:
            app.invalidate()
        elif app.is_running and app.loop:
            app.loop.call_soon_threadsafe(lambda: app.exit(exception=error))


def status(chat: Chat) -> str:
    """What is below the prompt: what the next question is asked of, and of whom."""
    if not chat.background.is_warm:
        return "opening the library…"
    if chat.background.trouble:
        return str(chat.background.trouble)
    count = len(chat.background.articles)
    parts = [f"{count} article{'' if count == 1 else 's'}" if count else "no articles: /add PATH"]
    parts += [f"{chat.reader or chat.background.readers[0]} reads"]
    parts += [filter_words(chat.filters)] if filter_words(chat.filters) else []
    parts += [f"conversation {chat.number}"] if chat.number else []
    return " · ".join((*parts, "/help"))


class Completions(Completer):
    """Commands, and for each what it takes; a method `_x` gives the values for `/x`."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        text = document.text_before_cursor
        name, blank, rest = text[1:].partition(" ")
        if not text.startswith("/"):
            return
        if not blank:
            for command, help_text in commands().items():
                usage, _, what = help_text.partition("\n")[0].partition(": ")
                if command.startswith(name):
                    yield Completion(f"/{command}", -len(text), usage, what)
        elif name in ("add", "save"):
            yield from self._paths.get_completions(Document(rest), event)
        elif values := getattr(self, f"_{name}", None):
            yield from values(rest)

    def _source(self, typed: str) -> Iterator[Completion]:
        rows = self._chat.background.articles
        yield from _matching(typed, [*self._chat.labels(), *((row.id, row.title) for row in rows)])

    def _filter(self, typed: str) -> Iterator[Completion]:
        word = _last_word(typed)
        key, colon, value = word.partition(":")
        rows = self._chat.background.articles
        if not colon:
            yield from _matching(word, ((f"{key}:", "") for key in KEYS))
        elif key == "source":
            sources = dict.fromkeys(row.source for row in rows if row.source)
            yield from _values(value, ((source, "") for source in sources))
        elif key == "article":
            yield from _values(value, ((row.id, row.title) for row in rows))

    def _reader(self, typed: str) -> Iterator[Completion]:
        yield from _matching(typed, ((name, "") for name in self._chat.background.readers))

    def _chats(self, typed: str) -> Iterator[Completion]:
        try:
            rows = self._chat.chats.listed()
        except LibraryError:  # /chats tells it
            return
        yield from _matching(typed, ((str(row.chat), row.question) for row in rows))

    def _help(self, typed: str) -> Iterator[Completion]:
        yield from _matching(typed, ((name, "") for name in commands()))


def _matching(typed: str, values: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    """Values (and what they stand for) that begin with what was typed, or whose title has it."""
    wanted, left = typed.casefold(), MOST_COMPLETIONS
    for value, told in values:
        if value.casefold().startswith(wanted) or (wanted and wanted in told.casefold()):
            shown = cut(value, MENU_COLUMNS)
            yield Completion(value, -len(typed), shown, told)
            left -= 1
        if not left:
            return


def _values(typed: str, values: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    """The same for values that may have to stand in quotation marks."""
    for found in _matching(typed.lstrip('"'), values):
        yield Completion(quoted(found.text), -len(typed), found.display, found.display_meta)


def _last_word(typed: str) -> str:
    """What stands behind the last blank outside of quotation marks."""
    start, within = 0, False
    for at, char in enumerate(typed):
        within ^= char == '"'
        if char == " " and not within:
            start = at + 1
    return typed[start:]


def _history(file: Path) -> History:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(file)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _enter(event: KeyPressEvent) -> None:
        """Take the line, or begin another one behind a backslash."""
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _another_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    return keys
