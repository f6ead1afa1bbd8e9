"""The OpenAPI document as a list of operations, so that a test can be about every route there is or will be."""

import re
from dataclasses import dataclass
from typing import Any

from seed.api import Api

_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Operation:
    """One route as the document has it. `body` is the JSON Schema of what it takes, None for nothing."""

    id: str
    method: str
    path: str
    permission: str
    body: dict[str, Any] | None
    query: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def public(self) -> bool:
        """Whether anybody may call it."""
        return self.permission == "public"

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return _PARAMETER.findall(self.path)

    def at(self, **values: str) -> str:
        """The path with its parameters filled in."""
        return self.path.format(**values)


@dataclass(frozen=True)
class Document:
    """The document as it was served."""

    raw: dict[str, Any]

    @classmethod
    def of(cls, api: Api) -> "Document":
        """As anybody gets it."""
        return cls(api.get("/api/openapi.json"))

    def operations(self) -> list[Operation]:
        """Every operation."""
        return [
            Operation(
                id=told["operationId"],
                method=method.upper(),
                path=path,
                permission=told["x-permission"],
                body=self._body(told),
                query=tuple(each["name"] for each in told.get("parameters", []) if each["in"] == "query"),
            )
            for path, item in self.raw["paths"].items()
            for method, told in item.items()
        ]

    def _body(self, told: dict[str, Any]) -> dict[str, Any] | None:
        taken = told.get("requestBody")
        return self.resolved(taken["content"]["application/json"]["schema"]) if taken else None

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema, or the one its reference leads to. Raises KeyError where it leads nowhere."""
        if "$ref" not in schema:
            return schema
        found: Any = self.raw
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return self.resolved(found)

    def ids_taken(self) -> set[str]:
        """The names of the ids that bodies can hold, at any depth."""
        left: list[Any] = [each.body for each in self.operations()]
        seen: set[str] = set()
        found: set[str] = set()
        while left:
            part = left.pop()
            if isinstance(part, dict):
                found |= {name for name in part.get("properties", {}) if name.endswith("_id")}
                if (to := part.get("$ref", "")) and to not in seen:
                    seen.add(to)
                    left.append(self.resolved(part))
            left += part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
        return found

    def least(self, operation: Operation) -> Any:
        """The smallest body with which the operation gets past its validation, or None if it takes none."""
        if operation.body is None:
            return None
        return self._least(operation.body)

    def _least(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(schema["properties"][name]) for name in schema.get("required", [])}

    def _value(self, schema: dict[str, Any]) -> Any:
        schema = self.resolved(schema)
        for either in ("oneOf", "anyOf"):
            if either in schema:
                return self._value(schema[either][0])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if schema["type"] == "integer":
            return schema.get("minimum", 1)
        if schema["type"] == "boolean":
            return True
        if schema["type"] == "array":
            return [self._value(schema["items"])] if schema.get("minItems") else []
        if schema["type"] == "object":
            return {"x": 1} if schema.get("minProperties") else self._least(schema)
        return schema.get("examples", ["1" * max(6, schema.get("minLength", 1))])[0]
