"""Stripe's form encoding: `a[b][0][c]=v` and `a[]=v` to nested mappings and lists."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

_PARTS: Final = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


def decode(body: str) -> dict[str, Any]:
    """Returns what a form says, with every leaf a string."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        parts = _PARTS.findall(key)
        node = root
        for i, part in enumerate(parts):
            name = part or str(len(node))
            if i == len(parts) - 1:
                node[name] = value
            else:
                below = node.setdefault(name, {})
                if not isinstance(below, dict):  # `a=1&a[b]=2`: the later, deeper one counts
                    below = node[name] = {}
                node = below
    found = _lists(root)
    return found if isinstance(found, dict) else {}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {name: _lists(value) for name, value in node.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
