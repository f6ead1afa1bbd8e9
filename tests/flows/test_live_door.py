"""The door of the live line: who may listen, and how it refuses."""

import json

import pytest

from seed.api import Api
from seed.office import Office
from support.listening import Listens, Refused, knock
from support.stage import Stage


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"cookie": ""}, 401),
        ({"cookie": "fd_session=fds_" + "A" * 43}, 401),
        ({"cookie": "fd_session=x"}, 401),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://sibling.localhost"}, 403),
        ({"upgrade": "", "connection": ""}, 426),
    ],
)
def test_a_bad_knock_is_refused(api: Api, headers: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refused:
        knock(api, **headers)
    assert refused.value.status == status
    assert refused.value.headers["content-type"] == "application/problem+json"
    assert refused.value.problem["status"] == status
    assert "x-frontdesk-listener" not in str(refused.value.headers)


def test_since_must_be_a_number(api: Api) -> None:
    for since in ("x", "-1", "1e3", "9" * 30, "%C2%B2"):
        with pytest.raises(Refused) as refused:
            knock(api, f"/live?since={since}")
        assert refused.value.status == 422


def test_a_forged_listener_is_not_believed(stage: Stage, clinic: Office, api: Api) -> None:
    """What the door tells the object comes from the door alone."""
    forged = json.dumps({"shard": "main", "tenant_id": clinic.tenant.id, "staff_id": "x", "role": "owner"})
    with pytest.raises(Refused) as refused:
        knock(api, cookie="", **{"x-frontdesk-listener": forged})
    assert refused.value.status == 401


def test_a_program_listens_with_its_token(api: Api, listens: Listens) -> None:
    knock(api, cookie="", origin="", authorization=f"Bearer {api.token}").close()
