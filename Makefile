# Glacia's commands. `make run` is all that is needed to start; `make help` lists the rest.
#
# Every path is relative, so a clone in a folder with a space in its name works. What is installed is kept in .venv and
# installed again when a requirements file has changed.

PYTHON ?= python3
VENV := .venv/bin/python
PIP := $(VENV) -m pip --disable-pip-version-check --no-input -qq
INSTALL := $(PIP) install --root-user-action=ignore --no-warn-script-location --progress-bar=off
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome-stable google-chrome,$(shell command -v $(name))))
export CHROMIUM
JOBS ?= 2
MAKEFLAGS += --no-print-directory

.PHONY: help run test test-supabase check prove bench lock browser redis dev
.DEFAULT_GOAL := help

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: .venv/installed  ## start Glacia on http://127.0.0.1:7860
	@exec $(VENV) app.py

test: dev browser redis check  ## lint, types, layers and every test, with coverage
	@exec $(VENV) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term

test-supabase: dev  ## the same tests against the project in SUPABASE_URL, which must be empty
	@TEST_SUPABASE=1 exec $(VENV) -m pytest tests/integration

check: dev  ## lint, types and layers only
	@$(VENV) -m ruff check
	@$(VENV) -m ruff format --check
	@$(VENV) -m mypy
	@$(VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-logo

prove: dev browser redis  ## every test at the full size that the issues name
	@GLACIA_FULL=1 exec $(VENV) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

bench: dev  ## measure; the results are printed, nothing is asserted
	@for file in benchmarks/bench_*.py; do echo "$$file"; PYTHONPATH=. $(VENV) "$$file" || exit 1; done

lock:  ## pin the newest versions that pyproject.toml allows
	@sh .ci/lock "$(PYTHON)"

browser:
	@test -n "$$CHROMIUM" || { \
	  echo "The browser tests need Chromium. Install it (Debian, Ubuntu: apt install chromium), or name yours:"; \
	  echo "make $(MAKECMDGOALS) CHROMIUM=/path/to/chromium"; exit 1; } >&2

redis:
	@command -v redis-server >/dev/null || { \
	  echo "The tests with several processes need redis-server. Install it (Debian, Ubuntu: apt install redis-server)."; \
	  exit 1; } >&2

dev: .venv/installed-dev

# A .venv whose Python is gone (an upgrade of the system, a copied folder) is made anew.
ifneq (works,$(shell $(VENV) -c 'print("works")' 2>/dev/null))
.PHONY: .venv/ready
endif

.venv/ready:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Glacia needs Python 3.11 or newer, but $(PYTHON) is: $$("$(PYTHON)" -V 2>&1 || true)"; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; } >&2
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) comes without venv and pip. Install them (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv
	@touch $@

.venv/installed: .venv/ready requirements.txt
	@echo "Installing what Glacia needs. This takes about a minute, once."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing what the tests need."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
