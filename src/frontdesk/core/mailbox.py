"""E-mail addresses: enough of RFC 5321 to refuse what no mail server would take, lower-cased for comparison."""

import re

from frontdesk.core.errors import Invalid

# One local part without quotes, at least two labels of letters, digits and hyphens.
_MAILBOX = re.compile(
    r"[^\s@\"(),:;<>\[\]\\\x00-\x1f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)
MAX_LENGTH = 254


def mailbox_or_none(typed: str) -> str | None:
    """The address in lower case, or None if it is not one."""
    text = typed.strip().lower()
    return text if len(text) <= MAX_LENGTH and _MAILBOX.fullmatch(text) else None


def mailbox(typed: str) -> str:
    """The address in lower case. Raises Invalid if it is not one."""
    address = mailbox_or_none(typed)
    if address is None:
        raise Invalid(
            "This is not an e-mail address.", errors=[{"field": "email", "message": "not an address"}]
        )
    return address
