"""The outbound gate: whether a message goes now, waits, or is skipped, and the one reason that is shown.

Everything that leaves goes through `decide`. It knows nothing of rows: the caller gathers the facts.
"""

import hashlib
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from frontdesk.core.settings import QuietHours
from frontdesk.messaging.rules.quiet import first_allowed

Purpose = Literal["auth", "transactional", "service", "marketing"]
Channel = Literal["sms", "email"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What one purpose has to respect. Sets name the channels on which it does."""

    heeds_stop: Set[Channel]
    heeds_complaint: bool
    heeds_quiet: Set[Channel]
    needs_consent: bool
    capped: bool
    once: bool


_NONE: frozenset[Channel] = frozenset()
_SMS: frozenset[Channel] = frozenset({"sms"})
_BOTH: frozenset[Channel] = frozenset({"sms", "email"})

# STOP ends every text but a sign-in code. A confirmation answers what somebody just did, so it does not
# wait for the morning; an e-mail wakes nobody. Who called a mail spam gets nothing more but such codes.
POLICY: dict[Purpose, Policy] = {
    "auth": Policy(_NONE, False, _NONE, needs_consent=False, capped=False, once=False),
    "transactional": Policy(_SMS, True, _NONE, needs_consent=False, capped=False, once=True),
    "service": Policy(_BOTH, True, _SMS, needs_consent=False, capped=True, once=True),
    "marketing": Policy(_BOTH, True, _SMS, needs_consent=True, capped=True, once=True),
}

# In the order in which they are looked for: what happened to its subject, whether it still matters, whether
# it can be sent, whether they want it, whether it is one too many. The first that holds is the reason.
REASONS: dict[str, str] = {
    "taken_back": "taken back by staff",
    "cancelled": "cancelled",
    "rescheduled": "rescheduled",
    "sent_already": "sent already for this time",
    "too_late": "too late",
    "no_address": "no address",
    "no_channel": "sending is not set up",
    "empty": "nothing to say",
    "too_long": "too long",
    "opted_out": "opted out",
    "no_consent": "no consent to marketing",
    "superseded": "superseded by a later reminder",
    "duplicate": "duplicate",
    "frequency_cap": "frequency cap",
    "quiet_hours": "quiet hours",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision needs to know. Instants are business ms UTC.

    `zone` is the recipient's clock. `complained`: they called a mail spam. `recent` counts what this address got of
    the same purpose in the last 24 hours, `cap` the most it may get. `duplicate`: the same words went to it within
    the tenant's window. `later_due_at`: when the next later reminder of the same booking is due. `void`: what befell
    the subject.
    """

    channel: Channel
    now: int
    zone: ZoneInfo
    address: str | None
    channel_ready: bool = True
    segments: int = 1
    max_segments: int = 10
    opted_out: bool = False
    complained: bool = False
    marketing_consent: bool = False
    quiet: QuietHours | None = None
    recent: int = 0
    cap: int | None = None
    duplicate: bool = False
    expires_at: int | None = None
    later_due_at: int | None = None
    void: Literal["cancelled", "rescheduled"] | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """It may go now."""


@dataclass(frozen=True, slots=True)
class Delay:
    """It waits until `until`, and is decided again then."""

    until: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Skip:
    """It is not sent, ever; `sentence` completes "skipped: ..."."""

    code: str
    sentence: str


Decision = Send | Delay | Skip


def decide(purpose: Purpose, facts: Facts) -> Decision:
    """Whether a message of `purpose` goes. Total and deterministic: the order of REASONS.

    What would wait past its `expires_at` is too late now. What would wait until a later reminder of the same
    booking is due as well gives way to that one, so the end of quiet hours releases one text, not three.
    """
    policy = POLICY[purpose]
    until = facts.now
    if facts.channel in policy.heeds_quiet:
        until = first_allowed(facts.now, facts.quiet, facts.zone)
    code = _obstacle(policy, facts, until)
    if code:
        return Skip(code, sentence(code, facts.channel))
    if until > facts.now:
        at = datetime.fromtimestamp(until / 1000, facts.zone)
        return Delay(until, "quiet_hours", f"quiet hours until {at:%H:%M}")
    return Send()


def _obstacle(policy: Policy, facts: Facts, until: int) -> str | None:
    if facts.void:
        return facts.void
    checks = {
        "too_late": facts.expires_at is not None and until >= facts.expires_at,
        "no_address": not facts.address,
        "no_channel": not facts.channel_ready,
        "empty": facts.segments < 1,
        "too_long": facts.segments > facts.max_segments,
        "opted_out": (facts.opted_out and facts.channel in policy.heeds_stop)
        or (facts.complained and policy.heeds_complaint),
        "no_consent": policy.needs_consent and not facts.marketing_consent,
        "superseded": facts.later_due_at is not None and facts.later_due_at <= until,
        "duplicate": policy.once and facts.duplicate,
        "frequency_cap": policy.capped and facts.cap is not None and facts.recent >= facts.cap,
    }
    return next((code for code in REASONS if checks.get(code)), None)


def sentence(code: str, channel: Channel) -> str:
    """A reason as staff read it behind "skipped: "."""
    if code == "no_address":
        return "no phone number" if channel == "sms" else "no e-mail address"
    return REASONS.get(code, code)


def fingerprint(channel: Channel, address: str, body: str) -> str:
    """What makes two messages the same: channel, address and words, spacing and case aside."""
    words = " ".join(body.casefold().split())
    return hashlib.sha256(f"{channel}\n{address}\n{words}".encode("utf-8", "replace")).hexdigest()[:32]
