"""Verbs on rules: make, change, switch on and off, put away and back, and put the standard ones back."""

from collections.abc import Mapping

from frontdesk.auth.writes import audited
from frontdesk.automation import writes
from frontdesk.automation.queries import shelf
from frontdesk.automation.queries.shelf import RuleRow
from frontdesk.automation.rules.checking import Problem, problems_of
from frontdesk.automation.rules.definition import (
    CallWebhook,
    CreateTask,
    Definition,
    MoveStage,
    Notify,
    Send,
    StartRule,
    dumped,
)
from frontdesk.automation.rules.posting import refused_for
from frontdesk.automation.writes.shelf import type_of
from frontdesk.contacts.rules.pipeline import has_stage
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Conflict, Invalid, Stale
from frontdesk.core.events import EventDraft, event
from frontdesk.messaging.queries import own_words
from frontdesk.messaging.rules.catalogue import templates_of

MOST_RULES = 200


async def create(ctx: Ctx, name: str, definition: Definition, *, enabled: bool) -> RuleRow:
    """A new rule. Raises Invalid for a definition that makes no sense here."""
    await checked(ctx, definition)
    await _room(ctx)
    id_ = ctx.new_id()
    await ctx.commit(
        writes.add_rule(id_, name, definition, _author(ctx), ctx.now, enabled=enabled),
        _changed(id_, name, version=1, enabled=enabled),
        audited(
            ctx,
            "rule.create",
            ("rule", id_),
            {"name": name, "enabled": enabled, "definition": dumped(definition)},
        ),
    )
    return await shelf.by_id(ctx, id_)


async def change(ctx: Ctx, rule_id: str, version: int, name: str, definition: Definition) -> RuleRow:
    """A new version on top of the one that was read. What waits goes on by the version it began with.

    Raises:
        NotFound; Invalid; Stale when somebody made another version; Conflict for a rule that is put away.

    """
    rule = await _current(ctx, rule_id, version)
    await checked(ctx, definition, own=rule_id)
    if rule.definition == definition and rule.name == name:
        return rule
    await ctx.commit(
        writes.change_rule(rule_id, version, name, definition, _author(ctx), ctx.now),
        [
            writes.unlisten(rule_id, keep=type_of(definition)[0]),
            writes.listen(rule_id, definition, ctx.now),
        ],
        _changed(rule_id, name, version=version + 1, enabled=rule.enabled),
        audited(
            ctx,
            "rule.change",
            ("rule", rule_id),
            {"version": version + 1, "name": name, "definition": dumped(definition)},
        ),
    )
    return await shelf.by_id(ctx, rule_id)


async def switch(ctx: Ctx, rule_id: str, version: int, *, on: bool) -> RuleRow:
    """On: from now on it counts what happens. Off: nothing of it happens, what waits is let go."""
    rule = await _current(ctx, rule_id, version)
    if rule.enabled == on:
        return rule
    if on:
        await checked(ctx, rule.definition, own=rule_id)
    await ctx.commit(
        writes.switch(rule_id, version, on, ctx.now),
        [writes.listen(rule_id, rule.definition, ctx.now)]
        if on
        else [writes.unlisten(rule_id), writes.let_go(rule_id, ctx.now)],
        _changed(rule_id, rule.name, version=version, enabled=on),
        audited(ctx, "rule.enable" if on else "rule.disable", ("rule", rule_id), {"version": version}),
    )
    return await shelf.by_id(ctx, rule_id)


async def archive(ctx: Ctx, rule_id: str) -> RuleRow:
    """Put away; its history stays. Putting away twice is as once."""
    rule = await shelf.by_id(ctx, rule_id)
    if not rule.archived:
        await ctx.commit(
            writes.archive(rule_id, ctx.now),
            writes.let_go(rule_id, ctx.now),
            _changed(rule_id, rule.name, version=rule.version, enabled=False, archived=True),
            audited(ctx, "rule.archive", ("rule", rule_id), {"name": rule.name}),
        )
    return await shelf.by_id(ctx, rule_id)


async def restore(ctx: Ctx, rule_id: str) -> RuleRow:
    """Back in the list, switched off."""
    rule = await shelf.by_id(ctx, rule_id)
    if rule.archived:
        await _room(ctx)
        await ctx.commit(
            writes.restore(rule_id, ctx.now),
            _changed(rule_id, rule.name, version=rule.version, enabled=False),
            audited(ctx, "rule.restore", ("rule", rule_id), {"name": rule.name}),
        )
    return await shelf.by_id(ctx, rule_id)


