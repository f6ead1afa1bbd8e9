"""What can change about bookings, as statements for somebody's commit."""

from frontdesk.bookings.rules import Booking
from frontdesk.core.db import Statement, expect


def insert(booking: Booking) -> Statement:
    """A booking we had not heard of; a concurrent insert of the same one fails the commit."""
    return Statement(
        """
        INSERT INTO bookings (tenant_id, id, contact_id, first_name, phone, email,
                              source, external_id, source_seq, source_at, status,
                              service, practitioner, location, urgency, starts_at, ends_at, time_zone,
                              value_minor, version, created_at, updated_at)
        VALUES (:tenant, :id, :contact_id, :first_name, :phone, :email,
                :source, :external_id, :source_seq, :source_at, :status,
                :service, :practitioner, :location, :urgency, :starts_at, :ends_at, :time_zone,
                :value_minor, :version, :created_at, :updated_at)
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
              value_minor = :value_minor, updated_at = :updated_at, version = version + 1
            WHERE tenant_id = :tenant AND id = :id AND version = :version
            """,
            {**fields, "version": before.version},
        ),
        expect(1),
    ]


def readdress(contact_id: str, field: str, old: str, new: str | None, now: int) -> Statement:
    """Bookings still to come that were reached at `old` (a phone or an email) are reached at `new`."""
    return Statement(
        """
        UPDATE bookings SET
          phone = CASE WHEN :field = 'phone' AND phone = :old THEN :new ELSE phone END,
          email = CASE WHEN :field = 'email' AND email = :old THEN :new ELSE email END,
          updated_at = :now, version = version + 1
        WHERE tenant_id = :tenant AND contact_id = :contact_id AND starts_at > :now
          AND status IN ('scheduled', 'confirmed')
          AND CASE :field WHEN 'phone' THEN phone ELSE email END = :old
        """,
        {"contact_id": contact_id, "field": field, "old": old, "new": new, "now": now},
    )
