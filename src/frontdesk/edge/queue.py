"""The two queues behind `core.platform.Bells`."""

from collections.abc import Mapping, Sequence
from typing import Any

from js import Object
from pyodide.ffi import JsProxy, to_js

from frontdesk.core.platform import Bell


class QueueBells:
    """Bells by name. A message carries only where its row is."""

    def __init__(self, queues: Mapping[str, JsProxy]) -> None:
        self._queues = queues

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        """One `send` or `sendBatch`."""
        bodies = [{"shard": b.shard, "tenant": b.tenant, "id": b.id} for b in bells]
        options = _js({"delaySeconds": delay_s} if delay_s else {})
        if len(bodies) == 1:
            # The commonest by far, behind every webhook; a batch of one costs a tenth of a millisecond more.
            await self._queues[name].send(_js(bodies[0]), options)
        else:
            await self._queues[name].sendBatch(_js([{"body": body} for body in bodies]), options)


def _js(value: Any) -> Any:
    return to_js(value, dict_converter=Object.fromEntries)
