"""One runtime for the tests of the runtime."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.client import Runtime

CONFIG = Path(__file__).parent / "wrangler.toml"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    with Runtime.start(state=tmp_path_factory.mktemp("state"), config=CONFIG, quiet=True) as started:
        yield started
