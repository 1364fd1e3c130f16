# Everything needs only Python 3.11+ and make. Versions are pinned in constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: demo test lint acceptance examples templates docs bench clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/.installed  ## Check the example folder and write the report.
	$(BIN)/perfxl check examples/returned --report build/demo --exit-zero

test: $(VENV)/.installed lint  ## The fast suite; PERFXL_REQUIRE_ACCEPTANCE=1 adds LibreOffice, gnumeric and Chromium.
	$(PYTEST) -n auto --dist worksteal -m "$(if $(PERFXL_REQUIRE_ACCEPTANCE),,not acceptance)"

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

acceptance: $(VENV)/.installed
	PERFXL_REQUIRE_ACCEPTANCE=1 $(PYTEST) -n auto --dist worksteal -m acceptance

examples: $(VENV)/.installed  ## Write examples/returned/ again from its sources.
	$(BIN)/python -m examples.build

templates: $(VENV)/.installed  ## Write templates/ again.
	$(BIN)/perfxl template build

docs: $(VENV)/.installed  ## Write the generated pages of docs/ again.
	$(BIN)/python -m docs_build

bench: $(VENV)/.installed  ## perfxl beside its peers; prints ratios.
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks.check_folder

clean:
	rm -rf build $(VENV)
