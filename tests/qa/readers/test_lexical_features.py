"""What words tell of questions and sentences."""

import pytest

from qa.readers import lexical_features


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the bridge fall?", "when"),
        ("In what year was it built?", "when"),
        ("How many people died in Derna?", "number"),
        ("How much did the aid package cost?", "money"),
        ("Where was the letter sent?", "where"),
        ("Which country won?", "where"),
        ("Who won the men's 100 metres?", "who"),
        ("Why did the ship lose power?", "why"),
        ("How was the booster caught?", "how"),
        ("What is a mechazilla?", "definition"),
        ("Did NATO accept?", "other"),
        ("", "other"),
    ],
)
def test_kinds_of_questions(question: str, kind: str) -> None:
    assert lexical_features.kind(question) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "has"),
    [
        ("When did it fall?", "It fell on 26 March 2024.", True),
        ("When in March did it fall?", "It fell in March.", False),
        ("Who wrote to NATO?", "Andrii Sybiha wrote to NATO.", True),
        ("Who wrote to NATO?", "NATO got a letter.", False),
        ("How many died?", "Six workers died.", True),
        ("How many of the 8 died?", "Of the 8 some died.", False),
        ("Why did it fall?", "It fell because a ship struck it.", True),
        ("Did it fall?", "It fell.", False),
    ],
)
def test_a_sentence_has_what_is_asked_for_only_if_the_question_does_not(
    question: str, sentence: str, has: bool
) -> None:
    assert lexical_features.has_answer(lexical_features.kind(question), question, sentence) is has


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("What conditions did Zelenskyy propose?", True),
        ("What were the two conditions?", True),
        ("What is the capital of France?", False),
        ("Who was rescued?", False),
        ("What causes floods?", False),
    ],
)
def test_questions_that_ask_for_several_things(question: str, several: bool) -> None:
    assert lexical_features.asks_for_several(question) is several


def test_lists_go_on_after_a_colon_or_with_a_word_that_counts() -> None:
    assert lexical_features.continues_list("There were two:", "Peace.")
    assert lexical_features.continues_list("There were conditions.", "First, the invitation.")
    assert lexical_features.continues_list("One was peace.", "- bread")
    assert not lexical_features.continues_list("There were conditions.", "It rained.")


def test_words_numbers_and_names_are_compared_without_what_does_not_matter() -> None:
    assert lexical_features.words("The bridges of Derna") == lexical_features.words(
        "bridge, derna!"
    ) | {"bridge"}
    assert lexical_features.numbers("11,300 of 20,000.") == {"11300", "20000"}
    assert lexical_features.names("The Red Crescent said so") == {"red", "cresce"}
    assert lexical_features.negated("It wasn't so")
    assert not lexical_features.negated("It was so")
    assert lexical_features.points_back("It sank.")
    assert not lexical_features.points_back("The ship sank.")


ACTRESS = [
    "Nina Dobrev is an actress.",
    "She has a dog.",
    "She plays Elena in The Vampire Diaries.",
]
ASKED = "who plays elena in vampire diaries"


@pytest.mark.parametrize(
    ("question", "title", "sentences", "naming", "place"),
    [
        (ASKED, "Nina Dobrev", ACTRESS, [0], 2),
        (ASKED, "The Vampire Diaries", ACTRESS, [0], 2),
        (ASKED, "Elena in Vampire Diaries", ACTRESS, [0], -1),
        (ASKED, "", ACTRESS, [2], -1),
        (ASKED, "", [*ACTRESS[:2], "Elena is played by her in Vampire Diaries."], [0], -1),
        (ASKED, "", ["Dobrev plays Elena on Diaries.", *ACTRESS[1:]], [0], -1),
        (ASKED, "", ACTRESS[::-1], [2], -1),
        ("who is nina dobrev", "", ACTRESS, [0], -1),
        ("?", "", ["It."], [0], -1),
    ],
)  # fmt: skip
def test_a_sentence_that_states_what_another_only_names(
    question: str, title: str, sentences: list[str], naming: list[int], place: int
) -> None:
    assert lexical_features.stating(question, title, sentences, naming) == place


def test_coverage_is_of_the_words_that_the_title_does_not_have() -> None:
    assert lexical_features.coverage(ASKED, "Vampire Diaries", ACTRESS) == [0, 0, 1]
    assert lexical_features.coverage(ASKED, "", ["Elena plays.", "No."]) == [0.5, 0]
    assert lexical_features.coverage("?", "", ["Elena plays."]) == [0]


def test_stems_stand_where_their_words_do() -> None:
    text = "In the bridges"
    assert lexical_features.stems(text) == [""] * 7 + ["bridge"] * 7
