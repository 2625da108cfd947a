Q ?= What conditions did Zelenskyy propose?
PYTHON ?= python3
BIN := .venv/bin
NEWS := eval/sets/news
SAMPLES := $(NEWS)/articles

.PHONY: ask test gate fuzz load second-server lock clean

ask: .venv/runtime  ## index the sample articles and answer Q
	@QA_DATA=.qa/samples $(BIN)/qa add --quiet $(SAMPLES)
	@QA_DATA=.qa/samples $(BIN)/qa ask "$(Q)" || test $$? -eq 1  # 1: the articles do not say

test: .venv/dev  ## lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile
	@$(MAKE) --no-print-directory gate

gate: .venv/runtime  ## the sample questions against floors and baseline, keyless and replayed
	$(BIN)/qa eval $(NEWS) --baseline $(NEWS)/baseline.json --floor citation_validity=1 --floor retrieval_recall=0.9 --floor hard_fact_support=1
	$(BIN)/qa eval $(NEWS) --replay $(NEWS)/recordings.jsonl --baseline $(NEWS)/baseline-replayed.json --floor citation_validity=1 --floor hard_fact_support=1
	$(BIN)/qa eval $(NEWS)/recorded.yaml --replay $(NEWS)/recordings.jsonl --baseline $(NEWS)/baseline.json --floor citation_validity=1

fuzz: .venv/dev  ## the property tests with new examples each time
	$(BIN)/pytest -q --hypothesis-profile=fuzz -m hypothesis

load: .venv/runtime  ## the service under 64 clients for a minute; fails on any error or growth
	$(BIN)/python -m eval.bench load

second-server: .venv/runtime  ## the language model's path against a server that is not ours
	$(BIN)/python -m eval.bench second_server

lock:  ## pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes -c requirements.lock -o requirements-dev.lock

clean:  ## forget the environment and the sample library
	rm -rf .venv .qa

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: .venv/bin/python requirements.lock pyproject.toml
	@echo "installing what is pinned in requirements.lock (a minute or two)"
	$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
