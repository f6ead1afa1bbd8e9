"""Untrusted bytes become values here and nowhere else: bounded in size and depth, by pydantic-core alone.

`json.loads` of some 6,500 nested brackets overflows the WebAssembly stack and kills the isolate for good;
`pydantic_core.from_json` refuses near depth 200 and survives (both measured), hence the ban elsewhere.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from frontdesk.core.errors import Invalid, Malformed, TooLarge

M = TypeVar("M", bound=BaseModel)

MAX_BODY = 1_000_000
"""Bytes of any request body; two of 1.8 MB were seen to cost 20 MB of the isolate's 128."""

MOST_VALUES = 5_000
"""Values in one API body, at any depth. A model lists each one it refuses, and a megabyte holds 100,000 of them:
a second's work for the isolate, 70 MB and an answer of 6 MB, before anybody has signed in (measured)."""


def parse_json(raw: bytes | str, *, max_bytes: int = MAX_BODY) -> Any:
    """The JSON value of `raw`.

    Raises:
        TooLarge: more than `max_bytes`.
        Malformed: not UTF-8, not JSON, or nested deeper than about 200.

    """
    if len(raw) > max_bytes:
        raise TooLarge(f"At most {max_bytes} bytes are accepted.")
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed(f"The body is not valid JSON: {str(error)[:200]}") from None


def parse_body(raw: bytes) -> Any:
    """The JSON value of an API call's body. Raises as `parse_json` does, and TooLarge for more than `MOST_VALUES`."""
    value = parse_json(raw)
    left, unseen = MOST_VALUES, [value]
    while unseen:
        each = unseen.pop()
        within = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        left -= len(within)
        if left < 0:
            raise TooLarge(f"At most {MOST_VALUES} values are accepted in a body.")
        unseen.extend(within)
    return value


def parse_model(model: type[M], raw: bytes | str) -> M:
    """`raw` as a validated `model`; raises as `parse_json` does, and Invalid with the fields at fault."""
    value = parse_json(raw)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid("Some fields are not valid.", errors=problems(error)) from None


def problems(error: ValidationError) -> list[dict[str, str]]:
    """The fields at fault as `{"field", "message"}`, without the values (they may be secret)."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]) or "body", "message": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def dump_json(value: Any) -> str:
    """Compact JSON text, for a column or a body."""
    return to_json(value).decode()
