# make run: start the desk.  make test: everything CI does, on a fresh machine too.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# A version manager may show a python3.13 that does not start: each is tried.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python3.14 python, \
	$(shell $(name) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $(name))))

.PHONY: run demo test check bench long mutants format browser clean

run: $(VENV)/.installed
	$(BIN)/python -m streamlit run app.py

demo: $(VENV)/.installed
	$(BIN)/python -m riskcore demo

test: browser check

check: $(VENV)/.dev
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

bench: browser
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.copytrade

long: $(VENV)/.dev
	TIMES=10 $(BIN)/python -m pytest -n 2 --dist loadfile --timeout 3600 \
		tests/domain/test_arrival.py tests/domain/test_thresholds_exact.py
	FILES=500000 $(BIN)/python -m pytest -n 2 --timeout 7200 tests/ingest/test_mutations.py

mutants: $(VENV)/.dev
	$(BIN)/mutmut run
	$(BIN)/mutmut export-cicd-stats
	cat mutants/mutmut-cicd-stats.json

format: $(VENV)/.dev
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .

browser: $(VENV)/.dev
	BIN=$(BIN) bash tests/browser/install.sh

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage

$(VENV)/.installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make run PYTHON=/path/to/python3" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.installed
	$(PIP) -r requirements-dev.txt
	touch $@
