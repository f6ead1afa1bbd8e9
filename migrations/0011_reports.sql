-- What reports stand on: figures by the tenant's local day, which of them are out of date, and the reports kept.

-- One figure of one local day: `metric` names it, `key` is what it is of (a source, a service, somebody of staff).
CREATE TABLE rollups (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  day         TEXT NOT NULL CHECK (length(day) = 10),
  metric      TEXT NOT NULL,
  key         TEXT NOT NULL DEFAULT '',
  value       INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, day, metric, key)
) STRICT, WITHOUT ROWID;

-- `version` grows whenever the day is reckoned anew; a kept report knows by it whether it still holds.
CREATE TABLE rollup_days (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  day         TEXT NOT NULL CHECK (length(day) = 10),
  version     INTEGER NOT NULL DEFAULT 1,
  tallied_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, day)
) STRICT, WITHOUT ROWID;

-- Hours since the epoch in which something changed that no rollup has yet. Triggers (0015) write them in the very
-- commit of the fact. `stamp` is new with every change, so that whoever settles a day clears only what it saw.
CREATE TABLE rollup_dirty (
  tenant_id   TEXT NOT NULL,
  hour        INTEGER NOT NULL,
  stamp       TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hour)
) STRICT, WITHOUT ROWID;

-- A walk over all days that reckons each anew beside what is kept. `next_day` is how far it has come.
CREATE TABLE rollup_checks (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
  first_day   TEXT NOT NULL,
  last_day    TEXT NOT NULL,
  next_day    TEXT NOT NULL,
  days        INTEGER NOT NULL DEFAULT 0,
  found       INTEGER NOT NULL DEFAULT 0,
  differences TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(differences)),
  started_at  INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX rollup_checks_running ON rollup_checks (tenant_id) WHERE state = 'running';

-- The week's and the month's report as it was on the morning it was due; its figures change no more.
CREATE TABLE reports (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('weekly', 'monthly')),
  start_day   TEXT NOT NULL CHECK (length(start_day) = 10),
  figures     TEXT NOT NULL CHECK (json_valid(figures)),
  mailed_to   TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(mailed_to)),
  cause_kind  TEXT NOT NULL,
  cause_id    TEXT NOT NULL,
  trace_id    TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, start_day)
) STRICT;
CREATE INDEX reports_by_time ON reports (tenant_id, created_at, id);

CREATE INDEX bookings_by_creation ON bookings (tenant_id, created_at, id);
