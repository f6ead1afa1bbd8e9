"""What messages say unless a tenant says it differently, and the values their templates are filled with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class Wording(NamedTuple):
    """The words of one template on one channel."""

    subject: str
    body: str


DEFAULTS: Mapping[tuple[str, str], Wording] = {
    ("booking.confirmation", "sms"): Wording(
        "",
        "Hi {{ contact.first_name | default('there', true) }},"
        " your {{ booking.service | default('appointment', true) }}"
        " at {{ business.name }} is booked for {{ booking.day }} {{ booking.date }} at {{ booking.time }}."
        " Reply STOP to opt out.",
    ),
    ("booking.confirmation", "email"): Wording(
        "Your appointment on {{ booking.day }} {{ booking.date }}",
        "Hi {{ contact.first_name | default('there', true) }},\n\n"
        "Your {{ booking.service | default('appointment', true) }} at {{ business.name }} is booked for"
        " {{ booking.day }} {{ booking.date }} at {{ booking.time }}.\n\n"
        "If you need to change it, just reply to this e-mail.",
    ),
    ("booking.reminder", "sms"): Wording(
        "",
        "Reminder: {{ booking.service | default('appointment', true) }} at {{ business.name }} on {{ booking.day }}"
        " {{ booking.date }} at {{ booking.time }}."
        "{% if booking.practitioner %} With {{ booking.practitioner }}.{% endif %} Reply to this text to reach us.",
    ),
    ("booking.reminder", "email"): Wording(
        "Reminder: {{ booking.day }} {{ booking.date }} at {{ booking.time }}",
        "Hi {{ contact.first_name | default('there', true) }},\n\n"
        "This is a reminder of your {{ booking.service | default('appointment', true) }} at {{ business.name }} on"
        " {{ booking.day }} {{ booking.date }} at {{ booking.time }}"
        "{% if booking.location %}, {{ booking.location }}{% endif %}.",
    ),
    ("followup.no_response", "sms"): Wording(
        "",
        "Hi {{ contact.first_name | default('there', true) }}, this is {{ business.name }}."
        " Can we help you with anything? Just reply to this text. Reply STOP to opt out.",
    ),
    ("followup.no_response", "email"): Wording(
        "Can we help?",
        "Hi {{ contact.first_name | default('there', true) }},\n\n"
        "You asked about {{ business.name }}. Can we help you with anything? Just reply to this e-mail.",
    ),
    ("recall.invite", "sms"): Wording(
        "",
        "Hi {{ contact.first_name | default('there', true) }}, it is time for your next visit to"
        " {{ business.name }}. Reply to this text and we find you a time. Reply STOP to opt out.",
    ),
    ("recall.invite", "email"): Wording(
        "Time for your next visit",
        "Hi {{ contact.first_name | default('there', true) }},\n\n"
        "It is time for your next visit to {{ business.name }}. Reply to this e-mail and we find you a time.",
    ),
    ("review.request", "sms"): Wording(
        "",
        "Hi {{ contact.first_name | default('there', true) }}, thank you for coming to {{ business.name }}."
        " How was it? We read every reply. Reply STOP to opt out.",
    ),
    ("review.request", "email"): Wording(
        "How was your visit?",
        "Hi {{ contact.first_name | default('there', true) }},\n\n"
        "Thank you for coming to {{ business.name }}. How was it? Just reply to this e-mail: we read every word.",
    ),
    ("keyword.help", "sms"): Wording("", "{{ business.name }}: reply STOP to opt out, START to opt back in."),
    ("keyword.start", "sms"): Wording(
        "", "{{ business.name }}: you are back on our list. Reply STOP to opt out."
    ),
}

# Sign-in mails are the platform's own; tenants do not word them. The subject must not have the code: the
# provider's events repeat it, and the webhook log keeps those for staff to read.
CODE_SUBJECT = "Your sign-in code for {business}"
CODE_BODY = (
    "Hi {name},\n\n{code} is your code to sign in to {business}. It works once, for the next 10 minutes.\n\n"
    "If you did not ask for it, ignore this mail; nobody can sign in without the code."
)


def values_of(
    business: Mapping[str, str], contact: Mapping[str, str], booking: Mapping[str, str] | None
) -> dict[str, Any]:
    """What a template may speak of; a message without a booking has empty booking fields."""
    blank = dict.fromkeys(
        ("day", "date", "time", "service", "practitioner", "location", "previous_day", "previous_time"), ""
    )
    return {"business": business, "contact": contact, "booking": {**blank, **(booking or {})}}


def spoken(at_ms: int, zone: ZoneInfo) -> dict[str, str]:
    """An instant as people say it: weekday, day and month, time of day on the clock of `zone`."""
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    hour = at.hour % 12 or 12
    return {
        "day": f"{at:%a}",
        "date": f"{at.day} {at:%b}",
        "time": f"{hour}:{at:%M} {'am' if at.hour < 12 else 'pm'}",
    }
