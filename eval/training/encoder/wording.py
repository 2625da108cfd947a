"""Questions made harder to find by, as people type and say them: greetings and context before
them, typos, no question mark. Pure; all chance comes from the given generator."""

import random
import re

from qa.readers import lexical_features

CHATTER = (
    "hi, {}",
    "hello! {}",
    "hey, quick question: {}",
    "good morning. {} thanks",
    "sorry to bother you, but {}",
    "i was reading about this yesterday and wondered, {}",
    "my editor wants to know: {}",
    "could you please tell me {}",
    "ok so i need this for a piece that is due tonight. {}",
    "um so like {}",
    "not sure if this is the right place to ask, {}",
    "we were arguing about it over lunch. {}",
    "can you look up something for me? {}",
    "{} thank you in advance",
    "{} cheers",
    "one more thing, {}",
    "please {}",
    "i have to write a short note on this, so {} a short answer is fine",
)
"""What people put around a question; {} is the question."""

CHATTER_SHARE, TYPO_SHARE, BARE_SHARE = 0.15, 0.2, 0.1
"""How often a question gets each of them."""

_WORD = re.compile(r"[^\W\d_]{5,}")


def reworded(question: str, draw: random.Random) -> str:
    """The question, now and then with a typo, as keywords or amid other words."""
    if draw.random() < TYPO_SHARE:
        question = with_typo(question, draw)
    chance = draw.random()
    if chance < CHATTER_SHARE:
        return draw.choice(CHATTER).format(question)
    return keywords(question) if chance < CHATTER_SHARE + BARE_SHARE else question


def with_typo(question: str, draw: random.Random) -> str:
    """One letter inside a word of five letters or more left out, doubled or exchanged with the
    next; the question itself if it has no such word."""
    words = list(_WORD.finditer(question))
    if not words:
        return question
    word = draw.choice(words)
    at = draw.randrange(word.start() + 1, word.end() - 2)
    letter, following = question[at], question[at + 1]
    changed = draw.choice(("", letter * 2, following + letter))
    return question[:at] + changed + question[at + (2 if changed == following + letter else 1) :]


def keywords(question: str) -> str:
    """The question's content words alone; itself if there are fewer than three."""
    words = [word.strip("?!.,:;\"'") for word in question.split()]
    kept = [word for word in words if lexical_features.carries_meaning(word)]
    return " ".join(kept) if len(kept) >= 3 else question
