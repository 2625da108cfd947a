"""`qa chat`: a conversation line by line, at a terminal or over a pipe."""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from io import TextIOWrapper
from typing import TYPE_CHECKING

from index.errors import LibraryError, QAError
from index.model import Filters
from qa.settings import Settings
from qa.terminal.chat.background_service import BackgroundService
from qa.terminal.chat.chat_commands import Commands
from qa.terminal.chat.conversation import Chat
from qa.terminal.chat.saved_chats import Chats
from qa.terminal.chat.screen import Screen, keys_unseen
from qa.terminal.output import DOES_NOT_SAY

if TYPE_CHECKING:
    from qa.service import Service


def chat_with(settings: Settings, filters: Filters, resume: bool, number: int | None) -> int:
    """A whole chat; returns the exit code.

    `resume` goes on with the last conversation, `number` with that one; `filters` replace those
    that it had.
    """
    screen = Screen()
    at_terminal = sys.stdin.isatty()
    dumb = os.environ.get("TERM") == "dumb"
    if at_terminal and not dumb:
        from qa.terminal.chat.prompt import Prompt  # before anything competes for the processor
    with (
        closing(_chats(settings, screen)) as chats,
        closing(BackgroundService(lambda: _service(settings))) as background,
    ):
        chat = Chat(background, chats, filters)
        commands = Commands(chat, screen)
        if wanted := number or (chats.last() if resume else None):
            commands.resume(wanted)
            chat.filters = filters if filters != Filters() else chat.filters
        if not at_terminal:
            return over_pipe(TextIOWrapper(sys.stdin.buffer, "utf-8", "replace"), commands, screen)
        for hangup in (signal.SIGHUP, signal.SIGTERM):
            signal.signal(hangup, _leave)
        lines = plain_lines() if dumb else Prompt(chat, settings.state / "history").lines()
        with_person(lines, commands, screen)
        return 0


def over_pipe(lines: Iterable[str], commands: Commands, screen: Screen) -> int:
    """Take lines; the exit code is that of the first error, else 1 if something was not said."""
    code = 0
    for line in lines:
        try:
            commands.take(line)
        except QAError as error:
            screen.end()
            screen.error(error.message, error.hint)
            code = code or error.exit_code
        if commands.left:
            break
    return code or (DOES_NOT_SAY if commands.unsaid else 0)


def with_person(lines: Iterable[str], commands: Commands, screen: Screen) -> None:
    """Take lines; an error is told and Ctrl-C ends what one line began, and the chat goes on."""
    for line in lines:
        try:
            with keys_unseen():
                commands.take(line)
        except QAError as error:
            screen.end()
            screen.error(error.message, error.hint)
        except KeyboardInterrupt:
            screen.end()
            commands.stopped()
        if commands.left:
            break


def plain_lines() -> Iterator[str]:
    """Lines from a terminal that can do nothing: no keys, no menus, no history."""
    while True:
        try:
            yield input("> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()


def _leave(number: int, _: object) -> None:
    """A closed window ends the chat as /quit does, so that the library is left clean."""
    sys.exit(128 + number)


def _service(settings: Settings) -> "AbstractContextManager[Service]":
    from qa.build import open_service

    return open_service(settings)


def _chats(settings: Settings, screen: Screen) -> Chats:
    """The conversations over the library; without a place to keep them they go with the chat."""
    library = settings.server or str(settings.data.resolve())
    try:
        return Chats(settings.state / "chats.sqlite", library)
    except LibraryError as error:
        screen.error(f"this conversation is not kept: {error.message}", error.hint)
        return Chats.in_memory(library)
