"""Makes recordings.jsonl from hand_answers.yaml: `python eval/sets/news/make_recordings.py`.

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
from qa.engine import PASSAGES
from qa.readers.llm import LLMReader
from qa.table import lay

HERE = Path(__file__).parent


class Nobody:
    """Stands for the model while prompts are made."""

    name = "hand"

    def stream(self, messages, ends):
        raise AssertionError("nobody is asked")


def main():
    chosen = read_set(HERE / "recorded.yaml")
    answers = yaml.safe_load((HERE / "hand_answers.yaml").read_text(encoding="utf-8"))
    lines = [{"recorded_by": "hand", "model": "hand"}]
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared(chosen, Path(folder), MiniLM()) as library,
    ):
        for case in chosen.cases:
            hits = library.retrieve(case.question, PASSAGES, case.filters.filters()).hits
            table = lay(hits, library.catalog.version)

            def number(match, table=table):
                return f"[{next(r.number for r in table.rows if match[1] in r.text)}]"

            answer = re.sub(r"\{(.+?)\}", number, answers[case.id])
            messages = LLMReader(Nobody()).messages(case.question, table)
            lines.append({"prompt": prompt_hash(messages), "answer": answer})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (HERE / "recordings.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
