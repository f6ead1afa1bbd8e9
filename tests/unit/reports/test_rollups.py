"""Whatever happens to facts in whatever order, what is kept of each day is what the facts say."""

from random import Random
from typing import Any

import pytest

from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.reports.actions.settling import EVER, settle
from frontdesk.reports.rules.tally import Figures
from support.calls import run
from support.desk import MORNING, Desk
from support.reckoned import TABLES, figures

ZONES = ("Australia/Sydney", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Auckland")
CHOICES: dict[str, tuple[Any, ...]] = {
    "id": tuple(f"x{n}" for n in range(10)),
    "who": ("c0", "c1", "c2"),
    "source": ("wix", "staff", "manychat", "clicksend", "", "referral"),
    "status": ("scheduled", "confirmed", "completed", "completed", "cancelled", "no_show"),
    "value": (None, 0, 9_999, 12_000),
    "service": ("MRI", "CT", ""),
    "state": ("sent", "delivered", "failed", "queued", "skipped"),
    "author": (None, "s1"),
    "keyword": ("", "", "stop"),
    "channel": ("", "website", "phone", "sms", "manychat"),
    "direction": ("in", "in", "out"),
    "kind": ("page.seen", "booking.created", "booking.cancelled"),
    "done": ("done", "done", "dismissed", "open"),
    "none": (None,),
}


def change(random: Random) -> tuple[str, tuple[Any, ...]]:
    """One change of one fact, as SQL: rows come, change and go."""
    sql, needs = WHAT[random.choice([*WHAT, *OFTEN])]
    return sql, tuple(
        moment(random) if name in ("at", "other") else random.choice(CHOICES[name]) for name in needs.split()
    )


def moment(random: Random) -> int:
    """Within some hours, where much meets, or within half a year, with both changes of the clock in it."""
    return MORNING + random.choice([random.randrange(40) * 7 * MINUTE, random.randrange(800) * 6 * HOUR])


WHAT: dict[str, tuple[str, str]] = {
    "book": (
        "INSERT INTO bookings (tenant_id, id, contact_id, source, external_id, status, service, starts_at, ends_at,"
        " time_zone, value_minor, created_at, updated_at)"
        " VALUES ('tenant-harbour', ?1, ?2, ?3, ?1, ?4, ?5, ?6, ?6, 'UTC', ?7, ?8, 0) ON CONFLICT DO NOTHING",
        "id who source status service other value at",
    ),
    "settle": ("UPDATE bookings SET status = ?, value_minor = ? WHERE id = ?", "status value id"),
    "reschedule": ("UPDATE bookings SET starts_at = ?1, ends_at = ?1 WHERE id = ?2", "other id"),
    "rename": ("UPDATE bookings SET service = ? WHERE id = ?", "service id"),
    "hand over": ("UPDATE bookings SET contact_id = ? WHERE id = ?", "who id"),
    "unbook": (
        "DELETE FROM bookings WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM touchpoints WHERE subject_kind = 'booking' AND subject_id = ?1)",
        "id",
    ),
    "touch": (
        "INSERT INTO touchpoints (tenant_id, id, contact_id, kind, channel, direction, subject_kind, subject_id,"
        " cause_kind, cause_id, at)"
        # Nothing is told of a booking before there is one.
        " SELECT 'tenant-harbour', ?1, ?2, ?3, ?4, ?5, CASE WHEN ?3 = 'page.seen' THEN '' ELSE 'booking' END, ?1,"
        " '', '', ?6 WHERE ?3 = 'page.seen' OR EXISTS (SELECT 1 FROM bookings WHERE id = ?1)"
        " ON CONFLICT DO NOTHING",
        "id who kind channel direction at",
    ),
    "move touch": ("UPDATE touchpoints SET contact_id = ?, at = ? WHERE id = ?", "who at id"),
    "untouch": ("DELETE FROM touchpoints WHERE id = ?", "id"),
    "hear": (
        "INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, address, state, due_at,"
        " keyword, unique_key, cause_kind, cause_id, trace_id, created_at, updated_at)"
        " VALUES ('tenant-harbour', ?1, 'in', 'sms', 'inbound', ?2, '', 'received', ?3, ?4, ?1, '', '', '', 0, 0)"
        " ON CONFLICT DO NOTHING",
        "id who at keyword",
    ),
    "say": (
        "INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, address, state, due_at, sent_at,"
        " author_id, cost_micros, unique_key, cause_kind, cause_id, trace_id, created_at, updated_at)"
        " VALUES ('tenant-harbour', 'o' || ?1, 'out', 'sms', 'service', ?2, '', ?3, ?4, ?5, ?6, 79000, 'o' || ?1,"
        " '', '', '', 0, 0) ON CONFLICT DO NOTHING",
        "id who state at other author",
    ),
    "fate": ("UPDATE messages SET state = ?, sent_at = ? WHERE id = 'o' || ?", "state at id"),
    "unsay": ("DELETE FROM messages WHERE id = ? OR id = 'o' || ?", "id id"),
    "merge": ("UPDATE messages SET contact_id = ? WHERE id = ? OR id = 'o' || ?", "who id id"),
    "plan": (
        "INSERT INTO tasks (tenant_id, id, type, title, contact_id, due_at, unique_key, cause_kind, cause_id,"
        " trace_id, created_at, updated_at) VALUES ('tenant-harbour', ?1, 'other', '', ?2, ?3, ?1, '', '', '', 0, 0)"
        " ON CONFLICT DO NOTHING",
        "id who at",
    ),
    "do": (
        "UPDATE tasks SET status = ?1, done_by = 's1', done_at = CASE WHEN ?1 <> 'open' THEN ?2 END WHERE id = ?3",
        "done at id",
    ),
    "drop": ("DELETE FROM tasks WHERE id = ?", "id"),
    "come from": ("UPDATE contacts SET source = ?, created_at = ? WHERE id = ?", "source at who"),
    "be merged": ("UPDATE contacts SET merged_into = ? WHERE id = ?", "none who"),
    "come": (
        "INSERT INTO contacts (tenant_id, id, source, last_seen_at, created_at, updated_at)"
        " VALUES ('tenant-harbour', 'n' || ?, ?, 0, ?, 0) ON CONFLICT DO NOTHING",
        "id source at",
    ),
    "be forgotten": ("DELETE FROM contacts WHERE id = 'n' || ?", "id"),
    "have done": (
        "INSERT INTO tasks (tenant_id, id, type, title, contact_id, due_at, status, done_at, done_by, unique_key,"
        " cause_kind, cause_id, trace_id, created_at, updated_at)"
        " VALUES ('tenant-harbour', ?1, 'other', '', ?2, ?3, 'done', ?3, 's1', ?1, '', '', '', 0, 0)"
        " ON CONFLICT DO NOTHING",
        "id who at",
    ),
    "be gone": ("UPDATE contacts SET merged_into = 'c0' WHERE id = ?", "who"),
}


OFTEN = ("touch",) * 5 + ("move touch",) * 4 + ("untouch",) * 2
"""What matters only if much of it meets."""


def peopled(zone: str = "Australia/Sydney") -> Desk:
    desk = Desk(columns={"time_zone": zone}, accounts=False)
    run_ = desk.world.driver.connection.execute
    run_(
        "INSERT INTO staff (tenant_id, id, email, name, role, created_at)"
        " VALUES (?, 's1', 's@x.example', 'Sam', 'owner', 0)",
        (desk.tenant.id,),
    )
    for n in range(3):
        run_(
            "INSERT INTO contacts (tenant_id, id, source, last_seen_at, created_at, updated_at)"
            " VALUES (?, ?, 'wix', 0, ?, 0)",
            (desk.tenant.id, f"c{n}", MORNING + n * DAY),
        )
    return desk


def kept(desk: Desk) -> Figures:
    rows = desk.rows("SELECT day, metric, key, value FROM rollups")
    return {(row["day"], row["metric"], row["key"]): row["value"] for row in rows}


def facts(desk: Desk) -> Figures:
    return figures({table: desk.rows(f"SELECT * FROM {table}") for table in TABLES}, desk.tenant.zone)


@pytest.mark.parametrize("seed", range(25))
def test_rollups_are_the_facts_after_any_changes(seed: int) -> None:
    random = Random(seed)
    desk = peopled(random.choice(ZONES))
    for changes in (80, *[2] * 20, 5):
        for _ in range(changes):
            desk.world.driver.connection.execute(*change(random))
        assert run(settle(desk.ctx(), *EVER, steps=100))
        assert kept(desk) == facts(desk)
    assert desk.rows("SELECT * FROM rollup_dirty") == []
