"""Live updates: what a listener is told of each fact, and bringing every listener up to date.

A listener remembers how far it has heard (`seq`), so nothing is stored about it anywhere else: whoever wakes up,
reconnects or was forgotten by a lost publish is brought from there to now, in order.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from pydantic import BaseModel, Field

from frontdesk.core.db import Statement, TenantDb
from frontdesk.core.events import OWN, topic_of
from frontdesk.core.pages import END_OF_TIME
from frontdesk.core.parsing import dump_json

MOST = 500
"""Facts somebody is told one by one; who is further behind reads everything anew."""
SOCKETS_EACH = 32
"""Sockets one person may hold: a page each, on every device. Others make room, and come back a minute later."""
SIGNED_OUT, ROLE_CHANGED, TOO_MANY, SPOKE = 4401, 4403, 4429, 1008
"""Why we hang up (RFC 6455 section 7.4): the session ended, the role changed, its owner has too many, it spoke."""


class Listener(BaseModel):
    """Who is at the other end of a socket, and up to which `seq` they have heard; None: from now on."""

    shard: str
    tenant_id: str
    staff_id: str
    session_hash: str
    role: str
    topics: frozenset[str]
    seq: int | None = None
    greeted: bool = False


class Hint(BaseModel):
    """What is told of a fact: where to look, never what it says. `actor` is a member of staff or ""."""

    seq: int
    type: str
    subject_kind: str
    subject_id: str
    contact_id: str
    booking_id: str
    actor: str
    at: int
    only_for: str = Field(exclude=True)
    """Whom alone it is for, or ""; nobody else's business, so it does not go out."""

    def is_for(self, staff_id: str, topics: frozenset[str]) -> bool:
        """Whether somebody who may hear of these topics hears of this."""
        return topic_of(self.type) in topics and self.only_for in ("", staff_id)


class Line(Protocol):
    """One socket. None of these raises when the other end is gone."""

    listener: Listener

    def send(self, text: str) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def remember(self, listener: Listener) -> None:
        """Keep this through hibernation."""
        ...


Standing = Callable[[Sequence[str], int], Statement]
"""From session hashes and real ms to a read of `token_hash, role` of the sessions that still count."""

LAST_SEQ = Statement(
    "SELECT coalesce(max(seq), 0) AS seq FROM events INDEXED BY events_by_seq WHERE tenant_id = :tenant AND seq > 0"
)
"""How far a tenant's log goes."""


def hints_after(after: int, limit: int) -> Statement:
    """Our own facts behind `after`, in the order they were committed: one writer, so none appears later before it."""
    return Statement(
        """
        SELECT seq, type, subject_kind, subject_id, actor_id AS actor, occurred_at AS at,
               CASE subject_kind WHEN 'contact' THEN subject_id
                    ELSE coalesce(payload ->> '$.contact_id', payload ->> '$.contact.id', '') END AS contact_id,
               CASE subject_kind WHEN 'booking' THEN subject_id
                    ELSE coalesce(payload ->> '$.booking_id', '') END AS booking_id,
               coalesce(payload ->> '$.only_for', '') AS only_for
        FROM events INDEXED BY events_by_seq
        WHERE tenant_id = :tenant AND seq > :after AND source = :own
        ORDER BY seq LIMIT :limit
        """,
        {"after": after, "own": OWN, "limit": limit},
    )


async def bring_up_to_date(db: TenantDb, lines: Sequence[Line], standing: Standing, real: int) -> None:
    """Tells every line of one tenant what it has not heard, and hangs up on those whose session ended.

    One round trip: facts and sessions are read at one instant, so nobody hears what came after their dismissal.
    """
    while lines:
        after = min((seq for line in lines if (seq := line.listener.seq) is not None), default=END_OF_TIME)
        hashes = sorted({line.listener.session_hash for line in lines})
        last, found, sessions = await db.together(
            LAST_SEQ, hints_after(after, MOST + 1), standing(hashes, real)
        )
        hints = [Hint.model_validate(row) for row in found]
        roles = {row["token_hash"]: row["role"] for row in sessions}
        now = int(last[0]["seq"])
        whole = len(hints) <= MOST
        lines = [line for line in lines if not _told(line, hints, now, roles, whole=whole)]


def _told(line: Line, hints: Sequence[Hint], now: int, roles: dict[str, str], *, whole: bool) -> bool:
    """Whether this line needs no other round. `whole`: `hints` reach up to `now`."""
    listener = line.listener
    role = roles.get(listener.session_hash)
    if role != listener.role:
        line.close(*((SIGNED_OUT, "signed out") if role is None else (ROLE_CHANGED, "role changed")))
        return True
    if listener.seq is not None:
        fresh = [hint for hint in hints if hint.seq > listener.seq]
        if len(fresh) > MOST or listener.seq > now:
            # Too far behind; or ahead of what there is, as after the database was restored.
            line.send(dump_json({"type": "reload", "seq": now}))
        elif not whole:
            return False
        elif heard := [
            hint.model_dump_json() for hint in fresh if hint.is_for(listener.staff_id, listener.topics)
        ]:
            line.send(f'{{"type":"events","seq":{now},"items":[{",".join(heard)}]}}')
    if not listener.greeted:
        line.send(dump_json({"type": "hello", "seq": now}))
    if listener.seq != now or not listener.greeted:
        line.remember(listener.model_copy(update={"seq": now, "greeted": True}))
    return True
