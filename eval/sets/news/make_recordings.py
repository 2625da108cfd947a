"""Makes recordings.jsonl from the hand-written answers: `python eval/sets/news/make_recordings.py`.

To be run again when the prompt, the sample articles or how they are cut change.
"""

import json
import re
import tempfile
from pathlib import Path

import yaml

from eval.cases import read_set
from eval.recordings import prompt_hash
from eval.run import prepared
from index.encoder.minilm import MiniLM
from qa.conversation import LLMRewriter
from qa.engine import PASSAGES
from qa.readers.llm import LLMReader
from qa.table import lay

HERE = Path(__file__).parent


class Nobody:
    """Stands for the model while prompts are made."""

    name = "hand"

    def stream(self, messages, ends):
        raise AssertionError("nobody is asked")


SETS = {"recorded.yaml": "hand_answers.yaml", "questions.yaml": "hand_answers_news.yaml"}

SILENT = "The articles do not say."


def main():
    lines = [{"recorded_by": "hand", "model": "hand"}]
    for questions, answers in SETS.items():
        chosen = read_set(HERE / questions)
        told = yaml.safe_load((HERE / answers).read_text(encoding="utf-8"))
        with (
            tempfile.TemporaryDirectory() as folder,
            prepared(chosen, Path(folder) / "library", MiniLM()) as library,
        ):
            for case in chosen.cases:
                lines += rows(case, library, told.get("answers", told), told.get("standalone", {}))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (HERE / "recordings.jsonl").write_text(text, encoding="utf-8")


def rows(case, library, answers, standalone):
    """What a model would have said to the prompts of one case: of its follow-up, of its answer."""
    asked = case.question
    if case.history:
        asked = standalone[case.id]
        messages = LLMRewriter(Nobody()).messages(case.question, case.history)
        yield {"prompt": prompt_hash(messages), "answer": asked}
    hits = library.retrieve(asked, PASSAGES, case.filters.filters()).hits
    table = lay(hits, library.catalog.version)

    def number(match):
        found = [row.number for row in table.rows if match[1] in row.text]
        if not found:
            raise SystemExit(f"{case.id}: no sentence on the table has {match[1]!r}")
        return f"[{found[0]}]"

    answer = re.sub(r"\{(.+?)\}", number, answers.get(case.id, SILENT))
    reader = LLMReader(Nobody())
    messages = reader.messages(asked, reader.fit(asked, table))
    yield {"prompt": prompt_hash(messages), "answer": answer}


if __name__ == "__main__":
    main()
