"""Is it up, and can it work: one answer without any dependency, one that asks each of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from frontdesk.core.db import Statement, SystemDb, expect
from frontdesk.core.errors import Mismatch, Stale
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.web import HttpResponse

PATIENCE_S = 5.0
PROBE = "health/probe"
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


def alive() -> HttpResponse:
    """The Worker runs; nothing else is asked."""
    return HttpResponse(200, _HEADERS, b'{"status":"ok"}')


async def ready(platform: Platform, shard: str = "main") -> HttpResponse:
    """Each dependency asked once, side by side, with its time in ms; 503 when one fails or takes over 5 s.

    Of the database the one thing is asked that all exactly-once stands on, and that no contract of Cloudflare's
    promises: a batch fails whole when the change before `expect` changed nothing.
    """

    async def database() -> None:
        with suppress(Stale):
            await SystemDb(platform.driver_of(shard)).run(
                Statement("UPDATE tenants SET version = version WHERE id = ''"), expect(1)
            )
            raise Mismatch("A batch does not see what its statements changed.")

    async def kv() -> None:
        await platform.kv.get(PROBE)

    async def files() -> None:
        await platform.files.get(PROBE)

    probes = {"database": database, "kv": kv, "files": files}
    reports = await asyncio.gather(*(_timed(platform, name, probe) for name, probe in probes.items()))
    fine = all(report["ok"] for report in reports)
    body = {"status": "ok" if fine else "degraded", "checks": dict(zip(probes, reports, strict=True))}
    return HttpResponse(200 if fine else 503, _HEADERS, dump_json(body).encode())


async def _timed(platform: Platform, name: str, probe: Callable[[], Awaitable[None]]) -> dict[str, Any]:
    started = platform.clock.real()
    try:
        await asyncio.wait_for(probe(), PATIENCE_S)
        fine = True
    except Exception as error:
        # The caller learns which part failed; why is for the log.
        platform.log.error("not ready", error, part=name)
        fine = False
    return {"ok": fine, "ms": platform.clock.real() - started}
