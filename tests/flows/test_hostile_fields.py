"""Every field and filter of every route, filled with what no form of ours sends: refused or taken, never our fault."""

import json
from typing import Any

from local.client import Runtime
from seed.api import Api
from seed.office import Office
from support.document import Document, Operation
from support.stage import Stage, new_phone
from support.wire import is_problem

IN_BODIES = (b"1" * 31, b"9007199254740993", b"1e999", b'"\\u0000"', b'{"a":[[]]}', b"[null]")
IN_QUERIES = ("9" * 30, "\x00", "-1", "é" * 200)
LISTS = ("contacts", "bookings", "messages", "tasks", "deliveries", "events", "jobs", "automations", "staff")


def ids_of(api: Api) -> dict[str, str]:
    """An id of this tenant for each parameter that names one, so that a request gets as far as it can."""
    first = {name: api.get(f"/api/v1/{name}", limit=1)["items"] for name in LISTS}
    found = {f"{name.removesuffix('s')}_id": items[0]["id"] for name, items in first.items() if items}
    found["delivery_id"], found["rule_id"] = found.pop("deliverie_id"), found.pop("automation_id")
    return {**found, "report_kind": "weekly", "kind": "message", "id": found["message_id"], "channel": "sms"}


def bodies(document: Document, operation: Operation) -> list[bytes]:
    """The least body that is valid, with each of its fields in turn (those one may leave out, too) gone wrong."""
    fields = (operation.body or {}).get("properties", {})
    least = document.least(operation)
    spoiled = [(json.dumps({**least, field: "@"}).encode(), value) for field in fields for value in IN_BODIES]
    return [body.replace(b'"@"', value) for body, value in spoiled]


def test_no_field_of_any_route_is_our_fault(
    stage: Stage, clinic: Office, api: Api, contact: dict[str, Any], runtime: Runtime
) -> None:
    due = runtime.now_ms()
    api.post("/api/v1/tasks", {"title": "Call", "contact_id": contact["id"], "type": "other", "due_at": due})
    ids, document, before = ids_of(api), Document.of(api), runtime.status()
    line = max((each["n"] for each in runtime.logs()), default=0)
    neighbour = stage.office()
    stage.book(neighbour, phone=new_phone())
    for operation in document.operations():
        if operation.id == "auth_sign_out":
            continue
        # A session and an address for each, so that no limit answers instead.
        owner, path = (
            stage.signed_in(clinic),
            operation.at(**{each: ids.get(each, "x") for each in operation.parameters}),
        )
        asked: list[tuple[bytes | None, dict[str, str]]] = [
            (body, {}) for body in bodies(document, operation)
        ]
        asked += [(None, {name: value}) for name in operation.query for value in IN_QUERIES]
        for body, query in asked:
            headers = {"content-type": "application/json"} if body else {}
            answer = owner.call(operation.method, path, raw=body, query=query, headers=headers)
            what = f"{operation} {(body, query)}: {answer}"
            assert answer.status < 400 or (answer.status < 500 and is_problem(answer)), what
            assert neighbour.slug.encode() not in answer.body, what
    assert (runtime.status()["boots"], runtime.status()["fatals"]) == (before["boots"], before["fatals"])
    assert [each["text"] for each in runtime.logs(line) if '"level":"error"' in each["text"]] == []
