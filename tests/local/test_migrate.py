"""Local migrations: applied once, and an edited one is refused."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from devtools import migrate as migrating
from devtools.migrate import MigrationFailed, migrate
from support.processes import is_alive


def test_a_fresh_state_is_migrated_once(tmp_path: Path) -> None:
    assert migrate(tmp_path)
    assert not migrate(tmp_path)
    assert list((tmp_path / "v3" / "d1").rglob("*.sqlite"))


def test_all_at_once_is_as_one_by_one(tmp_path: Path) -> None:
    migrating._make(tmp_path)
    said = migrating._wrangler(tmp_path, "migrations", "apply", "DB")
    assert "No migrations to apply" in said


def test_a_wrong_migration_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrangler(_state: Path, *command: str) -> str:
        raise MigrationFailed("0019_typo.sql" if command[0] == "migrations" else "near CRATE: syntax error")

    monkeypatch.setattr(migrating, "_wrangler", wrangler)
    with pytest.raises(MigrationFailed, match=r"0019_typo\.sql"):
        migrating._make(tmp_path)


def test_half_a_copy_does_not_pass_for_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_source: Path, target: Path) -> None:
        target.mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("shutil.copytree", interrupted)
        migrate(tmp_path)
    assert migrate(tmp_path)
    assert list((tmp_path / "v3" / "d1").rglob("*.sqlite"))


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        why = "[Errno 28] No space left on device"
        raise shutil.Error(
            [(str(source / name), str(target / name), why) for name in ("a.sqlite", "b.sqlite")]
        )

    monkeypatch.setattr("shutil.copytree", full)
    with pytest.raises(MigrationFailed) as told:
        migrate(tmp_path)
    assert str(told.value) == f"{tmp_path}: [Errno 28] No space left on device"


def test_what_wrangler_started_does_not_outlive_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "wrangler"
    fake.parent.mkdir()
    # It strikes half a second later: not while whoever starts it is still busy with that.
    script = f"#!/bin/sh\nsleep 60 &\necho $! > '{tmp_path}/grandchild'\nsleep 0.5\nkill -INT $PPID\nwait\n"
    fake.write_text(script)
    fake.chmod(0o755)
    monkeypatch.setattr(migrating, "environment", lambda: {"PATH": f"{fake.parent}:{os.environ['PATH']}"})
    with pytest.raises(KeyboardInterrupt):
        migrating._apply(tmp_path)
    deadline = time.monotonic() + 5
    while is_alive(int((tmp_path / "grandchild").read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_migration_edited_after_it_was_applied_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(tmp_path)
    stamp = tmp_path / "migrated.json"
    applied = json.loads(stamp.read_text())
    first = min(applied)
    stamp.write_text(json.dumps({**applied, first: "another"}))
    with pytest.raises(MigrationFailed, match=first):
        migrate(tmp_path)


def test_a_new_migration_is_applied_to_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(tmp_path)
    stamp = tmp_path / "migrated.json"
    applied = json.loads(stamp.read_text())
    stamp.write_text(json.dumps({name: digest for name, digest in applied.items() if name != max(applied)}))
    asked: list[Path] = []
    monkeypatch.setattr(migrating, "_apply", asked.append)
    assert migrate(tmp_path)
    assert asked == [tmp_path]
    assert json.loads(stamp.read_text()) == applied
