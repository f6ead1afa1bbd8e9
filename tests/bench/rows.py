"""The rows of one large tenant, made up from a fixed seed and written straight into its database."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.auth.rules import new_token, token_hash

SEED = 11
ZONE = ZoneInfo("Australia/Sydney")
DAY = 24 * 3_600_000
TENANT = "bench"
SOURCES = ("wix", "manychat", "sms", "staff", "google", "facebook", "referral", "newsletter")
CHANNELS = ("", "website", "phone", "google", "facebook", "newsletter")
SERVICES = ("MRI knee", "MRI brain", "CT chest", "X-ray hand", "Ultrasound", "Mammography", "DEXA", "Biopsy")
STATUSES = ("completed",) * 7 + ("no_show", "cancelled", "confirmed")


@dataclass(frozen=True)
class Plan:
    """How much there is, over how many days up to two weeks from now, and how often each report is asked for."""

    bookings: int = 200_000
    touchpoints: int = 1_000_000
    contacts: int = 40_000
    messages: int = 60_000
    tasks: int = 20_000
    days: int = 730
    rounds: int = 21


FULL = Plan()
TINY = Plan(bookings=300, touchpoints=1_500, contacts=60, messages=120, tasks=40, days=40, rounds=3)


def fill(database: Path, plan: Plan) -> str:
    """A tenant with all its rows, marked out of date as a migration does; a session's token of its owner."""
    random, token = Random(SEED), new_token()
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%tally%'"
        ).fetchall()
        db.execute("BEGIN")
        # A trigger for each of a million rows would mark the same hours over and over.
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        now = int(time.time() * 1000)
        until = int((datetime.now(ZONE) + timedelta(days=14)).timestamp() * 1000)
        since = until - plan.days * DAY
        _people(db, random, plan, now, since, token)
        _bookings(db, random, plan, now, since, until)
        _touchpoints(db, random, plan, since, now)
        _messages(db, random, plan, since, now)
        _tasks(db, random, plan, since, now)
        for column, table in (
            ("created_at", "bookings"),
            ("starts_at", "bookings"),
            ("created_at", "contacts"),
            ("due_at", "messages"),
            ("done_at", "tasks"),
        ):
            db.execute(
                f"INSERT INTO rollup_dirty SELECT DISTINCT tenant_id, {column} / 3600000, 'first' FROM {table}"
                f" WHERE {column} IS NOT NULL ON CONFLICT DO NOTHING"
            )
        db.execute(
            "INSERT INTO jobs (tenant_id, id, kind, bell, unique_key, due_at, cause_kind, cause_id, trace_id,"
            " created_at) VALUES (?, 'build', 'reports.tally', 'automation', 'build', 0, 'bench', 'b', 'b', 0)",
            (TENANT,),
        )
        for _, sql in triggers:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return token


def _people(db: sqlite3.Connection, random: Random, plan: Plan, now: int, since: int, token: str) -> None:
    db.execute(
        "INSERT INTO tenants (id, slug, kind, name, time_zone, country, currency, locale, created_at)"
        " VALUES (?1, ?1, 'clinic', 'Bench', ?2, 'AU', 'AUD', 'en-AU', ?3)",
        (TENANT, ZONE.key, since),
    )
    for n in range(10):
        db.execute(
            "INSERT INTO staff (tenant_id, id, email, name, role, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (TENANT, f"s{n}", f"s{n}@bench.example", f"Colleague {n}", "staff" if n else "owner", since),
        )
    db.execute(
        "INSERT INTO sessions (tenant_id, token_hash, staff_id, created_at, expires_at) VALUES (?, ?, 's0', ?, ?)",
        (TENANT, token_hash(token), now, now + DAY),
    )
    db.executemany(
        "INSERT INTO contacts (tenant_id, id, first_name, source, last_seen_at, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (TENANT, f"c{n:07}", f"Person {n}", random.choice(SOURCES), at, at, at)
            for n in range(plan.contacts)
            for at in [random.randrange(since, now)]
        ),
    )


def _bookings(db: sqlite3.Connection, random: Random, plan: Plan, now: int, since: int, until: int) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(plan.bookings):
            starts = random.randrange(since + DAY, until)
            created = min(now - 1, starts - random.randrange(21) * DAY - random.randrange(DAY))
            status = random.choice(STATUSES) if starts < now else "confirmed"
            yield (
                *(
                    TENANT,
                    f"b{n:07}",
                    f"c{random.randrange(plan.contacts):07}",
                    random.choice(("wix", "staff")),
                ),
                *(f"x{n}", status, random.choice(SERVICES), starts, starts + 1_800_000, ZONE.key),
                *(random.randrange(8_000, 60_000), created, created),
            )

    db.executemany(
        "INSERT INTO bookings (tenant_id, id, contact_id, source, external_id, status, service, starts_at, ends_at,"
        " time_zone, value_minor, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )


def _touchpoints(db: sqlite3.Connection, random: Random, plan: Plan, since: int, now: int) -> None:
    db.executemany(
        "INSERT INTO touchpoints (tenant_id, id, contact_id, kind, channel, direction, summary, cause_kind, cause_id,"
        " at) VALUES (?, ?, ?, 'page.seen', ?, ?, 'Looked at the page of a service', 'bench', '', ?)",
        (
            (
                *(TENANT, f"t{n:08}", f"c{random.randrange(plan.contacts):07}", random.choice(CHANNELS)),
                *("in" if random.random() < 0.8 else "out", random.randrange(since, now)),
            )
            for n in range(plan.touchpoints)
        ),
    )


def _messages(db: sqlite3.Connection, random: Random, plan: Plan, since: int, now: int) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(plan.messages // 2):
            contact, at = f"c{random.randrange(plan.contacts):07}", random.randrange(since, now)
            wait = int(random.expovariate(1 / 2_400_000))
            yield TENANT, f"m{n}i", "in", "inbound", contact, "received", at, None, None, f"{n}i", at, at
            yield (
                *(TENANT, f"m{n}o", "out", "transactional", contact, "delivered", at + wait, at + wait),
                *(f"s{random.randrange(10)}", f"{n}o", at + wait, at + wait),
            )

    db.executemany(
        "INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, address, state, due_at, sent_at,"
        " author_id, unique_key, cause_kind, cause_id, trace_id, created_at, updated_at)"
        " VALUES (?, ?, ?, 'sms', ?, ?, '', ?, ?, ?, ?, ?, 'bench', '', '', ?, ?)",
        rows(),
    )


def _tasks(db: sqlite3.Connection, random: Random, plan: Plan, since: int, now: int) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(plan.tasks):
            made = random.randrange(since, now)
            done = made + random.randrange(3 * DAY)
            over = done < now
            who = f"s{random.randrange(10)}"
            yield (
                *(TENANT, f"k{n}", f"c{random.randrange(plan.contacts):07}", who, "done" if over else "open"),
                *(made + DAY, f"k{n}", made, made, done if over else None, who if over else None),
            )

    db.executemany(
        "INSERT INTO tasks (tenant_id, id, type, title, contact_id, assignee_id, status, due_at, unique_key,"
        " cause_kind, cause_id, trace_id, created_at, updated_at, done_at, done_by)"
        " VALUES (?, ?, 'follow_up', 'Call back', ?, ?, ?, ?, ?, 'bench', '', '', ?, ?, ?, ?)",
        rows(),
    )
