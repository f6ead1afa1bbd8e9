"""Handing over a past: every table is either taken along or left behind for a reason."""

from seed.memory import MemoryDatabase
from seed.transfer import LEFT, TABLES


def test_no_table_is_forgotten() -> None:
    rows = MemoryDatabase().connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    assert {name for (name,) in rows} == set(TABLES) | LEFT
    assert not set(TABLES) & LEFT
