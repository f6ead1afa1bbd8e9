"""The slot's commit asks the database no more than the gate did: else a message would turn for ever."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.core.clock import DAY, MINUTE
from frontdesk.core.db import Statement
from frontdesk.messaging.rules.gate import fingerprint
from support.desk import Desk

WINDOW = 10 * MINUTE
AGES = st.sampled_from([0, 1, WINDOW - 1, WINDOW, WINDOW + 1, DAY - 1, DAY, DAY + 1])
"""Around the edges of the window and of the day, where one of two might count and the other not."""
WRITERS = st.sampled_from([None, None, "mia"])
PURPOSES = st.sampled_from(["service", "service", "service", "transactional", "marketing"])
OTHERS = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(
                ["sending", "sent", "sent", "delivered", "failed", "unknown", "skipped"]
            ),
            "age": AGES,
            "same": st.booleans(),
            "purpose": PURPOSES,
            "author": WRITERS,
        }
    ),
    min_size=1,
    max_size=3,
)
CONSENTS = (
    st.none()
    | st.none()
    | st.fixed_dictionaries(
        {
            "stopped": st.integers(0, 1),
            "marketing": st.integers(0, 1),
            "source": st.sampled_from(["keyword", "unsubscribe", "complaint", "staff"]),
        }
    )
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One for all examples: each has an address of its own."""
    return Desk(settings={"caps": {"service": 1, "marketing": 1}})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["sms", "email"]), PURPOSES, WRITERS, CONSENTS, OTHERS)
def test_what_the_gate_lets_go_goes_and_what_it_holds_back_says_why(
    desk: Desk,
    channel: str,
    purpose: str,
    author: str | None,
    consent: dict[str, Any] | None,
    others: list[dict[str, Any]],
) -> None:
    desk.pass_(3 * DAY)
    address, taken = f"{next(desk.ids)}@example.com", len(desk.carriers.texts) + len(desk.carriers.mails)
    if consent:
        sql = (
            "INSERT INTO consents (tenant_id, channel, address, stopped, marketing, source, said_at, cause_id)"
            " VALUES (:tenant, :channel, :address, :stopped, :marketing, :source, 0, 't')"
        )
        desk.commit(Statement(sql, {"channel": channel, "address": address, **consent}))
    for other in others:
        desk.commit(went(f"other-{next(desk.ids)}", channel, address, desk.now, **other))
    id_ = desk.plan(channel=channel, address=address, purpose=purpose, author_id=author)
    desk.work()  # It comes to rest.
    row = desk.message(id_)
    assert row["state"] in ("sent", "skipped")
    assert (row["state"] == "sent") == (row["reason"] == "")
    assert len(desk.carriers.texts) + len(desk.carriers.mails) - taken == (row["state"] == "sent")


def went(
    id_: str,
    channel: str,
    address: str,
    now: int,
    *,
    state: str,
    age: int,
    same: bool,
    purpose: str,
    author: str | None,
) -> Statement:
    """Another message to the same address, `age` ms ago."""
    body = "Hello" if same else f"Other words {id_}"
    left = state in ("sent", "delivered", "failed")
    return Statement(
        """
        INSERT INTO messages (tenant_id, id, direction, channel, purpose, address, body, body_hash, state, due_at,
                              unique_key, author_id, cause_kind, cause_id, trace_id, created_at, sent_at, updated_at)
        VALUES (:tenant, :id, 'out', :channel, :purpose, :address, :body, :hash, :state, :at,
                :id, :author, 'test', 't', 't', :at, :sent_at, :at)
        """,
        {
            "id": id_,
            "channel": channel,
            "purpose": purpose,
            "address": address,
            "body": body,
            "hash": fingerprint("sms" if channel == "sms" else "email", address, body),
            "state": state,
            "at": now - age,
            "sent_at": now - age if left else None,
            "author": author,
        },
    )
