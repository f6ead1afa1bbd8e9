"""Where contacts stand: when they were last heard from and written to, their stage with its history, tags, intent."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from frontdesk.contacts.rules import Contact
from frontdesk.contacts.rules.pipeline import Visit
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.events import Part, event
from frontdesk.core.parsing import dump_json


class Changed(NamedTuple):
    """The contact as it will be once `parts` are committed; several changes chain through it."""

    contact: Contact
    parts: list[Part]


def heard_from(contact_id: str, now: int) -> list[Statement]:
    """They said something at `now` (business ms): a reply, if we had written to them before.

    Stale if they were merged into another contact since they were read.
    """
    return [
        Statement(
            """
            UPDATE contacts SET last_in_at = max(COALESCE(last_in_at, 0), :now),
              replies = replies + (last_out_at IS NOT NULL), last_seen_at = max(last_seen_at, :now)
            WHERE tenant_id = :tenant AND id = :id AND merged_into IS NULL
            """,
            {"id": contact_id, "now": now},
        ),
        expect(1),
    ]


def sent_to(contact_id: str, now: int) -> Statement:
    """A message left for them at `now` (business ms); it follows them into whoever they were merged into."""
    return Statement(
        """
        UPDATE contacts SET last_out_at = max(COALESCE(last_out_at, 0), :now)
        WHERE tenant_id = :tenant AND id = (
          SELECT COALESCE(merged_into, id) FROM contacts WHERE tenant_id = :tenant AND id = :id)
        """,
        {"id": contact_id, "now": now},
    )


def as_visited(contact_ids: Collection[str], visits: Sequence[Visit]) -> Statement:
    """Stale unless `queries.visits` of these contacts would find just this: whoever saw more may be done already."""
    return Statement(
        """
        SELECT CASE WHEN count(*) = :count AND COALESCE(sum(version), 0) = :versions
               THEN 1 ELSE json('stale') END AS fresh
        FROM (
          SELECT b.version
          FROM json_each(:ids) j
          CROSS JOIN bookings b INDEXED BY bookings_by_contact
          WHERE b.tenant_id = :tenant AND b.contact_id = j.value
          ORDER BY b.starts_at DESC LIMIT 200)
        """,
        {
            "ids": dump_json(sorted(contact_ids)),
            "count": len(visits),
            "versions": sum(visit.version for visit in visits),
        },
    )


def move(ctx: Ctx, contact: Contact, stage: str, why: str) -> Changed:
    """To another stage, with its history and event; nothing if they are there.

    Stale if the contact left the stage it was read in, or was merged away, in the meantime.
    """
    if contact.stage == stage:
        return Changed(contact, [])
    after = contact.model_copy(
        update={"stage": stage, "stage_since": ctx.now, "version": contact.version + 1, "updated_at": ctx.now}
    )
    parts: list[Part] = [
        Statement(
            """
            UPDATE contacts SET stage = :to_stage, stage_since = :now, updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND stage = :from_stage AND merged_into IS NULL
            """,
            {"id": contact.id, "from_stage": contact.stage, "to_stage": stage, "now": ctx.now},
        ),
        expect(1),
        moved(ctx, contact.stage, after, why),
    ]
    return Changed(after, parts)


def moved(ctx: Ctx, from_stage: str, after: Contact, why: str) -> list[Part]:
    """The history and the event of a move that stands in the same commit; every change of stage has them."""
    return [
        Statement(
            """
            INSERT INTO stage_moves (tenant_id, id, contact_id, from_stage, to_stage, why, actor_kind, actor_id,
                                     cause_kind, cause_id, trace_id, at)
            VALUES (:tenant, :id, :contact_id, :from_stage, :to_stage, :why, :actor_kind, :actor_id,
                    :cause_kind, :cause_id, :trace_id, :now)
            """,
            {
                "id": ctx.new_id(),
                "contact_id": after.id,
                "from_stage": from_stage,
                "to_stage": after.stage,
                "why": why[:300],
                "actor_kind": ctx.actor.kind,
                "actor_id": ctx.actor.id,
                "cause_kind": ctx.cause.kind,
                "cause_id": ctx.cause.id,
                "trace_id": ctx.cause.trace,
                "now": ctx.now,
            },
        ),
        event(
            "contact.moved",
            {"from": from_stage, "to": after.stage, "why": why, "contact": after.model_dump(mode="json")},
            of=("contact", after.id),
        ),
    ]


def tag(ctx: Ctx, contact: Contact, name: str) -> Changed:
    """One more tag; nothing if they have it. Two at once both stay."""
    if name in contact.tags:
        return Changed(contact, [])
    after = _changed(ctx, contact, tags=[*contact.tags, name])
    add = Statement(
        """
        UPDATE contacts SET tags = json_insert(tags, '$[#]', :tag), updated_at = :now, version = version + 1
        WHERE tenant_id = :tenant AND id = :id
          AND NOT EXISTS (SELECT 1 FROM json_each(contacts.tags) WHERE value = :tag)
        """,
        {"id": contact.id, "tag": name, "now": ctx.now},
    )
    return Changed(after, [add, event("contact.updated", after, of=("contact", contact.id))])


def untag(ctx: Ctx, contact: Contact, name: str) -> Changed:
    """One tag less; nothing if they do not have it."""
    if name not in contact.tags:
        return Changed(contact, [])
    after = _changed(ctx, contact, tags=[each for each in contact.tags if each != name])
    drop = Statement(
        """
        UPDATE contacts SET updated_at = :now, version = version + 1,
          tags = (SELECT json_group_array(value) FROM json_each(contacts.tags) WHERE value <> :tag)
        WHERE tenant_id = :tenant AND id = :id
        """,
        {"id": contact.id, "tag": name, "now": ctx.now},
    )
    return Changed(after, [drop, event("contact.updated", after, of=("contact", contact.id))])


def set_intent(ctx: Ctx, contact: Contact, intent: int | None) -> Changed:
    """How keen they are, 0 to 100, as staff or a rule judge it; None: nobody knows."""
    if contact.intent == intent:
        return Changed(contact, [])
    after = _changed(ctx, contact, intent=intent)
    change = Statement(
        """
        UPDATE contacts SET intent = :intent, updated_at = :now, version = version + 1
        WHERE tenant_id = :tenant AND id = :id
        """,
        {"id": contact.id, "intent": intent, "now": ctx.now},
    )
    return Changed(after, [change, event("contact.updated", after, of=("contact", contact.id))])


def _changed(ctx: Ctx, contact: Contact, **fields: object) -> Contact:
    return contact.model_copy(update={**fields, "version": contact.version + 1, "updated_at": ctx.now})
