"""Vendors the Worker's packages into python_modules: WebAssembly or pure-Python wheels, hash-checked, slimmed."""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from local.errands import run

# CPython 3.14 as Pyodide builds it; wheels of this platform exist on PyPI for a few packages.
PYTHON = "314"
PYODIDE = "pyemscripten_2026_0_wasm32"

# No WebAssembly wheel on PyPI, but complete without its compiled part, which is dropped. Any wheel would do; one fixed
# platform keeps the bundle the same whichever machine makes it.
PURE_PARTS_ONLY = {"markupsafe": "manylinux2014_x86_64"}

# What neither the Worker nor importlib.metadata reads, measured in the deployed bundle.
LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing|__pycache__)/|\.(pyi|pyc|typed|c|md|rst|toml)$|\.dist-info/(RECORD|WHEEL|licenses/|LICENSE|AUTHORS)"
    r"|^starlette/testclient\.py$|^fastapi/testclient\.py$|^[^/]+\.data/"
)


def vendor(pip: Sequence[str | Path], lock: Path, target: Path) -> None:
    """Replaces `target` by the unpacked wheels of `lock`. Raises CalledProcessError when pip fails."""
    entries = locked(lock.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch)
        rest = [text for name, text in entries.items() if name not in PURE_PARTS_ONLY]
        download(pip, wheels, rest, PYODIDE)
        for name, platform in PURE_PARTS_ONLY.items():
            if name in entries:
                download(pip, wheels, [entries[name]], platform)
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for wheel in sorted(wheels.glob("*.whl")):
            unpack(wheel, fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def locked(text: str) -> dict[str, str]:
    """The entries of a lock file by package name, each with its hashes."""
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in entries if "==" in entry}


def download(pip: Sequence[str | Path], into: Path, entries: Iterable[str], platform: str) -> None:
    requirements = into / f"{platform}.txt"
    requirements.write_text("".join(entries))
    run(
        *pip, "download", "-qq", "--disable-pip-version-check", "--require-hashes", "--no-deps",
        "--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON, "--platform", platform,
        "--dest", into, "-r", requirements,
    )  # fmt: skip


def unpack(wheel: Path, into: Path) -> None:
    foreign = re.compile(r"\.(so|pyd)$") if wheel.name.split("-")[0].lower() in PURE_PARTS_ONLY else None
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/") or LEFT_OUT.search(name) or (foreign and foreign.search(name)):
                continue
            archive.extract(name, into)
