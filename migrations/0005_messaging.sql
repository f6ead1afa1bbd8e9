-- Everything said to or by a contact, and what the gate needs to decide.

CREATE TABLE messages (
  tenant_id    TEXT NOT NULL REFERENCES tenants (id),
  id           TEXT NOT NULL,
  direction    TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  channel      TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
  purpose      TEXT NOT NULL CHECK (purpose IN ('auth', 'transactional', 'service', 'marketing', 'inbound')),
  contact_id   TEXT,
  booking_id   TEXT,
  template     TEXT NOT NULL DEFAULT '',
  address      TEXT NOT NULL,
  sender       TEXT NOT NULL DEFAULT '',
  subject      TEXT NOT NULL DEFAULT '',
  body         TEXT NOT NULL DEFAULT '',
  body_hash    TEXT NOT NULL DEFAULT '',
  sealed_body  TEXT,
  offset_hours INTEGER,
  state        TEXT NOT NULL CHECK (state IN ('scheduled', 'queued', 'sending', 'sent', 'delivered',
                                              'failed', 'skipped', 'unknown', 'received')),
  reason       TEXT NOT NULL DEFAULT '',
  detail       TEXT NOT NULL DEFAULT '',
  due_at       INTEGER NOT NULL,
  expires_at   INTEGER,
  pace_slot    INTEGER,
  attempt      INTEGER NOT NULL DEFAULT 0,
  provider     TEXT NOT NULL DEFAULT '',
  provider_id  TEXT,
  segments     INTEGER,
  cost_micros  INTEGER,
  unique_key   TEXT NOT NULL,
  version      INTEGER NOT NULL DEFAULT 1,
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  trace_id     TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  sending_at   INTEGER,
  sent_at      INTEGER,
  delivered_at INTEGER,
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, unique_key),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  CHECK ((direction = 'in') = (state = 'received')),
  CHECK (purpose <> 'auth' OR body = '')
) STRICT;
CREATE INDEX messages_by_due ON messages (tenant_id, due_at, id);
CREATE INDEX messages_by_contact ON messages (tenant_id, contact_id, due_at, id);
CREATE INDEX messages_by_booking ON messages (tenant_id, booking_id, due_at);
CREATE INDEX messages_by_state ON messages (tenant_id, state, due_at, id);
CREATE INDEX messages_by_address ON messages (tenant_id, address, sent_at);
CREATE INDEX messages_by_provider_id ON messages (tenant_id, provider, provider_id);

-- STOP and START belong to an address, not to a contact: the person holding the phone decides.
CREATE TABLE consents (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  channel     TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
  address     TEXT NOT NULL,
  stopped     INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)),
  marketing   INTEGER NOT NULL DEFAULT 0 CHECK (marketing IN (0, 1)),
  source      TEXT NOT NULL,
  said_at     INTEGER NOT NULL,
  cause_id    TEXT NOT NULL,
  PRIMARY KEY (tenant_id, channel, address)
) STRICT, WITHOUT ROWID;

-- The next instant (business ms) at which a tenant may send on a channel.
CREATE TABLE pace (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  channel     TEXT NOT NULL,
  next_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, channel)
) STRICT, WITHOUT ROWID;

-- A tenant's own wording; the defaults live in code.
CREATE TABLE templates (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  key         TEXT NOT NULL,
  channel     TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
  subject     TEXT NOT NULL DEFAULT '',
  body        TEXT NOT NULL,
  version     INTEGER NOT NULL DEFAULT 1,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, key, channel)
) STRICT, WITHOUT ROWID;
