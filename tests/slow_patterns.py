"""Regular expressions that take much longer for a text that is a little longer.

Run as a program it prints those of the project as JSON, each with a text that it is slow for.
"""

import importlib
import itertools
import json
import pkgutil
import random
import re
import sys
import time
from contextlib import suppress
from re import _constants as op
from re import _parser as parser

PACKAGES = ("index", "prompts", "qa", "eval")
ELSEWHERE = ("eval.bench", "eval.sets")
"""Benchmarks and data: their texts are ours, and some need packages of their own."""

SIZES = 4_000, 32_000
"""Code points of the two texts that are compared."""

MOST = 24
"""A linear search takes eight times as long for the longer one, a quadratic one 64 times."""

QUICK = 0.05
"""Seconds of processor time within which the longer text does not matter."""

SAMPLES = 12
PREFIXES = 16


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


def texts(unit, size):
    """Long texts of the unit alone, behind another character and before some."""
    long = unit * (size // len(unit))
    yield from (long, f"{long}\0", f"{long}\n.", f"x{long}x")


def seconds(pattern, text):
    """The processor time that it takes to look at all of a text from every place."""
    text = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    started = time.process_time()
    for _ in pattern.finditer(text):
        pass
    pattern.match(text)
    pattern.fullmatch(text)
    return time.process_time() - started


def is_slow(pattern, unit, number):
    short, long = (next(itertools.islice(texts(unit, size), number, None)) for size in SIZES)
    if seconds(pattern, long) < QUICK:
        return False
    few = max(min(seconds(pattern, short) for _ in range(3)), QUICK / MOST / 8)
    return min(seconds(pattern, long) for _ in range(3)) > MOST * few


def main():
    slow = {}
    for where, pattern in patterns():
        print(where, file=sys.stderr, flush=True)
        chance = random.Random(7)
        for unit, number in itertools.product(units(pattern, chance), range(4)):
            if is_slow(pattern, unit, number):
                slow[where] = (
                    pattern.pattern
                    if isinstance(pattern.pattern, str)
                    else pattern.pattern.decode(),
                    unit,
                )
                break
    json.dump(slow, sys.stdout)


if __name__ == "__main__":
    main()
