"""The repository as its architecture tests see it: files, their syntax trees, and the statements of SQL in them."""

import ast
import subprocess
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "frontdesk"


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Every file git knows; a new one counts from `git add` on."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


def under(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Tracked files below any of these folders with one of these endings; vendored files are not ours."""
    return [
        path
        for path in tracked()
        if name_of(path).startswith(tuple(f"{folder}/" for folder in folders))
        and path.suffix in suffixes
        and "vendor" not in path.parts
    ]


def name_of(path: Path) -> str:
    """The path as a reader knows it."""
    return path.relative_to(ROOT).as_posix()


@lru_cache(maxsize=512)
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(), str(path))


class Literal(NamedTuple):
    """A statement of SQL: where it stands, the function or constant it belongs to, and its text."""

    file: str
    owner: str
    line: int
    sql: str
    whole: bool
    """False where it is put together from parts, so that nobody can read what will run."""

    @property
    def place(self) -> tuple[str, str]:
        """File and owner, for lists of exceptions."""
        return self.file, self.owner


VERBS = (
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "WITH ",
    "REPLACE ",
    "PRAGMA ",
    "CREATE ",
    "DROP ",
    "ALTER ",
)


def statements(tree: ast.Module, file: str) -> Iterator[Literal]:
    """Every statement of SQL in a module, by how a string begins.

    What a module's own constants are put into is as good as written out: it reads the same on every run.
    """
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and isinstance(target := node.targets[0], ast.Name)
        and target.id.isupper()
    }
    yield from _statements(tree, file, "", constants)


def _statements(node: ast.AST, file: str, owner: str, constants: Mapping[str, str]) -> Iterator[Literal]:
    for child in ast.iter_child_nodes(node):
        within = owner
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            within = child.name
        elif isinstance(child, ast.Assign) and not owner and isinstance(child.targets[0], ast.Name):
            within = child.targets[0].id
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            if _is_sql(child.value):
                yield Literal(file, within, child.lineno, child.value, whole=not _in_parts(node))
        elif isinstance(child, ast.JoinedStr):
            parts = [_part(value, constants) for value in child.values]
            text = "".join("?" if part is None else part for part in parts)
            if _is_sql(text):
                whole = None not in parts and not _in_parts(node)
                yield Literal(file, within, child.lineno, text, whole=whole)
        else:
            yield from _statements(child, file, within, constants)


def _part(value: ast.expr, constants: Mapping[str, str]) -> str | None:
    """What an f-string says here, or None where only a run of the program could tell."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.Name):
        return constants.get(value.value.id)
    return None


def _is_sql(text: str) -> bool:
    return " ".join(text.split()[:2]).startswith(VERBS)


def _in_parts(parent: ast.AST) -> bool:
    """Added to, formatted or filled in, rather than written out."""
    return isinstance(parent, ast.BinOp) or (
        isinstance(parent, ast.Attribute) and parent.attr in ("format", "join")
    )


def imports(tree: ast.Module) -> set[str]:
    """The absolute names a module imports, at the top and inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "__import__",
            "importlib.import_module",
        ):
            found |= {
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            }
    return found
