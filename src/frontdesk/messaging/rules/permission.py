"""Whose word counts about an address: what staff may record for somebody, and what only that person can undo."""

from typing import NamedTuple

from frontdesk.core.errors import Conflict
from frontdesk.messaging.rules.gate import Channel

PROVIDERS = {"clicksend": "ClickSend", "twilio": "Twilio", "resend": "Resend"}
"""Who may tell us that an address is closed to us, as the source of a consent, and how people call them."""


class TheirWord(Conflict):
    """The person said so themselves, and only they can say otherwise."""

    code, title, retryable = "their_word", "Only they can undo this", False


class Standing(NamedTuple):
    """What is known of an address. `source` says whose word it is; "" when there is none."""

    stopped: bool
    marketing: bool
    source: str


def recorded(
    channel: Channel, now: Standing, *, stopped: bool | None, marketing: bool | None
) -> Standing | None:
    """What an address stands at once staff recorded `stopped` and `marketing` (None: as it is); None: as it was.

    An opt-out can always be recorded. A STOP by text is undone by the START of the person who sent it: carriers
    hold to that whatever we say, and some only tell us when we write. A complaint is never undone. Who unsubscribed
    from mails may ask for them again; so may who was taken off a provider's own list of addresses it does not write to.

    Raises:
        TheirWord: only the person can undo that.

    """
    if stopped is False and now.stopped and now.source == "keyword":
        raise TheirWord(
            "They texted STOP. Only their own START lifts it: ask them to text START to your number."
        )
    if stopped is False and now.stopped and channel == "sms" and now.source in PROVIDERS:
        raise TheirWord(
            f"{PROVIDERS[now.source]} lets no texts through: they opted out there. Only their own START lifts it."
        )
    if stopped is False and now.stopped and now.source == "complaint":
        raise TheirWord("They reported a mail as spam. Nothing but sign-in codes may go there any more.")
    out = now.stopped if stopped is None else stopped
    if marketing and out:
        raise TheirWord(f"They opted out of {'texts' if channel == 'sms' else 'mails'}; that comes first.")
    wants = not out and (now.marketing if marketing is None else marketing)
    if (out, wants) == (now.stopped, now.marketing):
        # A word of theirs stays theirs, so that recording it again does not make it ours to undo.
        return None
    return Standing(out, wants, "staff")
