# Every target makes what it needs, on a machine with Python 3.11 or newer and make.
# PYTHON=python3.13 make test   uses another Python.

PYTHON ?= python3
OUT ?= demo/
BIN := .venv/bin
EXTRAS := dev,excel,neo4j,notebook
WORKERS := $(if $(NEO4J_URI),-n 0,-n 2) # tests/conftest.py says why

# Cleared here, since they would put another Python's packages into the tests.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.PHONY: demo test test-slow soak bench lint clean

demo: .venv/.demo-ready
	$(BIN)/orgnet demo --out $(OUT)

test: .venv/.ready
	$(BIN)/python -m pytest $(WORKERS)

test-slow: .venv/.ready
	$(BIN)/python -m pytest $(WORKERS) -m slow

soak: .venv/.ready
	$(BIN)/python -m pytest $(WORKERS) -m soak --hypothesis-profile=default

bench: .venv/.ready
	$(BIN)/python -m pytest tests/bench -m ""

lint: .venv/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# What the other targets made, but for .venv, which takes minutes to make again.
clean:
	rm -rf build dist demo .benchmarks .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "no $(PYTHON) here: install Python 3.11 or newer, or say PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "orgnet needs Python 3.11 or newer and this is $$($(PYTHON) --version):" \
	    "say PYTHON=python3.11 or another"; exit 1; }
	$(PYTHON) -m venv .venv

# Two stamps: the demo needs few packages, so it is quick on a fresh machine. The
# larger set holds the smaller one, and marks it as done.
.venv/.demo-ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[excel]"
	@touch $@

.venv/.ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]"
	@touch $@ .venv/.demo-ready
