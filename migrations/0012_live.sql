-- What staff see as it happens: who did it, notices with each reader's mark, devices that take pushes and what
-- became of each push.

-- The member of staff who did it, or '': colleagues are told whose hand moved.
ALTER TABLE events ADD COLUMN actor_id TEXT NOT NULL DEFAULT '';

-- Something a person should know. `staff_id` NULL is everybody; `seq` is what a reader has read up to.
CREATE TABLE notices (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  staff_id    TEXT,
  title       TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 160),
  body        TEXT NOT NULL DEFAULT '',
  link        TEXT NOT NULL DEFAULT '' CHECK (link = '' OR link LIKE '/app/%'),
  urgent      INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1)),
  unique_key  TEXT NOT NULL,
  cause_kind  TEXT NOT NULL,
  cause_id    TEXT NOT NULL,
  trace_id    TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, unique_key)
) STRICT;
CREATE INDEX notices_by_seq ON notices (tenant_id, seq);
CREATE INDEX notices_by_trace ON notices (tenant_id, trace_id);

CREATE TABLE notice_marks (
  tenant_id   TEXT NOT NULL,
  staff_id    TEXT NOT NULL,
  read_up_to  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, staff_id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- A browser that takes pushes, for as long as the session that asked for them lives.
CREATE TABLE push_devices (
  tenant_id     TEXT NOT NULL REFERENCES tenants (id),
  id            TEXT NOT NULL,
  staff_id      TEXT NOT NULL,
  session_hash  TEXT NOT NULL,
  endpoint      TEXT NOT NULL CHECK (length(endpoint) <= 1000),
  endpoint_hash TEXT NOT NULL,
  p256dh        TEXT NOT NULL,
  auth          TEXT NOT NULL,
  user_agent    TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, endpoint_hash),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
) STRICT;
CREATE INDEX push_devices_by_staff ON push_devices (tenant_id, staff_id, created_at);

-- What became of each push: one notice goes to one device once.
CREATE TABLE pushes (
  tenant_id   TEXT NOT NULL,
  notice_id   TEXT NOT NULL,
  device_id   TEXT NOT NULL,
  staff_id    TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('sent', 'skipped', 'gone')),
  reason      TEXT NOT NULL DEFAULT '',
  at          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, notice_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushes_by_staff ON pushes (tenant_id, staff_id, at);
CREATE INDEX pushes_by_time ON pushes (tenant_id, at);

-- Tenants that are there already forget like those to come.
INSERT INTO cadences (tenant_id, name, kind, bell, spec, next_at)
SELECT id, 'forget-notices', 'notices.forget', 'automation', '{"every":"day","at":"03:40"}', 0 FROM tenants;
