"""A rule tried on the past: what it would have done, to whom, in which words and at what cost. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from frontdesk.automation.jobs.evaluate import debounce_of, due_of
from frontdesk.automation.queries.candidates import Candidate, Window, candidates
from frontdesk.automation.queries.past import Happened, Moment, happened, scenes_then, silences
from frontdesk.automation.rules.conditions import failing, holds
from frontdesk.automation.rules.definition import Definition, OnEvent, OnTime
from frontdesk.automation.rules.facts import Scene, about, facts_of
from frontdesk.automation.rules.sentence import said
from frontdesk.core.clock import MINUTE
from frontdesk.core.ctx import Ctx
from frontdesk.core.pages import END_OF_TIME, Cursor

PAGE = 50
"""Occasions looked at in one call: a few reads, whatever the period."""
SILENT = {"contact.unanswered": True, "contact.last_word_at": False}
"""Anchors whose past is in what was said, not in the contact; True: only our own words count."""


@dataclass(frozen=True, slots=True)
class Found:
    """One occasion on which the conditions held, and when it would have acted (`due_at`); in business ms."""

    at: int
    due_at: int
    subject: tuple[str, str]
    seen: Scene
    payload: Mapping[str, Any]
    event_id: str | None = None
    held: str = ""
    joined: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """A page of a trial: how many occasions were looked at, those that matched, and where to go on."""

    looked_at: int
    found: list[Found]
    next: Cursor | None


async def tried(ctx: Ctx, definition: Definition, begins: int, ends: int, after: Cursor | None) -> Tried:
    """From `begins` and before `ends` (business ms)."""
    if isinstance(definition.trigger, OnEvent):
        return await _on_events(ctx, definition, definition.trigger, begins, ends, after)
    return await _on_time(ctx, definition, definition.trigger, begins, ends, after)


async def _on_events(
    ctx: Ctx, definition: Definition, trigger: OnEvent, begins: int, ends: int, after: Cursor | None
) -> Tried:
    events = await happened(
        ctx, trigger.type, begins, ends, after=after.at if after else None, limit=PAGE + 1
    )
    more, events = len(events) > PAGE, events[:PAGE]
    whom = [about((each.subject_kind, each.subject_id), each.payload) for each in events]
    moments = [Moment(pair, each.seq, each.recorded_at) for pair, each in zip(whom, events, strict=True)]
    seen = await scenes_then(ctx, moments) if moments else []
    matched = [
        (each, pair, view)
        for each, pair, view in zip(events, whom, seen, strict=True)
        if holds(definition.conditions, facts_of(ctx.tenant, view, each.payload, each.recorded_at))
    ]
    wait = debounce_of(definition) * MINUTE
    kept: list[Found] = []
    latest: dict[tuple[str, str], int] = {}
    for event, _, view in matched:
        found = _found(ctx, definition, event, view, wait)
        before = latest.get(found.subject)
        if wait and before is not None and event.recorded_at < kept[before].at + wait:
            # Joins the one that waits, which looks at the last of them when it is due.
            kept[before] = replace(
                kept[before], payload=event.payload, joined=kept[before].joined + 1, event_id=event.id
            )
            continue
        latest[found.subject] = len(kept)
        kept.append(found)
    found_ = await _at_the_end(ctx, definition, kept, recheck=wait > 0)
    return Tried(len(events), found_, Cursor(events[-1].seq, "") if more else None)


def _found(ctx: Ctx, definition: Definition, event: Happened, view: Scene, wait: int) -> Found:
    return Found(
        at=event.recorded_at,
        due_at=due_of(ctx, definition, event.recorded_at + wait),
        subject=(event.subject_kind, event.subject_id),
        seen=view,
        payload=event.payload,
        event_id=event.id,
    )


async def _on_time(
    ctx: Ctx, definition: Definition, trigger: OnTime, begins: int, ends: int, after: Cursor | None
) -> Tried:
    shift = trigger.minutes * MINUTE
    window = Window(begins - shift - 1, "~", ends - shift - 1)
    if after:
        window = Window(after.at, after.id, window.until)
    if trigger.anchor in SILENT:
        ours = SILENT[trigger.anchor]
        rows = await silences(ctx, window, shift, ours=ours, limit=PAGE + 1)
    else:
        rows = await candidates(ctx, trigger.anchor, window, PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    seen = (
        await scenes_then(
            ctx, [Moment((row.contact_id, row.booking_id), END_OF_TIME, row.at + shift) for row in rows]
        )
        if rows
        else []
    )
    kept: dict[tuple[str, int], Found] = {}
    for row, view in zip(rows, seen, strict=True):
        found = _timed(ctx, definition, row, view, shift)
        if found:
            # One silence is one occasion, whoever else wrote into it.
            kept.setdefault(
                (row.contact_id or row.id if trigger.anchor in SILENT else row.id, row.mark), found
            )
    found_ = await _at_the_end(ctx, definition, list(kept.values()), recheck=False)
    return Tried(len(rows), found_, Cursor(rows[-1].at, rows[-1].id) if more else None)


def _timed(ctx: Ctx, definition: Definition, row: Candidate, view: Scene, shift: int) -> Found | None:
    at = row.at + shift
    if not holds(definition.conditions, facts_of(ctx.tenant, view, {}, at)):
        return None
    return Found(at=at, due_at=due_of(ctx, definition, at), subject=row.subject, seen=view, payload={})


def _whose(seen: Scene | None) -> tuple[str | None, str | None]:
    """The ids of the contact and the booking of a scene."""
    contact, booking = (seen.contact, seen.booking) if seen else (None, None)
    return contact.id if contact else None, booking.id if booking else None


async def _at_the_end(ctx: Ctx, definition: Definition, kept: list[Found], *, recheck: bool) -> list[Found]:
    """Each as it stood when it would have acted, held if its conditions no longer did."""
    later = [n for n, each in enumerate(kept) if each.due_at > each.at]
    if not later:
        return kept
    then = await scenes_then(
        ctx,
        [Moment(_whose(kept[n].seen), END_OF_TIME, kept[n].due_at) for n in later],
    )
    event_type = definition.trigger.type if isinstance(definition.trigger, OnEvent) else None
    for n, view in zip(later, then, strict=True):
        found = replace(kept[n], seen=view)
        facts = facts_of(ctx.tenant, view, found.payload, found.due_at)
        held = ""
        if found.due_at > ctx.now:
            held = "it would still be waiting"
        elif recheck and (clause := failing(definition.conditions, facts)) is not None:
            held = f"not so: {said(clause, event_type)}"
        elif definition.still is not None and (clause := failing(definition.still, facts)) is not None:
            held = f"no longer so: {said(clause, event_type)}"
        kept[n] = replace(found, held=held)
    return kept