async def standard(ctx: Ctx) -> None:
    """Puts the missing standard rules of the tenant's kind there, and back those that were put away (off)."""
    archived = await shelf.archived_keys(ctx)
    await ctx.commit(
        writes.standard(ctx.tenant.id, ctx.tenant.kind, ctx.now),
        [writes.restore(each.id, ctx.now) for each in archived],
        _changed("", "standard", version=1, enabled=True),
        audited(ctx, "rule.standard", ("tenant", ctx.tenant.id), {"restored": [e.key for e in archived]}),
    )


async def checked(ctx: Ctx, definition: Definition, *, own: str = "") -> None:
    """Raises Invalid with every problem: of the definition itself, and of what it names and this tenant has not."""
    found = await problems(ctx, definition, own=own)
    if found:
        raise Invalid("The rule makes no sense as it is.", errors=found)


async def problems(ctx: Ctx, definition: Definition, *, own: str = "") -> list[Problem]:
    """What is wrong with a definition here and now, by the path of each field."""
    return problems_of(definition) or await _missing(ctx, definition, own)


async def _missing(ctx: Ctx, definition: Definition, own: str) -> list[Problem]:
    live = {(each.kind, each.id) for each in await shelf.names(ctx) if each.live}
    found: list[Problem] = []
    sends = [(n, each) for n, each in enumerate(definition.actions) if isinstance(each, Send)]
    if sends:
        templates = {(each.key, each.channel) for each in templates_of(await own_words(ctx))}
        for index, send in sends:
            channels = ("sms", "email") if send.channel == "auto" else (send.channel,)
            if not any((send.template, channel) in templates for channel in channels):
                found.append({"field": f"actions.{index}.template", "message": "no such template"})
    for index, action in enumerate(definition.actions):
        kind, named, field = _named(action)
        if isinstance(action, MoveStage) and not has_stage(ctx.tenant.kind, action.stage):
            found.append({"field": f"actions.{index}.stage", "message": "no such stage"})
        elif isinstance(action, CallWebhook) and (refusal := refused(ctx, action.url)):
            found.append({"field": f"actions.{index}.url", "message": refusal})
        elif named and (kind, named) not in live:
            found.append({"field": f"actions.{index}.{field}", "message": "not here any more"})
        elif named and named == own:
            found.append({"field": f"actions.{index}.{field}", "message": "a rule cannot start itself"})
    return found


def refused(ctx: Ctx, url: str) -> str:
    """Why no webhook is called there, or an empty text."""
    settings = ctx.platform.settings
    development = settings.environment == "development"
    return refused_for(url, platform_domain=settings.platform_domain, development=development)


def _named(action: object) -> tuple[str, str | None, str]:
    match action:
        case CreateTask():
            return "staff", action.assignee_id, "assignee_id"
        case Notify():
            return "staff", action.staff_id, "staff_id"
        case StartRule():
            return "rule", action.rule_id, "rule_id"
    return "", None, ""


async def names_of(ctx: Ctx) -> Mapping[str, str]:
    """What the ids in definitions are called."""
    return {each.id: each.name for each in await shelf.names(ctx)}


async def _current(ctx: Ctx, rule_id: str, version: int) -> RuleRow:
    rule = await shelf.by_id(ctx, rule_id)
    if rule.archived:
        raise Conflict("This rule is put away; restore it first.")
    if rule.version != version:
        raise Stale(f"This rule is at version {rule.version} by now; look again.")
    return rule


async def _room(ctx: Ctx) -> None:
    """Each event asks every rule that waits for it."""
    if sum(each.live and each.kind == "rule" for each in await shelf.names(ctx)) >= MOST_RULES:
        raise Conflict(f"There are {MOST_RULES} rules; put one away first.")


def _author(ctx: Ctx) -> tuple[str, str]:
    return ctx.actor.kind, ctx.actor.id


def _changed(rule_id: str, name: str, *, version: int, enabled: bool, archived: bool = False) -> EventDraft:
    fields = {"name": name, "version": version, "enabled": enabled, "archived": archived}
    return event("rule.changed", fields, of=("rule", rule_id))
