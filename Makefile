# make demo   the whole way, once: validate, plan, apply, plan again
# make test   everything that CI checks
# make bench  how fast it is, as ratios
# make lock   newer dependencies

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/reconciler

# An environment is as old as what it was made from, so its stamp is named after that.
MADE_FROM := $(shell { cat requirements.lock requirements-dev.lock pyproject.toml; pwd; $(PYTHON) -V; } 2>&1 | sha256sum | cut -c1-16)
RUNTIME := $(VENV)/runtime-$(MADE_FROM)
DEVELOPMENT := $(VENV)/development-$(MADE_FROM)
INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(VENV)/bin/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test bench lock clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(RUNTIME)
	@./demo

test: $(DEVELOPMENT)
	@./check

bench: $(DEVELOPMENT)
	@$(VENV)/bin/python -m bench.run

lock: $(DEVELOPMENT)
	@$(INSTALL) uv
	@$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements-dev.lock
	@$(COMPILE) pyproject.toml --constraints requirements-dev.lock --output-file requirements.lock

clean:
	@rm -rf $(VENV) .reconciler .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist

$(VENV)/made-$(MADE_FROM):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed; name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Making the environment in $(VENV) ...'
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "Python's venv module is needed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(RUNTIME): | $(VENV)/made-$(MADE_FROM)
	@$(INSTALL) --no-deps --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(DEVELOPMENT): | $(RUNTIME)
	@$(INSTALL) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
