"""What makes a build red: floors, and a committed baseline. Pure but for reading and writing it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.metrics import Summary
from eval.score import LOWER_IS_BETTER, METRICS, Result
from index.errors import InputError

TOLERANCE = 0.03
"""What a metric may lose against a baseline that names no tolerance of its own."""

_UNSTABLE = frozenset({"p50_ms", "p95_ms", "citation_length"})
"""Not put into a baseline: times differ between machines, and length is neither good nor bad."""


class Expected(BaseModel):
    """A metric's value when the baseline was made, and how much worse it may be."""

    model_config = ConfigDict(extra="forbid")
    value: float
    tolerance: float = TOLERANCE


class Baseline(BaseModel):
    """Of one set: metrics, and the fault of each question ("" is right)."""

    model_config = ConfigDict(extra="forbid")
    metrics: dict[str, Expected]
    faults: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """failures: a sentence for each metric that is too low; flips: for each changed question;
    worse: the ids of those that were right in the baseline and are wrong now."""

    failures: tuple[str, ...] = ()
    flips: tuple[str, ...] = ()
    worse: frozenset[str] = frozenset()


def check_floors(found: Mapping[str, Summary], floors: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that is below its floor, or, of those where lower is better,
    above it, or that nothing was scored for."""
    failures = []
    for name, floor in floors.items():
        if name not in found:
            failures.append(f"{name} has a floor of {floor:g}, and nothing was scored for it")
        elif _worse(name, _value(found[name]), floor):
            failures.append(f"{name} is {_value(found[name]):.4f}, the floor is {floor:g}")
    return failures


def compare(found: Mapping[str, Summary], results: Sequence[Result], base: Baseline) -> Verdict:
    """Metrics against a baseline, and the questions that went from right to wrong or back."""
    failures = []
    for name, expected in base.metrics.items():
        sign = -1 if name in LOWER_IS_BETTER else 1
        value = _value(found[name]) if name in found else None
        if value is None:
            failures.append(f"{name} was {expected.value:.4f}, now nothing was scored for it")
        elif _worse(name, value, expected.value - sign * expected.tolerance):
            failures.append(
                f"{name} is {value:.4f}, it was {expected.value:.4f} "
                f"(tolerance {expected.tolerance:g})"
            )
    now = faults(results)
    worse = frozenset(case for case, fault in now.items() if fault and base.faults.get(case) == "")
    return Verdict(tuple(failures), tuple(_flips(now, base.faults)), worse)


def _flips(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    flips = []
    for case, fault in now.items():
        was = before.get(case)
        if was == "" and fault:
            flips.append(f"{case}: was right, now: {fault}")
        elif was and not fault:
            flips.append(f"{case}: now right, was: {was}")
    return flips


def faults(results: Sequence[Result]) -> dict[str, str]:
    """The first fault of each question over its repeats."""
    told: dict[str, str] = {}
    for one in results:
        case = one.question.case.id
        told[case] = told.get(case) or one.fault
    return told


def read_baselines(file: Path) -> dict[str, Baseline]:
    """Baselines by the name of their set. InputError says what is wrong with the file."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return {name: Baseline.model_validate(row) for name, row in held.items()}
    except FileNotFoundError as error:
        raise InputError(f"there is no baseline {file}", "make it: --update-baseline") from error
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise InputError(f"{file} is no baseline: {error}", "make it: --update-baseline") from error


def updated(
    old: Baseline | None, found: Mapping[str, Summary], results: Sequence[Result]
) -> Baseline:
    """A baseline of today's values, with the tolerances of the old one."""
    kept = old.metrics if old else {}
    expected = {
        name: Expected(
            value=round(_value(one), 4),
            tolerance=kept[name].tolerance if name in kept else TOLERANCE,
        )
        for name, one in found.items()
        if name not in _UNSTABLE
    }
    return Baseline(metrics=expected, faults=faults(results))


def write_baselines(file: Path, baselines: Mapping[str, Baseline]) -> None:
    """Sorted, so that a change reads well in a review."""
    rows = {name: one.model_dump() for name, one in sorted(baselines.items())}
    file.write_text(json.dumps(rows, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def parse_floor(text: str) -> tuple[str, float]:
    """METRIC=VALUE. InputError if it is not."""
    name, _, value = (part.strip() for part in text.partition("="))
    try:
        floor = float(value)
    except ValueError as error:
        raise InputError(f"{text!r} is not METRIC=VALUE", "for instance mrr=0.8") from error
    if name not in METRICS:
        raise InputError(f"there is no metric {name!r}", "the metrics are " + ", ".join(METRICS))
    if not math.isfinite(floor):
        raise InputError(f"{text!r} is no floor", "for instance mrr=0.8")
    return name, floor


def _worse(name: str, value: float, limit: float) -> bool:
    return value > limit + _ROUNDING if name in LOWER_IS_BETTER else value < limit - _ROUNDING


_ROUNDING = 1e-4


def _value(one: Summary) -> float:
    assert one.value is not None
    return one.value
