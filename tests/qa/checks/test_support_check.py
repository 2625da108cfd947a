"""What a statement says is found again in its evidence, pointed at where it stands, or marked."""

from datetime import UTC, datetime

import pytest

from index.model import Article, Span
from qa.checks.support_check import Checker
from qa.context.numbered_sentences import Context, SourceSentence

PUBLISHED = datetime(2024, 12, 4, tzinfo=UTC)


def table(*texts: str, title: str = "", apart: bool = True) -> Context:
    """Sentences of one article; `apart`: none is the neighbour of another."""
    whole = "\n".join(texts)
    article = Article("a", whole, title, published_at=PUBLISHED)
    rows, at = [], 0
    for number, text in enumerate(texts, 1):
        span = Span(at, at + len(text))
        rows.append(SourceSentence(number, article, "v", number * (2 if apart else 1), span))
        at += len(text) + 1
    return Context(tuple(rows))


@pytest.mark.parametrize(
    ("statement", "evidence", "lost"),
    [
        ("It cost 1,000 euros.", "It cost 1000 euros.", []),
        ("It cost 1,000 euros.", "It cost 1,001 euros.", ["1,000"]),
        ("A rise of 3 % came.", "A rise of three percent came.", []),
        ("It cost 5bn euros.", "It cost 5 billion euros.", []),
        ("It cost 5.2 billion euros.", "It cost 5.3bn euros.", ["5.2 billion"]),
        ("Two hundred and fifty men came.", "So 250 men came.", []),
        ("Five men came.", "Between two and three men came.", ["Five"]),
        ("Three men came.", "Between two and three men came.", []),
        ("Two million three hundred thousand and six men came.", "So 2,300,006 men came.", []),
        ("Twenty-five dozen men came.", "So 300 men came.", []),
        ("About 53,000 men came.", "So 53,537 men came.", []),
        ("Exactly 53,000 men came.", "So 53,537 men came.", ["53,000"]),
        ("A rise of 3.5 points.", "Up 3.5.", []),
        ("He left on 3 December 2024.", "He left on December 3rd.", []),
        ("He left on 2024-12-03.", "He left on Tuesday.", []),
        ("He left on 3 December 2024.", "He left on December 5.", ["3 December 2024"]),
        ("He left in May 2023.", "He left on 5 May 2023.", []),
        ("He left in 2022.", "He left in 2021.", ["2022"]),
        ("It cost $5 million.", "It cost 5 million US dollars.", []),
        ("It cost $5 million.", "It rose by 5 million percent.", ["5 million"]),
        ("Up by 5 percent.", "Up by 5.", []),
        ("It took three weeks.", "It took 3 days.", ["three"]),
        ("It took three weeks.", "It took 3 days, then three more weeks.", []),
        ("It took one year.", "It took one week.", ["one"]),
        ("It took one week.", "It took a week.", []),
        ("One of them left.", "Some left.", []),
        ("It fell to 15 °C.", "It fell to -15 °C.", ["15"]),
        ("It fell to −15 °C.", "It fell to minus 15 °C.", []),
        ("It fell by 15 %.", "A change of -15 %.", []),
        ("It took 10-15 days.", "It took 10 to 15 days.", []),
        ("It cost €1m.", "It cost half a million euros.", ["1m"]),
        ("Half a million men came.", "So 500,000 men came.", []),
        ("Two men came.", "Two-thirds of the men came.", ["Two"]),
        ("Two thirds of the men came.", "Two-thirds of the men came.", []),
        ("Two third-party tools came.", "Two tools came.", []),
        ("So 12,000 men came.", "So 12 000 men came.", []),
        ("He left at 3 p.m. then.", "He left at 15:00 then.", []),
        ("He left at 3:30 then.", "He left at 3.30pm then.", []),
        ("He left at 3 p.m. then.", "He left at three o'clock then.", []),
        ("He left at 3 p.m. then.", "He left at 3 a.m. then.", ["3 p.m."]),
        ("He left at noon then.", "He left at midnight then.", ["noon"]),
        ("Prices rose in all towns.", "Prices in all towns fell.", ["rose"]),
        ("Prices rose in all towns.", "Prices in all towns had climbed.", []),
        ("Prices rose in all towns.", "Prices fell in spring, then rose in all towns.", []),
        ("Prices rose in one town.", "Wages in the country fell.", []),
        ("Power failed before the departure.", "Power failed after departure.", ["before"]),
        ("Power failed, once after a man closed a damper.",
         "Before departure power failed, once when a man closed a damper.", []),
        ("Kyiv accepted the plan of its allies.", "Kyiv ruled out the plan of its allies.",
         ["accepted"]),
        ("He left in 2024.", "He left.", []),
        ("He left on Monday.", "He left on Friday.", ["Monday"]),
        ("He met Olena Zelenska.", "Olena Zelenska met him.", []),
        ("He met Olena Zelenska.", "He met her.", ["Olena", "Zelenska"]),
        ("He met the Ukrainian envoy.", "He met the envoy of Ukraine.", []),
        ("He met Austrian envoys.", "He met envoys of Australia.", ["Austrian"]),
        ("He met Zelenskyy there.", "He met Zelensky there.", []),
        ("He met Recep Erdogan there.", "He met Recep Erdoğan there.", []),
        ("He left the UN.", "He left the United Nations.", []),
        ("Atlantis sank.", "The town sank.", ["Atlantis"]),
        ("However, he left.", "He left.", []),
        ("He called it “a hot stage”.", "It is “a hot stage” now.", []),
        ("He called it “a cold stage”.", "It is “a hot stage” now.", ["a cold stage"]),
        ("Kyiv’s allies met.", "Kyiv's allies met.", []),
        ("The dam did not hold the water.", "The dam did hold the water.", ["what is denied"]),
        ("No, the dam held the water.", "The dam held the water.", []),
        ("Szijjártó saw the risk of a third world war.",
         "Péter Szijjártó spoke against it, saying that it would bring the risk of a third world "
         "war.", []),
        ("The dam held the water.", "The dam never held the water.", ["the denial"]),
        ("Anna paid Boris for the boat.",
         "Boris sank. It was dark then. Carla paid Anna for a boat.", ["Boris"]),
    ],
)  # fmt: skip
def test_what_the_evidence_lacks_is_named(statement: str, evidence: str, lost: list[str]) -> None:
    assert list(Checker(table(evidence)).check(statement, (1,)).missing) == lost


