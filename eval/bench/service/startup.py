"""How long a command takes to start: `qa --help` in 0.4 s wanted. Wall time, median of N runs."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from statistics import median

from eval.bench.library_data import parser, progress, show

CODE = "from eval.cli import main; main()"


def main() -> None:
    """Print a row a command; `ratio` is to a Python that does nothing, in the same rounds."""
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=15)
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "python -c pass": ["-c", "pass"],
            "qa --help": ["-c", CODE, "--help"],
            "qa list (empty)": ["-c", CODE, "--data", folder, "list"],
        }
        rounds = [
            {name: seconds(words) for name, words in commands.items()}
            for _ in progress(range(arguments.runs), "starting")
        ]
    bare = median(one["python -c pass"] for one in rounds)
    rows = []
    for name in commands:
        taken = median(one[name] for one in rounds)
        rows.append({"command": name, "seconds": taken, "ratio": taken / bare})
    show(rows, arguments.json)


def seconds(arguments: Sequence[str]) -> float:
    """Wall time of one run. Raises CalledProcessError if it fails."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
