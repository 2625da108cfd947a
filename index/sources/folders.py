"""Which files are read: those named, and those in the folders named."""

import os
from collections.abc import Iterable, Iterator, Sequence
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


def find(paths: Iterable[Path | File | ArticleError]) -> list[File | ArticleError]:
    """The files that `read` would open, each once, and an ArticleError for each fault.

    Folders are searched to the bottom, in order of path, without hidden entries and without
    following links to other folders. A file named outright has to have a suffix of SUFFIXES.
    """
    found: dict[str | int, File | ArticleError] = {}
    for path in paths:
        for item in _expand(path) if isinstance(path, Path) else [path]:
            key = id(item) if isinstance(item, ArticleError) else os.path.realpath(item.path)
            found.setdefault(key, item)
    return list(found.values())


def _file(path: Path, folder: Path) -> File:
    """`folder` is a real path; a file that is outside of it lies in its own folder."""
    real = Path(os.path.realpath(path))
    root = folder if real.is_relative_to(folder) else real.parent
    return File(path, display(Path(root.name, real.relative_to(root))))


def _expand(path: Path) -> Sequence[File | ArticleError]:
    try:
        path.stat()
    except FileNotFoundError:
        return [ArticleError(display(path), "does not exist")]
    except (OSError, ValueError) as error:
        return [unreadable(path, error)]
    if path.is_dir():
        return _in_folder(path)
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


def _in_folder(folder: Path) -> Sequence[File | ArticleError]:
    """Its files in order of path, after the folders in it that cannot be opened."""
    items = list(_walk(folder))
    faults = [item for item in items if isinstance(item, ArticleError)]
    files = sorted(item for item in items if isinstance(item, Path))
    if not items:
        return [ArticleError(display(folder), "no articles in it", hint=READABLE)]
    root = Path(os.path.realpath(folder))
    return [*faults, *(_file(path, root) for path in files)]


def _walk(folder: Path) -> Iterator[Path | ArticleError]:
    """Files with a suffix of SUFFIXES, in no order."""
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
        files = (Path(entry.path) for entry in entries if not _is_folder(entry))
        yield from (path for path in files if path.suffix.lower() in SUFFIXES)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Also for a link to a folder; a link in a loop is none, and reading it says so."""
    try:
        return entry.is_dir()
    except OSError:
        return False
