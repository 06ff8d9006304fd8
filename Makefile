# Two commands matter: `make run` and `make test`. Both set up whatever is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
SIZE ?= 1m
MINUTES ?= 20
# One more than processors: tests wait for pages, starts and ends of other processes.
WORKERS ?= $(shell expr $$(nproc) + 1)

# Containers like to switch bytecode off: every process would compile all that it imports, again.
unexport PYTHONDONTWRITEBYTECODE

# Both clients have one package, one lock and one node_modules, in maps/.
CLIENT_FILES = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
CLIENTS := maps/package.json maps/tsconfig.base.json
WORKSPACE := $(CLIENTS) $(call CLIENT_FILES,maps/workspace)
PAGES := $(CLIENTS) $(call CLIENT_FILES,maps/pages)

.PHONY: help setup run test check style types-checked format bench browser-million fuzz types lock wheel wheel-trial many-trial bundle \
  drill-kill drill-import drill-database drill-disk drill-clients drill-clock drill-backup drill-upgrade drill-network drill-wal

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/system $(STAMPS)/python $(STAMPS)/client $(STAMPS)/workspace $(STAMPS)/pages ## prepare everything; does nothing when nothing changed

run: setup ## start PostGIS, load the demo, print its coverage, serve http://127.0.0.1:8000
	@exec $(BIN)/luotu run

test: setup $(STAMPS)/system-test ## set up everything and pass the whole suite
	@$(MAKE) --no-print-directory check ALSO=$(STAMPS)/compiled
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Each keeps one processor busy: the longest first, so that all processors end together. What they
# say comes one after the other.
CHECKS := types-checked $(STAMPS)/clients-linted $(STAMPS)/clients-typed $(STAMPS)/clients-formatted style
check: setup ## format, lint and types, without the tests
	@$(MAKE) --no-print-directory --jobs=$(shell nproc) --output-sync=target $(CHECKS) $(ALSO)

style:
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types-checked:
	@$(BIN)/mypy

# What is imported is compiled here once, beside the checks: in a fresh clone each worker of the suite
# would compile all of it, at the same time (31 s of a processor, against 10 s when that is done).
$(STAMPS)/compiled: | $(STAMPS)/python $(STAMPS)/system-test
	@$(BIN)/pytest --collect-only --quiet --quiet > $(STAMPS)/collected || { cat $(STAMPS)/collected; exit 1; }
	@touch $@

format: setup ## put every file into its form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@cd maps && npm run --silent format

bench: setup $(STAMPS)/system-test $(STAMPS)/bench ## print every figure beside its peer's; SIZE=100k is the quick one
	@$(BIN)/python -m tests.bench --size $(SIZE)

seed-million: setup ## a province of a million plots in .bench/1m, to look at and to measure; SIZE=100k is the quick one
	@$(BIN)/python -m tests.bench.seed --size $(SIZE)

browser-million: setup $(STAMPS)/system-test ## open the workspace on a million plots in Chromium and print its times; SIZE=100k is the quick one
	@$(BIN)/python -m tests.bench.browser --size $(SIZE)

.PHONY: drill-dask
drill-dask: setup ## kill one of three workers in the middle of the coverage of a lake, N=3 times
	@$(BIN)/python -m tests.drills.dask $(N)

fuzz: setup $(STAMPS)/system-test ## let schemathesis try every role on every route, MINUTES=20 in all
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

types: setup ## write the workspace's types anew from the OpenAPI document
	@$(BIN)/python -m tests.workspace.types

# It is built anew each time: hatchling is quicker than finding out whether anything changed.
wheel: setup ## build dist/luotu-….whl: the whole product, without Node or this folder
	@rm -f dist/luotu-*.whl
	@$(BIN)/python -m hatchling build -t wheel

wheel-trial: wheel ## install the wheel as an ordinary user elsewhere and let it serve (as root)
	@$(BIN)/python -m tests.trials.wheel dist/luotu-*.whl

