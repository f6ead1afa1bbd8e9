"""Migrates a deployed database, each file as a whole.

`wrangler d1 migrations apply --remote` hands a file to a door that takes it apart at its semicolons, those inside a
trigger among them, which it then calls incomplete input (cloudflare/workers-sdk#15690). A file that is imported is
read as SQLite reads it, and is applied whole or not at all. What was applied is noted where wrangler notes it.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from local import child

NOTED = """
CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
SELECT name FROM d1_migrations
"""


def migrate(name: str, run: Callable[..., None]) -> None:
    """Applies to environment `name` what is not applied yet, in order; `run` shows whoever deploys what happens.

    Raises SystemExit with wrangler's words when it cannot be asked, and whatever `run` raises.
    """
    applied = _applied(name)
    for path in sorted((child.ROOT / "migrations").glob("*.sql")):
        if path.name not in applied:
            with tempfile.TemporaryDirectory() as scratch:
                file = Path(scratch) / path.name
                file.write_text(
                    f"{path.read_text()}\nINSERT INTO d1_migrations (name) VALUES ('{path.name}');\n"
                )
                run(*_execute(name), "--yes", "--file", str(file))


def _applied(name: str) -> set[str]:
    done = subprocess.run(
        [*_execute(name), "--json", "--command", NOTED],
        cwd=child.ROOT,
        env={**child.environment(), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    try:
        if done.returncode:
            raise ValueError
        return {str(row["name"]) for row in json.loads(done.stdout)[-1]["results"]}
    except (ValueError, KeyError, TypeError, IndexError):
        raise SystemExit(
            f"{done.stdout}{done.stderr}\ndeploy: cannot see what was applied to the database; nothing was changed"
        ) from None


def _execute(name: str) -> list[str]:
    return ["wrangler", "d1", "execute", "DB", "--remote", "--env", name]
