"""Secrets: how they are written, and where they must not turn up."""

import pytest

from frontdesk.core.log import redacted
from support.house import House


@pytest.mark.parametrize("path", ["/webhooks/clicksend/harbour/s3cret", "/Webhooks/ClickSend/Harbour/s3cret"])
def test_the_secret_in_a_path_is_kept_out_of_logs_however_the_path_is_written(path: str) -> None:
    assert redacted(path) == path.replace("s3cret", "***")


PEM = "-----BEGIN PUBLIC KEY-----\r\nMIIB\n-----END PUBLIC KEY-----"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("clicksend_api_key", "key\r\nx-admin: 1", 422),
        ("clicksend_api_key", "key\x7f", 422),
        ("resend_api_key", "re_k\u00e9y", 422),
        ("resend_signing_secret", "whsec_\tx", 422),
        ("wix_public_key", f"{PEM}\x00", 422),
        ("wix_public_key", PEM, 200),
        ("wix_hmac_secret", " correct horse, battery! ", 200),
    ],
)
def test_a_secret_is_printable_and_only_a_key_has_lines(name: str, value: str, status: int) -> None:
    house = House()
    answer = house.send("POST", f"/settings/secrets/{name}", {"value": value}, token=house.token())
    assert answer.status == status
    assert b"x-admin" not in answer.body and "x-admin" not in "".join(house.world.lines)
    assert len(house.rows("SELECT * FROM tenant_secrets")) == (status == 200)
