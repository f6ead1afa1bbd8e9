-- Who the tenants are, which hosts lead to them, and the secrets they share with providers.

CREATE TABLE tenants (
  id          TEXT PRIMARY KEY,
  slug        TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 2 AND 40),
  kind        TEXT NOT NULL CHECK (kind IN ('clinic', 'diner', 'store', 'trades', 'saas')),
  name        TEXT NOT NULL,
  time_zone   TEXT NOT NULL,
  country     TEXT NOT NULL CHECK (length(country) = 2),
  currency    TEXT NOT NULL CHECK (length(currency) = 3),
  locale      TEXT NOT NULL,
  plan        TEXT NOT NULL DEFAULT 'standard',
  shard       TEXT NOT NULL DEFAULT 'main',
  features    TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features)),
  settings    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  version     INTEGER NOT NULL DEFAULT 1,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE domains (
  host        TEXT PRIMARY KEY,
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX domains_by_tenant ON domains (tenant_id);

-- Sealed under the platform's master key; `previous` stays valid while a provider rotates.
CREATE TABLE tenant_secrets (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  name        TEXT NOT NULL,
  slot        TEXT NOT NULL CHECK (slot IN ('current', 'previous')),
  sealed      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name, slot)
) STRICT, WITHOUT ROWID;
