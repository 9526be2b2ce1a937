"""Fails if modules import each other in a circle, be it in functions or for types alone."""

import sys
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

import grimp

PACKAGES = ("boxoffice", "sync")


def circle_in(packages: Sequence[str]) -> tuple[str, ...]:
    """Returns the modules of one circle, the first again at its end; empty if there is none."""
    graph = grimp.build_graph(*packages, cache_dir=None, exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in sorted(graph.modules)}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def main() -> int:
    circle = circle_in(PACKAGES)
    if circle:
        print("These modules import each other in a circle:", " imports ".join(circle), sep="\n", file=sys.stderr)
    return 1 if circle else 0


if __name__ == "__main__":
    sys.exit(main())
