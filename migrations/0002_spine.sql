-- The spine: what came in, what happened, what is still to be done, and the proof of what was done.

-- One row a commit. When a batch's answer is lost, its id here tells whether it took effect.
CREATE TABLE commits (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Every inbound webhook request with its verdict, forged ones too.
CREATE TABLE deliveries (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  source      TEXT NOT NULL,
  verdict     TEXT NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'ignored', 'refused')),
  reason      TEXT NOT NULL DEFAULT '',
  event_id    TEXT,
  path        TEXT NOT NULL,
  headers     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(headers)),
  body        TEXT NOT NULL DEFAULT '',
  body_form   TEXT NOT NULL DEFAULT 'text' CHECK (body_form IN ('text', 'base64', 'file', 'purged')),
  body_bytes  INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX deliveries_by_verdict ON deliveries (tenant_id, verdict, received_at);
CREATE INDEX deliveries_by_event ON deliveries (tenant_id, event_id);

-- Verified facts. `seq` is the catch-up order; a forgery never reaches this table.
CREATE TABLE events (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id    TEXT NOT NULL REFERENCES tenants (id),
  id           TEXT NOT NULL,
  type         TEXT NOT NULL,
  source       TEXT NOT NULL,
  external_id  TEXT NOT NULL,
  subject_kind TEXT NOT NULL DEFAULT '',
  subject_id   TEXT NOT NULL DEFAULT '',
  payload      TEXT NOT NULL CHECK (json_valid(payload)),
  delivery_id  TEXT,
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  trace_id     TEXT NOT NULL,
  occurred_at  INTEGER NOT NULL,
  recorded_at  INTEGER NOT NULL,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, source, external_id)
) STRICT;
CREATE INDEX events_by_type ON events (tenant_id, type, seq);
CREATE INDEX events_by_subject ON events (tenant_id, subject_kind, subject_id, seq);
CREATE INDEX events_by_trace ON events (tenant_id, trace_id);

-- All deferred work. The queue is only the bell; this row decides.
-- due_at and expires_at are business time; lease_until and rung_at are real time.
CREATE TABLE jobs (
  tenant_id    TEXT NOT NULL REFERENCES tenants (id),
  id           TEXT NOT NULL,
  kind         TEXT NOT NULL,
  bell         TEXT NOT NULL CHECK (bell IN ('automation', 'messages')),
  subject_id   TEXT NOT NULL DEFAULT '',
  payload      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload)),
  unique_key   TEXT NOT NULL,
  due_at       INTEGER NOT NULL,
  expires_at   INTEGER,
  state        TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done', 'dead', 'void')),
  attempts     INTEGER NOT NULL DEFAULT 0,
  lease_token  TEXT,
  lease_until  INTEGER,
  rung_at      INTEGER NOT NULL DEFAULT 0,
  error_code   TEXT NOT NULL DEFAULT '',
  last_error   TEXT NOT NULL DEFAULT '',
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  trace_id     TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  finished_at  INTEGER,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, unique_key),
  CHECK ((state = 'running') = (lease_token IS NOT NULL))
) STRICT;
-- The minute's tick looks across tenants; these two partial indexes are the only ones it needs.
CREATE INDEX jobs_due ON jobs (due_at) WHERE state = 'pending';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (tenant_id, state, due_at);
CREATE INDEX jobs_by_subject ON jobs (tenant_id, subject_id);
CREATE INDEX jobs_by_trace ON jobs (tenant_id, trace_id);

-- A handler's effects commit together with this row, so a second run fails as a whole.
CREATE TABLE job_done (
  tenant_id   TEXT NOT NULL,
  job_id      TEXT NOT NULL,
  done_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, job_id)
) STRICT, WITHOUT ROWID;

-- Schedules are rows with their next instant, so a missed tick loses nothing.
CREATE TABLE cadences (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  bell        TEXT NOT NULL DEFAULT 'automation',
  spec        TEXT NOT NULL CHECK (json_valid(spec)),
  next_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadences_due ON cadences (next_at);
