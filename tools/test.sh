#!/bin/sh
# All tests, on as many cores as there are, with no display needed.
set -eu
cd "$(dirname "$0")/.."
# Tests start the programs a hundred times: compiled once, whatever the machine's own setting says.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$PWD/.venv/compiled"
# A process that dies ends the run: xdist would wait for it for ever.
# A file runs in one process, for what its tests share; the files come in the order of tests/conftest.py, longest first.
QT_QPA_PLATFORM=offscreen exec .venv/bin/python -m pytest -n auto --dist loadfile --max-worker-restart 0 --no-loadscope-reorder "$@"
