"""Secrets: how they are written, and where they must not turn up."""

import pytest

from frontdesk.core.log import redacted


@pytest.mark.parametrize("path", ["/webhooks/clicksend/harbour/s3cret", "/Webhooks/ClickSend/Harbour/s3cret"])
def test_the_secret_in_a_path_is_kept_out_of_logs_however_the_path_is_written(path: str) -> None:
    assert redacted(path) == path.replace("s3cret", "***")
