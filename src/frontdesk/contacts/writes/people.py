"""What can change about contacts, as statements for somebody's commit."""

from collections.abc import Collection, Iterable, Mapping

from frontdesk.contacts.rules import Contact
from frontdesk.core.ctx import Ctx
from frontdesk.core.db import Statement, Value, expect
from frontdesk.core.parsing import dump_json


def insert(contact: Contact) -> Statement:
    """A new contact."""
    return Statement(
        """
        INSERT INTO contacts (tenant_id, id, first_name, last_name, email, phone, time_zone, existing_patient,
                              pipeline, stage, source, tags, version, last_seen_at, created_at, updated_at)
        VALUES (:tenant, :id, :first_name, :last_name, :email, :phone, :time_zone, :existing_patient,
                :pipeline, :stage, :source, :tags, :version, :last_seen_at, :created_at, :updated_at)
        """,
        {**contact.model_dump(exclude={"tags"}), "tags": dump_json(contact.tags)},
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


def change(contact_id: str, version: int, changes: Mapping[str, Value], now: int) -> list[Statement]:
    """Fields of a contact, if nobody changed it since `version`; fields not named stay."""
    fields = ("first_name", "last_name", "email", "phone", "time_zone", "stage", "tags", "existing_patient")
    return [
        Statement(
            """
            UPDATE contacts SET
              first_name = CASE WHEN :set_first_name THEN :first_name ELSE first_name END,
              last_name = CASE WHEN :set_last_name THEN :last_name ELSE last_name END,
              email = CASE WHEN :set_email THEN :email ELSE email END,
              phone = CASE WHEN :set_phone THEN :phone ELSE phone END,
              time_zone = CASE WHEN :set_time_zone THEN :time_zone ELSE time_zone END,
              stage = CASE WHEN :set_stage THEN :stage ELSE stage END,
              tags = CASE WHEN :set_tags THEN :tags ELSE tags END,
              existing_patient = CASE WHEN :set_existing_patient THEN :existing_patient ELSE existing_patient END,
              last_seen_at = max(last_seen_at, :now), updated_at = :now, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {
                **{f"set_{field}": int(field in changes) for field in fields},
                **{field: changes.get(field) for field in fields},
                "id": contact_id,
                "version": version,
                "now": now,
            },
        ),
        expect(1),
    ]


def seen(contact_id: str, now: int) -> Statement:
    """The contact was heard of; no version, because two sightings at once do not conflict."""
    return Statement(
        """
        UPDATE contacts SET last_seen_at = max(last_seen_at, :now)
        WHERE tenant_id = :tenant AND id = :id
        """,
        {"id": contact_id, "now": now},
    )


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
) -> Statement:
    """One line on the contact's timeline, stamped with the present cause.

    With an `id_` of what it tells of, telling it twice is a Conflict.
    """
    return Statement(
        """
        INSERT INTO touchpoints (tenant_id, id, contact_id, kind, channel, direction, summary,
                                 subject_kind, subject_id, cause_kind, cause_id, at)
        VALUES (:tenant, :id, :contact_id, :kind, :channel, :direction, :summary,
                :subject_kind, :subject_id, :cause_kind, :cause_id, :now)
        """,
        {
            "id": id_ or ctx.new_id(),
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
