"""A state directory: nobody else's files are ever emptied out, and nobody else's running state."""

import os
from pathlib import Path

import pytest

from devtools.state import NotOurs, owned


def used(state: Path) -> Path:
    kept = state / "worker" / "v3" / "rows.sqlite"
    kept.parent.mkdir(parents=True)
    kept.write_text("rows")
    return kept


def test_what_it_holds_stays_unless_it_is_reset(tmp_path: Path) -> None:
    kept = used(tmp_path)
    with owned(tmp_path):
        assert kept.exists()
    with owned(tmp_path, reset=True):
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_directory_with_other_things_is_not_emptied(tmp_path: Path) -> None:
    kept = used(tmp_path)
    letters = tmp_path / "letters"
    letters.write_text("dear")
    with pytest.raises(NotOurs, match="letters"), owned(tmp_path, reset=True):
        pass
    assert kept.exists() and letters.read_text() == "dear"


def test_a_state_in_use_is_neither_shared_nor_emptied(tmp_path: Path) -> None:
    kept = used(tmp_path)
    with owned(tmp_path):
        for reset in (False, True):
            with pytest.raises(NotOurs, match=f"process {os.getpid()} "), owned(tmp_path, reset=reset):
                pass
        assert kept.exists()
    with owned(tmp_path):
        assert kept.exists()
