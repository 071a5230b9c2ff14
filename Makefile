# Two commands do everything, from nothing but Python 3.11 or newer and make:
#   make demo    sets up .venv and does the main job on the books that come with the package
#   make test    sets up .venv with the developers' tools, checks the code and runs all tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test check fuzz bench bench-quick docs clean

demo: $(VENV)/.core
	$(BIN)/readalike demo

test: check
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.dev
	READALIKE_FUZZ=long $(BIN)/python -m pytest tests/attacks

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

bench-quick: $(VENV)/.dev
	$(BIN)/python benchmarks/leaderboard.py --quick --minutes 4 --result .bench/leaderboard-quick.json

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html docs build/docs
	@echo "Wrote build/docs/index.html"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Readalike needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: $(VENV)/.made pyproject.toml
	@echo "Installing Readalike into $(VENV) (once) ..."
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core pyproject.toml
	@echo "Installing the developers' tools into $(VENV) (once) ..."
	$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/.docs: $(VENV)/.core pyproject.toml
	@echo "Installing what builds the documentation into $(VENV) (once) ..."
	$(PIP) --editable '.[docs]'
	@touch $@

clean:
	rm -rf $(VENV) .bench .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build/docs
