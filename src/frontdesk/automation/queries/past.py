"""Reading the past for a rule to be tried on: what happened, whose time came, and how everybody stood then."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, Json

from frontdesk.automation.queries.candidates import Candidate, Window
from frontdesk.automation.queries.scenes import Pair, scenes
from frontdesk.automation.rules.facts import Scene
from frontdesk.automation.rules.past import booking_then, contact_then
from frontdesk.core.ctx import Ctx
from frontdesk.core.ids import floor7
from frontdesk.core.pages import END_OF_TIME
from frontdesk.core.parsing import dump_json


class Happened(BaseModel):
    """An event of the past."""

    seq: int
    id: str
    subject_kind: str
    subject_id: str
    payload: Json[dict[str, Any]]
    recorded_at: int


class _Edges(BaseModel):
    first: int | None
    last: int | None


async def happened(
    ctx: Ctx, type_: str, begins: int, ends: int, *, after: int | None, limit: int
) -> list[Happened]:
    """Events of a type from `begins` and before `ends` (business ms), in order, behind `after` (a seq)."""
    edges = (
        await ctx.db.all(
            _Edges,
            """
            SELECT (SELECT seq FROM events WHERE tenant_id = :tenant AND id < :first
                    ORDER BY id DESC LIMIT 1) AS first,
                   (SELECT seq FROM events WHERE tenant_id = :tenant AND id >= :last
                    ORDER BY id LIMIT 1) AS last
            """,
            first=floor7(begins),
            last=floor7(ends),
        )
    )[0]
    return await ctx.db.all(
        Happened,
        """
        SELECT seq, id, subject_kind, subject_id, payload, recorded_at
        FROM events INDEXED BY events_by_type
        WHERE tenant_id = :tenant AND type = :type AND seq > :after AND seq <= :last AND source = 'frontdesk'
          AND recorded_at >= :begins AND recorded_at < :ends
        ORDER BY seq LIMIT :limit
        """,
        type=type_,
        after=(edges.first or 0) if after is None else after,
        last=END_OF_TIME if edges.last is None else edges.last,
        begins=begins,
        ends=ends,
        limit=limit,
    )


async def silences(ctx: Ctx, window: Window, shift: int, *, ours: bool, limit: int) -> list[Candidate]:
    """Words after which nobody said anything for `shift` ms; `ours`: only those that we wrote."""
    return await ctx.db.all(
        Candidate,
        """
        SELECT NULL AS booking_id, w.contact_id, w.at, w.id,
               COALESCE((SELECT max(h.at) FROM (
                 SELECT m.said_at AS at FROM messages m INDEXED BY messages_said
                 WHERE m.tenant_id = :tenant AND m.contact_id = w.contact_id AND m.said_at <= w.at
                   AND m.direction = 'in'
                 UNION ALL
                 SELECT t.at FROM touchpoints t INDEXED BY touchpoints_by_contact
                 WHERE t.tenant_id = :tenant AND t.contact_id = w.contact_id AND t.at <= w.at
                   AND t.kind = 'manychat.message') h), 0) AS mark
        FROM (
          SELECT contact_id, due_at AS at, id FROM messages INDEXED BY messages_by_due
          WHERE tenant_id = :tenant AND (due_at, id) > (:at, :id) AND due_at <= :until
            AND said_at IS NOT NULL AND contact_id IS NOT NULL AND (:ours = 0 OR direction = 'out')
          UNION ALL
          SELECT id, created_at, id FROM contacts INDEXED BY contacts_by_creation
          WHERE tenant_id = :tenant AND (created_at, id) > (:at, :id) AND created_at <= :until AND :ours = 0
        ) w
        WHERE NOT EXISTS (SELECT 1 FROM messages m INDEXED BY messages_said
                          WHERE m.tenant_id = :tenant AND m.contact_id = w.contact_id
                            AND m.said_at > w.at AND m.said_at <= w.at + :shift AND m.id <> w.id)
          AND NOT EXISTS (SELECT 1 FROM touchpoints t INDEXED BY touchpoints_by_contact
                          WHERE t.tenant_id = :tenant AND t.contact_id = w.contact_id
                            AND t.at > w.at AND t.at <= w.at + :shift AND t.kind = 'manychat.message')
        ORDER BY w.at, w.id LIMIT :limit
        """,
        at=window.at,
        id=window.id,
        until=window.until,
        shift=shift,
        ours=int(ours),
        limit=limit,
    )


class Moment(NamedTuple):
    """Whom to look at, and when: by event `seq`, and at the instant `at` (business ms)."""

    pair: Pair
    seq: int
    at: int


class _Then(Scene):
    contact_said: Json[dict[str, Any]] | None = None
    booking_said: Json[dict[str, Any]] | None = None
    heard_at: int | None = None
    wrote_at: int | None = None


async def scenes_then(ctx: Ctx, moments: Sequence[Moment]) -> list[Scene]:
    """How each of them stood: by the event log where it says, counted by what there was, else as they are now."""
    now = await scenes(ctx, [each.pair for each in moments])
    asked = [
        [
            seen.contact.id if seen.contact else None,
            seen.booking.id if seen.booking else None,
            each.seq,
            each.at,
        ]
        for seen, each in zip(now, moments, strict=True)
    ]
    rows = await ctx.db.all(
        _Then,
        """
        SELECT j.key AS n,
          (SELECT e.payload FROM events e INDEXED BY events_by_subject
           WHERE e.tenant_id = :tenant AND e.subject_kind = 'contact' AND e.subject_id = j.value ->> 0
             AND e.seq <= j.value ->> 2 AND e.recorded_at <= j.value ->> 3
             AND e.type IN ('contact.created', 'contact.updated', 'contact.moved')
           ORDER BY e.seq DESC LIMIT 1) AS contact_said,
          (SELECT e.payload FROM events e INDEXED BY events_by_subject
           WHERE e.tenant_id = :tenant AND e.subject_kind = 'booking' AND e.subject_id = j.value ->> 1
             AND e.seq <= j.value ->> 2 AND e.recorded_at <= j.value ->> 3
           ORDER BY e.seq DESC LIMIT 1) AS booking_said,
          (SELECT max(h.at) FROM (
             SELECT m.said_at AS at FROM messages m INDEXED BY messages_said
             WHERE m.tenant_id = :tenant AND m.contact_id = j.value ->> 0 AND m.said_at <= j.value ->> 3
               AND m.direction = 'in'
             UNION ALL
             SELECT t.at FROM touchpoints t INDEXED BY touchpoints_by_contact
             WHERE t.tenant_id = :tenant AND t.contact_id = j.value ->> 0 AND t.at <= j.value ->> 3
               AND t.kind = 'manychat.message') h) AS heard_at,
          (SELECT max(m.said_at) FROM messages m INDEXED BY messages_said
           WHERE m.tenant_id = :tenant AND m.contact_id = j.value ->> 0 AND m.said_at <= j.value ->> 3
             AND m.direction = 'out') AS wrote_at,
          (SELECT min(b.starts_at) FROM bookings b INDEXED BY bookings_by_contact
           WHERE b.tenant_id = :tenant AND b.contact_id = j.value ->> 0 AND b.starts_at > j.value ->> 3
             AND b.created_at <= j.value ->> 3 AND b.status <> 'cancelled') AS next_booking_at,
          (SELECT count(*) FROM bookings b INDEXED BY bookings_by_contact
           WHERE b.tenant_id = :tenant AND b.contact_id = j.value ->> 0
             AND b.created_at <= j.value ->> 3) AS bookings,
          (SELECT count(*) FROM tasks t INDEXED BY tasks_by_contact
           WHERE t.tenant_id = :tenant AND t.contact_id = j.value ->> 0 AND t.created_at <= j.value ->> 3
             AND (t.done_at IS NULL OR t.done_at > j.value ->> 3)) AS open_tasks
        FROM json_each(:asked) j ORDER BY j.key
        """,
        asked=dump_json(asked),
    )
    return [_placed(seen, row) for seen, row in zip(now, rows, strict=True)]


def _placed(now: Scene, then: _Then) -> Scene:
    contact = contact_then(now.contact, then.contact_said) if now.contact else None
    if contact is not None:
        contact = contact.model_copy(update={"last_in_at": then.heard_at, "last_out_at": then.wrote_at})
    return Scene(
        n=now.n,
        next_booking_at=then.next_booking_at,
        bookings=then.bookings,
        open_tasks=then.open_tasks,
    ).model_copy(
        update={
            "contact": contact,
            "booking": booking_then(now.booking, then.booking_said) if now.booking else None,
        }
    )


class Allowed(BaseModel):
    """What an address had said about being written to."""

    channel: str
    address: str
    stopped: bool
    marketing: bool
    said_at: int


async def allowed(ctx: Ctx, addresses: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Allowed]:
    """By channel and address; who said nothing is not there."""
    rows = await ctx.db.all(
        Allowed,
        """
        SELECT c.channel, c.address, c.stopped, c.marketing, c.said_at
        FROM json_each(:addresses) j CROSS JOIN consents c
        WHERE c.tenant_id = :tenant AND c.channel = j.value ->> 0 AND c.address = j.value ->> 1
        """,
        addresses=dump_json(list(addresses)),
    )
    return {(row.channel, row.address): row for row in rows}
