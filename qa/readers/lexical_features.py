"""What words alone tell of a question and a sentence: kinds of answer, names, numbers. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

_WORD = re.compile(r"\w+")
_STOP = frozenset(
    _WORD.findall(
        "a an the of in on at to for from by with and or is are was were be been did do does has "
        "have had what which who whom whose when where why how it its this that these those as "
        "about into there their his her he she they you i we will would can could not s t"
    )
)
_NAME = re.compile(r"\b[A-ZÀ-ÞА-Я]\w+")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|percent|none|both)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(1[0-9]{3}|20[0-9]{2})s?\b|\b\d{1,4} ?(AD|BC|BCE|CE)\b|\bcentur(y|ies)\b|"
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|spring|summer|autumn|winter)\b"
)
_MONEY = re.compile(
    r"[$£€¥]|\b(dollars?|euros?|pounds|percent|per cent|USD|million|billion)\b|%", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(in|at|near|from|to|of|off|outside|through) (the )?([a-z]+ ){0,2}[A-ZÀ-Þ]\w+|"
    r"\b(north|south|east|west)\w*\b"
)
_REASON = re.compile(
    r"\b(because|due to|since|as a result|so that|in order|caused?|causes|led to|leads? to|"
    r"therefore|thus|reasons?|owing|thanks to|so as|result(s|ed)? (in|from)|for this|to \w+)\b",
    re.IGNORECASE,
)
_MANNER = re.compile(r"\b(by|through|via|using|with|when|as) \w+", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^.{0,90}\b(is|are|was|were|refers? to|means?|describes?|denotes?) (a|an|the|any|one|both)\b"
)
_NEGATION = re.compile(r"n't\b|\b(not|never|no|none|without|neither|nor|unable|except)\b", re.I)
_BACK = re.compile(r"^\W*(it|this|that|these|those|he|she|they|his|her|its|their|such)\b", re.I)

_SEVERAL = re.compile(
    r"\b(what|which) ((are|were|the|two|three|four|other|main|new) ){0,3}"
    r"(?!(does|was|has|is|happens|makes|causes|means)\b)[a-z]{2,}[^\Wsui]s\b|"
    r"\b(list|name) (all|the)\b|\breasons\b",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^\W*(the )?(first|second|third|fourth|fifth|one|another|next|last|other|final)(ly)?\b|"
    r"^\W*(also|besides|in addition|moreover|then|\d{1,2}[.)])\W|^\s*[-•*–]\s",
    re.IGNORECASE,
)

_ONE_TIME = re.compile(
    r"\b(first|initial(ly)?|earl(y|ier|iest)|at (that|the) time|by then|as of|until|according|"
    r"evening|morning|yesterday|reported|announced|say|says|said)\b",
    re.IGNORECASE,
)

KINDS = ("when", "number", "money", "where", "who", "why", "how", "definition")
"""What a question may ask for; the first that fits counts."""

_ASKS = {
    "when": r"\bwhen\b|\b(what|which) (\w+ )?(year|date|day|month|century|decade|time)\b|"
    r"how long ago",
    "money": r"\bhow much\b|\bwhat (\w+ )?(percent|percentage|share|price|cost|amount|salary)\b",
    "number": r"\bhow (many|old|far|long|tall|big|high|large|deep|fast|often|wide|heavy)\b|"
    r"\b(what|which) (\w+ )?(number|population|age|length|height|distance|size|temperature|rate)\b",
    "where": r"\bwhere\b|\b(what|which) (\w+ )?(city|country|state|place|location|county|region|"
    r"town|continent|province|island|river|district)\b",
    "who": r"\bwho(m|se)?\b|\b(what|which) (\w+ )?(person|people|man|woman|king|queen|president|"
    r"leader|actor|actress|singer|band|company|team|organization|group|name|author|artist)\b",
    "why": r"\bwhy\b|\bwhat (is |was |were |are )?(the )?(caused?|reasons?|purpose)\b|how come|"
    r"what .*\bfor\?*$",
    "how": r"\bhow\b",
    "definition": r"^\W*what (is|are|was|were) (\w+ ){0,4}\w+\W*$|\b(define|mean|meaning)\b|"
    r"^\W*what (do|does) .*\b(mean|stand for)\b",
}
_ASKS_FOR = {kind: re.compile(_ASKS[kind], re.IGNORECASE) for kind in KINDS}
_ANSWERS = {
    "when": _DATE,
    "where": _PLACE,
    "money": _MONEY,
    "why": _REASON,
    "how": _MANNER,
    "definition": _DEFINITION,
}


def words(text: str) -> frozenset[str]:
    """The words that carry meaning, lower case, cut to a rough stem."""
    return frozenset(stem(word) for word in _WORD.findall(text) if carries_meaning(word))


def stem(word: str) -> str:
    """The word's beginning, lower case."""
    return word.casefold()[:6]


