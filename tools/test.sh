#!/bin/sh
# All tests, on as many cores as there are, with no display needed.
set -eu
cd "$(dirname "$0")/.."
QT_QPA_PLATFORM=offscreen exec .venv/bin/python -m pytest -n auto --dist loadfile "$@"
