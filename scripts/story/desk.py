"""The steps at the front desk: what automation put on its list, why, and what staff did with it."""

from datetime import datetime
from typing import Any

from frontdesk.core.hours import BusinessHours
from story.scene import Newcomer, Scene, check

QUESTION = "Hi! How soon could I get an MRI, and what does it cost?"


def asked(scene: Scene) -> str:
    """A lead writes in a chat; they are in the pipeline's first column."""
    lead = scene.lead
    person = {
        "id": lead.phone.removeprefix("+"),
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "phone": lead.phone,
    }
    told = scene.sandbox.chat(scene.office.slug, subscriber=person, text=QUESTION)
    check(not told["problems"], f"ManyChat would complain: {told['problems']}")
    scene.quiet()
    contact = _contact(scene, lead)
    check(contact["stage"] == "lead", f"they stand at {contact['stage']}")
    warmth = scene.api.get(f"/api/v1/contacts/{contact['id']}/warmness")
    reasons = ", ".join(each["label"] for each in warmth["reasons"])
    return f"a lead, warmness {warmth['score']} of 100: {reasons}"


def followed_up(scene: Scene) -> str:
    """The clock saw the silence: one text, one task."""
    scene.pass_to(scene.calendar.followed_up)
    texts = scene.texts(scene.lead)
    check(len(texts) == 1, f"there are {len(texts)} texts on {scene.lead.first_name}'s phone: {texts}")
    task = _task(scene, scene.lead, "follow_up")
    return f"“{texts[0]}”; task: {task['title']}, priority {task['priority']}"


def looked_into(scene: Scene) -> str:
    """From the confirmation back to the webhook."""
    (confirmation,) = scene.messages("booking.confirmation")
    chain = scene.api.get(f"/api/v1/trace/message/{confirmation['id']}")["chain"]
    kinds = [step["kind"] for step in chain]
    check(kinds[0] == "message" and "rule" in kinds and kinds[-1] == "delivery", f"the chain is {kinds}")
    names = {"rule": "the rule “{title}”", "event": "{title}", "delivery": "the webhook from {title}"}
    told = [names[step["kind"]].format(**step) for step in chain if step["kind"] in names]
    return f"the text <- {' <- '.join(told)}"


def welcomed(scene: Scene) -> str:
    """A new patient is called by the end of the business day."""
    task = _task(scene, scene.newcomer, "welcome_call")
    tenant = scene.office.tenant
    closing = BusinessHours.of(tenant).end_of_business_day(scene.calendar.booked)
    due = f"{datetime.fromtimestamp(task['due_at'] / 1000, tenant.zone):%a %H:%M}"
    check(task["due_at"] == closing, f"the call is due {due}")
    done = scene.api.patch(f"/api/v1/tasks/{task['id']}", {"version": task["version"], "status": "done"})
    check(done["status"] == "done", f"the task is {done['status']}")
    stage = _contact(scene, scene.newcomer)["stage"]
    check(stage in ("pre_appointment", "appointment"), f"they stand at {stage}")
    return f"it was due {due}, the end of the business day; {scene.newcomer.first_name} stands at {stage}"


def _contact(scene: Scene, person: Newcomer) -> dict[str, Any]:
    found = scene.api.items("/api/v1/contacts", search=person.phone)
    check(len(found) == 1, f"there are {len(found)} contacts with {person.first_name}'s number")
    return dict(found[0])


def _task(scene: Scene, person: Newcomer, kind: str) -> dict[str, Any]:
    of = _contact(scene, person)["id"]
    found = scene.api.items("/api/v1/tasks", view="all", contact_id=of, type=kind)
    check(len(found) == 1, f"there are {len(found)} tasks of the kind {kind}")
    return dict(found[0])
