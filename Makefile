# Everything here sets up what it needs; `make help` lists it.
PY := .venv/bin/python
STAMP := .venv/.ready
export QT_QPA_PLATFORM ?= $(if $(DISPLAY)$(WAYLAND_DISPLAY),,offscreen)

.PHONY: help setup demo test check bench sim sim-view screenshots package audit clean

help:
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

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

bench: setup ## Measure, as ratios against a floor in the same run; ROW=name measures one alone
	@$(PY) -m tools.bench $(if $(ROW),--row $(ROW))

TIER ?= full
sim: setup ## Simulate: SEEDS=20 STEPS=40 TIER=full|fast, or one run by SEED=… (WITHOUT=fault,… SKIP=step,…) or TAPE=…
	@$(PY) -m tests.simulation --tier $(TIER) --seeds $(or $(SEEDS),20) --steps $(or $(STEPS),40) \
		$(if $(FIRST),--first $(FIRST)) $(if $(SEED),--seed $(SEED)) $(if $(TAPE),--tape $(TAPE)) \
		$(if $(WITHOUT),--without $(WITHOUT)) $(if $(SKIP),--skip $(SKIP))

sim-view: setup ## Draw one simulated run as a page: SEED=… STEPS=40, into sim.html
	@$(PY) -m tests.simulation --seed $(or $(SEED),3) --steps $(or $(STEPS),40) --page sim.html

screenshots: setup ## Render every screen of the real program into docs/screenshots
	@$(PY) -m tools.screenshots docs/screenshots

package: setup ## Build the till as a program of its own (PyInstaller)
	@$(PY) -m PyInstaller --noconfirm --clean boxoffice.spec

audit: setup ## Write what the programs are made of (CycloneDX) and look for known holes
	@sh tools/audit.sh

clean:
	rm -rf .venv build dist demo-data
