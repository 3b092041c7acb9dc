# The commands of this repository. `make up` and `make test` work first thing after `git clone`.
#   make up ARGS=--detach        arguments for the command behind a target
#   make test ARGS="-k refund"   or for pytest
#   make up PYTHON=python3.12    another interpreter (3.11 or newer)

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

# A shell that forbids bytecode would make each of our processes compile Prefect again.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help up down status test e2e acceptance torture bench check format lock clean run-env dev-env

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || grep '##' Makefile

run-env:
	@$(PYTHON) bootstrap.py run

dev-env:
	@$(PYTHON) bootstrap.py dev

up: run-env  ## start everything: database, Prefect, sandbox, desk, worker (ARGS=--detach to return)
	@$(BIN)/makegood up $(ARGS)

down: run-env  ## stop everything
	@$(BIN)/makegood down $(ARGS)

status: run-env  ## addresses and counts
	@$(BIN)/makegood status $(ARGS)

test: dev-env  ## the tests, without browser and without the whole line
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not e2e and not acceptance" $(ARGS)

e2e: dev-env  ## a supervisor in a real browser; skips with its reason where there is no Chromium
	@$(BIN)/python -m pytest -m e2e $(ARGS)

acceptance: dev-env  ## hundreds of cases over five procedures through the real line, compared with independent books
	@$(BIN)/python -m pytest -m acceptance $(ARGS)

torture: dev-env  ## parts are killed while cases run, and books compared (TORTURE_KILLS, TORTURE_SEED)
	@$(BIN)/python -m tests.torture

bench: dev-env  ## what a case costs, beside other engines where they are set up (PEERS_HOME)
	@$(BIN)/python -m bench

check: dev-env  ## lint, format, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: dev-env  ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: dev-env  ## resolve requirements*.in into requirements*.txt (ARGS=--upgrade for newer versions)
	@$(PYTHON) bootstrap.py lock $(ARGS)

clean:  ## stop what runs here and remove what was built (not the keys and data in .makegood)
	-@[ ! -x $(BIN)/makegood ] || $(BIN)/makegood down
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
