"""A tenant's own wording. A row without words stands for the default: it keeps the version counting."""

from frontdesk.core.db import Statement, expect
from frontdesk.messaging.rules.wording import Wording


def insert_template(key: str, channel: str, words: Wording, now: int) -> Statement:
    """The first own words for a template; a Conflict if somebody was quicker."""
    return Statement(
        """
        INSERT INTO templates (tenant_id, key, channel, subject, body, version, updated_at)
        VALUES (:tenant, :key, :channel, :subject, :body, 1, :now)
        """,
        {"key": key, "channel": channel, "subject": words.subject, "body": words.body, "now": now},
    )


def change_template(key: str, channel: str, words: Wording, version: int, now: int) -> list[Statement]:
    """Other words, or none for the default; Stale if somebody changed them since `version`."""
    return [
        Statement(
            """
            UPDATE templates SET subject = :subject, body = :body, version = version + 1, updated_at = :now
            WHERE tenant_id = :tenant AND key = :key AND channel = :channel AND version = :version
            """,
            {
                "key": key,
                "channel": channel,
                "subject": words.subject,
                "body": words.body,
                "version": version,
                "now": now,
            },
        ),
        expect(1),
    ]
