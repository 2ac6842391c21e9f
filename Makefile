# What a person types. `make` alone explains; everything real lives in scripts/ and manage.py.

PYTHON ?= python3
VENV := .venv/bin
BOOTSTRAP := $(PYTHON) scripts/bootstrap.py
# One file, one worker: tests of real processes share what their file started. Twice as many workers as a small machine has
# processors, since many wait for processes; the longest files first (tests/conftest.py).
SPREAD := -n 4 --dist loadfile --no-loadscope-reorder

# The suite starts many Pythons: compiled modules are kept for the next, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test test-fast faults check fix bench clean dev

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run:  ## install what is missing, then run everything until Ctrl-C (HOST, PORT)
	@$(BOOTSTRAP) run

dev:
	@$(BOOTSTRAP) dev

test: dev  ## the whole suite, browser and real processes included
	@$(VENV)/python -m pytest $(SPREAD) $(TESTS)

test-fast: dev  ## no browser, no child processes
	@$(VENV)/python -m pytest -n 3 -m "not browser and not processes" $(TESTS)

faults: dev  ## kill, stop, cut and double everything for long, on the database of the environment (ROUNDS=50, SEED=1)
	@HELPDESK_FAULTS=long HELPDESK_FAULT_ROUNDS=$(ROUNDS) HELPDESK_FAULT_SEED=$(SEED) $(VENV)/python -m pytest -q -n 0 tests/faults

check: dev  ## lint, types, layers, templates, migrations, translations, check --deploy
	@scripts/check

fix: dev  ## repair what tools can repair
	@scripts/fix

bench: dev  ## the benchmarks
	@$(VENV)/python -m bench

clean:  ## remove what was installed and built; data (var/) stays but for what `make run` makes again
	rm -rf .venv node_modules var/vendor var/static var/install .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f locale/*/LC_MESSAGES/*.mo
