"""The figures of reports once more, the slow way: all rows of a tenant in memory, one loop after the other.

It shares no code with the product but the attribution models, which have tests of their own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.contacts.rules.attribution import MODELS, attribute

Row = Mapping[str, Any]
TABLES = ("bookings", "contacts", "touchpoints", "messages", "tasks")
WORDS: dict[str, str] = {"clicksend": "sms", "twilio": "sms", "resend": "email", "": "unknown"}
SHOWN = ("sent", "delivered", "failed", "skipped", "unknown", "received")
NINETY_DAYS = 90 * 24 * 3_600_000


def figures(tables: Mapping[str, Sequence[Row]], zone: ZoneInfo) -> dict[tuple[str, str, str], int]:
    """(day, metric, key) -> value, for every day there is anything of."""
    found: Counter[tuple[str, str, str]] = Counter()

    def day(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, zone).date().isoformat()

    for each in tables["bookings"]:
        worth = (each["value_minor"] or 0) if each["status"] == "completed" else 0
        found[day(each["created_at"]), "booked", each["service"]] += 1
        found[day(each["starts_at"]), f"appointments.{each['status']}", each["service"]] += 1
        found[day(each["starts_at"]), "revenue", each["service"]] += worth
        touches = led_to(each, tables)
        for model in MODELS:
            for metric, at, whole in (
                ("credit", each["created_at"], 1_000_000),
                ("earned", each["starts_at"], worth),
            ):
                for source, part in attribute(model, touches, each["created_at"], whole).items():
                    found[day(at), f"{metric}.{model}", source] += part
    booked = {each["contact_id"] for each in tables["bookings"]}
    for each in tables["contacts"]:
        if each["merged_into"] is None:
            source = said(each["source"])
            found[day(each["created_at"]), "leads", source] += 1
            found[day(each["created_at"]), "converted", source] += each["id"] in booked
    for each in tables["messages"]:
        if each["purpose"] != "auth" and each["state"] in SHOWN:
            found[day(each["due_at"]), f"messages.{each['state']}", each["channel"]] += 1
            found[day(each["due_at"]), "cost", each["channel"]] += each["cost_micros"] or 0
    for each in tables["tasks"]:
        if each["status"] == "done":
            found[day(each["done_at"]), "done", each["done_by"] or ""] += 1
    for began, answered in waits(tables):
        found[day(began), "waits", "open" if answered is None else three_digits(answered - began)] += 1
    return {place: value for place, value in found.items() if value}


def said(source: str) -> str:
    """A source as reports call it."""
    return WORDS.get(source, source)


def led_to(booking: Row, tables: Mapping[str, Sequence[Row]]) -> list[tuple[int, str, str]]:
    """What came in before a booking was made, or else where it was made."""
    made, who = booking["created_at"], booking["contact_id"]
    made_where = {each["id"]: each["source"] for each in tables["bookings"]}
    touches: list[tuple[int, str, str]] = []
    for each in tables["touchpoints"]:
        about = each["subject_id"] if each["subject_kind"] == "booking" else None
        told_later = each["kind"].startswith("booking.") and each["kind"] != "booking.created"
        counts = (
            each["channel"] not in ("sms", "email", "manychat") and about != booking["id"] and not told_later
        )
        if each["contact_id"] == who and each["direction"] == "in" and counts:
            touches.append((each["at"], each["id"], each["channel"] or made_where.get(about or "", "")))
    for each in tables["messages"]:
        if each["contact_id"] == who and each["direction"] == "in" and each["keyword"] == "":
            touches.append((each["due_at"], each["id"], each["channel"]))
    in_time = [each for each in touches if made - NINETY_DAYS <= each[0] <= made]
    touches = [(at, id_, said(source)) for at, id_, source in in_time if source]
    for each in tables["contacts"]:
        source = said(each["source"])
        came = each["source"] and each["id"] == who and made - NINETY_DAYS <= each["created_at"] <= made
        if came and source not in {known for _, _, known in touches}:
            touches.append((each["created_at"], "", source))
    return touches or [(made, booking["id"], said(booking["source"]))]


def waits(tables: Mapping[str, Sequence[Row]]) -> list[tuple[int, int | None]]:
    """When somebody began to wait, and when they were answered: a walk along each contact's conversation."""
    spoken: dict[str, set[tuple[int, int]]] = {}
    for each in tables["messages"]:
        if each["contact_id"] is None:
            continue
        if each["direction"] == "in" and each["keyword"] == "":
            spoken.setdefault(each["contact_id"], set()).add((each["due_at"], 0))
        elif (
            each["author_id"] is not None
            and each["state"] in ("sent", "delivered")
            and each["sent_at"] is not None
        ):
            spoken.setdefault(each["contact_id"], set()).add((each["sent_at"], 1))
    for each in tables["tasks"]:
        if each["status"] == "done" and each["done_by"] and each["contact_id"]:
            spoken.setdefault(each["contact_id"], set()).add((each["done_at"], 1))
    found: list[tuple[int, int | None]] = []
    for conversation in spoken.values():
        began: int | None = None
        for at, answers in sorted(conversation):
            if answers:
                if began is not None:
                    found.append((began, at))
                began = None
            elif began is None:
                began = at
        if began is not None:
            found.append((began, None))
    return found


def three_digits(ms: int) -> str:
    """Seconds, cut to three digits."""
    digits = str(ms // 1000)
    return digits[:3] + "0" * (len(digits) - 3)
