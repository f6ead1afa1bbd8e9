"""Conversations: derived from what was said, in the commit that changes it; staff add whose it is and how far it is."""

from frontdesk.core.db import Statement, expect
from frontdesk.core.events import Part


def keep(contact_id: str | None) -> list[Statement]:
    """The contact's conversation as it follows from what was said; nothing for a message to nobody we know.

    It begins when they say something or staff write to them: a reminder alone is no conversation.
    """
    if contact_id is None:
        return []
    return [
        Statement(
            """
            INSERT INTO conversations (tenant_id, contact_id, last_message_id, last_at, direction, channel, preview,
                                       unread, waiting_since, done)
            SELECT :tenant, :contact_id, l.id, l.at, l.direction, l.channel, l.preview,
              (SELECT count(*) FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id
                 AND s.at > COALESCE(k.read_at, 0) AND s.direction = 'in'),
              (SELECT min(s.at) FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id AND s.asks
                 AND s.at > max(COALESCE(k.done_at, 0), COALESCE(
                   (SELECT max(a.at) FROM said a WHERE a.tenant_id = :tenant AND a.contact_id = :contact_id
                      AND a.answers), 0))),
              CASE WHEN k.done_at IS NULL THEN 0 ELSE NOT EXISTS (
                SELECT 1 FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id
                  AND s.at > k.done_at AND s.direction = 'in') END
            FROM (SELECT id, at, direction, channel, preview FROM said
                  WHERE tenant_id = :tenant AND contact_id = :contact_id ORDER BY at DESC, id DESC LIMIT 1) l
            LEFT JOIN conversations k ON k.tenant_id = :tenant AND k.contact_id = :contact_id
            WHERE EXISTS (SELECT 1 FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id
                            AND (s.direction = 'in' OR s.authored))
            ON CONFLICT (tenant_id, contact_id) DO UPDATE SET
              last_message_id = excluded.last_message_id, last_at = excluded.last_at,
              direction = excluded.direction, channel = excluded.channel, preview = excluded.preview,
              unread = excluded.unread, waiting_since = excluded.waiting_since, done = excluded.done,
              version = version + 1
            """,
            {"contact_id": contact_id},
        )
    ]


def keep_or_end(contact_id: str | None) -> list[Statement]:
    """The same where something left the conversation: one in which nobody said anything any more is none."""
    if contact_id is None:
        return []
    return [
        Statement(
            """
            DELETE FROM conversations WHERE tenant_id = :tenant AND contact_id = :contact_id
              AND NOT EXISTS (SELECT 1 FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id
                                AND (s.direction = 'in' OR s.authored))
            """,
            {"contact_id": contact_id},
        ),
        *keep(contact_id),
    ]


def read_up_to(contact_id: str, at: int) -> list[Statement]:
    """A person has seen what was said until `at` (business ms); a mark never goes back. Stale if there is none."""
    return [
        Statement(
            """
            UPDATE conversations SET read_at = max(read_at, :at), version = version + 1
            WHERE tenant_id = :tenant AND contact_id = :contact_id
            """,
            {"contact_id": contact_id, "at": at},
        ),
        expect(1),
    ]


def unread(contact_id: str) -> list[Statement]:
    """A person wants to come back to it: the last thing they said is unread again. Stale if there is none."""
    return [
        Statement(
            """
            UPDATE conversations SET version = version + 1, read_at = COALESCE(
              (SELECT max(s.at) - 1 FROM said s WHERE s.tenant_id = :tenant AND s.contact_id = :contact_id
                 AND s.direction = 'in'), read_at)
            WHERE tenant_id = :tenant AND contact_id = :contact_id
            """,
            {"contact_id": contact_id},
        ),
        expect(1),
    ]


def assign(contact_id: str, staff_id: str | None) -> list[Statement]:
    """Whose it is; None: nobody's. Stale if there is no conversation."""
    return [
        Statement(
            """
            UPDATE conversations SET assignee_id = :staff_id, version = version + 1
            WHERE tenant_id = :tenant AND contact_id = :contact_id
            """,
            {"contact_id": contact_id, "staff_id": staff_id},
        ),
        expect(1),
    ]


def finish(contact_id: str, at: int | None) -> list[Statement]:
    """Nothing said until `at` (business ms) needs anything more; None takes that back. Stale if there is none."""
    return [
        Statement(
            """
            UPDATE conversations SET done_at = :at, version = version + 1
            WHERE tenant_id = :tenant AND contact_id = :contact_id
            """,
            {"contact_id": contact_id, "at": at},
        ),
        expect(1),
    ]


def join(from_id: str, to_id: str) -> list[Part]:
    """What was said to one contact is another's now: their marks are joined so that nothing unseen gets lost.

    Whatever was unread, or open, in either stays so; it is somebody's if either was.
    """
    return [
        Statement(
            """
            INSERT INTO conversations (tenant_id, contact_id, last_message_id, last_at, direction, channel, preview,
                                       unread, waiting_since, done, assignee_id, read_at, done_at)
            SELECT :tenant, :to_id, last_message_id, last_at, direction, channel, preview,
                   unread, waiting_since, done, assignee_id, read_at, done_at
            FROM conversations WHERE tenant_id = :tenant AND contact_id = :from_id
            ON CONFLICT (tenant_id, contact_id) DO UPDATE SET
              assignee_id = COALESCE(assignee_id, excluded.assignee_id),
              read_at = CASE WHEN unread = 0 AND excluded.unread = 0 THEN max(read_at, excluded.read_at)
                             WHEN unread = 0 THEN excluded.read_at
                             WHEN excluded.unread = 0 THEN read_at
                             ELSE min(read_at, excluded.read_at) END,
              done_at = CASE WHEN done = 1 AND excluded.done = 1 THEN max(done_at, excluded.done_at)
                             WHEN done = 1 THEN excluded.done_at
                             WHEN excluded.done = 1 THEN done_at
                             WHEN done_at IS NULL OR excluded.done_at IS NULL THEN NULL
                             ELSE min(done_at, excluded.done_at) END
            """,
            {"from_id": from_id, "to_id": to_id},
        ),
        keep_or_end(from_id),
        keep_or_end(to_id),
    ]


def part(kept_id: str, gone_id: str) -> list[Part]:
    """What was joined is parted again; the marks of the joint conversation are those of both."""
    return [
        Statement(
            """
            INSERT INTO conversations (tenant_id, contact_id, last_message_id, last_at, direction, channel, preview,
                                       unread, waiting_since, done, assignee_id, read_at, done_at)
            SELECT :tenant, :gone_id, last_message_id, last_at, direction, channel, preview,
                   unread, waiting_since, done, assignee_id, read_at, done_at
            FROM conversations WHERE tenant_id = :tenant AND contact_id = :kept_id
            ON CONFLICT (tenant_id, contact_id) DO NOTHING
            """,
            {"kept_id": kept_id, "gone_id": gone_id},
        ),
        keep_or_end(gone_id),
        keep_or_end(kept_id),
    ]
