"""What the smoke test looks at: each check a plain sentence; it returns what it found, or raises why it fails."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from seed.api import Answer, Refused
from story.deployment import Deployment, in_ten_days

PATIENCE_S = 30
HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "x-request-id",
)


class Unmet(Exception):
    """What was expected, and what was there instead."""


class NotKnown(Exception):
    """Why the check is not tried: the variable it needs, or what should have come before."""


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unmet(otherwise)


def _ok(answer: Answer, *others: int) -> Any:
    """The JSON of a 200, or of `others`."""
    if "location" in answer.headers:
        raise Unmet(f"answered {answer.status}: it leads to {answer.headers['location'][:100]}")
    begins = answer.body[:80].decode("utf-8", "replace")
    _need(answer.status in (200, *others), f"answered {answer.status}: {begins}")
    try:
        found = answer.json
    except json.JSONDecodeError:
        raise Unmet(f"what answers is no Frontdesk: {begins}") from None
    _need(isinstance(found, dict), f"what answers is no Frontdesk: {begins}")
    return found


def _problem(answer: Answer, status: int) -> str:
    """The code of a problem detail with this status (RFC 9457)."""
    _need(answer.status == status, f"answered {answer.status}, not {status}")
    kind = answer.headers.get("content-type", "")
    _need(kind.startswith("application/problem+json"), f"its type is {kind}")
    problem = answer.json
    missing = {"type", "title", "status", "code"} - problem.keys()
    _need(not missing, f"it lacks {', '.join(sorted(missing))}")
    _need(problem["status"] == status, f"it says {problem['status']}")
    return f"{status} {problem['code']}"


def health(at: Deployment) -> str:
    """The Worker runs."""
    said = _ok(at.platform.call("GET", "/health"))
    _need(said == {"status": "ok"}, f"what answers is no Frontdesk: {said}")
    return "ok"


def ready(at: Deployment) -> str:
    """Database, KV and files answer."""
    answer = at.platform.call("GET", "/health/ready")
    checks = _ok(answer, 503)["checks"]
    told = ", ".join(
        f"{name} {'' if each['ok'] else 'fails, '}{each['ms']} ms" for name, each in checks.items()
    )
    _need(answer.status == 200, told)
    return told


def openapi(at: Deployment) -> str:
    """The API describes itself."""
    paths = _ok(at.platform.call("GET", "/api/openapi.json")).get("paths", {})
    _need("/api/v1/bookings" in paths, "there are no bookings in it")
    return f"{len(paths)} paths"


def headers(at: Deployment) -> str:
    """Every answer carries the security headers."""
    given = at.platform.call("GET", "/health").headers
    wanted = [*HEADERS, *(["strict-transport-security"] if at.url.startswith("https:") else [])]
    missing = [name for name in wanted if name not in given]
    _need(not missing, f"missing: {', '.join(missing)}")
    return f"{len(wanted)} of {len(wanted)}"


def problems(at: Deployment) -> str:
    """Refusals are problem details."""
    unknown = at.platform.call("POST", "/webhooks/wix/no-such-tenant", raw=b"{}")
    return _problem(unknown, 404)


def closed(at: Deployment) -> str:
    """Nobody reads a tenant's data without signing in."""
    _tenant(at)
    return _problem(
        at.tenant.call("GET", "/api/v1/contacts", headers={"authorization": "Bearer nobody"}), 401
    )


def forged(at: Deployment) -> str:
    """A webhook with a wrong signature is refused."""
    _tenant(at)
    answer = at.knock(b'{"eventType":"smoke"}', "not the secret")
    _need(answer.status == 401, f"answered {answer.status}")
    return f"401 {answer.json.get('code', '')}"