def stems(text: str) -> list[str]:
    """For each character the stem of its word; empty if that carries no meaning."""
    found = [""] * len(text)
    for match in _WORD.finditer(text):
        if carries_meaning(match.group()):
            found[match.start() : match.end()] = [stem(match.group())] * len(match.group())
    return found


def carries_meaning(word: str) -> bool:
    """Whether it is a word, and not one that any sentence may have."""
    return word.casefold() not in _STOP and any(map(str.isalnum, word))


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """Words that follow each other, those that carry no meaning left out."""
    kept = [stem(word) for word in _WORD.findall(text) if carries_meaning(word)]
    return frozenset(pairwise(kept))


def kind(question: str) -> str:
    """One of KINDS, or "other"."""
    return next((name for name in KINDS if _ASKS_FOR[name].search(question)), "other")


def names(text: str) -> frozenset[str]:
    """Stems of capitalised words that carry meaning."""
    return frozenset(stem(word) for word in _NAME.findall(text) if carries_meaning(word))


def numbers(text: str) -> frozenset[str]:
    """Numbers in digits, without the commas."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(text))


def has_answer(kind: str, question: str, sentence: str) -> bool:
    """Whether the sentence has something of this kind that the question does not have itself."""
    if kind == "who":
        return bool(names(sentence) - words(question))
    if kind == "number":
        return bool(numbers(sentence) - numbers(question) or _NUMBER_WORDS.search(sentence))
    if kind not in _ANSWERS:
        return False
    found = [match.group() for match in _ANSWERS[kind].finditer(sentence)]
    return any(text not in question for text in found)


def negated(text: str) -> bool:
    """Whether something is denied in it."""
    return bool(_NEGATION.search(text))


def points_back(text: str) -> bool:
    """Whether it begins with a word for something said before."""
    return bool(_BACK.search(text))


def coverage(question: str, title: str, sentences: Sequence[str]) -> list[float]:
    """The share of the question's words that each sentence has, 0 to 1, but for those of the
    title: any sentence is about that."""
    asked = words(question) - words(title)
    return [len(asked & words(sentence)) / max(1, len(asked)) for sentence in sentences]


def stating(question: str, title: str, sentences: Sequence[str], naming: Collection[int]) -> int:
    """Which sentence of a passage states what is asked if those in `naming` have only the name:
    "She plays Elena." behind "Nina Dobrev is an actress."; -1 if none does.

    It comes after the first of them, points back, and has half of the question's words and at
    least two more than each of them. Words of the title do not count: any sentence is about that.
    """
    asked = words(question) - words(title)
    shared = [len(asked & words(sentence)) for sentence in sentences]
    best = shared.index(max(shared))
    least = max(2 + max(shared[place] for place in naming), len(asked) / 2)
    states = best > min(naming) and shared[best] >= least and points_back(sentences[best])
    return best if states else -1


def share(part: Iterable[str], weights: dict[str, float]) -> float:
    """The weight of `part` among all of `weights`, 0 to 1; 0 if there is none."""
    total = sum(weights.values())
    return sum(weights[word] for word in part) / total if total else 0.0


def asks_for_several(question: str) -> bool:
    """Whether more than one thing is asked for, as in "what conditions"."""
    return bool(_SEVERAL.search(question))


def asks_of_one_time(question: str) -> bool:
    """Whether a moment or a source is named, so that what others said later is no answer."""
    return bool(_ONE_TIME.search(question) or _DATE.search(question))


def continues_list(before: str, text: str) -> bool:
    """Whether `text` is the next item of a list that `before` leads in or is an item of."""
    return before.rstrip().endswith(":") or bool(_ITEM.search(text))
