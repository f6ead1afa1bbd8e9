"""What an attacker or a busy tenant can make grow: it stays bounded, or is forgotten as fast as it comes."""

import asyncio
import json

import pytest
from pydantic import ValidationError

from frontdesk import app, webhooks
from frontdesk.core.clock import DAY
from frontdesk.core.deliveries import REFUSED_A_MINUTE
from frontdesk.core.errors import NotFound
from frontdesk.core.events import JobDraft
from frontdesk.core.ids import uuid7
from frontdesk.core.settings import PlatformSettings
from frontdesk.core.tick import tick
from frontdesk.integrations.inbound import Inbound
from frontdesk.tenants.queries import by_slug
from support.desk import MORNING, Desk
from support.platform import make_platform, make_tenant


def test_a_flood_of_forgeries_leaves_no_row_beyond_the_cap() -> None:
    desk = Desk()
    before = desk.rows("SELECT count(*) AS n FROM commits")[0]["n"]

    async def flood() -> None:
        for _ in range(REFUSED_A_MINUTE + 40):
            forged = Inbound("POST", "https://x/webhooks/wix/harbour", {}, b"forged", desk.world.real)
            answer = await webhooks.receive(desk.world.platform, app.WIRING, app.WEBHOOKS, forged)
            assert answer.status == 401

    asyncio.run(flood())
    assert desk.rows("SELECT count(*) AS n FROM deliveries") == [{"n": REFUSED_A_MINUTE}]
    assert desk.rows("SELECT count(*) AS n FROM commits")[0]["n"] == before


def test_a_night_forgets_all_that_a_busy_day_left() -> None:
    desk = Desk(settings={"keep_raw_days": 30})
    run = desk.world.driver.connection.executemany
    old = MORNING - 70 * DAY
    run(
        "INSERT INTO deliveries (tenant_id, id, source, verdict, path, body, body_bytes, body_sha256, received_at)"
        " VALUES (?, ?, 'wix', ?, '/', 'body', 4, '', ?)",
        [(desk.tenant.id, uuid7(old), "accepted", old + n) for n in range(1_201)],
    )
    run(
        "INSERT INTO commits (tenant_id, id) VALUES (?, ?)",
        [(desk.tenant.id, uuid7(old + n)) for n in range(10_500)],
    )
    run(
        "INSERT INTO jobs (tenant_id, id, kind, bell, unique_key, due_at, state, cause_kind, cause_id, trace_id,"
        " created_at) VALUES (?, ?, 'k', 'messages', ?, ?, 'done', '', '', '', ?)",
        [(desk.tenant.id, uuid7(old), str(n), old, old) for n in range(5_200)],
    )
    desk.commit(JobDraft("spine.forget", key="tonight"))
    desk.work()
    assert desk.rows("SELECT body_form, count(*) AS n FROM deliveries GROUP BY 1") == [
        {"body_form": "purged", "n": 1_201}
    ]
    floor = uuid7(MORNING - 3 * DAY)
    assert desk.rows("SELECT count(*) AS n FROM commits WHERE id < ?", floor) == [{"n": 0}]
    assert desk.rows("SELECT count(*) AS n FROM jobs WHERE kind = 'k'") == [{"n": 0}]
    assert desk.rows("SELECT state FROM jobs WHERE state <> 'done'") == []


def test_a_night_forgets_all_that_rules_did_and_told_of() -> None:
    """More of each than one commit forgets at once."""
    desk = Desk()
    run = desk.world.driver.connection.executemany
    ((rule, version),) = [
        tuple(row.values()) for row in desk.rows("SELECT rule_id, version FROM rule_versions LIMIT 1")
    ]
    old, lately, tenant = MORNING - 401 * DAY, MORNING - 31 * DAY, desk.tenant.id
    ids = [uuid7(old + n) for n in range(5_100)]
    calls = [uuid7(lately - n) for n in range(5_100)]
    run(
        "INSERT INTO rule_runs (tenant_id, id, rule_id, version, state, unique_key, due_at, cause_kind, cause_id,"
        " trace_id, created_at) VALUES (?, ?, ?, ?, 'ran', ?, 0, '', '', '', 0)",
        [(tenant, id_, rule, version, id_) for id_ in [*ids, uuid7(lately)]],
    )
    (kept,) = desk.rows("SELECT id FROM rule_runs ORDER BY id DESC LIMIT 1")
    run(
        "INSERT INTO run_effects (tenant_id, run_id, step, do, kind) VALUES (?, ?, 1, 'tag', 'contact')",
        [(tenant, id_) for id_ in ids],
    )
    run(
        "INSERT INTO webhook_calls (tenant_id, id, run_id, step, url, body, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, 'https://x', 'said', 0, 0)",
        [(tenant, id_, kept["id"], step) for step, id_ in enumerate(calls)],
    )
    run(
        "INSERT INTO notices (tenant_id, id, title, unique_key, cause_kind, cause_id, trace_id, created_at)"
        " VALUES (?, ?, 'Look', ?, '', '', '', 0)",
        [(tenant, id_, id_) for id_ in ids],
    )
    run(
        "INSERT INTO pushes (tenant_id, notice_id, device_id, staff_id, state, at) VALUES (?, ?, '', '', 'sent', ?)",
        [(tenant, id_, old) for id_ in ids],
    )
    for kind in ("automation.forget", "notices.forget"):
        desk.commit(JobDraft(kind, key="tonight"))
    desk.work()
    assert desk.rows("SELECT id FROM rule_runs") == [kept]
    for table in ("run_effects", "notices", "pushes"):
        assert desk.rows(f"SELECT * FROM {table}") == []
    assert desk.rows("SELECT body, count(*) AS n FROM webhook_calls GROUP BY 1") == [{"body": "", "n": 5_100}]
    assert desk.rows(
        "SELECT kind, state, count(*) AS n FROM jobs WHERE kind LIKE '%.forget' GROUP BY 1, 2"
    ) == [
        {"kind": "automation.forget", "state": "done", "n": 2},
        {"kind": "notices.forget", "state": "done", "n": 3},
    ]


