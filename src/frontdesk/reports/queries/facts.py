"""The facts of some local days, each read through an index by the day's instants."""

from collections.abc import Sequence

from frontdesk.core.ctx import Ctx
from frontdesk.core.parsing import dump_json
from frontdesk.reports.rules.periods import LocalDay
from frontdesk.reports.rules.tally import LOOK_BACK, Conversion, Counted, Facts, Wait

# In each, `days` is a JSON list of [day, first ms, first ms after]; CROSS JOIN keeps it outside.


async def facts_of(ctx: Ctx, days: Sequence[LocalDay]) -> Facts:
    """All that happened on these days."""
    given = dump_json(days)
    return Facts(
        counted=[
            *await _bookings(ctx, given),
            *await _appointments(ctx, given),
            *await _leads(ctx, given),
            *await _messages(ctx, given),
            *await _tasks(ctx, given),
        ],
        waits=await _waits(ctx, given),
        conversions=await _conversions(ctx, given),
    )


async def _bookings(ctx: Ctx, days: str) -> list[Counted]:
    """Bookings made, by service."""
    return await ctx.db.all(
        Counted,
        """
        SELECT d.value ->> 0 AS day, 'booked' AS metric, b.service AS key, count(*) AS count
        FROM json_each(:days) d CROSS JOIN bookings b INDEXED BY bookings_by_creation
        WHERE b.tenant_id = :tenant AND b.created_at >= d.value ->> 1 AND b.created_at < d.value ->> 2
        GROUP BY 1, 3
        """,
        days=days,
    )


async def _appointments(ctx: Ctx, days: str) -> list[Counted]:
    """Appointments by how they stand and by service, with what the completed ones are worth."""
    return await ctx.db.all(
        Counted,
        """
        SELECT d.value ->> 0 AS day, 'appointments.' || b.status AS metric, b.service AS key, count(*) AS count,
               sum(CASE WHEN b.status = 'completed' THEN COALESCE(b.value_minor, 0) ELSE 0 END) AS amount
        FROM json_each(:days) d CROSS JOIN bookings b INDEXED BY bookings_by_start
        WHERE b.tenant_id = :tenant AND b.starts_at >= d.value ->> 1 AND b.starts_at < d.value ->> 2
        GROUP BY 1, 2, 3
        """,
        days=days,
    )


async def _leads(ctx: Ctx, days: str) -> list[Counted]:
    """People who came to us, by where from, and how many of them have booked since."""
    return await ctx.db.all(
        Counted,
        """
        SELECT day, m.value AS metric, source AS key,
               CASE m.value WHEN 'leads' THEN count(*) ELSE sum(booked) END AS count
        FROM (
          SELECT d.value ->> 0 AS day, c.source,
                 EXISTS (SELECT 1 FROM bookings b INDEXED BY bookings_by_contact
                         WHERE b.tenant_id = :tenant AND b.contact_id = c.id) AS booked
          FROM json_each(:days) d CROSS JOIN contacts c INDEXED BY contacts_by_creation
          WHERE c.tenant_id = :tenant AND c.created_at >= d.value ->> 1 AND c.created_at < d.value ->> 2
            AND c.merged_into IS NULL
        ) CROSS JOIN json_each('["leads","converted"]') m
        GROUP BY 1, 2, 3
        """,
        days=days,
    )


async def _messages(ctx: Ctx, days: str) -> list[Counted]:
    """Messages by how far they came and by channel, with what they cost in millionths; sign-in codes are none."""
    return await ctx.db.all(
        Counted,
        """
        SELECT d.value ->> 0 AS day, 'messages.' || m.state AS metric, m.channel AS key, count(*) AS count,
               COALESCE(sum(m.cost_micros), 0) AS amount
        FROM json_each(:days) d CROSS JOIN messages m INDEXED BY messages_by_due
        WHERE m.tenant_id = :tenant AND m.due_at >= d.value ->> 1 AND m.due_at < d.value ->> 2
          AND m.purpose <> 'auth' AND m.state IN ('sent', 'delivered', 'failed', 'skipped', 'unknown', 'received')
        GROUP BY 1, 2, 3
        """,
        days=days,
    )


async def _tasks(ctx: Ctx, days: str) -> list[Counted]:
    """Tasks done, by who did them."""
    return await ctx.db.all(
        Counted,
        """
        SELECT d.value ->> 0 AS day, 'done' AS metric, COALESCE(t.done_by, '') AS key, count(*) AS count
        FROM json_each(:days) d CROSS JOIN tasks t INDEXED BY tasks_done
        WHERE t.tenant_id = :tenant AND t.done_at >= d.value ->> 1 AND t.done_at < d.value ->> 2
          AND t.status = 'done' AND t.status <> 'open'
        GROUP BY 1, 3
        """,
        days=days,
    )


