"""D1 through its raw binding: the SDK's wrapper costs ten times as much a statement (measured)."""

from collections.abc import Sequence
from typing import Any

from js import JSON
from pydantic_core import from_json
from pyodide.ffi import JsException, JsProxy, jsnull, to_js

from frontdesk.core.db import Bound, Value, database_error


class D1Driver:
    """One database for one invocation; `calls` counts round trips, of which Cloudflare allows 1,000."""

    def __init__(self, database: JsProxy) -> None:
        self._database = database
        self.calls = 0

    async def query(self, bound: Bound) -> str:
        """The rows as JSON text; they never become Python dicts on the way to their model."""
        self.calls += 1
        try:
            result = await self._prepared(bound).all()
        except JsException as error:
            raise database_error(str(error)) from None
        return str(JSON.stringify(result.results))

    async def batch(self, bounds: Sequence[Bound]) -> list[list[dict[str, Any]]]:
        """All or nothing."""
        self.calls += 1
        try:
            results = await self._database.batch(to_js([self._prepared(each) for each in bounds]))
        except JsException as error:
            raise database_error(str(error)) from None
        # One crossing for the whole answer; most statements of a commit return nothing.
        parsed: list[dict[str, Any]] = from_json(str(JSON.stringify(results)))
        return [each.get("results", []) for each in parsed]

    def _prepared(self, bound: Bound) -> JsProxy:
        statement = self._database.prepare(bound.sql)
        return statement.bind(*map(_bindable, bound.values)) if bound.values else statement


def _bindable(value: Value) -> Any:
    """None must be JavaScript's null: a bare None arrives as undefined, which D1 refuses."""
    if value is None:
        return jsnull
    return int(value) if isinstance(value, bool) else value
