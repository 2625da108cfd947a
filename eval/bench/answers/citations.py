"""Does every citation quote its article to the letter? Exit code 1 if one does not.

Questions of four sets, spread evenly over each, go through the engine without a language model;
each citation is looked up in the catalog by its article and version, as a reader of it would.
"""

import sys
from collections import Counter
from itertools import chain
from pathlib import Path

from eval.bench.library_data import articles, filled, progress, questions, show
from eval.bench.library_data import reading_parser as parser
from index.encoder.minilm import MiniLM
from index.library import Library
from qa.answer import Citation
from qa.build import make_engine
from qa.engine import Engine
from qa.settings import Settings

SETS = ("squad2_dev", "qed_dev", "clapnq_dev", "mtrag_un")


def main() -> None:
    """Print how many answers, abstentions, citations and mismatches there were."""
    options = parser(__doc__)
    options.add_argument("--sets", nargs="+", default=SETS)
    options.add_argument("--questions", type=int, default=2000, help="in all")
    arguments = options.parse_args()
    encoder = MiniLM()
    held = chain.from_iterable(articles(arguments.data / name) for name in arguments.sets)
    asked = spread([arguments.data / name for name in arguments.sets], arguments.questions)
    with filled(held, encoder, arguments.cache) as library:
        counts = check(library, make_engine(Settings(data=Path()), library), asked)
    names = ("questions", "answers", "abstentions", "citations", "mismatches")
    show([{name: counts[name] for name in names}], arguments.json)
    sys.exit(1 if counts["mismatches"] else 0)


def spread(folders: list[Path], count: int) -> list[str]:
    """`count` questions, each set in proportion to its size."""
    every = [question.text for folder in folders for question in questions(folder)]
    if count >= len(every):
        return every
    return [every[at * len(every) // count] for at in range(count)]


def check(library: Library, engine: Engine, asked: list[str]) -> Counter[str]:
    """Ask everything and count."""
    counts: Counter[str] = Counter(questions=len(asked))
    for question in progress(asked, "asking"):
        answer = engine.ask(question)
        counts["answers" if answer.answerable else "abstentions"] += 1
        counts["citations"] += len(answer.citations)
        counts["mismatches"] += sum(not is_exact(library, cited) for cited in answer.citations)
    return counts


def is_exact(library: Library, cited: Citation) -> bool:
    """Whether the quote is what the catalog holds at the citation's offsets."""
    text = library.catalog.version(cited.article_id, cited.version).article.text
    return bool(cited.quote) and text[cited.start : cited.end] == cited.quote


if __name__ == "__main__":
    main()
