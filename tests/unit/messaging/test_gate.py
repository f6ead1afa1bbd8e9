"""The gate, decision by decision."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from frontdesk.core.clock import HOUR
from frontdesk.core.settings import QuietHours
from frontdesk.messaging.rules.gate import (
    POLICY,
    REASONS,
    Channel,
    Delay,
    Facts,
    Purpose,
    Send,
    Skip,
    decide,
    fingerprint,
)

CHICAGO = ZoneInfo("America/Chicago")
NOON, NIGHT, MORNING = 1_772_215_200_000, 1_772_254_800_000, 1_772_287_200_000
"""27 February 2026, 12:00 and 23:00, and 8:00 the next day, in Chicago."""
FACTS = Facts(
    channel="sms",
    now=NOON,
    zone=CHICAGO,
    address="+13125550123",
    quiet=QuietHours(start="21:00", end="08:00"),
)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def skipped(purpose: Purpose, **changes: Any) -> str:
    decision = decide(purpose, replace(FACTS, **changes))
    return decision.sentence if isinstance(decision, Skip) else ""


def test_by_day_all_but_marketing_without_consent_goes() -> None:
    for purpose in PURPOSES:
        assert decide(purpose, replace(FACTS, marketing_consent=True)) == Send()
    assert skipped("marketing") == "no consent to marketing"


def test_stop_ends_every_text_but_a_sign_in_code() -> None:
    for purpose in PURPOSES:
        wanted = "" if purpose == "auth" else "opted out"
        assert skipped(purpose, opted_out=True, marketing_consent=True) == wanted
    # Who unsubscribes from mail still gets the confirmation of what they just booked.
    mail = {"channel": "email", "address": "jo@example.com", "opted_out": True, "marketing_consent": True}
    assert [skipped(purpose, **mail) for purpose in PURPOSES] == ["", "", "opted out", "opted out"]
    # Who called one spam does not.
    mail["complained"] = True
    assert [skipped(purpose, **mail) for purpose in PURPOSES] == ["", *["opted out"] * 3]


def test_the_night_delays_and_does_not_drop() -> None:
    for purpose in PURPOSES:
        decision = decide(purpose, replace(FACTS, now=NIGHT, marketing_consent=True))
        if purpose in ("service", "marketing"):
            assert decision == Delay(MORNING, "quiet_hours", "quiet hours until 08:00")
        else:
            assert decision == Send()
    assert decide("service", replace(FACTS, now=NIGHT, channel="email")) == Send()
    assert decide("service", replace(FACTS, now=NIGHT, quiet=None)) == Send()


def test_the_recipients_night_counts() -> None:
    assert decide("service", replace(FACTS, now=NIGHT, zone=ZoneInfo("Australia/Sydney"))) == Send()


def test_what_would_wait_too_long_is_too_late_now() -> None:
    assert skipped("service", expires_at=NOON) == "too late"
    assert skipped("service", expires_at=NOON + 1) == ""
    assert skipped("service", now=NIGHT, expires_at=MORNING) == "too late"
    assert isinstance(decide("service", replace(FACTS, now=NIGHT, expires_at=MORNING + 1)), Delay)
    assert skipped("transactional", now=NIGHT, expires_at=MORNING) == ""


def test_reminders_released_together_collapse_into_the_latest() -> None:
    assert skipped("service", later_due_at=NOON) == "superseded by a later reminder"
    assert skipped("service", later_due_at=NOON + HOUR) == ""
    assert skipped("service", now=NIGHT, later_due_at=MORNING - HOUR) == "superseded by a later reminder"
    assert isinstance(decide("service", replace(FACTS, now=NIGHT, later_due_at=MORNING + HOUR)), Delay)


def test_caps_and_duplicates() -> None:
    for purpose in PURPOSES:
        capped = purpose in ("service", "marketing")
        given = {"recent": 2, "cap": 2, "marketing_consent": True}
        assert skipped(purpose, **given) == ("frequency cap" if capped else "")
        assert skipped(purpose, **{**given, "recent": 1}) == ""
        assert skipped(purpose, duplicate=True, marketing_consent=True) == (
            "" if purpose == "auth" else "duplicate"
        )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": None}, "no phone number"),
        ({"address": "", "channel": "email"}, "no e-mail address"),
        ({"channel_ready": False}, "sending is not set up"),
        ({"segments": 0}, "nothing to say"),
        ({"segments": 7, "max_segments": 6}, "too long"),
        ({"void": "cancelled"}, "cancelled"),
        ({"void": "rescheduled"}, "rescheduled"),
    ],
)
def test_other_reasons(changes: dict[str, Any], sentence: str) -> None:
    assert skipped("service", **changes) == sentence


OBSTACLES: dict[str, dict[str, Any]] = {
    "cancelled": {"void": "cancelled"},
    "too_late": {"expires_at": NOON},
    "no_address": {"address": None},
    "no_channel": {"channel_ready": False},
    "too_long": {"segments": 11},
    "opted_out": {"opted_out": True},
    "no_consent": {"marketing_consent": False},
    "superseded": {"later_due_at": NOON},
    "duplicate": {"duplicate": True},
    "frequency_cap": {"recent": 9, "cap": 1},
}


def test_of_several_reasons_the_first_in_the_table_is_shown() -> None:
    order = list(REASONS)
    for one, other in product(OBSTACLES, repeat=2):
        facts = replace(FACTS, **{"marketing_consent": True, **OBSTACLES[one], **OBSTACLES[other]})
        decision = decide("marketing", facts)
        assert isinstance(decision, Skip)
        assert decision.code == min(one, other, key=order.index)


def test_every_purpose_has_a_policy() -> None:
    assert set(POLICY) == set(PURPOSES)


def test_fingerprints_ignore_spacing_and_case() -> None:
    channel: Channel = "sms"
    assert fingerprint(channel, "+1", "Hi  Jo\n") == fingerprint(channel, "+1", "hi jo")
    assert fingerprint(channel, "+1", "Hi Jo") != fingerprint(channel, "+2", "Hi Jo")
    assert fingerprint(channel, "+1", "Hi Jo") != fingerprint("email", "+1", "Hi Jo")
