"""The operator's side of the sandbox, for tests, the demo story and the seed. Standard library only.

Waiting calls return as soon as there is enough; when the time runs out they raise `NotYet`, which says
what was there instead.
"""

import http.client
import json
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

Json = dict[str, Any]
Provider = Literal["clicksend", "twilio", "manychat", "resend", "wix", "push"]
Forgery = Literal[
    "wrong_key", "unsigned", "alg_none", "hs256_public_key", "expired", "tampered", "foreign_instance"
]
WAIT_MS = 20_000


class SandboxError(Exception):
    """The sandbox refused an operation; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class NotYet(AssertionError):
    """What was waited for did not happen in time; `items` is what there was."""

    def __init__(self, what: str, items: list[Json]) -> None:
        super().__init__(f"{what}; there {'is' if len(items) == 1 else 'are'} {len(items)}: {items}")
        self.items = items


class Sandbox:
    """One running sandbox. Safe to use from several threads: every call opens its own connection."""

    def __init__(self, url: str, timeout_s: float = 30) -> None:
        self.url = url.rstrip("/")
        self.timeout_s = timeout_s

    @property
    def clicksend_api(self) -> str:
        """What the Worker gets as CLICKSEND_API."""
        return f"{self.url}/clicksend"

    @property
    def resend_api(self) -> str:
        """What the Worker gets as RESEND_API."""
        return f"{self.url}/resend"

    @property
    def twilio_api(self) -> str:
        """What the Worker gets as TWILIO_API."""
        return f"{self.url}/twilio"

    # --- accounts -------------------------------------------------------------------------------------

    def clicksend_account(self, username: str, **fields: Any) -> Json:
        """Registers or changes an account: api_key, numbers, inbound_url, receipt_url, delivery, ..."""
        return self.put(f"/clicksend/accounts/{quote(username, safe='')}", fields)

    def twilio_account(self, name: str, **fields: Any) -> Json:
        """Registers or changes an account: account_sid, auth_token, numbers, inbound_url, delivery, ..."""
        return self.put(f"/twilio/accounts/{quote(name, safe='')}", fields)

    def manychat_account(self, name: str, **fields: Any) -> Json:
        """Registers or changes a page: page_id, webhook_url, header, secret."""
        return self.put(f"/manychat/accounts/{quote(name, safe='')}", fields)

    def resend_account(self, name: str, **fields: Any) -> Json:
        """Registers or changes an account: api_key, webhook_url, webhook_secret, domains, delivery, ..."""
        return self.put(f"/resend/accounts/{quote(name, safe='')}", fields)

    def wix_app(self, app_id: str, **fields: Any) -> Json:
        """Registers or changes an app: private_key_pem, hmac_secret, signing, payload_shape, sites, ...

        The answer has `public_key_pem`.
        """
        return self.put(f"/wix/accounts/{quote(app_id, safe='')}", fields)

    def wix_site(self, app_id: str, instance_id: str, webhook_url: str) -> Json:
        """Installs the app on a site; its webhooks go to this URL."""
        return self.put(
            f"/wix/accounts/{quote(app_id, safe='')}/sites/{instance_id}", {"webhook_url": webhook_url}
        )

    def account(self, provider: Provider, key: str) -> Json:
        """One account with its secrets; a Wix app also with `public_key_pem`."""
        return self.get(f"/{provider}/accounts/{quote(key, safe='')}")

    def rotate(self, provider: Provider, key: str, *, overlap: bool = True) -> Json:
        """New secrets or keys; the account as it is now. `overlap`: Svix signs with both meanwhile."""
        return self.post(f"/{provider}/accounts/{quote(key, safe='')}/rotate", {"overlap": overlap})

    # --- phones ---------------------------------------------------------------------------------------

    def texts(
        self, customer: str, *, at_least: int = 0, timeout_ms: int = WAIT_MS, **filters: Any
    ) -> list[Json]:
        """Texts on a phone, oldest first. Filters: business, direction ('out' to the customer, 'in' from
        them), contains, custom_string, state, account, after (seq). Raises NotYet.
        """
        return self._wait(f"/phone/{quote(customer)}/messages", at_least, timeout_ms, filters)

    def reply(self, customer: str, body: str, business: str | None = None) -> Json:
        """The customer texts back, to the number that wrote last unless one is given."""
        return self.post(f"/phone/{quote(customer)}/reply", {"body": body, "business": business})

    def receipt(self, message_id: str, status_code: int = 201) -> Json:
        """A delivery report by hand: 200 sent, 201 delivered, 300 trying, 301 failed, 302 expired."""
        return self.post(f"/clicksend/messages/{message_id}/receipt", {"status_code": status_code})

    def twilio_status(self, sid: str, status: str = "delivered", error_code: str = "") -> Json:
        """A Twilio status by hand: queued, sent, delivered, undelivered, failed."""
        return self.post(f"/twilio/messages/{sid}/status", {"status": status, "error_code": error_code})

    def forge_twilio_text(self, name: str, body: str = "forged", **fields: Any) -> Json:
        """An inbound text nobody sent, pushed once with a wrong signature; the callback and its answer."""
        return self._first(
            self.post(f"/twilio/accounts/{quote(name, safe='')}/forge", {"body": body, **fields})
        )

    def chat(self, name: str, **fields: Any) -> Json:
        """A ManyChat flow calls us. Fields: subscriber, text, fields; copies, forge.

        Answer: request, callbacks (with attempts), problems (what ManyChat would not take of the answers).
        """
        return self.post(f"/manychat/accounts/{quote(name, safe='')}/request", fields)

    def sends(self, account: str | None = None, to: str | None = None) -> Json:
        """What reached phones: total, by_recipient, by_custom_string, duplicates, same_text."""
        return self.get("/clicksend/sends", {"account": account, "to": to})

    def forge_text(self, username: str, body: str = "forged", **fields: Any) -> Json:
        """An inbound text nobody sent, pushed once with a wrong path secret; the callback and its answer."""
        return self._first(
            self.post(f"/clicksend/accounts/{quote(username, safe='')}/forge", {"body": body, **fields})
        )

    # --- e-mail ---------------------------------------------------------------------------------------

    def emails(self, *, at_least: int = 0, timeout_ms: int = WAIT_MS, **filters: Any) -> list[Json]:
        """The outbox, oldest first. Filters: to, account, subject, contains, after. Raises NotYet."""
        return self._wait("/emails", at_least, timeout_ms, filters)

    def sign_in_code(self, address: str, *, after: int = 0, timeout_ms: int = WAIT_MS) -> str:
        """The latest six-digit code sent to an address, later than `after` (seq). Raises NotYet."""
        found = self.emails(to=address, at_least=1, after=after, timeout_ms=timeout_ms)
        codes: list[str] = [code for email in found for code in email["codes"]]
        if not codes:
            raise NotYet(f"no code was sent to {address}", found)
        return codes[-1]

    def email_event(self, email_id: str, kind: str) -> Json:
        """Lets something happen: email.delivered, .bounced, .complained, .opened, .clicked, ..."""
        return self.post(f"/emails/{email_id}/event", {"type": kind})

    def forge_email_event(self, email_id: str, how: str = "wrong_secret", **fields: Any) -> Json:
        """A forged event, sent once. how: wrong_secret, unsigned, tampered, stale, future."""
        return self._first(self.post(f"/emails/{email_id}/forge", {"how": how, **fields}))

    # --- Wix ------------------------------------------------------------------------------------------

    def book(self, instance_id: str, **fields: Any) -> Json:
        """A customer books. Fields: start, end, duration_min, timezone, service, practitioner, location,
        first_name, last_name, email, phone, contact_id, participants, booking_id.

        Flags: send (False only signs), copies, signing ('jwt' | 'hmac'), event_id, forge (a Forgery), wait.
        Answer: booking, event, webhook, request (the signed body and headers), callbacks (with attempts).
        """
        return self.post("/wix/bookings", {"instance_id": instance_id, **fields})

    def reschedule(self, booking_id: str, start: int | str, **fields: Any) -> Json:
        """Moves a booking; the same flags and answer as `book`."""
        return self.post(f"/wix/bookings/{booking_id}/reschedule", {"start": start, **fields})

    def update_booking(self, booking_id: str, **fields: Any) -> Json:
        """Changes contact details, practitioner, service or participants."""
        return self.post(f"/wix/bookings/{booking_id}/update", fields)

    def cancel(self, booking_id: str, **fields: Any) -> Json:
        """Cancels a booking."""
        return self.post(f"/wix/bookings/{booking_id}/cancel", fields)

    def attendance(self, booking_id: str, status: Literal["ATTENDED", "NOT_ATTENDED"], **fields: Any) -> Json:
        """Marks that the customer came, or did not."""
        return self.post(f"/wix/bookings/{booking_id}/attendance", {"status": status, **fields})

    def forge_booking(self, instance_id: str, how: Forgery = "wrong_key", **fields: Any) -> Json:
        """A booking event that must be refused, sent once; the same answer as `book`."""
        return self.book(instance_id, forge=how, **fields)

    def resend_event(self, event_id: str, **flags: Any) -> Json:
        """The same Wix event once more."""
        return self.post(f"/wix/events/{event_id}/resend", flags)

    # --- faults, callbacks, clock ---------------------------------------------------------------------

    def fault(self, provider: Provider, kind: str, **fields: Any) -> Json:
        """Arms a fault, for the next request unless `count` says otherwise. See the README's table."""
        return self.post("/faults", {"provider": provider, "kind": kind, **fields})

    def clear_faults(self) -> None:
        """Disarms every fault."""
        self.call("DELETE", "/faults")

    def callbacks(self, *, at_least: int = 0, timeout_ms: int = WAIT_MS, **filters: Any) -> list[Json]:
        """The log of calls to us, each with its attempts. Filters: provider, account, event, subject,
        state (pending, held, delivered, failed, lost, abandoned). Raises NotYet.
        """
        return self._wait("/callbacks", at_least, timeout_ms, filters)

    def settle(self, account: str | None = None, timeout_ms: int = WAIT_MS) -> None:
        """Waits until no callback is on its way. Raises NotYet."""
        answer = self.post("/settle", {"account": account, "timeout_ms": timeout_ms})
        if not answer["settled"]:
            raise NotYet("callbacks are still on their way", self.callbacks(state="pending", timeout_ms=0))

    def raw(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> Json:
        """Sends arbitrary bytes from the sandbox; status, headers and body of the answer."""
        return self.post(
            "/raw", {"url": url, "body_hex": body.hex(), "headers": dict(headers or {}), "method": method}
        )

    def browser(self, application_server_key: str, label: str = "") -> Json:
        """A browser that subscribes to pushes: its `id` and `subscription`."""
        return self.post("/push/browsers", {"application_server_key": application_server_key, "label": label})

    def unsubscribe_browser(self, browser_id: int) -> None:
        """It wants no more: the service answers 410."""
        self.call("DELETE", f"/push/browsers/{browser_id}")

    def pushes(self, *, at_least: int = 0, timeout_ms: int = 5_000, **filters: Any) -> list[Json]:
        """What browsers were pushed, decrypted, oldest first; `browser` or `label` narrow it."""
        return self._wait("/push/messages", at_least, timeout_ms, filters)

    def set_clock(self, offset_ms: int) -> Json:
        """Shifts business time: what pages and callbacks show. Signatures stay on real time."""
        return self.put("/clock", {"offset_ms": offset_ms})

    def reset(self, *, keep_accounts: bool = True) -> None:
        """Forgets all messages, bookings, callbacks and faults, and the clock's offset."""
        self.post("/reset", {"keep_accounts": keep_accounts})

    def status(self) -> Json:
        """Counts, and whether it runs."""
        return self.get("/status")

    # --- plumbing -------------------------------------------------------------------------------------

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        """GET under /_sandbox."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self.call("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: Json) -> Json:
        """POST under /_sandbox."""
        return self.call("POST", path, body)

    def put(self, path: str, body: Json) -> Json:
        """PUT under /_sandbox."""
        return self.call("PUT", path, body)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request to the operator's door. Raises SandboxError for anything but a 2xx."""
        target = urlsplit(self.url)
        line = http.client.HTTPConnection(
            target.hostname or "127.0.0.1", target.port or 80, timeout=self.timeout_s
        )
        try:
            payload = None if body is None else json.dumps(body).encode()
            line.request(method, f"/_sandbox{path}", payload, {"content-type": "application/json"})
            reply = line.getresponse()
            text = reply.read().decode()
        finally:
            line.close()
        try:
            answer: Json = json.loads(text)
        except ValueError:
            raise SandboxError(reply.status, text[:500]) from None
        if not 200 <= reply.status < 300:
            raise SandboxError(reply.status, str(answer.get("error", text[:500])))
        return answer

    def _wait(self, path: str, at_least: int, timeout_ms: int, filters: Mapping[str, Any]) -> list[Json]:
        query = {**filters, "at_least": at_least, "timeout_ms": timeout_ms if at_least else 0}
        answer = self.get(path, query)
        items: list[Json] = answer["items"]
        if not answer["satisfied"]:
            raise NotYet(f"waited {timeout_ms} ms for {at_least} at {path} {dict(filters)}", items)
        return items

    @staticmethod
    def _first(answer: Json) -> Json:
        first: Json = answer["items"][0]
        return first
