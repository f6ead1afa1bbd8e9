"""What the steps of the story share: the stack, the tenant, the patient, and the clock that goes from then to now."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from frontdesk.auth.rules import new_token, token_hash
from frontdesk.auth.writes import insert_session, revoke_session
from frontdesk.core.phone import display
from local.client import Runtime
from sandbox.client import Sandbox
from seed.api import Api
from seed.office import Office, write
from seed.people import RESERVED
from story.calendar import Calendar, calendar

NAMES = (
    ("Ana", "Reyes"),
    ("Tom", "Okafor"),
    ("Mei", "Tanaka"),
    ("Isla", "Grant"),
    ("Ravi", "Kapoor"),
    ("Lucy", "Novak"),
    ("Omar", "Haddad"),
    ("Freya", "Larsen"),
)
PATIENCE_S = 90
"""A bell that was sent on its way a minute early keeps to real time, however business time is moved meanwhile."""


class DidNotHold(AssertionError):
    """A step of the story turned out otherwise; the text says how."""


def check(holds: bool, otherwise: str) -> None:
    """Raises DidNotHold."""
    if not holds:
        raise DidNotHold(otherwise)


class Newcomer(NamedTuple):
    """The story's patient, a stranger to the clinic. `phone` is E.164, `said` as they type it."""

    first_name: str
    last_name: str
    phone: str
    said: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass
class Scene:
    """One telling. Steps leave what later ones need."""

    runtime: Runtime
    sandbox: Sandbox
    office: Office
    api: Api
    newcomer: Newcomer
    lead: Newcomer
    calendar: Calendar
    service: str = "MRI Knee"
    told: dict[str, Any] = field(default_factory=dict)
    booking_id: str = ""
    contact_id: str = ""
    offset_ms: int = 0
    """The developer's own: business time less real time before and after the telling."""

    @property
    def now(self) -> int:
        """Business time, ms UTC."""
        return self.runtime.now_ms()

    def spoken(self, at: int) -> str:
        """An instant on the clinic's clock: `Tue 24 Nov 09:30`."""
        local = datetime.fromtimestamp(at / 1000, self.office.tenant.zone)
        return f"{local:%a} {local.day} {local:%b %H:%M}"

    def pass_to(self, at: int) -> None:
        """Business time moves on to `at`, and what falls due is done."""
        set_clock(self.runtime, self.sandbox, at - int(time.time() * 1000))
        self.runtime.tick()
        self.quiet()

    def return_to_now(self) -> None:
        """The clock is as it was before the telling."""
        set_clock(self.runtime, self.sandbox, self.offset_ms)
        self.quiet()

    def quiet(self) -> None:
        """Until no callback is on its way and no job is due."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            left = self.runtime.drain(PATIENCE_S)
            check(left.drained, f"work is stuck: {left.left}")
            # Only this tenant's: each provider calls its account by another name.
            waiting = [
                call
                for key in (self.office.slug, self.office.app_id)
                for call in self.sandbox.callbacks(account=key, state="pending")
            ]
            if not waiting:
                return
            check(time.monotonic() < deadline, f"callbacks are stuck: {waiting}")
            self.sandbox.settle(waiting[0]["account"])

    def texts(self, of: Newcomer | None = None) -> list[str]:
        """What the phone (the newcomer's) got from the clinic, oldest first."""
        clinic = self.office.profile.number
        found = self.sandbox.texts((of or self.newcomer).phone, business=clinic, direction="out")
        return [str(text["body"]) for text in found]

    def messages(self, template: str) -> list[dict[str, Any]]:
        """The booking's messages of one template, in the order of their time."""
        story = self.api.get(f"/api/v1/bookings/{self.booking_id}")
        return [message for message in story["messages"] if message["template"] == template]

    def timeline(self) -> list[dict[str, Any]]:
        """What passed between them and the clinic, newest first."""
        return self.api.items(f"/api/v1/contacts/{self.contact_id}/timeline")


@contextmanager
def scene(runtime: Runtime, sandbox: Sandbox, office: Office) -> Iterator[Scene]:
    """A telling from then to now: the clock is as it was at the end, however it ends."""
    offset = int(runtime.status()["offset_ms"])
    token, real = new_token(), int(time.time() * 1000)
    hash_ = token_hash(token) or ""
    write(runtime, office.tenant.id, insert_session(hash_, office.staff_ids["owner"], "story", real))
    when = calendar(runtime.now_ms(), office.tenant.zone)
    # What fell due while nothing ran is dealt with in its own time, not in the story's.
    overdue = runtime.drain(PATIENCE_S)
    check(overdue.drained, f"work is stuck: {overdue.left}")
    _turn_back(runtime, office.tenant.id, when.asked)
    set_clock(runtime, sandbox, when.asked - real)
    newcomer, lead = _strangers(runtime, office)
    try:
        yield Scene(
            runtime=runtime,
            sandbox=sandbox,
            office=office,
            api=Api(runtime.url, office.slug, token=token),
            newcomer=newcomer,
            lead=lead,
            calendar=when,
            offset_ms=offset,
        )
    finally:
        set_clock(runtime, sandbox, offset)
        write(runtime, office.tenant.id, revoke_session(hash_, real))


def set_clock(runtime: Runtime, sandbox: Sandbox, offset_ms: int) -> None:
    """Business time, for the Worker and for what the simulated providers write down."""
    runtime.set_clock(offset_ms)
    sandbox.set_clock(offset_ms)


def _turn_back(runtime: Runtime, tenant_id: str, to: int) -> None:
    """What remembers how late it is learns that it is earlier; nothing but a story turns the clock back."""
    runtime.d1_batch(
        [
            ("DELETE FROM pace WHERE tenant_id = ?1", (tenant_id,)),
            (
                "UPDATE rule_triggers SET since = min(since, ?2), swept_to = min(swept_to, ?2) WHERE tenant_id = ?1",
                (tenant_id, to),
            ),
            (
                "UPDATE cadences SET next_at = min(next_at, ?2) WHERE tenant_id = ?1 AND name = 'sweep'",
                (tenant_id, to),
            ),
            # Its rounds since then come again.
            (
                "DELETE FROM jobs WHERE tenant_id = ?1 AND kind = 'automation.sweep' AND due_at >= ?2",
                (tenant_id, to),
            ),
        ]
    )


def _strangers(runtime: Runtime, office: Office) -> tuple[Newcomer, Newcomer]:
    """Two whose numbers the clinic has never seen: reserved ones first, then others of their block."""
    rows = runtime.d1(
        "SELECT value FROM contact_identities WHERE tenant_id = ?1 AND kind = 'phone'", office.tenant.id
    )
    known = {str(row["value"]) for row in rows} | {office.profile.number}
    numbers = (*RESERVED, *(f"+6149157{n}" for n in range(9_000, 10_000)))
    free = ((at, number) for at, number in enumerate(numbers) if number not in known)
    first, second = (
        Newcomer(*NAMES[place % len(NAMES)], number, display(number, office.tenant.country))
        for place, number in (next(free), next(free))
    )
    return first, second
