"""Makes recordings.jsonl from the hand-written answers: `python eval/sets/news/make_recordings.py`.

To be run again when the prompt, the sample articles or how they are cut change.
"""

import re
import tempfile
from pathlib import Path

import yaml

from eval.question_sets import read_set
from eval.recordings import RecordingModel
from eval.run import prepared
from index.encoder.minilm import MiniLM
from qa.build import make_llm_engine
from qa.settings import read_settings

HERE = Path(__file__).parent

RECORDINGS = HERE / "recordings.jsonl"


class Hand:
    """Stands for the model: says what was written by hand, for one case after another."""

    name = "hand"

    def __init__(self):
        self.said = []

    def stream(self, messages, ends):
        """The next answer, each piece of a sentence in braces as the number that the prompt gives
        to the first sentence with it."""
        prompt = messages[-1]["content"]
        yield re.sub(r"\{(.+?)\}", lambda piece: f"[{_number(prompt, piece[1])}]", self.said.pop(0))


def _number(prompt, words):
    found = re.search(rf"^\[(\d+)\] .*{re.escape(words)}", prompt, re.MULTILINE)
    if not found:
        raise SystemExit(f"no sentence of the context has {words!r}")
    return found[1]


SETS = {"recorded.yaml": "hand_answers.yaml", "questions.yaml": "hand_answers_news.yaml"}

SILENT = "The articles do not say."


def main():
    RECORDINGS.unlink(missing_ok=True)
    for questions, answers in SETS.items():
        chosen = read_set(HERE / questions)
        told = yaml.safe_load((HERE / answers).read_text(encoding="utf-8"))
        with (
            tempfile.TemporaryDirectory() as folder,
            prepared(chosen, Path(folder) / "library", MiniLM()) as library,
        ):
            record(chosen.cases, library, told.get("answers", told), told.get("standalone", {}))


def record(cases, library, answers, standalone):
    """Ask the engine of `qa ask` each question; what it asks of the model is what is recorded."""
    hand = Hand()
    model = RecordingModel(hand, RECORDINGS, recorded_by="hand")
    # Re-ranking may leave out a sentence that was quoted by hand, and replaying it shows that.
    settings = read_settings({"QA_RERANK": "off"})
    engine = make_llm_engine(settings, library, model, None)
    for case in cases:
        rewritten = [standalone[case.id]] if case.history else []
        hand.said = [*rewritten, answers.get(case.id, SILENT)]
        engine.ask(case.question, case.filters.filters(), case.history)
        if hand.said:
            raise SystemExit(f"{case.id}: {hand.said} was not asked for")


if __name__ == "__main__":
    main()
