"""Chats as transcripts: a scripted reader over a real library, then what was kept."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import cast

import pytest

from index.encoder.minilm import MiniLM
from index.errors import LibraryError, ModelError, NotFound
from index.library import Library
from index.model import Article, Filters
from index.sources.dates import to_utc
from qa.answer import Event, Turn
from qa.context.numbered_sentences import Context
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.protocol import DraftStatement
from qa.service import Local, Service
from qa.terminal.chat.background_service import BackgroundService
from qa.terminal.chat.chat_commands import Commands, commands
from qa.terminal.chat.conversation import Chat
from qa.terminal.chat.repl import over_pipe, with_person
from qa.terminal.chat.saved_chats import Chats
from qa.terminal.chat.screen import Screen
from tests.qa.terminal.chat.test_saved_chats import broken, mended

STORM = (
    "The storm sank 12 boats in Port Ellis. Nobody was hurt. "
    "Mayor Ann Reed asked for help. The harbour opens again on Monday."
)
ARTICLES = [
    Article("storm", STORM, "Storm over the harbour", source="Harbour Wire",
            published_at=to_utc("2024-05-05")),
    Article("vote", "Parliament passed the water law by 61 votes to 40.", "Water law passed",
            source="The Meridian Post", published_at=to_utc("2024-06-01")),
]  # fmt: skip

SANK = DraftStatement("The storm sank 12 boats.", (1,))
HELP = DraftStatement("Ann Reed asked for help.", (3,))
STOP = DraftStatement("Ctrl-C is typed here.", ())

Script = Sequence[DraftStatement] | ModelError


class Scripted:
    """A reader that answers each question with what it was given for it."""

    name = "scripted"

    def __init__(self) -> None:
        self.script: list[Script] = []
        self.left = 0
        """How many of its answers came to an end, one way or another."""

    def fit(self, question: str, context: Context) -> Context:
        return context

    def read(self, question: str, context: Context, ends: float) -> Iterator[DraftStatement]:
        said = self.script.pop(0)
        try:
            if isinstance(said, ModelError):
                raise said
            for draft in said:
                if draft is STOP:
                    raise KeyboardInterrupt
                yield draft
        finally:
            self.left += 1


class Listening(Local):
    """A service that remembers the conversation that came with the last question."""

    history: Sequence[Turn] = ()
    strictness: float | None = None

    def stream(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn] = (),
        reader: str = "",
        strictness: float | None = None,
    ) -> Iterator[Event]:
        self.history, self.strictness = history, strictness
        return super().stream(question, filters, history, reader, strictness)


class Talk:
    """A chat about the storm: lines in, what is printed out."""

    def __init__(self, library: Library, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.reader = Scripted()
        extractive = ExtractiveReader(library.encoder)  # type: ignore[arg-type]
        self.service = Listening(library, lambda: Engine(library, self.reader, extractive))
        self.background = BackgroundService(lambda: nullcontext(self.service))
        self.chats = Chats(state / "chats.sqlite", "town")
        self.chat = Chat(self.background, self.chats, Filters(articles=("storm",)))
        self.code = 0
        self.errors = ""
        self._capsys = capsys

    def __call__(self, *lines: str, script: Sequence[Script] = ()) -> str:
        """Lines of a pipe."""
        self.reader.script = list(script)
        screen = Screen()
        self.code = over_pipe(lines, Commands(self.chat, screen), screen)
        told = self._capsys.readouterr()
        self.errors = told.err
        return told.out

    def typed(self, *lines: str, script: Sequence[Script] = ()) -> str:
        """Lines of a person, who may stop an answer."""
        self.reader.script = list(script)
        screen = Screen()
        with_person(lines, Commands(self.chat, screen), screen)
        return self._capsys.readouterr().out


@pytest.fixture(scope="module")
def town(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with closing(Library(tmp_path_factory.mktemp("town"), encoder)) as library:
        list(library.add(ARTICLES))
        list(library.embed())
        yield library


@pytest.fixture
def talk(town: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Talk]:
    made = Talk(town, tmp_path, capsys)
    yield made
    made.background.close()
    made.chats.close()


def test_a_conversation(talk: Talk) -> None:
    told = talk(
        "What did the storm sink?",
        "Who asked for help?",
        "/source 1",
        "/source 1.1",
        script=[[SANK, DraftStatement("It cost 4,321 dollars.", (2,))], [HELP]],
    )
    assert (
        told
        == """\
The storm sank 12 boats. [1] It cost 4,321 dollars. [2]

