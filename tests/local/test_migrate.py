"""Local migrations: applied once, and an edited one is refused."""

import json
from pathlib import Path

import pytest

from devtools import migrate as migrating
from devtools.migrate import MigrationFailed, migrate


def test_a_fresh_state_is_migrated_once(tmp_path: Path) -> None:
    assert migrate(tmp_path)
    assert not migrate(tmp_path)
    assert list((tmp_path / "v3" / "d1").rglob("*.sqlite"))


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
