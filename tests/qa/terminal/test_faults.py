"""An error that nobody foresaw, in a process of its own: a damaged installation is a real one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAULT = 70

RUN = "from eval.cli import main; main()"

NEWS = "eval/sets/news"


def qa(
    folder: Path, *words: str, raising: str = "RuntimeError('gone')", **environ: str
) -> subprocess.CompletedProcess[str]:
    """`qa` where importing what keeps the catalog raises something."""
    damaged = folder / "damaged"
    damaged.mkdir(exist_ok=True)
    (damaged / "sqlalchemy.py").write_text(f"class Panic(BaseException): pass\nraise {raising}\n")
    ours = {
        "PYTHONPATH": os.pathsep.join([str(damaged), os.getcwd()]),
        "XDG_STATE_HOME": str(folder / "state"),
        "QA_DATA": str(folder / "data"),
    }
    return subprocess.run(
        [sys.executable, "-c", RUN, *words], input="Who?\n", capture_output=True, text=True,
        check=False, env=os.environ | ours | environ,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "Who?"), ("chat",), ("search", "x"), ("show", "x"),
        ("list",), ("info",), ("remove", "x"), ("check",), ("rebuild",), ("add", NEWS),
        ("serve", "--port", "0"), ("eval", NEWS), ("eval", NEWS, "--live"),
    ],
)  # fmt: skip
def test_a_fault_has_an_exit_code_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = qa(tmp_path, *words, QA_LLM="m")
    log = tmp_path / "state" / "qa" / "faults.log"
    assert (done.returncode, done.stdout) == (FAULT, "")
    assert done.stderr == (
        "error: this is a fault of qa itself (RuntimeError: gone); "
        f"the traceback is at the end of {log}\n"
    )
    assert "Traceback (most recent call last)" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("raising", ["EOFError('gone')", "Panic('gone')", "MemoryError('gone')"])
def test_whatever_is_raised_is_a_fault(tmp_path: Path, raising: str) -> None:
    done = qa(tmp_path, "list", raising=raising)
    assert done.returncode == FAULT
    assert f"({raising.split('(')[0]}: gone)" in done.stderr


def test_the_log_keeps_what_it_has(tmp_path: Path) -> None:
    qa(tmp_path, "list", raising="RuntimeError('first')")
    qa(tmp_path, "list", raising="RuntimeError('of two\\nlines \\x1b[31m')")
    told = (tmp_path / "state" / "qa" / "faults.log").read_text()
    assert told.index("RuntimeError: first\n") < told.index("RuntimeError: of two\n")


def test_without_a_place_for_the_log_the_traceback_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = qa(tmp_path, "list", XDG_STATE_HOME=str(tmp_path / "file"))
    assert done.returncode == FAULT
    first, second, *_ = done.stderr.splitlines()
    assert first.startswith("error: this is a fault of qa itself (RuntimeError: gone); ")
    assert second == "Traceback (most recent call last):"
