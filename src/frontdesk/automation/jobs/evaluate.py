"""What rules make of an event: those that wait for it and whose conditions hold get a run, all in one commit."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from frontdesk.automation import writes
from frontdesk.automation.queries import lineage
from frontdesk.automation.queries.lineage import Behind, Listener
from frontdesk.automation.queries.scenes import contact_said, scene
from frontdesk.automation.rules.chain import CUTS_AN_HOUR, Lately, Link, cut_for, link_of
from frontdesk.automation.rules.conditions import holds
from frontdesk.automation.rules.definition import Definition, OnEvent
from frontdesk.automation.rules.facts import Scene, about, facts_of
from frontdesk.automation.rules.past import contact_then, with_contact
from frontdesk.automation.rules.vocabulary import EVENTS
from frontdesk.automation.writes.runs import RunDraft
from frontdesk.core.again import deciding
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import EVENT_BY_ID, Event, Part
from frontdesk.core.hours import BusinessHours
from frontdesk.core.parsing import parse_json
from frontdesk.core.rows import Job


async def evaluate(ctx: Ctx, job: Job) -> None:
    """One event, every rule that waits for its type. Running it again makes the same runs, which are there."""
    heard = await ctx.db.one(Event, EVENT_BY_ID, id=job.payload["event"])
    await deciding(lambda: _evaluate(ctx, heard))


async def _evaluate(ctx: Ctx, heard: Event) -> None:
    subject = (heard.subject_kind, heard.subject_id)
    rules = await lineage.listeners(ctx, heard.type, subject, heard.recorded_at)
    if not rules:
        await ctx.commit()
        return
    payload = parse_json(heard.payload)
    contact_id, booking_id = about(subject, payload)
    seen = await scene(ctx, contact_id, booking_id)
    facts = facts_of(ctx.tenant, await _as_it_was(ctx, seen, heard.seq), payload, ctx.now)
    matched = [rule for rule in rules if holds(rule.definition.conditions, facts)]
    await ctx.platform.reach("rule.matched")
    if not matched:
        await ctx.commit()
        return
    # The survivor of a merge is who they are.
    whose = seen.contact.id if seen.contact else contact_id
    whom = Whom(
        whose, seen.booking.id if seen.booking else booking_id, await lineage.lately(ctx, whose, subject)
    )
    chain = chain_after(await lineage.behind(ctx, heard.id))
    await ctx.commit([_run(ctx, rule, heard, chain, whom) for rule in matched])


class Whom(NamedTuple):
    """Whom an event is about, and what rules did for them lately."""

    contact_id: str | None
    booking_id: str | None
    lately: Callable[[str], Lately]


async def _as_it_was(ctx: Ctx, seen: Scene, seq: int) -> Scene:
    """The booking as it is by now, so that nothing starts for one that is off; the contact as it was at the event.

    Others act on the same event at the same time: a lead who books is moved along, and yet it was a lead who booked.
    """
    if seen.contact is None:
        return seen
    return with_contact(seen, contact_then(seen.contact, await contact_said(ctx, seen.contact.id, seq)))


def _run(ctx: Ctx, rule: Listener, heard: Event, chain: list[Link], whom: Whom) -> Sequence[Part]:
    subject, lately = (heard.subject_kind, heard.subject_id), whom.lately(rule.id)
    cut = cut_for(chain, link_of(rule.id, whom.contact_id, subject), lately)
    if cut and lately.cut >= CUTS_AN_HOUR:
        return []
    wait = debounce_of(rule.definition)
    if wait and rule.open_run and not cut:
        assert rule.folded is not None
        return [writes.fold(rule.open_run, heard.id, rule.folded, rule.version)]
    return writes.open_run(
        ctx,
        RunDraft(
            rule_id=rule.id,
            rule_name=rule.name,
            version=rule.version,
            unique_key=f"{rule.id}:{heard.id}",
            subject=subject,
            contact_id=whom.contact_id,
            booking_id=whom.booking_id,
            chain=chain,
            due_at=due_of(ctx, rule.definition, ctx.now + wait * MINUTE),
            cause=("event", heard.id),
            trace=heard.trace_id,
            event_id=heard.id,
            folds=wait > 0,
            recheck=wait > 0,
            cut=cut,
        ),
    )


def chain_after(before: Behind | None) -> list[Link]:
    """What led here, the run before included."""
    if before is None:
        return []
    subject = (before.subject_kind, before.subject_id)
    return [*before.chain, link_of(before.rule_id, before.contact_id, subject)]


def debounce_of(definition: Definition) -> int:
    """Minutes within which more of the same joins: the rule's own, else what the catalogue says of the event."""
    if not isinstance(definition.trigger, OnEvent):
        return 0
    if definition.debounce_minutes is not None:
        return definition.debounce_minutes
    known = EVENTS.get(definition.trigger.type)
    return known.debounce if known else 0


def due_of(ctx: Ctx, definition: Definition, at: int) -> int:
    """When a run acts whose occasion is at `at` (business ms): after its delay, and when somebody is there if so."""
    delay = definition.delay
    if delay is None:
        return at
    due = at + delay.minutes * MINUTE
    return BusinessHours.of(ctx.tenant).next_opening(due) if delay.within_hours else due
