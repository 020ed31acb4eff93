"""Print every text of the package that a person may see or hear, to be read whole: `python scripts/strings.py`.

Docstrings, SQL, style sheets and regular expressions are left out, and so is what has no space in it: names and keys.
A value that is put into a text is shown as {…}.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(__file__).parent.parent / "retro_timer"
HOLE: Final = "{…}"
CODE: Final = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|BEGIN)\b|\{[^{}…]*:[^{}]*;|\\[bdswx]|\(\?|^\s*<|^%"
)
"""SQL, style sheets, regular expressions, XML, formats of dates."""


class Text(NamedTuple):
    """A text of the program: where it is, and what it says."""

    where: str
    says: str


def texts(package: Path = PACKAGE) -> Iterator[Text]:
    """Every text of a package, in the order of the files."""
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, says in sorted(set(_of(tree))):
            yield Text(f"{path.relative_to(package)}:{line}", says)


def _of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    skipped = set()
    for node in ast.walk(tree):  # an outer node comes before those inside it
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)  # a docstring
        elif isinstance(node, ast.JoinedStr):
            skipped.update(part for part in node.values if isinstance(part, ast.Constant))
            yield from _readable(node.lineno, "".join(_shown(part) for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield from _readable(node.lineno, node.value)


def _shown(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else HOLE


def _readable(line: int, text: str) -> Iterator[tuple[int, str]]:
    if " " in text.strip() and re.search(r"[a-z]{2}", text) and not CODE.search(text):
        yield line, " ".join(text.split())


def main() -> None:
    """Print every text with its place."""
    for text in texts():
        sys.stdout.write(f"{text.where}: {text.says}\n")


if __name__ == "__main__":
    main()
