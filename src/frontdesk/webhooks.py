"""The one inbound door for providers: verify the raw bytes, record, ring, answer. No framework, no business."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from frontdesk.core.ctx import Actor, Cause, Ctx
from frontdesk.core.deliveries import (
    INLINE_BYTES,
    UNVERIFIED_BYTES,
    DeliveryDraft,
    beginning,
    insert_delivery,
    written,
)
from frontdesk.core.errors import NotAllowed, NotFound
from frontdesk.core.events import EventDraft, Part
from frontdesk.core.guard import within_ip_limit
from frontdesk.core.ids import uuid7
from frontdesk.core.log import redacted
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import Wiring
from frontdesk.integrations.inbound import Accepted, Door, Ignored, Inbound, Knock, Refused, Verdict
from frontdesk.tenants.queries import by_slug
from frontdesk.tenants.secrets import secrets_of

JSON = {"content-type": "application/json"}


class _Path(NamedTuple):
    source: str
    slug: str
    secret: str


async def receive(
    platform: Platform, wiring: Wiring, doors: Mapping[str, Door], request: Inbound
) -> HttpResponse:
    """Answer one webhook call: 200 once it is on record, whatever it will cause; 4xx when it is not genuine.

    Raises:
        NotFound: no such provider or tenant. NotAllowed: not a POST.
        RateLimited: one of too many calls from this network that are not genuine; nothing is recorded.
        Unavailable: it could not be recorded; the provider's retry is welcome.

    """
    path = _parsed(request)
    if path.source not in doors:
        raise NotFound("No such webhook.")
    if request.method != "POST":
        raise NotAllowed("Webhooks are posted.", allow="POST")
    try:
        tenant = await by_slug(platform, path.slug)
    except NotFound:
        await within_ip_limit(platform.limiter, request)
        raise
    secrets = await secrets_of(platform, tenant)
    verdict = await doors[path.source](Knock(platform.crypto, request, secrets, tenant, path.secret))
    if isinstance(verdict, Refused):
        # Only what is not genuine counts: a provider's few addresses carry everybody's calls.
        await within_ip_limit(platform.limiter, request)
    await platform.reach("webhook.verified")
    id_ = uuid7(platform.clock.now())
    ctx = Ctx(platform, wiring, tenant, Actor("provider", path.source), Cause("delivery", id_, id_))
    outcome = await _record(ctx, path.source, request, verdict)
    await platform.reach("webhook.committed")
    ctx.log.info("webhook", source=path.source, verdict=outcome, reason=getattr(verdict, "reason", ""))
    if isinstance(verdict, Refused):
        return HttpResponse(
            verdict.status, JSON, dump_json({"status": "refused", "code": verdict.reason}).encode()
        )
    return verdict.reply or HttpResponse(200, JSON, dump_json({"status": outcome, "id": id_}).encode())


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
            path=redacted(urlsplit(request.url).path),
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
    key = f"deliveries/{ctx.tenant.id}/{id_}"
    await ctx.platform.files.put(key, body, content_type="application/octet-stream")
    return key, "file"
