"""Calls to other people's addresses: signed as the specification says, tried again, never to an inner address."""

import asyncio
import json
import time
from typing import Any

import pytest
from svix.webhooks import Webhook, WebhookVerificationError

from frontdesk.automation.rules.posting import refused_for, signed
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.errors import Invalid
from frontdesk.core.events import JobDraft
from frontdesk.core.rows import revive_job
from frontdesk.core.sealing import seal
from frontdesk.core.web import HttpRequest, HttpResponse, TransportError
from frontdesk.tenants.writes import put_secret
from support.automated import alone, on, rule, story
from support.desk import Desk

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://hooks.example/in"
CALL = {"do": "call_webhook", "url": URL}


class Elsewhere:
    """Somebody's address: answers as it is told, remembers what it got."""

    def __init__(self, desk: Desk, *answers: int | Exception, **headers: str) -> None:
        self.got: list[HttpRequest] = []
        self.answers, self.headers = list(answers), headers
        known = desk.world.http.answer

        def answer(request: HttpRequest) -> HttpResponse:
            if not request.url.startswith(URL[:20]):
                return known(request)
            self.got.append(request)
            said = self.answers.pop(0) if self.answers else 200
            if isinstance(said, Exception):
                raise said
            return HttpResponse(said, self.headers, b'{"ok":true}')

        desk.world.http.answer = answer


def desk_with(*answers: int | Exception, secret: str = SECRET, **headers: str) -> tuple[Desk, Elsewhere, str]:
    desk = alone()
    elsewhere = Elsewhere(desk, *answers, **headers)
    if secret:
        sealed = asyncio.run(seal(desk.world.platform, desk.tenant, "webhook_signing_secret", secret))
        desk.commit(put_secret("webhook_signing_secret", sealed, desk.now))
    id_ = rule(desk, on("booking.created", CALL))
    desk.book()
    return desk, elsewhere, id_


def test_a_call_is_signed_so_that_an_official_library_takes_it() -> None:
    desk, elsewhere, id_ = desk_with()
    desk.work()
    (call,) = elsewhere.got
    # The library looks at its own clock, so the signature is made anew for now.

    headers = signed(call.headers["webhook-id"], call.body.decode(), [SECRET], int(time.time() * 1000))
    Webhook(SECRET).verify(call.body, headers)
    again = signed(call.headers["webhook-id"], call.body.decode(), [SECRET], desk.world.real)
    assert again["webhook-signature"] == call.headers["webhook-signature"]
    told: Any = json.loads(call.body)
    assert told["id"] == call.headers["webhook-id"]
    assert (told["event"]["type"], told["contact"]["first_name"]) == ("booking.created", "Jo")
    assert told["rule"]["version"] == 1
    (row,) = story(desk, id_).calls
    assert (row.state, row.status, row.attempts, row.response) == ("delivered", 200, 1, '{"ok":true}')


def test_a_stumbling_address_is_called_again_with_the_same_id() -> None:
    desk, elsewhere, id_ = desk_with(500, TransportError("timeout"), 429, 200)
    desk.until(desk.now + HOUR)
    assert len(elsewhere.got) == 4
    assert len({each.headers["webhook-id"] for each in elsewhere.got}) == 1
    assert story(desk, id_).calls[0].state == "delivered"


@pytest.mark.parametrize("status", [302, 404, 410])
def test_what_will_not_change_is_not_repeated_until_a_person_says_so(status: int) -> None:
    desk, elsewhere, id_ = desk_with(status, location="http://169.254.169.254/")
    desk.until(desk.now + HOUR)
    assert [each.url for each in elsewhere.got] == [URL]
    (row,) = story(desk, id_).calls
    assert (row.state, row.status) == ("failed", status)
    (job,) = desk.rows("SELECT id, state FROM jobs WHERE kind = 'automation.call'")
    assert job["state"] == "dead"
    desk.commit(revive_job(job["id"], desk.now))
    desk.work()
    assert story(desk, id_).calls[0].state == "delivered"


