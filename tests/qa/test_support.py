import pytest

from qa.support import missing


@pytest.mark.parametrize(
    ("statement", "evidence", "lost"),
    [
        ("It cost 1,000 euros.", "It cost 1000 euros.", []),
        ("It cost 1,000 euros.", "It cost 1,001 euros.", ["1000"]),
        ("A rise of 3.5 points.", "Up 3.5.", []),
        ("He met Olena Zelenska.", "Olena Zelenska met him.", []),
        ("He met Olena Zelenska.", "He met her.", ["Olena", "Zelenska"]),
        ("He called it “a hot stage”.", "It is “a hot stage” now.", []),
        ("He called it “a cold stage”.", "It is “a hot stage” now.", ["a cold stage"]),
        ("Kyiv’s allies met.", "Kyiv's allies met.", []),
        ("", "", []),
    ],
)
def test_missing(statement: str, evidence: str, lost: list[str]) -> None:
    assert missing(statement, [evidence]) == lost
