"""Applies migrations/ to a local state, through wrangler as in production; skipped when there is nothing new."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from local.child import ROOT, environment

MIGRATIONS = ROOT / "migrations"
TEMPLATES = ROOT / ".wrangler" / "migrated"
KEPT = 3  # templates: each is some 200 KB
NOTES = """CREATE TABLE d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
"""
"""Wrangler's, where it looks for what has been applied."""


class MigrationFailed(Exception):
    """wrangler's own words, or what to do."""


def migrate(state: Path) -> bool:
    """Brings the databases under `state` up to date; whether anything was applied. Nothing may run on `state`.

    An empty state gets a copy of a database migrated before: wrangler takes seconds, a copy milliseconds.
    Raises MigrationFailed when a migration is wrong, or was edited after it had been applied here.
    """
    wanted = {path.name: _hash(path.read_bytes()) for path in sorted(MIGRATIONS.glob("*.sql"))}
    stamp = state / "migrated.json"
    if not (state / "v3" / "d1").exists():
        # Whole or absent: half a copy would pass for a database.
        copying = state / "v3" / "d1.new"
        shutil.rmtree(copying, ignore_errors=True)
        try:
            shutil.copytree(_template(wanted), copying)
        except shutil.Error as error:
            raise MigrationFailed(
                f"{state}: {error.args[0][0][2]}"
            ) from None  # of many files, why the first failed
        copying.rename(state / "v3" / "d1")
    else:
        applied = json.loads(stamp.read_text()) if stamp.exists() else {}
        if applied == wanted:
            return False
        edited = [name for name, digest in applied.items() if wanted.get(name) != digest]
        if edited:
            raise MigrationFailed(f"{', '.join(edited)} changed after being applied here; start with --reset")
        _apply(state)
    stamp.write_text(json.dumps(wanted))
    return True


def _template(wanted: dict[str, str]) -> Path:
    key = _hash(json.dumps(wanted).encode() + (ROOT / "wrangler.toml").read_bytes())
    template = TEMPLATES / key[:16]
    if not template.exists():
        making = TEMPLATES / f"{key[:16]}.{os.getpid()}"
        shutil.rmtree(making, ignore_errors=True)
        _make(making)
        try:
            (making / "v3" / "d1").rename(template)
        except OSError:
            if not template.exists():  # else another process was as fast, and made the same
                raise
        shutil.rmtree(making, ignore_errors=True)
        for old in sorted(TEMPLATES.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
    return template


def _make(state: Path) -> None:
    """All migrations on a new database, as wrangler would apply and note them, but at once.

    One by one, each of them costs another start of workerd.
    """
    whole = state / "whole.sql"
    state.mkdir(parents=True, exist_ok=True)
    noted = [
        f"{path.read_text()}\nINSERT INTO d1_migrations (name) VALUES ('{path.name}');\n"
        for path in sorted(MIGRATIONS.glob("*.sql"))
    ]
    whole.write_text(NOTES + "".join(noted))
    try:
        _wrangler(state, "execute", "DB", "--file", str(whole))
    except MigrationFailed:
        _apply(state)  # it says which one is wrong


def _apply(state: Path) -> None:
    _wrangler(state, "migrations", "apply", "DB")


def _wrangler(state: Path, *command: str) -> str:
    """What it said. Raises MigrationFailed."""
    wrangler = subprocess.Popen(
        ["wrangler", "d1", *command, "--local", "--persist-to", str(state)],
        cwd=ROOT,
        # CI: no questions.
        env={**environment(), "CI": "1", "WRANGLER_SEND_METRICS": "false", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = wrangler.communicate()
    except BaseException:
        os.killpg(wrangler.pid, signal.SIGKILL)  # it starts others, and does not end them
        wrangler.communicate()
        raise
    if wrangler.returncode:
        raise MigrationFailed(said)
    return said


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
