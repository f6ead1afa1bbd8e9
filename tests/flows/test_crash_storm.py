"""Twenty kills under two thousand webhooks, shuffled, repeated and forged: the truth at the end is the same."""

import http.client
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office
from support.stage import Stage
from support.times import DAY, HOUR, nine_in_sydney

BOOKINGS = 400
EVENTS_A_BOOKING = 3
DUPLICATES = 600
FORGERIES = 200
KILLS = 20
AT_ONCE = 8
GENUINE_ANSWERS, FORGED_ANSWERS = (200,), (401,)


@dataclass(frozen=True)
class Call:
    """One signed request as Wix sends it, and the answers that end its retries."""

    headers: dict[str, str]
    body: bytes
    final: tuple[int, ...]


@dataclass(frozen=True)
class Expected:
    """One booking: whose it is, and when it ends up."""

    phone: str
    starts_at: int


def a_call(told: dict[str, Any], final: tuple[int, ...]) -> Call:
    request = told["request"]
    headers = {name: value for name, value in request["headers"].items() if name.lower() != "host"}
    return Call(headers, request["body"].encode(), final)


def scripted(sandbox: Sandbox, clinic: Office, rng: random.Random) -> tuple[list[Call], dict[str, Expected]]:
    """Each booking is made, updated and moved; some of it is sent again, some of it is forged."""
    genuine: list[Call] = []
    truth: dict[str, Expected] = {}
    common = {"send": False, "signing": "hmac"}
    for number in range(BOOKINGS):
        phone, start = f"+6149157{number:04d}", nine_in_sydney(6) + number * 60_000
        told = sandbox.book(
            clinic.instance,
            phone=phone,
            first_name=f"P{number}",
            start=start,
            timezone="Australia/Sydney",
            **common,
        )
        id_ = told["booking"]["id"]
        moved = start + rng.choice((DAY, 2 * DAY, 3 * HOUR))
        genuine += [
            a_call(told, GENUINE_ANSWERS),
            a_call(sandbox.update_booking(id_, practitioner="Room 2", **common), GENUINE_ANSWERS),
            a_call(sandbox.reschedule(id_, moved, **common), GENUINE_ANSWERS),
        ]
        truth[id_] = Expected(phone, moved)
    forged = [
        a_call(
            sandbox.book(
                clinic.instance, phone="+61491570999", forge="tampered", start=nine_in_sydney(7), **common
            ),
            FORGED_ANSWERS,
        )
        for _ in range(FORGERIES)
    ]
    calls = [*genuine, *rng.sample(genuine, DUPLICATES), *forged]
    rng.shuffle(calls)
    return calls, truth


class Sender:
    """Posts like a provider: until the answer is final, however often the line breaks."""

    def __init__(self, url: str, path: str) -> None:
        self.host, self.port, self.path = "127.0.0.1", urlsplit(url).port, path
        self.done = 0
        self.wrong: list[int] = []
        self.changed = threading.Condition()

    def send(self, call: Call) -> None:
        for _ in range(200):
            status = self._try(call)
            if status in call.final:
                break
            if status and status < 500:
                self.wrong.append(status)
                break
            # A provider waits hours; a test waits for the process to be back.
            threading.Event().wait(0.2)
        else:
            self.wrong.append(0)
        with self.changed:
            self.done += 1
            self.changed.notify_all()

    def _try(self, call: Call) -> int:
        line = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            line.request("POST", self.path, call.body, call.headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def wait_for(self, done: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.done >= done, 120), f"stuck at {self.done}"


def test_nothing_is_lost_or_doubled_in_a_storm(stage: Stage) -> None:
    rng = random.Random(20261121)
    clinic = stage.office(settings={"sms": {"per_second": 100}})
    calls, truth = scripted(stage.sandbox, clinic, rng)
    sender = Sender(stage.runtime.url, f"/webhooks/wix/{clinic.slug}")
    moments = sorted(rng.sample(range(20, len(calls) - 20), KILLS))
    boots = stage.runtime.status()["boots"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sending = [pool.submit(sender.send, call) for call in calls]
        for moment in moments:
            sender.wait_for(moment)
            stage.runtime.kill()
        for each in sending:
            each.result()
    assert sender.wrong == []
    assert stage.runtime.status()["boots"] >= boots + KILLS
    stage.drain(600)
    check(stage, clinic, stage.signed_in(clinic), truth)


def check(stage: Stage, clinic: Office, api: Api, truth: dict[str, Expected]) -> None:
    bookings = {row["external_id"]: row for row in api.items("/api/v1/bookings", limit=200)}
    assert bookings.keys() == truth.keys()
    found = {id_: Expected(row["contact_phone"], row["starts_at"]) for id_, row in bookings.items()}
    assert found == truth
    assert len(api.items("/api/v1/contacts", limit=200)) == BOOKINGS

    verdicts = [row["verdict"] for row in api.items("/api/v1/deliveries", source="wix", limit=200)]
    assert verdicts.count("accepted") == BOOKINGS * EVENTS_A_BOOKING
    assert verdicts.count("duplicate") >= DUPLICATES
    assert verdicts.count("refused") > 0

    sent = stage.sandbox.sends(account=clinic.slug)
    assert (sent["duplicates"], sent["same_text"]) == ([], [])
    assert sent["by_recipient"] == {each.phone: 1 for each in truth.values()}

    planned: dict[str, list[int]] = {}
    for row in api.items("/api/v1/messages", state="scheduled", limit=200):
        planned.setdefault(row["booking_id"], []).append(row["due_at"])
    for row in bookings.values():
        assert sorted(planned[row["id"]]) == sorted(row["starts_at"] - hours * HOUR for hours in (48, 24, 2))
    stuck = [job for job in api.items("/api/v1/jobs", limit=200) if job["state"] in ("running", "dead")]
    assert stuck == []
