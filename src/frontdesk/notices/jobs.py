"""What happens to notices later: devices are pushed what cannot wait, one call a job; old ones are forgotten."""

import os

from frontdesk.core.clock import SECOND
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement
from frontdesk.core.errors import FrontdeskError, Later, Unavailable
from frontdesk.core.events import JobDraft
from frontdesk.core.parsing import dump_json
from frontdesk.core.platform import Platform
from frontdesk.core.rows import Job, next_round
from frontdesk.integrations import webpush
from frontdesk.integrations.webpush import Push, Sender
from frontdesk.notices import queries, writes
from frontdesk.notices.queries import Errand
from frontdesk.notices.rules import KEEP_MS, URGENT_FOR_MS, why_not

BACK_IN_MS = 30 * SECOND
"""When to try again if a service is busy and does not say."""


class Refused(FrontdeskError):
    """A push service would not take what we sent: our mistake, for a person to look at."""

    code, title = "push_refused", "The push service refused"


def sender_of(platform: Platform) -> Sender | None:
    """Who pushes, or None where no key is set. Raises FrontdeskError when what is set is no key."""
    settings = platform.settings
    if not settings.vapid_private_key:
        return None
    try:
        return webpush.sender(settings.vapid_public_key, settings.vapid_private_key, settings.vapid_subject)
    except ValueError:
        raise FrontdeskError("VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are no key pair of P-256.") from None


async def alert(ctx: Ctx, job: Job) -> None:
    """An urgent notice goes to the devices of those it is for: one job each."""
    id_ = str(job.payload["notice"])
    devices = await queries.devices_for(ctx, id_) if sender_of(ctx.platform) else []
    await ctx.commit(
        [
            JobDraft(
                "notices.push",
                key=f"{id_}:{device}",
                payload={"notice": id_, "device": device},
                subject_id=id_,
            )
            for device in devices
        ]
    )


async def push(ctx: Ctx, job: Job) -> None:
    """One notice to one device, unless it need not or must not ring any more.

    Repeating it is harmless: the topic makes a second one take the first one's place.
    """
    id_, device = str(job.payload["notice"]), str(job.payload["device"])
    errand = await queries.errand(ctx, id_, device)
    sender = sender_of(ctx.platform)
    if errand is None or sender is None:
        await ctx.commit()
        return
    reason = why_not(errand.read, errand.signed_in, errand.lately, ctx.now - errand.created_at)
    if reason:
        await ctx.commit(_done(ctx, errand, "skipped", reason))
        return
    if not webpush.is_service(errand.endpoint, ctx.platform.settings.push_services):
        await ctx.commit(_done(ctx, errand, "gone", "not a push service"), writes.drop_device(device))
        return
    request = await webpush.request(
        ctx.platform.crypto,
        sender,
        Push(
            errand.endpoint,
            webpush.browser_keys(errand.p256dh, errand.auth),
            _shown(errand),
            ttl_s=max(1, (URGENT_FOR_MS - (ctx.now - errand.created_at)) // SECOND),
            topic=id_.replace("-", ""),
        ),
        salt=os.urandom(16),
        real=ctx.platform.clock.real(),
    )
    answer = await ctx.platform.http.send(request)
    match webpush.meaning(answer):
        case "taken":
            await ctx.commit(_done(ctx, errand, "sent", ""))
        case "gone":
            await ctx.commit(_done(ctx, errand, "gone", str(answer.status)), writes.drop_device(device))
        case "later" if answer.status == 429:
            raise Later(ctx.now + webpush.wait_ms(answer.headers, ctx.now, BACK_IN_MS), "the service is busy")
        case "later":
            raise Unavailable(f"The push service answered {answer.status}.")
        case "refused":
            raise Refused(f"The push service answered {answer.status}.")


async def forget(ctx: Ctx, job: Job) -> None:
    """The nightly forgetting, round by round."""
    before = ctx.now - KEEP_MS
    await ctx.commit(
        [[each, next_round(job, writes.ROWS)] for each in writes.forget(before)],
        writes.forget_devices(before),
    )


def _done(ctx: Ctx, errand: Errand, state: str, reason: str) -> Statement:
    return writes.insert_push(errand.notice_id, errand.device_id, errand.staff_id, state, reason, ctx.now)


def _shown(errand: Errand) -> bytes:
    """What the service worker shows; short enough for one record whatever the script."""
    text = {"id": errand.notice_id, "title": errand.title, "body": errand.body, "link": errand.link}
    plain = dump_json(text).encode()
    return plain if len(plain) <= webpush.MOST_PLAIN else dump_json({**text, "body": ""}).encode()
