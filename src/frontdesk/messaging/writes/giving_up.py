"""A message whose job died, and its way back when a person takes the job up again."""

from frontdesk.core.db import Statement, expect

GAVE_UP = "gave_up"
"""The reason of a message whose job died."""


def give_up(message_id: str, detail: str, now: int) -> Statement:
    """Its job died. What may have gone is `unknown`, so that it is not sent again unasked."""
    return Statement(
        """
        UPDATE messages SET state = CASE WHEN state = 'sending' THEN 'unknown' ELSE 'failed' END,
                            reason = :gave_up, detail = :detail, version = version + 1, updated_at = :now
        WHERE tenant_id = :tenant AND id = :id AND state IN ('scheduled', 'queued', 'sending')
        """,
        {"id": message_id, "gave_up": GAVE_UP, "detail": detail[:300], "now": now},
    )


def take_up(message_id: str, now: int) -> list[Statement]:
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
    ]
