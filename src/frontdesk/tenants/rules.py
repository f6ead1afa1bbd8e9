"""What a host name may look like, which secrets a tenant has, and how settings change in part."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from frontdesk.core.errors import Invalid
from frontdesk.core.mailbox import mailbox_or_none
from frontdesk.core.parsing import problems
from frontdesk.core.settings import EmailSettings, TenantSettings

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])")

SECRETS = {
    "wix_public_key": "The Wix app's public key (PEM)",
    "wix_hmac_secret": "The shared secret of Velo or relay calls",
    "clicksend_path_secret": "The last segment of the ClickSend webhook address",
    "clicksend_username": "ClickSend user name",
    "clicksend_api_key": "ClickSend API key",
    "twilio_auth_token": "Twilio auth token",
    "manychat_secret": "What ManyChat sends in the header X-Frontdesk-Secret",
    "resend_api_key": "Resend API key",
    "resend_signing_secret": "Resend webhook signing secret (whsec_...)",
    "webhook_signing_secret": "What rules sign their calls with (whsec_...)",
}
"""Every secret a tenant can have, by the name the provider modules ask for."""
# Secrets stand in headers, paths and HMACs: a control character pasted along would break or split them. The two that
# are all there is between a door and anybody who guesses must be long, and one of them must fit into an address.
_PRINTABLE = re.compile(r"[ -~]+"), "only printable ASCII characters"
_FORMS = {
    "wix_public_key": (re.compile(r"[ -~\r\n]+"), "only printable ASCII characters"),
    "clicksend_path_secret": (
        re.compile(r"[A-Za-z0-9._~-]{16,}"),
        "at least 16 letters, digits or any of - . _ ~",
    ),
    "manychat_secret": (re.compile(r"[!-~]{16,}"), "at least 16 printable ASCII characters, no spaces"),
}


_SEVERAL_LINES = {"help_text", "email.postal_address"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROLS_AND_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")


def flaw_of(name: str, value: str) -> str:
    """What a secret would have to be and this value is not; "" when it can be one."""
    form, wanted = _FORMS.get(name, _PRINTABLE)
    return "" if form.fullmatch(value) else wanted


def host_or_none(host: str) -> str | None:
    """A host in lower case, without port and final dot; None for what no DNS name or address looks like."""
    name, _, port = host.strip().lower().partition(":")
    name = name.removesuffix(".")
    if (port and not (port.isdigit() and len(port) <= 5)) or len(name) > 253:
        return None
    return name if _HOST.fullmatch(name) else None


def slug_of(host: str, platform_domain: str) -> str | None:
    """The slug in `<slug>.<platform domain>`; None for a custom domain or the platform's own host."""
    suffix = f".{platform_domain.lower()}"
    slug = host.removesuffix(suffix)
    return slug if host.endswith(suffix) and SLUG.fullmatch(slug) else None


def is_platform_host(host: str, platform_domain: str) -> bool:
    """Whether a host is the platform's own or under it, and so never a tenant's custom domain."""
    return host == platform_domain.lower() or host.endswith(f".{platform_domain.lower()}")


def changed(settings: TenantSettings, changes: Mapping[str, Any]) -> TenantSettings:
    """Settings after a partial change: sections are merged by field, everything else is replaced.

    Raises:
        Invalid: an unknown field or a value it cannot take; each is named with its path.

    """
    before = settings.model_dump(mode="json")
    after = {**before, **{name: _merged(before.get(name), value) for name, value in changes.items()}}
    try:
        changed_ = TenantSettings.model_validate(after, extra="forbid")
    except ValidationError as error:
        raise Invalid("Some settings are not valid.", errors=problems(error)) from None
    if flaws := [*_unseen(changes), *_unmailable(settings.email, changed_.email)]:
        raise Invalid(
            "Some settings are not valid.",
            errors=[{"field": field, "message": message} for field, message in flaws],
        )
    return changed_


def _unseen(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Texts with characters that nobody can see, which came along with what was pasted."""
    if isinstance(value, str):
        if (_CONTROLS if at in _SEVERAL_LINES else _CONTROLS_AND_BREAKS).search(value):
            yield at, "there are characters in it that cannot be seen"
    elif isinstance(value, dict | list):
        within = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in within:
            yield from _unseen(each, f"{at}.{name}" if at else str(name))


def _unmailable(before: EmailSettings, after: EmailSettings) -> Iterator[tuple[str, str]]:
    """Addresses no mail goes out with. The codes that staff sign in with are mails: who saved one was locked out."""
    if after.sender != before.sender:
        if not after.sender:
            yield "email.sender", "the codes to sign in with are mailed; they need a sender"
        elif not _is_mailable(after.sender):
            yield "email.sender", "not an address, nor a name with an address: Name <address>"
    if after.reply_to != before.reply_to and after.reply_to and not _is_mailable(after.reply_to):
        yield "email.reply_to", "not an address, nor a name with an address: Name <address>"


def _is_mailable(text: str) -> bool:
    named = _NAMED.fullmatch(text)
    return mailbox_or_none(named.group(1) if named else text) is not None


def _merged(before: Any, value: Any) -> Any:
    return {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def difference(before: TenantSettings, after: TenantSettings) -> dict[str, Any]:
    """The top-level settings that differ, as `{name: [before, after]}`, for the audit log."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}
