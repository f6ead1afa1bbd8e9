"""Who they are: contacts by id, by what they are recognised by, in lists, and the timeline of one."""

from pydantic import BaseModel

from frontdesk.contacts.rules import Contact
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import like_prefix
from frontdesk.core.pages import Cursor, Page, page
from frontdesk.core.parsing import dump_json
from frontdesk.core.phone import e164_prefix

FIELDS = """
    id, first_name, last_name, email, phone, time_zone, existing_patient, pipeline, stage, source, tags, version,
    last_seen_at, created_at, updated_at, last_in_at, last_out_at, replies, intent, stage_since, recall_due_at,
    recall_service, recall_derived, merged_into"""
FIELDS_OF_C = """
    c.id, c.first_name, c.last_name, c.email, c.phone, c.time_zone, c.existing_patient, c.pipeline, c.stage,
    c.source, c.tags, c.version, c.last_seen_at, c.created_at, c.updated_at, c.last_in_at, c.last_out_at,
    c.replies, c.intent, c.stage_since, c.recall_due_at, c.recall_service, c.recall_derived,
    c.merged_into"""


async def by_id(ctx: Ctx, contact_id: str) -> Contact:
    """The contact. Raises NotFound."""
    return await ctx.db.one(
        Contact,
        f"""
        SELECT {FIELDS} FROM contacts WHERE tenant_id = :tenant AND id = :id
        """,
        id=contact_id,
    )


async def by_made_key(ctx: Ctx, key: str) -> Contact | None:
    """The contact that somebody made with this key of theirs, if any."""
    return await ctx.db.maybe(
        Contact,
        f"SELECT {FIELDS} FROM contacts WHERE tenant_id = :tenant AND made_key = :key",
        key=key,
    )


async def current(ctx: Ctx, contact_id: str) -> Contact:
    """The contact, or the one it was merged into. Raises NotFound."""
    contact = await by_id(ctx, contact_id)
    return await by_id(ctx, contact.merged_into) if contact.merged_into else contact


class _Owned(Contact):
    kind: str
    value: str


async def by_identities(
    ctx: Ctx, identities: list[tuple[str, str]]
) -> tuple[dict[tuple[str, str], str], dict[str, Contact]]:
    """Which contact owns each of these, and those contacts by id; one round trip for all of them.

    CROSS JOIN keeps SQLite's hands off the order: the other way round it reads every identity of the tenant.
    """
    rows = await ctx.db.all(
        _Owned,
        f"""
        SELECT i.kind, i.value, {FIELDS_OF_C}
        FROM json_each(:identities) j
        CROSS JOIN contact_identities i
        JOIN contacts c ON c.tenant_id = :tenant AND c.id = i.contact_id
        WHERE i.tenant_id = :tenant AND i.kind = j.value ->> 0 AND i.value = j.value ->> 1
        """,
        identities=dump_json(identities),
    )
    return {(row.kind, row.value): row.id for row in rows}, {row.id: row for row in rows}


async def by_phone(ctx: Ctx, phone: str) -> Contact | None:
    """The contact that owns this number, if any."""
    owners, contacts = await by_identities(ctx, [("phone", phone)])
    return contacts[owners["phone", phone]] if owners else None


async def listed(
    ctx: Ctx, *, after: Cursor, limit: int, search: str | None, stage: str | None, tag: str | None
) -> Page[Contact]:
    """Contacts, the latest seen first. `search` is the start of a name, an e-mail or a number."""
    rows = await ctx.db.all(
        Contact,
        f"""
        SELECT {FIELDS} FROM contacts INDEXED BY contacts_by_seen
        WHERE tenant_id = :tenant AND (last_seen_at, id) < (:at, :id) AND merged_into IS NULL
          AND (:stage IS NULL OR stage = :stage)
          AND (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = :tag))
          AND (:pattern IS NULL OR first_name LIKE :pattern ESCAPE '\\' OR last_name LIKE :pattern ESCAPE '\\'
               OR first_name || ' ' || last_name LIKE :pattern ESCAPE '\\'
               OR email LIKE :pattern ESCAPE '\\' OR phone LIKE :number ESCAPE '\\')
        ORDER BY last_seen_at DESC, id DESC LIMIT :limit
        """,
        at=after.at,
        id=after.id,
        stage=stage,
        tag=tag,
        pattern=like_prefix(search) if search else None,
        number=like_prefix(e164_prefix(search, ctx.tenant.country) or search) if search else None,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.last_seen_at, row.id))


async def is_told(ctx: Ctx, touchpoint_id: str) -> bool:
    """Whether this line is on somebody's timeline."""
    row = await ctx.db.maybe(
        dict, "SELECT id FROM touchpoints WHERE tenant_id = :tenant AND id = :id", id=touchpoint_id
    )
    return row is not None


UNSAID = "Words your role does not see"
"""What stands for a message's words with somebody who may see that there was one, and no more."""


class TimelineItem(BaseModel):
    """One thing that passed between the tenant and a contact, messages with their present state."""

    id: str
    at: int
    kind: str
    direction: str
    channel: str
    summary: str
    state: str
    reason: str
    subject_kind: str
    subject_id: str
    cause_kind: str
    cause_id: str


async def timeline(
    ctx: Ctx, contact_id: str, *, after: Cursor, limit: int, words: bool
) -> Page[TimelineItem]:
    """Newest first, what is still planned on top; of messages only that there was one, unless `words`."""
    rows = await ctx.db.all(
        TimelineItem,
        """
        SELECT id, at, kind, direction, channel,
               CASE WHEN :words OR kind NOT LIKE '%.message' THEN summary ELSE :unsaid END AS summary,
               '' AS state, '' AS reason,
               subject_kind, subject_id, cause_kind, cause_id
        FROM touchpoints
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND (at, id) < (:at, :id)
        UNION ALL
        SELECT id, due_at, 'message', direction, channel,
               CASE WHEN :words AND body <> '' THEN body WHEN :words AND subject <> '' THEN subject
                    WHEN offset_hours IS NOT NULL THEN 'Reminder ' || CAST(offset_hours AS TEXT) || ' h before'
                    WHEN template = 'booking.confirmation' THEN 'Confirmation'
                    WHEN :words OR template <> '' THEN template ELSE :unsaid END, state, reason,
               CASE WHEN booking_id IS NULL THEN '' ELSE 'booking' END, COALESCE(booking_id, ''),
               cause_kind, cause_id
        FROM messages
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND (due_at, id) < (:at, :id)
        ORDER BY 2 DESC, 1 DESC LIMIT :limit
        """,
        contact_id=contact_id,
        at=after.at,
        id=after.id,
        words=words,
        unsaid=UNSAID,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Cursor(row.at, row.id))
