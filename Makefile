# make demo   the whole way, once: validate, plan, apply, plan again
# make test   everything that CI checks
# make bench  how fast it is, as ratios
# make lock   newer dependencies

PYTHON ?= python3
VENV := .venv

# Stamps are named after what they were made from: an environment that was moved, or is another Python's, is made
# anew; one whose locks are older is brought up to date.
hash = $(shell { $(1); } 2>&1 | sha256sum | cut -c1-16)
# Each is named after what it stands on as well: what is in an environment goes when that is made anew.
HERE := pwd; $(PYTHON) -V
MADE := $(VENV)/made-$(call hash,$(HERE))
RUNTIME := $(VENV)/runtime-$(call hash,$(HERE); cat requirements.lock pyproject.toml)
DEVELOPMENT := $(VENV)/development-$(call hash,$(HERE); cat requirements.lock requirements-dev.lock pyproject.toml)
# Isolated (-I), so that no file of this folder is imported in the place of Python's own.
INSTALL := $(VENV)/bin/python -I -m pip install --quiet --disable-pip-version-check \
	--no-deps --only-binary :all: --require-hashes
COMPILE := $(VENV)/bin/uv pip compile --no-config --universal --python-version 3.11 --only-binary :all: \
	--format pylock.toml --no-header --no-annotate --quiet

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
	@$(COMPILE) --upgrade pyproject.toml --group dev --output-file $(VENV)/pylock.dev.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.dev.toml > requirements-dev.lock
	@$(COMPILE) pyproject.toml --constraints requirements-dev.lock --output-file $(VENV)/pylock.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.toml > requirements.lock

clean:
	@rm -rf $(VENV) .reconciler .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist

$(MADE):
	@$(PYTHON) -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed; name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Making the environment in $(VENV) ...'
	@$(PYTHON) -I -m venv --clear $(VENV) || \
		{ echo "Python's venv module is needed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@.ci/link $(VENV)
	@touch $@

$(RUNTIME): | $(MADE)
	@rm -f $(VENV)/runtime-* $(VENV)/development-*
	@$(INSTALL) -r requirements.lock
	@touch $@

$(DEVELOPMENT): | $(RUNTIME)
	@rm -f $(VENV)/development-*
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
