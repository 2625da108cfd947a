"""Words that say the opposite of each other. Pure."""

import re
from collections.abc import Iterator

_EVENTS = (
    (
        r"r[io]se[sn]?|rising|increas\w+|grew|grow(?:s|n|ing)?|climb\w*|gain(?:s|ed)?|jumped",
        r"f[ae]ll(?:s|en|ing)?|decreas\w+|declin\w+|drop(?:s|ped|ping)?|shr[aiu]nk\w*|plunged",
    ),
    (
        r"accept\w*|approv\w+|agree[sd]?|support(?:s|ed)|backed|endors\w+|pass(?:es|ed)",
        r"reject\w*|refus\w+|oppos\w+|rul(?:e|es|ed|ing) out|declin\w+|"
        r"turn(?:s|ed) down|block(?:s|ed)",
    ),
    (r"w[io]ns?|winning|beat(?:s|en)?|defeats?|defeated", r"los[et]s?|losing"),
    (r"allow\w*|permit\w*|legali[sz]\w+|lift(?:s|ed)", r"ban(?:s|ned)?|forb[ia]d\w*|prohibit\w*"),
    (r"open(?:s|ed|ing)?", r"clos(?:e|es|ed|ing)|shut(?:s|ting)?"),
    (r"join(?:s|ed|ing)?|enter(?:s|ed|ing)?|arriv\w+", r"left|leav(?:es?|ing)|depart\w+|quits?"),
    (r"beg[aiu]n\w*|start(?:s|ed|ing)?", r"end(?:s|ed|ing)?|stop(?:s|ped|ping)?|finish\w*"),
    (r"convict\w*|guilty", r"acquit\w*|innocent|cleared"),
    (r"surviv\w+|alive", r"died|dead|killed|perished"),
    (r"succe(?:ss|ed)\w*", r"fail\w*"),
    (r"b(?:uy|uys|ought|uying)|purchas\w+", r"s(?:ells?|old|elling)"),
    (r"imports?|imported", r"exports?|exported"),
)
"""What happens: one of both in the evidence is enough to judge the other."""

_QUALIFIERS = (
    (r"before", r"after"),
    (r"more|higher|above|larger|greater", r"less|fewer|lower|below|smaller"),
    (r"most|largest|biggest|highest|longest", r"least|smallest|lowest|shortest"),
    (r"first|earliest", r"last|latest|final"),
    (r"maximum", r"minimum"),
    (r"north\w*", r"south\w*"),
    (r"east\w*", r"west\w*"),
    (r"legal", r"illegal"),
    (r"possible", r"impossible"),
)
"""What is said of the word behind: judged where the same word is behind its opposite."""

_BEHIND = r"\W+(?:(?:the|an?|its|his|her|their|than|of)\W+)*(\w+)"

_SIDES = tuple(
    tuple(re.compile(rf"\b(?P<word>{words})\b{behind}", re.IGNORECASE) for words in pair)
    for pairs, behind in ((_EVENTS, "()"), (_QUALIFIERS, _BEHIND))
    for pair in pairs
)


def opposed(stated: str, evidence: str) -> str:
    """The first word of a statement whose opposite, and nothing that says the same, stands in the
    evidence; "" if there is none. One that has both sides itself is not judged."""
    for one, two in _SIDES:
        for side, other in ((one, two), (two, one)):
            if found := next(_against(side, other, stated, evidence), None):
                return found
    return ""


def _against(
    side: re.Pattern[str], other: re.Pattern[str], stated: str, evidence: str
) -> Iterator[str]:
    """The words of this side that are stated, and stand in the evidence on the other side only."""
    held = _behind(side, evidence) | _behind(other, stated)
    denied = _behind(other, evidence) - held
    for match in side.finditer(stated):
        if match[2].casefold() in denied:
            yield match["word"]


def _behind(side: re.Pattern[str], text: str) -> set[str]:
    """What stands behind the words of a side: the next word, or nothing where that is all one."""
    return {match[2].casefold() for match in side.finditer(text)}
