"""A night's forgetting in the real database: as many rounds as it takes, each a bounded commit."""

from seed.api import Api
from seed.office import Office
from support.stage import Stage

FLOOD = """
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 10499)
    INSERT INTO {table} SELECT {columns} FROM n
"""
ID = "printf('01900000-0000-7000-8000-%012x', i)"
"""A UUIDv7 of June 2024."""


def test_what_a_stranger_asked_for_all_day_is_gone_after_the_night(
    stage: Stage, clinic: Office, api: Api
) -> None:
    d1, tenant = stage.runtime.d1, clinic.tenant.id
    for table, columns in (
        ("sign_ins (tenant_id, id, email_hash, expires_at, created_at)", f"?1, {ID}, {ID}, 0, 0"),
        (
            "events (tenant_id, id, type, source, external_id, payload, cause_kind, cause_id, trace_id, occurred_at,"
            " recorded_at)",
            f"?1, {ID}, 'auth.code_unclaimed', 'frontdesk', {ID}, '{{}}', '', '', '', 0, 0",
        ),
        (
            "jobs (tenant_id, id, kind, bell, unique_key, due_at, state, cause_kind, cause_id, trace_id, created_at)",
            f"?1, {ID}, 'auth.leave_unclaimed', 'automation', {ID}, 0, 'done', '', '', '', 0",
        ),
    ):
        d1(FLOOD.format(table=table, columns=columns), tenant)
    d1("UPDATE cadences SET next_at = 0 WHERE tenant_id = ?1 AND name = 'purge-access'", tenant)
    stage.runtime.tick()
    stage.drain()
    for table, rest in (
        ("sign_ins", ""),
        ("events", "AND type = 'auth.code_unclaimed'"),
        ("jobs", "AND kind = 'auth.leave_unclaimed'"),
    ):
        assert d1(f"SELECT count(*) AS n FROM {table} WHERE tenant_id = ?1 {rest}", tenant) == [{"n": 0}], (
            table
        )
    rounds = [each["state"] for each in api.items("/api/v1/jobs") if each["kind"] == "auth.purge"]
    assert rounds == ["done"] * 3
