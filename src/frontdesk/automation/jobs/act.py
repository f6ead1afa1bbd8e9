"""A run comes to its end: it looks once more where it must, and all its effects are one commit."""

from collections.abc import Sequence

from frontdesk.automation import writes
from frontdesk.automation.jobs.effects import Occasion, effects_of
from frontdesk.automation.queries import runs
from frontdesk.automation.queries.runs import Waiting
from frontdesk.automation.queries.scenes import scene
from frontdesk.automation.rules.conditions import Facts, failing
from frontdesk.automation.rules.definition import OnEvent
from frontdesk.automation.rules.facts import facts_of
from frontdesk.automation.rules.sentence import said
from frontdesk.core.again import deciding
from frontdesk.core.ctx import Cause, Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, Part
from frontdesk.core.parsing import parse_json
from frontdesk.core.rows import Job


async def act(ctx: Ctx, job: Job) -> None:
    """Bring one run to its end. One that ended, or never came about, is left alone."""
    await deciding(lambda: _act(ctx, job.subject_id))


async def _act(ctx: Ctx, run_id: str) -> None:
    run = await runs.waiting(ctx, run_id)
    if run is None or run.state not in ("waiting", "failed"):
        await ctx.commit()
        return
    heard = await ctx.db.maybe(Event, EVENT_BY_ID, id=run.event_id) if run.event_id else None
    payload = parse_json(heard.payload) if heard else {}
    seen = await scene(ctx, run.contact_id, run.booking_id)
    facts = facts_of(ctx.tenant, seen, payload, ctx.now)
    # Whatever it does says that this run is why.
    own = ctx.as_(cause=Cause("run", run.id, run.trace_id))
    again: list[Part] = [writes.revive_run(run.id)] if run.state == "failed" else []
    held = _held(run, facts)
    if held:
        await own.commit(again, writes.end_run(run.id, "held", held, ctx.now, folded=run.folded))
        return
    steps = await effects_of(own, run.definition, Occasion(run, heard, payload, seen, facts))
    parts: list[Part] = []
    for number, step in enumerate(steps):
        parts += [step.parts, writes.effect(run.id, number, step.do, step.kind, step.key, step.text)]
    await ctx.platform.reach("rule.acting")
    await own.commit(again, writes.end_run(run.id, "ran", "", ctx.now, folded=run.folded), parts)


def _held(run: Waiting, facts: Facts) -> str:
    """Why it must not act after all, or an empty text."""
    if not run.enabled:
        return "the rule was switched off"
    trigger = run.definition.trigger
    event_type = trigger.type if isinstance(trigger, OnEvent) else None
    if run.recheck and (clause := failing(run.definition.conditions, facts)) is not None:
        return f"not so: {said(clause, event_type)}"
    if run.definition.still is not None and (clause := failing(run.definition.still, facts)) is not None:
        return f"no longer so: {said(clause, event_type)}"
    return ""


def give_up(ctx: Ctx, job: Job, error: str) -> Sequence[Part]:
    """Its job is dead: the run failed, and says why."""
    return [writes.fail_run(job.subject_id, error, ctx.now)]
