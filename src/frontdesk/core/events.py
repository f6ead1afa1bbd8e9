"""Facts: what happened, written in the commit that made it so, together with one job for each handler."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from frontdesk.core.db import Statement
from frontdesk.core.parsing import dump_json

OWN = "frontdesk"
"""The source of our own facts; those of providers have theirs."""


def topic_of(type_: str) -> str:
    """The first word of an event's type: `booking.created` -> `booking`."""
    return type_.partition(".")[0]


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to be. Its id doubles as the external id unless the fact came from outside with its own.

    `if_changed`: it only happened if the statement right before it in the commit changed a row.
    """

    type: str
    payload: Mapping[str, Any]
    subject_kind: str = ""
    subject_id: str = ""
    source: str = OWN
    external_id: str | None = None
    occurred_at: int | None = None
    delivery_id: str | None = None
    if_changed: bool = False


def event(
    type_: str,
    subject: BaseModel | Mapping[str, Any],
    *,
    of: tuple[str, str] = ("", ""),
    if_changed: bool = False,
) -> EventDraft:
    """A fact of our own about the subject `of` (kind, id), carrying its fields after the change."""
    payload = subject.model_dump(mode="json") if isinstance(subject, BaseModel) else dict(subject)
    return EventDraft(type_, payload, subject_kind=of[0], subject_id=of[1], if_changed=if_changed)


@dataclass(frozen=True, slots=True)
class JobDraft:
    """Work to be: due at a business instant (None: now), once for each `key` of its kind.

    The key carries the subject's version where the same subject can need the work again (A -> B -> A).
    `if_changed`: only if the statement right before it in the commit changed at least so many rows.
    """

    kind: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    subject_id: str = ""
    due_at: int | None = None
    if_changed: int = 0


Part = Statement | EventDraft | JobDraft | Sequence["Part"]
"""What a commit is made of; lists nest freely so that features can hand several statements at once."""


def insert_event(
    draft: EventDraft, id_: str, now: int, cause: tuple[str, str, str], actor_id: str = ""
) -> Statement:
    """The event's row, or nothing if this source already told us this fact. `actor_id`: whose hand it was."""
    return Statement(
        """
        INSERT INTO events (tenant_id, id, type, source, external_id, subject_kind, subject_id, payload,
                            delivery_id, cause_kind, cause_id, trace_id, actor_id, occurred_at, recorded_at)
        SELECT :tenant, :id, :type, :source, :external_id, :subject_kind, :subject_id, :payload,
               :delivery_id, :cause_kind, :cause_id, :trace_id, :actor_id, :occurred_at, :now
        WHERE :if_changed = 0 OR changes() > 0
        ON CONFLICT (tenant_id, source, external_id) DO NOTHING
        """,
        {
            "id": id_,
            "type": draft.type,
            "source": draft.source,
            "external_id": draft.external_id or id_,
            "subject_kind": draft.subject_kind,
            "subject_id": draft.subject_id,
            "payload": dump_json(draft.payload),
            "delivery_id": draft.delivery_id,
            "cause_kind": cause[0],
            "cause_id": cause[1],
            "trace_id": cause[2],
            "actor_id": actor_id,
            "if_changed": int(draft.if_changed),
            "occurred_at": now if draft.occurred_at is None else draft.occurred_at,
            "now": now,
        },
    )


class Event(BaseModel):
    """An event as its handlers and the event log see it."""

    seq: int
    id: str
    type: str
    source: str
    external_id: str
    subject_kind: str
    subject_id: str
    payload: str
    delivery_id: str | None
    cause_kind: str
    cause_id: str
    trace_id: str
    occurred_at: int
    recorded_at: int


EVENT_BY_ID = """
    SELECT seq, id, type, source, external_id, subject_kind, subject_id, payload, delivery_id,
           cause_kind, cause_id, trace_id, occurred_at, recorded_at
    FROM events WHERE tenant_id = :tenant AND id = :id
"""
