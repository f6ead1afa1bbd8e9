"""What a rule looks at, as it stands now: contacts and bookings with what is counted around them."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Json

from frontdesk.automation.rules.facts import Scene
from frontdesk.core.ctx import Ctx
from frontdesk.core.parsing import dump_json

# In two parts each: a function of D1 takes 32 arguments.
CONTACT = """
    CASE WHEN c.id IS NULL THEN NULL ELSE json_set(json_object(
      'id', c.id, 'first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
      'time_zone', c.time_zone, 'existing_patient', c.existing_patient, 'pipeline', c.pipeline, 'stage', c.stage,
      'source', c.source, 'tags', c.tags, 'version', c.version, 'last_seen_at', c.last_seen_at,
      'created_at', c.created_at, 'updated_at', c.updated_at),
      '$.last_in_at', c.last_in_at, '$.last_out_at', c.last_out_at, '$.replies', c.replies, '$.intent', c.intent,
      '$.stage_since', c.stage_since, '$.recall_due_at', c.recall_due_at, '$.recall_service', c.recall_service,
      '$.recall_derived', c.recall_derived, '$.merged_into', c.merged_into) END"""
BOOKING = """
    CASE WHEN b.id IS NULL THEN NULL ELSE json_set(json_object(
      'id', b.id, 'contact_id', b.contact_id, 'first_name', b.first_name, 'phone', b.phone, 'email', b.email,
      'source', b.source, 'external_id', b.external_id, 'source_seq', b.source_seq, 'source_at', b.source_at,
      'status', b.status, 'service', b.service, 'practitioner', b.practitioner, 'location', b.location,
      'urgency', b.urgency),
      '$.starts_at', b.starts_at, '$.ends_at', b.ends_at, '$.time_zone', b.time_zone,
      '$.value_minor', b.value_minor, '$.version', b.version, '$.created_at', b.created_at,
      '$.updated_at', b.updated_at) END"""

Pair = tuple[str | None, str | None]
"""A contact's id and a booking's; either may be missing, and the booking says whose it is."""


async def scene(ctx: Ctx, contact_id: str | None, booking_id: str | None) -> Scene:
    """One of them."""
    return (await scenes(ctx, [(contact_id, booking_id)]))[0]


async def scenes(ctx: Ctx, pairs: Sequence[Pair]) -> list[Scene]:
    """One for each pair, in their order, in one round trip; a contact that was merged away is whom it became."""
    return await ctx.db.all(
        Scene,
        f"""
        SELECT j.value ->> 0 AS n, {CONTACT} AS contact, {BOOKING} AS booking,
               (SELECT min(x.starts_at) FROM bookings x INDEXED BY bookings_by_contact
                WHERE x.tenant_id = :tenant AND x.contact_id = c.id AND x.starts_at > :now
                  AND x.status IN ('scheduled', 'confirmed')) AS next_booking_at,
               (SELECT count(*) FROM bookings x INDEXED BY bookings_by_contact
                WHERE x.tenant_id = :tenant AND x.contact_id = c.id) AS bookings,
               (SELECT count(*) FROM tasks x INDEXED BY tasks_by_contact
                WHERE x.tenant_id = :tenant AND x.contact_id = c.id AND x.status = 'open') AS open_tasks
        FROM json_each(:pairs) j
        LEFT JOIN bookings b ON b.tenant_id = :tenant AND b.id = j.value ->> 2
        LEFT JOIN contacts f ON f.tenant_id = :tenant AND f.id = COALESCE(j.value ->> 1, b.contact_id)
        LEFT JOIN contacts c ON c.tenant_id = :tenant AND c.id = COALESCE(f.merged_into, f.id)
        ORDER BY j.key
        """,
        pairs=dump_json([[n, *pair] for n, pair in enumerate(pairs)]),
        now=ctx.now,
    )


class Said(BaseModel):
    """What an event said."""

    payload: Json[dict[str, Any]]


async def contact_said(ctx: Ctx, contact_id: str, seq: int) -> dict[str, Any] | None:
    """What the latest event about a contact said by event `seq`, itself included; None where none does."""
    row = await ctx.db.maybe(
        Said,
        """
        SELECT payload FROM events INDEXED BY events_by_subject
        WHERE tenant_id = :tenant AND subject_kind = 'contact' AND subject_id = :id AND seq <= :seq
          AND type IN ('contact.created', 'contact.updated', 'contact.moved')
        ORDER BY seq DESC LIMIT 1
        """,
        id=contact_id,
        seq=seq,
    )
    return row.payload if row else None
