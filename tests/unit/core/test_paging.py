"""Pages by cursor over real rows: each row once, also where many share an instant."""

from frontdesk import app
from frontdesk.bookings import queries as bookings
from frontdesk.core.ctx import SYSTEM, Cause, Ctx
from frontdesk.core.pages import NEWEST, OLDEST, Cursor, decode_cursor
from frontdesk.spine import queries as spine
from support.calls import run
from support.platform import NOON, make_platform, make_tenant


def test_pages_of_a_verdict_show_every_delivery_once() -> None:
    world = make_platform()
    tenant = make_tenant(world)
    world.driver.connection.executemany(
        "INSERT INTO deliveries (tenant_id, id, source, verdict, path, body_bytes, body_sha256, received_at)"
        " VALUES (?, ?, 'wix', ?, '/', 0, '', ?)",
        [
            (tenant.id, f"d{number}", "ignored" if number % 3 else "refused", NOON + number // 4)
            for number in range(24)
        ],
    )
    ctx = Ctx(world.platform, app.WIRING, tenant, SYSTEM, Cause("test", "t", "t"))
    shown: list[str] = []
    marker: str | None = None
    while not shown or marker:
        after = decode_cursor(marker, NEWEST)
        page = run(spine.deliveries(ctx, after=after, limit=3, source=None, verdict="refused"))
        shown += [each.id for each in page.items]
        marker = page.next
    assert sorted(shown) == sorted(f"d{number}" for number in range(0, 24, 3))
    assert len(set(shown)) == len(shown)


def test_bookings_from_an_instant_include_it_and_go_on_from_a_cursor() -> None:
    world = make_platform()
    tenant = make_tenant(world)
    execute = world.driver.connection.execute
    execute(
        "INSERT INTO contacts (tenant_id, id, last_seen_at, created_at, updated_at) VALUES (?, 'c', 0, 0, 0)",
        (tenant.id,),
    )
    for id_, at in (("a", NOON - 1), ("b", NOON), ("c", NOON), ("d", NOON + 1)):
        execute(
            "INSERT INTO bookings (tenant_id, id, contact_id, source, external_id, status, starts_at, ends_at,"
            " time_zone, created_at, updated_at) VALUES (?, ?, 'c', 'wix', ?, 'confirmed', ?, ?, 'UTC', 0, 0)",
            (tenant.id, id_, id_, at, at),
        )
    ctx = Ctx(world.platform, app.WIRING, tenant, SYSTEM, Cause("test", "t", "t"))
    first = run(bookings.listed(ctx, after=OLDEST, limit=2, starts_from=NOON))
    assert [each.id for each in first.items] == ["b", "c"]
    after = Cursor(NOON, "c")
    second = run(bookings.listed(ctx, after=after, limit=2, starts_from=NOON))
    assert [each.id for each in second.items] == ["d"]
