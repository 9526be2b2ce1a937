#!/bin/sh
# Writes what the hub and the till are made of (CycloneDX), and looks for known holes in it.
set -eu
cd "$(dirname "$0")/.."
mkdir -p dist
for part in hub desktop; do
    .venv/bin/cyclonedx-py requirements --output-reproducible --of JSON -o "dist/$part.cdx.json" "requirements/$part.txt"
    echo "dist/$part.cdx.json"
done
for part in hub desktop; do
    status=0
    said=$(.venv/bin/pip-audit --disable-pip --require-hashes --progress-spinner off -r "requirements/$part.txt" 2>&1) || status=$?
    case "$said" in
        *"No known vulnerabilities"*) echo "$part: no known holes" ;;
        *"Found "*) echo "$said"; exit 1 ;;
        *) echo "$part: the database of known holes can't be reached; nothing was looked up (exit $status)" ;;
    esac
done
