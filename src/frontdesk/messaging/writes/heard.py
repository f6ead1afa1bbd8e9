"""What we are told: texts that come in, and receipts of what went out."""

from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement
from frontdesk.integrations.facts import TextFact
from frontdesk.messaging.rules.keywords import Keyword


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


def receipt(
    message_id: str, state: str, sources: str, provider_id: str, detail: str, at: int, now: int
) -> Statement:
    """What the provider says became of it, from any of `sources` (a JSON list of states)."""
    return Statement(
        """
        UPDATE messages SET state = :state, provider_id = COALESCE(provider_id, :provider_id),
          detail = CASE WHEN :state = 'failed' THEN :detail ELSE '' END,
          reason = CASE WHEN :state = 'failed' THEN 'provider' ELSE '' END,
          sent_at = COALESCE(sent_at, :now),
          delivered_at = CASE WHEN :state = 'delivered' THEN :at ELSE delivered_at END,
          version = version + 1, updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state IN (SELECT value FROM json_each(:sources))
        """,
        {
            "id": message_id,
            "state": state,
            "sources": sources,
            "provider_id": provider_id,
            "detail": detail[:300],
            "at": at,
            "now": now,
        },
    )
