"""The smoke test of a deployment, from outside: scripts/smoke --help says what it does and takes."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from devtools import flags
from seed.api import Answer
from story.deployment import Deployment, Known, in_ten_days

PATIENCE_S = 30
HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "x-request-id",
)
SKIPPED = "skipped"


class Unmet(Exception):
    """What was expected, and what was there instead."""


class NotKnown(Exception):
    """Which variable the check needs."""


class Outcome(NamedTuple):
    """One line of the table. `state` is ok, failed or skipped."""

    name: str
    state: str
    detail: str
    ms: int


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unmet(otherwise)


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
    answer = at.platform.call("GET", "/health")
    _need(answer.status == 200 and answer.json["status"] == "ok", f"answered {answer.status}")
    return "ok"


def ready(at: Deployment) -> str:
    """Database, KV and files answer."""
    answer = at.platform.call("GET", "/health/ready")
    checks = answer.json["checks"]
    told = ", ".join(f"{name} {each['ms']} ms" for name, each in checks.items())
    _need(answer.status == 200, f"answered {answer.status}: {told}")
    return told


def openapi(at: Deployment) -> str:
    """The API describes itself."""
    answer = at.platform.call("GET", "/api/openapi.json")
    _need(answer.status == 200, f"answered {answer.status}")
    paths = answer.json["paths"]
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
    states = []
    for _ in range(2):
        answer = at.knock(body, at.known.wix_secret)
        _need(answer.status == 200, f"answered {answer.status} {answer.body[:200]!r}")
        states.append(answer.json["status"])
    _need(states == ["accepted", "duplicate"], f"they were {states}")
    return ", ".join(states)


def appeared(at: Deployment) -> str:
    """One contact, one booking, a confirmation and the reminders are there."""
    _story(at)
    contact = _until(lambda: at.tenant.items("/api/v1/contacts", search=at.last_name), "the contact")
    _need(len(contact) == 1, f"there are {len(contact)} contacts")
    bookings = at.tenant.items("/api/v1/bookings", contact_id=contact[0]["id"])
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
    """The cancellation takes the reminders back, so that nothing is texted later."""
    _story(at)
    answer = at.knock(at.cancel(), at.known.wix_secret)
    _need(answer.status == 200, f"answered {answer.status}")
    contact = at.tenant.items("/api/v1/contacts", search=at.last_name)[0]

    def done() -> list[Any]:
        return at.tenant.items("/api/v1/bookings", contact_id=contact["id"], status="cancelled")

    booking = _until(done, "the cancellation")[0]
    open_ = [each for each in _messages(at, booking["id"]) if each["state"] in ("scheduled", "queued")]
    _need(not open_, f"{len(open_)} messages are still planned")
    return "booking cancelled, reminders taken back"


CHECKS = (health, ready, openapi, headers, problems, closed, forged, booked, appeared, cancelled)


def _tenant(at: Deployment) -> None:
    if not at.known.tenant:
        raise NotKnown("SMOKE_TENANT")


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
        raise NotKnown(", ".join(missing))


def _messages(at: Deployment, booking_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at.tenant.get(f"/api/v1/bookings/{booking_id}")["messages"]
    return found


def _until(look: Callable[[], list[Any]], what: str) -> list[Any]:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        _need(time.monotonic() < deadline, f"{what} did not appear within {PATIENCE_S} s")
        time.sleep(0.3)
    return found


def smoke(at: Deployment) -> list[Outcome]:
    """Every check in turn. One that fails does not keep the later ones from being tried."""
    outcomes = []
    for check in CHECKS:
        started = time.monotonic()
        try:
            state, detail = "ok", check(at)
        except NotKnown as needed:
            state, detail = SKIPPED, f"needs {needed}"
        except Exception as failure:
            state, detail = "failed", f"{type(failure).__name__}: {failure}"
        ms = round((time.monotonic() - started) * 1000)
        outcomes.append(Outcome(check.__doc__ or check.__name__, state, detail, ms))
    return outcomes


def notify(webhook_url: str, url: str, outcomes: list[Outcome]) -> None:
    """Posts the result as JSON; `text` reads well where only that is shown."""
    failed = [each.name for each in outcomes if each.state == "failed"]
    summary = f"failed: {' '.join(failed)}" if failed else "all is well"
    body = {
        "text": f"Smoke test of {url}: {summary}",
        "url": url,
        "ok": not failed,
        "checks": [each._asdict() for each in outcomes],
    }
    request = urllib.request.Request(
        webhook_url, json.dumps(body).encode(), {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def main(arguments: list[str]) -> int:
    wanted = flags.smoke(arguments)
    at = Deployment(wanted.url, Known.from_environment(os.environ))
    outcomes = smoke(at)
    width = max(len(each.name) for each in outcomes)
    for each in outcomes:
        print(f"{each.state:8}{each.name:{width}}  {each.ms:6} ms  {each.detail}")
    failed = any(each.state == "failed" for each in outcomes)
    print(f"\n{at.url}: {'failed' if failed else 'ok'}")
    if wanted.notify:
        try:
            notify(wanted.notify, at.url, outcomes)
        except OSError as error:
            print(
                f"nobody could be told at {urlsplit(wanted.notify).netloc}: {error}",
                file=sys.stderr,
            )
            return 1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