def test_a_night_forgets_a_flood_of_sign_ins() -> None:
    desk = Desk()
    blue = Desk(world=desk.world, slug="blue")
    run = desk.world.driver.connection.executemany
    old, count = MORNING - 2 * DAY - 1, 10_050
    for tenant, ids in (
        (desk.tenant.id, [uuid7(old - n) for n in range(count)]),
        (desk.tenant.id, [uuid7(MORNING - DAY)]),
        (blue.tenant.id, [uuid7(old)]),
    ):
        at = int(ids[0].replace("-", "")[:12], 16)
        run(
            "INSERT INTO sign_ins (tenant_id, id, email_hash, expires_at, created_at) VALUES (?, ?, ?, ?, ?)",
            [(tenant, id_, id_, at, at) for id_ in ids],
        )
        run(
            "INSERT INTO events (tenant_id, id, type, source, external_id, payload, cause_kind, cause_id, trace_id,"
            " occurred_at, recorded_at) VALUES (?, ?, 'auth.code_unclaimed', 'frontdesk', ?, '{\"sealed\":1}', '',"
            " '', '', ?, ?)",
            [(tenant, id_, id_, at, at) for id_ in ids],
        )
        run(
            "INSERT INTO jobs (tenant_id, id, kind, bell, unique_key, due_at, state, cause_kind, cause_id, trace_id,"
            " created_at) VALUES (?, ?, 'auth.leave_unclaimed', 'automation', ?, ?, 'done', '', '', '', ?)",
            [(tenant, f"j{id_}", id_, at, at) for id_ in ids],
        )
        run(
            "INSERT INTO job_done (tenant_id, job_id, done_at) VALUES (?, ?, ?)",
            [(tenant, f"j{id_}", at) for id_ in ids],
        )
    desk.commit(JobDraft("auth.purge", key="tonight"))
    desk.work()
    for table in (
        "sign_ins",
        "events WHERE type = 'auth.code_unclaimed'",
        "jobs WHERE kind = 'auth.leave_unclaimed'",
        "job_done WHERE job_id LIKE 'j%'",
    ):
        left = desk.rows(f"SELECT tenant_id FROM {table}")
        assert sorted(row["tenant_id"] for row in left) == sorted([desk.tenant.id, blue.tenant.id]), table
    assert desk.rows("SELECT count(*) AS n FROM jobs WHERE kind = 'auth.purge'") == [{"n": 3}]


def test_one_unreadable_schedule_holds_up_no_other() -> None:
    desk = Desk()
    desk.world.driver.connection.executemany(
        "INSERT INTO cadences (tenant_id, name, kind, spec, next_at) VALUES (?, ?, 'spine.forget', ?, ?)",
        [
            (desk.tenant.id, "a-bad", '{"every":"fortnight"}', MORNING - 2),
            (desk.tenant.id, "b-good", json.dumps({"every": "interval", "ms": 60_000}), MORNING - 1),
        ],
    )
    ticked = asyncio.run(tick(desk.world.platform, "main"))
    assert ticked.cadences == 1
    assert desk.rows("SELECT cause_id FROM jobs WHERE cause_kind = 'cadence'") == [{"cause_id": "b-good"}]
    assert any("a-bad" in line for line in desk.world.lines)


def test_names_that_somebody_made_up_push_no_tenant_out_of_memory() -> None:
    world = make_platform()
    make_tenant(world)
    world.settings = world.settings.model_copy(update={"tenant_cache_ms": 30_000})

    async def flood() -> int:
        await by_slug(world.platform, "harbour")
        for number in range(600):
            for _ in range(2):
                with pytest.raises(NotFound):
                    await by_slug(world.platform, f"junk{number}")
        await world.settle()
        world.kv.kept.clear()
        before = world.driver.calls
        await by_slug(world.platform, "harbour")
        return world.driver.calls - before

    assert asyncio.run(flood()) == 0


def test_a_missing_master_key_is_reported_without_the_other_one() -> None:
    with pytest.raises(ValidationError) as refused:
        PlatformSettings.model_validate({"master_key_previous": "v1:hidden"})
    assert "hidden" not in str(refused.value)
