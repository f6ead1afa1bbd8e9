"""The story itself: each step a plain sentence and what it does and checks."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from frontdesk.core.clock import HOUR
from story.desk import asked, followed_up, looked_into, welcomed
from story.scene import Scene, check

ANSWER = "Thanks! Can I bring my referral on the day?"


class Step(NamedTuple):
    """`sentence` may speak of {name}, {lead}, {service}, {first} and {second}; `act` returns what came of it."""

    sentence: str
    act: Callable[[Scene], str]

    def said(self, scene: Scene) -> str:
        """The sentence with this telling's names and times."""
        return self.sentence.format(
            name=scene.newcomer.name,
            lead=scene.lead.name,
            first_name=scene.newcomer.first_name,
            service=scene.service,
            first=scene.spoken(scene.calendar.first),
            second=scene.spoken(scene.calendar.second),
        )


def _book(scene: Scene) -> str:
    newcomer, when = scene.newcomer, scene.calendar
    scene.pass_to(when.booked)
    scene.told = scene.sandbox.book(
        scene.office.instance,
        phone=newcomer.said,
        first_name=newcomer.first_name,
        last_name=newcomer.last_name,
        start=when.first,
        duration_min=45,
        timezone=scene.office.tenant.time_zone,
        service=scene.service,
        practitioner="the MRI team",
        location="Harbour Street",
    )
    attempt, answer = _answered(scene.told)
    check(attempt["status"] == 200, f"the webhook was answered {attempt['status']}: {answer}")
    check(answer["status"] == "accepted", f"it was {answer['status']}")
    return f"signature verified, recorded and answered in {attempt['duration_ms']} ms"


def _repeat(scene: Scene) -> str:
    attempt, answer = _answered(scene.sandbox.resend_event(scene.told["event"]["id"]))
    check(attempt["status"] == 200, f"the repeated webhook was answered {attempt['status']}")
    check(answer["status"] == "duplicate", f"the repetition was {answer['status']}")
    return "answered 200, recognised as a duplicate"


def _forge(scene: Scene) -> str:
    told = scene.sandbox.forge_booking(
        scene.office.instance, "wrong_key", phone=scene.newcomer.said, start=scene.calendar.first
    )
    attempt, _ = _answered(told)
    check(attempt["status"] == 401, f"the forgery was answered {attempt['status']}")
    scene.quiet()
    digest = hashlib.sha256(told["callbacks"][0]["body"].encode()).hexdigest()
    refused = scene.api.get("/api/v1/deliveries", source="wix", verdict="refused", limit=200)["items"]
    logged = [each for each in refused if each["body_sha256"] == digest]
    check(len(logged) == 1, f"the forgery is in the log {len(logged)} times")
    return f"answered 401, in the log as refused: {logged[0]['reason']}"


def _one_of_each(scene: Scene) -> str:
    found = scene.api.items("/api/v1/contacts", search=scene.newcomer.phone)
    check(len(found) == 1, f"there are {len(found)} contacts with that number")
    contact = found[0]
    scene.contact_id = contact["id"]
    name = f"{contact['first_name']} {contact['last_name']}"
    check(name == scene.newcomer.name, f"the contact is called {name}")
    bookings = scene.api.items("/api/v1/bookings", contact_id=contact["id"])
    check(len(bookings) == 1, f"there are {len(bookings)} bookings")
    scene.booking_id = bookings[0]["id"]
    check(bookings[0]["starts_at"] == scene.calendar.first, "the booking is at another time")
    return f"{name}, {contact['phone']}; {bookings[0]['service']}, {bookings[0]['status']}"


def _confirmation(scene: Scene) -> str:
    texts = scene.texts()
    check(len(texts) == 1, f"there are {len(texts)} texts on the phone: {texts}")
    states = [message["state"] for message in scene.messages("booking.confirmation")]
    check(states == ["delivered"], f"the confirmation is {states}")
    return f"“{texts[0]}”"


def _planned(scene: Scene) -> str:
    return _hang_on(scene, scene.calendar.first, withdrawn=0)


def _hang_on(scene: Scene, start: int, *, withdrawn: int) -> str:
    """The reminders hang on an appointment at `start`; those of the time before are taken back."""
    reminders = scene.messages("booking.reminder")
    gone = [each for each in reminders if (each["state"], each["reason"]) == ("skipped", "rescheduled")]
    check(len(gone) == withdrawn, f"{len(gone)} reminders are skipped: rescheduled")
    due = {each["offset_hours"]: each["due_at"] for each in reminders if each["state"] == "scheduled"}
    wanted = {hours: start - hours * HOUR for hours in (48, 24, 2)}
    check(due == wanted, f"the reminders are due {due}")
    return ", ".join(f"{scene.spoken(due[hours])} ({hours} h)" for hours in sorted(due, reverse=True))


