"""Whatever arrives, a door answers with a verdict: well signed nonsense included."""

import asyncio
import hashlib
import hmac
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from frontdesk.core.web import HttpResponse
from frontdesk.integrations import manychat, resend, wix
from frontdesk.integrations.clicksend import sms, webhook
from frontdesk.integrations.inbound import Accepted, Ignored, Inbound, Refused, SecretSet
from frontdesk.integrations.twilio import sms as twilio_sms
from frontdesk.integrations.twilio import webhook as twilio
from frontdesk.integrations.twilio.signature import FORM, signature
from seed.host import HostCrypto

NOW = 1_790_000_000_000
SECRETS = SecretSet(
    {
        "wix_public_key": "no key",
        "wix_hmac_secret": "s",
        "clicksend_path_secret": "s",
        "twilio_auth_token": "s",
        "manychat_secret": "s",
        "resend_signing_secret": "whsec_" + b64encode(b"s" * 24).decode(),
    }
)
VERDICTS = (Accepted, Ignored, Refused)
NAMES = st.sampled_from(
    """
    id data eventType instanceId entityFqdn slug createdEvent updatedEvent actionEvent entity body booking
    currentEntity bookedEntity slot startDate endDate timezone status contactDetails phone resource name
    entityEventSequence eventTime totalParticipants type email_id created_at bounce from to message_id
    MessageSid MessageStatus AccountSid From Body NumMedia sid direction date_created num_segments price
    subscriber page_id first_name custom_fields fields text last_interaction code error_code
    status_code timestamp custom_string messages message_price message_parts current_page last_page
    """.split()  # noqa: SIM905 - a list of forty names is no easier to read
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**310)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["CONFIRMED", "created", wix.ENTITY, "2026-09-25T09:00:00Z", "0001-01-01T00:00:00", "site", "{}"]
    )
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)


def request(body: bytes, headers: dict[str, str]) -> Inbound:
    return Inbound("POST", "https://desk.example/", headers, body, NOW)


def through_wix(body: bytes) -> Any:
    signature = hmac.new(b"s", body, hashlib.sha256).hexdigest()
    signed = request(body, {"x-wix-webhook-signature": signature})
    return asyncio.run(wix.verify(HostCrypto(), signed, SECRETS, instance="site"))


@settings(max_examples=300, deadline=None)
@given(event=st.dictionaries(NAMES, VALUES, max_size=10), booking=st.dictionaries(NAMES, VALUES, max_size=10))
def test_wix(event: dict[str, Any], booking: dict[str, Any]) -> None:
    whole = {
        "id": "e1",
        "entityFqdn": wix.ENTITY,
        "slug": "created",
        "createdEvent": {"entity": booking},
        **event,
    }
    body = to_json({"instanceId": "site", "eventType": "x", "data": whole})
    assert isinstance(through_wix(body), VERDICTS)


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=300) | VALUES.map(to_json))
def test_any_bytes(body: bytes) -> None:
    assert isinstance(through_wix(body), VERDICTS)
    assert isinstance(through_wix(b"{" + body), VERDICTS)
    assert isinstance(webhook.verify(request(body, {}), SECRETS, presented="s"), VERDICTS)
    signed = hmac.new(b"s" * 24, f"m.{NOW // 1000}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "svix-id": "m",
        "svix-timestamp": str(NOW // 1000),
        "svix-signature": f"v1,{b64encode(signed).decode()}",
    }
    assert isinstance(resend.verify(request(body, headers), SECRETS), VERDICTS)


@settings(max_examples=200, deadline=None)
@given(fields=st.dictionaries(NAMES, VALUES, max_size=10), pairs=st.dictionaries(NAMES, st.text(max_size=50)))
def test_clicksend(fields: dict[str, Any], pairs: dict[str, str]) -> None:
    for body in (to_json(fields), urlencode(pairs, errors="replace").encode()):
        assert isinstance(webhook.verify(request(body, {}), SECRETS, presented="s"), VERDICTS)


@settings(max_examples=200, deadline=None)
@given(fields=st.dictionaries(NAMES, VALUES, max_size=12), pairs=st.dictionaries(NAMES, st.text(max_size=50)))
def test_twilio_and_manychat(fields: dict[str, Any], pairs: dict[str, str]) -> None:
    told = request(to_json(fields), {"x-frontdesk-secret": "s"})
    assert isinstance(manychat.verify(told, SECRETS), VERDICTS)
    whole = {
        "AccountSid": "AC1",
        **{name: value.encode("utf-8", "replace").decode() for name, value in pairs.items()},
    }
    sign = signature("s", "https://desk.example/", whole.items())
    headers = {"content-type": FORM, "x-twilio-signature": sign}
    form = request(urlencode(whole).encode(), headers)
    given = twilio.verify(form, SECRETS, account_sid=whole["AccountSid"] or "AC1")
    assert isinstance(given, VERDICTS)


@settings(max_examples=300, deadline=None)
@given(
    status=st.sampled_from([200, 201, 302, 400, 409, 429, 500]), data=VALUES, retry_after=st.text(max_size=40)
)
def test_answers(status: int, data: Any, retry_after: str) -> None:
    for value in (
        data,
        {"response_code": "SUCCESS", "data": data},
        {"data": {"messages": [data]}},
        {"data": {"data": [data]}},
        {"messages": [data]},
    ):
        response = HttpResponse(status, {"retry-after": retry_after}, to_json(value))
        sms.sent(response, custom_string="m1", now_ms=NOW)
        sms.found(response, custom_string="m1")
        resend.sent(response, now_ms=NOW)
        twilio_sms.sent(response, now_ms=NOW)
        twilio_sms.found(response, to="+1", body="x", since=NOW, known=())
