#!/bin/sh
# All tests, with no display needed. `sh tools/test.sh -p randomly` shuffles them.
set -eu
cd "$(dirname "$0")/.."
# Tests start the programs a hundred times: compiled once, whatever the machine's own setting says.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$PWD/.venv/compiled"
# Two processes more than there are cores: half of a test's time is waiting, for a database, a browser or a clock.
# A process that dies ends the run: xdist would wait for it for ever.
# A file runs in one process, for what its tests share; the files come in the order of tests/conftest.py, longest first.
# In the order in which they are written: what fails here fails the same way for whoever looks into it.
QT_QPA_PLATFORM=offscreen exec .venv/bin/python -m pytest -n "$(($(getconf _NPROCESSORS_ONLN) + 2))" --dist loadfile \
    --max-worker-restart 0 --no-loadscope-reorder -p no:randomly "$@"
