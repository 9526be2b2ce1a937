#!/bin/sh
# Format, lint, types, import rules, and migrations in step with the tables.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff format --check .
$bin/ruff check .
$bin/mypy
$bin/lint-imports --no-cache
$bin/python -m tools.import_circles
$bin/python -m tools.migrations
