"""What comes back: texts with their keywords, receipts, and the codes that `auth` wants mailed."""

from frontdesk.contacts.actions import sighted
from frontdesk.contacts.queries import by_phone
from frontdesk.contacts.rules import Person
from frontdesk.contacts.writes import heard_from, touchpoint
from frontdesk.core.again import deciding
from frontdesk.core.clock import DAY, MINUTE, SECOND
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Later
from frontdesk.core.events import EVENT_BY_ID, Event, Part, event
from frontdesk.core.parsing import parse_json, parse_model
from frontdesk.core.phone import e164_or_none
from frontdesk.core.rows import Job
from frontdesk.integrations.facts import ReceiptFact, TextFact
from frontdesk.messaging import queries, writes
from frontdesk.messaging.jobs.words import SEALED_CODE, SealedCode
from frontdesk.messaging.rules.keywords import Keyword, keyword
from frontdesk.messaging.rules.message import Draft
from frontdesk.messaging.rules.states import after_receipt
from frontdesk.tenants.secrets import unseal

RECEIPT_MS = 3 * MINUTE
"""How long a receipt waits for the message it speaks of: it may overtake the commit that names it."""


async def receive(ctx: Ctx, job: Job) -> None:
    """A text from outside: on its sender's timeline, and if it is STOP, START or HELP, obeyed."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    fact = parse_model(TextFact, heard.payload)
    await deciding(lambda: _receive(ctx, fact))


async def _receive(ctx: Ctx, fact: TextFact) -> None:
    if await queries.is_heard(ctx, fact.provider, fact.provider_id):
        return
    address = _number(fact.sender, ctx.tenant.country)
    contact_id, parts = await _sender(ctx, fact, address)
    id_, word = ctx.new_id(), keyword(fact.body)
    heard = {
        "message_id": id_,
        "contact_id": contact_id,
        "channel": "sms",
        "keyword": word,
        "body": fact.body,
    }
    await ctx.commit(
        parts,
        heard_from(contact_id, ctx.now),
        writes.received(ctx, fact, contact_id, address, id_=id_, keyword=word),
        writes.keep(contact_id),
        event("message.received", heard, of=("contact", contact_id)),
        _obeyed(ctx, word, fact, contact_id, address) if word else [],
    )


def _number(sender: str, country: str) -> str:
    """Whose STOP it is has to be known however the provider writes the number, with its plus or without.

    A short code or a name cannot be a phone number; it is still somebody, by what they call themselves.
    """
    whole = e164_or_none(f"+{sender}", country) if sender.isdigit() else None
    return e164_or_none(sender, country) or whole or sender


async def _sender(ctx: Ctx, fact: TextFact, address: str) -> tuple[str, list[Part]]:
    """Whose number it is; if nobody's, whom we last wrote to there (a booking may have a number of its own)."""
    if await by_phone(ctx, address) is None and (known := await queries.last_written_to(ctx, address)):
        return known, []
    contact, parts, _ = await sighted(ctx, Person(source=fact.provider, phone=address))
    return contact.id, parts


def _obeyed(ctx: Ctx, word: Keyword, fact: TextFact, contact_id: str, address: str) -> list[Part]:
    """STOP and START belong to the address; after STOP not even a confirmation of it is sent.

    One that was said before the last that counts changes nothing, and nothing is told of it.
    """
    if word == "help":
        return [_reply(ctx, word, fact, contact_id, address)]
    stopped = word == "stop"
    summary = "Opted out of texts (STOP)" if stopped else "Opted back in to texts (START)"
    change: list[Part] = [
        writes.consent(
            "sms",
            address,
            stopped=stopped,
            marketing=False if stopped else None,
            source="keyword",
            said_at=fact.at,
            cause_id=ctx.cause.id,
        ),
        touchpoint(
            ctx, contact_id, f"consent.{word}", summary, direction="in", channel="sms", if_changed=True
        ),
        event(
            f"consent.{word}",
            {"contact_id": contact_id, "channel": "sms", "address": address},
            of=("contact", contact_id),
            if_changed=True,
        ),
    ]
    return change if stopped else [*change, _reply(ctx, word, fact, contact_id, address)]


def _reply(ctx: Ctx, word: Keyword, fact: TextFact, contact_id: str, address: str) -> list[Part]:
    custom = ctx.settings.help_text if word == "help" else ""
    return writes.plan(
        ctx,
        Draft(
            channel="sms",
            purpose="transactional",
            address=address,
            contact_id=contact_id,
            template=f"keyword.{word}",
            body=custom,
            expires_at=ctx.now + DAY,
            unique_key=f"{word}:{fact.provider}:{fact.provider_id}",
        ),
    )


async def receipt(ctx: Ctx, job: Job) -> None:
    """What a provider says became of a message; late and repeated receipts change nothing."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    await deciding(lambda: _receipt(ctx, job, parse_model(ReceiptFact, heard.payload)))


async def _receipt(ctx: Ctx, job: Job, fact: ReceiptFact) -> None:
    message = await queries.about(
        ctx, custom_string=fact.custom_string, provider=fact.provider, provider_id=fact.provider_id
    )
    if message is None:
        age = ctx.now - job.created_at
        if not fact.custom_string and age < RECEIPT_MS:
            raise Later(ctx.now + max(5 * SECOND, age), "no message is known by this id yet")
        ctx.log.warning(
            "receipt for an unknown message", provider=fact.provider, provider_id=fact.provider_id
        )
        return
    parts: list[Part] = []
    # Of a text that another carrier has by now, a failure is old news.
    elsewhere = fact.state == "failed" and message.provider not in ("", fact.provider)
    again, given_up = message.attempt > 0, message.reason == writes.GAVE_UP
    if after_receipt(message.state, fact.state, again=again, given_up=given_up) and not elsewhere:
        price = ctx.settings.segment_micros("twilio" if fact.provider == "twilio" else "clicksend")
        parts += [
            writes.receipt(message, fact, price_micros=price if fact.channel == "sms" else 0, now=ctx.now),
            writes.became(
                message,
                fact.state,
                ctx.now,
                reason="provider" if fact.state == "failed" else "",
                code=fact.code,
            ),
        ]
    if fact.complaint:
        parts += [
            writes.consent(
                fact.channel,
                message.address,
                stopped=True,
                marketing=False,
                source="complaint",
                said_at=fact.at,
                cause_id=ctx.cause.id,
            ),
            writes.stopped(ctx, message.contact_id, fact.channel, message.address, "Reported a mail as spam"),
        ]
    if fact.opted_out:
        # A receipt may be late: what they said since the message left is newer.
        parts.append(writes.opted_out(ctx, message, fact.provider, min(message.sent_at or fact.at, fact.at)))
    await ctx.commit(parts)


async def mail_code(ctx: Ctx, job: Job) -> None:
    """A sign-in code to its owner. It stays sealed until the moment it is sent and expires with the code."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    sealed = str(parse_json(heard.payload)["sealed"])
    code = parse_model(SealedCode, await unseal(ctx.platform, ctx.tenant, SEALED_CODE, sealed))
    await ctx.commit(
        writes.plan(
            ctx,
            Draft(
                channel="email",
                purpose="auth",
                address=code.email,
                template=SEALED_CODE,
                sealed_body=sealed,
                expires_at=heard.recorded_at + 10 * MINUTE,
                unique_key=f"code:{heard.id}",
            ),
        )
    )
