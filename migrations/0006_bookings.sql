-- Appointments. `source_seq`, or `source_at` where a provider counts nothing, orders its own events,
-- so a late one cannot undo a newer one.

CREATE TABLE bookings (
  tenant_id    TEXT NOT NULL REFERENCES tenants (id),
  id           TEXT NOT NULL,
  contact_id   TEXT NOT NULL,
  -- As given with this booking. Its messages go there and nowhere else, whatever the contact becomes.
  first_name   TEXT NOT NULL DEFAULT '',
  phone        TEXT,
  email        TEXT,
  source       TEXT NOT NULL,
  external_id  TEXT NOT NULL,
  source_seq   INTEGER NOT NULL DEFAULT 0,
  source_at    INTEGER NOT NULL DEFAULT 0,
  status       TEXT NOT NULL CHECK (status IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show')),
  service      TEXT NOT NULL DEFAULT '',
  practitioner TEXT NOT NULL DEFAULT '',
  location     TEXT NOT NULL DEFAULT '',
  urgency      TEXT NOT NULL DEFAULT 'routine' CHECK (urgency IN ('routine', 'soon', 'urgent')),
  starts_at    INTEGER NOT NULL,
  ends_at      INTEGER NOT NULL CHECK (ends_at >= starts_at),
  time_zone    TEXT NOT NULL,
  value_minor  INTEGER,
  version      INTEGER NOT NULL DEFAULT 1,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, source, external_id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
) STRICT;
CREATE INDEX bookings_by_start ON bookings (tenant_id, starts_at, id);
CREATE INDEX bookings_by_contact ON bookings (tenant_id, contact_id, starts_at, id);
CREATE INDEX bookings_by_status ON bookings (tenant_id, status, starts_at, id);
