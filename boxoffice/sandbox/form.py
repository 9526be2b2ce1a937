"""Stripe's form encoding: `a[b][0]=c` and `a[]=c` into nested maps and lists of strings."""

import re
from typing import Final
from urllib.parse import parse_qsl

from boxoffice.sandbox.errors import StripeError

Node = str | list["Node"] | dict[str, "Node"]

_KEY: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MOST_FIELDS: Final = 1000


class _Tree(dict[str, "str | _Tree"]):
    """A map while it is being filled; what has only numbers for keys becomes a list."""


def decode(text: str) -> dict[str, Node]:
    """Returns the parameters of a form body or a query.

    Raises:
        StripeError: if a name is malformed, or is both a value and a map.
    """
    tree = _Tree()
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise StripeError(400, "Too many parameters.") from error
    for name, value in pairs:
        _put(tree, _parts(name), value, name)
    return {name: _settled(node) for name, node in tree.items()}


def _parts(name: str) -> list[str]:
    found = _KEY.fullmatch(name)
    if found is None:
        raise StripeError(400, f"Invalid parameter name: {name}", param=name)
    head, rest = found.groups()
    return [head, *re.findall(r"\[([^\[\]]*)\]", rest)]


def _put(tree: _Tree, parts: list[str], value: str, name: str) -> None:
    for part in parts[:-1]:
        below = tree.setdefault(part or str(len(tree)), _Tree())
        if not isinstance(below, _Tree):
            raise StripeError(400, f"Invalid parameter: {name} is both a value and a hash.", param=name)
        tree = below
    last = parts[-1] or str(len(tree))
    if isinstance(tree.get(last), _Tree):
        raise StripeError(400, f"Invalid parameter: {name} is both a value and a hash.", param=name)
    tree[last] = value


def _settled(node: "str | _Tree") -> Node:
    if isinstance(node, str):
        return node
    if all(key.isdecimal() for key in node):
        return [_settled(node[key]) for key in sorted(node, key=int)]
    return {key: _settled(below) for key, below in node.items()}
