"""Runs in Pyodide under Node: compiles sources to the bytecode of that very interpreter."""

import importlib.util
import io
import marshal
import zipfile


def bytecode(source: bytes, filename: str) -> bytes | None:
    """An unchecked-hash .pyc (PEP 552), which is loaded without a look at its source; None if it does not compile."""
    try:
        code = compile(source, filename, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError):
        return None
    flags = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + marshal.dumps(code)


def standard_library(archive: bytes, place: str) -> bytes:
    """The zip of the standard library with bytecode in place of sources: half the size, and nothing to compile."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            pyc = bytecode(data, f"{place}/{name}") if name.endswith(".py") else None
            new.writestr(*((name, data) if pyc is None else (name + "c", pyc)))
    return out.getvalue()
