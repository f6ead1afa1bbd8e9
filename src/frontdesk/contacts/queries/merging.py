"""Contacts that may be one person, and merges that were made."""

from typing import Any

from pydantic import BaseModel, Json

from frontdesk.contacts.rules import Contact
from frontdesk.core.ctx import Ctx

_FIELDS = """
    c.id, c.first_name, c.last_name, c.email, c.phone, c.time_zone, c.existing_patient, c.pipeline, c.stage,
    c.source, c.tags, c.version, c.last_seen_at, c.created_at, c.updated_at, c.last_in_at, c.last_out_at,
    c.replies, c.intent, c.stage_since, c.recall_due_at, c.recall_service, c.recall_derived,
    c.merged_into"""


class Candidate(Contact):
    """Somebody who may be the same person. `shared`: we wrote to them where we reach the other one."""

    shared: bool


async def candidates(ctx: Ctx, contact: Contact) -> list[Candidate]:
    """Contacts with the same number, address or full name, or written to at them; at most 20 of each."""
    return await ctx.db.all(
        Candidate,
        f"""
        SELECT {_FIELDS}, max(f.shared) AS shared
        FROM (
          SELECT id, 0 AS shared FROM (SELECT id FROM contacts INDEXED BY contacts_by_phone
            WHERE tenant_id = :tenant AND phone = :phone LIMIT 20)
          UNION ALL
          SELECT id, 0 FROM (SELECT id FROM contacts INDEXED BY contacts_by_email
            WHERE tenant_id = :tenant AND email = :email LIMIT 20)
          UNION ALL
          SELECT id, 0 FROM (SELECT id FROM contacts INDEXED BY contacts_by_name
            WHERE tenant_id = :tenant AND last_name = :last_name COLLATE NOCASE
              AND first_name = :first_name COLLATE NOCASE AND :named LIMIT 20)
          UNION ALL
          SELECT contact_id, 1 FROM (SELECT DISTINCT contact_id FROM messages INDEXED BY messages_by_address
            WHERE tenant_id = :tenant AND address IN (:phone, :email) AND contact_id IS NOT NULL LIMIT 20)
        ) f
        CROSS JOIN contacts c
        WHERE c.tenant_id = :tenant AND c.id = f.id AND c.id <> :id AND c.merged_into IS NULL
        GROUP BY c.id ORDER BY c.last_seen_at DESC, c.id DESC LIMIT 20
        """,
        id=contact.id,
        phone=contact.phone,
        email=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
        named=int(bool(contact.first_name and contact.last_name)),
    )


class Merge(BaseModel):
    """A merge that was made. `before` and `after` are the survivor's fields that changed."""

    id: str
    kept_id: str
    gone_id: str
    before: Json[dict[str, Any]]
    after: Json[dict[str, Any]]
    at: int
    undone_at: int | None


async def merge_by_id(ctx: Ctx, merge_id: str) -> Merge:
    """Raises NotFound."""
    return await ctx.db.one(
        Merge,
        """
        SELECT id, kept_id, gone_id, before, after, at, undone_at
        FROM merges WHERE tenant_id = :tenant AND id = :id
        """,
        id=merge_id,
    )
