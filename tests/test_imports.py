"""Imports go one way, and what is slow to import is not imported by `qa --help`."""

import ast
import subprocess
import sys
from collections import Counter
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
    "index/search/ranking",
    "index/passages",
    "qa/api/offsets",
    "qa/context/citation_builder",
    "qa/pagination",
    "qa/terminal/chat/filters",
    "qa/context/passages_read",
    "qa/readers/llm/citation_markers",
    "qa/checks/antonyms",
    "qa/readers/lexical_features",
    "qa/readers/extractive/sentence_features",
    "qa/readers/extractive/relevance",
    "qa/terminal/rendering",
    "qa/checks/support_check",
    "qa/context/numbered_sentences",
    "qa/terminal/chat/transcript",
    "qa/checks/units",
    "qa/terminal/chat/ranking_report",
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


def test_no_two_modules_have_one_name() -> None:
    files = [file for package in MAY_IMPORT for file in (ROOT / package).rglob("*.py")]
    names = Counter(file.stem for file in files if not file.stem.startswith("__"))
    assert {name: count for name, count in names.items() if count > 1} == {}


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
    assert not loaded("qa.build, qa.client, qa.terminal.output") & (
        FRAMEWORKS - {"click"} | {"numpy"}
    )


def test_the_prompt_waits_for_nothing_slow() -> None:
    known = loaded("qa.terminal.chat.repl, qa.terminal.chat.prompt")
    assert "prompt_toolkit" in known
    assert not known & (FRAMEWORKS - {"click"} | {"numpy", "trafilatura", "httpx2"})
