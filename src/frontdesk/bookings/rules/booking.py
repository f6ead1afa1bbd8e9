"""The appointment: what its row says, and which of them are still to come about."""

from typing import Literal

from pydantic import BaseModel

Status = Literal["scheduled", "confirmed", "completed", "cancelled", "no_show"]
Urgency = Literal["routine", "soon", "urgent"]

ACTIVE: frozenset[Status] = frozenset({"scheduled", "confirmed"})
"""Appointments that are still to come about; only they get reminders."""


class Booking(BaseModel):
    """One appointment. Instants in ms UTC; `value_minor` in minor units of the tenant's currency.

    `staff_status_at` and `staff_time_at` say when staff last said its status, and its time or practitioner;
    the `source_` fields behind them what its provider said last, where staff have said something since; and
    `source_phone` and `source_email` what it said last in any case: a contact's number is staff's to put right.
    `planned_version` is the version whose reminders are on the ledger.
    """

    id: str
    contact_id: str
    first_name: str
    phone: str | None
    email: str | None
    source: str
    external_id: str
    source_seq: int
    source_at: int
    status: Status
    service: str
    practitioner: str
    location: str
    urgency: Urgency
    starts_at: int
    ends_at: int
    time_zone: str
    value_minor: int | None
    note: str = ""
    staff_status_at: int | None = None
    staff_time_at: int | None = None
    source_status: Status | None = None
    source_starts_at: int | None = None
    source_ends_at: int | None = None
    source_practitioner: str | None = None
    source_phone: str | None = None
    source_email: str | None = None
    planned_version: int | None = None
    version: int
    created_at: int
    updated_at: int

    @property
    def active(self) -> bool:
        """Still to come about."""
        return self.status in ACTIVE