[1] Storm over the harbour · Harbour Wire · 2024-05-05 “The storm sank 12 boats in Port Ellis.”
[2] Storm over the harbour · Harbour Wire · 2024-05-05 “Nobody was hurt.”
! not supported, its citations lack 4,321: It cost 4,321 dollars.

→ Who asked for help? (storm, sink)
Ann Reed asked for help. [1]

[1] Storm over the harbour · Harbour Wire · 2024-05-05 “Mayor Ann Reed asked for help.”

Storm over the harbour
Harbour Wire · 2024-05-05 · storm
The storm sank 12 boats in Port Ellis. Nobody was hurt. >>>Mayor Ann Reed asked for help.<<< \
The harbour opens again on Monday.
Storm over the harbour
Harbour Wire · 2024-05-05 · storm
>>>The storm sank 12 boats in Port Ellis.<<< Nobody was hurt. Mayor Ann Reed asked for help. \

"""
    )
    assert (talk.code, talk.errors) == (0, "")
    assert [turn.question for turn in talk.service.history] == ["What did the storm sink?"]
    kept = talk.chats.turns(talk.chats.last())
    assert [turn.answer.question for turn in kept] == [
        "What did the storm sink?",
        "Who asked for help?",
    ]
    assert kept == talk.chat.turns


def test_the_articles_do_not_say(talk: Talk) -> None:
    told = talk("Who won the cup?", "/source ~1", script=[[]])
    assert told.startswith(
        "The articles do not say.\nThe nearest passages:\n~1 Storm over the harbour “The storm sank"
    )
    assert f">>>{STORM}<<<" in told
    assert talk.code == 1


def test_errors_are_told_and_the_next_line_is_taken(talk: Talk) -> None:
    talk.chat.reader = "scripted"
    told = talk("/reader nobody", "/sorce 1", "Who?", "Who?", script=[ModelError("gone"), [HELP]])
    assert told.startswith("Ann Reed asked for help. [1]\n")
    assert talk.errors == (
        "error: there is no reader 'nobody'\nhint: there is scripted, extractive\n"
        "error: there is no command /sorce\nhint: did you mean /source?\n"
        "error: gone\n"
    )
    assert talk.code == 2


def test_ctrl_c_stops_an_answer_and_keeps_the_chat(talk: Talk) -> None:
    told = talk.typed("What sank?", "/retry", "Who asked?", script=[[SANK, STOP], [SANK], [HELP]])
    assert told.startswith(
        "The storm sank 12 boats. [1]\nstopped; /retry asks again\n"
        "The storm sank 12 boats. [1]\n\n[1] "
    )
    assert talk.reader.left == 3
    kept = talk.chats.turns(talk.chats.last())
    assert [turn.answer.question for turn in kept] == ["What sank?", "Who asked?"]


def test_a_better_answer_takes_the_place_of_the_first(talk: Talk) -> None:
    talk("What sank?", "Who asked?", script=[[SANK], []])
    told = talk("/reader extractive", "/retry")
    assert told.startswith("  scripted\n* extractive\n")
    (sank, asked) = talk.chats.turns(talk.chats.last())
    assert (sank.answer.reader, asked.answer.reader) == ("scripted", "extractive")
    assert [turn.question for turn in talk.service.history] == ["What sank?"]


def test_an_answer_that_is_stopped_twice_still_takes_the_place_of_the_first(talk: Talk) -> None:
    script = [[SANK], [SANK, STOP], [SANK, HELP]]
    talk.typed("What sank?", "/retry", "/retry", script=script)
    (kept,) = talk.chats.turns(talk.chats.last())
    assert len(kept.answer.statements) == 2
    assert list(talk.service.history) == []


def test_conversations_are_listed_and_resumed(talk: Talk) -> None:
    broken = DraftStatement("The storm\nsank 12 boats.", (1,))
    talk("What sank?", "/filter off", "/new", "Who asked?", script=[[broken], [HELP]])
    assert [row.question for row in talk.chats.listed()] == ["Who asked?", "What sank?"]
    first = talk.chats.listed()[1].chat
    told = talk("/chats", f"/chats {first}", "/sources")
    assert f"* {first + 1:>3}  " in told
    assert f"conversation {first}\n> What sank?\nThe storm sank 12 boats. [1]\n\n[1] " in told
    assert told.endswith(
        "1. What sank?\n[1] Storm over the harbour · Harbour Wire · 2024-05-05\n"
        " “The storm sank 12 boats in Port Ellis.”\n"
    )
    assert talk.chat.filters == Filters(articles=("storm",))
    with pytest.raises(NotFound):
        talk.chat.resume(99)


def test_old_citations_resolve_when_the_article_has_changed(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list(library.add(ARTICLES[:1]))
    talk = Talk(library, tmp_path, capsys)
    talk("What sank?", script=[[SANK]])
    list(library.add([Article("storm", "It was a calm day after all.", "No storm")]))
    told = talk("/source 1", "/why")
    assert ">>>The storm sank 12 boats in Port Ellis.<<<" in told
    assert "\nthe article has changed since; this is the text that was cited\n" in told
    assert "[1] is not found any more: the articles have changed" in told
    talk.background.close()
    talk.chats.close()


@pytest.mark.parametrize("text", ["Calm.", "It was a calm day after all. " * 20])
def test_the_nearest_passages_resolve_when_the_article_has_changed(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    list(library.add(ARTICLES[:1]))
    list(library.embed())
    talk = Talk(library, tmp_path, capsys)
    talk("Who won the cup?", script=[[]])
    list(library.add([Article("storm", text, "No storm")]))
    talk.chat.resume(talk.chats.last())
    told = talk("/source ~1")
    assert f">>>{STORM}<<<" in told
    assert "the article has changed since" in told
    kept = talk.chat.turns[-1].answer  # as an earlier version kept it
    (near,) = kept.nearest
    old = kept.model_copy(update={"nearest": [near.model_copy(update={"version": ""})]})
    talk.chats.replace(talk.chat.turns[-1], old, Filters())
    talk.chat.resume(talk.chats.last())
    assert text.strip() in talk("/source ~1")
    talk.background.close()
    talk.chats.close()


def test_why_tells_the_fate_of_each_passage(talk: Talk) -> None:
    told = talk("What did the storm sink?", "/filter off", "/why", script=[[SANK]])
    why = told.partition("looked up: ")[2].splitlines()
    assert why[:2] == ["What did the storm sink?", "among: article:storm"]
    assert why[3].split()[0] == "1"
    assert why[3].endswith("cited [1]")
    assert "storm" in why[4].casefold()
    assert why[-1].startswith("read by scripted; retrieve ")
    assert not any("Water law" in line for line in why)
    told = talk("And then?", "/why", script=[[SANK]])
    assert told.splitlines()[-1].startswith("read by scripted; rewrite ")


def test_a_conversation_goes_on_where_it_cannot_be_kept(talk: Talk, tmp_path: Path) -> None:
    talk("What sank?", script=[[SANK]])
    broken(tmp_path / "chats.sqlite")
    told = talk("Who asked for help?", "/retry", "/chats", "/source 1.1", script=[[HELP], [HELP]])
    assert told.count(f"note: not kept: {tmp_path / 'chats.sqlite'} cannot be used: ") == 2
    assert ">>>The storm sank 12 boats in Port Ellis.<<<" in told
    assert talk.errors.startswith("error: ")
    assert "chats.sqlite cannot be used: no such table: turns\n" in talk.errors
    mended(tmp_path / "chats.sqlite")
    assert "note: " not in talk("/retry", "/retry", script=[[HELP], [SANK]])
    kept = talk.chats.turns(talk.chats.last())
    assert [turn.answer.answer for turn in kept] == ["The storm sank 12 boats. [1]"] * 2
    assert kept == talk.chat.turns


def test_filters_are_shown_set_and_cleared(talk: Talk) -> None:
    told = talk(
        "/filter",
        "/filter before:1999-01-01",
        "Who voted?",
        '/filter source:"The Meridian Post" after:2024-06-01',
        '/filter source:"The Meridian Pots"',
        "/filter article:strom",
        "/search water law",
        "/filter off",
        "/filter before:later",
        script=[[]],
    )
    assert told.startswith("1 of 2 articles: article:storm\n0 of 2 articles: before:1999-01-01\n")
    assert '\n1 of 2 articles: source:"The Meridian Post" after:2024-06-01\n  1  Water law' in told
    assert told.endswith("all articles count\n")
    assert talk.errors.startswith(
        "error: there is no source 'The Meridian Pots'\nhint: did you mean 'The Meridian Post'?\n"
        "error: there is no article 'strom'\nhint: did you mean 'storm'?\nerror: before: "
    )


def test_articles_are_added_and_listed(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = Talk(library, tmp_path, capsys)
    talk.chat.filters = Filters()
    (tmp_path / "a storm.txt").write_text("Storm over the harbour\n\n" + STORM)
    told = talk("Who?", f"/add '{tmp_path / 'a storm.txt'}' {tmp_path / 'none.md'}", script=[[]])
    assert told.endswith("the library is empty; /add PATH fills it\n\n1 added, 1 failed\n")
    assert "none.md" in talk.errors
    assert library.backlog == 0
    assert "Storm over the harbour" in talk("/articles")
    assert talk("/articles calm") == "no article has 'calm'\n"
    assert talk("/add http://127.0.0.1/news").endswith("1 failed\n")
    assert "http://127.0.0.1/news: is not an address of the public internet" in talk.errors
    talk.background.close()
    talk.chats.close()


def test_a_conversation_is_saved(talk: Talk, tmp_path: Path) -> None:
    markdown, rows = tmp_path / "chat.md", tmp_path / "chat.json"
    talk("What *sank*?", "Who?", script=[[SANK, DraftStatement("<b>it</b> was [sic].", ())], []])
    talk(f"/save {markdown}", f"/save {rows}", f"/save {markdown}", "/save chat.doc")
    assert (
        markdown.read_text()
        == """\
