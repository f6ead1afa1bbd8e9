"""Conversations in memory: a customer asks something, and a colleague writes back."""

from typing import Any

from frontdesk.core.ctx import Ctx
from frontdesk.integrations.facts import ContactFact, LeadFact
from frontdesk.messaging.actions import Sketch, compose
from frontdesk.messaging.rules.message import Message
from support.calls import run
from support.colleagues import hired
from support.desk import JO, Desk

WORDS = Sketch("sms", body="Yes, behind the house.")


def asked(**desk: Any) -> tuple[Desk, Ctx, str]:
    """Somebody asked something by text, and Mia is there to answer: the desk, Mia, and who asked."""
    made = Desk(**desk)
    mia = hired(made)
    made.text("Is there parking?")
    made.work()
    return made, mia, contact_of(made)


def chat(desk: Desk, text: str, phone: str = JO) -> None:
    """Somebody writes through ManyChat."""
    fact = LeadFact(
        provider="manychat",
        at=desk.now,
        text=text,
        contact=ContactFact(external_id=f"mc-{phone}", first_name="Jo", phone=phone),
    )
    desk.hear("manychat.lead", "manychat", fact.model_dump(mode="json"))


def contact_of(desk: Desk, phone: str = JO) -> str:
    """Who owns a number; a contact's id."""
    return str(desk.rows("SELECT contact_id FROM contact_identities WHERE value = ?", phone)[0]["contact_id"])


def written(mia: Ctx, contact: str, sketch: Sketch | str = WORDS, key: str = "key-1234") -> Message:
    """Mia writes to a contact; what is said twice under one key is said once."""
    if isinstance(sketch, str):
        sketch, key = Sketch("sms", body=sketch), f"key of {sketch}"
    return run(compose(mia, contact, key, sketch))
