"""Whose time has come: bookings and contacts by the instants that rules count from, a page at a time."""

from typing import NamedTuple

from pydantic import BaseModel

from frontdesk.core.ctx import Ctx

_OF_BOOKINGS = {
    "booking.starts_at": """
        SELECT id AS booking_id, contact_id, starts_at AS at, id AS id, starts_at AS mark
        FROM bookings INDEXED BY bookings_by_start
        WHERE tenant_id = :tenant AND (starts_at, id) > (:at, :id) AND starts_at <= :until
          AND status <> 'cancelled'
        ORDER BY starts_at, id LIMIT :limit
    """,
    "booking.ends_at": """
        SELECT id AS booking_id, contact_id, ends_at AS at, id AS id, ends_at AS mark
        FROM bookings INDEXED BY bookings_by_end
        WHERE tenant_id = :tenant AND (ends_at, id) > (:at, :id) AND ends_at <= :until
          AND status <> 'cancelled'
        ORDER BY ends_at, id LIMIT :limit
    """,
    "booking.created_at": """
        SELECT id AS booking_id, contact_id, created_at AS at, id AS id, created_at AS mark
        FROM bookings INDEXED BY bookings_by_creation
        WHERE tenant_id = :tenant AND (created_at, id) > (:at, :id) AND created_at <= :until
        ORDER BY created_at, id LIMIT :limit
    """,
}
# Of a silence the mark is their last word: what we write into it, a rule's own follow-up too, begins no other.
_OF_CONTACTS = {
    "contact.created_at": """
        SELECT NULL AS booking_id, id AS contact_id, created_at AS at, id, created_at AS mark
        FROM contacts INDEXED BY contacts_by_creation
        WHERE tenant_id = :tenant AND (created_at, id) > (:at, :id) AND created_at <= :until
          AND merged_into IS NULL
        ORDER BY created_at, id LIMIT :limit
    """,
    "contact.last_in_at": """
        SELECT NULL AS booking_id, id AS contact_id, last_in_at AS at, id, last_in_at AS mark
        FROM contacts INDEXED BY contacts_by_in
        WHERE tenant_id = :tenant AND last_in_at IS NOT NULL AND (last_in_at, id) > (:at, :id)
          AND last_in_at <= :until AND merged_into IS NULL
        ORDER BY last_in_at, id LIMIT :limit
    """,
    "contact.unanswered": """
        SELECT NULL AS booking_id, id AS contact_id, last_out_at AS at, id, COALESCE(last_in_at, 0) AS mark
        FROM contacts INDEXED BY contacts_by_out
        WHERE tenant_id = :tenant AND last_out_at IS NOT NULL AND (last_out_at, id) > (:at, :id)
          AND last_out_at <= :until AND last_out_at > COALESCE(last_in_at, 0) AND merged_into IS NULL
        ORDER BY last_out_at, id LIMIT :limit
    """,
    "contact.last_word_at": """
        SELECT NULL AS booking_id, id AS contact_id,
               max(created_at, COALESCE(last_in_at, 0), COALESCE(last_out_at, 0)) AS at, id,
               COALESCE(last_in_at, 0) AS mark
        FROM contacts INDEXED BY contacts_by_word
        WHERE tenant_id = :tenant
          AND (max(created_at, COALESCE(last_in_at, 0), COALESCE(last_out_at, 0)), id) > (:at, :id)
          AND max(created_at, COALESCE(last_in_at, 0), COALESCE(last_out_at, 0)) <= :until
          AND merged_into IS NULL
        ORDER BY max(created_at, COALESCE(last_in_at, 0), COALESCE(last_out_at, 0)), id LIMIT :limit
    """,
    "contact.recall_due_at": """
        SELECT NULL AS booking_id, id AS contact_id, recall_due_at AS at, id, recall_due_at AS mark
        FROM contacts INDEXED BY contacts_by_recall
        WHERE tenant_id = :tenant AND recall_due_at IS NOT NULL AND (recall_due_at, id) > (:at, :id)
          AND recall_due_at <= :until AND merged_into IS NULL
        ORDER BY recall_due_at, id LIMIT :limit
    """,
    "contact.last_seen_at": """
        SELECT NULL AS booking_id, id AS contact_id, last_seen_at AS at, id, last_seen_at AS mark
        FROM contacts INDEXED BY contacts_by_seen
        WHERE tenant_id = :tenant AND (last_seen_at, id) > (:at, :id) AND last_seen_at <= :until
          AND merged_into IS NULL
        ORDER BY last_seen_at, id LIMIT :limit
    """,
}
ANCHORED = {**_OF_BOOKINGS, **_OF_CONTACTS}


class Candidate(BaseModel):
    """Somebody or something whose time came. `mark` is what makes this occasion the same when seen again."""

    contact_id: str | None
    booking_id: str | None
    at: int
    id: str
    mark: int

    @property
    def subject(self) -> tuple[str, str]:
        """What the run is about."""
        return ("booking", self.booking_id) if self.booking_id else ("contact", self.contact_id or "")


class Window(NamedTuple):
    """Anchors after (`at`, `id`) and up to `until`, ms UTC."""

    at: int
    id: str
    until: int


async def candidates(ctx: Ctx, anchor: str, window: Window, limit: int) -> list[Candidate]:
    """Those with the anchor within the window, in its order. Cancelled bookings neither start nor end."""
    return await ctx.db.all(
        Candidate, ANCHORED[anchor], at=window.at, id=window.id, until=window.until, limit=limit
    )
