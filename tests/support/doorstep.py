"""The inbound door with one provider behind it, whose verdicts a test decides."""

import json
from collections.abc import Mapping
from typing import Any

from frontdesk import webhooks
from frontdesk.core.ctx import Ctx
from frontdesk.core.rows import Job
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import JobKind, Wiring
from frontdesk.integrations.inbound import Accepted, Door, Inbound, Knock, Verdict
from support.calls import run
from support.platform import NOON, World, make_platform, make_tenant


async def nothing(ctx: Ctx, job: Job) -> None:
    """Does nothing."""


WIRING = Wiring(
    {"hear": JobKind(nothing), "tell": JobKind(nothing, bell="messages")}, {"heard": ("hear", "tell")}
)


class Doorstep:
    """A tenant and one provider, whose next verdict a test decides."""

    def __init__(self) -> None:
        self.world: World = make_platform()
        self.tenant = make_tenant(self.world)
        self.verdict: Verdict = accepted()
        self.knocks: list[Knock] = []

    async def _door(self, knock: Knock) -> Verdict:
        self.knocks.append(knock)
        return self.verdict

    def knock(
        self,
        path: str = "/webhooks/wix/harbour",
        body: bytes = b'{"a":1}',
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        doors: dict[str, Door] = {"wix": self._door, "clicksend": self._door}
        request = Inbound(method, f"https://desk.example{path}", headers or {}, body, self.world.real)

        async def story() -> HttpResponse:
            response = await webhooks.receive(self.world.platform, WIRING, doors, request)
            await self.world.settle()
            return response

        return run(story())

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.world.driver.rows(f"SELECT * FROM {table}")


def accepted(external_id: str = "e1", **payload: Any) -> Accepted:
    return Accepted(external_id, "heard", NOON - 5, payload or {"n": 1}, "site")


def status(response: HttpResponse) -> str:
    return str(json.loads(response.body)["status"])
