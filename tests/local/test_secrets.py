"""Development's secrets file: made once, completed later, never overwritten."""

from pathlib import Path

from devtools import secrets


def test_a_new_name_of_the_example_is_added_and_an_own_value_stays(tmp_path: Path) -> None:
    own = tmp_path / ".dev.vars"
    assert secrets.provide(own) == list(secrets.demo())
    names = list(secrets.demo())
    own.write_text(f'{names[0]}="mine"\n')
    assert secrets.provide(own) == names[1:]
    assert secrets.read(own) == {**secrets.demo(), names[0]: "mine"}
    assert secrets.provide(own) == []
