"""Contacts as they come and change: new ones, their identities, their fields, lines on their timeline."""

from collections.abc import Collection, Iterable, Mapping

from frontdesk.contacts.rules import Contact
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.parsing import dump_json

UPKEEP = frozenset(
    {
        "last_in_at",
        "last_out_at",
        "replies",
        "stage_since",
        "recall_due_at",
        "recall_service",
        "recall_derived",
        "merged_into",
    }
)
"""What a new contact has none of yet, or the same for all."""


def insert(contact: Contact, made_key: str | None = None) -> Statement:
    """A new contact; a second one with the same key fails the commit."""
    return Statement(
        """
        INSERT INTO contacts (tenant_id, id, first_name, last_name, email, phone, time_zone, existing_patient,
                              pipeline, stage, stage_since, source, tags, intent, made_key, version,
                              last_seen_at, created_at, updated_at)
        VALUES (:tenant, :id, :first_name, :last_name, :email, :phone, :time_zone, :existing_patient,
                :pipeline, :stage, :created_at, :source, :tags, :intent, :made_key, :version,
                :last_seen_at, :created_at, :updated_at)
        """,
        {
            **contact.model_dump(exclude={"tags", *UPKEEP}),
            "tags": dump_json(contact.tags),
            "made_key": made_key,
        },
    )


def attach(
    identities: Iterable[tuple[str, str]], contact_id: str, owners: Collection[tuple[str, str]], now: int
) -> list[Statement]:
    """Those of the identities that nobody owns yet.

    A concurrent claim of one of them fails the whole commit by the primary key, so two sightings of one
    stranger never become two contacts.
    """
    return [
        Statement(
            """
            INSERT INTO contact_identities (tenant_id, kind, value, contact_id, created_at)
            VALUES (:tenant, :kind, :value, :contact_id, :now)
            """,
            {"kind": kind, "value": value, "contact_id": contact_id, "now": now},
        )
        for kind, value in identities
        if (kind, value) not in owners
    ]


def release(identities: Iterable[tuple[str, str]], contact_id: str) -> list[Statement]:
    """What a contact is recognised by no more: the number was mistyped, or is somebody else's by now."""
    return [
        Statement(
            """
            DELETE FROM contact_identities
            WHERE tenant_id = :tenant AND kind = :kind AND value = :value AND contact_id = :contact_id
            """,
            {"kind": kind, "value": value, "contact_id": contact_id},
        )
        for kind, value in identities
    ]


FIELDS = (
    "first_name", "last_name", "email", "phone", "time_zone", "stage", "tags", "existing_patient",
    "intent", "recall_due_at", "recall_service", "recall_derived", "last_in_at", "last_out_at", "replies",
)  # fmt: skip
"""What `change` can change."""


def change(
    contact_id: str, version: int, changes: Mapping[str, Value], now: int, *, heard_of: bool = True
) -> list[Statement]:
    """Fields of a contact, if nobody changed it since `version`; fields not named stay.

    Not `heard_of`: what we worked out ourselves is no sign of life.
    """
    return [
        Statement(
            """
            UPDATE contacts SET
              first_name = CASE WHEN :set_first_name THEN :first_name ELSE first_name END,
              last_name = CASE WHEN :set_last_name THEN :last_name ELSE last_name END,
              email = CASE WHEN :set_email THEN :email ELSE email END,
              phone = CASE WHEN :set_phone THEN :phone ELSE phone END,
              time_zone = CASE WHEN :set_time_zone THEN :time_zone ELSE time_zone END,
              stage_since = CASE WHEN :set_stage AND :stage <> stage THEN :now ELSE stage_since END,
              stage = CASE WHEN :set_stage THEN :stage ELSE stage END,
              tags = CASE WHEN :set_tags THEN :tags ELSE tags END,
              existing_patient = CASE WHEN :set_existing_patient THEN :existing_patient ELSE existing_patient END,
              intent = CASE WHEN :set_intent THEN :intent ELSE intent END,
              recall_due_at = CASE WHEN :set_recall_due_at THEN :recall_due_at ELSE recall_due_at END,
              recall_service = CASE WHEN :set_recall_service THEN :recall_service ELSE recall_service END,
              recall_derived = CASE WHEN :set_recall_derived THEN :recall_derived ELSE recall_derived END,
              last_in_at = CASE WHEN :set_last_in_at THEN :last_in_at ELSE last_in_at END,
              last_out_at = CASE WHEN :set_last_out_at THEN :last_out_at ELSE last_out_at END,
              replies = CASE WHEN :set_replies THEN :replies ELSE replies END,
              last_seen_at = CASE WHEN :heard_of THEN max(last_seen_at, :now) ELSE last_seen_at END,
              updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {
                **{f"set_{field}": int(field in changes) for field in FIELDS},
                **{field: changes.get(field) for field in FIELDS},
                "heard_of": int(heard_of),
                "id": contact_id,
                "version": version,
                "now": now,
            },
        ),
        expect(1),
    ]


def seen(contact_id: str, now: int) -> list[Statement]:
    """The contact was heard of; no version, because two sightings at once do not conflict.

    Stale if it was merged into another one since it was read: what was heard belongs to that one.
    """
    return [
        Statement(
            """
            UPDATE contacts SET last_seen_at = max(last_seen_at, :now)
            WHERE tenant_id = :tenant AND id = :id AND merged_into IS NULL
            """,
            {"id": contact_id, "now": now},
        ),
        expect(1),
    ]


def touchpoint(
    ctx: Ctx,
    contact_id: str,
    kind: str,
    summary: str,
    *,
    direction: str = "none",
    channel: str = "",
    subject: tuple[str, str] = ("", ""),
    id_: str | None = None,
    if_changed: bool = False,
) -> Statement:
    """One line on the contact's timeline, stamped with the present cause.

    With an `id_` of what it tells of, telling it twice is a Conflict. `if_changed`: only if the statement right
    before it changed a row.
    """
    return Statement(
        """
        INSERT INTO touchpoints (tenant_id, id, contact_id, kind, channel, direction, summary,
                                 subject_kind, subject_id, cause_kind, cause_id, at)
        SELECT :tenant, :id, :contact_id, :kind, :channel, :direction, :summary,
               :subject_kind, :subject_id, :cause_kind, :cause_id, :now
        WHERE :if_changed = 0 OR changes() > 0
        """,
        {
            "id": id_ or ctx.new_id(),
            "if_changed": int(if_changed),
            "contact_id": contact_id,
            "kind": kind,
            "channel": channel,
            "direction": direction,
            "summary": summary[:500],
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "cause_kind": ctx.cause.kind,
            "cause_id": ctx.cause.id,
            "now": ctx.now,
        },
    )
