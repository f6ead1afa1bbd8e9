"""A Worker that fails in every way the local runtime must survive and report."""

import asyncio
import json
from typing import Any

import js
from workers import DurableObject, Response, WorkerEntrypoint

VERSION = "done"


class Agent(DurableObject):
    """Fails in its alarm."""

    async def said(self) -> str:
        return VERSION

    async def ring(self) -> str:
        await self.ctx.storage.setAlarm(js.Date.now() + 50)
        return "set"

    async def alarm(self, info: Any = None) -> None:
        raise ValueError("in the alarm")


class Default(WorkerEntrypoint):
    """One path, one behaviour."""

    async def fetch(self, request: Any) -> Any:
        url = js.URL.new(request.url)
        env: Any = getattr(self.env, "_env", self.env)
        match str(url.pathname):
            case "/greeting":
                return Response(f"{env.GREETING} {url.host}")
            case "/boom":
                return _fail_in("the request")
            case "/background":
                self.ctx.waitUntil(self.later())
            case "/queue":
                await env.BELL.send("ring")
            case "/alarm":
                return Response(await env.AGENT.getByName("one").ring())
            case "/fatal":
                json.loads("[" * 20_000)
            case "/object":
                return Response(await env.AGENT.getByName("one").said())
            case "/offset":
                return Response(str(env.LOCAL.clockOffset()))
            case "/reach":
                armed = env.LOCAL.reach("here.and.now")
                if armed is not None:
                    await armed
            case "/store":
                await env.DB.prepare("create table if not exists t (n integer)").run()
                await env.DB.batch(js.Array.of(env.DB.prepare("insert into t values (?1)").bind(1)))
                await env.KV.put("k", "v")
                return Response(str(await env.KV.get("k")))
        return Response(VERSION)

    async def later(self) -> None:
        await asyncio.sleep(0)
        _fail_in("the background")

    async def queue(self, batch: Any, env: Any, ctx: Any) -> None:
        _fail_in("the consumer")

    async def scheduled(self, controller: Any, env: Any, ctx: Any) -> None:
        print("tick at", int(controller.scheduledTime))


def _fail_in(place: str) -> None:
    raise ValueError(f"in {place}")
