# Needs make and Python 3.11 or newer; installs the locked dependencies into .venv.

SUITABLE = import sys, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(SUITABLE)' 2>/dev/null && echo $$python && break; done)
VENV = .venv
# Empty: Python keeps its bytecode. Otherwise each of the hundreds of gateways that tests start compiles itself.
export PYTHONDONTWRITEBYTECODE =
RUN = $(VENV)/bin/python -m
PYTEST = $(RUN) pytest -n auto --maxprocesses 4 --dist loadfile
PIP = $(RUN) pip --quiet --disable-pip-version-check
# Building the pages needs npm. The package on PyPI is large and therefore installed only if npm is missing.
EDITABLE = { command -v npm >/dev/null || $(PIP) install --require-hashes --requirement requirements-node.txt; } && \
	$(PIP) install --no-deps --no-build-isolation --editable .
BUILD = pyproject.toml hatch_build.py frontend/package.json frontend/package-lock.json requirements-node.txt \
	$(wildcard frontend/bundler/*.*) $(shell find gateway/web/pages/*.html gateway/web/pages/static -name '*.[chj]*') \
	docs/page_html.py docs/render.py docs/schema_page.py schema.graphql $(wildcard docs/*.md docs/images/* examples/*.md)

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 13

serve: $(VENV)/.runtime ## Serve http://127.0.0.1:8000 (ARGS="--sandbox": with a simulated osu!track)
	@$(RUN) gateway serve $(ARGS)

test: check ## Check everything: format, lint, types, tests (ARGS="-k cache": selected tests)
	@$(PYTEST) $(ARGS)

quick: $(VENV)/.dev ## Run the unit and API tests only
	@$(PYTEST) tests/unit tests/api $(ARGS)

check: $(VENV)/.dev ## Check format, lint and types
	@$(RUN) ruff format --check
	@$(RUN) ruff check
	@$(RUN) mypy

bench: $(VENV)/.dev ## Measure speed, traffic and memory (BASE=COMMIT: compared with it; ARGS="--quick", "--write")
	@$(RUN) benchmarks $(if $(BASE),--base $(BASE)) $(ARGS)

schema: $(VENV)/.runtime ## Write schema.graphql from the code
	@$(RUN) gateway schema > $(VENV)/schema.graphql && mv $(VENV)/schema.graphql schema.graphql

examples: $(VENV)/.dev ## Update the responses in README.md and examples/, and the tables in docs/
	@REWRITE_EXAMPLES=1 $(RUN) pytest --quiet tests/docs/test_examples.py tests/docs/test_home_sample.py tests/docs/test_tables.py

screenshots: $(VENV)/.dev ## Update docs/images/ (needs Chromium)
	@$(RUN) docs.screenshots

sandbox: $(VENV)/.runtime ## Serve a simulated osu!track (ARGS="--help": list the options)
	@$(RUN) gateway.sandbox $(ARGS)

# Uses its own installation of uv. Without UPGRADE=--upgrade, locked versions stay as they are.
COMPILE = .lockvenv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

lock: $(VENV)/bin/python ## Lock the dependencies (UPGRADE=--upgrade: to newer releases)
	@test -x .lockvenv/bin/uv || { $(RUN) venv .lockvenv && .lockvenv/bin/pip install --quiet uv; }
	@$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) pyproject.toml --extra images --constraint requirements-dev.txt --output-file requirements.txt
	@$(COMPILE) --group build --constraint requirements-dev.txt --output-file requirements-build.txt
	@$(COMPILE) --group node --output-file requirements-node.txt

clean: ## Remove generated files
	rm -rf $(VENV) .lockvenv dist $(addprefix gateway/web/pages/,bundles rendered vendor) frontend/bundler/node_modules \
		benchmarks/peers/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo 'No Python 3.11 or newer with venv found. Install it, or set its path: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BUILD) requirements.txt requirements-build.txt | $(VENV)/bin/python
	@echo 'Installing requirements.txt'
	@$(PIP) install --require-hashes --requirement requirements.txt --requirement requirements-build.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(BUILD) requirements-dev.txt | $(VENV)/bin/python
	@echo 'Installing requirements-dev.txt'
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(EDITABLE)
	@touch $@ $(VENV)/.runtime # a superset of the runtime dependencies

.PHONY: help serve test quick check bench schema examples screenshots sandbox lock clean
