"""What the person behind an address allows."""

from frontdesk.contacts.writes import touchpoint
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.events import Part, event
from frontdesk.messaging.rules.message import Message
from frontdesk.messaging.rules.permission import PROVIDERS, Standing


def consent(
    channel: str,
    address: str,
    *,
    stopped: bool | None,
    marketing: bool | None,
    source: str,
    said_at: int,
    cause_id: str,
) -> Statement:
    """What the person behind an address said last; an older word never undoes a newer one. None leaves it.

    What staff recorded is their word about it: a STOP of the person's own counts whenever it was said. So does a
    complaint, and nothing is said after one.
    """
    return Statement(
        """
        INSERT INTO consents (tenant_id, channel, address, stopped, marketing, source, said_at, cause_id)
        VALUES (:tenant, :channel, :address, COALESCE(:stopped, 0), COALESCE(:marketing, 0),
                :source, :said_at, :cause_id)
        ON CONFLICT (tenant_id, channel, address) DO UPDATE SET
          stopped = COALESCE(:stopped, stopped), marketing = COALESCE(:marketing, marketing),
          source = excluded.source, said_at = excluded.said_at, cause_id = excluded.cause_id
        WHERE NOT (consents.source = 'complaint' AND consents.stopped = 1) AND (
          excluded.said_at >= consents.said_at OR excluded.source = 'complaint'
          OR (consents.source = 'staff' AND :stopped = 1))
        """,
        {
            "channel": channel,
            "address": address,
            "stopped": None if stopped is None else int(stopped),
            "marketing": None if marketing is None else int(marketing),
            "source": source,
            "said_at": said_at,
            "cause_id": cause_id,
        },
    )


def record_consent(
    channel: str, address: str, before: Standing, after: Standing, *, said_at: int, cause_id: str
) -> list[Statement]:
    """What staff recorded, if it stands as it was read; Stale if somebody said something in the meantime."""
    return [
        Statement(
            """
            INSERT INTO consents (tenant_id, channel, address, stopped, marketing, source, said_at, cause_id)
            SELECT :tenant, :channel, :address, :stopped, :marketing, :source, :said_at, :cause_id
            WHERE :was_source <> '' OR NOT EXISTS (
              SELECT 1 FROM consents WHERE tenant_id = :tenant AND channel = :channel AND address = :address)
            ON CONFLICT (tenant_id, channel, address) DO UPDATE SET
              stopped = excluded.stopped, marketing = excluded.marketing, source = excluded.source,
              said_at = max(consents.said_at, excluded.said_at), cause_id = excluded.cause_id
            WHERE consents.stopped = :was_stopped AND consents.marketing = :was_marketing
              AND consents.source = :was_source
            """,
            {
                "channel": channel,
                "address": address,
                "stopped": int(after.stopped),
                "marketing": int(after.marketing),
                "source": after.source,
                "said_at": said_at,
                "cause_id": cause_id,
                "was_stopped": int(before.stopped),
                "was_marketing": int(before.marketing),
                "was_source": before.source,
            },
        ),
        expect(1),
    ]


def opted_out(ctx: Ctx, message: Message, provider: str, said_at: int) -> list[Part]:
    """A provider lets nothing of ours through to the address of a message: so it is stopped here as well, once.

    `said_at`: when the message was handed over, at the latest. Where the address is stopped already, or somebody
    said something since then, this is no news and nothing is told.
    """
    learnt = Statement(
        """
        INSERT INTO consents (tenant_id, channel, address, stopped, marketing, source, said_at, cause_id)
        VALUES (:tenant, :channel, :address, 1, 0, :source, :said_at, :cause_id)
        ON CONFLICT (tenant_id, channel, address) DO UPDATE SET
          stopped = 1, marketing = 0, source = excluded.source, said_at = excluded.said_at,
          cause_id = excluded.cause_id
        WHERE consents.stopped = 0 AND excluded.said_at >= consents.said_at
        """,
        {
            "channel": message.channel,
            "address": message.address,
            "source": provider,
            "said_at": said_at,
            "cause_id": ctx.cause.id,
        },
    )
    name = PROVIDERS[provider]
    line = (
        f"Opted out of texts, says {name}"
        if message.channel == "sms"
        else f"{name} delivers no mails to {message.address} any more"
    )
    return [learnt, stopped(ctx, message.contact_id, message.channel, message.address, line)]


def stopped(ctx: Ctx, contact_id: str | None, channel: str, address: str, line: str) -> list[Part]:
    """The statement right before this stopped an address: told of whoever is known by it, and on their timeline."""
    fact = {"contact_id": contact_id, "channel": channel, "address": address}
    of = ("contact", contact_id) if contact_id else ("address", address)
    told = event("consent.stop", fact, of=of, if_changed=True)
    if contact_id is None:
        return [told]
    return [touchpoint(ctx, contact_id, "consent.stop", line, channel=channel, if_changed=True), told]
