"""Whoever asks too often is told when to come back, and nobody else notices."""

import http.client
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from urllib.parse import urlsplit

from seed.api import Answer, Api
from seed.office import Office
from support.stage import Stage
from support.wire import is_problem

MOST = 600
"""A minute, for an address and for a session (wrangler.toml)."""
LINES = 6


def asking(api: Api, path: str, headers: Iterator[Mapping[str, str]]) -> Answer:
    """The first answer that is not 200, on a few lines at once: 600 a minute are many for a busy machine.

    A minute's end in between may double the allowance.
    """
    asked = list(islice(headers, 2 * MOST + 2 * LINES))
    with ThreadPoolExecutor(LINES) as lines:
        found = lines.map(lambda first: _refused(api, path, asked[first::LINES]), range(LINES))
        refusals = [answer for answer in found if answer is not None]
    assert refusals, "there is no limit"
    return refusals[0]


def _refused(api: Api, path: str, asked: Sequence[Mapping[str, str]]) -> Answer | None:
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(api.url.geturl()).port, timeout=20)
    try:
        for headers in asked:
            line.request("GET", path, headers={"host": api.host, **headers})
            reply = line.getresponse()
            body = reply.read()
            if reply.status != 200:
                return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, body)
    finally:
        line.close()
    return None


def addresses() -> Iterator[str]:
    """One IPv4 address after the other."""
    return (f"198.51.{number // 256}.{number % 256}" for number in range(65_536))


def limited(answer: Answer) -> bool:
    """A 429 that says when to come back."""
    return answer.status == 429 and is_problem(answer) and 0 < int(answer.headers["retry-after"]) <= 60


def test_one_address_asks_too_often(stage: Stage, clinic: Office) -> None:
    """A household has a /64 of IPv6: another number in it is the same caller."""
    api = stage.api(clinic)
    network = api.headers["cf-connecting-ip"].removesuffix("1")
    same = ({"cf-connecting-ip": f"{network}{number % 9 + 1}"} for number in range(9_999))
    assert limited(asking(api, "/health", same))
    assert limited(api.call("POST", "/api/v1/auth/codes", {"email": clinic.owner}))
    assert stage.api(clinic).call("GET", "/health").status == 200
    assert stage.book(clinic)["callbacks"][0]["attempts"][0]["status"] == 200, "providers are not limited so"


def test_one_session_asks_too_often(stage: Stage, clinic: Office) -> None:
    mine = stage.signed_in(clinic)
    shown = {"authorization": f"Bearer {mine.token}"}
    assert limited(asking(mine, "/api/v1/me", ({**shown, "cf-connecting-ip": each} for each in addresses())))
    assert stage.signed_in(clinic).call("GET", "/api/v1/me").status == 200
