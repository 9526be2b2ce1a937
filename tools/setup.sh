#!/bin/sh
# Installs all that the project needs: system libraries, browser, virtual environment, locked packages.
set -eu
cd "$(dirname "$0")/.."

PATH="$PATH:/usr/sbin:/sbin"  # where Debian keeps ldconfig and pgbouncer, and few people have it in theirs
if ! python3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
    echo "Python 3.11 or later is needed as python3; found: $(python3 --version 2>&1 || true)" >&2
    exit 1
fi

missing=""
need() { [ -e "$2" ] || command -v "$2" >/dev/null 2>&1 || ldconfig -p 2>/dev/null | grep -q "$2" || missing="$missing $1"; }
if command -v apt-get >/dev/null 2>&1; then
    need libegl1 libEGL.so.1
    need libgl1 libGL.so.1
    need libxkbcommon0 libxkbcommon.so.0
    need libdbus-1-3 libdbus-1.so.3
    need libfontconfig1 libfontconfig.so.1
    need libxcb-cursor0 libxcb-cursor.so.0
    need libxcb-icccm4 libxcb-icccm.so.4
    need libxcb-image0 libxcb-image.so.0
    need libxcb-keysyms1 libxcb-keysyms.so.1
    need libxcb-randr0 libxcb-randr.so.0
    need libxcb-render-util0 libxcb-render-util.so.0
    need libxcb-shape0 libxcb-shape.so.0
    need libxcb-xkb1 libxcb-xkb.so.1
    need libxkbcommon-x11-0 libxkbcommon-x11.so.0
    need chromium chromium
    need pgbouncer pgbouncer
    need binutils objdump  # for the package
    python3 -c "import venv, ensurepip" 2>/dev/null || missing="$missing python3-venv"
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            apt-get update -qq
            # shellcheck disable=SC2086
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
        else
            echo "Missing system packages:$missing. Install them with: sudo apt-get install$missing" >&2
            exit 1
        fi
    fi
fi

[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
