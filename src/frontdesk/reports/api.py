"""Reports over HTTP: the week and the month as JSON and CSV, what was kept, mailing, and the proof."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from frontdesk.contacts.rules.attribution import Model
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid
from frontdesk.core.mailbox import mailbox_or_none
from frontdesk.core.pages import NEWEST, Page, decode_cursor
from frontdesk.core.routing import CtxDep
from frontdesk.reports.actions import checking, mailing, making
from frontdesk.reports.queries import stored
from frontdesk.reports.queries.stored import Kept
from frontdesk.reports.rules import sheet
from frontdesk.reports.rules.periods import EARLIEST, LATEST, Kind, Period, last_whole, period_of
from frontdesk.reports.rules.shape import Report
from frontdesk.reports.rules.tally import Difference

Start = Annotated[
    date | None, Query(description="Any day of the week or month; the last whole one if missing.")
]
Few = Annotated[int, Query(ge=1, le=50)]
"""Reports are long."""
Fresh = Annotated[bool, Query(description="Sum up anew instead of taking what the cache has.")]


def _period(ctx: Ctx, kind: Kind, start: date | None) -> Period:
    if start is None:
        return last_whole(kind, ctx.now, ctx.tenant.zone)
    if not EARLIEST <= start <= LATEST:
        raise Invalid(
            "There is no report of that time.", errors=[{"field": "start", "message": "out of range"}]
        )
    return period_of(kind, start, ctx.tenant.zone)


async def get_report(
    ctx: CtxDep, report_kind: Kind, start: Start = None, model: Model = "first", fresh: Fresh = False
) -> Report:
    """The week (Monday to Monday) or month that `start` is in, on the tenant's clock, beside the one before.

    `model` says how a booking and its revenue are shared among what led to it within 90 days.
    """
    return await making.report(ctx, _period(ctx, report_kind, start), model, fresh=fresh)


async def get_sheet(ctx: CtxDep, report_kind: Kind, start: Start = None, model: Model = "first") -> Response:
    """The same as a CSV file for spreadsheets."""
    made = await making.report(ctx, _period(ctx, report_kind, start), model)
    name = sheet.filename(made, ctx.tenant.slug)
    return Response(
        sheet.sheet(made),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def list_reports(
    ctx: CtxDep, kind: Kind | None = None, after: str | None = None, limit: Few = 20
) -> Page[Kept]:
    """The reports kept each Monday and each first of the month, as they were then, newest first."""
    return await stored.reports(ctx, after=decode_cursor(after, NEWEST), limit=limit, kind=kind)


def _address(typed: str) -> str:
    address = mailbox_or_none(typed)
    if address is None:
        raise ValueError("not an e-mail address")
    return address


class Mailing(BaseModel):
    """Which report to mail; `to` nobody: to who gets it anyway."""

    model_config = ConfigDict(extra="forbid")

    start: date | None = None
    to: list[Annotated[str, Field(max_length=254), AfterValidator(_address)]] = Field(
        default_factory=list, max_length=10
    )


class Mailed(BaseModel):
    """Where it goes; what becomes of each mail is on the ledger of messages."""

    to: list[str]


async def mail_report(ctx: CtxDep, report_kind: Kind, mailing_: Mailing) -> Mailed:
    """Mail a report now."""
    period = _period(ctx, report_kind, mailing_.start)
    return Mailed(to=await mailing.send(ctx, period, mailing_.to))


class Proof(BaseModel):
    """How a walk over all days stands: each reckoned anew from the facts beside what is kept of it.

    `equal`: nothing was kept otherwise than the facts say; null until it is done. Up to 200 differences are shown,
    `found` counts all; each of them is put right on the way.
    """

    state: Literal["never", "running", "done", "failed"]
    equal: bool | None
    days: int
    found: int
    differences: list[Difference]
    first_day: str | None
    last_day: str | None
    started_at: int | None
    finished_at: int | None


def _proof(check: stored.Check | None) -> Proof:
    if check is None:
        return Proof(
            state="never",
            equal=None,
            days=0,
            found=0,
            differences=[],
            first_day=None,
            last_day=None,
            started_at=None,
            finished_at=None,
        )
    equal = check.found == 0 if check.state == "done" else None
    return Proof.model_validate({**check.model_dump(), "equal": equal})


async def begin_rebuild(ctx: CtxDep) -> Proof:
    """Reckon every day anew and compare; while that goes on already, how it stands."""
    return _proof(await checking.begin(ctx))


async def get_rebuild(ctx: CtxDep) -> Proof:
    """How the latest walk stands."""
    return _proof(await stored.latest_check(ctx))
