"""How to answer somebody: by what they wrote through, else by what else reaches them, and why."""

from pydantic import BaseModel

from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.message import Medium


class Answer(BaseModel):
    """The channel to answer by, or None when nothing reaches them; `detail` says why it is not the obvious one."""

    channel: Channel | None
    address: str
    detail: str


def answer_by(
    last: Medium | None, *, phone: str, email: str, phone_stopped: bool, email_stopped: bool
) -> Answer:
    """By text unless they last wrote a mail; the other way where that one is closed. "" is no address.

    A chat is heard, not written to: its provider lets nobody answer from here.
    """
    ways: list[tuple[Channel, str, bool]] = [("sms", phone, phone_stopped), ("email", email, email_stopped)]
    if last == "email":
        ways.reverse()
    closed: list[str] = []
    if last == "manychat":
        closed.append("a ManyChat message cannot be answered from here")
    for channel, address, stopped in ways:
        noun = "texts" if channel == "sms" else "mails"
        if address and not stopped:
            return Answer(channel=channel, address=address, detail=_said(closed))
        closed.append(f"they opted out of {noun}" if address else _none(channel))
    return Answer(channel=None, address="", detail=_said(closed))


def _none(channel: Channel) -> str:
    return "there is no phone number" if channel == "sms" else "there is no e-mail address"


def _said(reasons: list[str]) -> str:
    return "; ".join(reasons)
