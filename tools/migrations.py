"""Fails if the tables and the migrations of either program are out of step."""

import sys

from boxoffice.till.store import drift as till
from sync.store import migrate as hub


def main() -> int:
    problems = [f"till: {line}" for line in till.check()] + [f"hub: {line}" for line in hub.check()]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