def booked(at: Deployment) -> str:
    """A signed booking is accepted, and its repetition is a duplicate."""
    _story(at)
    body = at.book(in_ten_days())
    states: list[str] = []
    for _ in range(2):
        answer = at.knock(body, at.known.wix_secret)
        if not states and 400 <= answer.status < 500:
            at.is_booked = False
        states.append(_ok(answer)["status"])
    _need(states == ["accepted", "duplicate"], f"they were {states}")
    return ", ".join(states)


def appeared(at: Deployment) -> str:
    """One booking, a confirmation and the reminders are there."""
    _played(at)
    bookings = _until(lambda: _bookings(at), "the booking")
    _need(len(bookings) == 1, f"there are {len(bookings)} bookings")
    confirmation = _until(
        lambda: [
            each
            for each in _messages(at, bookings[0]["id"])
            if each["template"] == "booking.confirmation" and each["state"] not in ("queued", "sending")
        ],
        "the confirmation",
    )[0]
    state = confirmation["state"]
    if at.known.phone:
        _need(state in ("sent", "delivered"), f"the confirmation is {state}: {confirmation['reason']}")
    else:
        _need((state, confirmation["reason"]) == ("skipped", "no_address"), f"the confirmation is {state}")
    planned = [each for each in _messages(at, bookings[0]["id"]) if each["state"] == "scheduled"]
    _need(bool(planned), "no reminder is planned")
    return f"confirmation {state}, {len(planned)} reminders planned"


def cancelled(at: Deployment) -> str:
    """What was booked is cancelled; nothing is left to be sent or done."""
    _played(at)
    _ok(at.cancel())

    def done() -> list[Any]:
        return [each for each in _bookings(at) if each["status"] == "cancelled"]

    booking = _until(done, "the cancellation")[0]
    open_ = [each for each in _messages(at, booking["id"]) if each["state"] in ("scheduled", "queued")]
    _need(not open_, f"{len(open_)} messages are still planned")
    _until(lambda: [True] * (not _dismissed(at, booking)), "the end of its tasks")
    return "booking cancelled, reminders taken back, no task open"


CHECKS = (health, ready, openapi, headers, problems, closed, forged, booked, appeared, cancelled)


def _tenant(at: Deployment) -> None:
    if not at.known.tenant:
        raise NotKnown("needs SMOKE_TENANT")


def _story(at: Deployment) -> None:
    missing = [
        name
        for name, value in (
            ("SMOKE_TENANT", at.known.tenant),
            ("SMOKE_WIX_SECRET", at.known.wix_secret),
            ("SMOKE_TOKEN", at.known.token),
        )
        if not value
    ]
    if missing:
        raise NotKnown(f"needs {', '.join(missing)}")


def _played(at: Deployment) -> None:
    _story(at)
    if not at.is_booked:
        raise NotKnown("nothing was booked")


def _bookings(at: Deployment) -> list[dict[str, Any]]:
    """The booking by Wix's name for it, as often as it is there."""
    span = {"starts_from": at.start, "starts_before": at.start + 1}
    found = at.tenant.items("/api/v1/bookings", **span)
    return [each for each in found if each["external_id"] == at.booking_id]


def _dismissed(at: Deployment, booking: dict[str, Any]) -> int:
    """Dismisses the booking's open tasks, as the system does by itself with most; how many there were."""
    tasks = at.tenant.items("/api/v1/tasks", view="all", contact_id=booking["contact_id"])
    mine = [each for each in tasks if each["status"] == "open" and each["booking_id"] == booking["id"]]
    for task in mine:
        with suppress(Refused):  # somebody was faster: then it is looked at again
            at.tenant.patch(
                f"/api/v1/tasks/{task['id']}", {"version": task["version"], "status": "dismissed"}
            )
    return len(mine)


def _messages(at: Deployment, booking_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at.tenant.get(f"/api/v1/bookings/{booking_id}")["messages"]
    return found


def _until(look: Callable[[], list[Any]], what: str) -> list[Any]:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        _need(time.monotonic() < deadline, f"{what} did not appear within {PATIENCE_S} s")
        time.sleep(0.3)
    return found
