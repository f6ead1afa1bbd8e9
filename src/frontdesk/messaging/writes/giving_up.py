"""A message whose job died, and its way back when a person takes the job up again."""

from collections.abc import Mapping
from typing import Any

from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.events import Part
from frontdesk.messaging.writes.conversations import keep
from frontdesk.messaging.writes.told import told

GAVE_UP = "gave_up"
"""The reason of a message whose job died."""


def give_up(message_id: str, whom: dict[str, Any], detail: str, now: int) -> list[Part]:
    """Its job died. What may have gone is `unknown`, so that it is not sent again unasked. `whom` as in `about`."""
    known: Mapping[str, Value] = {"id": message_id, "gave_up": GAVE_UP, "detail": detail[:300], "now": now}
    return [
        Statement(
            """
            UPDATE messages SET state = 'unknown', reason = :gave_up, detail = :detail, version = version + 1,
                                updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state = 'sending'
            """,
            known,
        ),
        told("unknown", message_id, whom, reason=GAVE_UP, if_changed=True, more={"detail": detail[:300]}),
        Statement(
            """
            UPDATE messages SET state = 'failed', reason = :gave_up, detail = :detail, version = version + 1,
                                updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND state IN ('scheduled', 'queued')
            """,
            known,
        ),
        told("failed", message_id, whom, reason=GAVE_UP, if_changed=True, more={"detail": detail[:300]}),
        keep(whom.get("contact_id")),
    ]


def take_up(message_id: str, contact_id: str | None, now: int) -> list[Statement]:
    """Its job lives again: the message is where it was when it was given up."""
    return [
        Statement(
            """
            UPDATE messages SET state = CASE WHEN state = 'unknown' THEN 'sending' ELSE 'queued' END,
                                reason = '', detail = '', version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND id = :id AND reason = :gave_up AND state IN ('failed', 'unknown')
            """,
            {"id": message_id, "gave_up": GAVE_UP, "now": now},
        ),
        expect(1),
        *keep(contact_id),
    ]
