"""Secrets are rotated without losing a call: the new and the one before count, an older one does not."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from local.client import Runtime
from sandbox.client import Sandbox
from sandbox.signing import hex_hmac, new_private_key, new_webhook_secret, public_pem, svix_headers, wix_token
from seed.api import Api
from seed.office import Office
from support.stage import Stage, new_phone


def rotated(api: Api, name: str, value: str | None = None, **more: Any) -> str | None:
    """Sets a secret through the API; the value if it was made up there."""
    told: dict[str, Any] = api.post(f"/api/v1/settings/secrets/{name}", {"value": value, **more})
    assert told["name"] == name
    made: str | None = told["value"]
    return made


def event(stage: Stage, clinic: Office) -> dict[str, Any]:
    """A fresh Wix event, not sent: what is signed, in its envelope."""
    body = stage.book(clinic, phone=new_phone(), send=False, signing="hmac")["request"]["body"]
    data: dict[str, Any] = json.loads(body)
    return data


def three_values(
    api: Api, name: str, make: Callable[[], str], first: str, knock: Callable[[str], int]
) -> None:
    """Two rotations: each new value counts, the one before still does, the one before that no more."""
    assert knock(first) == 200
    second = make()
    assert knock(second) == 401
    assert rotated(api, name, second) is None
    assert (knock(first), knock(second)) == (200, 200)
    third = make()
    rotated(api, name, third)
    assert (knock(first), knock(second), knock(third)) == (401, 200, 200)
    # The end of a rotation, and what to do when a secret got out.
    fourth = make()
    rotated(api, name, fourth, keep_previous=False)
    assert (knock(second), knock(third), knock(fourth)) == (401, 401, 200)


def test_wix_hmac_secret(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    def knock(secret: str) -> int:
        body = json.dumps(event(stage, clinic)).encode()
        headers = {"x-wix-webhook-signature": hex_hmac(secret, body)}
        return api.call("POST", f"/webhooks/wix/{clinic.slug}", raw=body, headers=headers).status

    first = sandbox.account("wix", clinic.app_id)["hmac_secret"]
    three_values(api, "wix_hmac_secret", new_webhook_secret, first, knock)


def test_wix_public_key(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    keys = {public_pem(pem): pem for pem in (sandbox.account("wix", clinic.app_id)["private_key_pem"],)}

    def make() -> str:
        pem = new_private_key()
        keys[public_pem(pem)] = pem
        return public_pem(pem).strip()

    def knock(public: str) -> int:
        private = next(pem for known, pem in keys.items() if known.strip() == public.strip())
        token = wix_token(event(stage, clinic), private).encode()
        return api.call("POST", f"/webhooks/wix/{clinic.slug}", raw=token).status

    three_values(api, "wix_public_key", make, next(iter(keys)), knock)


def test_resend_signing_secret(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    count = iter(range(100))

    def knock(secret: str) -> int:
        body = json.dumps({"type": "email.opened", "data": {"email_id": "e"}}).encode()
        headers = svix_headers([secret], f"msg_{next(count)}", body)
        return api.call("POST", f"/webhooks/resend/{clinic.slug}", raw=body, headers=headers).status

    first = sandbox.account("resend", clinic.slug)["webhook_secret"]
    three_values(api, "resend_signing_secret", new_webhook_secret, first, knock)


def test_clicksend_path_secret_is_made_up_here(clinic: Office, api: Api) -> None:
    def knock(secret: str) -> int:
        fields = {"from": new_phone(), "to": clinic.profile.number, "body": "hi", "message_id": new_phone()}
        return api.call(
            "POST", f"/webhooks/clicksend/{clinic.slug}/{secret}", raw=urlencode(fields).encode()
        ).status

    made = [clinic.path_secret]
    for _ in range(2):
        new = rotated(api, "clicksend_path_secret")
        assert new and new not in made and len(new) >= 32
        made.append(new)
    assert [knock(secret) for secret in made] == [401, 200, 200]


def test_the_api_keys_of_tomorrow(stage: Stage, sandbox: Sandbox, clinic: Office, api: Api) -> None:
    """The key we call with changes on both sides; what goes out next goes out with it."""
    key = sandbox.rotate("clicksend", clinic.slug)["api_key"]
    rotated(api, "clicksend_api_key", key)
    phone = new_phone()
    stage.book(clinic, phone=phone)
    stage.drain()
    assert len(sandbox.texts(phone)) == 1


def test_a_secret_is_shown_once_and_kept_sealed(
    stage: Stage, clinic: Office, api: Api, runtime: Runtime
) -> None:
    mine = new_webhook_secret()
    rotated(api, "resend_signing_secret", mine)
    made = rotated(api, "wix_hmac_secret")
    assert made
    settings = api.get("/api/v1/settings")
    states = {each["name"]: each for each in settings["secrets"]}
    assert (
        states["resend_signing_secret"]["previous_valid"]
        is states["wix_hmac_secret"]["previous_valid"]
        is True
    )
    assert states["clicksend_api_key"]["previous_valid"] is False
    installed = ("wix_", "clicksend_", "resend_")
    assert all(each["set_at"] for name, each in states.items() if name.startswith(installed))
    audit = api.items("/api/v1/audit", subject_kind="secret")
    assert [each["subject_id"] for each in audit] == ["wix_hmac_secret", "resend_signing_secret"]
    rows = runtime.d1("SELECT * FROM tenant_secrets WHERE tenant_id = ?1", clinic.tenant.id)
    for kept in (json.dumps(settings), json.dumps(audit), json.dumps(rows)):
        assert mine not in kept
        assert made not in kept


def test_what_is_no_secret_of_ours(api: Api) -> None:
    at = "/api/v1/settings/secrets"
    assert api.call("POST", f"{at}/master_key", {"value": "x"}).status == 404
    assert api.call("POST", f"{at}/clicksend_api_key", {}).status == 422
    assert api.call("POST", f"{at}/clicksend_api_key", {"value": " "}).status == 422
    assert api.call("POST", f"{at}/clicksend_api_key", {"value": "x" * 8_001}).status == 422
    assert api.call("POST", f"{at}/clicksend_api_key", {"value": "x", "junk": 1}).status == 422