## What \\*sank\\*?

The storm sank 12 boats. [^1-1] \\<b\\>it\\</b\\> was \\[sic\\].

> \\! not supported, it cites nothing: \\<b\\>it\\</b\\> was \\[sic\\].

## Who?

The articles do not say.

[^1-1]: “The storm sank 12 boats in Port Ellis.” Storm over the harbour · Harbour Wire · \
2024-05-05 · storm 0-38
"""
    )
    saved = json.loads(rows.read_text())
    assert saved == [turn.answer.model_dump() for turn in talk.chat.turns]
    assert talk.errors == (
        f"error: {markdown} is there already\nhint: name another file\n"
        "error: /save needs one file that ends in .md or .json\nhint: /save chat.md\n"
    )


def test_escape_sequences_never_reach_the_terminal(talk: Talk) -> None:
    told = talk(
        "What \x1b[2J sank?\udcff",
        "/sources",
        "/why",
        "/chats",
        script=[[DraftStatement("\x1b]title\x07The storm \x9bm sank 12 boats.", (1,))]],
    )
    assert "The storm \ufffdm sank 12 boats. [1]" in told
    assert not {"\x1b", "\x07", "\x9b"} & {*told, *talk.errors}


def test_every_command_has_help(talk: Talk) -> None:
    told = talk("/help")
    for name, text in commands().items():
        assert text.startswith(f"/{name}")
        assert f"\n/{name}" in f"\n{told}"
        assert talk(f"/help {name}").startswith(text)
    assert talk("/help /why").startswith("/why: ")
    talk("/help wy")
    assert talk.errors.endswith("hint: did you mean /why?\n")


def test_a_chat_ends_where_it_is_told_to(talk: Talk) -> None:
    for goodbye in ("/quit", "quit", "exit"):
        assert talk(goodbye, "/help") == ""


def test_what_needs_an_answer_says_so(talk: Talk) -> None:
    talk(
        "/why",
        "/retry",
        "/source 1",
        "/source",
        "/save x.md",
        "/chats x",
        "/search",
        "/add",
        "/add 'x",
    )
    assert talk.errors.count("error: nothing was answered yet in this conversation\n") == 3
    assert talk.errors.count("error: ") == talk.errors.count("hint: ") + 1 == 9


def test_a_service_that_cannot_be_closed_leaves_no_thread() -> None:
    @contextmanager
    def breaking() -> Iterator[Service]:
        yield cast(Service, None)
        raise LibraryError("the disk is full")

    background = BackgroundService(breaking)
    with pytest.raises(LibraryError, match="the disk is full"):
        background.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("background-service")]


def test_citations_that_are_not_there_are_told(talk: Talk) -> None:
    talk("What sank?", "/source 9", "/source 7.1", "/source ~1", "/source nobody", script=[[SANK]])
    assert [line for line in talk.errors.splitlines() if line.startswith("error")] == [
        "error: there is no citation 9",
        "error: there is no turn 7",
        "error: there is no passage ~1",
        "error: there is no article 'nobody'",
    ]
    assert talk.code == 3


def test_strictness_is_shown_chosen_and_refused(talk: Talk) -> None:
    told = talk("/strictness", "/strictness 0.6", "/strictness 7", "/strictness much")
    assert told.splitlines() == ["as the settings have it", "0.6"]
    assert "'7' is not between 0 and 1" in talk.errors
    assert "'much' is not between 0 and 1" in talk.errors
    talk("Who?", script=[[HELP]])
    assert talk.chat.strictness == talk.service.strictness == 0.6
