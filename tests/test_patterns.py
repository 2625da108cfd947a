"""No text makes a search of ours slow: each pattern is fed 20,000 characters of its worst."""

import importlib
import pkgutil
import random
import re
import signal
from contextlib import suppress
from re import _constants as op
from re import _parser as parser

import pytest

PACKAGES = ("index", "prompts", "qa", "eval")
ELSEWHERE = ("eval.bench", "eval.sets")
"""Benchmarks and data: their texts are ours, and some need packages of their own."""

SIZE = 20_000
"""Code points: what is linear takes milliseconds, what is quadratic seconds."""

LIMIT_SECONDS = 0.4
"""Of processor time, so that a busy machine does not matter."""

SAMPLES = 4
PREFIXES = 8

BOUNDED = {
    "index.sources.dates_in_words": "dates in words have MAX_WORDS_CHARS at most",
    "index.sources.titles._RESIDUE": "a title is looked for in a text's first BEGINNING characters",
    "qa.checks.disagreement._REVISED": "a sentence has SENTENCE_CHARS at most",
    "qa.checks.disagreement._UNIT": "is matched at one place",
    "qa.checks.fact_extraction._SENTENCE_START": "is shown four characters",
    "qa.readers.lexical_features._ASKS_FOR": "a question has MAX_QUESTION_CHARS at most",
}
"""Patterns that may be slow on long texts, and why they never see one."""


def patterns():
    """(where, pattern) for every compiled pattern among the globals of the project's modules."""
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(compiled(value)):
                yield f"{module.__name__}.{name}[{number}]", pattern


def modules():
    for package in map(importlib.import_module, PACKAGES):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(ELSEWHERE) and not found.name.endswith("__main__"):
                with suppress(ModuleNotFoundError):  # of training, which no user's text reaches
                    yield importlib.import_module(found.name)


def compiled(value):
    """The patterns in a value, which may hold them at any depth."""
    match value:
        case re.Pattern():
            yield value
        case dict():
            yield from compiled(list(value.values()))
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from compiled(item)


def units(pattern, chance):
    """Short texts that the pattern matches, or nearly does, to be repeated."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    tree = parser.parse(
        source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    found = {}
    for _ in range(SAMPLES):
        sample = "".join(written(tree, chance))
        found |= dict.fromkeys([sample, *sample])
        cuts = chance.sample(range(1, len(sample) + 1), min(PREFIXES, len(sample)))
        found |= dict.fromkeys(sample[:cut] for cut in cuts)
        found |= dict.fromkeys(sample[cut:] for cut in cuts)
    return [unit for unit in found if unit]


def written(tree, chance):
    """Parts of a text that the parsed pattern matches, as far as it says without looking around."""
    for code, value in tree:
        match code:
            case op.LITERAL:
                yield chr(value)
            case op.NOT_LITERAL:
                yield "a" if value != ord("a") else "b"
            case op.ANY:
                yield chance.choice("a .")
            case op.IN:
                yield member(value, chance)
            case op.BRANCH:
                yield from written(chance.choice(value[1]), chance)
            case op.SUBPATTERN:
                yield from written(value[-1], chance)
            case op.ATOMIC_GROUP:
                yield from written(value, chance)
            case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
                least, most, part = value
                for _ in range(min(least + chance.choice([0, 1, 2]), int(most))):
                    yield from written(part, chance)
            case op.ASSERT:
                yield from written(value[1], chance)


CATEGORIES = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_SPACE: " \n\t",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_WORD: "aA7_",
    op.CATEGORY_NOT_WORD: " .-",
}


def member(choices, chance):
    """A character of a set."""
    negated = choices[0][0] is op.NEGATE
    excluded = re.compile("|".join(as_sets(choices[1:]))) if negated else None
    if excluded:
        return next(char for char in "a 7.-\n(é\0" if not excluded.match(char))
    code, value = chance.choice(choices)
    if code is op.LITERAL:
        return chr(value)
    if code is op.RANGE:
        return chr(chance.choice(value))
    return chance.choice(CATEGORIES[value])


def as_sets(choices):
    names = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}
    names |= {
        op.CATEGORY_NOT_DIGIT: r"\D",
        op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_NOT_WORD: r"\W",
    }
    for code, value in choices:
        if code is op.LITERAL:
            yield re.escape(chr(value))
        elif code is op.RANGE:
            yield f"[{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}]"
        else:
            yield names[value]


def texts(unit):
    """Long texts of the unit, before and behind other characters."""
    long = unit * (SIZE // len(unit))
    yield from (f"{long}\0", f"x{long}\n.")


class Slow(Exception):
    pass


def stop(signum, frame):
    raise Slow


def is_slow(pattern, text):
    """Whether looking at all of a text, from every place, takes longer than the limit.

    The engine of `re` looks for signals while it searches.
    """
    text = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_SECONDS)
        for _ in pattern.finditer(text):
            pass
        pattern.match(text)
        pattern.fullmatch(text)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except Slow:
        return True
    return False


def worst(pattern):
    """A piece of text that the pattern is slow on when it is repeated; None if there is none."""
    found = (
        unit
        for unit in units(pattern, random.Random(7))
        if any(is_slow(pattern, text) for text in texts(unit))
    )
    return next(found, None)


@pytest.fixture
def timer():
    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def test_no_pattern_is_slow_on_any_text(timer):
    seen = [
        (where, pattern) for where, pattern in patterns() if not where.startswith(tuple(BOUNDED))
    ]
    assert len(seen) > 100
    slow = {where: unit for where, pattern in seen if (unit := worst(pattern)) is not None}
    assert slow == {}


@pytest.mark.parametrize("pattern", [r"(\w+)-$", r"\s*x", r"a.*b.*c", r"(?:a|a)*$"])
def test_a_slow_pattern_is_found(timer, pattern):
    assert worst(re.compile(pattern)) is not None


@pytest.mark.parametrize("pattern", [r"(?<!\w)(\w++)-$", r"(?<!\s)\s*+x", r"ab?c"])
def test_a_quick_pattern_is_not_called_slow(timer, pattern):
    assert worst(re.compile(pattern)) is None
