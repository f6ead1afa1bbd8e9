-- What a tenant has automated: rules, every version of them, what they listen to, and each time one ran or did not.

CREATE TABLE rules (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  -- Which of the standard rules of the tenant's kind it is; empty for one of their own.
  key         TEXT NOT NULL DEFAULT '',
  name        TEXT NOT NULL,
  enabled     INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  archived    INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  version     INTEGER NOT NULL DEFAULT 1,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (NOT (enabled AND archived))
) STRICT;
CREATE UNIQUE INDEX rules_by_key ON rules (tenant_id, key) WHERE key <> '';
CREATE INDEX rules_by_age ON rules (tenant_id, archived, created_at, id);

-- Never changed once written: a run names the version it followed.
CREATE TABLE rule_versions (
  tenant_id   TEXT NOT NULL,
  rule_id     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  name        TEXT NOT NULL,
  definition  TEXT NOT NULL CHECK (json_valid(definition)),
  author_kind TEXT NOT NULL,
  author_id   TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, rule_id, version),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES rules (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- What the rules that are on wait for: an event's type, or '@' and an anchor in time. A commit looks here
-- before it makes work of an event. Instants in business ms: `since` when it was switched on, `swept_to` up to
-- where its anchors were looked at.
CREATE TABLE rule_triggers (
  tenant_id   TEXT NOT NULL,
  type        TEXT NOT NULL,
  rule_id     TEXT NOT NULL,
  minutes     INTEGER NOT NULL DEFAULT 0,
  since       INTEGER NOT NULL,
  swept_to    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, type, rule_id),
  UNIQUE (tenant_id, rule_id),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES rules (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- One occasion on which a rule's conditions held, and what came of it. `chain` is what led here: rule and
-- contact (or subject) of each run before it. `folds`: while it waits, more of the same join it.
CREATE TABLE rule_runs (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  rule_id      TEXT NOT NULL,
  version      INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'ran', 'held', 'cut', 'failed')),
  reason       TEXT NOT NULL DEFAULT '',
  unique_key   TEXT NOT NULL,
  event_id     TEXT,
  subject_kind TEXT NOT NULL DEFAULT '',
  subject_id   TEXT NOT NULL DEFAULT '',
  contact_id   TEXT,
  booking_id   TEXT,
  depth        INTEGER NOT NULL DEFAULT 0,
  chain        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(chain)),
  folds        INTEGER NOT NULL DEFAULT 0 CHECK (folds IN (0, 1)),
  folded       INTEGER NOT NULL DEFAULT 0,
  recheck      INTEGER NOT NULL DEFAULT 0 CHECK (recheck IN (0, 1)),
  due_at       INTEGER NOT NULL,
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  trace_id     TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  finished_at  INTEGER,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, unique_key),
  FOREIGN KEY (tenant_id, rule_id, version) REFERENCES rule_versions (tenant_id, rule_id, version)
) STRICT;
CREATE INDEX rule_runs_by_rule ON rule_runs (tenant_id, rule_id, id, state);
CREATE INDEX rule_runs_by_contact ON rule_runs (tenant_id, contact_id, id);
CREATE INDEX rule_runs_by_state ON rule_runs (tenant_id, state, id);
CREATE INDEX rule_runs_by_trace ON rule_runs (tenant_id, trace_id);
-- At most one that still takes more of the same.
CREATE UNIQUE INDEX rule_runs_open ON rule_runs (tenant_id, rule_id, subject_kind, subject_id)
  WHERE state = 'waiting' AND folds = 1;

-- What a run did, step by step. `effect_key` finds it: a message or task by its unique key, else an id.
CREATE TABLE run_effects (
  tenant_id   TEXT NOT NULL,
  run_id      TEXT NOT NULL,
  step        INTEGER NOT NULL,
  do          TEXT NOT NULL,
  kind        TEXT NOT NULL,
  effect_key  TEXT NOT NULL DEFAULT '',
  text        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, run_id, step),
  FOREIGN KEY (tenant_id, run_id) REFERENCES rule_runs (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Signed calls to other people's addresses. The id is the call's idempotency key, the same in every try.
CREATE TABLE webhook_calls (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  run_id      TEXT NOT NULL,
  step        INTEGER NOT NULL,
  url         TEXT NOT NULL,
  body        TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  status      INTEGER,
  error       TEXT NOT NULL DEFAULT '',
  response    TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, run_id, step),
  FOREIGN KEY (tenant_id, run_id) REFERENCES rule_runs (tenant_id, id)
) STRICT;

-- What rules that wait for a time go by.
CREATE INDEX bookings_by_end ON bookings (tenant_id, ends_at, id);
CREATE INDEX bookings_by_making ON bookings (tenant_id, created_at, id);
CREATE INDEX contacts_by_word
  ON contacts (tenant_id, max(created_at, COALESCE(last_in_at, 0), COALESCE(last_out_at, 0)), id);

-- Tenants from before: their schedules, and the confirmation that used to be wired in, as a rule.
INSERT INTO cadences (tenant_id, name, kind, bell, spec, next_at)
SELECT id, 'sweep', 'automation.sweep', 'automation', '{"every":"interval","ms":900000}', 0 FROM tenants
UNION ALL
SELECT id, 'sweep-daily', 'automation.sweep_daily', 'automation', '{"every":"day","at":"09:00"}', 0 FROM tenants;

INSERT INTO rules (tenant_id, id, key, name, enabled, created_at, updated_at)
SELECT id, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
           || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       'booking-confirmation', 'Confirm a new booking', 1, created_at, created_at
FROM tenants;
INSERT INTO rule_versions (tenant_id, rule_id, version, name, definition, author_kind, author_id, at)
SELECT tenant_id, id, 1, name,
       '{"trigger":{"on":"event","type":"booking.created"},"conditions":{"all":[{"field":"booking.active","op":"is","value":true},{"field":"booking.starts_at","op":"in_future"}]},"actions":[{"do":"send","template":"booking.confirmation","channel":"auto","purpose":"transactional","once":"booking"}]}',
       'system', 'frontdesk', created_at
FROM rules;
INSERT INTO rule_triggers (tenant_id, type, rule_id, since, swept_to)
SELECT tenant_id, 'booking.created', id, created_at, created_at FROM rules;

-- Work in line for what was wired in is done by the rule from now on.
UPDATE jobs SET kind = 'automation.evaluate' WHERE kind = 'bookings.confirm' AND state IN ('pending', 'running', 'dead');
