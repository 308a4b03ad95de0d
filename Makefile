# Three commands set everything up: `make scan`, `make drill` and `make test`. Nothing is installed outside .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

FUZZ_SECONDS ?= 60

.PHONY: scan drill test check bench fuzz corpus docs lock new-rule format clean
.DELETE_ON_ERROR:

## scan: install, scan the embedded demo account, write the reports to out/
scan: $(VENV)/.demo
	$(BIN)/backup-scan --account demo --output out --fail-on never

## drill: install, restore the emulated company's backups, measure and judge it, write the reports to out/drill/
drill: $(VENV)/.drill
	$(BIN)/backup-drill run --plan quarterly --target emulator --output out/drill --fail-on failed

## test: install, run the tests
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS)

## check: everything that must hold before a merge
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests
	$(BIN)/lint-imports
	$(BIN)/python -m tools.pages --check
	$(BIN)/python -m pytest -n $(WORKERS) -W error

## bench: performance as ratios, measured in one run
bench: $(VENV)/.dev
	$(BIN)/python -m tools.bench

## fuzz: try the readers of code on harmed input; atheris guides it where it installs (FUZZ_SECONDS for each target)
fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
	  -r constraints/fuzz.txt || echo "atheris does not install here: input is harmed at random"
	$(BIN)/python -m tools.fuzz --seconds $(FUZZ_SECONDS)

## corpus: fetch public repositories, judge them, and compare with tools/corpus/results.json
corpus: $(VENV)/.dev
	$(BIN)/python -m tools.corpus

## docs: write the generated pages (docs/rules, docs/matrix.md, docs/cli.md)
docs: $(VENV)/.dev
	$(BIN)/python -m tools.pages

## new-rule: scaffold a rule and its table: make new-rule QUESTION=schedule NAME=snapshots_are_frequent ID=BK214
new-rule: $(VENV)/.dev
	$(BIN)/python -m tools.scaffold "$(QUESTION)" "$(NAME)" "$(ID)"

## format: let ruff format and fix what it can
format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## lock: pin the dependencies again (needs uv)
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra demo pyproject.toml constraints/build.in -o constraints/demo.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra drill pyproject.toml constraints/build.in -o constraints/drill.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra dev pyproject.toml constraints/build.in -o constraints/dev.txt
	echo 'atheris<3.1' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url - -o constraints/fuzz.txt

clean:
	rm -rf $(VENV) out build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "backup-scan needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints/demo.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints/demo.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.drill: pyproject.toml constraints/drill.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints/drill.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.demo

$(VENV)/.dev: pyproject.toml constraints/dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.demo $(VENV)/.drill