def test_neighbours_and_the_title_are_evidence() -> None:
    told = table("Anna left.", "She took 12 boxes.", title="The Kyiv depot", apart=False)
    assert Checker(told).check("Anna took 12 boxes from the Kyiv depot.", (2,)).supported


def test_a_statement_is_pointed_at_the_sentence_that_carries_it() -> None:
    told = table("The bridge fell in March.", "It rained.", "Six men died when the bridge fell.")
    verdict = Checker(told).check("Six men died when the bridge fell.", (1,))
    assert (verdict.numbers, verdict.missing) == ((3,), ())
    verdict = Checker(told).check("The bridge fell in March and six men died.", (1,))
    assert (verdict.numbers, verdict.missing) == ((1, 3), ())


def test_a_statement_without_a_citation_gets_the_sentence_that_supports_it() -> None:
    told = table("It rained.", "Six men died when the bridge fell.")
    assert Checker(told).check("When the bridge fell, six men died.", ()).numbers == (2,)
    verdict = Checker(told).check("So seven men died when the bridge fell.", ())
    assert (verdict.supported, verdict.numbers, verdict.missing) == (False, (), ("seven",))
    assert not Checker(told).check("Nobody knows.", ()).supported


def test_a_wrong_citation_is_pointed_at_where_the_words_stand() -> None:
    told = table("Rain fell all week.", "The mayor opened a library for children.", "Ships left.")
    verdict = Checker(told).check("The mayor opened a library.", (3,))
    assert verdict.numbers == (2,)


def test_hostile_text_is_checked() -> None:
    for unit in ("1,", "“", "A ", "May ", "one hundred ", "3 ", "‘a", "A.", "-", "1.", "1/"):
        text = unit * (20_000 // len(unit))
        assert Checker(table(text)).check(text, (1,)).numbers == (1,), unit
