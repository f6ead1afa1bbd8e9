"""What Resend accepts as an e-mail, and the errors it names otherwise."""

import re
from email.utils import parseaddr

from sandbox.accounts import ResendAccount
from sandbox.store import Json

ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
KNOWN = {
    "from",
    "to",
    "subject",
    "html",
    "text",
    "cc",
    "bcc",
    "reply_to",
    "replyTo",
    "headers",
    "tags",
    "attachments",
    "scheduled_at",
    "react",
    "template",
    "topic_id",
}


class Invalid(Exception):
    """A request Resend refuses: status, error name, message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name = status, name


def _addresses(body: Json, name: str, most: int = 50) -> list[str]:
    value = body.get(name)
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if value is not None and not listed:
        raise Invalid(422, "validation_error", f"The `{name}` field must be a `string` or `string[]`.")
    if len(listed) > most:
        raise Invalid(
            422, "validation_error", f"The `{name}` field must not have more than {most} addresses."
        )
    for entry in listed:
        if not isinstance(entry, str) or not ADDRESS.fullmatch(parseaddr(entry)[1]):
            raise Invalid(
                422,
                "validation_error",
                f"Invalid `{name}` field. The email address needs to follow the"
                " `email@example.com` or `Name <email@example.com>` format.",
            )
    return listed


def validated(account: ResendAccount, body: object) -> Json:
    """The e-mail as Resend keeps it. Raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid(422, "validation_error", "The request body must be a JSON object.")
    for name in ("from", "to", "subject"):
        if not body.get(name):
            raise Invalid(422, "missing_required_field", f"Missing `{name}` field.")
    if not isinstance(body["from"], str) or not isinstance(body["subject"], str):
        raise Invalid(422, "validation_error", "The `from` and `subject` fields must be strings.")
    sender = parseaddr(body["from"])[1]
    if not ADDRESS.fullmatch(sender):
        raise Invalid(
            422,
            "invalid_from_address",
            "Invalid `from` field. The email address needs to follow the"
            " `email@example.com` or `Name <email@example.com>` format.",
        )
    domain = sender.rpartition("@")[2].lower()
    if account.domains and domain not in account.domains:
        raise Invalid(
            403,
            "validation_error",
            f"The {domain} domain is not verified. Please, add and verify your"
            " domain on https://resend.com/domains",
        )
    if not any(isinstance(body.get(name), str) and body[name] for name in ("html", "text")):
        raise Invalid(422, "validation_error", "Missing `html` or `text` field.")
    unknown = sorted(set(body) - KNOWN)
    if unknown:
        raise Invalid(422, "validation_error", f"Unrecognized field `{unknown[0]}`.")
    tags, headers = body.get("tags") or [], body.get("headers") or {}
    if not isinstance(tags, list) or not all(
        isinstance(tag, dict)
        and TAG.fullmatch(str(tag.get("name", "")))
        and TAG.fullmatch(str(tag.get("value", "")))
        for tag in tags
    ):
        raise Invalid(
            422,
            "validation_error",
            "Tags should only contain ASCII letters, numbers, underscores, or dashes.",
        )
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise Invalid(422, "validation_error", "The `headers` field must be an object of strings.")
    reply = "reply_to" if "reply_to" in body else "replyTo"
    return {
        "from": body["from"],
        "to": _addresses(body, "to"),
        "cc": _addresses(body, "cc"),
        "bcc": _addresses(body, "bcc"),
        "reply_to": _addresses(body, reply),
        "subject": body["subject"],
        "html": body.get("html"),
        "text": body.get("text"),
        "tags": tags,
        "headers": headers,
        "scheduled_at": body.get("scheduled_at"),
    }
