"""The HTML report in a real browser."""

from pathlib import Path

from eval.gate import Verdict
from eval.question_sets import Case, Evidence, Place, Question
from eval.report import Report, page
from eval.run import Record
from eval.score import Result
from index.model import Article, Span, Version
from tests.browser import chromium


def test_an_article_shows_its_mark_when_its_question_is_opened(tmp_path: Path) -> None:
    text = "".join(f"Line {n} of a long article.\n" for n in range(500))
    start = text.index("Line 400")
    evidence = Evidence(article="a", quote="Line 400")
    case = Case(id="c", question="Which line?", answerable=True, evidence=[evidence])
    record = Record(
        case="c", asked="", reader="r", repeat=0, found=[], answer=None, milliseconds=1.0
    )
    gold = Place("a", Span(start, start + len("Line 400")))
    one = Result(Question(case, (gold,)), record, {}, "")
    version = Version(Article("a", text), (Span(0, len(text)),))
    file = tmp_path / "report.html"
    file.write_text(page([Report("s", "r", [one], {}, Verdict(), {"a": version})]), "utf-8")
    with chromium() as browser:
        shown = browser.new_page()
        shown.goto(file.as_uri())
        for _ in range(3):  # open, close, open again
            shown.click("summary")
            shown.wait_for_timeout(50)
        box, mark = (shown.locator(what).bounding_box() for what in (".article", ".gold >> nth=-1"))
    assert box is not None
    assert mark is not None
    assert box["y"] <= mark["y"] <= box["y"] + box["height"] - mark["height"]
