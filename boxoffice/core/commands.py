"""The commands of a program's command line, each with its words in the list of all and over its own help."""

import argparse


class Commands:
    """What `add_subparsers` makes, with the sentence of a command said in both places."""

    def __init__(self, parser: argparse.ArgumentParser, *, is_required: bool = False) -> None:
        self._made = parser.add_subparsers(title="commands", required=is_required, metavar="COMMAND")

    def add(self, name: str, *, help: str) -> argparse.ArgumentParser:  # as argparse names it
        """Returns the parser of a new command; `help` is what it does, in the imperative."""
        return self._made.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
