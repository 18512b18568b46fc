# Each target sets up what it needs; a second run starts at once. `make` alone lists them.
# Only pip and apt use the network.
.DEFAULT_GOAL := help
.PHONY: help demo test fast lint check format bench proof models lock clean

RUN := .venv/bin/python -m

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: ## set up and run the demo, without root (DEMO_ARGS="...", STAY=1, LANG=vi_VN.UTF-8)
	@scripts/setup demo
	@.venv/bin/station demo $(DEMO_ARGS)

test: ## set up and run all tests (ARGS="-k name")
	@scripts/setup test
	@scripts/system_packages
	@$(RUN) pytest $(ARGS)

fast: ## the tests without servers and processes, in seconds
	@scripts/setup test
	@$(RUN) pytest -q -m "not slow" tests/core tests/codecs tests/docs $(ARGS)

lint: ## lint, format, types, architecture
	@scripts/setup test
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/lint-imports

check: lint ## lint, and the fast tests and documents
	@$(RUN) pytest -q -m "not slow" tests/core tests/codecs tests/docs tests/architecture

format: ## let ruff lay out the code
	@scripts/setup test
	@$(RUN) ruff check --fix-only --quiet .
	@$(RUN) ruff format .

bench: ## medians and p99 of the lane on this machine (ARGS="--json")
	@scripts/setup demo
	@.venv/bin/station bench $(ARGS)

PART := lane
proof: ## run every line of a part's "It must show" (PART=lane)
	@scripts/setup test
	@scripts/system_packages
	@$(RUN) tests.proof $(PART) $(ARGS)

models: ## train the models again from their recipes (large downloads, hours of CPU)
	@scripts/setup test
	@scripts/train_models $(ARGS)

lock: ## renew requirements/*.txt (needs uv)
	@scripts/lock

clean: ## remove everything these targets made
	rm -rf .venv .venv-train .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
