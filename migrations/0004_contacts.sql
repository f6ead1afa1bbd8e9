-- The people a tenant deals with, and every interaction with them.

CREATE TABLE contacts (
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  id               TEXT NOT NULL,
  first_name       TEXT NOT NULL DEFAULT '',
  last_name        TEXT NOT NULL DEFAULT '',
  email            TEXT,
  phone            TEXT,
  time_zone        TEXT,
  existing_patient INTEGER NOT NULL DEFAULT 0 CHECK (existing_patient IN (0, 1)),
  pipeline         TEXT NOT NULL DEFAULT 'main',
  stage            TEXT NOT NULL DEFAULT 'lead',
  source           TEXT NOT NULL DEFAULT '',
  tags             TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  version          INTEGER NOT NULL DEFAULT 1,
  last_seen_at     INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX contacts_by_seen ON contacts (tenant_id, last_seen_at, id);
CREATE INDEX contacts_by_stage ON contacts (tenant_id, stage, last_seen_at, id);

-- What a contact is recognised by. The primary key is what makes two concurrent strangers one contact.
CREATE TABLE contact_identities (
  tenant_id   TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('phone', 'email', 'wix', 'manychat', 'stripe')),
  value       TEXT NOT NULL,
  contact_id  TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, kind, value),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_identities_by_contact ON contact_identities (tenant_id, contact_id);

CREATE TABLE touchpoints (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  contact_id   TEXT NOT NULL,
  kind         TEXT NOT NULL,
  channel      TEXT NOT NULL DEFAULT '',
  direction    TEXT NOT NULL DEFAULT 'in' CHECK (direction IN ('in', 'out', 'none')),
  summary      TEXT NOT NULL DEFAULT '',
  subject_kind TEXT NOT NULL DEFAULT '',
  subject_id   TEXT NOT NULL DEFAULT '',
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
) STRICT;
CREATE INDEX touchpoints_by_contact ON touchpoints (tenant_id, contact_id, at, id);
