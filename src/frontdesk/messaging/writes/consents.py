"""What the person behind an address allows."""

from frontdesk.core.db import Statement


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
    """What the person behind an address said last; an older word never undoes a newer one. None leaves it."""
    return Statement(
        """
        INSERT INTO consents (tenant_id, channel, address, stopped, marketing, source, said_at, cause_id)
        VALUES (:tenant, :channel, :address, COALESCE(:stopped, 0), COALESCE(:marketing, 0),
                :source, :said_at, :cause_id)
        ON CONFLICT (tenant_id, channel, address) DO UPDATE SET
          stopped = COALESCE(:stopped, stopped), marketing = COALESCE(:marketing, marketing),
          source = excluded.source, said_at = excluded.said_at, cause_id = excluded.cause_id
        WHERE excluded.said_at >= consents.said_at
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
