"""What the benches of the trained reader share."""

import argparse
from pathlib import Path

from eval.bench.library_data import reading_parser
from qa.readers.trained.cross_encoder import MODEL, CrossEncoder


def reader_parser(about: str | None) -> argparse.ArgumentParser:
    """The options of a bench of the reader."""
    options = reading_parser(about)
    options.add_argument("--model", type=Path, default=MODEL, help="another export to compare with")
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    return options


def opened(arguments: argparse.Namespace) -> CrossEncoder:
    """The reader that is measured."""
    return CrossEncoder(model=arguments.model)
