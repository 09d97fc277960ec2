# The commands of the project. `make help` lists them.
PYTHON ?= python3
BASE ?= origin/main
BIN := .venv/bin
PORT ?= 8765
SIZES ?= 20,200,1000
ROUNDS ?= 3
SAMPLE ?= 15
SEED ?= 1
# Material prints a notice about its successor on every build; it is known (see README) and says nothing about this guide.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help setup site serve check links offline booklet test test-rest test-all smoke coverage lint review contributing catalog stage bench mutants lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: .venv/ready  ## set up .venv with the locked, hash-checked packages

site: setup  ## check the content and build site/
	@mkdir -p build
	$(BIN)/mkdocs build --strict --site-dir build/site
	@$(BIN)/patientguide replace-site build/site site

serve: setup  ## live preview on 127.0.0.1:8000
	$(BIN)/mkdocs serve --dev-addr 127.0.0.1:8000

check: setup  ## check the content only, in seconds
	@$(BIN)/patientguide schema --to .vscode/schemas
	$(BIN)/patientguide check

review: setup  ## write what you changed since BASE (origin/main) to build/review/index.html
	$(BIN)/patientguide diff '$(BASE)'

offline: site  ## pack the site as one zip that opens without a server
	$(BIN)/patientguide offline site --to build/guide.zip

booklet: site  ## print the site as one PDF (needs Chromium)
	$(BIN)/patientguide booklet site --to build/guide.pdf

links: setup  ## prove every link inside the built site, and once more with linkchecker
	SITE_URL=http://127.0.0.1:$(PORT)/guide/ $(BIN)/mkdocs build --strict --site-dir build/links
	$(BIN)/patientguide links --crawl build/links

# One process more than there are processors, since tests of servers and browsers often wait.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
PYTEST = $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

test: setup  ## style, types, and the tests that answer in five minutes
	@$(MAKE) --no-print-directory lint; style=$$?; \
	$(PYTEST) --quick $(TESTS); tests=$$?; \
	[ $$style = 0 ] || echo 'The code is not clean: see the report of lint above the tests.' >&2; \
	[ $$style = 0 ] && [ $$tests = 0 ]

test-rest: setup  ## what `make test` leaves out (PART=browser: only those of a marker)
	$(PYTEST) -m '(slow or sampled)$(if $(PART), and ($(PART)))' $(TESTS)

test-all: setup lint  ## style, types, and every test
	$(PYTEST) $(TESTS)

smoke: setup  ## a few minutes with the site in a real browser
	$(PYTEST) --quick -m smoke $(TESTS)

coverage: setup  ## how much of the package the tests reach, branches counted
	@rm -rf build/coverage && mkdir -p build/coverage
	# On a full disk the counts of a whole process would be lost, too.
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal -k 'not full_disk' $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: setup  ## style, types and layers of the code
	$(BIN)/ruff check hooks tests
	$(BIN)/ruff format --check hooks tests
	$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

contributing: setup  ## renew the rules in CONTRIBUTING.md
	$(BIN)/python tests/contributing.py

catalog: setup  ## renew the gettext template of the interface, and what the catalogs have of it
	$(BIN)/python tests/catalog.py

stage: setup  ## write the guide as plain Markdown to build/stage, for any engine
	$(BIN)/patientguide stage build/stage

bench: setup  ## cost of our build against MkDocs on the same pages (SIZES=20,200,1000 ROUNDS=3; WRITE=1 keeps it)
	$(BIN)/python tests/bench.py --sizes '$(SIZES)' --rounds '$(ROUNDS)' $(if $(WRITE),--write)

mutants: setup  ## small faults in the rules of safety: does a test notice? (PART=review SAMPLE=15 SEED=1; AGAIN=1: what lived last)
	$(BIN)/python tests/mutants.py --sample $(SAMPLE) --seed $(SEED) $(if $(AGAIN),--again) $(PART)

lock: setup  ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --group dev --custom-compile-command "make lock" --upgrade pyproject.toml --output-file requirements.lock

clean:  ## remove what was built
	rm -rf site build
