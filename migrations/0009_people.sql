-- How warm people are and where they stand, what staff are to do about them, and two contacts made one.

ALTER TABLE contacts ADD COLUMN last_in_at INTEGER;
ALTER TABLE contacts ADD COLUMN last_out_at INTEGER;
ALTER TABLE contacts ADD COLUMN replies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN intent INTEGER CHECK (intent BETWEEN 0 AND 100);
ALTER TABLE contacts ADD COLUMN stage_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN recall_due_at INTEGER;
ALTER TABLE contacts ADD COLUMN recall_service TEXT NOT NULL DEFAULT '';
-- Set on the one that went: the survivor has all that was theirs.
ALTER TABLE contacts ADD COLUMN merged_into TEXT;

UPDATE contacts SET
  stage_since = created_at,
  last_in_at = (SELECT max(due_at) FROM messages m
                WHERE m.tenant_id = contacts.tenant_id AND m.contact_id = contacts.id AND m.direction = 'in'),
  last_out_at = (SELECT max(sent_at) FROM messages m
                 WHERE m.tenant_id = contacts.tenant_id AND m.contact_id = contacts.id AND m.direction = 'out'),
  replies = (SELECT count(*) FROM messages m
             WHERE m.tenant_id = contacts.tenant_id AND m.contact_id = contacts.id AND m.direction = 'in');

CREATE INDEX contacts_on_board ON contacts (tenant_id, stage, stage_since, id) WHERE merged_into IS NULL;
CREATE INDEX contacts_by_in ON contacts (tenant_id, last_in_at, id) WHERE last_in_at IS NOT NULL;
CREATE INDEX contacts_by_out ON contacts (tenant_id, last_out_at, id) WHERE last_out_at IS NOT NULL;
CREATE INDEX contacts_by_creation ON contacts (tenant_id, created_at, id);
CREATE INDEX contacts_by_recall ON contacts (tenant_id, recall_due_at, id) WHERE recall_due_at IS NOT NULL;
CREATE INDEX contacts_by_merge ON contacts (tenant_id, merged_into) WHERE merged_into IS NOT NULL;
-- Who could be the same person twice.
CREATE INDEX contacts_by_name ON contacts (tenant_id, last_name COLLATE NOCASE, first_name COLLATE NOCASE);
CREATE INDEX contacts_by_phone ON contacts (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX contacts_by_email ON contacts (tenant_id, email) WHERE email IS NOT NULL;

-- Every move along the pipeline, and why.
CREATE TABLE stage_moves (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  contact_id  TEXT NOT NULL,
  from_stage  TEXT NOT NULL,
  to_stage    TEXT NOT NULL,
  why         TEXT NOT NULL DEFAULT '',
  actor_kind  TEXT NOT NULL,
  actor_id    TEXT NOT NULL,
  cause_kind  TEXT NOT NULL,
  cause_id    TEXT NOT NULL,
  trace_id    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
) STRICT;
CREATE INDEX stage_moves_by_contact ON stage_moves (tenant_id, contact_id, at, id);
CREATE INDEX stage_moves_by_time ON stage_moves (tenant_id, at, id);
CREATE INDEX stage_moves_by_trace ON stage_moves (tenant_id, trace_id);

-- Two contacts made one. `before` and `after` are the survivor's fields that changed; with the rows that
-- moved they are what undoing needs.
CREATE TABLE merges (
  tenant_id   TEXT NOT NULL,
  id          TEXT NOT NULL,
  kept_id     TEXT NOT NULL,
  gone_id     TEXT NOT NULL,
  before      TEXT NOT NULL CHECK (json_valid(before)),
  after       TEXT NOT NULL CHECK (json_valid(after)),
  actor_kind  TEXT NOT NULL,
  actor_id    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  undone_at   INTEGER,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, kept_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, gone_id) REFERENCES contacts (tenant_id, id)
) STRICT;
CREATE INDEX merges_by_kept ON merges (tenant_id, kept_id, at);
CREATE INDEX merges_by_gone ON merges (tenant_id, gone_id, at);

CREATE TABLE merged_rows (
  tenant_id   TEXT NOT NULL,
  merge_id    TEXT NOT NULL,
  kind        TEXT NOT NULL,
  row_id      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, merge_id, kind, row_id),
  FOREIGN KEY (tenant_id, merge_id) REFERENCES merges (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- What staff are to do. `rank` puts the highest priority first, and what is due first within it.
CREATE TABLE tasks (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  type        TEXT NOT NULL CHECK (type IN ('welcome_call', 'follow_up', 'recall', 'review', 'confirm', 'other')),
  title       TEXT NOT NULL,
  note        TEXT NOT NULL DEFAULT '',
  contact_id  TEXT,
  booking_id  TEXT,
  assignee_id TEXT,
  status      TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'dismissed')),
  due_at      INTEGER NOT NULL CHECK (due_at BETWEEN 0 AND 4398046511103),
  priority    INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 100),
  reasons     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons)),
  rank        INTEGER GENERATED ALWAYS AS ((100 - priority) * 4398046511104 + due_at) VIRTUAL,
  unique_key  TEXT NOT NULL,
  version     INTEGER NOT NULL DEFAULT 1,
  cause_kind  TEXT NOT NULL,
  cause_id    TEXT NOT NULL,
  trace_id    TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  done_at     INTEGER,
  done_by     TEXT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, unique_key),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, assignee_id) REFERENCES staff (tenant_id, id),
  CHECK ((status = 'open') = (done_at IS NULL))
) STRICT;
CREATE INDEX tasks_open ON tasks (tenant_id, rank, id) WHERE status = 'open';
CREATE INDEX tasks_open_by_due ON tasks (tenant_id, due_at, id) WHERE status = 'open';
CREATE INDEX tasks_done ON tasks (tenant_id, done_at, id) WHERE status <> 'open';
CREATE INDEX tasks_by_contact ON tasks (tenant_id, contact_id, due_at, id);
CREATE INDEX tasks_by_booking ON tasks (tenant_id, booking_id);
CREATE INDEX tasks_by_trace ON tasks (tenant_id, trace_id);
CREATE INDEX tasks_by_creation ON tasks (tenant_id, created_at, id);
