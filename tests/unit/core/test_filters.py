"""What the lists and the single rows of the API give, refuse and keep to themselves."""

from typing import Any

import pytest

from frontdesk import app
from frontdesk.core.door import answer
from frontdesk.core.web import HttpResponse
from support.calls import ask, parsed, run
from support.house import House


@pytest.fixture
def house() -> House:
    return House()


def get(house: House, path: str) -> HttpResponse:
    """One request through the Worker's own map."""
    request = ask("GET", f"/api/v1{path}", token=house.token())
    return run(answer(house.world.platform, app.WIRING, app.DOOR, request))


@pytest.mark.parametrize(
    "path", ["/messages?direction=inbound", "/jobs?state=failed", "/deliveries?verdict=forged"]
)
def test_a_filter_that_can_match_nothing_is_a_mistake_and_says_so(house: House, path: str) -> None:
    field = path.split("?")[1].split("=")[0]
    refused = get(house, path)
    assert refused.status == 422
    assert parsed(refused)["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "path", ["/messages?direction=in", "/jobs?state=dead", "/deliveries?verdict=duplicate"]
)
def test_a_filter_that_can_match_something_is_taken(house: House, path: str) -> None:
    assert parsed(get(house, path)) == {"items": [], "next": None}


def mail(house: House, id_: str, purpose: str) -> None:
    row: dict[str, Any] = {
        "tenant_id": "tenant-harbour",
        "id": id_,
        "direction": "out",
        "channel": "email",
        "purpose": purpose,
        "address": "jo@example.com",
        "state": "sent",
        "unique_key": id_,
        "cause_kind": "test",
        "cause_id": "t",
        "trace_id": "t",
        **dict.fromkeys(("due_at", "created_at", "updated_at"), 1),
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    house.world.driver.connection.execute(
        f"INSERT INTO messages ({names}) VALUES ({marks})", list(row.values())
    )


def test_a_sign_in_mail_is_shown_neither_in_the_list_nor_by_itself(house: House) -> None:
    mail(house, "m-auth", "auth")
    mail(house, "m-service", "service")
    assert [each["id"] for each in parsed(get(house, "/messages"))["items"]] == ["m-service"]
    assert get(house, "/messages/m-service").status == 200
    assert get(house, "/messages/m-auth").status == 404