def test_an_address_that_never_answers_is_given_up() -> None:
    desk, elsewhere, id_ = desk_with(*[503] * 40)
    desk.until(desk.now + 12 * HOUR, step=10 * MINUTE)
    assert len(elsewhere.got) == 12
    (row,) = story(desk, id_).calls
    assert (row.state, row.attempts) == ("failed", 12)


def test_without_a_secret_nothing_is_called() -> None:
    desk, elsewhere, id_ = desk_with(secret="")
    desk.work()
    assert elsewhere.got == []
    assert "no secret" in story(desk, id_).calls[0].error


def test_a_secret_that_is_none_is_said_to_be() -> None:
    desk, elsewhere, id_ = desk_with(secret="hello")
    desk.work()
    assert elsewhere.got == []
    (row,) = story(desk, id_).calls
    assert row.state == "failed" and "secret" in row.error and "hello" not in row.error


@pytest.mark.parametrize("name", ["call.before", "call.after"])
def test_a_call_survives_a_death_and_repeats_its_id(name: str) -> None:
    desk, elsewhere, id_ = desk_with()
    desk.world.kills = [(name, 1)]
    desk.until(desk.now + HOUR)
    assert desk.world.deaths == 1
    assert len({each.headers["webhook-id"] for each in elsewhere.got}) == 1
    assert story(desk, id_).calls[0].state == "delivered"


def test_what_a_call_said_is_forgotten_with_what_came_in() -> None:
    desk, _, id_ = desk_with()
    desk.work()
    for days, kept in ((29, True), (2, False)):
        desk.pass_(days * DAY)
        desk.commit(JobDraft("automation.forget", key=f"n{days}"))
        desk.work()
        assert bool(story(desk, id_).calls[0].body) is kept


def test_both_secrets_sign_while_one_replaces_the_other() -> None:
    other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    headers = signed("id", "{}", [other, SECRET], int(time.time() * 1000))
    Webhook(SECRET).verify(b"{}", headers)
    Webhook(other).verify(b"{}", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(b"{ }", headers)


INNER = [
    "http://hooks.example/x",
    "https://localhost/x",
    "https://a.localhost/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0/x",
    "https://10.1.2.3/x",
    "https://172.16.0.9/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[fd00::1]/x",
    "https://[fe80::1]/x",
    "https://224.0.0.1/x",
    "https://router/x",
    "https://db.internal/x",
    "https://printer.local/x",
    "https://frontdesk.example/x",
    "https://blue.frontdesk.example/x",
    "https://user:pw@hooks.example/x",
    "https://hooks.example:8443/x",
    "https://hooks.example:99999/x",
    "ftp://hooks.example/x",
    "https://",
    "https://127.0.0.1./x",
    "https://localhost./x",
    # As browsers and fetch read these, another host is meant than by the letter.
    "https://127.0.0.1\\.hooks.example/x",
    "https://blue.frontdesk.example\\.hooks.example/x",
    "https://127.0.0.%31/x",
    "https://blue.frontdesk.e%78ample/x",
    "https://blue.frontdesk.example../x",
    "https://1.1.1.1/x",
    "https://[2606:4700:4700::1111]/x",
    "https://[64:ff9b::7f00:1]/x",
]


@pytest.mark.parametrize("url", INNER)
def test_an_inner_address_is_refused(url: str) -> None:
    assert refused_for(url, platform_domain="frontdesk.example", development=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/x",
        "https://hooks.example:443/x?y=1",
        "https://xn--bcher-kva.de/",
    ],
)
def test_an_address_on_the_internet_is_called(url: str) -> None:
    assert refused_for(url, platform_domain="frontdesk.example", development=False) == ""


def test_who_names_such_an_address_is_told_when_saving() -> None:
    desk = alone()
    desk.world.settings = desk.world.settings.model_copy(update={"environment": "production"})
    with pytest.raises(Invalid) as refusal:
        rule(desk, on("booking.created", {"do": "call_webhook", "url": "https://10.0.0.1/x"}))
    assert refusal.value.extra["errors"][0]["field"] == "actions.0.url"


def test_in_development_a_neighbour_on_the_machine_may_be_called() -> None:
    assert refused_for("http://127.0.0.1:9000/x", platform_domain="localhost", development=True) == ""
