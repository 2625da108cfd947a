"""Sources that disagree are both shown, the newest first, and said to."""

import pytest

from index.library import Library
from qa.answer import Citation
from qa.checks.disagreement import differing, disagreements
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("At least 5,300 people died in the flood of Derna.",
         "The flood of Derna killed 11,300 people.", True),
        ("At least 5,300 people died in the flood of Derna.",
         "Some 5,300 people died in the Derna flood.", False),
        ("At least 5,300 people died in the flood of Derna.",
         "The flood of Derna killed about 5,280 people.", False),
        ("At least 5,300 people died in the flood.", "The trial lasted 3 days in Derna.", False),
        ("It killed 5,300 people in Derna.", "It cost $7 million in Derna.", False),
        ("The repair of the bridge cost $60 million.",
         "The repair of the bridge cost $1.9 billion.", True),
        ("The earthquakes killed 53,537 people in Turkey.",
         "He said 35,418 people had died in Turkey.", True),
        ("The earthquakes killed 53,537 people in Turkey.",
         "They injured 107,000 people in Turkey.", False),
        ("The flood killed 11,300 people in Derna.",
         "The UN has revised the number of people killed in Derna from 11,300 to 3,958.", True),
        ("He left.", "She stayed.", False),
    ],
)  # fmt: skip
def test_figures_of_the_same_thing(one: str, other: str, differ: bool) -> None:
    assert (differing(one, other) is not None) == differ
    assert (differing(other, one) is not None) == differ


def citation(n: int, published: str, quote: str) -> Citation:
    return Citation(n=n, article_id=f"a{n}", version="v", title="", url="", source=f"Paper {n}",
                    published_at=published, start=0, end=len(quote), quote=quote)  # fmt: skip


def test_the_newest_is_told_first() -> None:
    old = citation(1, "2023-09-12", "At least 5,300 people died in the flood of Derna.")
    new = citation(2, "2023-09-16", "The flood of Derna killed 11,300 people.")
    assert disagreements([old, new]) == [
        "sources disagree: 11,300 [2] (Paper 2, 2023-09-16); 5,300 [1] (Paper 1, 2023-09-12)"
    ]
    assert disagreements([old]) == []


def test_the_dead_and_the_hurt_are_two_disagreements() -> None:
    told = disagreements(
        [
            citation(1, "2024-01-01", "The blast in Derna killed 10 people."),
            citation(2, "2024-01-02", "The blast in Derna killed 12 people."),
            citation(3, "2024-01-03", "The blast in Derna injured 50 people."),
            citation(4, "2024-01-04", "The blast in Derna injured 60 people."),
        ]
    )
    assert [sorted(word for word in one.split() if word.isdigit()) for one in told] == [
        ["50", "60"],
        ["10", "12"],
    ]


def test_an_answer_shows_both(samples: Library) -> None:
    engine = Engine(samples, ExtractiveReader(samples.encoder))
    answer = engine.ask("How many people were killed by the earthquakes in Turkey?")
    (notice,) = answer.notices
    assert [figure in notice for figure in ("53,537", "35,418", "1,651")] == [True] * 3
    assert notice.index("53,537") < notice.index("35,418") < notice.index("1,651")
    dates = [citation.published_at or "" for citation in answer.citations]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) > 1
