"""The shelf of rules over HTTP: list, make, change, switch, put away, and what an editor offers."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.automation import actions
from frontdesk.automation.queries import shelf
from frontdesk.automation.queries.shelf import RuleRow, Stats
from frontdesk.automation.rules.catalogue import Catalogue, catalogue_for
from frontdesk.automation.rules.definition import Definition, Name, dumped
from frontdesk.automation.rules.sentence import sentence
from frontdesk.contacts.rules.pipeline import stages
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import NEWEST, OLDEST, Limit, Page, decode_cursor
from frontdesk.core.routing import CtxDep


class Rule(BaseModel):
    """A rule as it stands, how it reads, and how it did lately. `key` is set for a standard one."""

    id: str
    key: str
    name: str
    enabled: bool
    version: int
    definition: dict[str, Any]
    sentence: str
    archived: bool
    created_at: int
    updated_at: int
    stats: Stats


class NewRule(BaseModel):
    """A rule to be."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    definition: Definition
    enabled: bool = False


class RuleChange(BaseModel):
    """The whole rule anew; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    name: Name
    definition: Definition


class Switch(BaseModel):
    """On or off; `version` is the one that was read, so that nobody switches on what they did not see."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    enabled: bool


class Version(BaseModel):
    """What a rule said from one change to the next, and who changed it."""

    version: int
    name: str
    definition: dict[str, Any]
    sentence: str
    author: dict[str, str | None]
    at: int


class Wording(BaseModel):
    """A definition to be read out."""

    model_config = ConfigDict(extra="forbid")

    definition: Definition


class Sentence(BaseModel):
    """How it reads, and what is wrong with it, by the path of each field."""

    sentence: str
    problems: list[dict[str, str]]


async def list_rules(
    ctx: CtxDep, archived: bool = False, after: str | None = None, limit: Limit = 50
) -> Page[Rule]:
    """Rules in the order they were made, those put away only when asked for."""
    names = await actions.names_of(ctx)
    found = await shelf.listed(ctx, archived=archived, after=decode_cursor(after, OLDEST), limit=limit)
    return Page(items=[_shown(each, names) for each in found.items], next=found.next)


async def get_rule(ctx: CtxDep, rule_id: str) -> Rule:
    """One rule."""
    return await _rule(ctx, await shelf.by_id(ctx, rule_id))


async def create_rule(ctx: CtxDep, rule: NewRule) -> Rule:
    """Make a rule. It listens only once it is enabled, and only to what happens from then on."""
    return await _rule(ctx, await actions.create(ctx, rule.name, rule.definition, enabled=rule.enabled))


async def put_rule(ctx: CtxDep, rule_id: str, change: RuleChange) -> Rule:
    """A new version. 409 `stale` when somebody else made one since `version`."""
    return await _rule(
        ctx, await actions.change(ctx, rule_id, change.version, change.name, change.definition)
    )


async def switch_rule(ctx: CtxDep, rule_id: str, switch: Switch) -> Rule:
    """Switch a rule on or off."""
    return await _rule(ctx, await actions.switch(ctx, rule_id, switch.version, on=switch.enabled))


async def archive_rule(ctx: CtxDep, rule_id: str) -> Rule:
    """Put a rule away; it can be restored, and its history stays."""
    return await _rule(ctx, await actions.archive(ctx, rule_id))


async def restore_rule(ctx: CtxDep, rule_id: str) -> Rule:
    """Bring a rule back, switched off."""
    return await _rule(ctx, await actions.restore(ctx, rule_id))


async def list_versions(
    ctx: CtxDep, rule_id: str, after: str | None = None, limit: Limit = 50
) -> Page[Version]:
    """What a rule said before, newest first."""
    await shelf.by_id(ctx, rule_id)
    names = await actions.names_of(ctx)
    found = await shelf.versions(ctx, rule_id, after=decode_cursor(after, NEWEST).at, limit=limit)
    items = [
        Version(
            version=each.version,
            name=each.name,
            definition=dumped(each.definition),
            sentence=sentence(each.definition, names),
            author={"kind": each.author_kind, "id": each.author_id, "name": each.author_name},
            at=each.at,
        )
        for each in found.items
    ]
    return Page(items=items, next=found.next)


async def put_back_standard(ctx: CtxDep) -> Page[Rule]:
    """Put back the standard rules of the tenant's kind that are missing or put away; others stay as they are."""
    await actions.standard(ctx)
    return await list_rules(ctx)


async def get_catalogue(ctx: CtxDep) -> Catalogue:
    """What rules can wait for, look at and do."""
    return catalogue_for(tuple(each.key for each in stages(ctx.tenant.kind)))


async def read_out(ctx: CtxDep, wording: Wording) -> Sentence:
    """How a definition reads; nothing is saved."""
    from_here = await actions.names_of(ctx)
    return Sentence(
        sentence=sentence(wording.definition, from_here),
        problems=await actions.problems(ctx, wording.definition),
    )


async def _rule(ctx: Ctx, row: RuleRow) -> Rule:
    return _shown(row, await actions.names_of(ctx))


def _shown(row: RuleRow, names: Mapping[str, str]) -> Rule:
    return Rule(
        **row.model_dump(
            include={"id", "key", "name", "enabled", "version", "archived", "created_at", "updated_at"}
        ),
        definition=dumped(row.definition),
        sentence=sentence(row.definition, names),
        stats=Stats(**row.model_dump(include=set(Stats.model_fields))),
    )
