"""The seam to D1: statements as values, one tenant bound by machinery, rows typed by pydantic.

Reads execute, writes describe: `TenantDb` only reads; a change is a `Statement`, committed by `Ctx.commit`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from frontdesk.core.errors import Conflict, FrontdeskError, Invalid, Mismatch, NotFound, Stale, Unavailable

Value = str | int | float | None
Row = TypeVar("Row")

MAX_PARAMETERS = 100
MAX_SQL = 100_000
MAX_VALUE = 1_900_000
"""Bytes: D1 refuses a row over 2 MB; the local one does not, so the seam does."""
MAX_LIKE = 50
SAFE_INTEGER = 2**53

_TOKEN = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?<![:\w]):([a-z_][a-z0-9_]*)")


class Bound(NamedTuple):
    """What a driver runs: SQL with `?N` placeholders and their values in order."""

    sql: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One write, described: SQL with `:name` placeholders. The commit binds `:tenant`, never a caller."""

    sql: str
    params: Mapping[str, Value] = field(default_factory=dict)


class Driver(Protocol):
    """One database. Raises the errors of `database_error`."""

    async def query(self, bound: Bound) -> str:
        """The rows as the text of a JSON array of objects."""
        ...

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        """All or nothing; the rows each statement returned."""
        ...


@lru_cache(maxsize=1024)
def compiled(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` placeholders become `?N`, one number a name; text in quotes and comments is left alone."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)
        if name not in names:
            names.append(name)
        return f"?{names.index(name) + 1}"

    text = _TOKEN.sub(number, sql)
    if len(names) > MAX_PARAMETERS or len(text) > MAX_SQL:
        raise ValueError("statement over D1's limits")
    return text, tuple(names)


def bind(sql: str, params: Mapping[str, Value]) -> Bound:
    """The statement a driver runs.

    Raises:
        KeyError: a name without a value, or a value without a name: both are programming errors.
        Invalid: a value that D1 would refuse or silently change.

    """
    text, names = compiled(sql)
    unknown = params.keys() - set(names) - {"tenant"}
    if unknown:
        raise KeyError(f"no such parameter: {sorted(unknown)}")
    return Bound(text, tuple(_checked(name, params[name]) for name in names))


def _checked(name: str, value: Value) -> Value:
    if isinstance(value, str):
        try:
            size = len(value) if value.isascii() else len(value.encode())
        except UnicodeEncodeError:
            raise Invalid(f"{name} contains half a character.") from None
        if size > MAX_VALUE:
            raise Invalid(f"{name} is too long to be stored.")
        if "\x00" in value:
            raise Invalid(f"{name} contains a NUL character.")
    elif isinstance(value, int) and abs(value) >= SAFE_INTEGER:
        raise Invalid(f"{name} is too large a number.")
    elif isinstance(value, float) and not isfinite(value):
        raise Invalid(f"{name} is not a number.")
    return value


def storable(text: str) -> str:
    """Text somebody else wrote, such as an error's, without what no column takes: NUL and halves of characters."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def like_prefix(text: str) -> str:
    r"""A LIKE pattern (ESCAPE '\') for values that start with `text`; D1 allows 50 bytes."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    while len(pattern.encode()) >= MAX_LIKE:
        pattern = pattern[:-1]
    # A cut must not leave half an escape behind.
    return (pattern[:-1] if (len(pattern) - len(pattern.rstrip("\\"))) % 2 else pattern) + "%"


def expect(rows: int = 1) -> Statement:
    """Fails the whole batch with `Stale` unless the statement right before changed exactly `rows` rows."""
    return Statement(
        "SELECT CASE WHEN changes() = :rows THEN 1 ELSE json('stale') END AS fresh", {"rows": rows}
    )


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
"""One validator for each row type, built when first asked for: they cost a millisecond each to build."""


def _rows_of(model: type[Row], text: str) -> list[Row]:
    """The rows of a driver's JSON, validated without a detour through dicts.

    Raises:
        Mismatch: a row is not what the code takes it for. It says where, never what: rows are personal.

    """
    adapter = _ADAPTERS.get(model)
    if adapter is None:
        adapter = _ADAPTERS[model] = TypeAdapter(list[model])  # type: ignore[valid-type]
    try:
        rows: list[Row] = adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Mismatch(f"A row is no {model.__name__}: {place} ({first['type']})") from None
    return rows


class TenantDb:
    """Reads of one tenant. Every statement names `:tenant`; the value comes from here alone."""

    def __init__(self, driver: Driver, tenant_id: str) -> None:
        self._driver = driver
        self._tenant_id = tenant_id

    async def all(self, model: type[Row], sql: str, /, **params: Value) -> list[Row]:
        """Every row as `model`."""
        if ":tenant" not in sql:
            raise ValueError("a tenant's statement must name :tenant")
        text = await self._driver.query(bind(sql, {**params, "tenant": self._tenant_id}))
        return _rows_of(model, text)

    async def maybe(self, model: type[Row], sql: str, /, **params: Value) -> Row | None:
        """The first row, or None."""
        rows = await self.all(model, sql, **params)
        return rows[0] if rows else None

    async def one(self, model: type[Row], sql: str, /, **params: Value) -> Row:
        """The first row. Raises NotFound when there is none (or it is another tenant's)."""
        row = await self.maybe(model, sql, **params)
        if row is None:
            raise NotFound()
        return row

    async def together(self, *reads: Statement) -> list[list[dict[str, Any]]]:
        """The rows of several reads of one instant, in one round trip."""
        if any(":tenant" not in read.sql for read in reads):
            raise ValueError("a tenant's statement must name :tenant")
        tenant = {"tenant": self._tenant_id}
        return await self._driver.batch([bind(read.sql, {**read.params, **tenant}) for read in reads])


class SystemDb:
    """Work across tenants: the tick, the tenant lookup, readiness. Grep for `system_db` to see all of it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    async def all(self, model: type[Row], sql: str, /, **params: Value) -> list[Row]:
        """Every row as `model`."""
        return _rows_of(model, await self.driver.query(bind(sql, params)))

    async def maybe(self, model: type[Row], sql: str, /, **params: Value) -> Row | None:
        """The first row, or None."""
        rows = await self.all(model, sql, **params)
        return rows[0] if rows else None

    async def run(self, *statements: Statement) -> list[list[dict[str, Any]]]:
        """All statements in one atomic batch."""
        return await self.driver.batch([bind(each.sql, each.params) for each in statements])


# Messages of SQLite that mean "refused, nothing written"; anything unknown is treated as an unknown outcome.
_REFUSED = re.compile(
    r"(UNIQUE|CHECK|FOREIGN KEY|NOT NULL) constraint failed(?:: (?!SQLITE)([^\n]*?))?(?:: SQLITE|$)"
)


def database_error(text: str) -> FrontdeskError:
    """What a driver's message means: Stale, Conflict, Unavailable, or Mismatch for SQL it does not know."""
    if "malformed JSON" in text:
        return Stale()
    refused = _REFUSED.search(text)
    if refused:
        return Conflict(rule=refused.group(1), about=(refused.group(2) or "").strip())
    if "constraint failed" in text:
        return Conflict(rule="constraint", about="")
    if "SQLITE_ERROR" in text or "SQLITE_MISMATCH" in text or "SQLITE_TOOBIG" in text:
        return Mismatch(f"The database refused a statement: {text[:200]}")
    return Unavailable("The database did not answer.", cause=text[:200])
