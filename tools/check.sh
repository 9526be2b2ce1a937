#!/bin/sh
# Format, lint, types, import rules, and migrations in step with the tables. Types take one core, the rest another.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
told=$(mktemp)
trap 'rm -f "$told"' EXIT
$bin/mypy >"$told" 2>&1 &
types=$!
failed=0
{
    $bin/ruff format --check . && $bin/ruff check . && $bin/lint-imports --no-cache && $bin/python -m tools.import_circles &&
        $bin/python -m tools.migrations
} || failed=1
wait "$types" || failed=1
cat "$told"
exit "$failed"
