"""Queues: acknowledgement, retries and delay, watched through the rows the consumer leaves."""

import asyncio
import time
import uuid
from typing import Any

from consumer import HEARD
from pydantic_core import from_json
from same import same

from frontdesk.core.db import Bound
from frontdesk.core.platform import Bell
from frontdesk.edge.d1 import D1Driver
from frontdesk.edge.queue import QueueBells


async def _ring(env: Any, tenant: str, *, delay_s: int = 0, count: int = 1) -> list[str]:
    await D1Driver(env.DB).batch([Bound(HEARD, ())])
    ids = [str(uuid.uuid4()) for _ in range(count)]
    await QueueBells({"bell": env.BELL}).ring("bell", [Bell("main", tenant, i) for i in ids], delay_s=delay_s)
    return ids


async def _heard(env: Any, ids: list[str], wanted: int, seconds: float = 25) -> list[dict[str, Any]]:
    """The notes on `ids` once there are `wanted`; then a moment longer, to see whether more come."""
    marks = ", ".join(f"?{n}" for n in range(1, len(ids) + 1))
    sql = f"SELECT id, attempt, at FROM heard WHERE id IN ({marks}) ORDER BY seq"
    deadline = time.time() + seconds
    while True:
        rows: list[dict[str, Any]] = from_json(await D1Driver(env.DB).query(Bound(sql, tuple(ids))))
        if len(rows) >= wanted or time.time() > deadline:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    return from_json(await D1Driver(env.DB).query(Bound(sql, tuple(ids))))  # type: ignore[no-any-return]


async def an_acknowledged_bell_is_heard_once(env: Any) -> None:
    ids = await _ring(env, "ack", count=12)
    rows = await _heard(env, ids, 12)
    same(sorted(row["id"] for row in rows), sorted(ids))
    same({row["attempt"] for row in rows}, {1})


async def a_retried_bell_comes_back_until_the_limit(env: Any) -> None:
    ids = await _ring(env, "retry")
    same([row["attempt"] for row in await _heard(env, ids, 3)], [1, 2, 3])


async def a_retry_can_wait(env: Any) -> None:
    ids = await _ring(env, "later")
    first, second = await _heard(env, ids, 2)
    same(second["at"] - first["at"] >= 900, True)


async def a_send_can_wait(env: Any) -> None:
    started = time.time() * 1000
    (row,) = await _heard(env, await _ring(env, "ack", delay_s=1), 1)
    same(row["at"] - started >= 900, True)


async def raising_after_an_acknowledgement_redelivers(env: Any) -> None:
    """Why the product's consumer never raises."""
    ids = await _ring(env, "poison")
    same([row["attempt"] for row in await _heard(env, ids, 3)], [1, 2, 3])
