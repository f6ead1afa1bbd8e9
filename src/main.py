"""The Worker's entry: what Cloudflare calls, handed to the room that knows. The map is frontdesk/app.py."""

import asyncio
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from workers import WorkerEntrypoint

from frontdesk import app, webhooks
from frontdesk.core import door, jobs, upgrade
from frontdesk.core.platform import Bell, Platform
from frontdesk.core.tick import tick
from frontdesk.edge import live, requests
from frontdesk.edge.runtime import SHARDS, platform_of, to_the_end
from frontdesk.objects import TenantAgent as TenantAgent
from frontdesk.tenants.queries import by_id


class Default(WorkerEntrypoint):
    """fetch, queue and scheduled; one instance an invocation."""

    async def fetch(self, request: Any) -> Any:
        """A webhook, a live socket, an API call or a page."""
        platform = platform_of(self.env, self.ctx)

        async def answer() -> Any:
            inbound = await requests.read(request)
            path = urlsplit(inbound.url).path
            if path == upgrade.PATH:
                return await upgrade.answer(
                    platform, app.LIVE_DOOR, inbound, partial(live.handed_over, self.env)
                )
            if path.startswith("/webhooks/"):
                return await webhooks.receive(platform, app.WIRING, app.WEBHOOKS, inbound)
            return await door.answer(platform, app.WIRING, app.DOOR, inbound)

        work = door.guarded(platform, answer)
        if urlsplit(str(request.url)).path.startswith("/webhooks/"):
            work = to_the_end(self.ctx, work)
        return requests.written(await work)

    async def queue(self, batch: Any, env: Any = None, ctx: Any = None) -> None:
        """Bells: run the rows they point at. The rows decide about retries, so every message is acknowledged."""
        platform = platform_of(self.env, self.ctx)
        await asyncio.gather(*(_ring(platform, bell) for bell in requests.bells(batch)))

    async def scheduled(self, controller: Any, env: Any = None, ctx: Any = None) -> None:
        """The minute's tick."""
        platform = platform_of(self.env, self.ctx)
        for shard in SHARDS:
            await tick(platform, shard, app.CADENCES)


async def _ring(platform: Platform, bell: Bell) -> None:
    try:
        tenant = await by_id(platform, bell.tenant, bell.shard)
        await jobs.run(platform, app.WIRING, tenant, bell.id)
    except Exception as error:
        # The row is still there and due; the tick rings for it again.
        platform.log.error("bell failed", error, tenant=bell.tenant, job=bell.id)
