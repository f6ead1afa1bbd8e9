-- Staff, how they sign in, and what each of them changed.

CREATE TABLE staff (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  email       TEXT NOT NULL COLLATE NOCASE,
  name        TEXT NOT NULL,
  role        TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'staff', 'technician', 'viewer')),
  active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  version     INTEGER NOT NULL DEFAULT 1,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email)
) STRICT, WITHOUT ROWID;

-- One request for a code. The code itself is only in KV, hashed, for ten minutes.
CREATE TABLE sign_ins (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  id          TEXT NOT NULL,
  email_hash  TEXT NOT NULL,
  staff_id    TEXT,
  tries       INTEGER NOT NULL DEFAULT 0 CONSTRAINT five_tries CHECK (tries <= 5),
  expires_at  INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_by_email ON sign_ins (tenant_id, email_hash, created_at);

-- A code works once: the primary key says so.
CREATE TABLE sign_ins_used (
  tenant_id   TEXT NOT NULL,
  sign_in_id  TEXT NOT NULL,
  used_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, sign_in_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  token_hash  TEXT NOT NULL,
  staff_id    TEXT NOT NULL,
  user_agent  TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  revoked_at  INTEGER,
  PRIMARY KEY (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_staff ON sessions (tenant_id, staff_id);

CREATE TABLE audit (
  tenant_id    TEXT NOT NULL REFERENCES tenants (id),
  id           TEXT NOT NULL,
  actor_kind   TEXT NOT NULL,
  actor_id     TEXT NOT NULL,
  action       TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  change       TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(change)),
  cause_id     TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_kind, subject_id, at);
