"""Keeping a period's report and telling people of it by mail."""

from collections.abc import Sequence

from frontdesk.auth.writes import audited
from frontdesk.contacts.rules.attribution import Model
from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.events import Part, event
from frontdesk.messaging import writes as messaging
from frontdesk.messaging.rules.message import Draft
from frontdesk.reports import writes
from frontdesk.reports.actions.making import report
from frontdesk.reports.queries import workload
from frontdesk.reports.rules import words
from frontdesk.reports.rules.periods import Period
from frontdesk.reports.rules.shape import Report

KEPT_BY: Model = "first"
"""The model of the reports that are kept and mailed: where people came from in the first place."""
PATIENCE = 40
"""Steps of settling that the morning's job takes before it goes on with what there is."""


async def deliver(ctx: Ctx, period: Period) -> None:
    """Keep the report of a period that is over, and mail it to who wants it. Once: its keys are the period's."""
    made = await report(ctx, period, KEPT_BY, fresh=True, steps=PATIENCE)
    # Nobody wants to read every Monday that nothing happened, as with a tenant that takes no bookings.
    wanted = getattr(ctx.settings.reports, period.kind) and words.worth_telling(made)
    to = await recipients(ctx) if wanted else []
    report_id = ctx.new_id()
    await ctx.commit(
        writes.keep(ctx, report_id, made, to),
        event(
            "report.ready",
            {
                "kind": period.kind,
                "start": made.period.start,
                "label": made.period.label,
                "mailed_to": len(to),
            },
            of=("report", report_id),
        ),
        mails(ctx, made, to, key=f"report:{period.kind}:{made.period.start}"),
    )


async def send(ctx: Ctx, period: Period, to: Sequence[str]) -> list[str]:
    """Mail a report now, to these or to who gets it anyway. Returns the addresses."""
    made = await report(ctx, period, KEPT_BY)
    addresses = list(dict.fromkeys(to)) or await recipients(ctx)
    await ctx.commit(
        mails(ctx, made, addresses, key=f"report:{ctx.new_id()}"),
        audited(ctx, "report.email", ("report", f"{made.kind}:{made.period.start}"), {"to": addresses}),
    )
    return addresses


async def recipients(ctx: Ctx) -> list[str]:
    """Who gets reports: the addresses in the settings; none there: every owner and admin."""
    return list(dict.fromkeys(ctx.settings.reports.to)) or await workload.in_charge(ctx)


def mails(ctx: Ctx, made: Report, to: Sequence[str], *, key: str) -> list[Part]:
    """A mail to each address, through the gate like any other."""
    origin = ctx.platform.settings.origin_of(ctx.tenant.slug)
    link = f"{origin}/app/reports?kind={made.kind}&start={made.period.start}"
    text, title = words.body(made, link), words.subject(made, ctx.tenant.name)
    return [
        messaging.plan(
            ctx,
            Draft(
                channel="email",
                purpose="transactional",
                address=address,
                subject=title,
                body=text,
                expires_at=ctx.now + 2 * DAY,
                unique_key=f"{key}:{address}",
            ),
        )
        for address in to
    ]
