# What a person types. `make` alone explains; everything real lives in scripts/ and manage.py.

PYTHON ?= python3
VENV := .venv/bin
BOOTSTRAP := $(PYTHON) scripts/bootstrap.py
# One file, one worker: tests of real processes share what their file started. Three workers, since many wait for processes.
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check fix bench clean dev

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

check: dev  ## lint, types, layers, templates, migrations, translations, check --deploy
	@scripts/check

fix: dev  ## repair what tools can repair
	@scripts/fix

bench: dev  ## the benchmarks
	@$(VENV)/python -m bench

clean:  ## remove what was installed and built; data (var/) stays but for what `make run` makes again
	rm -rf .venv node_modules var/vendor var/static var/install .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f locale/*/LC_MESSAGES/*.mo
