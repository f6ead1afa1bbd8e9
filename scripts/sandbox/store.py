"""The sandbox's memory: one SQLite database, in a file when a state directory is given."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
  provider TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (provider, id)
);
CREATE TABLE IF NOT EXISTS sms (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL DEFAULT 'clicksend',
  account TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  customer TEXT NOT NULL,
  business TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  custom_string TEXT NOT NULL DEFAULT '',
  original_id TEXT NOT NULL DEFAULT '',
  status_code INTEGER,
  status_text TEXT,
  error_code TEXT,
  error_text TEXT,
  parts INTEGER NOT NULL DEFAULT 1,
  at_ms INTEGER NOT NULL,
  real_ms INTEGER NOT NULL,
  receipt_ms INTEGER,
  is_read INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS sms_customer ON sms (customer, business, seq);
CREATE INDEX IF NOT EXISTS sms_account ON sms (account, custom_string);
CREATE TABLE IF NOT EXISTS emails (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  recipients TEXT NOT NULL,
  data TEXT NOT NULL,
  at_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, email_id TEXT NOT NULL,
  real_ms INTEGER NOT NULL, PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS bookings (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL, instance_id TEXT NOT NULL,
  sequence INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL, booking_id TEXT NOT NULL, app_id TEXT NOT NULL, instance_id TEXT NOT NULL,
  event_type TEXT NOT NULL, envelope TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS callbacks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL, account TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,
  method TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, forged INTEGER NOT NULL,
  state TEXT NOT NULL, at_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS callbacks_account ON callbacks (provider, account);
CREATE TABLE IF NOT EXISTS attempts (
  callback INTEGER NOT NULL, number INTEGER NOT NULL, real_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL, status INTEGER, error TEXT, answer TEXT NOT NULL, headers TEXT NOT NULL,
  PRIMARY KEY (callback, number)
);
CREATE TABLE IF NOT EXISTS browsers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE, label TEXT NOT NULL, server_key TEXT NOT NULL,
  private_pem TEXT NOT NULL, auth TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS pushes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  browser INTEGER NOT NULL, plain TEXT NOT NULL, ttl_s INTEGER NOT NULL,
  topic TEXT NOT NULL, urgency TEXT NOT NULL, at_ms INTEGER NOT NULL
);
"""

TABLES = ("sms", "emails", "idempotency", "bookings", "events", "callbacks", "attempts", "pushes")


class Store:
    """Thin, synchronous access to the database; every call is a few microseconds on one event loop."""

    def __init__(self, state: Path | None) -> None:
        if state is not None:
            state.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if state is None else str(state / "sandbox.sqlite3")
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)
        if not any(row["name"] == "provider" for row in self.rows("PRAGMA table_info(sms)")):
            self.run("ALTER TABLE sms ADD COLUMN provider TEXT NOT NULL DEFAULT 'clicksend'")
        # A callback that was on its way when the process ended is not taken up again.
        self.run("UPDATE callbacks SET state = 'abandoned' WHERE state IN ('pending', 'held')")

    def rows(self, sql: str, *values: Any) -> list[Json]:
        """All rows as plain dicts."""
        return [dict(row) for row in self.connection.execute(sql, values)]

    def row(self, sql: str, *values: Any) -> Json | None:
        """The first row, or None."""
        found = self.connection.execute(sql, values).fetchone()
        return dict(found) if found is not None else None

    def run(self, sql: str, *values: Any) -> int:
        """Executes one statement; the id of the inserted row, if any."""
        return self.connection.execute(sql, values).lastrowid or 0

    def insert(self, table: str, values: Json) -> int:
        """Inserts one row from column names to values."""
        columns = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        return self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values.values())

    def clear(self, tables: Iterable[str] = TABLES) -> None:
        """Forgets everything in the tables given."""
        for table in tables:
            self.run(f"DELETE FROM {table}")

    def close(self) -> None:
        """Closes the database."""
        self.connection.close()


def dumps(value: Any) -> str:
    """Compact JSON text, as most providers send it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
