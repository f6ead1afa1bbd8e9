"""What can change about bookings, as statements for somebody's commit."""

from collections.abc import Iterable

from frontdesk.bookings.rules import Booking
from frontdesk.core.db import Statement, expect
from frontdesk.core.parsing import dump_json


def insert(booking: Booking) -> Statement:
    """A booking we had not heard of; a concurrent insert of the same one fails the commit."""
    return Statement(
        """
        INSERT INTO bookings (tenant_id, id, contact_id, first_name, phone, email,
                              source, external_id, source_seq, source_at, status,
                              service, practitioner, location, urgency, starts_at, ends_at, time_zone,
                              value_minor, note, staff_status_at, staff_time_at, source_status,
                              source_starts_at, source_ends_at, source_practitioner, source_phone,
                              source_email, planned_version,
                              version, created_at, updated_at)
        VALUES (:tenant, :id, :contact_id, :first_name, :phone, :email,
                :source, :external_id, :source_seq, :source_at, :status,
                :service, :practitioner, :location, :urgency, :starts_at, :ends_at, :time_zone,
                :value_minor, :note, :staff_status_at, :staff_time_at, :source_status,
                :source_starts_at, :source_ends_at, :source_practitioner, :source_phone,
                :source_email, :planned_version,
                :version, :created_at, :updated_at)
        """,
        booking.model_dump(),
    )


def update(before: Booking, after: Booking) -> list[Statement]:
    """The booking as it is now, if nobody changed it since `before` was read."""
    fields = after.model_dump(exclude={"source", "external_id", "version", "created_at"})
    return [
        Statement(
            """
            UPDATE bookings SET contact_id = :contact_id, first_name = :first_name, phone = :phone,
              email = :email, source_seq = :source_seq, source_at = :source_at,
              status = :status, service = :service, practitioner = :practitioner, location = :location,
              urgency = :urgency, starts_at = :starts_at, ends_at = :ends_at, time_zone = :time_zone,
              value_minor = :value_minor, note = :note, staff_status_at = :staff_status_at,
              staff_time_at = :staff_time_at, source_status = :source_status,
              source_starts_at = :source_starts_at, source_ends_at = :source_ends_at,
              source_practitioner = :source_practitioner, source_phone = :source_phone,
              source_email = :source_email, planned_version = :planned_version,
              updated_at = :updated_at, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {**fields, "version": before.version},
        ),
        expect(1),
    ]


def heard(before: Booking, after: Booking) -> list[Statement]:
    """What a provider said last, where nothing else changed: nobody's version of the booking grows old by it."""
    return [
        Statement(
            """
            UPDATE bookings SET source_seq = :source_seq, source_at = :source_at,
              source_status = :source_status, source_starts_at = :source_starts_at,
              source_ends_at = :source_ends_at, source_practitioner = :source_practitioner,
              source_phone = :source_phone, source_email = :source_email
            WHERE tenant_id = :tenant AND id = :id AND version = :version
              AND source_seq = :known_seq AND source_at = :known_at
            """,
            {
                **after.model_dump(
                    include={
                        *("id", "source_seq", "source_at", "source_status", "source_starts_at"),
                        *("source_ends_at", "source_practitioner", "source_phone", "source_email"),
                    }
                ),
                "version": before.version,
                "known_seq": before.source_seq,
                "known_at": before.source_at,
            },
        ),
        expect(1),
    ]


def unchanged(bookings: Iterable[Booking]) -> Statement:
    """Stale unless each of these is still at its version: for a commit that changes what hangs on them."""
    return Statement(
        """
        SELECT CASE WHEN NOT EXISTS (
          SELECT 1 FROM json_each(:known) k WHERE NOT EXISTS (
            SELECT 1 FROM bookings b
            WHERE b.tenant_id = :tenant AND b.id = k.value ->> 0 AND b.version = k.value ->> 1)
        ) THEN 1 ELSE json('stale') END AS fresh
        """,
        {"known": dump_json([[each.id, each.version] for each in bookings])},
    )


def plan_at(booking: Booking, version: int) -> Statement:
    """Whose version's reminders a booking has. Not a change of the booking: its version stays."""
    return Statement(
        "UPDATE bookings SET planned_version = :planned WHERE tenant_id = :tenant AND id = :id",
        {"id": booking.id, "planned": version},
    )


def readdress(contact_id: str, field: str, old: str, now: int) -> Statement:
    """Bookings to come that were reached at `old` (a phone or an email) are reached where their contact is now."""
    return Statement(
        """
        UPDATE bookings SET
          phone = CASE WHEN :field = 'phone' AND phone = :old THEN (
            SELECT c.phone FROM contacts c WHERE c.tenant_id = :tenant AND c.id = :contact_id) ELSE phone END,
          email = CASE WHEN :field = 'email' AND email = :old THEN (
            SELECT c.email FROM contacts c WHERE c.tenant_id = :tenant AND c.id = :contact_id) ELSE email END,
          updated_at = :now, version = version + 1
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND starts_at > :now
          AND status IN ('scheduled', 'confirmed')
          AND CASE :field WHEN 'phone' THEN phone ELSE email END = :old
        """,
        {"contact_id": contact_id, "field": field, "old": old, "now": now},
    )
