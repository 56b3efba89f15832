# Needs make and Python 3.11 or newer; everything else goes into .venv, as locked.

SUITABLE = import sys, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(SUITABLE)' 2>/dev/null && echo $$python && break; done)
VENV = .venv
RUN = $(VENV)/bin/python -m
PIP = $(RUN) pip --quiet --disable-pip-version-check
# The pages are built with npm. The one from PyPI is large, so it comes only where there is none.
EDITABLE = { command -v npm >/dev/null || $(PIP) install --require-hashes --requirement requirements-node.txt; } && \
	$(PIP) install --no-deps --no-build-isolation --editable .
BUILD = pyproject.toml hatch_build.py frontend/package.json frontend/package-lock.json requirements-node.txt

help: ## List what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

serve: $(VENV)/.runtime ## Serve http://127.0.0.1:8000 (ARGS="--sandbox": without osu!track)
	@$(RUN) gateway serve $(ARGS)

test: check ## Check everything: format, lint, types, tests (ARGS="-k cache": only some tests)
	@$(RUN) pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check: $(VENV)/.dev ## Check format, lint and types
	@$(RUN) ruff format --check
	@$(RUN) ruff check
	@$(RUN) mypy

bench: $(VENV)/.dev ## Measure speed beside a plain app, a day's traffic to osu!track, and memory beside its bound
	@$(RUN) benchmarks.speed
	@$(RUN) benchmarks.workers
	@$(RUN) benchmarks.upstream_traffic
	@$(RUN) benchmarks.cache_memory

schema: $(VENV)/.runtime ## Print the schema from the code into schema.graphql
	@$(RUN) gateway schema > $(VENV)/schema.graphql && mv $(VENV)/schema.graphql schema.graphql

examples: $(VENV)/.dev ## Write the answers in README.md and examples/ anew, which the tests compare
	@REWRITE_EXAMPLES=1 $(RUN) pytest --quiet tests/docs/test_examples.py

sandbox: $(VENV)/.runtime ## Serve a simulated osu!track (ARGS="--help": its options)
	@$(RUN) gateway.sandbox $(ARGS)

# Runs its own copy of uv, so that nobody needs one. Without UPGRADE=--upgrade it keeps the versions it finds.
COMPILE = .lockvenv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

lock: $(VENV)/bin/python ## Lock the dependencies anew (UPGRADE=--upgrade: to newer releases)
	@test -x .lockvenv/bin/uv || { $(RUN) venv .lockvenv && .lockvenv/bin/pip install --quiet uv; }
	@$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) pyproject.toml --constraint requirements-dev.txt --output-file requirements.txt
	@$(COMPILE) --group build --constraint requirements-dev.txt --output-file requirements-build.txt
	@$(COMPILE) --group node --output-file requirements-node.txt

clean: ## Remove what make and the tools have made
	rm -rf $(VENV) .lockvenv dist gateway/web/pages/vendor .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo 'No Python 3.11 or newer with venv found: install one, or name it: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BUILD) requirements.txt requirements-build.txt | $(VENV)/bin/python
	@echo 'Installing what requirements.txt locks'
	@$(PIP) install --require-hashes --requirement requirements.txt --requirement requirements-build.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(BUILD) requirements-dev.txt | $(VENV)/bin/python
	@echo 'Installing what requirements-dev.txt locks'
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(EDITABLE)
	@touch $@ $(VENV)/.runtime # a superset: `make serve` has nothing left to install

.PHONY: help serve test check bench schema examples sandbox lock clean
