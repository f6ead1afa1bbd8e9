"""The one inbound door for providers: verify the raw bytes, record, ring, answer. No framework, no business."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from frontdesk.core.arrival import network_of
from frontdesk.core.cache import CACHE
from frontdesk.core.clock import SECOND
from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.deliveries import (
    INLINE_BYTES,
    UNVERIFIED_BYTES,
    DeliveryDraft,
    beginning,
    file_prefix,
    insert_delivery,
    written,
)
from frontdesk.core.errors import NotAllowed, NotFound, RateLimited
from frontdesk.core.events import EventDraft, Part
from frontdesk.core.guard import dressed, within_ip_limit
from frontdesk.core.ids import uuid7
from frontdesk.core.log import redacted
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.problems import answer_to
from frontdesk.core.settings import Tenant
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring
from frontdesk.integrations.inbound import Accepted, Door, Ignored, Inbound, Knock, Refused, Verdict
from frontdesk.tenants.queries import by_slug, in_memory
from frontdesk.tenants.secrets import secrets_of

JSON = {"content-type": "application/json"}
GUESSER_MS = 30 * SECOND
"""How long nothing is looked up for a network that made up too many names (real time)."""


class _Path(NamedTuple):
    source: str
    slug: str
    secret: str


async def receive(
    platform: Platform, wiring: Wiring, doors: Mapping[str, Door], request: Inbound
) -> HttpResponse:
    """The answer to one webhook call, whatever happens on the way; never raises.

    200 once it is on record, whatever it will cause. 4xx when it is not genuine, or when there is no such door;
    429 is for a network that goes on being neither, and of that nothing is recorded. 503 when it could not be
    recorded: the provider's retry is welcome. The answer's `x-request-id` is the id it has in the webhook log.
    """
    id_ = uuid7(platform.clock.now())
    try:
        response = await _received(platform, wiring, doors, request, id_)
    except Exception as error:
        response = answer_to(error, id_, request, platform.log)
        platform.log.info("webhook refused", path=_path_of(request), status=response.status, trace=id_)
    deployed = platform.settings.environment != "development"
    return dressed(request, response, (), id_, deployed=deployed)


async def _received(
    platform: Platform, wiring: Wiring, doors: Mapping[str, Door], request: Inbound, id_: str
) -> HttpResponse:
    path = _parsed(request)
    if path.source not in doors:
        raise NotFound("No such webhook.")
    if request.method != "POST":
        raise NotAllowed("Webhooks are posted.", allow="POST")
    tenant = await _tenant(platform, request, path.slug)
    secrets = await secrets_of(platform, tenant)
    verdict = await doors[path.source](Knock(platform.crypto, request, secrets, tenant, path.secret))
    if isinstance(verdict, Refused):
        # Only what is not genuine counts, so only now: a provider's few addresses carry everybody's calls.
        await within_ip_limit(platform.limiter, request)
    await platform.reach("webhook.verified")
    ctx = Ctx(platform, wiring, tenant, Actor("provider", path.source), Cause("delivery", id_, id_))
    outcome = await _record(ctx, path.source, request, verdict)
    await platform.reach("webhook.committed")
    ctx.log.info("webhook", source=path.source, verdict=outcome, reason=getattr(verdict, "reason", ""))
    if isinstance(verdict, Refused):
        return HttpResponse(
            verdict.status, JSON, dump_json({"status": "refused", "code": verdict.reason}).encode()
        )
    return verdict.reply or HttpResponse(200, JSON, dump_json({"status": outcome, "id": id_}).encode())


async def _tenant(platform: Platform, request: Inbound, slug: str) -> Tenant:
    """Whose webhook it is. Names that are nobody's count against their network's limit.

    A network over it is answered from memory for a while: its made-up names are not to become reads of KV and D1.
    """
    now = platform.clock.real()
    if not in_memory(platform, slug) and CACHE.has(_guesser(request), now):
        raise RateLimited("Too many requests from this address.", retry_after=GUESSER_MS // SECOND)
    try:
        return await by_slug(platform, slug)
    except NotFound:
        try:
            await within_ip_limit(platform.limiter, request)
        except RateLimited:
            CACHE.put(_guesser(request), now + GUESSER_MS, True)
            raise
        raise


def _guesser(request: Inbound) -> str:
    return f"guesser:{network_of(request)}"


def _path_of(request: Inbound) -> str:
    """As it may be told: without the secret a provider's URL may carry."""
    return redacted(urlsplit(request.url).path)


def _parsed(request: Inbound) -> _Path:
    parts = urlsplit(request.url).path.split("/")
    if len(parts) not in (4, 5) or parts[1] != "webhooks":
        raise NotFound("No such webhook.")
    return _Path(parts[2], parts[3], parts[4] if len(parts) == 5 else "")


async def _record(ctx: Ctx, source: str, request: Inbound, verdict: Verdict) -> str:
    """One batch: the event and its jobs if the request is genuine and new, and the log row in any case."""
    id_ = ctx.cause.id
    body, form = await _kept(ctx, id_, request.body, verified=not isinstance(verdict, Refused))
    parts: list[Part] = []
    if isinstance(verdict, Accepted):
        parts.append(
            EventDraft(
                verdict.event_type,
                verdict.payload,
                source=source,
                external_id=verdict.external_id,
                occurred_at=verdict.occurred_at,
                delivery_id=id_,
            )
        )
    row = insert_delivery(
        DeliveryDraft(
            id=id_,
            source=source,
            verdict=_name(verdict),
            reason="" if isinstance(verdict, Accepted) else f"{verdict.reason}: {verdict.detail}".strip(": "),
            path=_path_of(request),
            body=body,
            body_form=form,
            body_bytes=len(request.body),
            body_sha256=hashlib.sha256(request.body).hexdigest(),
            received_at=ctx.now,
            headers=request.headers,
            external_id=verdict.external_id if isinstance(verdict, Accepted) else "",
        )
    )
    if isinstance(verdict, Refused):
        # A flood of forgeries is to leave nothing behind, not even the ids of its commits.
        await ctx.note(row)
        return _name(verdict)
    done = await ctx.commit(*parts, row)
    return str(done.returned[0]["verdict"]) if done.returned else _name(verdict)


def _name(verdict: Verdict) -> str:
    match verdict:
        case Accepted():
            return "accepted"
        case Ignored():
            return "ignored"
        case Refused():
            return "refused"


async def _kept(ctx: Ctx, id_: str, body: bytes, *, verified: bool) -> tuple[str, str]:
    """What of the body the log keeps, and how: all of it when somebody vouches for it, else its start."""
    if not verified:
        return written(beginning(body, UNVERIFIED_BYTES))
    if len(body) <= INLINE_BYTES:
        return written(body)
    key = file_prefix(ctx.tenant.id) + id_
    await ctx.platform.files.put(key, body, content_type="application/octet-stream")
    return key, "file"
