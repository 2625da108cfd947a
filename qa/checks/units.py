"""What a number is of: money, a share, a length, a weight, a length of time. Pure."""

import re
from functools import cache

_NAMES = {
    "%": r"%|per ?cent(?:age)?|pct",
    "$": r"(?:u\.?s\.? |american )?dollars?|usd",
    "€": r"euros?|eur",
    "£": r"pounds? sterling|gbp",
    "yen": "yen",
    "rouble": "rou?bles?",
    "rupee": "rupees?",
    "hryvnia": "hryvnias?",
    "km": r"kilomet(?:re|er)s?|km",
    "mile": "miles?",
    "metre": r"met(?:re|er)s?",
    "foot": "foot|feet|ft",
    "kg": "kilos?|kilogram(?:me)?s?|kg",
    "tonne": "tonnes?|tons?",
    "°C": r"(?:degrees? |°)(?:celsius|centigrade|c)",
    "°F": r"(?:degrees? |°)(?:fahrenheit|f)",
    "kW": "kilowatts?|kw",
    "MW": "megawatts?|mw",
    "GW": "gigawatts?|gw",
    "second": "seconds?",
    "minute": "minutes?",
    "hour": "hours?",
    "day": "days?",
    "week": "weeks?",
    "month": "months?",
    "year": "years?",
    "decade": "decades?",
}
_BEHIND = re.compile(
    r"[\s-]?(?:" + "|".join(f"({words})(?!\\w)" for words in _NAMES.values()) + ")", re.IGNORECASE
)
_BEFORE = re.compile(r"([$€£])\s?$")


def stands_alone(unit: str, text: str) -> bool:
    """Whether one of this unit is spoken of: "one week", "a week", "last week"."""
    return bool(_alone(unit).search(text))


@cache
def _alone(unit: str) -> re.Pattern[str]:
    before = r"\b(?:an?|one|1|the|this|that|last|next|each|every|per|another|within|whole)[\s-]"
    return re.compile(rf"{before}(?:{_NAMES[unit]})(?!\w)", re.IGNORECASE)


def unit(text: str, start: int, end: int) -> str:
    """The unit of the number at `text[start:end]`, the same for all its names; "" if it has none
    that is known."""
    if before := _BEFORE.search(text, max(0, start - 2), start):
        return before[1]
    behind = _BEHIND.match(text, end)
    return list(_NAMES)[(behind.lastindex or 0) - 1] if behind else ""
