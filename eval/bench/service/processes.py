"""A service under test: its process, its language model's, and what it takes from the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Use:
    """What a process holds: resident memory in MiB, and open files."""

    mib: float
    files: int


@contextmanager
def started(words: list[str], environ: dict[str, str], quiet: bool) -> Iterator[tuple[int, str]]:
    """A Python process while the block runs: its id, and the address that its first line names."""
    with subprocess.Popen(
        [sys.executable, *words],
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            yield process.pid, next(word for word in line.split() if word.startswith("http://"))
        finally:
            process.terminate()


@contextmanager
def service(folder: Path, answers: int) -> Iterator[tuple[int, str, str]]:
    """A server over an empty library: its id, its address, and that of its language model."""
    with started(["-m", "eval.bench.service.scripted_llm"], {}, quiet=False) as (_, llm):
        environ = {
            "QA_DATA": str(folder),
            "QA_LLM": "scripted",
            "OPENAI_BASE_URL": f"{llm}/v1",
            "QA_REQUESTS_PER_MINUTE": "0",
            "QA_CONCURRENT_ANSWERS": str(answers),
        }
        serve = ["-c", "from qa.terminal.commands import main; main()", "serve", "--port", "0"]
        with started(serve, environ, quiet=True) as (pid, url):
            yield pid, url, llm


def use(pid: int) -> Use:
    """What the process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return Use(int(line.split()[1]) / 1024, len(os.listdir(f"/proc/{pid}/fd")))
