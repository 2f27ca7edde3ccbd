# make demo         validate, plan, apply and plan again, with the sample
# make portal       serve the pages of the sample's portal on this machine, with links to sign in
# make test         run all checks and tests, except the slow ones
# make bench        measure the speed, as ratios
# make bench-peers  measure the speed beside other tools, which it prepares
# make lock         update the dependencies

PYTHON ?= python3
VENV := .venv

# The name of a stamp is a hash of its inputs. An environment that was moved, or belongs to another Python, is created
# again; one with older locks is updated.
hash = $(shell { $(1); } 2>&1 | sha256sum | cut -c1-16)
# Each name also includes the inputs below it: the content of an environment is lost when it is created again.
HERE := pwd; $(PYTHON) -V
MADE := $(VENV)/made-$(call hash,$(HERE))
RUNTIME := $(VENV)/runtime-$(call hash,$(HERE); cat requirements.lock pyproject.toml)
DEVELOPMENT := $(VENV)/development-$(call hash,$(HERE); cat requirements.lock requirements-dev.lock pyproject.toml)
# Isolated (-I), so that no file of this folder shadows a module of Python.
INSTALL := $(VENV)/bin/python -I -m pip install --quiet --disable-pip-version-check \
	--no-deps --only-binary :all: --require-hashes
# Workflows pull people from directories, so their environment has these libraries.
EXTRAS := --extra ldap --extra scim
COMPILE := $(VENV)/bin/uv pip compile --no-config --universal --python-version 3.11 --only-binary :all: \
	--format pylock.toml --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help demo portal test bench bench-peers lock clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(RUNTIME)
	@./demo

portal: $(RUNTIME)
	@$(VENV)/bin/reconciler portal serve --demo

test: $(DEVELOPMENT)
	@./check

bench: $(DEVELOPMENT)
	@$(VENV)/bin/python -m bench.run

bench-peers: $(DEVELOPMENT)
	@$(VENV)/bin/python -m bench.peers

lock: $(DEVELOPMENT)
	@$(COMPILE) --upgrade pyproject.toml --group dev --output-file $(VENV)/pylock.dev.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.dev.toml > requirements-dev.lock
	@$(COMPILE) pyproject.toml $(EXTRAS) --constraints requirements-dev.lock --output-file $(VENV)/pylock.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.toml > requirements.lock
	@$(COMPILE) --upgrade .ci/keystone.in --output-file $(VENV)/pylock.keystone.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.keystone.toml > .ci/keystone.lock
	@$(COMPILE) --upgrade .ci/tryton.in --output-file $(VENV)/pylock.tryton.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.tryton.toml > .ci/tryton.lock
	@$(COMPILE) --upgrade .ci/octodns.in --output-file $(VENV)/pylock.octodns.toml
	@$(VENV)/bin/python -I .ci/lock.py < $(VENV)/pylock.octodns.toml > .ci/octodns.lock

clean:
	@rm -rf $(VENV) .reconciler .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist

$(MADE):
	@$(PYTHON) -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is required; name it: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Creating the environment in $(VENV) ...'
	@$(PYTHON) -I -m venv --clear $(VENV) || \
		{ echo "Python's venv module is required; on Debian: apt-get install python3-venv" >&2; exit 1; }
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
