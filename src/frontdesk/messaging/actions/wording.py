"""Verbs on templates: put a tenant's own words, and go back to the default ones."""

from frontdesk.auth.writes import audited
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, NotFound, Stale
from frontdesk.core.events import EventDraft, event
from frontdesk.messaging import queries, writes
from frontdesk.messaging.rules.catalogue import Template, templates_of
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.templates import TemplateInvalid, check
from frontdesk.messaging.rules.wording import Wording

MOST = 200
"""Templates a tenant may have; they are listed in one piece."""


async def template_of(ctx: Ctx, key: str, channel: Channel) -> Template | None:
    """A template as it stands, or None."""
    found = templates_of(await queries.own_words(ctx))
    return next((each for each in found if (each.key, each.channel) == (key, channel)), None)


async def word(ctx: Ctx, key: str, channel: Channel, version: int, words: Wording) -> Template:
    """Put a tenant's own words, read at `version` (0: there were none).

    Raises:
        Invalid: words that cannot be used, each field named; too many templates.
        Stale: somebody changed them since `version`.

    """
    _check(channel, words)
    rows = await queries.own_words(ctx)
    before = next((row for row in rows if (row.key, row.channel) == (key, channel)), None)
    at = before.version if before else 0
    if at != version:
        raise Stale(f"This template is at version {at} by now; look again.")
    if before is None and len(rows) >= MOST:
        raise Invalid(f"At most {MOST} templates are kept.")
    old = Wording(before.subject, before.body) if before else Wording("", "")
    await ctx.commit(
        writes.change_template(key, channel, words, version, ctx.now)
        if before
        else writes.insert_template(key, channel, words, ctx.now),
        audited(ctx, "template.word", ("template", f"{key}/{channel}"), _difference(old, words)),
        _told(key, channel),
    )
    after = await template_of(ctx, key, channel)
    assert after is not None
    return after


async def reset(ctx: Ctx, key: str, channel: Channel) -> Template | None:
    """Back to the default words; None when there are no such, and the template is gone. Raises NotFound."""
    rows = await queries.own_words(ctx)
    before = next((row for row in rows if (row.key, row.channel) == (key, channel)), None)
    default = await template_of(ctx, key, channel)
    if default is None:
        raise NotFound("There is no such template.")
    if before is None or not before.body:
        return default
    old, none = Wording(before.subject, before.body), Wording("", "")
    await ctx.commit(
        writes.change_template(key, channel, none, before.version, ctx.now),
        audited(ctx, "template.reset", ("template", f"{key}/{channel}"), _difference(old, none)),
        _told(key, channel),
    )
    return await template_of(ctx, key, channel)


def _told(key: str, channel: Channel) -> EventDraft:
    """For those who look at the templates; the words are in the audit log."""
    return event("template.changed", {"key": key, "channel": channel}, of=("template", f"{key}/{channel}"))


def _check(channel: Channel, words: Wording) -> None:
    errors = []
    if channel == "sms" and words.subject:
        errors.append({"field": "subject", "message": "a text has no subject"})
    if channel == "email" and not words.subject.strip():
        errors.append({"field": "subject", "message": "a mail needs a subject"})
    if not words.body.strip():
        errors.append({"field": "body", "message": "required"})
    for field, source in words._asdict().items():
        try:
            check(source)
        except TemplateInvalid as error:
            errors.append({"field": field, "message": error.detail})
    if errors:
        raise Invalid("The template is not valid.", errors=errors)


def _difference(old: Wording, new: Wording) -> dict[str, list[str]]:
    return {
        field: [before, after]
        for field, before, after in zip(Wording._fields, old, new, strict=True)
        if before != after
    }
