# Two commands matter: `make run` and `make test`.

# The first interpreter that really runs and is new enough (a version manager's shim may exist and not run).
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin

.PHONY: run test lint check check-infra bench faults docs pictures lock environment environment-for-tests python

run: environment
	@exec $(BIN)/laudo run

test: environment-for-tests check
	@$(BIN)/python -m pytest -n 2 -q

# Everything that reads the code without running it.
check: environment-for-tests lint
	@$(BIN)/mypy --strict services infra tests
	@$(BIN)/lint-imports

lint: environment-for-tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# What delivers the product: Terraform, images, Kubernetes, workflows; a check that cannot run here is said to be skipped.
check-infra: environment
	@$(BIN)/python -m infra.checks.check_infra

# Speed beside a bare route and a bare queue, in one run; writes docs/bench/latest.json.
bench: environment-for-tests
	@$(BIN)/python -m tests.load.bench

# Kills the product 20 times at every named point while jobs run side by side, and takes every server away for two
# minutes; writes docs/bench/faults.json and outages.json. About 40 minutes on two quiet cores.
faults: environment-for-tests
	@killed=0; $(BIN)/python -m tests.faults.run || killed=1; $(BIN)/python -m tests.faults.outages && exit $$killed

# Generated from the code; tests fail when they are stale.
docs: environment
	@$(BIN)/python -m infra.docs.events
	@$(BIN)/python -m infra.docs.apis
	@$(BIN)/python -m infra.docs.functions

# The README's pictures and two pages of evidence, from a product that runs (`make run` in another terminal).
pictures: environment-for-tests
	@$(BIN)/python -m infra.docs.evidence

# After a change of the groups in pyproject.toml.
lock: environment
	@$(BIN)/python -m infra.local.lock
	@$(BIN)/python -m infra.docker.lock_services

environment: python
	@$(PYTHON) infra/local/environment.py

environment-for-tests: python
	@$(PYTHON) infra/local/environment.py --for-tests

python:
	@test -n "$(PYTHON)" || { echo "laudo: Python 3.11 or newer is needed; install it with: sudo apt-get install python3 python3-venv" >&2; exit 1; }
