"""The texts of the till's screens, as a reader of the code finds them: what is marked, and what nobody marked."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from boxoffice.core.tenders import TENDERS
from boxoffice.resources import resource_path
from boxoffice.till.ui import tokens

BOXOFFICE = Path(__file__).parents[3] / "boxoffice"
UI, TRAINING = BOXOFFICE / "till" / "ui", BOXOFFICE / "training"
MARKS = frozenset({"say", "later", "count", "plural", "told"})
NO_WORDS = frozenset(
    {
        "icons.py",
        "speech.py",
        "tokens.py",
        "theme.py",
        "keys.py",
        "keyboard.py",
        "actions.py",
        "addresses.py",
        "moments.py",
        "destinations.py",
        "work.py",
    }
)
"""Modules that have names, styles and places, and nothing that a person reads."""
AS_THEY_ARE = frozenset(
    {
        *("Box Office", "Boxoffice", "Box", "Office"),  # its name
        *("Enter", "Esc", "Tab", "Del", "PgUp", "PgDn", "PgUp PgDn", "Ctrl +", "Ctrl −", "Ctrl + Ctrl −"),  # keys
        *("Ctrl H", "Ctrl R", "Ctrl K", "Ctrl G", "Ctrl Q", "Enter, "),
        *("6 0 Enter", "5 Enter", "F2 F3", "F11 F12"),
        *("GC-…", "GC-7Q4M-2KD9-…"),
        *("ABCD-EFGH", "https://hub.example.org", "http://", "https://"),  # patterns of what is typed
        *("MMMEd", "yMMMd", "_US"),  # forms of dates, and whose Spanish it is
        *("CP858", "CP1252", "58 mm", "80 mm", "203 dpi", "300 dpi", "QWERTYU"),  # of printers, and keys
        *("USD", "CAD", "EUR", "GBP", "MXN", "JPY"),
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),  # other languages' are Babel's
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    }
)
_NOT_READ = {"setProperty", "setObjectName", "compile", "fullmatch", "findall", "setStyleSheet", "import_module"}
_NAMES = frozenset(
    {
        *(path.stem for path in resource_path("icons").iterdir()),
        *tokens.COLOURS,
        *("ok", "warn", "danger", "info", "unknown", "plain", "primary", "strong", "quiet", "done", "now", "later"),
        *("kind", "part", "state", "ground", "card", "head", "click"),  # of widgets
        *("amount", "other", "ending", "bounced", "failed", "am", "pm", "hm", "hms", "boxoffice"),
    }
)
"""Small words that are names in the program: of icons, colours, states and kinds."""
_STYLE = re.compile(r"[;}]\s*$|: \d|QFrame|rgba|margin|border")


@cache
def modules() -> dict[str, ast.Module]:
    """Returns the modules of the screens, and of the training that speaks on them, by their paths."""
    paths = [
        *sorted(UI.rglob("*.py")),
        *(TRAINING / name for name in ("coach.py", "course.py", "telling.py", "score_card.py")),
    ]
    return {
        path.relative_to(BOXOFFICE).as_posix().removeprefix("till/ui/"): ast.parse(path.read_text()) for path in paths
    }


def marked(tree: ast.Module) -> Iterator[str | tuple[str, str]]:
    """Yields the texts that are marked; those that are counted with what several are called."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="say" | "later" | "told"), args=[ast.Constant(value=str(text)), *_]):
                yield text
            case ast.Call(func=ast.Name(id="count"), args=[_, ast.Constant(value=str(one)), *more]):
                yield one, str(getattr(more[0], "value", "")) if more else f"{one}s"
            case ast.Call(
                func=ast.Name(id="plural"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many))]
            ):
                yield one, many
            case _:
                pass


def of_tables() -> Iterator[str]:
    """Yields what the first screens show of the core's tables; all else of them stands in the texts that all share."""
    yield from ("Subtotal", "Discount", "Tax")
    for row in TENDERS.values():
        yield from (row.words.name, row.words.title, row.words.sent, row.words.short)


def unmarked(tree: ast.Module) -> Iterator[str]:
    """Yields texts that a person would read, and that nobody marked."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = _text_of(node)
        if text is not None and _is_read(text) and not _is_apart(node, parents):
            yield f"{node.lineno}: {text}"  # type: ignore[attr-defined]  # all of these have a line


def _text_of(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(each.value) for each in values if isinstance(each, ast.Constant))
        case _:
            return None


def _is_read(text: str) -> bool:
    """Returns whether it looks like words, and not like a name in the program: an icon, a colour, a place."""
    if text in AS_THEY_ARE or not re.search(r"[A-Za-z]{2}", text) or _STYLE.search(text):
        return False
    if re.fullmatch(r"[a-z]+", text):
        return text not in _NAMES
    return not re.fullmatch(r"[a-z0-9_.\-]+|\w+\.\w+", text)


def _is_apart(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Returns whether it is marked, or stands where nobody reads it."""
    while node in parents:
        if _hides(parents[node], node):
            return True
        node = parents[node]
    return False


def _hides(above: ast.AST, node: ast.AST) -> bool:
    """Returns whether nobody reads what stands here: a docstring, an annotation, a key, an error of the program's."""
    match above:
        case ast.Call(func=ast.Name(id=name)):
            return name in MARKS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _NOT_READ
        case ast.AnnAssign(annotation=part) | ast.FunctionDef(returns=part) | ast.Subscript(slice=part):
            return part is node
        case ast.Dict(keys=keys):
            return node in keys
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Raise() | ast.arg() | ast.Compare():
            return True
        case _:
            return isinstance(above, ast.FormattedValue | ast.JoinedStr | ast.Expr) and _text_of(node) is not None
