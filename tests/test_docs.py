"""What the README says is so: its code runs, its transcript is real, nothing is left out."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from eval.cli import main
from index.library import Library
from qa.build import make_engine
from qa.settings import Settings
from qa.terminal.chat.chat_commands import commands
from qa.terminal.rendering import citation_line

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eval").symlink_to(ROOT / "eval")
    monkeypatch.chdir(tmp_path)
    code = "\n".join(blocks("python"))
    scope: dict[str, object] = {}
    exec(compile(ast.parse(code), "README.md", "exec"), scope)
    assert "response" in scope


def test_the_ci_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eval").symlink_to(ROOT / "eval")
    monkeypatch.chdir(tmp_path)
    (block,) = blocks("yaml")
    steps = yaml.safe_load(block)["jobs"]["eval"]["steps"]
    (command,) = [s["run"] for s in steps if "qa eval" in s.get("run", "")]
    done = CliRunner().invoke(main, command.split()[1:])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "retrieval_recall" in (tmp_path / "eval.md").read_text(encoding="utf-8")
    assert (tmp_path / "eval.xml").exists()


def test_the_make_targets_exist() -> None:
    targets = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert targets == ["ask", "test"]
    for target in targets:
        subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)


def test_every_command_and_setting_is_documented() -> None:
    for command in main.commands:
        assert f"`qa {command}" in README
    source = (ROOT / "qa" / "settings.py").read_text(encoding="utf-8")
    for variable in set(re.findall(r"(?:QA|OPENAI)_[A-Z_]+", source)):
        assert f"`{variable}`" in README


def test_every_command_has_help() -> None:
    for name in main.commands:
        done = CliRunner().invoke(main, [name, "--help"])
        assert done.exit_code == 0
        assert len(done.stdout.splitlines()) > 3


def test_the_transcript_is_real(samples: Library) -> None:
    (block,) = blocks("console")
    command, _, told = block.partition("\n")
    question = command.removeprefix("$ qa ask ").strip('"')
    answer = make_engine(Settings(data=Path()), samples).ask(question)
    assert told.startswith(answer.answer)
    for citation in answer.citations:
        assert f"“{citation.quote}”" in told
        assert f"{citation.article_id} {citation.start}-{citation.end}" in told


def test_the_chat_is_real(samples: Library) -> None:
    (block,) = [block for block in blocks("text") if block.startswith("$ qa chat\n")]
    question = block.splitlines()[1].removeprefix("> ")
    answer = make_engine(Settings(data=Path()), samples).ask(question)
    assert " ".join(answer.answer.split()) in " ".join(block.split())
    for citation in answer.citations:
        assert "".join(text for text, _ in citation_line(citation, 80)) in block.splitlines()


def test_every_command_of_the_chat_is_documented() -> None:
    for name in commands().keys() - {"help", "quit"}:
        assert f"`/{name}" in README
