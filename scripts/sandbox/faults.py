"""Misbehaviour on request: how a provider answers us, and how its callbacks reach us."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.accounts import Refused
from sandbox.store import Json

AnswerKind = Literal["latency", "rate_limit", "error", "hang", "drop", "drop_after_accept", "reject"]
CallbackKind = Literal["duplicate", "reorder", "delay", "lose", "forge", "wrong_secret"]


class Fault(BaseModel):
    """One misbehaviour, for the next `count` matching requests or callbacks (null: until removed)."""

    model_config = ConfigDict(extra="forbid")
    id: int = 0
    kind: AnswerKind | CallbackKind
    provider: Literal["clicksend", "twilio", "manychat", "resend", "wix", "push"]
    account: str | None = None
    operation: str | None = None
    to: str | None = None
    count: int | None = Field(1, ge=1)
    accept: bool = False
    ms: int = Field(0, ge=0)
    status: int = Field(500, ge=400, le=599)
    retry_after_s: int = Field(1, ge=0)
    reason: str = ""
    copies: int = Field(2, ge=2, le=50)
    hits: int = 0

    @property
    def for_callbacks(self) -> bool:
        """Whether it concerns what the provider sends, not what it answers."""
        return self.kind in get_args(CallbackKind)


class Faults:
    """The faults armed now, oldest first; the first that matches is used up."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []
        self._last = 0

    def add(self, values: Json) -> Fault:
        """Arms one fault. Raises Refused."""
        try:
            fault = Fault.model_validate(values)
        except ValidationError as error:
            raise Refused(
                "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            ) from None
        self._last += 1
        fault.id = self._last
        if fault.kind == "drop_after_accept":
            fault.kind, fault.accept = "drop", True
        self.armed.append(fault)
        return fault

    def take(
        self, provider: str, account: str, operation: str, to: Collection[str], callbacks: bool = False
    ) -> Fault | None:
        """The fault that hits this request or callback, counted down."""
        for fault in self.armed:
            if (
                fault.for_callbacks != callbacks
                or fault.provider != provider
                or (fault.account is not None and fault.account != account)
                or (fault.operation is not None and fault.operation != operation)
                or (fault.to is not None and fault.to not in to)
            ):
                continue
            fault.hits += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count == 0:
                    self.armed.remove(fault)
            return fault
        return None

    def remove(self, fault_id: int | None = None) -> None:
        """Disarms one fault, or all."""
        self.armed = [fault for fault in self.armed if fault_id is not None and fault.id != fault_id]


async def hang_up(request: Request) -> Response:
    """Closes the connection without an answer."""
    transport: asyncio.Transport | None = getattr(request.state, "transport", None)
    if transport is None:
        raise RuntimeError("the server does not offer its transport")
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=444)  # goes nowhere: the line is closed


async def _until_gone(request: Request, ms: int) -> None:
    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(gone(), ms / 1000)


async def answer(
    request: Request,
    fault: Fault | None,
    act: Callable[[], Awaitable[Response]],
    refuse: Callable[[int, Fault], Response],
) -> Response:
    """Lets the door act, or not, and answers as the fault wants.

    `act` has the effect and returns the honest answer; `refuse` renders an error in the provider's shape.
    `reject` is the door's own business, because it concerns single recipients.
    """
    if fault is None or fault.kind == "reject":
        return await act()
    if fault.kind == "latency":
        await asyncio.sleep(fault.ms / 1000)
        return await act()
    if fault.accept:
        await act()
    if fault.kind == "rate_limit":
        refusal = refuse(429, fault)
        refusal.headers["Retry-After"] = str(fault.retry_after_s)
        return refusal
    if fault.kind == "error":
        return refuse(fault.status, fault)
    if fault.kind == "hang":
        await _until_gone(request, fault.ms or 60_000)
    return await hang_up(request)
