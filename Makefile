# All commands of the project; `make` lists them. Each makes the virtual environment it needs.

PYTHON ?= python3
JOBS ?= auto
PYTEST_ARGS ?=

# Other environments, active or not, must not shine into ours. Paths stay relative: a folder may hold a space.
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV
RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest -q

# Tests that work without a C++ compiler.
FAST := tests/unit tests/errors tests/golden tests/arch

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check golden bench docs clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

.venv/stamp: pyproject.toml tools/setup.sh
	@sh tools/setup.sh "$(PYTHON)"

setup: .venv/stamp  ## make .venv and install synloom into it

demo: .venv/stamp  ## learn handwritten digits, draw build/digits.png
	$(RUN) examples/digits.py --out build/digits.png

test: .venv/stamp  ## all tests, several at a time
	$(PYTEST) -n $(JOBS) --maxprocesses 8 --dist loadgroup $(PYTEST_ARGS)

test-fast: .venv/stamp  ## the tests that need no C++ compiler
	$(PYTEST) -m "not needs_compiler" $(FAST) $(PYTEST_ARGS)

check: .venv/stamp  ## style, types and layers; types and layers on the built wheel
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) tools/check_wheel.py
	$(PYTEST) tests/arch

golden: .venv/stamp  ## accept the generated sources as the new reviewed ones
	$(PYTEST) tests/golden --update-golden

bench: .venv/stamp  ## measure against ANNarchy, NumPy and SciPy (makes benchmarks/.envs)
	$(RUN) benchmarks/run.py $(BENCH_ARGS)

docs: .venv/stamp  ## check the pages, draw their pictures again
	$(RUN) tools/check_docs.py
	$(RUN) tools/draw_examples.py

clean:  ## remove what the other commands made, except .venv and benchmarks/.envs
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -path ./benchmarks/.envs -prune -o -name __pycache__ -type d -exec rm -rf {} +
