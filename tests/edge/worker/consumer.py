"""The contract Worker's queue consumer, which notes what it hears and then behaves as it is told."""

import time
from typing import Any

from js import Object
from pyodide.ffi import to_js

from frontdesk.core.db import Bound
from frontdesk.edge.d1 import D1Driver
from frontdesk.edge.requests import bells

HEARD = "CREATE TABLE IF NOT EXISTS heard (seq INTEGER PRIMARY KEY, id TEXT, attempt INTEGER, at INTEGER)"


async def consume(env: Any, batch: Any) -> None:
    """Notes every bell, then does what its tenant's name says: ack, retry, later, or raise for the whole batch."""
    driver = D1Driver(env.DB)
    rung = list(bells(batch))
    messages = list(getattr(batch, "_binding", batch).messages)
    notes = [
        Bound(
            "INSERT INTO heard (id, attempt, at) VALUES (?1, ?2, ?3)",
            (bell.id, int(message.attempts), int(time.time() * 1000)),
        )
        for bell, message in zip(rung, messages, strict=True)
    ]
    await driver.batch([Bound(HEARD, ()), *notes])
    for bell, message in zip(rung, messages, strict=True):
        if bell.tenant == "retry":
            message.retry()
        elif bell.tenant == "later" and message.attempts == 1:
            message.retry(to_js({"delaySeconds": 1}, dict_converter=Object.fromEntries))
        else:
            message.ack()
    if any(bell.tenant == "poison" for bell in rung):
        raise ValueError("poison")
