# The recipes of a working copy. `make` alone lists them.

PORT ?= 8000
PYTHON ?= python3
export PYTHON
# One more than there are cores: tests wait for a minute, a page or a process while others count.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

bin := .venv/bin
environment := .venv/.statlas-environment
packages := node_modules/.statlas-packages
vendor := src/statlas/web/static/vendor
assets := $(vendor)/statlas.css

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix bench docs screenshots
.DELETE_ON_ERROR:

help: ## list these recipes
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

setup: $(environment) $(assets) ## make .venv and the web assets, where they are out of date
	@:

demo: setup ## make the demonstration department and serve it (PORT=8000)
	@$(bin)/statlas demo --port $(PORT)

test: setup ## run the test-suite (WORKERS=3)
	@$(bin)/pytest -n $(WORKERS) --dist worksteal

check: setup ## lint, format, types and the walls of the house
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy
	@$(bin)/lint-imports

fix: setup ## mend what ruff can mend, and format
	@$(bin)/ruff check --fix
	@$(bin)/ruff format

bench: setup ## measure counting and publishing (ROWS=60000000)
	@$(bin)/python scripts/bench.py

docs: setup ## build the documentation into docs/_build
	@$(bin)/sphinx-build --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

screenshots: setup ## take the pictures of the documentation from the demonstration
	@$(bin)/python scripts/screenshots.py

# A stamp is newer than all that its step was made from; a step runs again when one of those changes.
$(environment): requirements/dev.txt pyproject.toml scripts/set_up.sh
	@scripts/set_up.sh environment
	@touch $@

$(packages): package.json package-lock.json .npmrc requirements/node.txt | $(environment)
	@scripts/set_up.sh packages
	@touch $@

$(assets): $(packages) scripts/build_assets.mjs $(wildcard scripts/notices/* src/statlas/web/theme/*.scss)
	@scripts/set_up.sh assets
	@touch $@
