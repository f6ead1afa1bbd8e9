"""Two contacts made one, and taken apart again: all that hangs on a contact moves, and a list says what moved."""

from collections.abc import Mapping
from typing import Any

from frontdesk.contacts.rules import Contact
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json

# Each kind is noted before it moves, so that undoing moves back what came and leaves what is new.
# Bookings and tasks get a new version: whoever read them before decides again.
_NOTE = (
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'identity', kind || ' ' || value
    FROM contact_identities INDEXED BY contact_identities_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'booking', id FROM bookings INDEXED BY bookings_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'message', id FROM messages INDEXED BY messages_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'touchpoint', id FROM touchpoints INDEXED BY touchpoints_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'move', id FROM stage_moves INDEXED BY stage_moves_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'task', id FROM tasks INDEXED BY tasks_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'run', id FROM rule_runs INDEXED BY rule_runs_by_contact
    WHERE tenant_id = :tenant AND contact_id = :gone ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO merged_rows (tenant_id, merge_id, kind, row_id)
    SELECT :tenant, :merge_id, 'contact', id FROM contacts INDEXED BY contacts_by_merge
    WHERE tenant_id = :tenant AND merged_into = :gone ON CONFLICT DO NOTHING
    """,
)
_MOVE = (
    """
    UPDATE contact_identities INDEXED BY contact_identities_by_contact SET contact_id = :kept
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE bookings INDEXED BY bookings_by_contact SET contact_id = :kept, version = version + 1
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE messages INDEXED BY messages_by_contact SET contact_id = :kept
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE touchpoints INDEXED BY touchpoints_by_contact SET contact_id = :kept
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE stage_moves INDEXED BY stage_moves_by_contact SET contact_id = :kept
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE tasks INDEXED BY tasks_by_contact SET contact_id = :kept, version = version + 1
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE rule_runs INDEXED BY rule_runs_by_contact SET contact_id = :kept
    WHERE tenant_id = :tenant AND contact_id = :gone
    """,
    """
    UPDATE contacts INDEXED BY contacts_by_merge SET merged_into = :kept, version = version + 1
    WHERE tenant_id = :tenant AND merged_into = :gone
    """,
)
_BACK = (
    """
    UPDATE contact_identities INDEXED BY contact_identities_by_contact SET contact_id = :gone
    WHERE tenant_id = :tenant AND contact_id = :kept AND kind || ' ' || value IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'identity')
    """,
    """
    UPDATE bookings SET contact_id = :gone, version = version + 1
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'booking')
    """,
    """
    UPDATE messages SET contact_id = :gone
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'message')
    """,
    """
    UPDATE touchpoints SET contact_id = :gone
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'touchpoint')
    """,
    """
    UPDATE stage_moves SET contact_id = :gone
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'move')
    """,
    """
    UPDATE tasks SET contact_id = :gone, version = version + 1
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'task')
    """,
    """
    UPDATE rule_runs SET contact_id = :gone
    WHERE tenant_id = :tenant AND contact_id = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'run')
    """,
    """
    UPDATE contacts SET merged_into = :gone, version = version + 1
    WHERE tenant_id = :tenant AND merged_into = :kept AND id IN (
      SELECT row_id FROM merged_rows WHERE tenant_id = :tenant AND merge_id = :merge_id AND kind = 'contact')
    """,
)

_RECOGNISED = (
    """
    INSERT INTO contact_identities (tenant_id, kind, value, contact_id, created_at)
    SELECT :tenant, 'phone', phone, id, :now FROM contacts
    WHERE tenant_id = :tenant AND id = :gone AND phone IS NOT NULL ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO contact_identities (tenant_id, kind, value, contact_id, created_at)
    SELECT :tenant, 'email', email, id, :now FROM contacts
    WHERE tenant_id = :tenant AND id = :gone AND email IS NOT NULL ON CONFLICT DO NOTHING
    """,
)


def as_heard(*contacts: Contact) -> Statement:
    """Stale if one was heard from or written to since it was read: that gives nobody a new version."""
    known = [[each.id, each.last_in_at, each.last_out_at, each.replies] for each in contacts]
    return Statement(
        """
        SELECT CASE WHEN NOT EXISTS (
          SELECT 1 FROM json_each(:known) k WHERE NOT EXISTS (
            SELECT 1 FROM contacts c
            WHERE c.tenant_id = :tenant AND c.id = k.value ->> 0 AND c.last_in_at IS k.value ->> 1
              AND c.last_out_at IS k.value ->> 2 AND c.replies = k.value ->> 3)
        ) THEN 1 ELSE json('stale') END AS fresh
        """,
        {"known": dump_json(known)},
    )


def still_merged(gone: str, kept: str) -> Statement:
    """Stale unless `gone` is part of `kept`."""
    return Statement(
        """
        SELECT CASE WHEN EXISTS (
          SELECT 1 FROM contacts WHERE tenant_id = :tenant AND id = :gone AND merged_into = :kept
        ) THEN 1 ELSE json('stale') END AS fresh
        """,
        {"gone": gone, "kept": kept},
    )


def gather(merge_id: str, kept: str, gone: str) -> list[Statement]:
    """All that is `gone`'s becomes `kept`'s, and is noted; again, for what was written meanwhile."""
    noted = [Statement(sql, {"merge_id": merge_id, "gone": gone}) for sql in _NOTE]
    return [*noted, *(Statement(sql, {"kept": kept, "gone": gone}) for sql in _MOVE)]


def merge(
    ctx: Ctx, merge_id: str, kept: str, gone: str, gone_version: int, change: Mapping[str, tuple[Any, Any]]
) -> list[Statement]:
    """`gone` becomes part of `kept`. `change` is what becomes of the survivor's fields: (before, after).

    Stale if `gone` was changed since `gone_version`, or is part of another one already.
    """
    return [
        Statement(
            """
            UPDATE contacts SET merged_into = :kept, updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :gone AND version = :version AND merged_into IS NULL
            """,
            {"kept": kept, "gone": gone, "version": gone_version, "now": ctx.now},
        ),
        expect(1),
        Statement(
            """
            INSERT INTO merges (tenant_id, id, kept_id, gone_id, before, after, actor_kind, actor_id, at)
            VALUES (:tenant, :id, :kept, :gone, :before, :after, :actor_kind, :actor_id, :now)
            """,
            {
                "id": merge_id,
                "kept": kept,
                "gone": gone,
                "before": dump_json({name: before for name, (before, _) in change.items()}),
                "after": dump_json({name: after for name, (_, after) in change.items()}),
                "actor_kind": ctx.actor.kind,
                "actor_id": ctx.actor.id,
                "now": ctx.now,
            },
        ),
        *gather(merge_id, kept, gone),
    ]


def part(merge_id: str, kept: str, gone: str, now: int) -> list[Statement]:
    """What came with a merge goes back, if nobody has undone it or merged either any further."""
    return [
        Statement(
            "UPDATE merges SET undone_at = :now WHERE tenant_id = :tenant AND id = :id AND undone_at IS NULL",
            {"id": merge_id, "now": now},
        ),
        expect(1),
        Statement(
            """
            UPDATE contacts SET merged_into = NULL, updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :gone AND merged_into = :kept
            """,
            {"kept": kept, "gone": gone, "now": now},
        ),
        expect(1),
        *(Statement(sql, {"merge_id": merge_id, "kept": kept, "gone": gone}) for sql in _BACK),
        # The survivor may have been released of what the other one is reached by.
        *(Statement(sql, {"gone": gone, "now": now}) for sql in _RECOGNISED),
    ]
