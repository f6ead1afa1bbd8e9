"""What providers called us with in the past: the sandbox's own payloads and signatures, with made-up secrets."""

from random import Random
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from frontdesk.core.clock import SECOND
from frontdesk.integrations.inbound import Inbound
from sandbox.signing import hex_hmac, svix_headers
from sandbox.store import dumps
from sandbox.wix import Wanted, attendance, change, envelope, new_booking, webhook, zulu
from sandbox.world import World
from seed.leads import Lead
from seed.month import Visit

SECRETS = {
    "wix_hmac_secret": "past",
    "clicksend_path_secret": "past",
    "clicksend_username": "past",
    "clicksend_api_key": "past",
    "resend_api_key": "past",
    "resend_signing_secret": "whsec_cGFzdA==",
    "manychat_secret": "past",
}
"""Nothing of this reaches a real database: bodies are kept there, signatures and secret paths are not."""
ORIGIN = "http://127.0.0.1"


class Calls:
    """Builds requests to one tenant's doors. Every `at` is ms UTC."""

    def __init__(
        self, slug: str, instance: str, zone: str, number: str, dice: Random, *, page: str = ""
    ) -> None:
        self.slug, self.instance, self.zone, self.number, self.page = slug, instance, zone, number, page
        self._dice = dice
        self._bookings: dict[str, dict[str, Any]] = {}
        self._sequences: dict[str, int] = {}

    def booked(self, visit: Visit, at: int) -> Inbound:
        """Wix: a booking was made."""
        patient = visit.patient
        wanted = Wanted(
            start=visit.starts_at,
            duration_min=visit.minutes,
            timezone=self.zone,
            service=visit.service,
            practitioner=visit.practitioner,
            location="Harbour Street",
            first_name=patient.first_name,
            last_name=patient.last_name,
            email=patient.email,
            phone=patient.phone,
            contact_id=patient.id,
            booking_id=visit.id,
        )
        booking = new_booking(_at(at), self.instance, wanted)
        booking["bookedEntity"]["slot"]["sessionId"] = self.id()
        return self._wix("create", booking, {}, at)

    def changed(self, visit: Visit, verb: str, changes: dict[str, Any], at: int) -> Inbound:
        """Wix: it was moved or cancelled."""
        booking, beside = change(_at(at), self._bookings[visit.id], verb, changes)
        return self._wix(verb, booking, beside, at)

    def missed(self, visit: Visit, at: int) -> Inbound:
        """Wix: the patient did not come. The product passes over what is about attendance."""
        booking, sequence = self._bookings[visit.id], self._sequences[visit.id] + 1
        event = attendance(_at(at), booking, "NOT_ATTENDED", sequence, "object", self.id())
        return self._signed(event, at)

    def _wix(self, verb: str, booking: dict[str, Any], beside: dict[str, Any], at: int) -> Inbound:
        id_ = booking["id"]
        self._bookings[id_] = booking
        self._sequences[id_] = sequence = self._sequences.get(id_, 0) + 1
        return self._signed(envelope(_at(at), verb, booking, beside, sequence, "object", self.id()), at)

    def _signed(self, event: dict[str, Any], at: int) -> Inbound:
        body = dumps(webhook(event, self.instance)).encode()
        signature = hex_hmac(SECRETS["wix_hmac_secret"], body)
        return self._call("wix", body, at, {"x-wix-webhook-signature": signature})

    def forged(self, visit: Visit, at: int) -> Inbound:
        """Somebody who does not know the secret claims a booking."""
        genuine = self.booked(visit, at)
        return self._call(
            "wix", genuine.body, at, {"x-wix-webhook-signature": hex_hmac("guess", genuine.body)}
        )

    def lead(self, lead: Lead, at: int) -> Inbound:
        """ManyChat: somebody answered the questions of a flow."""
        patient = lead.patient
        person = {
            "id": lead.id,
            "page_id": self.page,
            "first_name": patient.first_name,
            "last_name": patient.last_name,
            "phone": patient.phone,
            "email": patient.email,
            "last_interaction": zulu(at),
        }
        body = dumps({"subscriber": person, "text": lead.text, "fields": lead.fields}).encode()
        return self._call("manychat", body, at, {"x-frontdesk-secret": SECRETS["manychat_secret"]})

    def text(self, sender: str, body: str, at: int, *, secret: str = "") -> Inbound:
        """ClickSend: somebody texted the business."""
        fields = {"message_id": self.id(), "from": sender, "to": self.number, "body": body}
        return self._form(
            {**fields, "timestamp": at // SECOND}, at, secret or SECRETS["clicksend_path_secret"]
        )

    def text_receipt(self, text: dict[str, Any], code: str, at: int) -> Inbound:
        """ClickSend: what became of a text."""
        fields = {
            "message_id": text["message_id"],
            "status_code": code,
            "status_text": "Success: Message received on handset." if code == "201" else "Permanent failure",
            "custom_string": text["custom_string"],
            "timestamp": at // SECOND,
        }
        if code == "301":
            fields |= {"error_code": "301", "error_text": "number not reachable"}
        return self._form(fields, at, SECRETS["clicksend_path_secret"])

    def mail_receipt(self, mail: dict[str, Any], kind: str, at: int) -> Inbound:
        """Resend: what became of a mail."""
        data: dict[str, Any] = {"email_id": mail["id"], "to": mail["to"]}
        if kind == "email.bounced":
            data["bounce"] = {"type": "Permanent", "message": "The mailbox does not exist."}
        body = dumps({"type": kind, "created_at": zulu(at), "data": data}).encode()
        headers = svix_headers([SECRETS["resend_signing_secret"]], f"msg_{self.id()}", body, at // SECOND)
        return self._call("resend", body, at, headers)

    def _form(self, fields: dict[str, Any], at: int, secret: str) -> Inbound:
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self._call("clicksend", urlencode(fields).encode(), at, form, f"/{secret}")

    def _call(self, source: str, body: bytes, at: int, headers: dict[str, str], more: str = "") -> Inbound:
        url = f"{ORIGIN}/webhooks/{source}/{self.slug}{more}"
        given = {"content-type": "application/json", "user-agent": f"{source}/1", **headers}
        return Inbound("POST", url, given, body, at)

    def id(self) -> str:
        """An id as providers make them."""
        low, high = self._dice.getrandbits(32), self._dice.getrandbits(48)
        return f"{low:08x}-0000-4000-8000-{high:012x}"


def _at(at: int) -> World:
    """As much of the sandbox's world as its payloads look at."""
    return cast(World, SimpleNamespace(now=lambda: at))
