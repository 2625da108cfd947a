"""Imports go one way, and what is slow to import is not imported by `qa --help`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "prompts": {"prompts"},
    "qa": {"index", "prompts", "qa"},
    "eval": {"index", "prompts", "qa", "eval"},
}
PURE = (
    "index/model",
    "index/canonical",
    "index/match",
    "index/passages",
    "qa/api/offsets",
    "qa/cite",
    "qa/cursor",
    "qa/filters",
    "qa/found",
    "qa/markers",
    "qa/opposites",
    "qa/readers/clues",
    "qa/readers/features",
    "qa/readers/relevance",
    "qa/render",
    "qa/support",
    "qa/table",
    "qa/transcript",
    "qa/units",
    "qa/why",
)
FRAMEWORKS = {
    *("llama_index", "chromadb", "tantivy", "sqlalchemy", "openai", "onnxruntime", "click"),
    *("fastapi", "starlette", "uvicorn"),
}


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    files = [file for file in (ROOT / package).rglob("*.py") if "sets" not in file.parts]
    assert files
    for file in files:
        assert imported(file) & MAY_IMPORT.keys() <= MAY_IMPORT[package], file


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_import_no_framework(module: str) -> None:
    assert not imported(ROOT / f"{module}.py") & FRAMEWORKS


def loaded(modules: str) -> set[str]:
    """The packages in memory once these modules are imported, in a process of their own."""
    script = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout, done.stderr
    return {name.split(".")[0] for name in done.stdout.split()}


def test_help_imports_nothing_slow() -> None:
    slow = FRAMEWORKS - {"click"} | {"numpy", "pydantic", "trafilatura", "httpx", "httpx2"}
    assert not loaded("eval.cli") & slow


def test_asking_a_server_needs_no_index_and_no_server() -> None:
    assert not loaded("qa.build, qa.client, qa.terminal") & (FRAMEWORKS - {"click"} | {"numpy"})


def test_the_prompt_waits_for_nothing_slow() -> None:
    known = loaded("qa.repl, qa.prompt")
    assert "prompt_toolkit" in known
    assert not known & (FRAMEWORKS - {"click"} | {"numpy", "trafilatura", "httpx2"})
