# Everything here sets up what it needs; `make help` lists it.
PY := .venv/bin/python
STAMP := .venv/.ready
export QT_QPA_PLATFORM ?= $(if $(DISPLAY)$(WAYLAND_DISPLAY),,offscreen)

.PHONY: help setup demo test check bench screenshots package audit clean

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(STAMP) ## Install everything the rest needs (venv, locked packages, system libraries, browser)

$(STAMP): requirements/dev.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@

demo: setup ## Start Postgres, hub, sandbox and a till, paired and loaded
	@$(PY) -m boxoffice demo

test: setup ## All tests
	@sh tools/test.sh

check: setup ## Format, lint, types, import rules, migrations
	@sh tools/check.sh

bench: setup ## Measure, as ratios against a floor in the same run
	@$(PY) -m tools.bench

screenshots: setup ## Render every screen of the real program into docs/screenshots
	@$(PY) -m tools.screenshots docs/screenshots

package: setup ## Build the till as a program of its own (PyInstaller)
	@$(PY) -m PyInstaller --noconfirm --clean boxoffice.spec

audit: setup ## Write what the programs are made of (CycloneDX) and look for known holes
	@sh tools/audit.sh

clean:
	rm -rf .venv build dist demo-data
