"""Every check of worker/checks, run inside workerd, one test each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.client import Runtime

CHECKS = Path(__file__).parent / "worker" / "checks"


def names() -> Iterator[str]:
    """`module/function` of each public coroutine; read from the sources, since they import only inside workerd."""
    for path in sorted(CHECKS.glob("[a-z]*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield f"{path.stem}/{node.name}"


@pytest.mark.parametrize("check", list(names()))
def test_contract(contract: Runtime, check: str) -> None:
    answer = httpx.post(f"{contract.url}/{check}", timeout=60)
    assert answer.status_code == 204, answer.text
