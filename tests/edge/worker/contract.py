"""The contract Worker: POST /<module>/<check> runs one check; 204 when it holds, else its traceback."""

from typing import Any
from urllib.parse import urlsplit

from checks import crypto, d1, durable_object, http, kv, queue, r2
from consumer import consume
from room import Room as Room
from workers import Response, WorkerEntrypoint

MODULES = {
    "crypto": crypto,
    "d1": d1,
    "durable_object": durable_object,
    "http": http,
    "kv": kv,
    "queue": queue,
    "r2": r2,
}


class Default(WorkerEntrypoint):
    """Checks over HTTP, and the consumer that `checks.queue` talks to."""

    async def fetch(self, request: Any) -> Any:
        _, module, name = urlsplit(str(request.url)).path.split("/")
        env: Any = getattr(self.env, "_env", self.env)
        await getattr(MODULES[module], name)(env)
        return Response(None, status=204)

    async def queue(self, batch: Any, env: Any, ctx: Any) -> None:
        await consume(getattr(self.env, "_env", self.env), batch)
