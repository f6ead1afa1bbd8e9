"""Why did this happen, over HTTP: effect, action, rule, event, webhook."""

from typing import Literal

from pydantic import BaseModel

from frontdesk.automation import actions
from frontdesk.automation.queries import runs, trace
from frontdesk.automation.queries.trace import Link
from frontdesk.automation.rules.definition import Definition
from frontdesk.automation.rules.sentence import sentence
from frontdesk.automation.rules.vocabulary import EVENTS
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import NotFound
from frontdesk.core.routing import CtxDep

Asked = Literal["message", "task", "move", "run", "event", "job", "booking"]
MOST_STEPS = 60
PAGES = {
    "message": "messages/{id}",
    "booking": "calendar/{id}",
    "task": "today?task={id}",
    "rule": "automations/{id}",
    "job": "jobs/{id}",
    "delivery": "webhooks/{id}",
}
ABOUT = {"message": "inbox/{id}", "event": "inbox/{id}", "move": "contacts/{id}"}
"""Where what somebody wrote, and a move, are seen: with the contact they are about."""


class Step(BaseModel):
    """One step; each was caused by the next. `link` is a page of the dashboard, or null."""

    kind: str
    id: str
    title: str
    detail: str
    at: int
    link: str | None


class Chain(BaseModel):
    """From the effect to where it began."""

    chain: list[Step]


async def get_trace(ctx: CtxDep, kind: Asked, id: str) -> Chain:
    """The chain behind a message, task, move, run, event, job or booking; what is forgotten ends it."""
    link = await trace.step(ctx, kind, id)
    if link is None:
        raise NotFound()
    steps: list[Step] = []
    at_kind: str = kind
    # A cause is always older than its effect, so the chain ends; the bound is for rows that nobody wrote so.
    while link is not None and len(steps) < MOST_STEPS:
        steps.append(_step(at_kind, link))
        if at_kind == "run":
            steps += await _rule(ctx, link)
        if link.actor and link.cause_kind not in ("job", "run", "event", "delivery"):
            steps.append(Step(kind="staff", id="", title=link.actor, detail="", at=link.at, link=None))
            break
        at_kind, cause_id = link.cause_kind, link.cause_id
        before, link = link, await trace.step(ctx, at_kind, cause_id) if cause_id else None
        if link is None and at_kind == "cadence":
            steps.append(
                Step(kind="cadence", id=cause_id, title="The clock", detail=cause_id, at=before.at, link=None)
            )
    return Chain(chain=steps)


def _step(kind: str, link: Link) -> Step:
    title = link.title
    if kind == "event" and link.title in EVENTS:
        title = EVENTS[link.title].label
    return Step(
        kind=kind,
        id=link.id,
        title=title or kind.capitalize(),
        detail=link.detail,
        at=link.at,
        link=_page(ABOUT.get(kind), link.about) or _page(PAGES.get(kind), link.id),
    )


def _page(page: str | None, id_: str | None) -> str | None:
    return f"/app/{page.format(id=id_)}" if page and id_ else None


async def _rule(ctx: Ctx, run: Link) -> list[Step]:
    """What the run did, and the version of the rule that it followed."""
    did = "; ".join(each.text for each in await runs.steps(ctx, run.id) if each.text)
    steps = [Step(kind="action", id=run.id, title=did, detail="", at=run.at, link=None)] if did else []
    rule = await trace.version(ctx, run.rule_id or "", run.version or 0)
    if rule is None:
        return steps
    said = sentence(Definition.model_validate_json(rule.detail), await actions.names_of(ctx))
    detail = f"Version {rule.version}{f' by {rule.actor}' if rule.actor else ''}: {said}"
    return [
        *steps,
        Step(
            kind="rule",
            id=rule.id,
            title=rule.title,
            detail=detail,
            at=rule.at,
            link=_page(PAGES["rule"], rule.id),
        ),
    ]