many-trial: setup $(STAMPS)/system-test $(STAMPS)/workspace ## submit 5 000 plots, of which 40 are refused, in the browser, and cut the line twice
	@MANY=5000 $(BIN)/pytest -q -n 0 tests/service/workspace/test_many.py -k broken_line

bundle: setup ## everything for a Debian without a network, as dist/luotu-….tar (on Debian, as root)
	@deploy/debian/bundle.sh $(PYTHON)

# Drills take minutes and print what was lost, which has to be nothing; N says how often.
drill-kill: setup ## kill -9 of the service, its worker and the postmaster, N=3 times each, while people write
	@$(BIN)/python -m tests.drills.kill $(N)

drill-import: setup ## kill -9 of the service and the postmaster, N=3 times each, while a file is committed
	@$(BIN)/python -m tests.drills.imports $(N)

drill-database: setup ## the database hangs and is away, N=2 times each
	@$(BIN)/python -m tests.drills.database $(N)

drill-disk: setup ## the disk fills while people write, N=2 times (as root)
	@$(BIN)/python -m tests.drills.disk $(N)

drill-clients: setup ## N=200 people for 30 s, and slow lines
	@$(BIN)/python -m tests.drills.clients $(N)

drill-clock: setup ## the machine in four time zones
	@$(BIN)/python -m tests.drills.clock

drill-backup: setup ## N=2 backups while people write, each restored and compared
	@$(BIN)/python -m tests.drills.backup $(N)

drill-upgrade: setup ## migrate under readers, from COMMIT=HEAD~40
	@$(BIN)/python -m tests.drills.upgrade $(COMMIT)

drill-network: setup ## service and database on two hosts (namespaces), the line is cut N=2 times (as root)
	@$(BIN)/python -m tests.drills.network $(N)

drill-wal: setup ## back to a moment by the archive of PostgreSQL (as root)
	@$(BIN)/python -m tests.drills.wal

lock: $(STAMPS)/python ## renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --all-extras --group dev \
	  pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --group bench \
	  --constraint requirements.lock pyproject.toml -o requirements-bench.lock

# The peers are for the bench alone; what we run on stays as requirements.lock has it.
$(STAMPS)/bench: requirements-bench.lock | $(STAMPS)/python
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements-bench.lock
	@touch $@

$(STAMPS)/system: .ci/system
	@PYTHON=$(PYTHON) .ci/system run
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/system-test: .ci/system | $(STAMPS)/system
	@PYTHON=$(PYTHON) .ci/system test
	@touch $@

# uv comes out of the same lock file, with its hash, by the pip that every venv has.
$(STAMPS)/uv: | $(STAMPS)/system
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS)
	@awk '/^[^ ]/ {on = /^uv==/} on' requirements.lock > $(STAMPS)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(STAMPS)/uv.txt
	@touch $@

$(STAMPS)/python: requirements.lock pyproject.toml | $(STAMPS)/uv
	@echo "installing the Python packages of requirements.lock"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/client: maps/package-lock.json service/package-lock.json | $(STAMPS)/python
	@echo "fetching the browser parts of maps/ and service/"
	@for room in maps service; do (cd $$room && npm ci --silent --no-audit --no-fund --ignore-scripts); done
	@touch $@

$(STAMPS)/workspace: $(WORKSPACE) | $(STAMPS)/client
	@echo "building the workspace"
	@cd maps && npm run --silent build:workspace -- --logLevel warn
	@touch $@

$(STAMPS)/pages: $(PAGES) | $(STAMPS)/client
	@echo "building the scripts of the maps"
	@cd maps && npm run --silent build:pages -- --logLevel warn
	@touch $@

$(STAMPS)/clients-linted $(STAMPS)/clients-typed $(STAMPS)/clients-formatted: \
  $(STAMPS)/clients-%: $(WORKSPACE) $(PAGES) $(wildcard maps/*.js maps/*.ts) | $(STAMPS)/client
	@cd maps && npm run --silent check:$*
	@touch $@
