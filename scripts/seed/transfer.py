"""From memory to D1: whole tables in one batch, a few large statements each, all or nothing."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from frontdesk.core.parsing import dump_json
from local.client import Runtime

TABLES = (
    "contacts",
    "contact_identities",
    "touchpoints",
    "deliveries",
    "events",
    "jobs",
    "job_done",
    "bookings",
    "messages",
    "consents",
    "pace",
    "audit",
    "stage_moves",
    "tasks",
    "conversations",
    "rule_runs",
    "run_effects",
    "notices",
    "notice_marks",
    "reports",
)
"""Parents first."""
LEFT = frozenset(
    {
        # Who the tenant is, its rules and its schedules are there already: its installation wrote them.
        *("tenants", "domains", "tenant_secrets", "staff", "cadences"),
        *("rules", "rule_versions", "rule_triggers", "templates"),
        # Asked for within seconds, never afterwards.
        *("commits", "sessions", "sign_ins", "sign_ins_used"),
        # Reckoned anew from what arrives.
        *("rollups", "rollup_days", "rollup_dirty", "rollup_checks"),
        # Nothing of this happens in the past we tell.
        *("merges", "merged_rows", "webhook_calls", "push_devices", "pushes"),
    }
)
"""What stays behind."""
CHUNK = 900_000
"""Characters of JSON a statement takes; D1 refuses values over 2 MB."""

Row = tuple[Any, ...]


def transfer(database: sqlite3.Connection, runtime: Runtime) -> dict[str, int]:
    """Everything in `TABLES`, into a tenant that is there already. Rows by table."""
    statements, counts = [], {}
    for table in TABLES:
        columns = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        order = "seq" if "seq" in columns else "1, 2"
        kept = [name for name in columns if name != "seq"]
        names = ", ".join(kept)
        rows = database.execute(f"SELECT {names} FROM {table} ORDER BY {order}").fetchall()
        counts[table] = len(rows)
        values = ", ".join(f"value ->> {index}" for index in range(len(kept)))
        sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?1)"
        statements += [(sql, (part,)) for part in _chunks(rows)]
    runtime.d1_batch(statements)
    return counts


def _chunks(rows: list[Row]) -> Iterator[str]:
    part: list[str] = []
    size = 0
    for row in rows:
        text = dump_json(list(row))
        if part and size + len(text) > CHUNK:
            yield f"[{','.join(part)}]"
            part, size = [], 0
        part.append(text)
        size += len(text) + 1
    if part:
        yield f"[{','.join(part)}]"
