"""Which files are read: those named, and those in the folders named."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index.errors import ArticleError
from index.sources.decoding import display, unreadable

SUFFIXES = (
    *(".txt", ".text", ".md", ".markdown"),
    *(".html", ".htm", ".pdf", ".jsonl", ".ndjson"),
)
READABLE = f"these are read: {', '.join(SUFFIXES)}"


class File(NamedTuple):
    """A file and where it lies: the name of the folder that was named, and the path below it.

    That is the same on another machine. A file that is named by itself lies in its folder, as if
    that had been named: `docs`, `docs/*.txt` and `docs/a.txt` are the same articles. Links are
    followed first, so that no file lies in two places of a folder.
    """

    path: Path
    place: str


@dataclass
class Skipped:
    """What lies in folders and is not read, hidden entries apart: filled while they are searched.

    `suffixes` counts the files of each other kind, under "" those without a suffix; `links` are the
    paths of links that lead out of the folder.
    """

    suffixes: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)


def find(
    paths: Iterable[Path | File | ArticleError], skipped: Skipped | None = None
) -> list[File | ArticleError]:
    """The files that `read` would open, each once, and an ArticleError for each fault.

    Folders are searched to the bottom, in order of path, without hidden entries, without following
    links to other folders, or to files outside of the folder that was named. A file named outright
    has to have a suffix of SUFFIXES.
    """
    found: dict[str | int, File | ArticleError] = {}
    skipped = skipped or Skipped()
    for path in paths:
        for item in _expand(path, skipped) if isinstance(path, Path) else [path]:
            key = id(item) if isinstance(item, ArticleError) else os.path.realpath(item.path)
            found.setdefault(key, item)
    return list(found.values())


def _file(path: Path, folder: Path) -> File:
    """`folder` is a real path that the file's real path is below."""
    real = Path(os.path.realpath(path))
    return File(path, display(Path(folder.name, real.relative_to(folder))))


def _expand(path: Path, skipped: Skipped) -> Sequence[File | ArticleError]:
    try:
        path.stat()
    except FileNotFoundError:
        return [ArticleError(display(path), "does not exist")]
    except (OSError, ValueError) as error:
        return [unreadable(path, error)]
    if path.is_dir():
        return _in_folder(path, skipped)
    try:
        check_suffix(path)
    except ArticleError as error:
        return [error]
    return [_file(path, Path(os.path.realpath(path)).parent)]


def check_suffix(path: Path) -> None:
    """ArticleError if files with this name's suffix are not read."""
    if path.suffix.lower() not in SUFFIXES:
        kind = f"{path.suffix} files are not read" if path.suffix else "has no suffix"
        raise ArticleError(display(path), kind, hint=READABLE)


def _in_folder(folder: Path, skipped: Skipped) -> Sequence[File | ArticleError]:
    """Its files in order of path, after the folders in it that cannot be opened."""
    root = Path(os.path.realpath(folder))
    items = list(_walk(folder, root, skipped))
    faults = [item for item in items if isinstance(item, ArticleError)]
    files = sorted(item for item in items if isinstance(item, Path))
    if not items:
        return [ArticleError(display(folder), "no articles in it", hint=READABLE)]
    return [*faults, *(_file(path, root) for path in files)]


def _walk(folder: Path, root: Path, skipped: Skipped) -> Iterator[Path | ArticleError]:
    """Files with a suffix of SUFFIXES, in no order; `root` is the folder's real path."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listing:
                entries = [entry for entry in listing if not entry.name.startswith(".")]
        except OSError as error:
            yield unreadable(here, error)
            continue
        # A link to a folder may lead back up, or to the whole disk: only real ones are entered.
        waiting.extend(Path(e.path) for e in entries if e.is_dir(follow_symlinks=False))
        for entry in entries:
            path = Path(entry.path)
            if _leads_out(path, root):
                skipped.links.append(display(path))
            elif not _is_folder(entry):
                if path.suffix.lower() in SUFFIXES:
                    yield path
                else:
                    skipped.suffixes[path.suffix.lower()] += 1


def _leads_out(path: Path, root: Path) -> bool:
    """Whether it is a link to something outside; one in a loop leads nowhere."""
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Also for a link to a folder; a link in a loop is none, and reading it says so."""
    try:
        return entry.is_dir()
    except OSError:
        return False