def _answer(scene: Scene) -> str:
    scene.pass_to(scene.calendar.answered)
    scene.sandbox.reply(scene.newcomer.phone, ANSWER, scene.office.profile.number)
    scene.quiet()
    heard = [each for each in scene.timeline() if each["direction"] == "in" and each["summary"] == ANSWER]
    check(len(heard) == 1, f"the reply is on the timeline {len(heard)} times")
    return f"“{ANSWER}”"


def _move(scene: Scene) -> str:
    scene.pass_to(scene.calendar.moved)
    told = scene.sandbox.reschedule(scene.told["booking"]["id"], scene.calendar.second)
    attempt, _ = _answered(told)
    check(attempt["status"] == 200, f"the webhook was answered {attempt['status']}")
    scene.quiet()
    moved = _hang_on(scene, scene.calendar.second, withdrawn=3)
    return f"the old three show skipped: rescheduled; now {moved}"


def _reminded(scene: Scene, hours: int, texts: int) -> str:
    scene.pass_to(scene.calendar.second - hours * HOUR)
    got = scene.texts()
    check(len(got) == texts, f"there are {len(got)} texts on the phone: {got}")
    state, reason = _reminder(scene, hours)
    check(state == "delivered", f"the reminder is {state}: {reason}")
    return f"“{got[-1]}”"


def _stop(scene: Scene) -> str:
    scene.pass_to(scene.calendar.stopped)
    scene.sandbox.reply(scene.newcomer.phone, "STOP", scene.office.profile.number)
    scene.quiet()
    check(len(scene.texts()) == 3, "STOP was answered with a text")
    kinds = [each["kind"] for each in scene.timeline()]
    check("consent.stop" in kinds, "the opt-out is not on the timeline")
    return "opted out of texts, and not even told so by text"


def _skipped(scene: Scene) -> str:
    scene.pass_to(scene.calendar.second - 2 * HOUR)
    state, reason = _reminder(scene, 2)
    check((state, reason) == ("skipped", "opted_out"), f"the reminder is {state}: {reason}")
    check(len(scene.texts()) == 3, "a text went out after STOP")
    shown = next(
        each["detail"]
        for each in scene.api.items("/api/v1/messages", booking_id=scene.booking_id)
        if each["state"] == "skipped" and each["reason"] == "opted_out"
    )
    return f"skipped: {shown}"


def _now_again(scene: Scene) -> str:
    scene.return_to_now()
    open_ = [each for each in scene.timeline() if each["state"] in ("scheduled", "queued", "sending")]
    check(not open_, f"something is still to come: {open_}")
    late = [each for each in scene.timeline() if each["at"] > scene.now]
    check(not late, f"something happened in the future: {late}")
    check(len(scene.texts()) == 3, "a text went out after STOP")
    bookings = scene.api.items("/api/v1/bookings", contact_id=scene.contact_id)
    stands = [(each["status"], each["starts_at"]) for each in bookings]
    check(stands == [("confirmed", scene.calendar.second)], f"the bookings are {stands}")
    return "three texts on the phone, one booking, nothing left to do"


def _reminder(scene: Scene, hours: int) -> tuple[str, str]:
    reminders = [each for each in scene.messages("booking.reminder") if each["reason"] != "rescheduled"]
    found = next(each for each in reminders if each["offset_hours"] == hours)
    return found["state"], found["reason"]


def _answered(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first attempt of the webhook that was just sent, and the Worker's answer to it."""
    attempt = told["callbacks"][0]["attempts"][0]
    return attempt, json.loads(attempt["answer"] or "{}")


STEPS = (
    Step("{lead} asks something in the chat and nobody answers.", asked),
    Step("Four hours pass: a follow-up text goes out, and a task is on the desk's list.", followed_up),
    Step("Wix sends a signed booking for a new patient, {name}: {service}, {first}.", _book),
    Step("Wix sends the same booking again.", _repeat),
    Step("Somebody forges a third one.", _forge),
    Step("There is one contact and one booking.", _one_of_each),
    Step("One confirmation is on the phone.", _confirmation),
    Step("Why did it go out? The rule, the event, and the webhook it began with.", looked_into),
    Step("The desk finds a welcome call on its list, makes it and ticks it off.", welcomed),
    Step("Three reminders are planned.", _planned),
    Step("{first_name} replies; the reply is on the timeline.", _answer),
    Step("The appointment moves to {second}; the reminders move.", _move),
    Step(
        "Time passes to 48 hours before; the first reminder arrives.", lambda scene: _reminded(scene, 48, 2)
    ),
    Step("Time passes to 24 hours before; the reminder arrives.", lambda scene: _reminded(scene, 24, 3)),
    Step("{first_name} texts STOP.", _stop),
    Step("Time passes to 2 hours before; the reminder is not sent.", _skipped),
    Step("It is now again, and nothing more is to come for {first_name}.", _now_again),
)
