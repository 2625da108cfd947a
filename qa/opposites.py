"""Words that say the opposite of each other. Pure."""

import re

_PAIRS = (
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
    (r"before", r"after"),
    (r"more|higher|above|larger|greater", r"less|fewer|lower|below|smaller"),
    (r"most|largest|biggest|highest|longest", r"least|smallest|lowest|shortest"),
    (r"first|earliest", r"last|latest|final"),
    (r"maximum", r"minimum"),
    (r"north\w*", r"south\w*"),
    (r"east\w*", r"west\w*"),
    (r"legal\w*", r"illegal\w*"),
    (r"possible", r"impossible"),
)
_SIDES = tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for pair in _PAIRS for words in pair)


def opposed(stated: str, evidence: str) -> str:
    """The first word of a statement whose opposite, and nothing that says the same, stands in the
    evidence; "" if there is none. One that has both sides itself is not judged."""
    for place, side in enumerate(_SIDES):
        other = _SIDES[place ^ 1]
        found = side.search(stated) if other.search(evidence) else None
        if found and not other.search(stated) and not side.search(evidence):
            return found.group()
    return ""
