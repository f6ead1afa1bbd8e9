"""What fell due: rules that count from an instant get a run for each contact or booking whose time has come.

A rule's watermark says up to where its anchors were looked at, so a tick that was missed loses nothing; the run's
key says for which value of the anchor, so looking again makes nothing twice.
"""

from frontdesk.automation import writes
from frontdesk.automation.jobs.evaluate import due_of
from frontdesk.automation.queries import lineage
from frontdesk.automation.queries.candidates import Candidate, Window, candidates
from frontdesk.automation.queries.lineage import Clocked, Followed
from frontdesk.automation.queries.scenes import scenes
from frontdesk.automation.rules.conditions import holds
from frontdesk.automation.rules.definition import OnTime
from frontdesk.automation.rules.facts import Scene, facts_of
from frontdesk.automation.rules.vocabulary import ANCHORS, TIME
from frontdesk.automation.writes.runs import RunDraft
from frontdesk.core.again import deciding
from frontdesk.core.clock import DAY, HOUR, MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import JobDraft, Part
from frontdesk.core.rows import Job

AGAIN_MS = 15 * MINUTE
"""Looked at twice: what was being committed while the last sweep looked has an instant before it."""
AGAIN_DAILY_MS = DAY
"""A recall may be set for a morning that is over."""
LOOK_BACK_MS = 48 * HOUR
LOOK_BACK_DAILY_MS = 30 * DAY
"""After a longer standstill what fell due before is let be."""
PAGE = 50


async def sweep(ctx: Ctx, job: Job) -> None:
    """The quarter of an hour: a job for each rule that counts in minutes."""
    await deciding(lambda: _fan_out(ctx, daily=False))


async def sweep_daily(ctx: Ctx, job: Job) -> None:
    """Nine in the morning: a job for each rule that counts in days."""
    await deciding(lambda: _fan_out(ctx, daily=True))


async def _fan_out(ctx: Ctx, *, daily: bool) -> None:
    parts: list[Part] = []
    for rule in await lineage.clocked(ctx):
        anchor = ANCHORS.get(rule.type.removeprefix(TIME))
        if anchor is None or anchor.daily != daily or rule.swept_to >= ctx.now:
            continue
        begins = _from(rule, ctx.now, daily=daily)
        parts += [
            writes.swept(rule.rule_id, rule.swept_to, ctx.now),
            JobDraft(
                "automation.sweep_rule",
                key=f"{rule.rule_id}:{ctx.now}",
                payload={"rule": rule.rule_id, "after": begins, "after_id": "", "until": ctx.now},
                subject_id=rule.rule_id,
            ),
        ]
    await ctx.commit(parts)


def _from(rule: Clocked, now: int, *, daily: bool) -> int:
    """What fell due up to this instant was looked at, was before the rule was on, or is too long ago."""
    again, look_back = (AGAIN_DAILY_MS, LOOK_BACK_DAILY_MS) if daily else (AGAIN_MS, LOOK_BACK_MS)
    return max(rule.since, rule.swept_to - again, now - look_back)


async def sweep_rule(ctx: Ctx, job: Job) -> None:
    """One page of one rule: due after `after` and up to `until` (business ms); the rest is the next job's."""
    await deciding(lambda: _page(ctx, job))


async def _page(ctx: Ctx, job: Job) -> None:
    rule = await lineage.followed(ctx, str(job.payload["rule"]))
    trigger = rule.definition.trigger if rule else None
    if rule is None or not isinstance(trigger, OnTime):
        await ctx.commit()
        return
    shift = trigger.minutes * MINUTE
    # A page may have lain about while the rule was off, or waited for another time.
    after, after_id = max((int(job.payload["after"]), str(job.payload["after_id"]) or "~"), (rule.since, "~"))
    window = Window(after - shift, after_id, int(job.payload["until"]) - shift)
    found = await candidates(ctx, trigger.anchor, window, PAGE)
    seen = await scenes(ctx, [(each.contact_id, each.booking_id) for each in found]) if found else []
    whose = [None if each.booking_id else each.contact_id for each in found]
    done = await lineage.had(ctx, rule.id, [(id_, each.mark) for id_, each in zip(whose, found, strict=True)])
    parts: list[Part] = []
    for candidate, view, id_ in zip(found, seen, whose, strict=True):
        if (id_, candidate.mark) not in done and holds(
            rule.definition.conditions, facts_of(ctx.tenant, view, {}, ctx.now)
        ):
            parts += _run(ctx, job, rule, candidate, view)
    if len(found) == PAGE:
        last = found[-1]
        parts.append(
            JobDraft(
                "automation.sweep_rule",
                key=f"{rule.id}:{job.payload['until']}:{last.at}:{last.id}",
                payload={**job.payload, "after": last.at + shift, "after_id": last.id},
                subject_id=rule.id,
            )
        )
    await ctx.commit(parts)


def _run(ctx: Ctx, job: Job, rule: Followed, candidate: Candidate, view: Scene) -> list[Part]:
    return writes.open_run(
        ctx,
        RunDraft(
            rule_id=rule.id,
            rule_name=rule.name,
            version=rule.version,
            unique_key=f"{rule.id}:{candidate.id}:{candidate.mark}",
            subject=candidate.subject,
            contact_id=view.contact.id if view.contact else candidate.contact_id,
            booking_id=candidate.booking_id,
            chain=[],
            due_at=due_of(ctx, rule.definition, ctx.now),
            cause=("job", job.id),
            trace=job.trace_id,
        ),
    )
