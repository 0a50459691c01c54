# The commands of the README. Each one sets up what it needs and is quick when that is done.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=

.PHONY: demo test check bench mutants docs screenshots page schema lock format clean

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)
	$(BIN)/greenlight demo $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

bench: $(READY)
	$(BIN)/python -m bench $(ARGS)

mutants: $(READY)
	$(BIN)/python -m tests.mutants $(ARGS)

# Write the generated parts: the state diagram, the table of settings, .env.example.
docs: $(READY)
	$(BIN)/python docs/generate.py

# Take the pictures in docs/images anew. Needs Chromium.
screenshots: $(READY)
	$(BIN)/python -m tests.browser.screenshots

# Build the twin's page again after a change to twin/page/src. Needs Node 20, as users do not.
page:
	cd twin/page && npm ci --no-audit --no-fund && npm run check && npm run build

# Generate what the twin checks messages, views and manifests by from Slack's own types. Needs Node.
schema:
	cd twin/slack/checks/refresh && npm ci --no-audit --no-fund && npm run generate

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Re-pin everything. Needs `pip install uv`; writes no registry address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --extra postgres pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --extra postgres --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .demo
