"""The webhook log: one row for every inbound request, forged ones too, with its verdict and its bytes."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from frontdesk.core.clock import MINUTE
from frontdesk.core.db import Statement
from frontdesk.core.parsing import dump_json

INLINE_BYTES = 16_384
"""A longer body goes to R2 before the commit, so that a row stays small."""
UNVERIFIED_BYTES = 2_048
"""What is kept of a body nobody vouches for."""
REFUSED_A_MINUTE = 60
"""Rows of refusals one tenant's log takes in a minute; a flood of forgeries is counted, not stored."""

Recorded = Literal["accepted", "duplicate", "ignored", "refused"]
"""What the log says of a request."""

KEPT_HEADERS = ("content-type", "user-agent", "cf-connecting-ip")
"""Who called, and how the body is to be read; signatures prove nothing afterwards and are not kept."""


@dataclass(frozen=True, slots=True)
class DeliveryDraft:
    """A delivery to be recorded. `body_form` says how `body` is written: text, base64, or a file's key in R2."""

    id: str
    source: str
    verdict: str
    reason: str
    path: str
    body: str
    body_form: str
    body_bytes: int
    body_sha256: str
    received_at: int
    headers: Mapping[str, str] = field(default_factory=dict)
    external_id: str = ""


def file_prefix(tenant_id: str) -> str:
    """What the keys of a tenant's bodies in R2 begin with; the delivery's id follows."""
    return f"deliveries/{tenant_id}/"


def written(body: bytes) -> tuple[str, str]:
    """A body as a column takes it: text when it is text, else base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return b64encode(body).decode(), "base64"
    return (text, "text") if "\x00" not in text else (b64encode(body).decode(), "base64")


def beginning(body: bytes, size: int) -> bytes:
    """At most the first `size` bytes, without the front half of a UTF-8 character at the end."""
    end = min(size, len(body))
    while max(0, size - 3) < end < len(body) and body[end] & 0xC0 == 0x80:
        end -= 1
    return body[:end]


def insert_delivery(draft: DeliveryDraft) -> Statement:
    """The row. One that was accepted turns into a duplicate when its event was there before.

    It stands behind its event's insert in the batch, and names the event that now holds the external id.
    """
    return Statement(
        """
        INSERT INTO deliveries (tenant_id, id, source, verdict, reason, event_id, path, headers,
                                body, body_form, body_bytes, body_sha256, received_at)
        SELECT :tenant, :id, :source,
               CASE WHEN :verdict = 'accepted' AND e.delivery_id IS NOT :id THEN 'duplicate' ELSE :verdict END,
               :reason, e.id, :path, :headers, :body, :body_form, :body_bytes, :body_sha256, :received_at
        FROM (SELECT 1) LEFT JOIN events e
          ON e.tenant_id = :tenant AND e.source = :source AND e.external_id = :external_id
             AND :verdict = 'accepted'
        WHERE :verdict <> 'refused'
           OR (SELECT count(*) FROM deliveries
               WHERE tenant_id = :tenant AND verdict = 'refused' AND received_at > :received_at - :minute
              ) < :cap
        RETURNING verdict, event_id
        """,
        {
            "id": draft.id,
            "source": draft.source,
            "verdict": draft.verdict,
            "reason": draft.reason[:300],
            "external_id": draft.external_id,
            "path": draft.path[:300],
            "headers": dump_json(
                {name: draft.headers[name][:500] for name in KEPT_HEADERS if name in draft.headers}
            ),
            "body": draft.body,
            "body_form": draft.body_form,
            "body_bytes": draft.body_bytes,
            "body_sha256": draft.body_sha256,
            "received_at": draft.received_at,
            "minute": MINUTE,
            "cap": REFUSED_A_MINUTE,
        },
    )
