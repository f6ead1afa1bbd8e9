"""What we are told: texts that come in, and receipts of what went out."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json
from frontdesk.integrations.facts import ReceiptFact, TextFact
from frontdesk.messaging.rules.keywords import Keyword
from frontdesk.messaging.rules.message import Message
from frontdesk.messaging.rules.states import sources_of
from frontdesk.messaging.writes.giving_up import GAVE_UP


def heard_key(provider: str, provider_id: str) -> str:
    """What makes two reports of an incoming text the same."""
    return f"in:{provider}:{provider_id}"


def received(
    ctx: Ctx, fact: TextFact, contact_id: str, address: str, *, id_: str, keyword: Keyword | None
) -> Statement:
    """A text that came in; a second one with the same id fails the commit."""
    return Statement(
        """
        INSERT INTO messages (tenant_id, id, direction, channel, purpose, contact_id, address, sender, body,
                              state, due_at, provider, provider_id, unique_key, keyword,
                              cause_kind, cause_id, trace_id, created_at, updated_at)
        VALUES (:tenant, :id, 'in', 'sms', 'inbound', :contact_id, :address, :recipient, :body,
                'received', :now, :provider, :provider_id, :unique_key, :keyword,
                :cause_kind, :cause_id, :trace_id, :now, :now)
        """,
        {
            "id": id_,
            "keyword": keyword or "",
            "contact_id": contact_id,
            "address": address,
            "recipient": fact.recipient,
            "body": fact.body,
            "provider": fact.provider,
            "provider_id": fact.provider_id,
            "unique_key": heard_key(fact.provider, fact.provider_id),
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "trace_id": ctx.cause.trace,
            "now": ctx.now,
        },
    )


def receipt(message: Message, fact: ReceiptFact, *, price_micros: int, now: int) -> list[Statement]:
    """What the provider says became of it; Stale if it moved on since it was read.

    `price_micros`: what a segment costs, for what is told before our own commit could say so.
    """
    return [
        Statement(
            """
            UPDATE messages SET state = :state, provider = CASE WHEN provider = '' THEN :provider ELSE provider END,
              provider_id = COALESCE(provider_id, :provider_id),
              cost_micros = CASE WHEN :state = 'failed' THEN cost_micros
                                 ELSE COALESCE(cost_micros, segments * :price_micros) END,
              detail = CASE WHEN :state = 'failed' THEN :detail ELSE '' END,
              reason = CASE WHEN :state = 'failed' THEN 'provider' ELSE '' END,
              sent_at = COALESCE(sent_at, :now),
              delivered_at = CASE WHEN :state = 'delivered' THEN :now ELSE delivered_at END,
              version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND attempt = :attempt
              AND (state IN (SELECT value FROM json_each(:sources))
                   OR (:state = 'sent' AND state = 'failed' AND reason = :gave_up AND attempt > 0))
            """,
            {
                "id": message.id,
                "attempt": message.attempt,
                "state": fact.state,
                "gave_up": GAVE_UP,
                "sources": dump_json(sources_of(fact.state, again=message.attempt > 0)),
                "provider": fact.provider,
                "provider_id": fact.provider_id,
                "price_micros": price_micros,
                "detail": (fact.detail or fact.code)[:300],
                "now": now,
            },
        ),
        expect(1),
    ]