async def _waits(ctx: Ctx, days: str) -> list[Wait]:
    """Who wrote first, or first after an answer, and when a person answered them.

    One waits from the first message after the last answer; what follows before the next one waits with it.
    """
    return await ctx.db.all(
        Wait,
        """
        SELECT d.value ->> 0 AS day, m.due_at AS at,
               (SELECT min(at) FROM (
                  SELECT a.sent_at AS at FROM messages a INDEXED BY messages_by_contact
                  WHERE a.tenant_id = :tenant AND a.contact_id = m.contact_id AND a.direction = 'out'
                    AND a.author_id IS NOT NULL AND a.state IN ('sent', 'delivered') AND a.sent_at >= m.due_at
                  UNION ALL
                  SELECT t.done_at FROM tasks t INDEXED BY tasks_by_contact
                  WHERE t.tenant_id = :tenant AND t.contact_id = m.contact_id
                    AND t.status = 'done' AND t.done_by IS NOT NULL AND t.done_at >= m.due_at
                )) AS answered_at
        FROM json_each(:days) d CROSS JOIN messages m INDEXED BY messages_by_due
        WHERE m.tenant_id = :tenant AND m.due_at >= d.value ->> 1 AND m.due_at < d.value ->> 2
          AND m.direction = 'in' AND m.keyword = '' AND m.contact_id IS NOT NULL
          AND COALESCE((SELECT max(at) FROM (
                          SELECT a.sent_at AS at FROM messages a INDEXED BY messages_by_contact
                          WHERE a.tenant_id = :tenant AND a.contact_id = m.contact_id AND a.direction = 'out'
                            AND a.author_id IS NOT NULL AND a.state IN ('sent', 'delivered')
                            AND a.sent_at < m.due_at
                          UNION ALL
                          SELECT t.done_at FROM tasks t INDEXED BY tasks_by_contact
                          WHERE t.tenant_id = :tenant AND t.contact_id = m.contact_id
                            AND t.status = 'done' AND t.done_by IS NOT NULL AND t.done_at < m.due_at)), -1)
           >= COALESCE((SELECT max(h.due_at) FROM messages h INDEXED BY messages_by_contact
                        WHERE h.tenant_id = :tenant AND h.contact_id = m.contact_id
                          AND h.direction = 'in' AND h.keyword = '' AND h.due_at < m.due_at), -1)
        GROUP BY m.contact_id, m.due_at
        """,
        days=days,
    )


async def _conversions(ctx: Ctx, days: str) -> list[Conversion]:
    """Bookings made on these days and those completed on them for money, with what came in before they were made.

    What came in: messages, touchpoints of other channels, and that the contact came to us at all (without an id).
    What is said of a booking afterwards leads to none.
    """
    return await ctx.db.all(
        Conversion,
        """
        WITH wanted AS (
          SELECT d.value ->> 0 AS day, 'credit' AS what, b.id, b.contact_id, b.source, b.created_at, 0 AS value
          FROM json_each(:days) d CROSS JOIN bookings b INDEXED BY bookings_by_creation
          WHERE b.tenant_id = :tenant AND b.created_at >= d.value ->> 1 AND b.created_at < d.value ->> 2
          UNION ALL
          SELECT d.value ->> 0, 'earned', b.id, b.contact_id, b.source, b.created_at, b.value_minor
          FROM json_each(:days) d CROSS JOIN bookings b INDEXED BY bookings_by_start
          WHERE b.tenant_id = :tenant AND b.starts_at >= d.value ->> 1 AND b.starts_at < d.value ->> 2
            AND b.status = 'completed' AND b.value_minor <> 0
        )
        SELECT w.day, w.what, w.source, w.created_at AS converted_at, w.value,
               (SELECT json_group_array(json_array(at, id, source)) FROM (
                  SELECT t.at, t.id, CASE WHEN t.channel <> '' THEN t.channel ELSE COALESCE(o.source, '') END AS source
                  FROM touchpoints t INDEXED BY touchpoints_by_contact
                  LEFT JOIN bookings o ON o.tenant_id = :tenant AND t.subject_kind = 'booking' AND o.id = t.subject_id
                  WHERE t.tenant_id = :tenant AND t.contact_id = w.contact_id
                    AND t.at >= w.created_at - :look_back AND t.at <= w.created_at
                    AND t.direction = 'in' AND t.channel NOT IN ('sms', 'email', 'manychat')
                    AND (t.kind NOT GLOB 'booking.*' OR t.kind = 'booking.created')
                    AND NOT (t.subject_kind = 'booking' AND t.subject_id = w.id)
                  UNION ALL
                  SELECT m.due_at, m.id, m.channel FROM messages m INDEXED BY messages_by_contact
                  WHERE m.tenant_id = :tenant AND m.contact_id = w.contact_id AND m.keyword = ''
                    AND m.due_at >= w.created_at - :look_back AND m.due_at <= w.created_at AND m.direction = 'in'
                  UNION ALL
                  SELECT c.created_at, '', c.source FROM contacts c
                  WHERE c.tenant_id = :tenant AND c.id = w.contact_id
                    AND c.created_at >= w.created_at - :look_back AND c.created_at <= w.created_at
                )) AS touches
        FROM wanted w
        """,
        days=days,
        look_back=LOOK_BACK,
    )
