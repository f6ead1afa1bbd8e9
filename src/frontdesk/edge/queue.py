"""The two queues behind `core.platform.Bells`."""

from collections.abc import Mapping, Sequence

from js import Object
from pyodide.ffi import JsProxy, to_js

from frontdesk.core.platform import Bell


class QueueBells:
    """Bells by name. A message carries only where its row is."""

    def __init__(self, queues: Mapping[str, JsProxy]) -> None:
        self._queues = queues

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        """One `sendBatch`."""
        messages = [{"body": {"shard": b.shard, "tenant": b.tenant, "id": b.id}} for b in bells]
        options = {"delaySeconds": delay_s} if delay_s else {}
        await self._queues[name].sendBatch(
            to_js(messages, dict_converter=Object.fromEntries),
            to_js(options, dict_converter=Object.fromEntries),
        )
