-- What staff say about appointments beside what their providers say, and a clock that keeps itself in step.

-- As they put it when they made the booking.
ALTER TABLE bookings ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- When staff last said its status, and its time or practitioner. A provider's older word does not undo either.
ALTER TABLE bookings ADD COLUMN staff_status_at INTEGER;
ALTER TABLE bookings ADD COLUMN staff_time_at INTEGER;
-- What the provider said last, since staff said something else: only what differs from it is news.
ALTER TABLE bookings ADD COLUMN source_status TEXT;
ALTER TABLE bookings ADD COLUMN source_starts_at INTEGER;
ALTER TABLE bookings ADD COLUMN source_ends_at INTEGER;
ALTER TABLE bookings ADD COLUMN source_practitioner TEXT;
-- The version whose reminders are on the ledger, under the keys reminder:<id>:<version>:<hours>; NULL: none are.
ALTER TABLE bookings ADD COLUMN planned_version INTEGER;
UPDATE bookings SET planned_version = (
  SELECT max(CAST(substr(m.unique_key, length('reminder:' || bookings.id || ':') + 1) AS INTEGER))
  FROM messages m
  WHERE m.tenant_id = bookings.tenant_id AND m.booking_id = bookings.id AND m.template = 'booking.reminder');

CREATE INDEX bookings_by_practitioner ON bookings (tenant_id, practitioner, starts_at, id);

-- All jobs by when they are due, for the list without a filter.
CREATE INDEX jobs_by_due ON jobs (tenant_id, due_at, id);

-- Which edition of the map's cadences a tenant's rows were written from, and for which zone. The tick looks for
-- tenants of another edition, and for those that moved: the second index has no rows but theirs.
ALTER TABLE tenants ADD COLUMN clock TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN clock_zone TEXT NOT NULL DEFAULT '';
CREATE INDEX tenants_by_clock ON tenants (clock);
CREATE INDEX tenants_moved ON tenants (id) WHERE clock_zone <> time_zone;

-- When it came last.
ALTER TABLE cadences ADD COLUMN last_at INTEGER;
